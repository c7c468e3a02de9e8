"""Proofs of who somebody is: which are believed, and which are not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt

from adapters.oidc.options import ProviderOptions
from adapters.oidc.providers import OidcProviders
from application.ports.identity_providers import Provider, Secrets
from domain.errors import NotFound, ProviderUnavailable, SignOnFailed
from domain.identities import Identity
from tests.adapters.oidc.issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    StandInIssuer,
    new_key,
    signed_with_a_secret,
    unsigned,
)
from tests.builders import HOME, FakeClock

SECRETS = Secrets(nonce="n" * 43, verifier="v" * 43)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def issuer(clock: FakeClock) -> AsyncIterator[StandInIssuer]:
    async with StandInIssuer(clock.now).serving() as serving:
        yield serving


@pytest.fixture
def options(issuer: StandInIssuer) -> ProviderOptions:
    return ProviderOptions("corp", issuer.url, CLIENT_ID, CLIENT_SECRET, "Corp", domains=("corp.example",))


@pytest.fixture
def providers(options: ProviderOptions, clock: FakeClock) -> OidcProviders:
    return OidcProviders([options], HOME, clock)


async def come_back(providers: OidcProviders, issuer: StandInIssuer, secrets: Secrets = SECRETS) -> Identity:
    """The way there and back of somebody who says yes."""
    address = await providers.departure("corp", state="s" * 43, secrets=SECRETS)
    back = parse_qs(urlsplit(issuer.authorize(address)).query)
    sender = back["iss"][0] if "iss" in back else None
    return await providers.identify("corp", code=back["code"][0], issuer=sender, secrets=secrets)


async def test_an_honest_proof_is_believed(providers: OidcProviders, issuer: StandInIssuer) -> None:
    identity = await come_back(providers, issuer)
    assert (identity.issuer, identity.subject) == (issuer.url, "17")
    assert (identity.email, identity.name) == ("ana@corp.example", "아나")
    assert providers.offered == [Provider("corp", "Corp")]
    assert providers.admits("corp", "ben@corp.example")
    assert not providers.admits("corp", "ben@evil-corp.example")
    assert not providers.admits("corp", "corp.example@evil.example")


async def test_nobody_asks_twice_for_what_is_known(
    providers: OidcProviders, issuer: StandInIssuer, clock: FakeClock
) -> None:
    await asyncio.gather(*(come_back(providers, issuer) for _ in range(3)))
    assert issuer.asked.count("/.well-known/openid-configuration") == issuer.asked.count("/keys") == 1
    clock.advance(3600)
    await come_back(providers, issuer)
    assert issuer.asked.count("/.well-known/openid-configuration") == issuer.asked.count("/keys") == 2


FORGERIES: dict[str, Callable[[StandInIssuer, Claims], str]] = {
    "nobody signed it": lambda _, claims: unsigned(claims, {"alg": "none"}),
    "nobody signed it, in capitals": lambda _, claims: unsigned(claims, {"alg": "NONE", "kid": "first"}),
    "another key of the same name": lambda _, claims: jwt.encode(
        {"alg": "RS256", "kid": "first"}, claims, new_key("first")
    ),
    "another key of another name": lambda _, claims: jwt.encode(
        {"alg": "RS256", "kid": "other"}, claims, new_key("other")
    ),
    "a key that it brings itself": lambda _, claims: jwt.encode(
        {"alg": "RS256", "jwk": (mine := new_key("mine")).as_dict(private=False)}, claims, mine
    ),
    "the secret of the client": lambda _, claims: signed_with_a_secret(claims, CLIENT_SECRET.encode()),
    "the public key as a secret": lambda issuer, claims: signed_with_a_secret(claims, issuer.key.as_pem(private=False)),
    "cut off": lambda issuer, claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, issuer.key)[:-20],
    "no token": lambda *_: "rubbish",
    "too long": lambda *_: "a." * 100_000,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_forged_proof_is_not_believed(
    providers: OidcProviders, issuer: StandInIssuer, forge: Callable[[StandInIssuer, Claims], str]
) -> None:
    issuer.sign = lambda claims: forge(issuer, claims)
    with pytest.raises(SignOnFailed):
        await come_back(providers, issuer)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another client"},
        {"aud": ["another client"]},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"aud": [CLIENT_ID, "another client"]},
        {"azp": "another client"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "of another time"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 99999999999},
        {"iat": None},
        {"nbf": 99999999999},
        {"sub": None},
        {"sub": ""},
        {"sub": 17},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
async def test_a_proof_for_another_of_another_or_of_another_time_is_not_believed(
    providers: OidcProviders, issuer: StandInIssuer, claims: Claims
) -> None:
    issuer.claims = claims
    with pytest.raises(SignOnFailed):
        await come_back(providers, issuer)


@pytest.mark.parametrize(("seconds", "good"), [(300 + 29, True), (300 + 31, False)])
async def test_a_proof_is_good_as_long_as_it_says_but_for_what_clocks_differ(
    providers: OidcProviders, issuer: StandInIssuer, clock: FakeClock, seconds: int, good: bool
) -> None:
    issuer.claims = {"exp": int(clock.now().timestamp()) + 300}
    clock.advance(seconds)
    issuer.claims["iat"] = int(clock.now().timestamp()) - seconds
    if good:
        await come_back(providers, issuer)
    else:
        with pytest.raises(SignOnFailed):
            await come_back(providers, issuer)


@pytest.mark.parametrize(
    ("person", "email"),
    [
        ({"email_verified": False}, None),
        ({"email_verified": None}, None),
        ({"email_verified": "false"}, None),
        ({"email_verified": "true"}, "ana@corp.example"),
        ({"email_verified": None, "xms_edov": True}, "ana@corp.example"),
        ({"email_verified": None, "xms_edov": False}, None),
        ({"email": None}, None),
        ({"email": "no address"}, None),
        ({"email": 17}, None),
        ({"email": None, "preferred_username": "ana@corp.example"}, None),
    ],
    ids=str,
)
async def test_an_address_counts_where_the_issuer_has_verified_it(
    providers: OidcProviders, issuer: StandInIssuer, person: Claims, email: str | None
) -> None:
    issuer.claims = person
    assert (await come_back(providers, issuer)).email == email


@pytest.mark.parametrize(("claims", "email"), [({}, "ana@corp.example"), ({"email_verified": False}, None)])
async def test_the_word_of_ones_own_directory_is_enough_unless_it_says_otherwise(
    options: ProviderOptions, issuer: StandInIssuer, clock: FakeClock, claims: Claims, email: str | None
) -> None:
    issuer.person.pop("email_verified")
    issuer.claims = claims
    trusting = OidcProviders([replace(options, trusts_email=True)], HOME, clock)
    assert (await come_back(trusting, issuer)).email == email


async def test_a_new_key_is_fetched_and_a_made_up_one_not_all_the_time(
    providers: OidcProviders, issuer: StandInIssuer, clock: FakeClock
) -> None:
    await come_back(providers, issuer)
    clock.advance(60)
    issuer.key = new_key("second")
    await come_back(providers, issuer)
    assert issuer.asked.count("/keys") == 2
    made_up = new_key("made up")
    issuer.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "made up"}, claims, made_up)
    for _ in range(3):
        with pytest.raises(SignOnFailed):
            await come_back(providers, issuer)
    assert issuer.asked.count("/keys") == 2
    issuer.sign = None
    issuer.key, issuer.published = issuer.key, []
    clock.advance(31)
    await come_back(providers, issuer)


async def test_an_old_key_is_no_longer_believed_once_it_is_withdrawn(
    providers: OidcProviders, issuer: StandInIssuer, clock: FakeClock
) -> None:
    await come_back(providers, issuer)
    issuer.published = [new_key("second")]
    clock.advance(3600)
    with pytest.raises(SignOnFailed):
        await come_back(providers, issuer)


async def test_a_code_is_good_once_and_for_who_set_out_alone(providers: OidcProviders, issuer: StandInIssuer) -> None:
    address = await providers.departure("corp", state="s" * 43, secrets=SECRETS)
    code = parse_qs(urlsplit(issuer.authorize(address)).query)["code"][0]
    await providers.identify("corp", code=code, issuer=None, secrets=SECRETS)
    with pytest.raises(SignOnFailed):
        await providers.identify("corp", code=code, issuer=None, secrets=SECRETS)
    with pytest.raises(SignOnFailed):
        await come_back(providers, issuer, Secrets(SECRETS.nonce, "w" * 43))
    with pytest.raises(SignOnFailed):
        await come_back(providers, issuer, Secrets("m" * 43, SECRETS.verifier))


@pytest.mark.parametrize(
    ("iss", "promised", "good"), [("own", True, True), ("https://evil.example", False, False), (None, True, False)]
)
async def test_an_answer_that_says_it_comes_from_another_is_not_taken_to_this_one(
    providers: OidcProviders, issuer: StandInIssuer, iss: str | None, promised: bool, good: bool
) -> None:
    issuer.iss = issuer.url if iss == "own" else iss
    issuer.metadata = {"authorization_response_iss_parameter_supported": promised}
    if good:
        await come_back(providers, issuer)
        return
    with pytest.raises(SignOnFailed):
        await come_back(providers, issuer)
    assert "/token" not in issuer.asked


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"token_endpoint": "ftp://evil.example/token"},
        {"jwks_uri": 17},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
async def test_a_configuration_that_cannot_be_is_not_used(
    providers: OidcProviders, issuer: StandInIssuer, metadata: Claims
) -> None:
    issuer.metadata = metadata
    with pytest.raises(ProviderUnavailable):
        await providers.departure("corp", state="s", secrets=SECRETS)
    issuer.metadata = {}
    await come_back(providers, issuer)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_an_issuer_that_is_broken_is_told_from_one_that_refuses(
    providers: OidcProviders, issuer: StandInIssuer, path: str
) -> None:
    issuer.broken = path
    with pytest.raises(ProviderUnavailable):
        await come_back(providers, issuer)
    issuer.broken = None
    await come_back(providers, issuer)


async def test_an_issuer_that_says_nothing_is_not_waited_for_long(clock: FakeClock) -> None:
    asleep = asyncio.Event()

    async def say_nothing(_: web.Request) -> web.Response:
        await asleep.wait()
        return web.Response()

    app = web.Application()
    app.router.add_get("/{tail:.*}", say_nothing)
    async with TestServer(app, host="127.0.0.1") as server:
        options = ProviderOptions("corp", str(server.make_url("")).rstrip("/"), CLIENT_ID)
        with pytest.raises(ProviderUnavailable):
            await OidcProviders([options], HOME, clock, seconds=0.05).departure("corp", state="s", secrets=SECRETS)
        asleep.set()


async def test_the_secret_of_the_client_is_asked_for(
    options: ProviderOptions, issuer: StandInIssuer, clock: FakeClock
) -> None:
    with pytest.raises(SignOnFailed):
        await come_back(OidcProviders([replace(options, client_secret="wrong")], HOME, clock), issuer)


async def test_signing_out_over_there_leads_back_home(providers: OidcProviders, issuer: StandInIssuer) -> None:
    address = await providers.sign_out_address("corp", "the proof")
    assert address is not None
    assert address.startswith(f"{issuer.url}/end?realm=1&")
    assert parse_qs(urlsplit(address).query) == {
        "realm": ["1"],
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": [f"{HOME}/"],
        "id_token_hint": ["the proof"],
    }
    assert await providers.sign_out_address("gone", None) is None


async def test_an_unknown_provider_is_none(providers: OidcProviders) -> None:
    with pytest.raises(NotFound):
        await providers.departure("evil", state="s", secrets=SECRETS)
    with pytest.raises(NotFound):
        await providers.identify("evil", code="c", issuer=None, secrets=SECRETS)
