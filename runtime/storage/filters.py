"""Lists of customers: any filter over them, in several orders, quick with a million.

A page is found by one of two ways. Where some condition that must hold is rare, whoever meets it is looked
up, and sorted; else the list's own order is walked along its index until the page is full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from . import marks
from .ids import Millis
from .sql import Row, Statement, Tx, const
from .tables import sessions
from .tables_people import customer_marks
from .tables_people import customers as table

RARE = 10_000
"""So many are looked up one by one; of more, a page is soon found along the order."""
RARE_ALONE = 3_000
"""The same where nothing else must hold, so that the walk is not long."""
PROBED = 8
"""Of the conditions that must hold, so many are asked how rare they are."""
LOOKED_AT = 100_000
"""Where counting takes looking at each, so many of the newest are, and tell how many of all there may be."""

Order = Literal["newest", "oldest", "name", "talked"]

_c = table.c
_m = customer_marks.c
_his = customer_marks.alias("his").c
_ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "newest": (_c.id,),
    "oldest": (_c.id,),
    "name": (_c.sort_name, _c.id),
    "talked": (_c.talked_at, _c.id),
}
_RISING = {"oldest", "name"}
_NOTHING: dict[type, str | int] = {str: "", int: 0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """Has a mark; `begins`: one that begins so; `ends`: and that ends so, `%` being anything."""

    mark: str
    begins: bool = False
    ends: str = ""

    def where(self, mark: ColumnElement[str] = _m.mark) -> ColumnElement[bool]:
        if not self.begins:
            return mark == self.mark
        found = and_(mark >= self.mark, mark < self.mark + marks.LAST)
        return and_(found, mark.like(f"%{self.ends}")) if self.ends else found

    def holds(self) -> ColumnElement[bool]:
        return select(1).where(_his.customer_id == _c.id, self.where(_his.mark)).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """Has a conversation that is not finished."""

    def holds(self) -> ColumnElement[bool]:
        return select(1).where(sessions.c.customer_id == _c.id, _OPEN).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class Between:
    """When he was added, or last talked to: from the first moment on, and before the second."""

    what: Literal["created_at", "talked_at"]
    since: Millis | None = None
    until: Millis | None = None

    def holds(self) -> ColumnElement[bool]:
        column = _c[self.what]
        found: ColumnElement[bool] = column > 0
        if self.since is not None:
            found = and_(found, column >= self.since)
        if self.until is not None:
            found = and_(found, column < self.until)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """Is called exactly this, but for case and accents."""

    name: str

    def holds(self) -> ColumnElement[bool]:
        return _c.sort_name == self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Not:
    """The opposite."""

    of: "Condition"

    def holds(self) -> ColumnElement[bool]:
        return not_(self.of.holds())


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """All of them hold, or any."""

    match: Literal["all", "any"]
    of: Sequence["Condition"]

    def holds(self) -> ColumnElement[bool]:
        parts = [one.holds() for one in self.of]
        if self.match == "all":
            return and_(true(), *parts)
        return or_(false(), *parts)


Condition = Marked | Open | Between | Named | Not | Group
EVERYBODY = Group(match="all", of=())
_OPEN = sessions.c.mode != const("finished")


def searched(words: str) -> Condition:
    """Each of the words begins one of the name or of an address."""
    return Group(match="all", of=word_by_word(words))


def word_by_word(words: str, ends: str = "") -> Sequence[Condition]:
    """Each of the words begins one; that stands where `ends` says."""
    return [Marked(mark=f"w:{word}", begins=True, ends=ends) for word in marks.words(words)]


class Found(NamedTuple):
    """How many there are; not `exact`: about so many."""

    many: int
    exact: bool


def page(tx: Tx, condition: Condition, order: Order, after: Sequence[Any], many: int) -> list[Row]:
    """Keys of up to `many` customers after the key `after`; the last part of a key is the id."""
    rare = _rarest(tx, condition)
    keys: Sequence[ColumnElement[Any]] = _ORDERS[order]
    found = select(*keys)
    frequent = None if rare is not None else _walked(condition, order)
    if rare is not None:
        found = found.where(_c.id.in_(rare))
        # Not the column itself: nothing must tempt the planner to walk along its index.
        keys = [func.coalesce(key, _NOTHING[key.type.python_type]) for key in keys]
    elif frequent is not None:
        found = found.join(customer_marks, _m.customer_id == _c.id).where(frequent.where())
        keys = [_m.customer_id]
    if after:
        here = tuple_(*(literal(part, key.type) for part, key in zip(after, keys, strict=True)))
        found = found.where(tuple_(*keys) > here if order in _RISING else tuple_(*keys) < here)
    sorted_ = found.order_by(*(keys if order in _RISING else [key.desc() for key in keys]))
    return tx.all(Statement(sorted_.where(condition.holds()).limit(many)))


def count(tx: Tx, condition: Condition) -> Found:
    """How many meet a condition; where that would take long, an estimate."""
    if condition == EVERYBODY:
        return Found(_number(tx, select(func.count()).select_from(table)), exact=True)
    if isinstance(condition, Marked) and not condition.begins:
        one = select(func.count()).select_from(customer_marks).where(condition.where())
        return Found(_number(tx, one), exact=True)
    counted = select(func.count()).select_from(table).where(condition.holds())
    rare = _rarest(tx, condition)
    if rare is not None:
        return Found(_number(tx, counted.where(_c.id.in_(rare))), exact=True)
    everybody = _number(tx, select(func.count()).select_from(table))
    if everybody <= LOOKED_AT:
        return Found(_number(tx, counted), exact=True)
    newest = select(_c.id).order_by(_c.id.desc()).offset(LOOKED_AT - 1).limit(1).scalar_subquery()
    many = _number(tx, counted.where(_c.id >= newest))
    return Found(_rounded(many * everybody // LOOKED_AT), exact=False)


def _rounded(many: int) -> int:
    """To two digits: it is no more than an estimate."""
    unit: int = 10 ** max(0, len(str(many)) - 2)
    return round(many / unit) * unit


def simple(condition: Condition) -> Condition:
    """The same with no groups of one."""
    if isinstance(condition, Group):
        parts = [simple(one) for one in condition.of]
        return parts[0] if len(parts) == 1 else Group(match=condition.match, of=tuple(parts))
    return condition


def _rarest(tx: Tx, condition: Condition) -> Select[Any] | None:
    """Who comes into question at all, if a condition that must hold leaves only a few."""
    needed = _needed(condition)
    best, few = None, (RARE if len(needed) > 1 else RARE_ALONE) + 1
    for one in needed[:PROBED]:
        who = _who(one)
        many = 0 if who is None else _number(tx, select(func.count()).select_from(_some(who)))
        if who is not None and many < few:
            best, few = who, many
    return best


def _some(who: Select[Any]) -> Any:
    return select(who.limit(RARE + 1).subquery()).subquery()


def _needed(condition: Condition) -> Sequence[Condition]:
    """What must hold, each by itself."""
    if isinstance(condition, Group) and condition.match == "all":
        return [needed for one in condition.of for needed in _needed(one)]
    return [condition]


def _who(condition: Condition) -> Select[Any] | None:
    """Whose ids an index gives at once; none where it cannot."""
    match condition:
        case Marked():
            return select(_m.customer_id).where(condition.where())
        case Open():
            return select(sessions.c.customer_id).where(_OPEN)
        case Group(match="any") if condition.of and all(
            isinstance(one, Marked) for one in condition.of
        ):
            parts = [one.where() for one in condition.of if isinstance(one, Marked)]
            return select(_m.customer_id).where(or_(*parts))
        case _:
            return None


def _walked(condition: Condition, order: Order) -> Marked | None:
    """A mark whose index is in this order."""
    if order not in {"newest", "oldest"}:
        return None
    marked = (one for one in _needed(condition) if isinstance(one, Marked) and not one.begins)
    return next(marked, None)


def _number(tx: Tx, counted: Select[Any]) -> int:
    row = tx.one(Statement(counted))
    return int(row[0]) if row else 0
