"""Search: what of a team's talk is found, how fast vectors are made, and how long a search through a million takes."""

import asyncio
import http.client
import json
import time
from collections.abc import Sequence
from statistics import median, quantiles
from urllib.parse import urlencode

import psycopg

from benchmarks.babble import Babble, fill_rooms
from benchmarks.bench import Bench
from benchmarks.cores import on_core
from benchmarks.errors import BenchmarkError
from benchmarks.generator import Endpoint
from benchmarks.report import Row
from benchmarks.resting import StartServer
from benchmarks.team_talk import FOUND_AMONG, recall, team_talk
from domain.search import SearchMode
from entrypoints import container, library
from entrypoints.embeddings import rebuild, status
from entrypoints.settings import load

_RECALL = f"What a team asks about its talk (recall@{FOUND_AMONG}, mock embedder)"
_BACKLOG = "Messages embedded a second (mock embedder, 256 dimensions, HNSW)"
_SEARCH = "Searching {messages:,} messages, {vectors:,} of them with vectors of 256 dimensions (GET /search)"
_ROOMS = 10
_ENOUGH = 0.9
_MILLISECONDS = 50.0


def measure_retrieval(bench: Bench) -> None:
    """How many of the messages that answer a question are found, by words, by vectors, and by both."""
    for mode, share in asyncio.run(_recalls()).items():
        bound = None if mode is SearchMode.SEMANTIC else _ENOUGH
        target = "" if bound is None else f">= {bound:g}"
        bench.report.add(Row(_RECALL, mode.value, share, "", target, bound))


async def _recalls() -> dict[SearchMode, float]:
    house = library.in_memory()
    ana = await house.somebody("ana@local")
    room_id = (await house.rooms.create(ana, "Team")).room.id
    numbers = {
        (await house.messages.send(ana, room_id, line.text)).message_id: line.number for line in team_talk().lines
    }
    while await house.embedding.turn():
        pass
    return {mode: await recall(house.search, ana, room_id, mode, numbers) for mode in SearchMode}


def measure_search(bench: Bench, start_jarvis: StartServer) -> None:
    """Fill ten rooms, and search through one and through all of one's rooms; before that, make vectors of a few."""
    plan = bench.plan
    with start_jarvis() as jarvis:
        rooms = jarvis.rooms[:_ROOMS]
    # While nobody is there who would begin with it.
    _measure_backlog(bench, rooms)
    with start_jarvis() as jarvis:
        with psycopg.connect(bench.dsn, autocommit=True) as connection:
            asyncio.run(fill_rooms(connection, jarvis.rooms[:_ROOMS], plan.search_messages, plan.search_vectors))
        section = _SEARCH.format(messages=plan.search_messages, vectors=plan.search_vectors)
        each = plan.search_messages // _ROOMS
        for name, room in ((f"hybrid, one room of {each:,}", jarvis.rooms[0]), ("hybrid, all of one's rooms", None)):
            _add_search(
                bench, section, name, _timed(jarvis, bench.plan.searches, SearchMode.HYBRID, room), _MILLISECONDS
            )
        for mode in (SearchMode.TEXT, SearchMode.SEMANTIC):
            for name, room in (("one room", jarvis.rooms[0]), ("all rooms", None)):
                taken = _timed(jarvis, bench.plan.searches, mode, room)
                _add_search(bench, section, f"{mode.value} alone, {name}", taken, None)


def _measure_backlog(bench: Bench, rooms: Sequence[str]) -> None:
    product = container.live(load(AI_PROVIDER="mock"), "no tokens are signed here", bench.dsn)
    asyncio.run(status(product))  # so that there is an index for the vectors
    with psycopg.connect(bench.dsn, autocommit=True) as connection:
        asyncio.run(fill_rooms(connection, rooms, bench.plan.backlog_messages, 0))
    product = container.live(load(AI_PROVIDER="mock"), "no tokens are signed here", bench.dsn)
    with on_core(bench.cores.server):
        started = time.perf_counter()
        asyncio.run(rebuild(product, lambda _: None))
        seconds = time.perf_counter() - started
    messages = bench.plan.backlog_messages
    bench.report.add(Row(_BACKLOG, f"a backlog of {messages:,}, one worker", messages / seconds, "a second"))


def _timed(jarvis: Endpoint, count: int, mode: SearchMode, room: str | None) -> Sequence[float]:
    """Milliseconds that each of so many searches took, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", jarvis.port, timeout=60)
    headers = {"Authorization": f"Bearer {jarvis.tokens[0]}"}
    taken = []
    try:
        for number, query in enumerate(Babble(seed=1).queries(count + 5)):
            where = {} if room is None else {"roomId": room}
            started = time.perf_counter()
            connection.request(
                "GET", f"/search?{urlencode({'q': query, 'mode': mode.value, **where})}", headers=headers
            )
            answer = connection.getresponse()
            body = answer.read()
            if number >= 5:  # the first ones make plans and load pages
                taken.append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                raise BenchmarkError(f"GET /search: {answer.status} {body[:300].decode(errors='replace')}")
            json.loads(body)
    finally:
        connection.close()
    return taken


def _add_search(bench: Bench, section: str, name: str, taken: Sequence[float], bound: float | None) -> None:
    bench.report.keep(f"search, {name}", {"milliseconds": [round(one, 2) for one in taken]})
    note = f"95 % within {quantiles(taken, n=20)[-1]:.1f} ms, slowest {max(taken):.1f}"
    target = "" if bound is None else f"<= {bound:g} ms"
    bench.report.add(Row(section, f"{name}, median", median(taken), "ms", target, bound, at_least=False, note=note))
