"""The feed of a calendar: a secret address that any program reads."""

from dataclasses import replace

from tests.adapters.http.events import created
from tests.adapters.http.house import NOW, House


async def test_the_feed_has_a_secret_address_that_can_be_renewed_and_closed(house: House) -> None:
    token, _ = await house.person("ana")
    await created(house, token)
    assert (await house.call("GET", "/calendar/feed", by=token)).json == {"open": False, "createdAt": None}
    path = (await house.call("POST", "/calendar/feed", by=token)).json["path"]
    read = await house.call("GET", path)
    assert (read.status, read.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "SUMMARY:점심".encode() in read.body
    assert path not in str((await house.call("GET", "/calendar/feed", by=token)).json), "the secret is shown once"
    assert path.split("/")[-1].removesuffix(".ics") not in str(vars(house.store)), "and kept nowhere"
    renewed = (await house.call("POST", "/calendar/feed", by=token)).json["path"]
    assert renewed != path
    for wrong in (path, "/calendar/feeds/x.ics", "/calendar/feeds/%00.ics", f"/calendar/feeds/{'가' * 300}.ics"):
        assert (await house.call("GET", wrong)).outcome == (404, "NOT_FOUND")
    assert (await house.call("GET", renewed)).status == 200
    assert (await house.call("DELETE", "/calendar/feed", by=token)).json == {"ok": True}
    assert (await house.call("GET", renewed)).outcome == (404, "NOT_FOUND")


async def test_the_feed_of_a_disabled_account_is_as_if_it_were_none_until_it_is_enabled_again(house: House) -> None:
    token, ana = await house.person("ana")
    await created(house, token)
    path = (await house.call("POST", "/calendar/feed", by=token)).json["path"]
    unknown = await house.call("GET", "/calendar/feeds/x.ics")
    async with house.work() as work:
        await work.accounts.save(replace(ana, disabled_at=NOW))
    refused = await house.call("GET", path)
    assert refused.outcome == unknown.outcome == (404, "NOT_FOUND")
    assert refused.json["message"] == unknown.json["message"], "nothing tells that there is one"
    async with house.work() as work:
        await work.accounts.save(replace(ana, disabled_at=None))
    assert "SUMMARY:점심".encode() in (await house.call("GET", path)).body


async def test_a_feed_that_one_has_is_not_sent_again(house: House) -> None:
    token, _ = await house.person("ana")
    event = await created(house, token)
    path = (await house.call("POST", "/calendar/feed", by=token)).json["path"]
    tag = (await house.call("GET", path)).headers["ETag"]
    for told in (tag, f'W/{tag}, "other"'):
        again = await house.call("GET", path, headers={"If-None-Match": told})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (await house.call("GET", path, headers={"If-None-Match": '"other"'})).status == 200
    await house.call("PUT", f"/calendar/events/{event['id']}", by=token, json={"title": "저녁"})
    changed = await house.call("GET", path, headers={"If-None-Match": tag})
    assert (changed.status, "SUMMARY:저녁".encode() in changed.body) == (200, True)
