"""Holding a conversation with the model: what it says goes on at once, what it calls is done, and it speaks again."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from application.jarvis.composing import Composed
from application.jarvis.toolbox import Outcome, Prepared, Toolbox, ToolUse, refused
from application.ports.chat_model import ChatModel, Conversation, Round, Said, Tokens, ToolCall
from application.ports.clock import Clock
from application.ports.unit_of_work import Work
from application.publication import Publication
from domain.answer_events import ConfirmationAsked, ToolUsed
from domain.answers import SILENCE_IS_NO, AnswerRecord, Confirmation, Leave
from domain.ids import derived_id
from domain.jarvis import JarvisRequest, Mode
from domain.users import Actor

ROUNDS = 6
"""Turns in which the model may call tools; after them it must say what it has to say."""

CALLS_A_ROUND = 8
_LOOK_EVERY = 0.25
_BETWEEN_TURNS = "\n\n"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Course:
    """How an answer goes: what was said so far, which messages it may cite, and what it took."""

    started: datetime
    sources: dict[int, Said]
    said: str = ""
    rounds: list[Round] = field(default_factory=list)
    record: AnswerRecord = field(default_factory=AnswerRecord)

    def cite(self, said: Said) -> int:
        """The number by which a message may be cited: the one it has, or a new one."""
        known = (ref for ref, source in self.sources.items() if source.message_id == said.message_id)
        ref = next(known, None) or max(self.sources, default=0) + 1
        self.sources[ref] = replace(said, ref=ref)
        return ref

    def took(self, tokens: Tokens) -> None:
        """A turn of the model has ended."""
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

    async def hold(self, request: JarvisRequest, composed: Composed, say: Callable[[str], Awaitable[None]]) -> Course:
        """The whole course of the answer; ``say`` is given each piece of text as it comes. Raises ModelFailed."""
        conversation, course = composed.conversation, Course(self.clock.now(), dict(composed.sources))
        await self._take_up(request, conversation, course, say)
        while (round_ := await self._turn(conversation, course, say)) is not None:
            await self._make(request, conversation, course, round_)
        course.record = replace(course.record, whole_ms=self._elapsed(course))
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
        async for piece in self.model.stream(replace(conversation, tools=tools, rounds=tuple(course.rounds))):
            if isinstance(piece, Tokens):
                course.took(piece)
            elif isinstance(piece, ToolCall):
                calls.append(piece)
            elif piece:
                if course.said and len(course.said) == before:
                    await self._say(course, _BETWEEN_TURNS, say)
                await self._say(course, piece, say)
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
        await self._keep(request, place, round_)
        for number in range(len(results), len(round_.calls)):
            call_id = f"{place}-{number}"
            known = set(course.sources)
            outcome = await self._call(request, conversation, course, round_.calls[number], call_id)
            results.append(outcome.text)
            brought = [said for ref, said in course.sources.items() if ref not in known]
            round_ = replace(round_, results=tuple(results), sources=(*round_.sources, *brought))
            await self._keep(request, place, round_)
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
        prepared = await self.toolbox.prepare(use, call)
        if isinstance(prepared, Outcome):
            self._show(request, call.name, "failed")
            return prepared
        if prepared.summary is not None and not await self._is_allowed(request, call_id, prepared):
            self._show(request, call.name, "refused")
            return refused("REFUSED", "The person who asks has not agreed to this.")
        self._show(request, call.name, "running")
        outcome = await self.toolbox.make(use, prepared)
        self._show(request, call.name, "done" if outcome.ok else "failed")
        return outcome

    async def _is_allowed(self, request: JarvisRequest, call_id: str, prepared: Prepared) -> bool:
        """Ask the asker, and wait for an answer; silence is a no."""
        name, summary = prepared.tool.name, prepared.summary or ""
        expires_at = self.clock.now() + SILENCE_IS_NO
        asked = Confirmation(request.id, call_id, request.asker_id, name, summary, expires_at)
        async with self.work() as work:
            asked = await work.interventions.ask_leave(asked)
        leave = asked.leave
        if leave is Leave.WAITING:
            self._show(request, name, "waiting")
            about = request.asker_id, request.room_id, request.public_id
            self.publication.publish([ConfirmationAsked(*about, call_id, name, asked.summary)])
        while leave is Leave.WAITING and self.clock.now() < asked.expires_at:
            await self.clock.sleep(_LOOK_EVERY)
            async with self.work() as work:
                leave = await work.interventions.leave(request.id, call_id)
        return leave is Leave.GIVEN

    def _show(self, request: JarvisRequest, name: str, status: str) -> None:
        about = request.room_id, request.asker_id, request.public_id, request.personal
        self.publication.publish([ToolUsed(*about, name[:100], status)])

    async def _keep(self, request: JarvisRequest, place: int, round_: Round) -> None:
        async with self.work() as work:
            await work.answers.keep_round(request.id, place, round_)

    def _elapsed(self, course: Course) -> int:
        return round((self.clock.now() - course.started).total_seconds() * 1000)
