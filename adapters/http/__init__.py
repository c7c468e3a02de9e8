"""The REST side of the wire contract, on aiohttp."""
