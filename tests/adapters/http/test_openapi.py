"""The OpenAPI document says what there is: no more, no less, and what the handlers themselves go by."""

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from aiohttp import web

from adapters.http.app import OPEN_PATHS
from adapters.http.openapi import described
from adapters.http.operations import PATIENCE, REPEATABLE, operation_of
from tests.adapters.http.house import House


def routes(house: House) -> list[web.AbstractRoute]:
    app: web.Application = house.client.app
    return [route for route in app.router.routes() if route.method != "HEAD"]


async def document(house: House) -> dict[str, Any]:
    response = await house.client.get("/openapi.json")
    assert response.status == 200
    shown: dict[str, Any] = await response.json()
    return shown


def test_every_route_says_what_it_takes_and_answers(house: House) -> None:
    silent = [
        f"{route.method} {route.resource.canonical}"
        for route in routes(house)
        if route.resource is not None and operation_of(route.handler) is None
    ]
    assert silent == [], "say it with @operation(...) of adapters/http/operations.py above the handler"


async def test_every_route_is_in_the_document_and_nothing_else(house: House) -> None:
    shown = await document(house)
    said = {(method.upper(), path) for path, calls in shown["paths"].items() for method in calls}
    assert said == {(each.method, each.shown) for each in described(routes(house))}
    assert len(said) == len(routes(house))


async def test_the_document_is_well_formed(house: House) -> None:
    shown = await document(house)
    assert shown["openapi"].startswith("3.1.")
    ids = [call["operationId"] for calls in shown["paths"].values() for call in calls.values()]
    assert len(ids) == len(set(ids))
    for name, schema in shown["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z]\w+", name), name
        assert "__" not in name, f"{name}: two types have the same name"
        jsonschema_rs.meta.validate(schema)
    for reference in re.findall(r'"\$ref": ?"([^"]*)"', (await (await house.client.get("/openapi.json")).text())):
        assert reference.removeprefix("#/components/schemas/") in shown["components"]["schemas"]
    for path, calls in shown["paths"].items():
        for call in calls.values():
            named = {part["name"] for part in call["parameters"] if part["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))


async def test_what_asks_for_no_token_is_said_to_ask_for_none(house: House) -> None:
    shown = await document(house)
    for each in described(routes(house)):
        call = shown["paths"][each.shown][each.method.lower()]
        assert (call["security"] == []) == (each.path in OPEN_PATHS)
        assert ("NO_TOKEN" in call["responses"].get("401", {}).get("description", "")) == (each.path not in OPEN_PATHS)


READERS = {"number", "whole_number", "_time_in_query"}


def sources(handler: Any) -> Iterator[ast.AST]:
    """The handler, and what of its module it calls, however deep."""
    module = inspect.getmodule(handler)
    assert module is not None
    tree = ast.parse(inspect.getsource(module))
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    seen, todo = set(), [handler.__name__]
    while todo:
        name = todo.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        body = ast.Module(functions[name].body, type_ignores=[])
        todo += [node.id for node in ast.walk(body) if isinstance(node, ast.Name)]
        yield from ast.walk(body)


def read_of(handler: Any) -> tuple[set[str], set[str]]:
    """The bodies that a handler reads and the options of the query that it looks at, by its source."""
    bodies, options = set(), set()
    for node in sources(handler):
        match node:
            case ast.Call(func=ast.Name("body_of"), args=[_, ast.Name(shape)]):
                bodies.add(shape)
            case ast.Name("spoken_words"):
                bodies.add("SpokenWords")
            case ast.Call(func=ast.Name("optional_room_id")):
                options.add("roomId")
            case ast.Call(func=ast.Name(reader), args=[_, ast.Constant(str() as name), *_]) if reader in READERS:
                options.add(name)
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="query") | ast.Name("query"), attr="get"),
                args=[ast.Constant(str() as name), *_],
            ):
                options.add(name)
            case ast.Compare(left=ast.Constant(str() as name), comparators=[ast.Attribute(attr="query")]):
                options.add(name)
            case _:
                pass
    return bodies, options


def test_what_is_said_is_what_the_handlers_read(house: House) -> None:
    for each in described(routes(house)):
        bodies, options = read_of(each.handler)
        about = f"{each.method} {each.path}"
        assert bodies == ({each.said.body.__name__} if each.said.body is not None else set()), about
        assert options == {option.name for option in each.said.query}, about
        keyed = any(isinstance(node, ast.Name) and node.id == "key_of" for node in sources(each.handler))
        assert keyed == (REPEATABLE in each.said.headers), about
        waits = any(isinstance(node, ast.Name) and node.id == "patience_of" for node in sources(each.handler))
        assert waits == (PATIENCE in each.said.headers), about


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/page.css", "text/css; charset=utf-8"),
        ("/docs/page.js", "text/javascript; charset=utf-8"),
    ],
)
async def test_the_page_needs_nothing_from_elsewhere(house: House, path: str, type_: str) -> None:
    response = await house.client.get(path)
    text = await response.text()
    assert (response.status, response.headers["Content-Type"]) == (200, type_)
    assert re.findall(r"""(?:https?:)?//[\w.-]+\.\w+""", text) == []
    assert re.findall(r"<script>|<style>|\son\w+=|style=", text) == [], "the policy would not let it run"
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"} <= set(policy)
    for named in re.findall(r'(?:href|src)="(/[^"]*)"', text):
        assert (await house.client.get(named)).status == 200, named


async def test_another_part_of_the_page_is_not_found(house: House) -> None:
    for name in ("page.html", "..%2Fapp.py", "nothing"):
        response = await house.client.get(f"/docs/{name}")
        assert (response.status, (await response.json())["error"]) == (404, "NOT_FOUND")


async def test_other_answers_keep_the_strict_policy(house: House) -> None:
    response = await house.client.get("/openapi.json")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
