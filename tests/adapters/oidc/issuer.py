"""An issuer of OpenID Connect on this machine, which a test can make lie in every way there is."""

import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "jarvis-at-corp", "a secret of the client"

_PAIR = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()

Claims = dict[str, Any]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(claims: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    """A token that nobody has signed."""
    return ".".join([*(_encoded(json.dumps(part).encode()) for part in (header, claims)), ""])


def signed_with_a_secret(claims: Mapping[str, Any], secret: bytes) -> str:
    """By HS256, with anything for a secret."""
    text = unsigned(claims, {"alg": "HS256", "kid": "first"})
    return text + _encoded(hmac.digest(secret, text[:-1].encode(), sha256))


@dataclass
class StandInIssuer:
    """What it does is what an honest one does; each field a test may set makes it do something else.

    ``person`` is who signs in, ``claims`` what a proof says otherwise (None: leaves out), ``sign`` how it is signed.
    ``asked`` are the paths that were called.
    """

    now: Callable[[], datetime]
    person: Claims = field(
        default_factory=lambda: {"sub": "17", "email": "Ana@Corp.example", "email_verified": True, "name": "아나"}
    )
    claims: Claims = field(default_factory=dict)
    metadata: Claims = field(default_factory=dict)
    sign: Callable[[Claims], str] | None = None
    asked: list[str] = field(default_factory=list)
    broken: str | None = None
    iss: str | None = None
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    published: list[RSAKey] | None = None
    url: str = ""
    _grants: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["StandInIssuer"]:
        app = web.Application(middlewares=[self._note])
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        async with TestServer(app, host="127.0.0.1") as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self

    def authorize(self, address: str) -> str:
        """What somebody at this address does who says yes; answers where their browser is sent."""
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split())
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32
        code = token_urlsafe()
        self._grants[code] = asked
        back = {"code": code, "state": asked["state"]}
        if self.iss is not None:
            back["iss"] = self.iss
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    @web.middleware
    async def _note(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path)
        if self.broken == request.path:
            return web.Response(status=500, text="<html>oh no</html>")
        response: web.StreamResponse = await handler(request)
        return response

    async def _configuration(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "end_session_endpoint": f"{self.url}/end?realm=1",
                **self.metadata,
            }
        )

    async def _keys(self, _: web.Request) -> web.Response:
        keys = self.published if self.published is not None else [self.key]
        return web.json_response({"keys": [key.as_dict(private=False) for key in keys]})

    async def _authorize(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": self.authorize(f"{self.url}{request.path_qs}")})

    async def _token(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Basic {_PAIR}":
            return web.json_response({"error": "invalid_client"}, status=401)
        form = await request.post()
        granted = self._grants.pop(str(form["code"]), None)
        challenge = base64.urlsafe_b64encode(sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=").decode()
        if granted is None or challenge != granted["code_challenge"] or form["redirect_uri"] != granted["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response(
            {"access_token": "an access token", "token_type": "Bearer", "id_token": self._proof(granted["nonce"])}
        )

    def _proof(self, nonce: str) -> str:
        now = int(self.now().timestamp())
        claims: Claims = {
            "iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person,
            **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.sign is not None:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})
