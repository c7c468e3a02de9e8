"""Revoked tokens, as every store keeps them."""

from datetime import UTC, datetime, timedelta

from tests.contracts.stores import Stores

FAR = datetime(2190, 1, 1, tzinfo=UTC)


async def test_a_token_is_good_until_it_is_revoked(stores: Stores) -> None:
    assert not await stores.revoked_tokens.is_revoked("a")
    await stores.revoked_tokens.revoke("a", until=FAR)
    assert await stores.revoked_tokens.is_revoked("a")
    assert not await stores.revoked_tokens.is_revoked("b")
    assert not await stores.revoked_tokens.is_revoked("A")


async def test_twice_is_the_same_as_once(stores: Stores) -> None:
    for _ in range(2):
        await stores.revoked_tokens.revoke("a", until=FAR)
    assert await stores.revoked_tokens.is_revoked("a")


async def test_only_what_expired_before_is_forgotten(stores: Stores) -> None:
    await stores.revoked_tokens.revoke("long", until=FAR)
    await stores.revoked_tokens.revoke("longer", until=FAR + timedelta(days=365))
    await stores.revoked_tokens.forget(expired_before=FAR)
    assert await stores.revoked_tokens.is_revoked("long"), "it would have expired then, not before"
    await stores.revoked_tokens.forget(expired_before=FAR + timedelta(seconds=1))
    assert not await stores.revoked_tokens.is_revoked("long")
    assert await stores.revoked_tokens.is_revoked("longer")


async def test_what_has_expired_does_not_bring_back_what_has_not(stores: Stores) -> None:
    await stores.revoked_tokens.revoke("old", until=datetime(2001, 1, 1, tzinfo=UTC))
    await stores.revoked_tokens.revoke("good", until=FAR)
    await stores.revoked_tokens.revoke("older", until=datetime(2000, 1, 1, tzinfo=UTC))
    assert await stores.revoked_tokens.is_revoked("good")
