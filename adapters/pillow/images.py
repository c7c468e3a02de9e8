"""Pictures, opened within bounds: nothing in them is believed, and nothing but their pixels is passed on."""

import asyncio
import warnings
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageOps

from application.ports.images import Picture
from domain.errors import UnreadableImage

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_SIDE = 480
_QUALITY = 80
_ORIENTATION = 0x0112
_ON_ITS_SIDE = range(5, 9)


class PillowImages:
    """Images on Pillow. A picture of more than ``most_pixels`` is not opened: that is what bounds the memory."""

    def __init__(self, most_pixels: int = 40_000_000) -> None:
        self._most_pixels = most_pixels

    async def measure(self, head: bytes) -> tuple[int, int] | None:
        with suppress(UnreadableImage):
            return await asyncio.to_thread(self._measure, head)
        return None

    async def thumbnail(self, content: bytes) -> Picture:
        return await asyncio.to_thread(self._thumbnail, content)

    def _measure(self, head: bytes) -> tuple[int, int]:
        try:
            with _open(head) as image:
                return _upright(image)
        except Exception as error:
            raise UnreadableImage from error

    def _thumbnail(self, content: bytes) -> Picture:
        try:
            with _open(content) as image:
                width, height = _upright(image)
                if width * height > self._most_pixels:
                    raise UnreadableImage
                image.draft("RGB", (_SIDE * 2, _SIDE * 2))  # a JPEG is read smaller from the start
                small = ImageOps.exif_transpose(image)
                has_alpha = small.mode in {"RGBA", "LA", "PA"} or "transparency" in small.info
                small = small.convert("RGBA" if has_alpha else "RGB")
                small.thumbnail((_SIDE, _SIDE))
                # Into a picture of its own: what else the file held (places, cameras, comments) stays behind.
                bare = Image.new(small.mode, small.size)
                bare.paste(small)
                made = BytesIO()
                bare.save(made, "WEBP", quality=_QUALITY, method=4)
        except UnreadableImage:
            raise
        except Exception as error:
            raise UnreadableImage from error
        return Picture(made.getvalue(), width, height)


def _open(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(BytesIO(content), formats=_FORMATS)


def _upright(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    if image.getexif().get(_ORIENTATION) in _ON_ITS_SIDE:
        return height, width
    return width, height
