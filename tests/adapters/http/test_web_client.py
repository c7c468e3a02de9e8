"""The web client is served as it is, to be run under a policy that lets nothing else run."""

import re

import pytest

from adapters.http.routes.web_client import FOLDER
from tests.adapters.http.house import House

SHOWN = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in SHOWN)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def paths() -> list[str]:
    return ["/", *(f"/web/{name}" for name in FILES)]


def test_there_is_a_client() -> None:
    assert {"main.js", "style.css", "icon.svg"} <= set(FILES)


@pytest.mark.parametrize("path", paths())
async def test_its_files_are_served(house: House, path: str) -> None:
    response = await house.client.get(path)
    assert response.status == 200
    name = path.rpartition("/")[2]
    assert await response.read() == (FOLDER / (name or "index.html")).read_bytes()
    assert response.headers["Content-Type"] == SHOWN.get(f".{name.rpartition('.')[2]}", "text/html; charset=utf-8")
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/web/main.js"])
async def test_what_one_has_is_not_sent_again(house: House, path: str) -> None:
    tag = (await house.client.get(path)).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = await house.client.get(path, headers={"If-None-Match": known})
        assert (response.status, await response.read(), response.headers["ETag"]) == (304, b"", tag)
        assert response.headers["Content-Security-Policy"] == POLICY
    for other in ('"other"', "nonsense"):
        assert (await house.client.get(path, headers={"If-None-Match": other})).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "package.json",
        "nothing.js",
        "..%2Fpyproject.toml",
        "main.js%00",
        "main.js%2F",
        "MAIN.JS",
        "web%5Cmain.js",
    ],
)
async def test_nothing_else_is_served(house: House, name: str) -> None:
    response = await house.client.get(f"/web/{name}")
    assert (response.status, (await response.json())["error"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", paths())
async def test_it_needs_nothing_that_the_policy_forbids(house: House, path: str) -> None:
    text = await (await house.client.get(path)).text()
    assert re.findall(r"<script>|<style>|\son\w+=\"|style=\"", text) == []
    assert re.findall(r"(?<!http:)(?<!ttps:)//[\w-]+\.\w+|@import|url\(", text) == [], "nothing comes from elsewhere"
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text) == []
    for named in re.findall(r'(?:href|src)="(/[^"]*)"', text):
        assert (await house.client.get(named)).status == 200, named
    for imported in re.findall(r'^import .*"\./([^"]+)";$', text, re.MULTILINE):
        assert imported in FILES
