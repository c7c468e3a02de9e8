"""Thumbnails: small, upright, bare, and within bounds."""

import io
import struct
import zlib

import pytest
from PIL import Image

from adapters.pillow.images import PillowImages
from domain.errors import UnreadableImage


def picture(format_: str, size: tuple[int, int] = (1200, 600), **more: object) -> bytes:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    made = io.BytesIO()
    image.save(made, format_, **more)
    return made.getvalue()


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by a quarter to the right
    exif[0x010F] = "Camera Maker"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif)


def is_red(pixel: object) -> bool:
    return isinstance(pixel, tuple) and pixel[0] > 200 and pixel[2] < 60


def is_blue(pixel: object) -> bool:
    return isinstance(pixel, tuple) and pixel[2] > 200 and pixel[0] < 60


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_a_picture_made_small(format_: str) -> None:
    made = await PillowImages().thumbnail(picture(format_))
    small = opened(made.content)
    assert (made.width, made.height) == (1200, 600)
    assert (small.format, small.size) == ("WEBP", (480, 240))
    left, right = small.convert("RGB").getpixel((100, 100)), small.convert("RGB").getpixel((400, 100))
    assert is_red(left)
    assert is_blue(right)
    assert await PillowImages().measure(picture(format_)[:65536]) == (1200, 600)


async def test_what_is_small_stays_as_large_as_it_is() -> None:
    assert opened((await PillowImages().thumbnail(picture("PNG", (30, 20)))).content).size == (30, 20)


async def test_it_is_the_right_way_up_and_says_nothing_of_where_it_was_taken() -> None:
    content = turned()
    assert b"Camera Maker" in content
    made = await PillowImages().thumbnail(content)
    small = opened(made.content)
    assert (made.width, made.height) == (600, 1200) == await PillowImages().measure(content)
    assert small.size == (240, 480)
    top, bottom = small.convert("RGB").getpixel((100, 60)), small.convert("RGB").getpixel((100, 420))
    assert is_red(top)
    assert is_blue(bottom)
    assert dict(small.getexif()) == {}
    assert b"Camera" not in made.content


async def test_of_what_moves_the_first_picture() -> None:
    frames = [Image.new("RGB", (100, 50), colour) for colour in ("red", "blue", "blue")]
    made = io.BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], duration=50)
    small = opened((await PillowImages().thumbnail(made.getvalue())).content)
    assert getattr(small, "n_frames", 1) == 1
    pixel = small.convert("RGB").getpixel((50, 25))
    assert is_red(pixel)


async def test_what_is_clear_stays_clear() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (100, 50), (255, 0, 0, 0)).save(made, "PNG")
    pixel = opened((await PillowImages().thumbnail(made.getvalue())).content).convert("RGBA").getpixel((50, 25))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is very large, and is a few bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        bomb(60_000, 60_000),
        bomb(2_000_000, 40),
        picture("PNG")[:500],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"",
        b"words",
        picture("BMP", (20, 20)),
        picture("TIFF", (20, 20)),
    ],
    ids=["bomb", "wide", "cut off", "damaged", "empty", "words", "bmp", "tiff"],
)
async def test_what_is_not_opened(content: bytes) -> None:
    with pytest.raises(UnreadableImage):
        await PillowImages().thumbnail(content)
