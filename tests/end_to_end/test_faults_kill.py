"""kill -9 of the server while people talk and Jarvis answers."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from adapters.postgres import postmaster
from tests.end_to_end.bursts import (
    acked_at_least,
    assert_nothing_lost_nothing_twice_one_order,
    come_back,
    gather_people,
    said,
    talk,
)
from tests.jarvis_process import end_database_of, running

ACKED_BEFORE = 400
ANSWERING = {"JARVIS_ANSWER_LEASE_SECONDS": "1", "JARVIS_SWEEP_SECONDS": "0.2"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder to run in. Whatever is left running over its data is stopped at the end."""
    yield tmp_path
    end_database_of(tmp_path / ".jarvis")


async def test_what_was_acked_in_a_burst_is_there_once(folder: Path) -> None:
    async with aiohttp.ClientSession() as session:
        async with running("up", folder=folder) as jarvis:
            replicas = await gather_people(session, jarvis.url)
            burst = asyncio.gather(*(talk(replica, "first") for replica in replicas))
            await acked_at_least(replicas, ACKED_BEFORE)
            jarvis.kill()
            await burst
            await asyncio.gather(*(replica.gone() for replica in replicas))
            assert await jarvis.ended() < 0
        left_running = postmaster.recorded(folder / ".jarvis" / "postgres")
        assert all(replica.person.unacked for replica in replicas), "everybody was in the middle of it"

        async with running("up", folder=folder) as jarvis:
            assert postmaster.recorded(folder / ".jarvis" / "postgres") == left_running, "it is taken over"
            await come_back(replicas, jarvis.url)
            await asyncio.gather(*(talk(replica, "second", 20) for replica in replicas))
            await asyncio.gather(*(replica.all_acked() for replica in replicas))
            stored = await assert_nothing_lost_nothing_twice_one_order(replicas)
            assert len(stored.messages) == said(replicas)
            for replica in replicas:
                await replica.close()
            assert await jarvis.stop() == 0


async def test_questions_that_wait_or_are_being_answered_are_answered_once(folder: Path) -> None:
    async with aiohttp.ClientSession() as session:
        async with running("up", folder=folder, **ANSWERING) as jarvis:
            ana, _, cho, dan = replicas = await gather_people(session, jarvis.url)
            await ana.send("The launch is on Thursday.", "fact")
            await ana.send("자비스야, when is the launch?", "question-1")
            await ana.until(lambda: len(ana.told("bot.stream")) > 1)
            await cho.say("jarvis.request", prompt="Is the launch on Friday?", requestId="question-2")
            await dan.say("jarvis.request", prompt="When is it?", requestId="personal", isPersonal=True)
            await cho.until(lambda: bool(cho.told("jarvis.accepted")))
            await dan.until(lambda: bool(dan.told("jarvis.accepted")))
            jarvis.kill()
            await asyncio.gather(*(replica.gone() for replica in replicas))
        assert not ana.logged("bot.done")

        async with running("up", folder=folder, **ANSWERING) as jarvis:
            await come_back(replicas, jarvis.url)
            await dan.until(lambda: bool(dan.told("bot.personal.done")))
            await ana.until(lambda: len(ana.logged("bot.done")) == 2)
            # A room's questions are answered in their order, so after this one no other answer can come.
            await ana.send("자비스야, and now?", "question-3")
            await ana.until(lambda: len(ana.logged("bot.done")) > 2)
            await assert_nothing_lost_nothing_twice_one_order(replicas)
            assert len({answer["requestId"] for answer in ana.logged("bot.done")}) == 3
            assert [answer["requestId"] for answer in cho.logged("bot.done")].count("question-2") == 1
            assert len(dan.told("bot.personal.done")) == 1
            for answer in ana.logged("bot.done")[:2]:
                assert "Thursday" in answer["content"]
            for replica in replicas:
                await replica.close()
            assert await jarvis.stop() == 0
