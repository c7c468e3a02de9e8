"""Secrets from the system's source of randomness."""

import secrets


class SystemSecrets:
    """SecretSource: 256 random bits in letters and digits that an address may hold."""

    def new(self) -> str:
        return secrets.token_urlsafe(32)
