"""What the process writes about itself, to standard error."""

import logging

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def set_up(level: str) -> None:
    """Log lines from ``level`` (debug, info, warning, error) on, with time and origin."""
    logging.basicConfig(level=_LEVELS[level], format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    # On a client without a common subprotocol it writes down all that were offered, a bearer token among them.
    logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)
