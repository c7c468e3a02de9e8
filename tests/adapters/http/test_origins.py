"""Which web pages may call."""

from itertools import product

import pytest
from aiohttp import WSServerHandshakeError, web

from adapters.http.app import HttpOptions, build_app
from tests.adapters.http.conftest import OpenHouse
from tests.adapters.http.house import SECRET, House

PARTS = ("if-none-match", "if-range", "range")
"""What is asked of files."""

DEVELOPMENT = HttpOptions(SECRET, cors_origins=("https://listed.example",))
PRODUCTION = HttpOptions(
    SECRET, production=True, dev_auth=True, cors_origins=("https://Listed.example/", "http://b:81")
)
WITH_NULL = HttpOptions(SECRET, production=True, cors_origins=("https://listed.example", "null"))

LISTED, UNLISTED, NULL = "https://listed.example", "https://evil.example", "null"
SAME = "http://{host}"

ADMITTED = [
    (DEVELOPMENT, None),
    (DEVELOPMENT, LISTED),
    (DEVELOPMENT, UNLISTED),
    (DEVELOPMENT, NULL),
    (DEVELOPMENT, SAME),
    (PRODUCTION, None),
    (PRODUCTION, LISTED),
    (PRODUCTION, "HTTPS://LISTED.EXAMPLE"),
    (PRODUCTION, "http://b:81"),
    (PRODUCTION, SAME),
    (PRODUCTION, "https://{host}"),
    (WITH_NULL, NULL),
    (WITH_NULL, None),
]
REFUSED = [
    (PRODUCTION, NULL),
    (PRODUCTION, UNLISTED),
    (PRODUCTION, "http://listed.example"),
    (PRODUCTION, "https://listed.example:8443"),
    (PRODUCTION, "https://sub.listed.example"),
    (PRODUCTION, "https://listed.example.evil.example"),
    (PRODUCTION, "http://b"),
    (PRODUCTION, "http://{host}0"),
    (PRODUCTION, "http://127.0.0.1"),
    (PRODUCTION, "{host}"),
    (PRODUCTION, "*"),
    (PRODUCTION, ""),
    (WITH_NULL, UNLISTED),
    (HttpOptions(SECRET, production=True), NULL),
    (HttpOptions(SECRET, production=True), LISTED),
]
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


def headers_of(house: House, origin: str | None) -> dict[str, str]:
    return {} if origin is None else {"Origin": origin.format(host=f"127.0.0.1:{house.client.port}")}


@pytest.mark.parametrize(("options", "origin"), ADMITTED)
async def test_an_admitted_origin_may_call(open_house: OpenHouse, options: HttpOptions, origin: str | None) -> None:
    house = await open_house(options)
    token, _ = await house.person("user")
    headers = headers_of(house, origin)
    answer = await house.call("POST", "/rooms", by=token, json={}, headers=headers)
    assert answer.status == 200
    assert answer.headers.get("Access-Control-Allow-Origin") == headers.get("Origin")
    assert answer.headers["Vary"] == "Origin"
    assert len(house.store.rooms) == 1


@pytest.mark.parametrize(("options", "origin"), [case for case in ADMITTED if case[1] is not None])
@pytest.mark.parametrize("path", ["/rooms", "/rooms/1/messages", "/health", "/not/there"])
async def test_an_admitted_origin_may_ask_first(
    open_house: OpenHouse, options: HttpOptions, origin: str, path: str
) -> None:
    house = await open_house(options)
    headers = headers_of(house, origin)
    answer = await house.call("OPTIONS", path, headers={**headers, **PREFLIGHT})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == headers["Origin"]
    assert answer.headers["Vary"] == "Origin"
    allowed = set(answer.headers["Access-Control-Allow-Headers"].lower().split(", "))
    assert allowed == {"authorization", "content-type", "idempotency-key", "prefer", "x-request-id", *PARTS}
    methods = set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert methods >= {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    ("case", "request_"),
    list(product(REFUSED, [("POST", "/rooms", {}), ("OPTIONS", "/rooms", PREFLIGHT), ("GET", "/health", {})])),
)
async def test_any_other_origin_is_refused(
    open_house: OpenHouse, case: tuple[HttpOptions, str], request_: tuple[str, str, dict[str, str]]
) -> None:
    (options, origin), (method, path, headers) = case, request_
    house = await open_house(options)
    token, _ = await house.person("user")
    before = house.kept()
    answer = await house.call(method, path, by=token, headers={**headers_of(house, origin), **headers})
    assert answer.outcome == (403, "FORBIDDEN")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"
    assert house.kept() == before


@pytest.mark.parametrize(("options", "origin"), [*ADMITTED, *REFUSED])
async def test_the_same_holds_for_the_upgrade_to_a_socket(
    open_house: OpenHouse, options: HttpOptions, origin: str | None
) -> None:
    async def handler(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("welcome")
        await socket.close()
        return socket

    house = await open_house(options)
    app = build_app(house.parts, options)
    app.router.add_get("/ws", handler)
    await house.serve(app)
    if (options, origin) in ADMITTED:
        async with house.client.ws_connect("/ws", headers=headers_of(house, origin)) as socket:
            assert await socket.receive_str() == "welcome"
    else:
        with pytest.raises(WSServerHandshakeError) as refused:
            await house.client.ws_connect("/ws", headers=headers_of(house, origin))
        assert refused.value.status == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/rooms", 401), ("GET", "/not/there", 404), ("DELETE", "/rooms", 405), ("POST", "/auth/dev", 400)],
)
@pytest.mark.parametrize("options", [DEVELOPMENT, PRODUCTION])
async def test_a_refusal_can_be_read_by_the_page(
    open_house: OpenHouse, options: HttpOptions, method: str, path: str, status: int
) -> None:
    house = await open_house(options)
    answer = await house.call(method, path, data=b"[", headers={"Origin": LISTED})
    assert answer.outcome[0] == status
    assert answer.headers["Access-Control-Allow-Origin"] == LISTED
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("options", [DEVELOPMENT, PRODUCTION])
async def test_options_without_a_question_is_a_method_like_others(open_house: OpenHouse, options: HttpOptions) -> None:
    house = await open_house(options)
    assert (await house.call("OPTIONS", "/rooms", headers={"Origin": LISTED})).outcome == (405, "METHOD_NOT_ALLOWED")
    assert (await house.call("OPTIONS", "/rooms", headers=PREFLIGHT)).outcome == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(("options", "status"), [(DEVELOPMENT, 200), (PRODUCTION, 403)])
async def test_an_origin_of_strange_bytes_is_never_repeated(
    open_house: OpenHouse, options: HttpOptions, status: int
) -> None:
    house = await open_house(options)
    for origin in (b"http://\xff\xfe", "http://도메인".encode()):
        answer = await house.send_raw(
            b"GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\nOrigin: " + origin + b"\r\n\r\n"
        )
        assert answer.status == status
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_request_without_a_host_is_of_no_origin(open_house: OpenHouse) -> None:
    house = await open_house(PRODUCTION)
    answer = await house.send_raw(b"GET /health HTTP/1.0\r\nOrigin: http://\r\n\r\n")
    assert answer.outcome == (403, "FORBIDDEN")
