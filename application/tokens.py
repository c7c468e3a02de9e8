"""How many tokens a text is to a model, as far as that can be told without one."""

AROUND_A_MESSAGE = 40
"""What stands around a message, its sender and time above all."""

_BYTES_OF_A_TOKEN = 3


def tokens_of(text: str) -> int:
    """How many tokens a model may make of a text: rather too many.

    Of Korean that is one for each syllable. Of English prose it is a third too many, but models cut numbers, addresses
    and program text into pieces of three characters or fewer, and what does not fit is refused.
    """
    return -(-len(_utf8(text)) // _BYTES_OF_A_TOKEN)


def bytes_of(tokens: int) -> int:
    """How long a text of so many tokens may be in UTF-8."""
    return tokens * _BYTES_OF_A_TOKEN


def shortened(text: str, tokens: int) -> str:
    """The text, or as much of its beginning as is so many tokens, and ``…``."""
    if tokens_of(text) <= tokens:
        return text
    return f"{_utf8(text)[: bytes_of(tokens)].decode(errors='ignore').rstrip()}…"


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
