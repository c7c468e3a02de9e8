"""Run a program as an account without privileges, wherever the files it needs lie.

PostgreSQL refuses to run as root, and another account cannot pass through folders that only root may enter, such as
`/root`. Opening those folders to everybody would be the wrong way out. Instead this file, run as a program by root,
gives up root's identity and all its capabilities but, at most, one: that of passing through folders, and only where
the account cannot reach the files without it. Then it becomes the wanted program.

It runs by itself (`python -I -S unprivileged.py …`, see `wrap`) and so imports nothing but the standard library.
"""

import ctypes
import os
import pwd
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EXIT_NOT_STARTED = 126
"""Exit status when the program could not be started; the reason is on standard error."""

_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_SECUREBITS = 28
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2


@dataclass(frozen=True, slots=True)
class Account:
    """A user id with its group id."""

    uid: int
    gid: int


def find_account(name: str) -> Account | None:
    """The account of that name, or None when the machine has none."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def wrap(account: Account, reach: Iterable[str], command: Sequence[str]) -> list[str]:
    """The command line that runs `command` (its program an absolute path) as `account`.

    `reach` names the folders and programs that the account has to be able to read and to enter or run.
    """
    return [sys.executable, "-I", "-S", __file__, str(account.uid), str(account.gid), *reach, "--", *command]


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _prctl(option: int, argument: int, second: int = 0) -> bool:
    words = [ctypes.c_ulong(word) for word in (argument, second, 0, 0)]
    return bool(ctypes.CDLL(None).prctl(option, *words) == 0)


def _keep_only(capabilities: Iterable[int]) -> bool:
    """Reduce this process to these capabilities (each below 32); False when the kernel does not grant one of them."""
    mask = sum(1 << capability for capability in capabilities)
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    sets = (_CapabilitySets * 2)(_CapabilitySets(mask, mask, mask), _CapabilitySets(0, 0, 0))
    return bool(ctypes.CDLL(None).capset(ctypes.byref(header), sets) == 0)


def _unreachable(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if not os.access(path, os.R_OK | os.X_OK)]


def _become(account: Account, reach: Sequence[str]) -> None:
    """Turn this process into the account. Raises OSError, or PermissionError when it cannot reach what it needs."""
    # Without this bit access(2) would ignore the capabilities of a process that is not root, and PostgreSQL asks
    # access(2) whether it can find its own programs. Where the bit is refused, setresuid drops every capability.
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    try:
        os.setgroups([])
        os.setresgid(account.gid, account.gid, account.gid)
        os.setresuid(account.uid, account.uid, account.uid)
    except OSError as error:
        raise PermissionError(
            f"root may not become the account with user id {account.uid} here ({error.strerror}); run as a plain user"
        ) from error
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)

    # Sets can only shrink, so each candidate is tried in a process of its own before one is settled on.
    choices: tuple[tuple[int, ...], ...] = ((), (_CAP_DAC_READ_SEARCH,), (_CAP_DAC_OVERRIDE,))
    for choice in choices:
        if _suffices(choice, reach):
            _take(choice)
            return
    _take(())
    raise PermissionError(
        f"the account with user id {account.uid} cannot reach {', '.join(_unreachable(reach))}, and this machine does "
        "not let root lend it the right to; run as a plain user, or place the folder where that account can reach it"
    )


def _take(capabilities: tuple[int, ...]) -> bool:
    return _keep_only(capabilities) and all(
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability) for capability in capabilities
    )


def _suffices(capabilities: tuple[int, ...], reach: Sequence[str]) -> bool:
    child = os.fork()
    if child == 0:
        os._exit(0 if _take(capabilities) and not _unreachable(reach) else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main(arguments: Sequence[str]) -> None:
    """`UID GID PATH… -- PROGRAM ARGUMENT…`: become the account, reaching the paths, and run the program. Returns never
    when it works, and ends with EXIT_NOT_STARTED when it does not.
    """
    uid, gid, *rest = arguments
    end = rest.index("--")
    reach, command = rest[:end], rest[end + 1 :]
    try:
        os.umask(0o077)
        _become(Account(int(uid), int(gid)), reach)
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error}\n")
        sys.exit(EXIT_NOT_STARTED)


if __name__ == "__main__":
    main(sys.argv[1:])
