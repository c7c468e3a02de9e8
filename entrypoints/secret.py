"""The secret that signs tokens where none is set: made once, kept in the data folder, for development."""

import os
from pathlib import Path
from secrets import token_urlsafe

_NAME = "jwt-secret"


def development_secret(data_folder: Path) -> str:
    """The secret kept in the folder, which is made when there is none, so that tokens outlive a restart."""
    data_folder.mkdir(parents=True, exist_ok=True)
    path = data_folder / _NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if kept:
            return kept
        handle = os.open(path, os.O_WRONLY | os.O_TRUNC)
    secret = token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
