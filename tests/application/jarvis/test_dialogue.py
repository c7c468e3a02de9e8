"""Tools in an answer: in rounds, as the asker, once each, with a yes where one is needed."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from adapters.mock.summarizer import MockSummarizer
from application.jarvis.dialogue import CALLS_A_ROUND, ROUNDS
from application.metering import took
from application.ports.chat_model import Conversation, Piece, Tokens, ToolCall
from application.ports.summarizer import Material
from application.ports.unit_of_work import UnitOfWork
from application.tokens import tokens_of
from domain.answer_events import ConfirmationAsked, NewsSearchOpened
from domain.errors import ModelTimedOut, NotFound
from domain.events import RoomAdded
from domain.jarvis import Mode
from domain.meetings import Summary
from domain.users import User
from tests.application.jarvis.conftest import Office
from tests.builders import eventually
from tests.models import ObedientModel, call


async def test_results_go_back_to_the_model_until_it_speaks(office: Office, model: ObedientModel) -> None:
    model.turns = [
        ["계산해 볼게요.", call("calculate", expression="2 + 3"), Tokens(10, 2, "m")],
        [call("calculate", expression="5 * 7"), Tokens(20, 3, "m")],
        ["답은 35예요.", Tokens(30, 4, "m")],
    ]
    assert await office.answered("(2+3)*7?") == "계산해 볼게요.\n\n답은 35예요."
    assert model.results == [{"value": "5"}, {"value": "35"}]
    assert office.statuses() == [("calculate", "running"), ("calculate", "done")] * 2
    [record] = office.jarvis.store.records.values()
    assert (record.model, record.tokens_in, record.tokens_out) == ("m", 60, 9)
    assert record.first_word_ms is not None
    assert len(office.jarvis.store.rounds) == 0, "what tools brought is not kept past the answer"


async def test_in_mode_chat_there_are_no_tools(office: Office, model: ObedientModel) -> None:
    model.turns = [["네", call("room_add_user", person="Cho")]]
    assert await office.answered("초대해", mode=Mode.CHAT) == "네"
    assert model.shown[0].tools == ()
    assert office.statuses() == []
    assert len(await office.member_ids()) == 2


async def test_after_six_rounds_the_model_has_to_speak(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("calculate", expression="1+1")] for _ in range(50)]
    lane = await office.ask("돌고 돌아")
    await office.jarvis.answering.answer(lane)
    assert len(model.shown) == ROUNDS + 1
    assert [bool(shown.tools) for shown in model.shown] == [True] * ROUNDS + [False]
    assert office.failure() == "MODEL_FAILED"


async def test_a_round_has_so_many_calls_at_the_most(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("calculate", expression=f"{n}+0") for n in range(100)], ["끝"]]
    await office.answered("많이")
    assert len(model.results) == CALLS_A_ROUND


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (ToolCall("c", "drop_tables", "{}"), "UNKNOWN_TOOL"),
        (ToolCall("c", "calculate", "not JSON"), "VALIDATION_FAILED"),
        (ToolCall("c", "calculate", "[]"), "VALIDATION_FAILED"),
        (call("calculate"), "VALIDATION_FAILED"),
        (call("calculate", expression="1+1", extra=1), "VALIDATION_FAILED"),
        (call("calculate", expression="x" * 201), "VALIDATION_FAILED"),
        (call("calculate", expression="__import__('os')"), "VALIDATION_FAILED"),
        (call("list_holidays", year=1), "VALIDATION_FAILED"),
        (call("calendar_update_event", id="0" * 36, title="x"), "NOT_FOUND"),
        (call("calendar_delete_event", id="not an id at all but 36 characters.."), "NOT_FOUND"),
    ],
    ids=str,
)
async def test_a_bad_call_changes_nothing_and_the_model_is_told(
    office: Office, model: ObedientModel, made: ToolCall, error: str
) -> None:
    model.turns = [[made], ["안 됐어요"]]
    assert await office.answered("해 줘") == "안 됐어요"
    assert [result["error"] for result in model.results] == [error]
    assert office.statuses() == [(made.name, "failed")] or office.statuses()[-1] == (made.name, "failed")


async def test_an_invitation_waits_for_the_askers_yes(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("room_add_user", person="cho")], ["초대했어요"]]
    working = office.begin(await office.ask("초 님 초대해 줘"))
    await office.until("waiting")
    [asked] = office.recorder.of(ConfirmationAsked)
    assert (asked.asker_id, asked.room_id, asked.public_id) == (office.ana.id, office.room, "q")
    assert "Cho (cho@example.com)" in asked.summary
    assert len(await office.member_ids()) == 2
    with pytest.raises(NotFound):
        await office.jarvis.asking.confirm(office.ben, "q", asked.call_id, approve=True)
    await office.jarvis.asking.confirm(office.ana, "q", asked.call_id, approve=True)
    await office.until_asleep(2)
    office.jarvis.clock.advance(1)
    await working
    assert office.cho.id in await office.member_ids()
    assert office.statuses() == [(asked.name, status) for status in ("waiting", "running", "done")]
    assert office.answers() == ["초대했어요"]
    with pytest.raises(NotFound):
        await office.jarvis.asking.confirm(office.ana, "q", asked.call_id, approve=False)


@pytest.mark.parametrize("silent", [True, False])
async def test_no_and_silence_leave_all_as_it_was(office: Office, model: ObedientModel, silent: bool) -> None:
    model.turns = [[call("room_add_user", person="cho")], ["알겠어요"]]
    working = office.begin(await office.ask("초대"))
    await office.until("waiting")
    if not silent:
        [asked] = office.recorder.of(ConfirmationAsked)
        await office.jarvis.asking.confirm(office.ana, "q", asked.call_id, approve=False)
    await office.until_asleep(2)
    office.jarvis.clock.advance(299)
    if silent:
        await office.until_asleep(2)
        assert not working.done()
        office.jarvis.clock.advance(1)
    await working
    assert [result["error"] for result in model.results] == ["REFUSED"]
    assert len(await office.member_ids()) == 2


@pytest.mark.parametrize("name", ["nobody at all", "김"])
async def test_people_who_are_not_plain_are_asked_about(office: Office, model: ObedientModel, name: str) -> None:
    await office.jarvis.people("김하나", "김둘")
    model.turns = [
        [call("room_add_user", person=name), call("create_room", title="새 방", members=[name])],
        ["누구요?"],
    ]
    await office.answered("초대해 줘")
    problems = [model.results[0], model.results[1]["people"][0]]
    assert all(problem["name"] == name for problem in problems)
    assert {len(problem.get("candidates", ())) for problem in problems} == {2 if name == "김" else 0}
    assert office.recorder.of(ConfirmationAsked) == []
    assert len(await office.jarvis.rooms.mine(office.ana)) == 1
    assert len(await office.jarvis.accounts.people(office.ana)) == 4, "nobody is made"


async def test_a_room_is_opened_at_once_and_with_people_after_a_yes(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("create_room", title="혼자")], ["열었어요"]]
    await office.answered("방 하나")
    assert [room.room.title for room in await office.jarvis.rooms.mine(office.ana)] == ["혼자", "제품 출시"]
    model.turns = [[call("create_room", title="둘이", members=["ben"])], ["열었어요"]]
    working = office.begin(await office.ask("둘이 방", id_="q2"))
    await office.until("waiting")
    [asked] = office.recorder.of(ConfirmationAsked)
    await office.jarvis.asking.confirm(office.ana, "q2", asked.call_id, approve=True)
    await office.until_asleep(2)
    office.jarvis.clock.advance(1)
    await working
    assert office.recorder.of(RoomAdded)[-1].user_ids == (office.ben.id,)


async def test_the_room_is_summarised(office: Office, model: ObedientModel) -> None:
    await office.say(office.ben, "출시는 목요일로 하기로 결정했습니다")
    model.turns = [[call("get_room_summary", days=3)], ["요약이에요"]]
    await office.answered("요약해 줘")
    [summary] = model.results
    assert any("목요일" in text for text in summary["decisions"])
    assert "모의" in summary["remark"] or "mock" in summary["remark"]


async def test_what_a_tool_asks_of_the_model_counts_with_the_answer(
    office: Office, model: ObedientModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def summary(self: MockSummarizer, material: Material) -> Summary:
        took(500)
        return Summary()

    monkeypatch.setattr(MockSummarizer, "summary", summary)
    await office.say(office.ben, "출시는 목요일로 하기로 결정했습니다")
    model.turns = [[call("get_room_summary", days=3), Tokens(10, 2, "m")], ["요약이에요", Tokens(20, 3, "m")]]
    await office.answered("요약해 줘")
    [record] = office.jarvis.store.records.values()
    assert (record.model, record.tokens_in, record.tokens_out) == ("m", 530, 5)


async def test_the_news_panel_opens_for_the_asker(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("open_news_search_popup", query="반도체")], ["열었어요"]]
    await office.answered("뉴스")
    assert office.recorder.of(NewsSearchOpened) == [NewsSearchOpened(office.ana.id, office.room, "반도체")]


async def test_an_appointment_is_made_changed_and_taken_off(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("calendar_create_event", title="주간 회의", start="2026-02-17T15:00")], ["잡았어요"]]
    await office.answered("회의 잡아 줘", personal=True)
    made = model.results[0]
    assert (made["title"], made["start"], made["end"]) == (
        "주간 회의", "2026-02-17T15:00+09:00", "2026-02-17T16:00+09:00",
    )  # fmt: skip
    [event] = await office.jarvis.calendar.events(office.ana)
    assert event.details.start.isoformat() == "2026-02-17T06:00:00+00:00"
    model.turns = [
        [
            call("calendar_list_events", begin="2026-02-17", end="2026-02-18"),
            call("calendar_find_events", words="주간"),
        ],
        [call("calendar_update_event", id=made["id"], start="2026-02-17T16:30")],
        ["옮겼어요"],
    ]
    await office.answered("옮겨 줘", personal=True, id_="q2")
    assert [entry["id"] for entry in model.results[0]["events"] + model.results[1]["events"]] == [made["id"]] * 2
    assert (model.results[2]["start"], model.results[2]["end"]) == ("2026-02-17T16:30+09:00", "2026-02-17T17:30+09:00")
    model.turns = [[call("calendar_delete_event", id=made["id"])], ["지웠어요"]]
    working = office.begin(await office.ask("지워 줘", personal=True, id_="q3"))
    await office.until("waiting")
    [asked] = office.recorder.of(ConfirmationAsked)
    assert "주간 회의" in asked.summary
    await office.jarvis.asking.confirm(office.ana, "q3", asked.call_id, approve=True)
    await office.until_asleep(2)
    office.jarvis.clock.advance(1)
    await working
    assert await office.jarvis.calendar.events(office.ana) == []


async def test_another_attempt_goes_on_where_a_worker_died(office: Office, model: ObedientModel) -> None:
    """The first worker dies after its second call has taken effect, and before that is written down."""
    jarvis, calls = office.jarvis, [call("create_room", title="가"), call("create_room", title="나")]
    model.turns = [["두 개요.", *calls], ["다 열었어요"]]
    lane = await office.ask("방 두 개")
    opened = asyncio.Event()

    class Dying:
        """A store that stands still once the second room is there."""

        def __call__(self) -> UnitOfWork:
            if len(jarvis.store.rooms) == 3:
                opened.set()
                raise asyncio.CancelledError
            return jarvis.work()  # type: ignore[return-value]

    dying = asyncio.ensure_future(jarvis.worker(work=Dying()).answer(lane))  # type: ignore[arg-type]
    await asyncio.wait({dying})
    assert opened.is_set()
    jarvis.clock.advance(jarvis.pace.lease.total_seconds() + 1)
    await jarvis.answering.answer(lane)
    titles = [room.room.title for room in await jarvis.rooms.mine(office.ana)]
    assert sorted(titles) == ["가", "나", "제품 출시"]
    assert office.answers() == ["두 개요.\n\n다 열었어요"]
    assert len(model.shown) == 2, "the model is not asked again for what it has called already"


async def test_the_asker_stops_an_answer_within_a_second(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("room_add_user", person="cho")], ["?"]]
    working = office.begin(await office.ask("초대"))
    await office.until("waiting")
    with pytest.raises(NotFound):
        await office.jarvis.asking.cancel(office.ben, "q")
    await office.jarvis.asking.cancel(office.ana, "q")
    await office.until_asleep(2)
    office.jarvis.clock.advance(1)
    await working
    assert office.failure() == "CANCELLED"
    assert office.answers() == []
    with pytest.raises(NotFound):
        await office.jarvis.asking.cancel(office.ana, "q")


async def test_the_owner_stops_a_public_answer_but_no_personal_one(office: Office, model: ObedientModel) -> None:
    await office.ask("공개", office.ben, id_="public")
    await office.ask("개인", office.ben, personal=True, id_="personal")
    with pytest.raises(NotFound):
        await office.jarvis.asking.cancel(office.ana, "personal")
    await office.jarvis.asking.cancel(office.ana, "public")
    assert office.failure() == "CANCELLED", "what nobody works on yet ends at once"
    await office.jarvis.answering.answer(f"room:{office.room}")
    assert model.shown == []


async def test_what_is_cancelled_while_its_worker_is_dead_ends_with_the_next(
    office: Office, model: ObedientModel
) -> None:
    lane = await office.ask("언제?")
    now = office.jarvis.clock.now()
    async with office.jarvis.work() as work:
        await work.requests.claim(lane, now=now, until=now + timedelta(seconds=15))
    await office.jarvis.asking.cancel(office.ana, "q")
    assert office.failure() is None
    office.jarvis.clock.advance(16)
    await office.jarvis.answering.answer(lane)
    await eventually(lambda: office.failure() == "CANCELLED")
    assert office.answers() == []


@pytest.mark.parametrize("how", ["fails", "is cancelled", "is lost with its worker"])
async def test_what_an_answer_took_is_kept_however_it_ends(office: Office, model: ObedientModel, how: str) -> None:
    jarvis = office.jarvis

    def breaks_off(_: Conversation) -> Iterator[Piece]:
        yield "목요일"
        raise ModelTimedOut

    model.turns = [[call("calculate", expression="1+1"), Tokens(10, 2, "m")], breaks_off]
    if how == "is cancelled":
        model.turns = [[call("room_add_user", person="cho"), Tokens(10, 2, "m")]]
    if how == "is lost with its worker":
        model.turns = [[call("room_add_user", person="cho"), Tokens(10, 2, "m")], ["끝", Tokens(20, 3, "m")]]
    lane = await office.ask("언제?")
    working = office.begin(lane)
    if how != "fails":
        await office.until("waiting")
        if how == "is cancelled":
            await jarvis.asking.cancel(office.ana, "q")
        else:
            working.cancel()
            await asyncio.wait({working})
            working = office.begin(lane)
            await office.until_asleep(2)
            await jarvis.asking.confirm(office.ana, "q", "0-0", approve=False)
        await office.until_asleep(2)
        jarvis.clock.advance(1)
    await working
    [record] = jarvis.store.records.values()
    assert record.model == "m"
    assert record.whole_ms is not None
    if how == "fails":
        assert office.failure() == "MODEL_TIMEOUT"
        assert record.tokens_in > 10 + 100, "what the model did not tell is estimated"
        assert record.tokens_out == 2 + 3
        assert record.first_word_ms is not None
    elif how == "is cancelled":
        assert (record.tokens_in, record.tokens_out) == (10, 2)
        assert record.whole_ms == 1000
    else:
        assert (record.tokens_in, record.tokens_out) == (30, 5)


async def test_yes_is_said_to_a_person_and_not_to_a_name(office: Office, model: ObedientModel) -> None:
    jarvis = office.jarvis
    model.turns = [[call("room_add_user", person="cho")], ["?"]]
    working = office.begin(await office.ask("초대"))
    await office.until("waiting")
    mallory = await jarvis.person("Mallory")
    async with jarvis.work() as work:
        for id_, email, name in ((office.cho.id, "cho@example.com", "X"), (mallory.id, "mallory@example.com", "Cho")):
            await work.users.sign_in(User(id_, email, name, jarvis.clock.now()), rename=True)
    [asked] = office.recorder.of(ConfirmationAsked)
    await jarvis.asking.confirm(office.ana, "q", asked.call_id, approve=True)
    await office.until_asleep(2)
    jarvis.clock.advance(1)
    await working
    assert mallory.id not in await office.member_ids()
    assert len(await office.member_ids()) == 2
    assert [result["error"] for result in model.results] == ["CHANGED"]


async def test_what_was_deleted_by_a_worker_that_died_then_is_not_reported_as_missing(
    office: Office, model: ObedientModel
) -> None:
    jarvis = office.jarvis
    model.turns = [[call("calendar_create_event", title="주간 회의", start="2026-02-17T15:00")], ["잡았어요"]]
    await office.answered("회의 잡아 줘", personal=True)
    model.turns = [[call("calendar_delete_event", id=model.results[0]["id"])], ["지웠어요"]]
    lane = await office.ask("지워 줘", personal=True, id_="q2")
    agreed = False

    class Dying:
        """A store that stands still once the appointment is gone."""

        def __call__(self) -> UnitOfWork:
            if agreed and not jarvis.store.calendar_events:
                raise asyncio.CancelledError
            return jarvis.work()  # type: ignore[return-value]

    dying = asyncio.ensure_future(jarvis.worker(work=Dying()).answer(lane))  # type: ignore[arg-type]
    await office.until("waiting")
    await jarvis.asking.confirm(office.ana, "q2", "0-0", approve=True)
    agreed = True
    await office.until_asleep(2)
    jarvis.clock.advance(1)
    await asyncio.wait({dying})
    assert await jarvis.calendar.events(office.ana) == []
    jarvis.clock.advance(jarvis.pace.lease.total_seconds() + 1)
    await jarvis.answering.answer(lane)
    assert model.results == [{"deleted": True}]
    assert len(office.recorder.of(ConfirmationAsked)) == 1, "nobody is asked twice"


async def test_nobody_is_asked_for_a_yes_that_would_come_too_late(office: Office, model: ObedientModel) -> None:
    model.turns = [[call("room_add_user", person="cho")], ["알겠어요"]]
    lane = await office.ask("초대")
    working = office.begin(lane)
    await office.until("waiting")
    working.cancel()
    await asyncio.wait({working})
    office.jarvis.clock.advance(301)
    await office.jarvis.answering.answer(lane)
    assert len(office.recorder.of(ConfirmationAsked)) == 1
    assert [status for _, status in office.statuses()] == ["waiting", "refused"]
    assert office.answers() == ["알겠어요"]


async def test_results_fit_into_what_the_model_may_be_shown(office: Office, model: ObedientModel) -> None:
    for number in range(12):
        await office.say(office.ben, f"예산 {number} " + "가나다라마바사 " * 60)
    model.turns = [[call("search_room_messages_text", query="예산", take=10) for _ in range(8)] for _ in range(6)]
    model.turns.append(["많네요"])
    assert await office.answered("예산 다 찾아 줘") == "많네요"
    shown = [result for round_ in model.shown[-1].rounds for result in round_.results]
    assert len(shown) == 48
    assert sum(map(tokens_of, shown)) < 12000 + 48 * 50
    assert "TOO_MUCH" in shown[-1]


async def test_what_was_called_and_is_cancelled_before_its_next_attempt_is_kept_no_longer(
    office: Office, model: ObedientModel
) -> None:
    model.turns = [[call("room_add_user", person="cho")]]
    working = office.begin(await office.ask("초대"))
    await office.until("waiting")
    working.cancel()
    await asyncio.wait({working})
    assert len(office.jarvis.store.rounds) == 1
    await office.jarvis.asking.cancel(office.ana, "q")
    assert office.failure() == "CANCELLED"
    assert len(office.jarvis.store.rounds) == 0


async def test_nobody_has_to_look_after_what_was_cancelled(office: Office, model: ObedientModel) -> None:
    await office.ask("언제?")
    await office.jarvis.asking.cancel(office.ana, "q")
    async with office.jarvis.work() as work:
        assert (await work.backlog.depth(now=office.jarvis.clock.now())).set_aside == 0
        assert await work.backlog.listed(take=10) == []
        assert await work.backlog.retry() == []
