"""The picture that stands for a page."""

from typing import Protocol


class PreviewImages(Protocol):
    """Finds pictures."""

    async def of_page(self, url: str) -> str | None:
        """The address of the page's picture, or None where there is none, or it cannot be found out in a short time.

        Never raises.
        """
