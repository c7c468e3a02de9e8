"""``jarvis cluster``: what compose.yaml starts, on one machine, and what is killed is started again."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
import yaml

from entrypoints.cluster import MARK
from entrypoints.leftovers import end_marked
from entrypoints.verify.run import Crowd, Plan, verify
from tests.crowds import more_acked
from tests.end_to_end.client import Person
from tests.entrypoints.processes import is_there
from tests.jarvis_process import ROOT, JarvisProcess, end_database_of, run, running
from tests.waiting import until

NAMES = {"postgres", "redis", "server-1", "server-2", "worker-1", "worker-2", "scheduler"}
QUICK = {"JARVIS_DRAIN_NOTICE_SECONDS": "0", "JARVIS_DRAIN_SECONDS": "0", "JARVIS_RATE_LIMITS": "off"}


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """The data folder. Whatever is left running over it is ended at the end."""
    folder = tmp_path / ".jarvis"
    yield folder
    end_marked(MARK, str(folder / "cluster"), seconds=0)
    end_database_of(folder)


def pid_of(data: Path, name: str) -> int:
    return int((data / "cluster" / f"{name}.pid").read_text(encoding="ascii"))


def pids(data: Path) -> dict[str, int]:
    return {file.stem: pid_of(data, file.stem) for file in (data / "cluster").glob("*.pid")}


def urls(jarvis: JarvisProcess) -> tuple[str, str]:
    return jarvis.url, f"http://127.0.0.1:{jarvis.port + 1}"


def composed(name: str) -> list[str]:
    """What compose.yaml has the service of this process run, past `jarvis`."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    program, *arguments = services[name.partition("-")[0]]["command"]
    assert program == "jarvis"
    return list(arguments)


def command_of(pid: int) -> list[str]:
    """The arguments of a process, past `python -m entrypoints.cli`."""
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")[3:]


async def killed(data: Path, name: str) -> None:
    """Kill a process, and wait until another one runs in its place."""
    before = pid_of(data, name)
    os.kill(before, signal.SIGKILL)
    await until(lambda: pid_of(data, name) != before and is_there(pid_of(data, name)))
    assert not is_there(before)


@pytest.mark.timeout(150)
async def test_whatever_is_killed_is_started_again_and_nothing_is_lost(tmp_path: Path, data: Path) -> None:
    async with running("cluster", folder=tmp_path, **QUICK) as jarvis:
        first = pids(data)
        assert first.keys() == NAMES
        assert all(map(is_there, first.values()))
        for name in NAMES - {"postgres", "redis"}:
            assert composed(name) == command_of(first[name])[: len(composed(name))]

        async def kill_each(crowd: Crowd) -> None:
            for name in sorted(NAMES):
                await more_acked(crowd, 100)
                await killed(data, name)
            await crowd.until(lambda: crowd.joined == len(crowd.clients), "coming back")
            both = set(urls(jarvis))
            await crowd.until(lambda: {client.server for client in crowd.clients} == both, "being at both servers")
            await more_acked(crowd, 100)

        report = await verify(Plan(urls(jarvis), clients=12, rooms=3, seconds=0, rate=20, cut=2), kill_each)
        assert report.verdict.violations == ()
        assert report.verdict.counts["acked"] == report.verdict.counts["sent"]
        assert report.verdict.counts["readers_at_the_end"] == 24
        assert set(report.refusals) <= {"SERVICE_UNAVAILABLE"}
        assert not pids(data).items() & first.items(), "each was killed once"

        async with aiohttp.ClientSession() as session:
            ana = await Person.sign_in(session, jarvis.url, "Ana")
            room = await ana.open_room()
            async with await ana.connect(room) as socket:
                await socket.send(room, "The launch is on Thursday.", "fact")
                await socket.send(room, "자비스야, when is the launch?", "question")
                assert "Thursday" in (await socket.expect("bot.done"))["content"]

        last = pids(data)
        assert await jarvis.stop() == 0
        assert not [name for name, pid in last.items() if is_there(pid)]
        assert pids(data) == {}
        assert {file.stem for file in (data / "cluster").glob("*.log")} == {*NAMES, "migrate"}


@pytest.mark.timeout(150)
async def test_what_a_killed_cluster_has_left_is_taken_over_or_ended(tmp_path: Path, data: Path) -> None:
    stranger = await asyncio.create_subprocess_exec("sleep", "1000")
    try:
        async with running("cluster", folder=tmp_path, **QUICK) as jarvis, aiohttp.ClientSession() as session:
            ana = await Person.sign_in(session, jarvis.url, "Ana")
            room = await ana.open_room(title="Kept")
            first = pids(data)
            second = run("cluster", folder=tmp_path, PORT="0", **QUICK)
            assert second.returncode == 1
            assert f"in use by another Jarvis (process {jarvis.process.pid})" in second.stderr
            assert all(map(is_there, first.values())), "the first one is left alone"
            jarvis.kill()
            await jarvis.ended()
        assert all(map(is_there, first.values()))
        # The id of a process that is gone may be another's by now.
        (data / "cluster" / "worker-1.pid").write_text(f"{stranger.pid}\n", encoding="ascii")

        async with running("cluster", folder=tmp_path, **QUICK) as jarvis, aiohttp.ClientSession() as session:
            assert pid_of(data, "postgres") == first.pop("postgres"), "it is taken over"
            assert not [name for name, pid in first.items() if is_there(pid)]
            ana.session, ana.url = session, urls(jarvis)[1]
            assert [found["id"] for found in await ana.get("/rooms")] == [room], "the token is good, the room is there"
            assert await jarvis.stop() == 0
        assert stranger.returncode is None
        assert not pids(data)
    finally:
        stranger.kill()
        await stranger.wait()


def test_a_server_that_cannot_start_ends_all(tmp_path: Path, data: Path) -> None:
    ended = run("cluster", folder=tmp_path, PORT="0", HOST="203.0.113.1", **QUICK)
    assert ended.returncode == 1
    assert "Jarvis cannot start:" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not pids(data)
