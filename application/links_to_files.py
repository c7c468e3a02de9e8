"""Addresses of files that need no token: they are signed."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from application.ports.clock import Clock
from domain.ids import AttachmentId

_PURPOSE = b"a link to a file\x00"
_BYTES = 18


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Signs with the first of the secrets, and takes what any of them has signed.

    A signature is of one file and good until its time, or until the file is gone.
    """

    secrets: Sequence[str] = field(repr=False)
    clock: Clock
    lasts: timedelta = timedelta(days=3650)

    def path(self, attachment_id: AttachmentId) -> str:
        """The signed address of a file, without the server's own."""
        until = int((self.clock.now() + self.lasts).timestamp())
        return f"/attachments/{attachment_id}/signed/{until:x}.{_mac(self.secrets[0], attachment_id, until)}"

    def is_good(self, attachment_id: AttachmentId, signature: str) -> bool:
        """Whether this is the signature of the file, and still good."""
        told, _, mac = signature.partition(".")
        if not mac.isascii() or not told.isascii() or not 0 < len(told) <= 12:
            return False
        try:
            until = int(told, 16)
        except ValueError:
            return False
        is_ours = any(hmac.compare_digest(_mac(secret, attachment_id, until), mac) for secret in self.secrets)
        return is_ours and datetime.fromtimestamp(until, UTC) > self.clock.now()


def _mac(secret: str, attachment_id: AttachmentId, until: int) -> str:
    signed = _PURPOSE + attachment_id.bytes + until.to_bytes(8, "big", signed=True)
    return urlsafe_b64encode(hmac.digest(secret.encode(), signed, sha256)[:_BYTES]).decode()
