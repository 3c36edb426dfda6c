"""Queries behind the list of customers and one customer's profile, and what operators change there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.sql.dml import Insert as AnyInsert

from . import customers, feed, marks
from .ids import Millis
from .log import Kind
from .sql import Insert, Row, Statement, Tx, const, dumps, loads
from .tables import channels, log, sessions
from .tables_people import customer_tags, identities
from .tables_people import customers as table

MAX_TAGS = 50
"""Of one customer."""
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
    tags: list[str]
    created_at: Millis
    talked_at: Millis
    """When the newest conversation began; 0 if there has been none."""
    open: int
    """Conversations that are not finished."""
    identities: list[Identity]


class Counts(NamedTuple):
    """What there has been between us."""

    sessions: int
    active: int
    messages: int


_c = table.c
_open = (
    select(func.count())
    .where(sessions.c.customer_id == _c.id, sessions.c.mode != const("finished"))
    .scalar_subquery()
)
_columns = (_c.id, _c.name, _c.language, _c.facts, _c.tags, _c.created_at, _c.talked_at, _open)
_i = identities.c
_GET = Statement(select(*_columns).where(_c.id == bindparam("id")))
_LOCK = Statement(
    select(_c.name, _c.language, _c.facts, _c.tags)
    .where(_c.id == bindparam("id"))
    .with_for_update()
)
_SOME = Statement(
    select(*_columns).where(_c.id.in_([bindparam(f"id_{n}") for n in range(AT_ONCE)]))
)
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
    .values(
        name=bindparam("name"),
        language=bindparam("language"),
        facts=bindparam("facts"),
        tags=bindparam("tags"),
    )
)
_TAGS = Statement(select(customer_tags.c.name))


def _new_tag(insert: Insert) -> AnyInsert:
    row = insert(customer_tags).values(name=bindparam("name"))
    statement: AnyInsert = row.on_conflict_do_nothing()
    return statement


_TAG = Statement(_new_tag)


def some(tx: Tx, ids: Sequence[str]) -> list[Profile]:
    """In the order of the ids; who is gone is left out."""
    rows: dict[str, Row] = {}
    for named in _named(ids):
        rows |= {row[0]: row for row in tx.all(_SOME, **named)}
    return _profiles(tx, [rows[one] for one in ids if one in rows])


def get(tx: Tx, customer_id: str) -> Profile | None:
    row = tx.one(_GET, id=customer_id)
    return _profiles(tx, [row])[0] if row else None


def counts(tx: Tx, customer_id: str) -> Counts:
    row = tx.one(_COUNTS, customer_id=customer_id)
    return Counts(*row) if row else Counts(0, 0, 0)


def change(tx: Tx, customer_id: str, changed: Mapping[str, Any]) -> bool:
    """Set the named fields and leave the others as they are; of `facts` too, where none forgets one, and of
    `tags`, where false takes one away. False if there is no such customer. Raises `ValueError` for too
    many facts or tags.
    """
    row = tx.one(_LOCK, id=customer_id)
    if row is None:
        return False
    name, language, facts, tags = row
    known = {**loads(facts), **changed.get("facts", {})}
    known = {name: value for name, value in known.items() if value is not None}
    if len(known) > customers.MAX_FACTS:
        raise ValueError(f"facts: at most {customers.MAX_FACTS} facts of one customer are kept")
    tx.put(
        _SAVE,
        of=customer_id,
        name=changed.get("name", name),
        language=changed.get("language", language),
        facts=dumps(known),
        tags=dumps(_tagged(tx, loads(tags) or [], changed.get("tags", {}))),
    )
    marks.mark(tx, customer_id)
    feed.add(tx, "customer", id=customer_id)
    return True


def _tagged(tx: Tx, tags: list[str], changed: Mapping[str, bool]) -> list[str]:
    """Tags that differ in case or accents only are the same; how one was first written stands."""
    known = {marks.fold(row[0]): row[0] for row in tx.all(_TAGS)} if any(changed.values()) else {}
    found = {marks.fold(tag): tag for tag in tags}
    for tag, wanted in changed.items():
        key = marks.fold(tag)
        if not wanted:
            found.pop(key, None)
        elif key not in found:
            found[key] = known.get(key, tag)
            if key not in known:
                tx.put(_TAG, name=tag)
    if len(found) > MAX_TAGS:
        raise ValueError(f"tags: a customer has at most {MAX_TAGS}")
    return sorted(found.values(), key=marks.fold)


def tags(tx: Tx) -> list[str]:
    """Every tag that anybody has ever had."""
    return sorted((row[0] for row in tx.all(_TAGS)), key=marks.fold)


def _named(ids: Sequence[str]) -> Iterator[dict[str, str]]:
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        yield {f"id_{n}": some[min(n, len(some) - 1)] for n in range(AT_ONCE)}


def _profiles(tx: Tx, rows: list[Row]) -> list[Profile]:
    found: dict[str, list[Identity]] = {row[0]: [] for row in rows}
    for named in _named(list(found)):
        for row in tx.all(_IDENTITIES, **named):
            found[row[0]].append(Identity(*row))
    return [
        Profile(
            id=row[0],
            name=row[1],
            language=row[2],
            facts=loads(row[3]),
            tags=loads(row[4]) or [],
            created_at=row[5],
            talked_at=row[6],
            open=row[7],
            identities=found[row[0]],
        )
        for row in rows
    ]
