"""Getting in: with a password, by links from mails and the log, and staying in."""

from aiohttp import web

from adapters.http.addresses import client_address
from adapters.http.answers import answer
from adapters.http.devices import device_of, language_of
from adapters.http.keys import CLAIMS, DOORS, PROXIES, THROTTLE, actor_of
from adapters.http.operations import operation
from adapters.http.schemas.body import body_of
from adapters.http.schemas.sign_in import (
    Link,
    PasswordChange,
    Refreshing,
    Registering,
    Reset,
    ResetWish,
    SetUp,
    SignIn,
)
from adapters.wire.account_shapes import signed_in_json
from adapters.wire.schemas.accounts import Registered, SignedIn, Ways
from adapters.wire.schemas.values import Done
from application.registration import Applicant
from domain.errors import (
    AccountDisabled,
    InvalidCredentials,
    InvalidToken,
    InvitationInvalid,
    LinkInvalid,
    MailNotConfigured,
    RegistrationClosed,
)

OPEN = (
    "/auth/ways",
    "/auth/register",
    "/auth/register/confirm",
    "/auth/login",
    "/auth/refresh",
    "/auth/password/forgot",
    "/auth/password/reset",
    "/auth/setup",
)
"""Where nobody is asked who they are."""


async def _hold_back(request: web.Request) -> None:
    await request.app[THROTTLE].sign_in(client_address(request, request.app[PROXIES]))


@operation("Make an account.", body=Registering, answer=Registered, errors=(InvitationInvalid, RegistrationClosed))
async def register(request: web.Request) -> web.Response:
    await _hold_back(request)
    body = await body_of(request, Registering)
    await request.app[THROTTLE].mail(body.email)
    registration = request.app[DOORS].registration
    applicant = Applicant(body.email, body.password, body.name, body.invitation)
    await registration.register(applicant, language_of(request))
    return answer({"ok": True, "confirmation": "mail" if registration.confirms else "none"})


@operation(
    "End a registration with the link of the mail.", body=Link, answer=SignedIn, errors=(AccountDisabled, LinkInvalid)
)
async def confirm(request: web.Request) -> web.Response:
    await _hold_back(request)
    body = await body_of(request, Link)
    return answer(signed_in_json(await request.app[DOORS].registration.confirm(body.token, device_of(request))))


@operation("Sign in with a password.", body=SignIn, answer=SignedIn, errors=(AccountDisabled, InvalidCredentials))
async def sign_in(request: web.Request) -> web.Response:
    await _hold_back(request)
    body = await body_of(request, SignIn)
    await request.app[THROTTLE].password(body.email)
    return answer(
        signed_in_json(await request.app[DOORS].passwords.sign_in(body.email, body.password, device_of(request)))
    )


@operation(
    "Stay signed in: the next access token.", body=Refreshing, answer=SignedIn, errors=(AccountDisabled, InvalidToken)
)
async def refresh(request: web.Request) -> web.Response:
    await _hold_back(request)
    body = await body_of(request, Refreshing)
    return answer(signed_in_json(await request.app[DOORS].sessions.refresh(body.refresh_token, device_of(request))))


@operation(
    "Change one's password; everywhere else one is signed out.",
    body=PasswordChange,
    answer=Done,
    errors=(InvalidCredentials,),
)
async def change_password(request: web.Request) -> web.Response:
    body = await body_of(request, PasswordChange)
    actor = actor_of(request)
    await request.app[THROTTLE].password(str(actor.id))
    await request.app[DOORS].passwords.change(
        actor, body.current_password, body.new_password, request[CLAIMS].session_id
    )
    return answer({"ok": True})


@operation("Ask for a mail with a link to a new password.", body=ResetWish, answer=Done, errors=(MailNotConfigured,))
async def forget_password(request: web.Request) -> web.Response:
    await _hold_back(request)
    body = await body_of(request, ResetWish)
    await request.app[THROTTLE].mail(body.email)
    await request.app[DOORS].recovery.ask(body.email, language_of(request))
    return answer({"ok": True})


@operation(
    "Set a new password with the link of the mail.", body=Reset, answer=SignedIn, errors=(AccountDisabled, LinkInvalid)
)
async def reset_password(request: web.Request) -> web.Response:
    await _hold_back(request)
    body = await body_of(request, Reset)
    return answer(
        signed_in_json(await request.app[DOORS].recovery.reset(body.token, body.password, device_of(request)))
    )


@operation(
    "Become the first administrator, with the link in the log.", body=SetUp, answer=SignedIn, errors=(LinkInvalid,)
)
async def set_up(request: web.Request) -> web.Response:
    await _hold_back(request)
    body = await body_of(request, SetUp)
    return answer(
        signed_in_json(
            await request.app[DOORS].administration.set_up(
                body.token, body.email, body.name, body.password, device_of(request)
            )
        )
    )


def routes(*, development_sign_in: bool) -> list[web.RouteDef]:
    """``development_sign_in`` is told as one of the ways in."""

    @operation("The ways in that there are.", answer=Ways)
    async def ways(request: web.Request) -> web.Response:
        doors = request.app[DOORS]
        return answer(
            {
                "password": True,
                "registration": doors.registration.policy.value,
                "confirmation": "mail" if doors.registration.confirms else "none",
                "reset": "mail" if doors.recovery.by_mail else "administrator",
                "development": development_sign_in,
                "providers": [
                    {"name": provider.name, "label": provider.label} for provider in doors.single_sign_on.offered
                ],
            }
        )

    return [
        web.get("/auth/ways", ways),
        web.post("/auth/register", register),
        web.post("/auth/register/confirm", confirm),
        web.post("/auth/login", sign_in),
        web.post("/auth/refresh", refresh),
        web.post("/auth/password", change_password),
        web.post("/auth/password/forgot", forget_password),
        web.post("/auth/password/reset", reset_password),
        web.post("/auth/setup", set_up),
    ]
