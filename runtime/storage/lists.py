"""Queries behind the lists of sessions: pages by key over indexes, each row with what a card shows.

Keys never change while a row is in its list, so pages neither skip nor repeat what moves: the id of a
session (newest first), since when it waits (longest first), when it finished (last first).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, tuple_

from handoff.state import Mode

from .ids import Millis
from .log import Kind
from .sessions import Session
from .sql import Row, Statement, Tx, const
from .tables import agents, channels, log, operators, sessions
from .tables_people import customers, identities

PREVIEW = 200
"""Characters of the last message on a card."""
RECENT = 30 * 24 * 60 * 60 * 1000
"""Milliseconds: text is searched in sessions that are not older; names in all."""

Key = tuple[Any, ...]

_s = sessions.c
_KEYS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "unassigned": (_s.waiting_since, _s.id),
    "finished": (_s.finished_at, _s.id),
}
_open = _s.mode != const(Mode.FINISHED)
_attended = _s.mode.not_in([const(Mode.AUTONOMOUS), const(Mode.FINISHED)])
_VIEWS: Mapping[str, tuple[ColumnElement[bool], ...]] = {
    "mine": (_open, _s.operator_id == bindparam("me")),
    "unassigned": (_s.waiting_since.is_not(None),),
    "attended": (_attended,),
    "active": (_open,),
    "finished": (_s.finished_at.is_not(None),),
    "all": (),
}
FILTERS = ("agent_id", "operator_id", "channel_id", "customer_id", "mode")
_EARLIER = 24 * 60 * 60 * 1000
"""Milliseconds by which the clock in an id may differ from the one that wrote `opened_at`."""
_NARROWED: Mapping[str, ColumnElement[bool]] = {
    "ai": or_(_s.mode == const(Mode.AUTONOMOUS), _s.resolved_by == const("agent")),
    "nobody": _s.mode == const(Mode.WAITING),
    "operator": or_(
        _s.operator_id == bindparam("operator"), _s.resolved_by == bindparam("by_operator")
    ),
    "since": (_s.opened_at >= bindparam("since")) & (_s.id >= bindparam("since_id")),
    "until": (_s.opened_at < bindparam("until")) & (_s.id < bindparam("until_id")),
}


class Card(NamedTuple):
    """A session, and what is shown of it without opening it."""

    session: Session
    customer: str
    channel_kind: str
    channel: str
    channel_state: str
    agent: str | None
    agent_state: str | None
    operator: str | None
    last_author: str | None
    last_text: str | None
    last_at: Millis | None

    def key(self, view: str) -> Key:
        """Where a page that ends with this card goes on."""
        names = [column.name for column in _KEYS.get(view, (_s.id,))]
        return tuple(getattr(self.session, name) for name in names)


class Counts(NamedTuple):
    """For badges."""

    waiting: int
    mine: int
    active: int


_said = log.alias("said")
_last = (
    select(_said.c.seq)
    .where(_said.c.session_id == _s.id, _said.c.kind == const(Kind.MESSAGE))
    .order_by(_said.c.seq.desc())
    .limit(1)
    .correlate(sessions)
    .scalar_subquery()
)
# Only outer joins: whatever the planner thinks of the small tables, it begins with the sessions.
_cards = select(
    *(_s[name] for name in Session._fields),
    customers.c.name,
    channels.c.kind,
    channels.c.name,
    channels.c.state,
    agents.c.name,
    agents.c.state,
    operators.c.name,
    log.c.author,
    func.substr(log.c.text, 1, PREVIEW),
    log.c.at,
).select_from(
    sessions.outerjoin(customers, customers.c.id == _s.customer_id)
    .outerjoin(channels, channels.c.id == _s.channel_id)
    .outerjoin(agents, agents.c.id == _s.agent_id)
    .outerjoin(operators, operators.c.id == _s.operator_id)
    .outerjoin(log, (log.c.session_id == _s.id) & (log.c.seq == _last))
)
_CARD = Statement(_cards.where(_s.id == bindparam("id")))
_COUNTS = Statement(
    select(
        *(
            select(func.count()).select_from(sessions).where(*_VIEWS[view]).scalar_subquery()
            for view in ("unassigned", "mine", "active")
        )
    )
)


def like(words: str) -> str:
    """A pattern that finds these very words anywhere."""
    for special in ("\\", "%", "_"):
        words = words.replace(special, f"\\{special}")
    return f"%{words}%"


def found_in(*columns: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether one of the columns has the words of `like`, in any case."""
    return or_(*(column.ilike(bindparam("words"), escape="\\") for column in columns))


def of_customer(customer_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether one of the customer's identities has the words of `like`."""
    named = found_in(identities.c.value, identities.c.username)
    return select(1).where(identities.c.customer_id == customer_id, named).exists()


@cache
def statement(
    view: str,
    filters: Sequence[str] = (),
    *,
    narrowed: Sequence[str] = (),
    goes_on: bool = False,
    searched: bool = False,
    oldest: bool = False,
) -> Statement:
    """The query of one kind of page; compiled once."""
    keys = _KEYS.get(view, (_s.id,))
    found: Select[Any] = _cards.where(*_VIEWS[view])
    found = found.where(*(_s[name] == bindparam(name) for name in filters))
    found = found.where(*(_NARROWED[name] for name in narrowed))
    if searched:
        text = select(1).where(
            _said.c.session_id == _s.id, _said.c.kind == const(Kind.MESSAGE), found_in(_said.c.text)
        )
        found = found.where(
            or_(
                found_in(customers.c.name, _s.subject),
                of_customer(_s.customer_id),
                (_s.id >= bindparam("recent")) & text.exists(),
            )
        )
    rising = oldest or view == "unassigned"
    if goes_on:
        here = tuple_(*(bindparam(f"key_{n}", type_=key.type) for n, key in enumerate(keys)))
        found = found.where(tuple_(*keys) > here if rising else tuple_(*keys) < here)
    order = keys if rising else [key.desc() for key in keys]
    return Statement(found.order_by(*order).limit(bindparam("many")))


class Wanted(NamedTuple):
    """Which page."""

    view: str
    me: str
    filters: Mapping[str, str]
    words: str
    after: Key
    many: int
    responsible: str = ""
    """`ai`, `nobody`, or an operator: who has it, or had it when it finished."""
    since: Millis | None = None
    """Opened from then on, and before `until`."""
    until: Millis | None = None
    oldest: bool = False
    """First; in a view that has no order of its own."""


def page(tx: Tx, wanted: Wanted) -> list[Card]:
    """Up to `many` cards after the key `after`."""
    values: dict[str, Any] = {**wanted.filters, "many": wanted.many}
    if wanted.view == "mine":
        values["me"] = wanted.me
    if wanted.words:
        values["words"] = like(wanted.words)
        values["recent"] = f"{max(0, tx.now - RECENT):012x}"
    narrowed = _narrowed(wanted)
    for named in narrowed.values():
        values |= named
    values |= {f"key_{n}": part for n, part in enumerate(wanted.after)}
    asked = statement(
        wanted.view,
        tuple(sorted(wanted.filters)),
        goes_on=bool(wanted.after),
        narrowed=tuple(narrowed),
        searched=bool(wanted.words),
        oldest=wanted.oldest,
    )
    return [_card(row) for row in tx.all(asked, **values)]


def _narrowed(wanted: Wanted) -> dict[str, dict[str, Any]]:
    """The clauses of `_NARROWED` that this page needs, each with its values."""
    found: dict[str, dict[str, Any]] = {}
    if wanted.responsible in {"ai", "nobody"}:
        found[wanted.responsible] = {}
    elif wanted.responsible:
        by = f"operator:{wanted.responsible}"
        found["operator"] = {"operator": wanted.responsible, "by_operator": by}
    if wanted.since is not None:
        first = f"{max(0, wanted.since - _EARLIER):012x}"
        found["since"] = {"since": wanted.since, "since_id": first}
    if wanted.until is not None:
        last = f"{max(0, wanted.until + _EARLIER):012x}"
        found["until"] = {"until": wanted.until, "until_id": last}
    return found


def card(tx: Tx, session_id: str) -> Card | None:
    row = tx.one(_CARD, id=session_id)
    return _card(row) if row else None


def counts(tx: Tx, operator_id: str) -> Counts:
    row = tx.one(_COUNTS, me=operator_id)
    return Counts(*row) if row else Counts(0, 0, 0)


def _card(row: Row) -> Card:
    width = len(Session._fields)
    return Card(Session(*row[:width]), *row[width:])
