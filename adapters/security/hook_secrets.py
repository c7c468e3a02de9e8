"""The signing secrets of outgoing hooks, made of the server's secret."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from domain.ids import HookId

_PURPOSE = b"outgoing hooks"


class DerivedHookSecrets:
    """HookSecrets: who reads the store alone cannot sign, and nothing needs to be kept but a salt."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), _PURPOSE, sha256)

    def of(self, hook_id: HookId, salt: str) -> str:
        made = hmac.digest(self._key, hook_id.bytes + salt.encode(), sha256)
        return f"whsec_{urlsafe_b64encode(made).decode().rstrip('=')}"
