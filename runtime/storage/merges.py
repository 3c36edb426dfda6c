"""Two customers who are one: everything of the second becomes the first one's."""

from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update

from . import feed, marks, profiles
from .sql import Statement, Tx, dumps, loads
from .tables import sessions
from .tables_people import customer_marks, customer_merges, customer_notes, customers, identities

SUGGESTED = 10

_c = customers.c
_m = customer_marks.c
_g = customer_merges.c
_LOCK = Statement(
    select(_c.id, _c.name, _c.language, _c.facts, _c.tags, _c.talked_at)
    .where(_c.id.in_([bindparam("keep"), bindparam("gone")]))
    .order_by(_c.id)
    .with_for_update()
)


_MOVES = [
    Statement(update(table).where(column == bindparam("gone")).values({column: bindparam("keep")}))
    for table, column in (
        (sessions, sessions.c.customer_id),
        (identities, identities.c.customer_id),
        (customer_notes, customer_notes.c.customer_id),
        (customer_merges, _g.new_id),
    )
]
_TELL = Statement(
    insert(customer_merges).values(old_id=bindparam("gone"), new_id=bindparam("keep"))
)
_DELETE = Statement(delete(customers).where(_c.id == bindparam("gone")))
_SAVE = Statement(
    update(customers)
    .where(_c.id == bindparam("of"))
    .values(
        name=bindparam("name"),
        language=bindparam("language"),
        facts=bindparam("facts"),
        tags=bindparam("tags"),
        talked_at=bindparam("talked_at"),
    )
)
_NOW = Statement(select(_g.new_id).where(_g.old_id == bindparam("id")))
_name = select(_c.sort_name).where(_c.id == bindparam("id")).scalar_subquery()
_alike = customers.alias("alike")
_WHERE = (marks.IN_ADDRESS, *marks.IN_WORLD.values())


def _marks(where: str) -> Select[Any]:
    """What others who have an address of his are marked with."""
    value = func.lower(func.replace(identities.c.value, "+", ""))
    return select("w:" + value + where).where(identities.c.customer_id == bindparam("id"))


_ALIKE = Statement(
    select(_alike.c.id)
    .where(
        _alike.c.id != bindparam("id"),
        or_(
            (_alike.c.sort_name == _name) & (_name != marks.LAST),
            _alike.c.id.in_(
                select(_m.customer_id).where(or_(*(_m.mark.in_(_marks(where)) for where in _WHERE)))
            ),
        ),
    )
    .order_by(_alike.c.id.desc())
    .limit(SUGGESTED)
)


def merge(tx: Tx, keep: str, gone: str) -> bool:
    """What both say differently stays as the first has it. Whoever looks for the second finds the first.
    False if one of them is not there.
    """
    rows = {row[0]: row for row in tx.all(_LOCK, keep=keep, gone=gone)}
    if not {keep, gone} <= set(rows):
        return False
    for statement in _MOVES:
        tx.put(statement, keep=keep, gone=gone)
    tx.put(_TELL, keep=keep, gone=gone)
    tx.put(_DELETE, gone=gone)
    _, name, language, facts, tags, talked_at = rows[keep]
    _, other_name, other_language, other_facts, other_tags, other_talked = rows[gone]
    both = {marks.fold(one): one for one in [*(loads(other_tags) or []), *(loads(tags) or [])]}
    tx.put(
        _SAVE,
        of=keep,
        name=name or other_name,
        language=language or other_language,
        facts=dumps({**loads(other_facts), **loads(facts)}),
        tags=dumps([both[key] for key in sorted(both)]),
        talked_at=max(talked_at, other_talked),
    )
    marks.mark(tx, keep)
    for one in (keep, gone):
        feed.add(tx, "customer", id=one)
    return True


def who_is(tx: Tx, customer_id: str) -> str:
    """Who was merged into another is that one."""
    row = tx.one(_NOW, id=customer_id)
    return row[0] if row else customer_id


def alike(tx: Tx, customer_id: str) -> list[profiles.Profile]:
    """Others of the same name, or with the same address on another channel: they may be the same person."""
    return profiles.some(tx, [row[0] for row in tx.all(_ALIKE, id=customer_id)])
