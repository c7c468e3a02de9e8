"""Proofs of who somebody is: ID tokens, and what makes one good."""

from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from adapters.oidc.issuer import PublishedByIssuer
from adapters.oidc.options import ProviderOptions
from application.ports.clock import Clock
from domain.errors import SignOnFailed

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Those by which nobody but the issuer can sign: neither ``none`` nor any with a secret that both sides have."""

LEEWAY = 30
"""Seconds by which clocks may differ."""

_LONGEST = 64 * 1024
_UNFIT = (JoseError, ArithmeticError, AttributeError, KeyError, LookupError, TypeError, ValueError)

Claims = Mapping[str, Any]


async def claims_of(
    token: object,
    issuer: PublishedByIssuer,
    options: ProviderOptions,
    clock: Clock,
    *,
    nonce: str,
    access_token: str | None,
) -> Claims:
    """What the token says, which this issuer has signed, for us, for this way there and back, and not long ago.

    Raises:
        SignOnFailed: one of these does not hold.
        ProviderUnavailable: its keys cannot be had.
    """
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise SignOnFailed
    decoded = await _decoded(token, issuer)
    expected: dict[str, Any] = {
        "iss": {"essential": True, "value": options.issuer},
        "aud": {"essential": True, "value": options.client_id},
        "sub": {"essential": True},
    }
    params = {"nonce": nonce, "client_id": options.client_id, "access_token": access_token}
    claims: dict[str, Any] = dict(decoded.claims)
    try:
        CodeIDToken(claims, decoded.header, expected, params).validate(int(clock.now().timestamp()), LEEWAY)
    except _UNFIT:
        raise SignOnFailed from None
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise SignOnFailed
    return claims


async def _decoded(token: str, issuer: PublishedByIssuer) -> jwt.Token:
    try:
        try:
            return jwt.decode(token, await issuer.keys(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            # It may have begun to sign with a new one.
            return jwt.decode(token, await issuer.keys(fresh=True), algorithms=ALGORITHMS)
    except _UNFIT:
        raise SignOnFailed from None
