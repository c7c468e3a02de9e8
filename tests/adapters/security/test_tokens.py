"""Tokens: what is in them, and that only good ones are read."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.security.tokens import JwtTokens
from domain.errors import InvalidToken
from domain.users import User
from tests.builders import START, FakeClock, SequenceIds, a_user

SECRET = "a secret for tests that is long enough"
NOW = int(START.timestamp())

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def make(secret: str = SECRET, clock: FakeClock | None = None, **options: Any) -> JwtTokens:
    return JwtTokens(secret, clock or FakeClock(), SequenceIds(), **options)


def somebody(name: str = "지우 😀") -> User:
    return a_user(name, SequenceIds(), email="jiwoo@example.com")


def signed(**claims: Any) -> str:
    return jwt.encode({"sub": str(somebody().id), "exp": NOW + 60, **claims}, SECRET, "HS256")


def test_a_token_carries_the_claims_of_the_contract() -> None:
    token, user = make().issue(somebody()), somebody()
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    week = 7 * 24 * 60 * 60
    assert claims == {
        "sub": str(user.id),
        "email": "jiwoo@example.com",
        "name": "지우 😀",
        "iat": NOW,
        "exp": NOW + week,
        "jti": claims["jti"],
    }
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


def test_a_token_that_was_issued_can_be_read() -> None:
    tokens, user = make(lifetime=timedelta(minutes=5)), somebody()
    one, other = tokens.read(tokens.issue(user)), tokens.read(tokens.issue(user))
    assert one.user_id == user.id
    assert one.expires_at == datetime.fromtimestamp(NOW + 300, UTC)
    assert one.token_id != other.token_id


def test_a_token_is_good_until_the_second_it_ends() -> None:
    clock = FakeClock()
    tokens = make(clock=clock)
    token = tokens.issue(somebody())
    clock.advance(7 * 24 * 60 * 60 - 1)
    assert tokens.read(token).user_id == somebody().id
    clock.advance(1)
    with pytest.raises(InvalidToken):
        tokens.read(token)


def test_a_token_without_an_id_is_known_by_what_is_signed() -> None:
    token = signed()
    signed_part = token.rpartition(".")[0]
    assert make().read(token).token_id == sha256(signed_part.encode()).hexdigest()
    assert make().read(f"{token}=").token_id == make().read(token).token_id
    assert make().read(signed(iat=1)).token_id != make().read(token).token_id


@pytest.mark.parametrize("jti", ["", "a\x00b", "x" * 129, "토큰", "two words"])
def test_an_id_that_cannot_be_kept_counts_as_none(jti: str) -> None:
    token = signed(jti=jti)
    assert make().read(token).token_id == sha256(token.rpartition(".")[0].encode()).hexdigest()


def test_a_fraction_of_a_second_is_no_fault() -> None:
    assert make().read(signed(exp=NOW + 60.5)).expires_at.timestamp() == NOW + 60.5


def test_a_token_that_will_be_good_is_not_good_yet() -> None:
    clock = FakeClock()
    tokens, token = make(clock=clock), signed(nbf=NOW + 30)
    with pytest.raises(InvalidToken):
        tokens.read(token)
    clock.advance(30)
    assert tokens.read(token).user_id == somebody().id


def test_a_clock_that_is_behind_the_issuer_does_no_harm() -> None:
    assert make().read(signed(iat=NOW + 5)).user_id == somebody().id


def test_a_token_of_another_secret_is_bad() -> None:
    with pytest.raises(InvalidToken):
        make().read(make(secret=SECRET.upper()).issue(somebody()))


@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_only_one_algorithm_is_trusted(algorithm: str) -> None:
    claims = {"sub": str(somebody().id), "exp": NOW + 60}
    token = jwt.encode(claims, "" if algorithm == "none" else SECRET, algorithm)
    with pytest.raises(InvalidToken):
        make().read(token)


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW},
        {"exp": None},
        {"exp": True},
        {"exp": "99999999999"},
        {"exp": [NOW + 60]},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": -(10**30)},
        {"exp": 10**30},
        {"exp": 10**1000},
        {"exp": 253402300800},
        {"nbf": "soon"},
        {"aud": "elsewhere"},
        {"sub": None},
        {"sub": 7},
        {"sub": ""},
        {"sub": "jiwoo@example.com"},
        {"sub": "0" * 32},
        {"sub": "{00000000-0000-7000-8000-000000000001}"},
        {"sub": ["00000000-0000-7000-8000-000000000001"]},
        {"jti": 7},
        {"jti": None},
    ],
)
def test_a_claim_that_makes_no_sense_is_bad(claims: dict[str, Any]) -> None:
    token = jwt.encode({"sub": str(somebody().id), "exp": NOW + 60, **claims}, SECRET, "HS256")
    with pytest.raises(InvalidToken):
        make().read(token)


@pytest.mark.parametrize("missing", ["sub", "exp"])
def test_a_claim_that_is_missing_is_bad(missing: str) -> None:
    claims = {"sub": str(somebody().id), "exp": NOW + 60}
    del claims[missing]
    with pytest.raises(InvalidToken):
        make().read(jwt.encode(claims, SECRET, "HS256"))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "토큰",
        "\udcff",
        "a\x00b",
        "W1tb" * 1500 + ".e30.AAAA",
        "a" * 1_000_000,
        "W10.e30.",
    ],
)
def test_what_is_no_token_is_bad(token: str) -> None:
    with pytest.raises(InvalidToken):
        make().read(token)


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"1", b"\xff", b"[" * 5000, b'{"exp":' + b"9" * 5000 + b"}"])
def test_a_signed_payload_that_is_no_object_is_bad(payload: bytes) -> None:
    with pytest.raises(InvalidToken):
        make().read(jwt.PyJWS().encode(payload, SECRET, "HS256"))


@given(st.text() | st.text("abcAB.-_=019", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        make().read(text)


@given(st.dictionaries(st.sampled_from(["sub", "exp", "nbf", "iat", "aud", "iss", "jti", "more"]), JSON))
def test_any_signed_claims_are_read_or_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        make().read(jwt.PyJWS().encode(json.dumps(claims).encode(), SECRET, "HS256"))
