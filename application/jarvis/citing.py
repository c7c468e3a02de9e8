"""Finding out which messages an answer cites."""

import re
from collections.abc import Iterable, Mapping

from application.ports.chat_model import Said
from domain.answers import excerpt_of
from domain.citations import Citation

MOST = 50
_REFS = re.compile(r"\[(\d{1,18}(?:\s*,\s*\d{1,18})*)\](?!\()", re.ASCII)


def refs_in(text: str) -> Iterable[int]:
    """The numbers that a text names as ``[3]`` or ``[3, 4]``, each once, in the order in which it names them."""
    return dict.fromkeys(int(number) for match in _REFS.finditer(text) for number in match[1].split(","))


def citations_in(text: str, sources: Mapping[int, Said]) -> tuple[Citation, ...]:
    """The sources that a text cites, in the order in which it names them.

    Numbers that belong to no source are passed over: a model may make some up.
    """
    cited = []
    for ref in refs_in(text):
        said = sources.get(ref)
        if said is not None and said.message_id is not None and said.room_id is not None:
            cited.append(Citation(said.message_id, said.room_id, ref, excerpt_of(said.text)))
    return tuple(cited[:MOST])
