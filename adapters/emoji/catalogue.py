"""Which texts are one emoji."""

from emoji import EMOJI_DATA, STATUS

_VARIATION = "\ufe0f"
_COMPONENT = STATUS["component"]
_FULLY_QUALIFIED = STATUS["fully_qualified"]


class EmojiCatalogue:
    """EmojiSet of all that Unicode recommends. A skin tone alone is none."""

    def __init__(self) -> None:
        self._by_name = {entry["en"]: text for text, entry in EMOJI_DATA.items() if entry["status"] == _FULLY_QUALIFIED}

    def canonical(self, text: str) -> str | None:
        entry = EMOJI_DATA.get(text) or EMOJI_DATA.get(text.replace(_VARIATION, ""))
        if entry is None or entry["status"] == _COMPONENT:
            return None
        return self._by_name.get(entry["en"])
