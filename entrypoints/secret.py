"""The secret that signs tokens where none is set: made once, kept in the data folder, for development."""

import fcntl
import os
from pathlib import Path
from secrets import token_urlsafe

_NAME = "jwt-secret"


def development_secret(data_folder: Path) -> str:
    """The secret kept in the folder, which is made when there is none, so that tokens outlive a restart.

    Raises OSError where the folder cannot be written to.
    """
    data_folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(data_folder / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # several processes may start on one folder at once
        secret = file.read().strip()
        if not secret:
            os.fchmod(handle, 0o600)
            secret = token_urlsafe(48)
            file.write(secret)
        return secret
