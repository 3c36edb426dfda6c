"""Who asks, and may he? By cookie with a CSRF token, or by bearer token. Closed by default."""

import hmac

from aiohttp import web

from runtime import errors
from runtime.storage import logins, operators
from runtime.storage.logins import Login
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from .keys import STORE

COOKIE = "baton_login"
CSRF_HEADER = "X-CSRF-Token"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
_RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.ADMIN: 2}


async def admitted(request: web.Request, least: Role) -> Login:
    """Whoever is logged in and has at least this role. Raises `NotLoggedIn` or `Forbidden`."""
    login = await who(request)
    if _RANK[Role(login.operator.role)] < _RANK[least]:
        raise errors.Forbidden(f"This needs the role {least.value}.")
    return login


async def who(request: web.Request) -> Login:
    """Raises `NotLoggedIn`, or `Forbidden` for a write by cookie without its CSRF token."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return await _by_token(request, token.strip())
    cookie = request.cookies.get(COOKIE, "")
    login = await request.app[STORE].read(lambda tx: logins.find(tx, cookie)) if cookie else None
    if login is None:
        raise errors.NotLoggedIn("Log in first.")
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in READING and not hmac.compare_digest(
        given.encode(errors="surrogatepass"), login.csrf.encode()
    ):
        raise errors.Forbidden(f"The header {CSRF_HEADER} is missing or old.", code="csrf")
    return login


async def _by_token(request: web.Request, token: str) -> Login:
    def unit(tx: Tx) -> operators.Operator | None:
        return operators.by_token(tx, token)

    operator = await request.app[STORE].read(unit)
    if operator is None:
        raise errors.NotLoggedIn("This token is unknown, or it was revoked.")
    return Login(operator=operator)
