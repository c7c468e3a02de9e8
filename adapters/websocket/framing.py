"""WebSocket frames as a server sends them: unmasked, unfragmented, uncompressed (RFC 6455, section 5.2)."""

_TEXT = 0x81
_CLOSE = 0x88
_PONG = 0x8A
PING_FRAME = b"\x89\x00"


def text_frame(body: bytes) -> bytes:
    """A text frame around UTF-8 text."""
    size = len(body)
    if size < 126:
        return bytes((_TEXT, size)) + body
    if size < 1 << 16:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + body
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + body


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; ``reason`` has at most 123 bytes."""
    payload = code.to_bytes(2, "big") + reason.encode()
    return bytes((_CLOSE, len(payload))) + payload


def pong_frame(payload: bytes) -> bytes:
    """The answer to a ping; ``payload`` is what the ping brought, at most 125 bytes."""
    return bytes((_PONG, len(payload))) + payload
