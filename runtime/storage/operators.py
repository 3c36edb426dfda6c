"""Queries on operators and their tokens. Passwords and tokens are only ever stored hashed."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import bindparam, func, select, update

from . import feed
from .ids import Millis, new_id
from .sql import Row, Statement, Tx, const, insert_row
from .tables import operators
from .tables_inside import tokens


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
    operator_id: str
    email: str
    """Of the operator."""
    name: str
    created_at: Millis
    revoked_at: Millis | None = None


HASHER = PasswordHasher()
_o = operators.c
_INSERT = insert_row(operators)
_columns = (_o.id, _o.email, _o.name, _o.role, _o.state, _o.schedule)
_ALL = Statement(select(*_columns).order_by(_o.email))
_PAGE = Statement(
    select(*_columns)
    .where(_o.email > bindparam("after"))
    .order_by(_o.email)
    .limit(bindparam("many"))
)
# Locked in one order: of two admins who demote each other, the second sees what the first did.
_ADMINS = Statement(
    select(_o.id)
    .where(_o.role == const(Role.ADMIN), _o.state == const("active"))
    .order_by(_o.id)
    .with_for_update()
)
_CHANGEABLE = ("name", "role", "state", "schedule", "password")
_CHANGE = Statement(
    update(operators)
    .where(_o.id == bindparam("of"))
    .values({name: func.coalesce(bindparam(name), _o[name]) for name in _CHANGEABLE})
)
_GET = Statement(select(*_columns).where(_o.id == bindparam("id")))
_BY_EMAIL = Statement(select(*_columns, _o.password).where(_o.email == bindparam("email")))
_INSERT_TOKEN = insert_row(tokens)
_t = tokens.c
_token_columns = (_t.id, _t.operator_id, _o.email, _t.name, _t.created_at, _t.revoked_at)
_tokens = select(*_token_columns).join(operators, _o.id == _t.operator_id)
_TOKENS = Statement(_tokens.order_by(_t.created_at))
_TOKEN = Statement(_tokens.where(_t.id == bindparam("id")))
_OWN_TOKENS = Statement(
    _tokens.where(
        _t.operator_id == bindparam("operator_id"),
        _t.revoked_at.is_(None),
        _t.id > bindparam("after"),
    )
    .order_by(_t.id)
    .limit(bindparam("many"))
)
_REVOKE = Statement(
    update(tokens)
    .where(_t.id == bindparam("of"), _t.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_REVOKE_ALL = Statement(
    update(tokens)
    .where(_t.operator_id == bindparam("of"), _t.revoked_at.is_(None))
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
    return HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """With nothing stored it takes as long as a wrong password does."""
    if stored is None:
        HASHER.hash(password)
        return False
    try:
        return HASHER.verify(stored, password)
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
        assigned_at=None,
        created_at=tx.now,
    )
    _told(tx, operator.id)


def every(tx: Tx) -> list[Operator]:
    return [_operator(row) for row in tx.all(_ALL)]


def page(tx: Tx, after: str, many: int) -> list[Operator]:
    """By email, those after this one."""
    return [_operator(row) for row in tx.all(_PAGE, after=after, many=many)]


def lock_admins(tx: Tx) -> set[str]:
    """The active ones, who stay so until this transaction ends."""
    return {row[0] for row in tx.all(_ADMINS)}


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


def change(tx: Tx, operator_id: str, values: Mapping[str, str]) -> None:
    """Some of name, role, state, schedule and password, which is hashed."""
    tx.put(_CHANGE, of=operator_id, **{name: values.get(name) for name in _CHANGEABLE})
    _told(tx, operator_id)


def _told(tx: Tx, operator_id: str) -> None:
    """Portals hear of it, and whoever waits may be his now."""
    feed.add(tx, "operator", id=operator_id)
    tx.ring("routing")


def digest(token: str) -> str:
    """Of whatever a client sent, even if no text can be so."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def new_token(tx: Tx, operator: Operator, name: str) -> tuple[Token, str]:
    """The token itself is shown once; only its digest is stored."""
    secret = f"baton_{secrets.token_urlsafe(32)}"
    token = Token(
        id=new_id(),
        operator_id=operator.id,
        email=operator.email,
        name=name,
        created_at=tx.now,
    )
    tx.run(
        _INSERT_TOKEN,
        id=token.id,
        operator_id=token.operator_id,
        name=name,
        digest=digest(secret),
        created_at=tx.now,
        revoked_at=None,
    )
    return token, secret


def every_token(tx: Tx) -> list[Token]:
    return [_token(row) for row in tx.all(_TOKENS)]


def own_tokens(tx: Tx, operator_id: str, after: str, many: int) -> list[Token]:
    """Those that work, the oldest first."""
    rows = tx.all(_OWN_TOKENS, operator_id=operator_id, after=after, many=many)
    return [_token(row) for row in rows]


def get_token(tx: Tx, token_id: str) -> Token | None:
    row = tx.one(_TOKEN, id=token_id)
    return _token(row) if row else None


def _token(row: Row) -> Token:
    return Token(
        id=row[0],
        operator_id=row[1],
        email=row[2],
        name=row[3],
        created_at=row[4],
        revoked_at=row[5],
    )


def revoke(tx: Tx, token_id: str) -> int:
    return tx.run(_REVOKE, of=token_id, at=tx.now)


def revoke_all(tx: Tx, operator_id: str) -> None:
    tx.put(_REVOKE_ALL, of=operator_id, at=tx.now)


def by_token(tx: Tx, token: str) -> Operator | None:
    row = tx.one(_BY_TOKEN, digest=digest(token))
    return _operator(row) if row else None
