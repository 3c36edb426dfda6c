"""Filters of customers as they travel: conditions on what is known of them, together by all or any."""

from datetime import datetime
from typing import Annotated, Any, Literal

import pydantic

from channels.identities import WORLDS
from runtime import errors
from runtime.ledger import millis
from runtime.storage import filters, marks

from .api import Model
from .times import Time

DEPTH = 3
MANY = 30

Subject = Literal[
    "name",
    "address",
    "email",
    "phone",
    "language",
    "tag",
    "kind",
    "added",
    "talked",
    "open",
    "fact",
]
Operator = Literal["is", "begins", "set", "since", "before"]
_MAY: dict[str, set[str]] = {
    "name": {"is", "begins", "set"},
    "address": {"begins", "set"},
    "email": {"begins", "set"},
    "phone": {"begins", "set"},
    "language": {"is", "set"},
    "tag": {"is", "begins", "set"},
    "kind": {"is"},
    "added": {"since", "before"},
    "talked": {"since", "before", "set"},
    "open": {"set"},
    "fact": {"is", "begins", "set"},
}
_TIME: pydantic.TypeAdapter[datetime] = pydantic.TypeAdapter(Time)
_WHERE = {"name": marks.IN_NAME, "address": f"{marks.IN_ADDRESS}%", **marks.IN_WORLD}
_PREFIX = {"language": "l:", "tag": "t:", "kind": "k:", "address": "k:"}


class CustomerCondition(Model):
    """One thing that is known of a customer. `address` is of whatever kind, `email` and `phone` are those
    that people write down, and `kind` is that of an address, such as `telegram_user`; `added` and `talked` take a date or a time (ISO 8601); `open`: there is a conversation that is not finished.
    """

    field: Subject
    fact: str = pydantic.Field(default="", max_length=100)
    """Which one, where `field` is `fact`: its name."""
    op: Operator
    """`begins` looks at words, without case and accents; `set`: there is some value."""
    value: str = pydantic.Field(default="", max_length=200)
    negated: bool = False
    """Those of whom it is not true."""

    @pydantic.model_validator(mode="after")
    def _sound(self) -> "CustomerCondition":
        if self.op not in _MAY[self.field]:
            raise ValueError(f"{self.field} takes {', '.join(sorted(_MAY[self.field]))}")
        if self.op != "set" and not marks.fold(self.value):
            raise ValueError("a value is missing")
        if self.field == "fact" and not self.fact:
            raise ValueError("fact: which one is missing")
        if self.op in {"since", "before"}:
            _moment(self.value)
        return self


class CustomerFilter(Model):
    """`all` or `any` of the conditions, which may be filters themselves."""

    match: Literal["all", "any"]
    conditions: "list[Annotated[CustomerCondition | CustomerFilter, pydantic.Field(union_mode='left_to_right')]]" = pydantic.Field(
        max_length=MANY
    )


def condition(asked: CustomerFilter | None, words: str = "") -> filters.Condition:
    """What the storage understands. Raises `Invalid` for a filter that is too deep or too long."""
    parts = [] if asked is None else [_group(asked, DEPTH, [MANY])]
    if words:
        parts.append(filters.searched(words))
    return filters.simple(filters.Group(match="all", of=tuple(parts)))


def _group(asked: CustomerFilter, depth: int, left: list[int]) -> filters.Condition:
    if depth == 0:
        raise errors.Invalid(f"filter: at most {DEPTH} groups one inside the other.")
    found: list[filters.Condition] = []
    for one in asked.conditions:
        left[0] -= 1
        if left[0] < 0:
            raise errors.Invalid(f"filter: at most {MANY} conditions.")
        found.append(_group(one, depth - 1, left) if isinstance(one, CustomerFilter) else _one(one))
    if asked.match == "any" and not found:
        return filters.EVERYBODY
    return filters.Group(match=asked.match, of=tuple(found))


def _one(asked: CustomerCondition) -> filters.Condition:
    found = _plain(asked)
    return filters.Not(of=found) if asked.negated else found


def _plain(asked: CustomerCondition) -> filters.Condition:
    match asked.field, asked.op:
        case "open", _:
            return filters.Open()
        case "added" | "talked", _:
            return _time(asked)
        case "fact", _:
            mark = marks.fact(asked.fact, "" if asked.op == "set" else asked.value)
            return filters.Marked(mark=mark, begins=asked.op != "is")
        case "name", "set":
            return filters.Not(of=filters.Named(name=marks.LAST))
        case "name", "is":
            return filters.Named(name=marks.sorted_by(asked.value))
        case _:
            return _marked(asked)


def _time(asked: CustomerCondition) -> filters.Condition:
    what: Any = "created_at" if asked.field == "added" else "talked_at"
    at = None if asked.op == "set" else _moment(asked.value)
    since, until = (None, at) if asked.op == "before" else (at, None)
    return filters.Between(what=what, since=since, until=until)


def _marked(asked: CustomerCondition) -> filters.Condition:
    if asked.op == "set" and asked.field in marks.IN_WORLD:
        kinds = [kind for kind, world in WORLDS.items() if world == asked.field]
        return filters.Group(match="any", of=[filters.Marked(mark=f"k:{one}") for one in kinds])
    if asked.op == "set":
        return filters.Marked(mark=_PREFIX[asked.field], begins=True)
    if asked.field in _WHERE:
        words = filters.word_by_word(asked.value, _WHERE[asked.field])
        return filters.Group(match="all", of=words)
    value = asked.value if asked.field == "kind" else marks.fold(asked.value)
    return filters.Marked(mark=_PREFIX[asked.field] + value, begins=asked.op == "begins")


def _moment(value: str) -> int:
    """Milliseconds; a date is its beginning, in UTC."""
    try:
        return millis(_TIME.validate_python(value))
    except pydantic.ValidationError:
        raise ValueError(f"{value!r} is no date; one is 2026-11-27") from None
