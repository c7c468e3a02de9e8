"""Finding out which messages an answer cites."""

import re
from collections.abc import Mapping

from application.ports.chat_model import Said
from domain.answers import excerpt_of
from domain.citations import Citation

MOST = 50
_REFS = re.compile(r"\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\](?!\()", re.ASCII)


def citations_in(text: str, sources: Mapping[int, Said]) -> tuple[Citation, ...]:
    """The sources that a text cites as ``[3]`` or ``[3, 4]``, each once, in the order in which it names them.

    Numbers that belong to no source are passed over: a model may make some up.
    """
    named = [int(number) for match in _REFS.finditer(text) for number in match[1].split(",")]
    cited = []
    for ref in dict.fromkeys(named):
        said = sources.get(ref)
        if said is not None and said.message_id is not None and said.room_id is not None:
            cited.append(Citation(said.message_id, said.room_id, ref, excerpt_of(said.text)))
    return tuple(cited[:MOST])
