"""The providers of an installation, each an issuer of OpenID Connect."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from adapters.oidc.id_token import Claims, claims_of
from adapters.oidc.issuer import PublishedByIssuer
from adapters.oidc.options import ProviderOptions
from application.ports.clock import Clock
from application.ports.identity_providers import Provider, Secrets
from domain.errors import InvalidInput, NotFound, ProviderUnavailable, SignOnFailed
from domain.identities import Identity
from domain.passwords import address

SECONDS = 10.0
_NAME_LIMIT = 100
_TRUE = (True, 1, "true", "1")
_VERIFIED = ("email_verified", "xms_edov")
"""How an issuer says that an address is its owner's; the second one is Microsoft's."""


@dataclass(frozen=True, slots=True)
class _Known:
    options: ProviderOptions
    published: PublishedByIssuer


class OidcProviders:
    """IdentityProviders by the code flow with PKCE. ``home`` is where people find us: they come back there."""

    def __init__(
        self, providers: Sequence[ProviderOptions], home: str, clock: Clock, *, seconds: float = SECONDS
    ) -> None:
        self._home = home.rstrip("/")
        self._clock = clock
        self._seconds = seconds
        self._known = {
            options.name: _Known(options, PublishedByIssuer(options.issuer, self._json, clock)) for options in providers
        }

    @property
    def offered(self) -> Sequence[Provider]:
        return [Provider(name, known.options.label or name) for name, known in self._known.items()]

    async def departure(self, name: str, *, state: str, secrets: Secrets) -> str:
        known = self._find(name)
        metadata = await known.published.metadata()
        async with self._client(known.options) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, code_verifier=secrets.verifier, nonce=secrets.nonce
            )
        return str(url)

    async def identify(self, name: str, *, code: str, issuer: str | None, secrets: Secrets) -> Identity:
        known = self._find(name)
        options, metadata = known.options, await known.published.metadata()
        _check_sender(issuer, metadata)
        tokens = await self._tokens(options, metadata, code, secrets.verifier)
        access_token = tokens.get("access_token")
        claims = await claims_of(
            tokens.get("id_token"),
            known.published,
            options,
            self._clock,
            nonce=secrets.nonce,
            access_token=access_token if isinstance(access_token, str) else None,
        )
        return Identity(
            issuer=options.issuer,
            subject=claims["sub"],
            email=_verified_email(claims, trusted=options.trusts_email),
            name=_name(claims),
            sign_out_hint=str(tokens["id_token"]),
        )

    def admits(self, name: str, email: str) -> bool:
        return email.rpartition("@")[2] in self._find(name).options.domains

    async def sign_out_address(self, name: str, hint: str | None) -> str | None:
        known = self._known.get(name)
        if known is None:
            return None
        endpoint = (await known.published.metadata()).get("end_session_endpoint")
        if not isinstance(endpoint, str):
            return None
        wishes = {"client_id": known.options.client_id, "post_logout_redirect_uri": f"{self._home}/"}
        if hint is not None:
            wishes["id_token_hint"] = hint
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(wishes)}"

    def _find(self, name: str) -> _Known:
        known = self._known.get(name)
        if known is None:
            raise NotFound
        return known

    def _client(self, options: ProviderOptions) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=options.client_id,
            client_secret=options.client_secret,
            scope=options.scope,
            redirect_uri=f"{self._home}/auth/oidc/{options.name}/callback",
            code_challenge_method="S256",
            timeout=self._seconds,
        )

    async def _tokens(
        self, options: ProviderOptions, metadata: Mapping[str, Any], code: str, verifier: str
    ) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(self._seconds), self._client(options) as client:
                tokens = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=client.redirect_uri,
                    code_verifier=verifier,
                )
        except (TimeoutError, httpx2.HTTPError):
            raise ProviderUnavailable from None
        except (OAuthError, ValueError):
            raise SignOnFailed from None
        return dict(tokens)

    async def _json(self, url: str) -> Any:
        try:
            async with asyncio.timeout(self._seconds), httpx2.AsyncClient(timeout=self._seconds) as client:
                response = await client.get(url, headers={"Accept": "application/json"})
                response.raise_for_status()
                return response.json()
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, ValueError):
            raise ProviderUnavailable from None


def _check_sender(issuer: str | None, metadata: Mapping[str, Any]) -> None:
    # RFC 9207: an answer that came from somebody else is not taken to this one.
    is_promised = metadata.get("authorization_response_iss_parameter_supported") is True
    if (issuer is not None or is_promised) and issuer != metadata["issuer"]:
        raise SignOnFailed


def _verified_email(claims: Claims, *, trusted: bool) -> str | None:
    email = claims.get("email")
    says = [claims[name] for name in _VERIFIED if name in claims]
    is_verified = any(said in _TRUE for said in says) or (trusted and not says)
    if not isinstance(email, str) or not is_verified:
        return None
    try:
        return address(email)
    except InvalidInput:
        return None


def _name(claims: Claims) -> str | None:
    name = claims.get("name")
    if not isinstance(name, str):
        return None
    tidy = " ".join(name.encode("utf-8", "ignore").decode().replace("\x00", " ").split())
    return tidy[:_NAME_LIMIT] or None
