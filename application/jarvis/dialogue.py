"""Holding a conversation with the model: what it says goes on at once, what it calls is done, and it speaks again."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from application.jarvis.composing import Composed
from application.jarvis.prompt import whole_text
from application.jarvis.toolbox import NOT_AGREED, Outcome, Prepared, Toolbox, ToolUse, refused
from application.metering import metered
from application.ports.chat_model import ChatModel, Conversation, Round, Said, Tokens, ToolCall
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWork, Work
from application.publication import Publication
from application.tokens import shortened, tokens_of
from domain.answer_events import ConfirmationAsked, ToolUsed
from domain.answers import SILENCE_IS_NO, AnswerRecord, Confirmation, Leave
from domain.errors import Unavailable
from domain.ids import derived_id
from domain.jarvis import JarvisRequest, Mode
from domain.users import Actor

ROUNDS = 6
"""Turns in which the model may call tools; after them it must say what it has to say."""

CALLS_A_ROUND = 8
_LOOK_EVERY = 0.25
_BETWEEN_TURNS = "\n\n"
_SHORTEST = 40
_NO_MORE = refused("TOO_MUCH", "Not done: there is no room for more results. Say what you have to say.")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Course:
    """How an answer goes: what was said so far, which messages it may cite, and what it took."""

    started: datetime
    sources: dict[int, Said]
    said: str = ""
    rounds: list[Round] = field(default_factory=list)
    record: AnswerRecord = field(default_factory=AnswerRecord)
    """What it took and is not noted yet."""

    def cite(self, said: Said) -> int:
        """The number by which a message may be cited: the one it has, or a new one."""
        known = (ref for ref, source in self.sources.items() if source.message_id == said.message_id)
        ref = next(known, None) or max(self.sources, default=0) + 1
        self.sources[ref] = replace(said, ref=ref)
        return ref

    @property
    def brought(self) -> int:
        """About how many tokens of results the model is shown."""
        return sum(tokens_of(result) for round_ in self.rounds for result in round_.results)

    def took(self, tokens: Tokens) -> None:
        """A turn of the model has ended, or a tool that asked one."""
        before = self.record
        self.record = replace(
            before,
            model=tokens.model or before.model,
            tokens_in=before.tokens_in + tokens.input,
            tokens_out=before.tokens_out + tokens.output,
        )


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Lets the model speak and use tools, as the person who asks.

    Each round is kept before its calls are made, and each result as it comes: when the worker dies, another attempt
    goes on from there with the same calls under the same keys, so that nothing is done twice.
    """

    work: Work
    model: ChatModel
    toolbox: Toolbox
    publication: Publication
    clock: Clock
    time_zone: tzinfo
    results_tokens: int = 12000
    """About how many tokens of results the model is shown in one answer."""

    async def hold(self, request: JarvisRequest, composed: Composed, say: Callable[[str], Awaitable[None]]) -> Course:
        """The whole course of the answer; ``say`` is given each piece of text as it comes. Raises ModelFailed.

        What it took is noted however it ends.
        """
        conversation, course = composed.conversation, Course(self.clock.now(), dict(composed.sources))
        try:
            await self._take_up(request, conversation, course, say)
            while (round_ := await self._turn(conversation, course, say)) is not None:
                await self._make(request, conversation, course, round_)
        finally:
            with suppress(Unavailable):
                async with self.work() as work:
                    await self._note(work, request, course)
        return course

    async def _take_up(
        self, request: JarvisRequest, conversation: Conversation, course: Course, say: Callable[[str], Awaitable[None]]
    ) -> None:
        """Go on where an earlier attempt has ended."""
        async with self.work() as work:
            course.rounds = list(await work.answers.rounds(request.id))
        for round_ in course.rounds:
            course.sources.update({said.ref: said for said in round_.sources if said.ref is not None})
            if course.said and round_.said:
                await self._say(course, _BETWEEN_TURNS, say)
            await self._say(course, round_.said, say)
        if course.rounds and len(course.rounds[-1].results) < len(course.rounds[-1].calls):
            unfinished = course.rounds.pop()
            await self._make(request, conversation, course, unfinished)

    async def _turn(
        self, conversation: Conversation, course: Course, say: Callable[[str], Awaitable[None]]
    ) -> Round | None:
        """What the model calls in its next turn, once its text is told; None where that was its last."""
        offered = conversation.mode is Mode.ACTION and len(course.rounds) < ROUNDS
        tools = self.toolbox.descriptions if offered else ()
        before = len(course.said)
        calls: list[ToolCall] = []
        took: Tokens | None = None
        shown = replace(conversation, tools=tools, rounds=tuple(course.rounds))
        try:
            async for piece in self.model.stream(shown):
                if isinstance(piece, Tokens):
                    took = piece
                elif isinstance(piece, ToolCall):
                    calls.append(piece)
                elif piece:
                    if course.said and len(course.said) == before:
                        await self._say(course, _BETWEEN_TURNS, say)
                    await self._say(course, piece, say)
        finally:
            course.took(took or _estimated(shown, course.said[before:], calls))
        if not calls:
            return None
        if not offered:
            # Whoever calls tools where there are none has nothing more to say.
            _log.warning("the model called a tool where it was offered none")
            return None
        said = course.said[before:].removeprefix(_BETWEEN_TURNS)
        return Round(said, calls[:CALLS_A_ROUND])

    async def _say(self, course: Course, piece: str, say: Callable[[str], Awaitable[None]]) -> None:
        if not piece:
            return
        if course.record.first_word_ms is None:
            course.record = replace(course.record, first_word_ms=self._elapsed(course))
        course.said += piece
        await say(piece)

    async def _make(self, request: JarvisRequest, conversation: Conversation, course: Course, round_: Round) -> None:
        """Make the calls of a round that have no results yet, one after the other."""
        place, results = len(course.rounds), list(round_.results)
        async with self.work() as work:
            await work.answers.keep_round(request.id, place, round_)
            await self._note(work, request, course)
        for number in range(len(results), len(round_.calls)):
            call_id = f"{place}-{number}"
            known = set(course.sources)
            left = self.results_tokens - course.brought - sum(map(tokens_of, results))
            if left > 0:
                with metered() as meter:
                    try:
                        outcome = await self._call(request, conversation, course, round_.calls[number], call_id)
                    finally:
                        course.took(Tokens(meter.tokens, 0))
            else:
                outcome = _NO_MORE
                self._show(request, round_.calls[number].name, "failed")
            results.append(shortened(outcome.text, max(left, _SHORTEST)))
            brought = [said for ref, said in course.sources.items() if ref not in known]
            round_ = replace(round_, results=tuple(results), sources=(*round_.sources, *brought))
            async with self.work() as work:
                await work.answers.keep_round(request.id, place, round_)
        course.rounds.append(round_)

    async def _call(
        self, request: JarvisRequest, conversation: Conversation, course: Course, call: ToolCall, call_id: str
    ) -> Outcome:
        use = ToolUse(
            Actor(request.asker_id, conversation.asker),
            request.room_id,
            request.personal,
            derived_id(request.id, call_id),
            self.clock.now().astimezone(self.time_zone),
            self.time_zone,
            course.cite,
        )
        allowed = await self._was_allowed(request, call_id)
        prepared = await self.toolbox.prepare(use, call, allowed=allowed)
        if isinstance(prepared, Prepared) and prepared.summary is not None:
            agreed = await self._agreed(request, call_id, prepared)
            if agreed is None:
                self._show(request, call.name, "refused")
                return refused("REFUSED", NOT_AGREED)
            allowed = True
            # Meanwhile a name may have come to mean somebody else, or an appointment to be another one.
            prepared = await self.toolbox.prepare(use, call, allowed=True)
            if isinstance(prepared, Prepared) and prepared.summary not in {None, agreed}:
                prepared = refused("CHANGED", "What was agreed to is not the same any more, so it was not done.")
        if isinstance(prepared, Outcome):
            self._show(request, call.name, "failed")
            return prepared
        self._show(request, call.name, "running")
        outcome = await self.toolbox.make(replace(use, agreed=allowed), prepared)
        self._show(request, call.name, "done" if outcome.ok else "failed")
        return outcome

    async def _was_allowed(self, request: JarvisRequest, call_id: str) -> bool:
        """Whether the asker has said yes to this very call in an earlier attempt."""
        async with self.work() as work:
            return await work.interventions.leave(request.id, call_id) is Leave.GIVEN

    async def _agreed(self, request: JarvisRequest, call_id: str, prepared: Prepared) -> str | None:
        """Ask the asker, and wait for an answer: what was agreed to, or None. Silence is a no."""
        name, summary = prepared.tool.name, prepared.summary or ""
        expires_at = self.clock.now() + SILENCE_IS_NO
        asked = Confirmation(request.id, call_id, request.asker_id, name, summary, expires_at)
        async with self.work() as work:
            asked = await work.interventions.ask_leave(asked)
        leave = asked.leave
        if leave is Leave.WAITING and self.clock.now() < asked.expires_at:
            self._show(request, name, "waiting")
            about = request.asker_id, request.room_id, request.public_id
            self.publication.publish([ConfirmationAsked(*about, call_id, name, asked.summary)])
        while leave is Leave.WAITING and self.clock.now() < asked.expires_at:
            await self.clock.sleep(_LOOK_EVERY)
            async with self.work() as work:
                leave = await work.interventions.leave(request.id, call_id)
        return asked.summary if leave is Leave.GIVEN else None

    def _show(self, request: JarvisRequest, name: str, status: str) -> None:
        about = request.room_id, request.asker_id, request.public_id, request.personal
        self.publication.publish([ToolUsed(*about, name[:100], status)])

    async def _note(self, work: UnitOfWork, request: JarvisRequest, course: Course) -> None:
        await work.answers.note(request.id, replace(course.record, whole_ms=self._elapsed(course)))
        course.record = AnswerRecord(course.record.model, first_word_ms=course.record.first_word_ms)

    def _elapsed(self, course: Course) -> int:
        return round((self.clock.now() - course.started).total_seconds() * 1000)


def _estimated(shown: Conversation, said: str, calls: Sequence[ToolCall]) -> Tokens:
    """What a turn took of which the model has not told it: it was stopped, broke off, or never tells. Nothing where
    nothing came of it."""
    made = f"{said}{''.join(f'{call.name}{call.arguments}' for call in calls)}"
    return Tokens(tokens_of(whole_text(shown)), tokens_of(made)) if made else Tokens(0, 0)
