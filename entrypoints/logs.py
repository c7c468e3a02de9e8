"""What the process writes about itself, to standard error."""

import logging
from collections.abc import Sequence

from entrypoints import container
from entrypoints.settings import Settings


def set_up(settings: Settings, secrets: Sequence[str] = ()) -> None:
    """Log as the settings say. Secrets of theirs and these ones are taken out of any line they should get into."""
    container.set_up_logs(settings.log_level, settings.log_format, (*settings.secrets, *secrets))
    logging.getLogger("yoyo").setLevel(logging.WARNING)
