"""Log in and out, and who am I."""

import asyncio

import pydantic

from runtime import errors, staff
from runtime.storage import logins, operators
from runtime.storage.operators import Operator, Role
from runtime.storage.sql import Tx

from . import attempts, guard, views
from .api import Answered, Call, Endpoint, Model, Nothing
from .keys import STORE

MIN_PASSWORD, MAX_PASSWORD = 8, 1024
NAME = 200


class Credentials(Model):
    email: str = pydantic.Field(max_length=320)
    password: str = pydantic.Field(max_length=MAX_PASSWORD)


class LoggedIn(Model):
    operator: views.OperatorView
    csrf_token: str
    """To be sent back as X-CSRF-Token on every write by cookie."""


class Myself(Model):
    """What is left out stays. A new password needs the current one."""

    name: str | None = pydantic.Field(default=None, min_length=1, max_length=NAME)
    password: str | None = pydantic.Field(
        default=None, min_length=MIN_PASSWORD, max_length=MAX_PASSWORD
    )
    current_password: str = pydantic.Field(default="", max_length=MAX_PASSWORD)


async def login(call: Call) -> Answered:
    """Log in. Sets a cookie; answers the operator and the CSRF token."""
    given: Credentials = call.body
    operator = await _proven(call, given.email, given.password)
    if operator is None:
        raise errors.NotLoggedIn("Email or password is wrong.", code="wrong_credentials")
    cookie, csrf = await call.app[STORE].write(lambda tx: logins.begin(tx, operator.id))
    return Answered(
        body=LoggedIn(operator=views.operator(operator), csrf_token=csrf),
        cookies={guard.COOKIE: cookie},
    )


async def logout(call: Call) -> Answered:
    """Log out; the cookie is worthless from now on."""
    cookie = call.request.cookies.get(guard.COOKIE, "")

    def unit(tx: Tx) -> None:
        logins.end(tx, cookie)

    if cookie:
        await call.app[STORE].write(unit)
    return Answered(body=Nothing(), cookies={guard.COOKIE: None})


async def me(call: Call) -> LoggedIn:
    """Who is logged in, with the CSRF token of this login."""
    csrf = call.login.csrf if call.login else ""
    return LoggedIn(operator=views.operator(call.operator), csrf_token=csrf)


async def change_me(call: Call) -> Answered:
    """Change your name or password. A new password ends all your logins, and begins this one anew."""
    given: Myself = call.body
    by = call.operator
    csrf = call.login.csrf if call.login else ""
    wanted = {"name": given.name} if given.name else {}
    if given.password:
        if await _proven(call, by.email, given.current_password) is None:
            raise errors.Forbidden("The current password is wrong.", code="wrong_password")
        wanted["password"] = await asyncio.to_thread(operators.hashed, given.password)

    def unit(tx: Tx) -> tuple[Operator, tuple[str, str] | None]:
        changed = staff.change(tx, by.id, by.id, wanted)
        return changed, logins.begin(tx, by.id) if given.password and csrf else None

    operator, begun = await call.app[STORE].write(unit)
    return Answered(
        body=LoggedIn(operator=views.operator(operator), csrf_token=begun[1] if begun else csrf),
        cookies={guard.COOKIE: begun[0]} if begun else {},
    )


async def _proven(call: Call, email: str, password: str) -> Operator | None:
    """The active operator with this email and password. Raises `TooMany`."""
    await attempts.allow(call.request, email)
    found = await call.app[STORE].read(lambda tx: operators.by_email(tx, email))
    stored = found[1] if found else None
    right = await asyncio.to_thread(operators.matches, password, stored)
    if found is None or not right or found[0].state != "active":
        return None
    return found[0]


ENDPOINTS = [
    Endpoint(
        method="POST",
        path="/login",
        handler=login,
        least=None,
        body=Credentials,
        answer=LoggedIn,
        raises=(errors.NotLoggedIn, errors.TooMany),
    ),
    Endpoint(method="POST", path="/logout", handler=logout, least=Role.VIEWER, answer=Nothing),
    Endpoint(method="GET", path="/me", handler=me, least=Role.VIEWER, answer=LoggedIn),
    Endpoint(
        method="PATCH",
        path="/me",
        handler=change_me,
        least=Role.VIEWER,
        body=Myself,
        answer=LoggedIn,
        raises=(errors.TooMany,),
    ),
]
