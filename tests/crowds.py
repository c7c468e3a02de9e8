"""What tests do while a crowd of clients talks."""

from entrypoints.verify.run import Crowd


async def more_acked(crowd: Crowd, count: int) -> None:
    """Wait until so many more sends are acked."""
    wanted = crowd.acked + count
    await crowd.until(lambda: crowd.acked >= wanted, f"{count} more acks")
