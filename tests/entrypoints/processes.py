"""Looking at processes from outside."""

from pathlib import Path


def is_there(pid: int) -> bool:
    """Whether this process runs; one that has ended and was not fetched by its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    """The ids of the processes that this one has started and that run."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [child for child in map(int, found) if is_there(child)]
