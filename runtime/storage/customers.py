"""Queries on customers and their identities, keyed as the platforms key them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnClause, bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.sql.dml import Insert as AnyInsert

from agents.facts import named as named_fact

from . import feed, fields, marks
from .ids import CustomerId, new_id
from .sql import Insert, Row, Statement, Tx, dumps, insert_row, loads
from .tables import sessions
from .tables_people import customers, identities

WORLD: ColumnClause[str] = literal_column("''")
"""The scope of what is the same everywhere, such as email addresses."""
MAX_FACTS = 50
MAX_FACT = 500
"""What an agent may remember of one customer: this many facts of this many characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """The person outside."""

    id: CustomerId
    name: str
    language: str
    facts: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """An identity within its number space."""

    scope: str
    kind: str
    value: str


_INSERT = insert_row(customers)
_INSERT_IDENTITY = insert_row(identities)
_i = identities.c
_chat = func.coalesce(func.nullif(bindparam("at_chat"), ""), _i.chat)
_FIND = Statement(
    select(_i.customer_id).where(
        _i.scope == bindparam("scope"),
        _i.kind == bindparam("kind"),
        _i.value == bindparam("value"),
    )
)
_columns = (customers.c.id, customers.c.name, customers.c.language, customers.c.facts)
_GET = Statement(select(*_columns).where(customers.c.id == bindparam("id")))
_OF_SESSION = Statement(
    select(*_columns)
    .join(sessions, sessions.c.customer_id == customers.c.id)
    .where(sessions.c.id == bindparam("session_id"))
)
_LOCK = Statement(
    select(customers.c.facts).where(customers.c.id == bindparam("id")).with_for_update()
)
_SET_FACTS = Statement(
    update(customers).where(customers.c.id == bindparam("of")).values(facts=bindparam("facts"))
)
_TALKS = Statement(
    update(customers).where(customers.c.id == bindparam("of")).values(talked_at=bindparam("at"))
)
_SET_REACHABLE = Statement(
    update(identities)
    .where(
        _i.scope == bindparam("of_scope"),
        _i.kind == bindparam("of_kind"),
        _i.value == bindparam("of_value"),
    )
    .values(reachable=bindparam("reachable"), unreachable_reason=bindparam("reason"))
    .returning(_i.customer_id)
)
_WROTE = Statement(
    update(identities)
    .where(
        _i.scope == bindparam("of_scope"),
        _i.kind == bindparam("of_kind"),
        _i.value == bindparam("of_value"),
        or_(~_i.reachable, _i.chat.is_distinct_from(_chat)),
    )
    .values(reachable=True, unreachable_reason="", chat=_chat)
)
_SET_MARKETING = Statement(
    update(identities)
    .where(
        _i.scope == bindparam("of_scope"),
        _i.kind == bindparam("of_kind"),
        _i.value == bindparam("of_value"),
    )
    .values(marketing=bindparam("marketing"))
    .returning(_i.customer_id)
)
_GONE = Statement(
    select(_i.value)
    .where(
        _i.scope.in_([bindparam("scope"), WORLD]),
        _i.chat == bindparam("chat"),
        ~_i.reachable,
    )
    .limit(1)
)
_NAMED = Statement(
    select(_i.customer_id)
    .where(
        _i.scope == bindparam("scope"),
        or_(_i.chat == bindparam("name"), _i.value == bindparam("name")),
    )
    .limit(1)
)
_DROP = Statement(
    delete(identities).where(_i.scope == bindparam("scope"), _i.value == bindparam("name"))
)
_SET_REACHABLE_BY_CHAT = Statement(
    update(identities)
    .where(_i.scope.in_([bindparam("of_scope"), WORLD]), _i.chat == bindparam("of_chat"))
    .values(reachable=bindparam("reachable"), unreachable_reason=bindparam("reason"))
    .returning(_i.customer_id)
)


def _met(insert: Insert) -> AnyInsert:
    names = [column.name for column in identities.columns]
    row = insert(identities).values({name: bindparam(name) for name in names})
    chat = func.coalesce(row.excluded.chat, _i.chat)
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["scope", "kind", "value"],
        set_={"reachable": True, "unreachable_reason": "", "chat": chat},
        where=or_(~_i.reachable, _i.chat.is_distinct_from(chat)),
    )
    return statement


_MET = Statement(_met)


def _added(insert: Insert) -> AnyInsert:
    row = insert(identities).values({c.name: bindparam(c.name) for c in identities.columns})
    statement: AnyInsert = row.on_conflict_do_nothing()
    return statement


_ADD = Statement(_added)
_TAKE_AWAY = Statement(
    delete(identities)
    .where(
        _i.customer_id == bindparam("of"),
        _i.scope == "",
        _i.kind == bindparam("of_kind"),
        _i.value == bindparam("of_value"),
    )
    .returning(_i.customer_id)
)


def find(tx: Tx, key: Key) -> CustomerId | None:
    """Whose identity this is."""
    row = tx.one(_FIND, scope=key.scope, kind=key.kind, value=key.value)
    return row[0] if row else None


def create(tx: Tx, name: str, language: str) -> CustomerId:
    customer_id = CustomerId(new_id())
    tx.put(
        _INSERT,
        id=customer_id,
        name=name,
        language=language,
        facts="",
        tags="",
        sort_name=marks.sorted_by(name),
        talked_at=0,
        created_at=tx.now,
    )
    feed.add(tx, "customer", id=customer_id)
    return customer_id


def add_identity(
    tx: Tx, customer_id: str, key: Key, *, username: str = "", chat: str | None = None
) -> None:
    """`chat` only where the platform told it us: that makes a customer reachable."""
    tx.put(_INSERT_IDENTITY, **_identity(tx, customer_id, key, username, chat))


def claim(tx: Tx, customer_id: str, key: Key) -> CustomerId | None:
    """Add an identity, unless it is known already; whose it is now."""
    tx.put(_ADD, **_identity(tx, customer_id, key, "", None))
    marks.mark(tx, customer_id)
    feed.add(tx, "customer", id=customer_id)
    return find(tx, key)


def take_away(tx: Tx, customer_id: str, kind: str, value: str) -> bool:
    """Forget an identity that is the world's and no channel's; false if he has no such one."""
    values = {"of": customer_id, "of_kind": kind, "of_value": value}
    gone = _change(tx, _TAKE_AWAY, **values) > 0
    if gone:
        marks.mark(tx, customer_id)
    return gone


def met(tx: Tx, customer_id: str, key: Key, *, username: str, chat: str | None) -> None:
    """He can be written to under this identity, which is his unless it is known as another's."""
    tx.put(_MET, **_identity(tx, customer_id, key, username, chat))


def _identity(
    tx: Tx, customer_id: str, key: Key, username: str, chat: str | None
) -> dict[str, Any]:
    return {
        "scope": key.scope,
        "kind": key.kind,
        "value": key.value,
        "customer_id": customer_id,
        "username": username,
        "chat": chat,
        "reachable": True,
        "unreachable_reason": "",
        "marketing": True,
        "created_at": tx.now,
    }


def talks(tx: Tx, customer_id: str) -> None:
    """A conversation begins; whatever addresses it came with are known."""
    tx.put(_TALKS, of=customer_id, at=tx.now)
    marks.mark(tx, customer_id)


def get(tx: Tx, customer_id: str) -> Customer | None:
    return _row(tx.one(_GET, id=customer_id))


def ask_of_session(tx: Tx, session_id: str) -> Callable[[], Customer | None]:
    """Whose session it is, called for when needed."""
    asked = tx.ask(_OF_SESSION, session_id=session_id)
    return lambda: _row(asked.fetchone())


def _row(row: Row | None) -> Customer | None:
    if row is None:
        return None
    return Customer(id=row[0], name=row[1], language=row[2], facts=loads(row[3]))


def set_reachable(tx: Tx, key: Key, *, reachable: bool, reason: str) -> None:
    """An identity that we don't know is left alone."""
    _change(
        tx,
        _SET_REACHABLE,
        of_scope=key.scope,
        of_kind=key.kind,
        of_value=key.value,
        reachable=reachable,
        reason="" if reachable else reason,
    )


def set_marketing(tx: Tx, key: Key, *, wanted: bool) -> None:
    """An identity that we don't know is left alone."""
    _change(
        tx,
        _SET_MARKETING,
        of_scope=key.scope,
        of_kind=key.kind,
        of_value=key.value,
        marketing=wanted,
    )


def is_gone(tx: Tx, scope: str, chat: str) -> bool:
    """Whether whom this chat is with cannot be written to."""
    return tx.one(_GONE, scope=scope, chat=chat) is not None


def named(tx: Tx, scope: str, name: str) -> CustomerId | None:
    """Who is, or is reached, under this name."""
    row = tx.one(_NAMED, scope=scope, name=name)
    return row[0] if row else None


def drop(tx: Tx, scope: str, name: str) -> None:
    """Nobody whom we know has this name any more; the next who has it is somebody else."""
    tx.put(_DROP, scope=scope, name=name)


def wrote(tx: Tx, key: Key, chat: str) -> None:
    """Whoever writes to us can be written to; in `chat`, if it is his own."""
    tx.put(_WROTE, of_scope=key.scope, of_kind=key.kind, of_value=key.value, at_chat=chat)


def set_reachable_by_chat(tx: Tx, scope: str, chat: str, *, reachable: bool, reason: str) -> int:
    """How many of his identities we knew."""
    return _change(
        tx,
        _SET_REACHABLE_BY_CHAT,
        of_scope=scope,
        of_chat=chat,
        reachable=reachable,
        reason=reason,
    )


def _change(tx: Tx, statement: Statement, **values: str | bool) -> int:
    changed = tx.all(statement, **values)
    for customer_id in {row[0] for row in changed}:
        feed.add(tx, "customer", id=customer_id)
    return len(changed)


def remember(tx: Tx, customer_id: str, learnt: Mapping[str, str]) -> dict[str, str]:
    """Merge facts into what is known; the oldest that are no fields give way when there are too many.
    What was learnt, under the names that it has here.
    """
    row = tx.one(_LOCK, id=customer_id)
    if row is None or not learnt:
        return {}
    wanted = fields.many(tx)
    new = {named_fact(name, wanted): value[:MAX_FACT] for name, value in learnt.items()}
    facts: dict[str, str] = loads(row[0])
    for name, value in new.items():
        facts.pop(name, None)
        facts[name] = value
    kept = {one.name for one in wanted}
    for name in [name for name in facts if name not in kept]:
        if len(facts) <= MAX_FACTS:
            break
        facts.pop(name)
    if facts != loads(row[0]):
        tx.put(_SET_FACTS, of=customer_id, facts=dumps(facts))
        marks.mark(tx, customer_id)
        feed.add(tx, "customer", id=customer_id)
    return new
