"""What is said when something is refused or breaks."""

import logging
from collections.abc import Callable

import pytest
from aiohttp import ClientError, web

from adapters.http.app import build_app
from adapters.http.errors import STATUS
from domain import errors
from domain.errors import DomainError, Fault, Kind
from tests.adapters.http.house import House
from tests.refusals import REFUSALS

CODES = {
    "NO_TOKEN": 401,
    "INVALID_TOKEN": 401,
    "INVALID_CREDENTIALS": 401,
    "SIGN_ON_FAILED": 401,
    "LINK_INVALID": 400,
    "INVITATION_INVALID": 404,
    "REGISTRATION_CLOSED": 403,
    "ACCOUNT_DISABLED": 403,
    "ADMINISTRATORS_ONLY": 403,
    "EMAIL_NOT_VERIFIED": 403,
    "MAIL_NOT_CONFIGURED": 501,
    "MAIL_FAILED": 503,
    "PROVIDER_UNAVAILABLE": 502,
    "SOURCE_ROOM_REQUIRED": 400,
    "SOURCE_AND_TARGET_SAME": 400,
    "FORBIDDEN_TARGET": 403,
    "FORBIDDEN_SOURCE": 403,
    "SUMMARY_FAILED": 502,
    "NO_AUDIO_DATA": 400,
    "UNSUPPORTED_AUDIO": 400,
    "TRANSCRIPTION_FAILED": 502,
    "RECORDING_TOO_LONG": 413,
    "ADDRESS_NOT_ALLOWED": 400,
    "OUTBOUND_FAILED": 502,
    "HOLIDAYS_UNAVAILABLE": 502,
    "HOLIDAYS_NOT_CONFIGURED": 501,
    "FORBIDDEN": 403,
    "BOT_NOT_ALLOWED": 403,
    "OWNER_ONLY": 403,
    "ADMIN_ONLY": 403,
    "DIRECT_ROOM": 409,
    "OWNER_CANNOT_LEAVE": 409,
    "NOT_FOUND": 404,
    "DUPLICATE_ENTRY": 409,
    "ALREADY_DELETED": 409,
    "CALENDAR_FULL": 409,
    "ATTACHMENT_IN_USE": 409,
    "TOO_MANY_UPLOADS": 409,
    "FILE_TYPE_NOT_ALLOWED": 400,
    "UNREADABLE_IMAGE": 400,
    "TOO_MANY_REACTIONS": 409,
    "TOO_MANY_HOOKS": 409,
    "TOO_MANY_BOTS": 409,
    "TOO_MANY_PINS": 409,
    "CLIENT_TEMP_ID_REUSED": 409,
    "VALIDATION_FAILED": 400,
    "USER_IDS_REQUIRED": 400,
    "NO_VALID_USERS": 400,
    "MESSAGE_TOO_LONG": 413,
    "PAYLOAD_TOO_LARGE": 413,
    "AI_QUOTA_EXCEEDED": 429,
    "CANCELLED": 409,
    "RATE_LIMITED": 429,
    "SERVICE_UNAVAILABLE": 503,
    "MODEL_FAILED": 503,
    "EMBEDDING_FAILED": 503,
    "EMBEDDING_REFUSED": 503,
    "INTERNAL_ERROR": 503,
    "MODEL_BUSY": 503,
    "MODEL_TIMEOUT": 503,
    "MODEL_KEY_REFUSED": 503,
    "MODEL_REJECTED": 503,
    "MODEL_BAD_JSON": 503,
    "BAD_WEEK_START": 400,
    "BAD_SOURCE_MESSAGE": 400,
    "IDEA_UPSTREAM_ERROR": 502,
    "IDEA_BAD_JSON": 502,
    "QUERY_REQUIRED": 400,
    "NAVER_NEWS_NOT_CONFIGURED": 503,
    "NAVER_API_AUTH_FAILED": 502,
    "NAVER_API_RATE_LIMIT": 429,
    "NAVER_NEWS_FETCH_FAILED": 502,
    "OPENAI_NOT_CONFIGURED": 501,
    "UNSUPPORTED_TARGET_LANG": 400,
    "TRANSLATE_UPSTREAM_ERROR": 502,
    "TRANSLATE_EMPTY_RESPONSE": 502,
    "PULSE_UPSTREAM_ERROR": 502,
    "PULSE_BAD_JSON": 502,
    "TOO_MANY_ITEMS": 409,
}

TEXT = "a secret text"


async def raising(house: House, error: Exception) -> None:
    """Serve a house in which GET /ws raises this."""

    async def handler(_: web.Request) -> web.Response:
        raise error

    app = build_app(house.parts, house.options)
    app.router.add_get("/ws", handler)
    await house.serve(app)


def test_every_kind_has_a_status() -> None:
    assert set(STATUS) == set(Kind)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
async def test_every_refusal_has_its_status_and_code(house: House, refusal: type[DomainError]) -> None:
    await raising(house, refusal())
    answer = await house.call("GET", "/ws")
    assert answer.outcome == (CODES[refusal.code], refusal.code)
    assert answer.json["message"] == refusal.message
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_faults_are_told_by_field(house: House) -> None:
    await raising(house, errors.InvalidInput("No good.", details=[Fault("start", "must be a date")]))
    answer = await house.call("GET", "/ws")
    assert answer.json["message"] == "No good."
    assert answer.json["details"] == [{"field": "start", "message": "must be a date"}]


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (web.HTTPBadRequest, (400, "VALIDATION_FAILED")),
        (web.HTTPNotFound, (404, "NOT_FOUND")),
        (lambda: web.HTTPMethodNotAllowed("PUT", ["GET"]), (405, "METHOD_NOT_ALLOWED")),
        (lambda: web.HTTPRequestEntityTooLarge(1, 2), (413, "PAYLOAD_TOO_LARGE")),
        (web.HTTPUnsupportedMediaType, (415, "UNSUPPORTED_MEDIA_TYPE")),
        (web.HTTPTooManyRequests, (429, "RATE_LIMITED")),
        (web.HTTPServiceUnavailable, (503, "SERVICE_UNAVAILABLE")),
    ],
)
async def test_refusals_of_the_framework_look_like_all_others(
    house: House, make: Callable[[], web.HTTPException], outcome: tuple[int, str]
) -> None:
    await raising(house, make())
    assert (await house.call("GET", "/ws")).outcome == outcome


async def test_a_redirection_is_no_refusal(house: House) -> None:
    await raising(house, web.HTTPFound("/health"))
    answer = await house.call("GET", "/ws")
    assert (answer.status, answer.json["ok"]) == (200, True)


async def test_who_does_not_wait_for_the_answer_is_no_failure(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        return socket

    app = build_app(house.parts, house.options)
    app.router.add_get("/ws", handler)
    await house.serve(app)
    with pytest.raises(ClientError):
        await house.client.ws_connect("/ws")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("error", [RuntimeError, ValueError, TimeoutError, ConnectionResetError, RecursionError])
async def test_a_failure_is_written_down_and_shows_nothing_of_the_inside(
    house: House, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    await raising(house, error(TEXT))
    answer = await house.call("GET", "/ws?token=a-secret-token", headers={"X-Request-Id": "trace-me"})
    assert answer.outcome == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.body
    assert error.__name__.encode() not in answer.body
    (record,) = (record for record in caplog.records if record.levelno >= logging.ERROR)
    assert "trace-me" in record.getMessage()
    assert error.__name__ in record.getMessage()
    assert "test_errors.py" in record.getMessage()
    assert "secret" not in caplog.text


async def test_an_answer_that_breaks_off_is_not_followed_by_another(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"begun")
        raise RuntimeError

    app = build_app(house.parts, house.options)
    app.router.add_get("/ws", handler)
    await house.serve(app)
    answer = await house.send_raw(b"GET /ws HTTP/1.1\r\nHost: h\r\n\r\n")
    assert (answer.status, answer.body) == (200, b"begun")
    assert [record.name for record in caplog.records if record.levelno >= logging.ERROR] == ["adapters.http.errors"]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /ws?token=" + b"secret" * 2000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /rooms?token=secret\x00 HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /rooms HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + b"secret" * 2000 + b"\r\n\r\n",
        b"GET /rooms HTTP/1.1\r\nHost: h\r\nNo Header secret\r\n\r\n",
        b"GET /rooms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nsecret\r\n",
        b"secret\r\n\r\n",
    ],
)
async def test_a_request_that_is_no_http_is_refused_and_not_quoted_in_the_log(
    house: House, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert (await house.send_raw(request_)).status == 400
    assert "secret" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert (await house.call("GET", "/health")).status == 200


async def test_a_failure_outside_of_all_handlers_is_not_quoted_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: web.Request, __: web.StreamResponse) -> None:
        raise RuntimeError(TEXT)

    app = build_app(house.parts, house.options)
    app.on_response_prepare.append(fail)
    await house.serve(app)
    with pytest.raises(ClientError):
        await house.call("GET", "/health")
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("given", ["abc-DEF_123.x", "a", "9" * 128])
async def test_the_id_of_the_caller_is_kept(house: House, given: str) -> None:
    answer = await house.call("GET", "/rooms", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == given
    assert answer.outcome == (401, "NO_TOKEN")
    assert (await house.call("GET", "/health", headers={"X-Request-Id": given})).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "two words", "9" * 129, "a/b", "é", "<script>", '"'])
async def test_an_id_that_is_none_is_replaced(house: House, given: str) -> None:
    one = await house.call("GET", "/rooms", headers={"X-Request-Id": given})
    two = await house.call("GET", "/rooms", headers={"X-Request-Id": given})
    assert one.outcome == two.outcome == (401, "NO_TOKEN")
    assert len({one.headers["X-Request-Id"], two.headers["X-Request-Id"], given}) == 3


@pytest.mark.parametrize("path", ["/health", "/rooms", "/not/there"])
async def test_every_answer_is_safe_to_show(house: House, path: str) -> None:
    answer = await house.call("GET", path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Server" not in answer.headers
