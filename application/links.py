"""Addresses of the web client that people are sent to. Secrets stand behind the ``#``: they reach no server's log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """``home`` is where people find the web client, without a slash at its end."""

    home: str

    def setup(self, secret: str) -> str:
        """Making the first administrator."""
        return f"{self.home}/#/setup/{secret}"

    def registration(self, secret: str) -> str:
        """Confirming an address."""
        return f"{self.home}/#/confirm/{secret}"

    def reset(self, secret: str) -> str:
        """Choosing another password."""
        return f"{self.home}/#/reset/{secret}"

    def invitation(self, secret: str) -> str:
        """Coming into a room."""
        return f"{self.home}/#/invitation/{secret}"

    def signed_in(self, code: str) -> str:
        """Back from a provider; the code is good for tokens, once."""
        return f"{self.home}/#/signed-in/{code}"

    def not_signed_in(self, code: str) -> str:
        """Back from a provider, with the code of a refusal."""
        return f"{self.home}/#/not-signed-in/{code}"
