"""Hashes of passwords: what they are, and whom they hold up."""

import asyncio
import threading

import pytest

from adapters.security.passwords import Argon2Passwords
from domain.errors import Unavailable
from tests.builders import eventually

SMALL = {"memory_kib": 8 * 1024, "passes": 1}


async def test_a_password_is_known_by_its_hash_and_no_other_is() -> None:
    hasher = Argon2Passwords(**SMALL)
    made = await hasher.hash("비밀번호 비밀번호")
    assert made.startswith("$argon2id$v=19$m=8192,t=1,p=1$")
    assert made != await hasher.hash("비밀번호 비밀번호"), "each has a salt of its own"
    assert await hasher.verify("비밀번호 비밀번호", made)
    for wrong, known in (("비밀번호", made), ("비밀번호 비밀번호", None), ("비밀번호 비밀번호", "rubbish")):
        assert not await hasher.verify(wrong, known)
    await hasher.close()


async def test_where_there_is_no_hash_one_of_the_same_making_is_compared() -> None:
    hasher = Argon2Passwords(**SMALL)
    known = await hasher.hash("x")
    assert not await hasher.verify("y", None)
    assert hasher._nobodys is not None
    assert hasher._nobodys.split("$")[:4] == known.split("$")[:4]
    await hasher.close()


async def test_a_hash_is_outdated_when_hashes_are_made_otherwise() -> None:
    old, new = Argon2Passwords(**SMALL), Argon2Passwords(memory_kib=8 * 1024, passes=2)
    made = await old.hash("password")
    assert not old.is_outdated(made)
    assert new.is_outdated(made)
    assert await new.verify("password", made)
    assert not new.is_outdated("rubbish")
    await old.close()
    await new.close()


async def test_no_more_than_so_many_are_made_at_once_and_the_loop_goes_on() -> None:
    hasher = Argon2Passwords(**SMALL, at_once=2, waiting=18)
    may_go, inside, most = threading.Event(), 0, 0
    lock = threading.Lock()

    def work() -> str:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        may_go.wait(10)
        with lock:
            inside -= 1
        return "made"

    running = [asyncio.ensure_future(hasher._run(work)) for _ in range(20)]
    await eventually(lambda: inside == 2)
    with pytest.raises(Unavailable):
        await hasher.hash("one too many")
    may_go.set()
    assert await asyncio.gather(*running) == ["made"] * 20
    assert most == 2
    assert await hasher.verify("x", await hasher.hash("x")), "there is room again"
    await hasher.close()
