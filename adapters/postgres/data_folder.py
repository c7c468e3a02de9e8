"""The folder in which Jarvis keeps its data, of which one process at a time may be the owner."""

import fcntl
import os
from pathlib import Path
from typing import Final

_LOG_LIMIT: Final = 16 * 1024 * 1024  # bytes; a longer log is put aside when it is opened
_LOG_END: Final = 4096  # bytes


class DataFolderInUseError(RuntimeError):
    """Another process owns the data folder; the message names it."""


class DataFolder:
    """The folder with PostgreSQL's cluster, `postgres.log` and `postgres.lock`.

    The lock is the kernel's, on the open file, so that it ends with its owner however that ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.cluster = self.path / "postgres"
        self.log = self.path / "postgres.log"
        self._lock: int | None = None

    def hold(self) -> None:
        """Become the folder's owner, making it where it is missing. Raises DataFolderInUseError when another is."""
        if self._lock is not None:
            return
        # Root's PostgreSQL has to pass through this folder as another account; it may do that and no more.
        self.path.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        lock = self._open("postgres.lock", os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError as error:
            owner = os.pread(lock, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(lock)
            raise DataFolderInUseError(
                f"the data folder {self.path} is in use by another Jarvis (process {owner}): stop that one first, or "
                "choose another data folder"
            ) from error
        except BaseException:
            os.close(lock)
            raise
        self._lock = lock

    def release(self) -> None:
        """Let another process own the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def open_log(self) -> int:
        """A file descriptor that appends to the log; the caller closes it."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_name("postgres.log.1"))
        return self._open(self.log.name, os.O_WRONLY | os.O_APPEND)

    def log_end(self) -> str:
        """The last lines of the log, with its name, for messages."""
        if not self.log.exists():
            return f"{self.log} is missing"
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - _LOG_END))
            lines = file.read().decode(errors="replace").splitlines()[-10:]
        return "\n".join([f"the end of {self.log}:", *lines])

    def _open(self, name: str, flags: int) -> int:
        file = os.open(self.path / name, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if os.geteuid() == 0:  # what root makes in another's folder must not shut that other out later
            owner = self.path.stat()
            os.fchown(file, owner.st_uid, owner.st_gid)
        return file
