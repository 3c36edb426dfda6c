"""Log in and out, and who am I."""

import asyncio

import pydantic

from runtime import errors
from runtime.storage import logins, operators
from runtime.storage.operators import Operator, Role
from runtime.storage.sql import Tx

from . import guard, views
from .api import Answered, Call, Endpoint, Model, Nothing
from .keys import STORE

_NOBODY = operators.hashed("nobody has this password")
"""So that an unknown address takes as long as a wrong password."""


class Credentials(Model):
    email: str = pydantic.Field(max_length=320)
    password: str = pydantic.Field(max_length=1024)


class LoggedIn(Model):
    operator: views.OperatorView
    csrf_token: str
    """To be sent back as X-CSRF-Token on every write by cookie."""


async def login(call: Call) -> Answered:
    """Log in. Sets a cookie; answers the operator and the CSRF token."""
    given: Credentials = call.body
    store = call.app[STORE]
    found = await store.read(lambda tx: operators.by_email(tx, given.email))
    stored = found[1] if found else _NOBODY
    right = await asyncio.to_thread(operators.matches, given.password, stored)
    if found is None or not right or found[0].state != "active":
        raise errors.NotLoggedIn("Email or password is wrong.", code="wrong_credentials")
    operator: Operator = found[0]
    cookie, csrf = await store.write(lambda tx: logins.begin(tx, operator.id))
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


ENDPOINTS = [
    Endpoint(
        method="POST", path="/login", handler=login, least=None, body=Credentials, answer=LoggedIn
    ),
    Endpoint(method="POST", path="/logout", handler=logout, least=Role.VIEWER, answer=Nothing),
    Endpoint(method="GET", path="/me", handler=me, least=Role.VIEWER, answer=LoggedIn),
]
