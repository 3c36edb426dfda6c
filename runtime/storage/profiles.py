"""Queries behind the list of customers and one customer's profile, and what operators change there."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select, update

from . import customers, feed, lists
from .ids import Millis
from .log import Kind
from .sql import Row, Statement, Tx, const, dumps, loads
from .tables import channels, identities, log, sessions
from .tables import customers as table

AT_ONCE = 200
"""Customers whose identities are read in one statement."""


class Identity(NamedTuple):
    """One address, and whether it can be written to."""

    customer_id: str
    kind: str
    value: str
    username: str
    channel_id: str
    """Whose number space it is in; empty for phones and email addresses, which are the world's."""
    channel: str
    reachable: bool
    reason: str
    marketing: bool


class Profile(NamedTuple):
    """A customer, and how to reach him."""

    id: str
    name: str
    language: str
    facts: dict[str, str]
    created_at: Millis
    identities: list[Identity]


class Counts(NamedTuple):
    """What there has been between us."""

    sessions: int
    active: int
    messages: int


_c = table.c
_columns = (_c.id, _c.name, _c.language, _c.facts, _c.created_at)
_i = identities.c
_GET = Statement(select(*_columns).where(_c.id == bindparam("id")))
_LOCK = Statement(select(*_columns).where(_c.id == bindparam("id")).with_for_update())
_IDENTITIES = Statement(
    select(
        _i.customer_id,
        _i.kind,
        _i.value,
        _i.username,
        _i.scope,
        func.coalesce(channels.c.name, ""),
        _i.reachable,
        _i.unreachable_reason,
        _i.marketing,
    )
    .outerjoin(channels, channels.c.id == _i.scope)
    .where(_i.customer_id.in_([bindparam(f"id_{n}") for n in range(AT_ONCE)]))
    .order_by(_i.created_at, _i.kind, _i.value)
)
_of_customer = sessions.c.customer_id == bindparam("customer_id")
_COUNTS = Statement(
    select(
        select(func.count()).select_from(sessions).where(_of_customer).scalar_subquery(),
        select(func.count())
        .select_from(sessions)
        .where(_of_customer, sessions.c.mode != const("finished"))
        .scalar_subquery(),
        select(func.count())
        .select_from(log.join(sessions, sessions.c.id == log.c.session_id))
        .where(_of_customer, log.c.kind == const(Kind.MESSAGE))
        .scalar_subquery(),
    )
)
_SAVE = Statement(
    update(table)
    .where(_c.id == bindparam("of"))
    .values(name=bindparam("name"), language=bindparam("language"), facts=bindparam("facts"))
)


@cache
def statement(*, goes_on: bool, searched: bool) -> Statement:
    """One kind of page of customers, the newest first."""
    found = select(*_columns)
    if goes_on:
        found = found.where(_c.id < bindparam("after"))
    if searched:
        found = found.where(or_(lists.found_in(_c.name), lists.of_customer(_c.id)))
    return Statement(found.order_by(_c.id.desc()).limit(bindparam("many")))


def page(tx: Tx, words: str, after: str, many: int) -> list[Profile]:
    values: dict[str, Any] = {"many": many}
    if after:
        values["after"] = after
    if words:
        values["words"] = lists.like(words)
    rows = tx.all(statement(goes_on=bool(after), searched=bool(words)), **values)
    return _profiles(tx, rows)


def get(tx: Tx, customer_id: str) -> Profile | None:
    row = tx.one(_GET, id=customer_id)
    return _profiles(tx, [row])[0] if row else None


def counts(tx: Tx, customer_id: str) -> Counts:
    row = tx.one(_COUNTS, customer_id=customer_id)
    return Counts(*row) if row else Counts(0, 0, 0)


def change(tx: Tx, customer_id: str, changed: Mapping[str, Any]) -> bool:
    """Set the named fields and leave the others as they are; of `facts` too, where none forgets one.
    False if there is no such customer. Raises `ValueError` for too many facts.
    """
    row = tx.one(_LOCK, id=customer_id)
    if row is None:
        return False
    facts = {**loads(row[3]), **changed.get("facts", {})}
    facts = {name: value for name, value in facts.items() if value is not None}
    if len(facts) > customers.MAX_FACTS:
        raise ValueError(f"at most {customers.MAX_FACTS} facts of one customer are kept")
    tx.put(
        _SAVE,
        of=customer_id,
        name=changed.get("name", row[1]),
        language=changed.get("language", row[2]),
        facts=dumps(facts),
    )
    feed.add(tx, "customer", id=customer_id)
    return True


def _profiles(tx: Tx, rows: list[Row]) -> list[Profile]:
    ids = [row[0] for row in rows]
    found: list[Identity] = []
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        named = {f"id_{n}": some[min(n, len(some) - 1)] for n in range(AT_ONCE)}
        found += [Identity(*row) for row in tx.all(_IDENTITIES, **named)]
    return [
        Profile(
            id=row[0],
            name=row[1],
            language=row[2],
            facts=loads(row[3]),
            created_at=row[4],
            identities=[one for one in found if one.customer_id == row[0]],
        )
        for row in rows
    ]
