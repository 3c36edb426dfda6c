"""One call of the Graph API: whose it is, about what, and what every operation asks of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .accounts import App, Number, Template, Token, Waba
from .errors import GraphError, Json
from .files import Stored
from .parameters import Given
from .state import Meta

Target = App | Waba | Number | Template | Stored
Operation = Callable[["Call"], Awaitable[Json]]


@dataclass(frozen=True, kw_only=True)
class Call:
    """`target` is the object that the path names."""

    meta: Meta
    token: Token
    target: Target
    given: Given
    base: str
    """Where this emulator is, for the addresses that it hands out."""
    path: str
    version: str

    @property
    def now(self) -> float:
        return self.meta.now

    @property
    def number(self) -> Number:
        assert isinstance(self.target, Number)  # noqa: S101 - the table of operations says so
        return self.target

    @property
    def waba(self) -> Waba:
        assert isinstance(self.target, Waba)  # noqa: S101 - as above
        return self.target


def waba_of(target: Target) -> Waba | None:
    match target:
        case Waba():
            return target
        case Number() | Template():
            return target.waba
        case Stored():
            return target.number.waba
    return None


def fields(given: Given, all_fields: Json, default: str) -> Json:
    """`fields=a,b` of an object; the id always."""
    wanted = (given.text("fields") or default).replace(" ", "").split(",")
    for name in wanted:
        if name.partition("{")[0] not in all_fields:
            raise GraphError(100, f"Tried accessing nonexisting field ({name})")
    found = {name: all_fields[name] for name in wanted if all_fields[name] is not None}
    return {**found, "id": all_fields["id"]}
