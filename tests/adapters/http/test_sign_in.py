"""The ways in, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from adapters.http.app import HttpOptions
from application.letters import Letter
from application.limits import RateLimit
from application.registration import Policy
from application.throttle import Rates
from domain.ids import SessionId
from tests.adapters.http.house import SECRET, House
from tests.mailer import KeepingMailer

ANA = {"email": "ana@corp.example", "password": "correct horse battery"}
PLENTY = RateLimit(1000, 1000)
SIGNED_IN = {"token", "expiresAt", "refreshToken", "sessionId", "user"}


@pytest.fixture
async def mailing() -> AsyncIterator[House]:
    """A house with a mail server."""
    house = House(mailer=KeepingMailer())
    await house.open(HttpOptions(jwt_secret=SECRET))
    yield house
    await house.close()


async def signed_in(house: House, **more: str) -> Any:
    assert (await house.call("POST", "/auth/register", json={**ANA, **more})).status == 200
    answer = await house.call("POST", "/auth/login", json=ANA)
    assert answer.status == 200
    return answer.json


async def test_registering_and_signing_in_leads_to_a_token_that_is_good(house: House) -> None:
    registered = await house.call("POST", "/auth/register", json={**ANA, "name": "아나"})
    assert (registered.status, registered.json) == (200, {"ok": True, "confirmation": "none"})
    answer = await house.call("POST", "/auth/login", json=ANA)
    assert set(answer.json) == SIGNED_IN
    assert answer.json["user"] == {"id": answer.json["user"]["id"], "email": ANA["email"], "name": "아나"}
    assert (await house.call("GET", "/auth/me", by=answer.json["token"])).json == answer.json["user"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_registering_twice_answers_the_same(house: House, mailing: House) -> None:
    for where in (house, mailing):
        first, second = [await where.call("POST", "/auth/register", json=ANA) for _ in range(2)]
        assert (first.status, first.body) == (second.status, second.body)


async def test_what_is_wrong_with_an_application_is_named(house: House) -> None:
    before = house.kept()
    answer = await house.call("POST", "/auth/register", json={"email": "x", "password": "y"})
    assert answer.outcome == (400, "VALIDATION_FAILED")
    assert [detail["field"] for detail in answer.json["details"]] == ["email"]
    answer = await house.call("POST", "/auth/register", json={**ANA, "password": "1234567890"})
    assert [detail["field"] for detail in answer.json["details"]] == ["password"]
    assert (await house.call("POST", "/auth/register", json={"email": "a@b.example"})).outcome[0] == 400
    assert house.kept() == before


async def test_unknown_and_wrong_get_the_same_answer(house: House) -> None:
    await signed_in(house)
    wrong = await house.call("POST", "/auth/login", json={**ANA, "password": "another horse"})
    unknown = await house.call("POST", "/auth/login", json={**ANA, "email": "nobody@corp.example"})
    assert wrong.outcome == unknown.outcome == (401, "INVALID_CREDENTIALS")
    assert {**wrong.json, "requestId": ""} == {**unknown.json, "requestId": ""}
    assert set(wrong.headers) == set(unknown.headers)


async def test_tokens_are_prolonged_and_a_stolen_one_ends_the_session(house: House) -> None:
    first = await signed_in(house)
    second = (await house.call("POST", "/auth/refresh", json={"refreshToken": first["refreshToken"]})).json
    assert set(second) == SIGNED_IN
    assert second["sessionId"] == first["sessionId"]
    third = (await house.call("POST", "/auth/refresh", json={"refreshToken": second["refreshToken"]})).json
    reused = await house.call("POST", "/auth/refresh", json={"refreshToken": first["refreshToken"]})
    assert reused.outcome == (401, "INVALID_TOKEN")
    for token in (first, second, third):
        assert (await house.call("GET", "/auth/me", by=token["token"])).outcome == (401, "INVALID_TOKEN")
        again = await house.call("POST", "/auth/refresh", json={"refreshToken": token["refreshToken"]})
        assert again.outcome == (401, "INVALID_TOKEN")


@pytest.mark.parametrize("token", ["", "nonsense", "eyJhbGciOiJub25lIn0.e30.", "jrt.0.0.0"])
async def test_nonsense_refreshes_nothing(house: House, token: str) -> None:
    assert (await house.call("POST", "/auth/refresh", json={"refreshToken": token})).outcome == (401, "INVALID_TOKEN")


async def test_a_refresh_token_is_no_access_token_and_the_other_way_round(house: House) -> None:
    session = await signed_in(house)
    assert (await house.call("GET", "/auth/me", by=session["refreshToken"])).outcome == (401, "INVALID_TOKEN")
    refused = await house.call("POST", "/auth/refresh", json={"refreshToken": session["token"]})
    assert refused.outcome == (401, "INVALID_TOKEN")


async def test_sessions_are_listed_and_ended(house: House) -> None:
    here = await signed_in(house)
    house.clock.advance(1)
    there = (await house.call("POST", "/auth/login", json=ANA, headers={"User-Agent": "Phone\t 1.0"})).json
    listed = (await house.call("GET", "/auth/sessions", by=here["token"])).json
    assert [(found["id"], found["isCurrent"], found["address"]) for found in listed] == [
        (there["sessionId"], False, "127.0.0.1"),
        (here["sessionId"], True, "127.0.0.1"),
    ]
    assert listed[0]["device"] == "Phone 1.0"
    assert set(listed[0]) == {
        "id", "device", "address", "provider", "createdAt", "lastUsedAt", "expiresAt", "isCurrent"
    }  # fmt: skip
    other, _ = await house.person("other")
    path = f"/auth/sessions/{there['sessionId']}"
    assert (await house.call("DELETE", path, by=other)).outcome == (404, "NOT_FOUND")
    assert (await house.call("DELETE", path, by=here["token"])).json == {"ok": True}
    assert (await house.call("DELETE", path, by=here["token"])).outcome == (404, "NOT_FOUND")
    assert (await house.call("GET", "/auth/me", by=there["token"])).outcome == (401, "INVALID_TOKEN")
    assert (await house.call("GET", "/auth/me", by=here["token"])).status == 200
    assert (await house.call("DELETE", "/auth/sessions/x", by=here["token"])).outcome == (400, "VALIDATION_FAILED")


async def test_signing_out_ends_the_session(house: House) -> None:
    session = await signed_in(house)
    assert (await house.call("POST", "/auth/logout", by=session["token"])).json == {"ok": True}
    assert (await house.call("GET", "/auth/me", by=session["token"])).outcome == (401, "INVALID_TOKEN")
    refused = await house.call("POST", "/auth/refresh", json={"refreshToken": session["refreshToken"]})
    assert refused.outcome == (401, "INVALID_TOKEN")


async def test_the_password_is_changed_by_who_knows_it(house: House) -> None:
    session = await signed_in(house)
    change = {"currentPassword": "wrong", "newPassword": "a better password"}
    refused = await house.call("POST", "/auth/password", by=session["token"], json=change)
    assert refused.outcome == (401, "INVALID_CREDENTIALS")
    change["currentPassword"] = ANA["password"]
    assert (await house.call("POST", "/auth/password", by=session["token"], json=change)).json == {"ok": True}
    assert (await house.call("POST", "/auth/login", json=ANA)).outcome == (401, "INVALID_CREDENTIALS")
    assert (await house.call("POST", "/auth/login", json={**ANA, "password": "a better password"})).status == 200


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("en-GB,en;q=0.9,ko;q=0.8", "en"), ("fr, ko;q=0.5, en;q=0.4", "ko"), ("", "ko"), ("en;q=1.2.3, ,;;", "ko")],
)
async def test_mails_are_written_in_the_language_of_the_browser(mailing: House, accepted: str, language: str) -> None:
    answer = await mailing.call("POST", "/auth/register", json=ANA, headers={"Accept-Language": accepted})
    assert answer.json == {"ok": True, "confirmation": "mail"}
    [job] = mailing.store.jobs.values()
    assert job.job.payload["language"] == language
    assert Letter.CONFIRM.value not in str(job.job.payload)
    assert ANA["password"] not in str(job.job.payload)


async def test_a_link_confirms_and_another_one_resets(mailing: House) -> None:
    assert isinstance(mailing.mailer, KeepingMailer)

    async def link() -> str:
        for job in list(mailing.store.jobs.values()):
            run = mailing.doors.registration.send if "pending" in job.job.payload else mailing.doors.recovery.send
            await run(job.job)
            mailing.store.jobs.remove(job.job.id)
        text: str = mailing.mailer.sent[-1].text  # type: ignore[union-attr]
        [found] = [line for line in text.splitlines() if line.startswith("https://")]
        return found.rpartition("/")[2]

    await mailing.call("POST", "/auth/register", json=ANA)
    confirmed = await mailing.call("POST", "/auth/register/confirm", json={"token": await link()})
    assert set(confirmed.json) == SIGNED_IN
    for email in (ANA["email"], "nobody@corp.example"):
        forgotten = await mailing.call("POST", "/auth/password/forgot", json={"email": email})
        assert (forgotten.status, forgotten.json) == (200, {"ok": True})
    reset = {"token": await link(), "password": "a better password"}
    assert set((await mailing.call("POST", "/auth/password/reset", json=reset)).json) == SIGNED_IN
    assert (await mailing.call("POST", "/auth/password/reset", json=reset)).outcome == (400, "LINK_INVALID")
    assert (await mailing.call("GET", "/auth/me", by=confirmed.json["token"])).outcome == (401, "INVALID_TOKEN")


async def test_without_a_mail_server_forgetting_is_refused_for_everybody(house: House) -> None:
    refused = await house.call("POST", "/auth/password/forgot", json={"email": ANA["email"]})
    assert refused.outcome == (501, "MAIL_NOT_CONFIGURED")


async def test_the_ways_in_can_be_asked_for(house: House, mailing: House) -> None:
    assert (await house.call("GET", "/auth/ways")).json == {
        "password": True, "registration": "open", "confirmation": "none", "reset": "administrator",
        "development": True, "providers": [],
    }  # fmt: skip
    ways = (await mailing.call("GET", "/auth/ways")).json
    assert (ways["confirmation"], ways["reset"]) == ("mail", "mail")


async def test_where_nobody_may_register_nobody_does() -> None:
    house = House(policy=Policy.OFF)
    await house.open(HttpOptions(jwt_secret=SECRET))
    try:
        assert (await house.call("POST", "/auth/register", json=ANA)).outcome == (403, "REGISTRATION_CLOSED")
        assert (await house.call("GET", "/auth/ways")).json["registration"] == "off"
    finally:
        await house.close()


@pytest.fixture
async def strict() -> AsyncIterator[House]:
    """A house in which little may be tried."""
    house = House(
        rates=Rates(
            sign_ins=RateLimit(8, 0.001), sends=PLENTY, questions=PLENTY, calls=PLENTY, calls_from_address=PLENTY,
            passwords=RateLimit(3, 0.001), mails=RateLimit(2, 0.001), hooks=PLENTY,
        ),
        mailer=KeepingMailer(),
    )  # fmt: skip
    await house.open(HttpOptions(jwt_secret=SECRET))
    yield house
    await house.close()


async def test_tries_at_one_account_are_limited_whether_it_exists_or_not(strict: House) -> None:
    for email in ("ana@corp.example", " ANA@corp.example"):
        for _ in range(2 if email[0] == " " else 1):
            answer = await strict.call("POST", "/auth/login", json={"email": email, "password": "wrong password"})
            assert answer.outcome == (401, "INVALID_CREDENTIALS")
    limited = await strict.call("POST", "/auth/login", json=ANA)
    assert limited.outcome == (429, "RATE_LIMITED")
    assert int(limited.headers["Retry-After"]) > 1
    other = await strict.call("POST", "/auth/login", json={**ANA, "email": "ben@corp.example"})
    assert other.outcome == (401, "INVALID_CREDENTIALS")


async def test_tries_from_one_address_are_limited(strict: House) -> None:
    for number in range(8):
        body = {**ANA, "email": f"p{number}@corp.example"}
        assert (await strict.call("POST", "/auth/login", json=body)).status == 401
    assert (await strict.call("POST", "/auth/login", json=ANA)).outcome == (429, "RATE_LIMITED")


async def test_mails_to_one_address_are_limited(strict: House) -> None:
    for path in ("/auth/register", "/auth/password/forgot"):
        assert (await strict.call("POST", path, json=ANA)).status == 200
    limited = await strict.call("POST", "/auth/password/forgot", json=ANA)
    assert limited.outcome == (429, "RATE_LIMITED")


async def test_the_first_administrator_comes_by_the_link_and_looks_after_accounts(house: House) -> None:
    link = await house.doors.administration.open_first_door()
    assert link is not None
    body = {**ANA, "token": link.rpartition("/")[2], "name": "Root"}
    root = await house.call("POST", "/auth/setup", json=body)
    assert set(root.json) == SIGNED_IN
    assert (await house.call("POST", "/auth/setup", json=body)).outcome == (400, "LINK_INVALID")
    by = root.json["token"]
    me = await house.call("GET", "/auth/me", by=by)
    assert me.json == {**root.json["user"], "isAdministrator": True}
    token, mina = await house.person("mina")
    accounts = (await house.call("GET", "/admin/accounts?q=MINA", by=by)).json
    assert accounts == [
        {
            "id": str(mina.id), "email": "mina@local", "name": "mina", "isAdministrator": False, "isDisabled": False,
            "emailVerifiedAt": None, "createdAt": "2020-01-02T03:04:05.678Z", "lastSeenAt": None,
        }
    ]  # fmt: skip
    path = f"/admin/accounts/{mina.id}"
    disabled = await house.call("PATCH", path, by=by, json={"isDisabled": True})
    assert (disabled.status, disabled.json["isDisabled"]) == (200, True)
    assert (await house.call("GET", "/auth/me", by=token)).outcome == (401, "INVALID_TOKEN")
    assert (await house.call("POST", "/auth/dev", json={"email": "mina@local"})).outcome == (403, "ACCOUNT_DISABLED")
    await house.call("PATCH", path, by=by, json={"isDisabled": False})
    assert (await house.call("GET", "/admin/accounts", by=token)).outcome == (403, "ADMINISTRATORS_ONLY")
    made = (await house.call("POST", f"{path}/reset-link", by=by)).json
    reset = {"token": made["url"].rpartition("/")[2], "password": "a better password"}
    assert (await house.call("POST", "/auth/password/reset", json=reset)).json["user"]["id"] == str(mina.id)


async def test_invitations_are_made_seen_used_and_withdrawn(house: House) -> None:
    ana, owner = await house.person("ana")
    ben, _ = await house.person("ben")
    room = await house.room(owner, title="Kitchen")
    path = f"/rooms/{room}/invitations"
    made = await house.call("POST", path, by=ana, json={"maxUses": 1, "expiresInHours": 2})
    assert made.json["url"] == f"https://jarvis.example/#/invitation/{made.json['token']}"
    assert (made.json["role"], made.json["maxUses"], made.json["uses"]) == ("member", 1, 0)
    assert made.json["expiresAt"] == "2020-01-02T05:04:05.678Z"
    preview = await house.call("POST", "/invitations/preview", json={"token": made.json["token"]})
    assert preview.json == {
        "roomTitle": "Kitchen", "invitedBy": "ana", "role": "member", "expiresAt": made.json["expiresAt"]
    }  # fmt: skip
    listed = (await house.call("GET", path, by=ana)).json
    assert listed == [{key: value for key, value in made.json.items() if key not in {"url", "token"}}]
    assert (await house.call("GET", path, by=ben)).outcome == (403, "FORBIDDEN")
    joined = await house.call("POST", "/invitations/accept", by=ben, json={"token": made.json["token"]})
    assert (joined.json["id"], joined.json["membersCount"]) == (str(room), 2)
    assert (await house.call("GET", path, by=ana)).json == []
    again = (await house.call("POST", path, by=ben, json={})).json
    assert (await house.call("DELETE", f"{path}/{again['id']}", by=ana)).json == {"ok": True}
    refused = await house.call("POST", "/invitations/preview", json={"token": again["token"]})
    assert refused.outcome == (404, "INVITATION_INVALID")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "owner"}, "role"),
        ({"role": "king"}, "role"),
        ({"maxUses": 0}, "maxUses"),
        ({"maxUses": True}, "maxUses"),
        ({"expiresInHours": -1}, "expiresInHours"),
        ({"expiresInHours": 1e300}, "expiresInHours"),
        ({"expiresInHours": 24 * 91}, "expiresInHours"),
    ],
)
async def test_an_invitation_that_cannot_be_is_refused(house: House, body: object, field: str) -> None:
    ana, owner = await house.person("ana")
    room = await house.room(owner)
    before = house.kept()
    answer = await house.call("POST", f"/rooms/{room}/invitations", by=ana, json=body)
    assert answer.outcome == (400, "VALIDATION_FAILED")
    assert [detail["field"] for detail in answer.json["details"]] == [field]
    assert house.kept() == before


async def test_a_token_that_names_anothers_session_is_not_good(house: House) -> None:
    session = await signed_in(house)
    _, mallory = await house.person("mallory")
    forged = house.tokens.issue(mallory, SessionId(UUID(session["sessionId"])))
    assert (await house.call("GET", "/auth/me", by=forged)).outcome == (401, "INVALID_TOKEN")
