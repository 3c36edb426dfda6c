"""Queries on logins: a cookie that is known only by its digest, with its CSRF token."""

import secrets
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select

from .ids import Millis
from .operators import Operator, digest
from .sql import Statement, Tx, const, insert_row
from .tables import operators
from .tables_inside import logins

DAYS = 14
"""How long a login lasts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """Who asks, and what he must send back with a write; empty for a bearer token."""

    operator: Operator
    csrf: str = ""


_o = operators.c
_INSERT = insert_row(logins)
_FIND = Statement(
    select(_o.id, _o.email, _o.name, _o.role, _o.state, _o.schedule, logins.c.csrf)
    .join(logins, logins.c.operator_id == _o.id)
    .where(
        logins.c.digest == bindparam("digest"),
        logins.c.expires_at > bindparam("now"),
        _o.state == const("active"),
    )
)
_END = Statement(delete(logins).where(logins.c.digest == bindparam("digest")))
_END_ALL = Statement(delete(logins).where(logins.c.operator_id == bindparam("operator_id")))
_FORGET = Statement(delete(logins).where(logins.c.expires_at <= bindparam("now")))


def begin(tx: Tx, operator_id: str) -> tuple[str, str]:
    """The cookie and the CSRF token of a new login."""
    cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    lasts: Millis = DAYS * 24 * 60 * 60 * 1000
    tx.put(
        _INSERT,
        digest=digest(cookie),
        operator_id=operator_id,
        csrf=csrf,
        created_at=tx.now,
        expires_at=tx.now + lasts,
    )
    return cookie, csrf


def find(tx: Tx, cookie: str) -> Login | None:
    """Whose cookie this is, while it lasts and he is active."""
    row = tx.one(_FIND, digest=digest(cookie), now=tx.now)
    if row is None:
        return None
    operator = Operator(
        id=row[0], email=row[1], name=row[2], role=row[3], state=row[4], schedule=row[5]
    )
    return Login(operator=operator, csrf=row[6])


def end(tx: Tx, cookie: str) -> None:
    tx.put(_END, digest=digest(cookie))


def end_all(tx: Tx, operator_id: str) -> None:
    """Of an operator who was disabled, or whose password or role changed."""
    tx.put(_END_ALL, operator_id=operator_id)


def forget(tx: Tx) -> None:
    """Those that have run out."""
    tx.put(_FORGET, now=tx.now)
