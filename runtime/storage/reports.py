"""Queries behind reports: sessions and suggestions counted over spans of time, by the database.

A session counts in the span in which it was opened, a suggestion in the one in which it was made.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, func, select

from .ids import Millis
from .ledger import COUNTED
from .sql import Row, Statement, Tx, const
from .tables import sessions, suggestions

SLOT = 15 * 60 * 1000
"""Milliseconds: every time zone's hours begin at a multiple of it."""
FILTERS = ("agent_id", "channel_id")


class Span(NamedTuple):
    """From `since` to just before `until`; `filters`: of this agent, on this channel."""

    since: Millis
    until: Millis
    filters: Mapping[str, str]


class Outcomes(NamedTuple):
    """What became of the sessions of a span."""

    opened: int
    agent: int
    """Finished by the agent."""
    operator: int
    clock: int
    """Finished by themselves, for nobody wrote."""
    outside: int
    unfinished: int
    handed_over: int
    """People were wanted, or came."""
    contained: int
    """Finished, and no person ever came or was wanted."""


class Suggested(NamedTuple):
    """What became of an agent's suggestions."""

    agent_id: str
    made: int
    late: int
    used: int
    edited: int
    dismissed: int
    overtaken: int
    ignored: int


_s, _g = sessions.c, suggestions.c
_person = _s.first_human_at.is_not(None) | _s.handed_over_at.is_not(None)
_done = _s.finished_at.is_not(None)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


_OUTCOMES = (
    func.count(),
    _count(_done & (_s.resolved_by == const("agent"))),
    _count(_done & (func.substr(_s.resolved_by, 1, 9) == "operator:")),
    _count(_done & (_s.resolved_by == const("clock"))),
    _count(_done & (_s.resolved_by == const("outside"))),
    _count(~_done),
    _count(_person),
    _count(_done & ~_person),
)
_WAITS: Mapping[str, tuple[ColumnElement[int], ColumnElement[bool]]] = {
    "agent": (
        _s.first_agent_at - _s.opened_at,
        _s.first_agent_at.is_not(None)
        & (_s.first_human_at.is_(None) | (_s.first_agent_at < _s.first_human_at)),
    ),
    "human": (
        _s.first_human_at - _s.handed_over_at,
        (_s.first_human_at >= _s.handed_over_at),
    ),
}


def _in_span(filters: Sequence[str]) -> list[ColumnElement[bool]]:
    of = [_s[name] == bindparam(name) for name in filters]
    return [_s.opened_at >= bindparam("since"), _s.opened_at < bindparam("until"), *of]


@cache
def _outcomes(filters: tuple[str, ...]) -> Statement:
    return Statement(select(*_OUTCOMES).where(*_in_span(filters)))


@cache
def _waits(who: str, filters: tuple[str, ...]) -> Statement:
    took, counts = _WAITS[who]
    return Statement(select(took).where(*_in_span(filters), counts).order_by(took))


@cache
def _reasons(filters: tuple[str, ...]) -> Statement:
    many = func.count().label("many")
    by = case(
        (func.substr(_s.handed_over_by, 1, 9) == "operator:", const("operator")),
        else_=_s.handed_over_by,
    ).label("by")
    return Statement(
        select(by, _s.handover_reason, many)
        .where(*_in_span(filters), _s.handed_over_at.is_not(None))
        .group_by(by, _s.handover_reason)
        .order_by(many.desc(), by, _s.handover_reason)
    )


@cache
def _slots(filters: tuple[str, ...]) -> Statement:
    slot = (_s.opened_at // SLOT).label("slot")
    return Statement(
        select(slot, _s.channel_id, func.count())
        .where(*_in_span(filters))
        .group_by(slot, _s.channel_id)
    )


@cache
def _suggested(filters: tuple[str, ...]) -> Statement:
    made = select(_g.agent_id, func.count(), _count(_g.late), *COUNTED).where(
        _g.created_at >= bindparam("since"), _g.created_at < bindparam("until")
    )
    if "agent_id" in filters:
        made = made.where(_g.agent_id == bindparam("agent_id"))
    if "channel_id" in filters:
        made = made.join(sessions, _s.id == _g.session_id)
        made = made.where(_s.channel_id == bindparam("channel_id"))
    return Statement(made.group_by(_g.agent_id).order_by(_g.agent_id))


def outcomes(tx: Tx, span: Span) -> Outcomes:
    (row,) = _all(tx, _outcomes, span)
    return Outcomes(*row)


def waits(tx: Tx, who: str, span: Span) -> list[Millis]:
    """How long first words took, the shortest first. `agent`: from the opening, where it spoke before any
    person. `human`: from the hand-over to a person's first words.
    """
    return [row[0] for row in tx.all(_waits(who, _names(span)), **_values(span))]


def reasons(tx: Tx, span: Span) -> list[tuple[str, str, int]]:
    """Who wanted people first, why, and how often; the most frequent first."""
    return [(row[0], row[1], row[2]) for row in _all(tx, _reasons, span)]


def slots(tx: Tx, span: Span) -> list[tuple[Millis, str, int]]:
    """When slots of `SLOT` milliseconds began, and how many sessions each channel had then."""
    return [(row[0] * SLOT, row[1], row[2]) for row in _all(tx, _slots, span)]


def suggested(tx: Tx, span: Span) -> list[Suggested]:
    """By agent."""
    return [Suggested(*row) for row in _all(tx, _suggested, span)]


def _all(tx: Tx, statement: Any, span: Span) -> list[Row]:
    return tx.all(statement(_names(span)), **_values(span))


def _names(span: Span) -> tuple[str, ...]:
    return tuple(sorted(span.filters))


def _values(span: Span) -> dict[str, Any]:
    return {"since": span.since, "until": span.until, **span.filters}
