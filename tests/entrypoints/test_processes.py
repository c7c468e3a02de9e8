"""``jarvis serve --processes``: several servers that share a port."""

import os
import signal
import socket
from pathlib import Path

from entrypoints.verify.run import Crowd, Plan, verify
from tests.crowds import more_acked
from tests.entrypoints.processes import children, is_there
from tests.jarvis_process import run, running
from tests.waiting import until

SERVERS = ("serve", "--processes", "3")


async def test_they_share_a_port_and_what_dies_is_started_again(
    tmp_path: Path, postgres_dsn: str, redis_url: str, redis_space: str
) -> None:
    settings = {
        "DATABASE_URL": postgres_dsn,
        "REDIS_URL": redis_url,
        "PUBSUB_CHANNEL": redis_space,
        "DATABASE_POOL_MAX": "4",
        "JARVIS_RATE_LIMITS": "off",
        "JARVIS_COMPARE_SECONDS": "600",
    }
    async with running(*SERVERS, folder=tmp_path, **settings) as jarvis:
        servers = children(jarvis.process.pid)
        assert len(servers) == 3

        async def kill_one(crowd: Crowd) -> None:
            await more_acked(crowd, 200)
            os.kill(servers[0], signal.SIGKILL)
            await until(lambda: not is_there(servers[0]) and len(children(jarvis.process.pid)) == 3)
            await crowd.until(lambda: crowd.joined == len(crowd.clients), "coming back")
            await more_acked(crowd, 200)

        report = await verify(Plan((jarvis.url,), clients=24, rooms=4, seconds=0, rate=20, cut=2), kill_one)
        assert report.verdict.violations == ()
        assert report.verdict.counts["acked"] == report.verdict.counts["sent"]
        everybody = children(jarvis.process.pid)
        assert set(everybody) > set(servers[1:])
        assert await jarvis.stop() == 0
        assert not [pid for pid in everybody if is_there(pid)]


async def test_they_end_with_the_one_that_started_them(
    tmp_path: Path, postgres_dsn: str, redis_url: str, redis_space: str
) -> None:
    settings = {"DATABASE_URL": postgres_dsn, "REDIS_URL": redis_url, "PUBSUB_CHANNEL": redis_space}
    async with running("serve", "--processes", "2", folder=tmp_path, **settings) as jarvis:
        servers = children(jarvis.process.pid)
        assert len(servers) == 2
        jarvis.kill()
        await jarvis.ended()
        await until(lambda: not any(map(is_there, servers)))


def test_several_need_redis(tmp_path: Path) -> None:
    ended = run(*SERVERS, folder=tmp_path, DATABASE_URL="postgresql:///jarvis")
    assert ended.returncode == 2
    assert "REDIS_URL: is missing" in ended.stderr


def test_a_port_in_use_is_said_clearly(tmp_path: Path, postgres_dsn: str, redis_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        settings = {"DATABASE_URL": postgres_dsn, "REDIS_URL": redis_url, "PORT": "1"}
        ended = run(*SERVERS, "--port", str(port), folder=tmp_path, **settings)
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in ended.stderr


def test_one_that_cannot_start_ends_all(tmp_path: Path, redis_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    url = f"postgresql://jarvis@127.0.0.1:{port}/jarvis"
    ended = run(*SERVERS, folder=tmp_path, DATABASE_URL=url, REDIS_URL=redis_url, PORT="0")
    assert ended.returncode == 1
    assert "the database cannot be reached" in ended.stderr
    assert "Traceback" not in ended.stderr
