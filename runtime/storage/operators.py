"""Queries on operators and their tokens. Passwords and tokens are only ever stored hashed."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import bindparam, select, update

from . import feed
from .ids import Millis, new_id
from .sql import Row, Statement, Tx, const, insert_row
from .tables import operators, tokens


class Role(StrEnum):
    """What an operator may do: everything, live work, look."""

    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """The person inside."""

    id: str
    email: str
    name: str
    role: str
    state: str = "active"
    schedule: str = ""
    """JSON of `handoff.routing.Schedule`; empty: always on shift."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A personal bearer token, without the token."""

    id: str
    email: str
    name: str
    created_at: Millis
    revoked_at: Millis | None


_hasher = PasswordHasher()
_o = operators.c
_INSERT = insert_row(operators)
_columns = (_o.id, _o.email, _o.name, _o.role, _o.state, _o.schedule)
_ALL = Statement(select(*_columns).order_by(_o.email))
_GET = Statement(select(*_columns).where(_o.id == bindparam("id")))
_BY_EMAIL = Statement(select(*_columns, _o.password).where(_o.email == bindparam("email")))
_SET_PASSWORD = Statement(
    update(operators).where(_o.email == bindparam("of")).values(password=bindparam("password"))
)
_INSERT_TOKEN = insert_row(tokens)
_TOKENS = Statement(
    select(tokens.c.id, _o.email, tokens.c.name, tokens.c.created_at, tokens.c.revoked_at)
    .join(operators, _o.id == tokens.c.operator_id)
    .order_by(tokens.c.created_at)
)
_REVOKE = Statement(
    update(tokens)
    .where(tokens.c.id == bindparam("of"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_BY_TOKEN = Statement(
    select(*_columns)
    .join(tokens, tokens.c.operator_id == _o.id)
    .where(
        tokens.c.digest == bindparam("digest"),
        tokens.c.revoked_at.is_(None),
        _o.state == const("active"),
    )
)


def hashed(password: str) -> str:
    """argon2id; takes tens of milliseconds on purpose, so never inside a transaction."""
    return _hasher.hash(password)


def matches(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


def create(tx: Tx, operator: Operator, password_hash: str) -> None:
    tx.run(
        _INSERT,
        id=operator.id,
        email=operator.email.lower(),
        name=operator.name,
        role=operator.role,
        password=password_hash,
        state=operator.state,
        schedule=operator.schedule,
        created_at=tx.now,
    )
    feed.add(tx, "operator", id=operator.id)


def every(tx: Tx) -> list[Operator]:
    return [_operator(row) for row in tx.all(_ALL)]


def get(tx: Tx, operator_id: str) -> Operator | None:
    row = tx.one(_GET, id=operator_id)
    return _operator(row) if row else None


def _operator(row: Row) -> Operator:
    return Operator(
        id=row[0], email=row[1], name=row[2], role=row[3], state=row[4], schedule=row[5]
    )


def by_email(tx: Tx, email: str) -> tuple[Operator, str] | None:
    """The operator and the stored hash."""
    row = tx.one(_BY_EMAIL, email=email.lower())
    if row is None:
        return None
    return _operator(row), row[6]


def set_password(tx: Tx, email: str, password_hash: str) -> int:
    return tx.run(_SET_PASSWORD, of=email.lower(), password=password_hash)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(tx: Tx, operator_id: str, name: str) -> str:
    """The token itself, shown once; only its digest is stored."""
    token = f"baton_{secrets.token_urlsafe(32)}"
    tx.run(
        _INSERT_TOKEN,
        id=new_id(),
        operator_id=operator_id,
        name=name,
        digest=digest(token),
        created_at=tx.now,
        revoked_at=None,
    )
    return token


def every_token(tx: Tx) -> list[Token]:
    return [
        Token(id=r[0], email=r[1], name=r[2], created_at=r[3], revoked_at=r[4])
        for r in tx.all(_TOKENS)
    ]


def revoke(tx: Tx, token_id: str) -> int:
    return tx.run(_REVOKE, of=token_id, at=tx.now)


def by_token(tx: Tx, token: str) -> Operator | None:
    row = tx.one(_BY_TOKEN, digest=digest(token))
    return _operator(row) if row else None
