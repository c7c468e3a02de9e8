"""Servers within the process of a test: one in memory, or two over one database with a bus that loses things."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dependency_injector import providers

from adapters.memory.event_bus import InMemoryEventBus, InMemoryNetwork
from adapters.websocket.hub import Hub
from application.ports.event_bus import Notice
from entrypoints.container import LiveAdapters, Product
from entrypoints.container import in_memory as product_in_memory
from entrypoints.server import serving, working
from entrypoints.settings import Settings, load

SECRET = "k3Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE"


class LosingNetwork(InMemoryNetwork):
    """Loses, repeats and reorders what is in the log now and then; what passes it carries faithfully."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = Random(seed)

    def carry(self, notices: Sequence[Notice]) -> None:
        carried: list[Notice] = []
        for notice in notices:
            fate = self._random.random() if notice.seq is not None and not notice.user_ids else 1.0
            if fate >= 0.1:
                carried.insert(self._random.randint(0, len(carried)) if fate < 0.2 else len(carried), notice)
            if 0.2 <= fate < 0.25:
                carried.append(notice)
        super().carry(carried)


@dataclass(frozen=True)
class House:
    """Where its servers are, and what they know of open sockets."""

    urls: Sequence[str]
    hubs: Sequence[Hub]

    @property
    def open_sockets(self) -> int:
        return sum(len(hub.connections) for hub in self.hubs)


@asynccontextmanager
async def in_memory(folder: Path) -> AsyncIterator[House]:
    """One server, all in memory."""
    async with AsyncExitStack() as stack:
        yield await _open(stack, [product_in_memory(_settings(folder), SECRET)])


@asynccontextmanager
async def over_postgres(
    folder: Path, database_url: str, network: InMemoryNetwork | None = None
) -> AsyncIterator[House]:
    """Two servers over one database, with a bus between them that is not to be relied on."""
    network, settings = network or LosingNetwork(seed=7), _settings(folder)
    async with AsyncExitStack() as stack:
        products = []
        for _ in range(2):
            adapters = LiveAdapters(settings=settings, secret=SECRET, database_url=database_url)
            adapters.bus.override(providers.Object(InMemoryEventBus(network)))
            products.append(Product(settings=settings, secret=SECRET, adapters=adapters))
        yield await _open(stack, products)


def _settings(folder: Path) -> Settings:
    """Small pages and few sends ahead, so that their ends are met; a look at the store many times a second."""
    return load(
        PORT=0, JARVIS_DATA=folder, JARVIS_RATE_LIMITS="off", JARVIS_REPLAY_PAGE=3, JARVIS_SENDS_AHEAD=4,
        JARVIS_COMPARE_SECONDS=0.05, DATABASE_POOL_MAX=5, JARVIS_SWEEP_SECONDS=600,
    )  # fmt: skip


async def _open(stack: AsyncExitStack, products: Sequence[Product]) -> House:
    urls = []
    for product in products:
        await stack.enter_async_context(working(product))
        urls.append(f"http://127.0.0.1:{await stack.enter_async_context(serving(product))}")
    return House(urls, [product.hub() for product in products])
