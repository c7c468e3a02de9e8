"""Ideas of a week: cards that a model makes of what was said in a room, as a worker's job."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from application.jarvis.usage import Quotas
from application.jobs import completing
from application.membership import require_member
from application.portions import Portions, grouped, in_parts, of_each, together
from application.ports.chat_model import Said
from application.ports.clock import Clock
from application.ports.idea_model import IdeaMaterial, IdeaModel
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import UnitOfWork, Work
from application.progress import reached
from application.summaries import said_before, through_time
from application.tokens import tokens_of
from application.weekly import PAGE, have_done_in, weekly_lane
from domain.errors import Forbidden, ModelAnsweredBadly, ModelFailed, OpenAiNotConfigured
from domain.ideas import MOST_OF_A_WEEK, Card, CardContent, CardKind, Idea, evidence_of, news_among
from domain.ids import CardId, JobId, MessageId, RoomId, UserId
from domain.jobs import ATTEMPTS, Job, JobStatus, job_lane
from domain.knowledge_errors import IdeasFailed, IdeasUnreadable
from domain.knowledge_events import CardAdded, CardRemoved
from domain.users import Actor
from domain.weeks import Week, due_week

KIND = "weekly-ideas"
NO_MESSAGES = "NO_MESSAGES"
MOST_KNOWN = 50
"""How many of the room's newest cards the model is told of, so that it does not find them again."""

_SLACK = timedelta(minutes=5)
"""How far the clocks of several servers may be apart: messages before the week are looked through for so long."""


@dataclass(frozen=True, slots=True)
class Made:
    """How many cards were made of a week; ``reason`` says why there are none."""

    created: int
    reason: str | None = None


class WeeklyIdeas:
    """Has the cards of a week made. A run that fails leaves those that are there as they are."""

    def __init__(
        self,
        work: Work,
        model: IdeaModel | None,
        jobs: JobQueue,
        clock: Clock,
        ids: IdSource,
        zone: tzinfo,
        quotas: Quotas,
        portions: Portions | None = None,
    ) -> None:
        """``model`` is None where there is nobody to ask; ``zone``: by whose clocks a week is over."""
        self._work = work
        self._model = model
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._zone = zone
        self._quotas = quotas
        self._portions = portions or Portions()

    async def ask(self, actor: Actor, room_id: RoomId, week: Week | None = None) -> JobId:
        """Have a worker make the cards of a week, this one where none is given; answers its job.

        Somebody waits for it, so it is tried once.

        Raises:
            Forbidden: the actor is no member.
            OpenAiNotConfigured: there is no model.
            AiQuotaExceeded: the actor has asked as much as one may in a day.
        """
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            if self._model is None:
                raise OpenAiNotConfigured
            job = self._job(room_id, week or Week.of(self._clock.now()), asker_id=actor.id, attempts=1)
            await self._quotas.take_in(work, actor)
            await work.jobs.add(job)
        self._jobs.ring(job.lane)
        return job.id

    async def renew(self) -> None:
        """Have the cards of the newest week that is due made for every room in which something was said since it began.

        That may be done again and again, and by several at once: there is one job for each room and week.
        """
        week = due_week(self._clock.now(), self._zone)
        ending = f":{week.monday}"
        await have_done_in(
            lambda work, after: work.activity.spoken_in(week.since, kind=KIND, ending=ending, after=after, take=PAGE),
            lambda room_id: self._job(room_id, week, key=f"{room_id}{ending}"),
            self._work,
            self._jobs,
        )

    async def make(self, job: Job) -> Mapping[str, Any]:
        """Do the job: the week's cards of before are replaced in one go, or stay.

        Raises:
            Forbidden: who asked is in the room no more.
            IdeasFailed, IdeasUnreadable: the model failed somebody who waits.
            ModelFailed: it failed where nobody waits, so that it is tried again.
            OpenAiNotConfigured: there is no model.
        """
        if job.room_id is None:
            raise Forbidden
        if self._model is None:
            raise OpenAiNotConfigured
        try:
            return await self._make(job, job.room_id, Week(date.fromisoformat(job.payload["week"])), self._model)
        except ModelFailed as error:
            if job.asker_id is None:
                raise
            raise IdeasUnreadable if isinstance(error, ModelAnsweredBadly) else IdeasFailed from error

    async def _make(self, job: Job, room_id: RoomId, week: Week, model: IdeaModel) -> Mapping[str, Any]:
        async with self._work() as work:
            title = await _title(work, job, room_id)
            cards = await work.cards.of_rooms([room_id])
        known = [card.title for card in cards if not _is_of(card, week)][:MOST_KNOWN]
        talk = _Talk(self._work, room_id, week)
        ideas = await self._found(model, title, talk, known)
        reached(1)
        result: dict[str, Any] = {}
        async with completing(self._work, job, self._clock, result) as work:
            await work.rooms.lock(room_id)
            await _title(work, job, room_id)
            if not talk.people_spoke:
                result |= {"created": 0, "reason": NO_MESSAGES}
            else:
                made = await self._replaced(work, job, room_id, week, ideas, talk)
                result |= {"created": len(made), "cardIds": [str(card.id) for card in made]}
        return result

    async def _found(self, model: IdeaModel, title: str, talk: "_Talk", known: Sequence[str]) -> Sequence[Idea]:
        """What there is in all of the talk, however long: part by part, and then together."""
        parts = in_parts(talk.said(), self._portions.tokens)
        found = await of_each(
            parts,
            lambda part: _in_part(model, IdeaMaterial(title, said=part, known=known)),
            at_once=self._portions.at_once,
        )
        while len(found) > 1:
            groups = list(grouped(found, _size, self._portions.tokens))
            fewer: list[Sequence[Idea]] = []
            for at in range(0, len(groups), self._portions.at_once):
                some = groups[at : at + self._portions.at_once]
                fewer += await together(map(partial(self._merged, model, title, known), some))
            found = fewer
        return found[0] if found else []

    async def _merged(
        self, model: IdeaModel, title: str, known: Sequence[str], group: Sequence[Sequence[Idea]]
    ) -> Sequence[Idea]:
        if sum(map(len, group)) <= MOST_OF_A_WEEK:
            return [idea for part in group for idea in part]
        return await model.ideas(IdeaMaterial(title, parts=group, known=known))

    async def _replaced(
        self, work: UnitOfWork, job: Job, room_id: RoomId, week: Week, ideas: Sequence[Idea], talk: "_Talk"
    ) -> Sequence[Card]:
        """Put the ideas in the place of the week's cards; the room is held. What rests on a message that was deleted
        while the model read it is dropped: it may quote it."""
        now = self._clock.now()
        cards = await work.cards.of_rooms([room_id])
        old = [card for card in cards if _is_of(card, week)]
        named = {talk.ids[ref] for idea in ideas for ref in idea.refs if ref in talk.ids}
        gone = named - await work.activity.standing([room_id], named)
        sound = [idea for idea in ideas if not any(talk.ids.get(ref) in gone for ref in idea.refs)]
        news = news_among(sound, [card for card in cards if not _is_of(card, week)])[:MOST_OF_A_WEEK]
        # The newest card is shown first: what matters most is made last.
        made = [self._card(job, room_id, week, idea, talk, now) for idea in reversed(news)]
        await work.cards.replace([card.removed(now) for card in old])
        for card in old:
            work.record(CardRemoved(room_id, card.id))
        await work.cards.add(made)
        for card in made:
            work.record(CardAdded(room_id, card))
        return made

    def _job(
        self,
        room_id: RoomId,
        week: Week,
        *,
        asker_id: UserId | None = None,
        key: str | None = None,
        attempts: int = ATTEMPTS,
    ) -> Job:
        return Job(
            id=JobId(self._ids.new()),
            kind=KIND,
            lane=weekly_lane(room_id) if asker_id is None else job_lane(KIND, room_id),
            payload={"week": week.monday.isoformat()},
            created_at=self._clock.now(),
            key=key,
            room_id=room_id,
            asker_id=asker_id,
            attempts_allowed=attempts,
        )

    def _card(self, job: Job, room_id: RoomId, week: Week, idea: Idea, talk: "_Talk", now: datetime) -> Card:
        evidence = tuple(evidence_of(talk.ids[ref]) for ref in idea.refs if ref in talk.ids)
        content = CardContent(idea.problem, idea.proposal, idea.impact, idea.constraints, idea.owners, evidence)
        return Card(
            id=CardId(self._ids.new()),
            room_id=room_id,
            created_by=job.asker_id,
            kind=CardKind.WEEKLY_AI,
            title=" ".join(idea.title.split()),
            content=content,
            created_at=now,
            updated_at=now,
            graph=idea.graph,
            week=week,
        )


class _Talk:
    """What was said in a room in a week, and what is learnt while it is read: whether people spoke, and which message
    each number is."""

    def __init__(self, work: Work, room_id: RoomId, week: Week) -> None:
        self._work = work
        self._room_id = room_id
        self._week = week
        self.people_spoke = False
        self.ids: dict[int, MessageId] = {}

    async def said(self) -> AsyncIterator[Said]:
        """Newest first."""
        since = self._week.since - _SLACK
        async for one in said_before(
            self._work,
            self._room_id,
            lambda message: message.created_at >= since,
            skips=lambda message: message.created_at not in self._week,
            how_far=await through_time(self._work, self._room_id, since, self._week.until),
        ):
            self.people_spoke = self.people_spoke or one.speaker is not None
            if one.ref is not None and one.message_id is not None:
                self.ids[one.ref] = one.message_id
            yield one


def made(job: Job) -> Made | None:
    """What came of a job; None where it is not done yet. Raises what it failed of."""
    if job.status is JobStatus.FAILED:
        raise _REFUSALS.get(job.failure or "", IdeasFailed)
    if job.status is not JobStatus.DONE or job.result is None:
        return None
    return Made(job.result["created"], job.result.get("reason"))


_REFUSALS = {error.code: error for error in (Forbidden, IdeasUnreadable, OpenAiNotConfigured)}


async def _in_part(model: IdeaModel, material: IdeaMaterial) -> Sequence[Idea]:
    """What there is in a part of the talk: nothing where Jarvis alone spoke."""
    return await model.ideas(material) if any(said.speaker is not None for said in material.said) else []


def _is_of(card: Card, week: Week) -> bool:
    return card.kind is CardKind.WEEKLY_AI and card.week == week


def _size(ideas: Sequence[Idea]) -> int:
    return sum(
        tokens_of(f"{idea.title} {idea.problem} {idea.proposal} {idea.impact} {idea.constraints}") + 60
        for idea in ideas
    )


async def _title(work: UnitOfWork, job: Job, room_id: RoomId) -> str:
    """What the room is called; who asked has to be in it."""
    if job.asker_id is not None:
        await require_member(work, room_id, job.asker_id)
    return await work.titles.of(room_id, job.asker_id)
