"""The list of customers, by API: pages, how many there are, and all of them as a file."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import pydantic
from aiohttp import web

from agents.facts import Field
from channels.identities import WORLDS
from runtime import errors
from runtime.storage import fields, filters, profiles
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from . import views
from .api import Call, Endpoint, Model, Page
from .cursors import packed, unpacked
from .customer_filter import CustomerFilter, condition
from .customers import CustomerView, shown
from .keys import STORE
from .sessions import QUERY
from .streams import CSV, row, streamed

FILE_PAGE = 200
_KEYS: dict[str, tuple[type, ...]] = {"name": (str, str), "talked": (int, str)}
_FILTER: pydantic.TypeAdapter[CustomerFilter] = pydantic.TypeAdapter(CustomerFilter)


class Which(Model):
    """`q`: each of its words begins a word of the name, or of an address. `filter`: a `CustomerFilter` as
    JSON.
    """

    q: str = pydantic.Field(default="", max_length=QUERY)
    filter: str = pydantic.Field(default="", max_length=8000)

    @pydantic.field_validator("filter")
    @classmethod
    def _read(cls, given: str) -> str:
        if given:
            _FILTER.validate_json(given)
        return given

    def condition(self) -> filters.Condition:
        asked = _FILTER.validate_json(self.filter) if self.filter else None
        return condition(asked, self.q.strip())


class Finding(Page, Which):
    """`order`: newest and oldest are when they were added, `talked` when they were last talked to."""

    cursor: str = pydantic.Field(default="", max_length=1000)
    order: Literal["newest", "oldest", "name", "talked"] = "newest"


class Table(Which):
    order: Literal["newest", "oldest", "name", "talked"] = "newest"


class CustomersView(Model):
    items: list[CustomerView]
    cursor: str | None


class CustomerNumberView(Model):
    """Not `exact`: about so many."""

    count: int
    exact: bool


async def many(call: Call) -> CustomersView:
    """Customers, page by page."""
    asked: Finding = call.query
    key = unpacked(asked.cursor, f"customers-{asked.order}", *_KEYS.get(asked.order, (str,)))
    if asked.order == "name" and key:
        key = (_text(key[0]), key[1])
    found, keys = await _page(call, asked.condition(), asked.order, key, asked.limit + 1)
    more = len(found) > asked.limit
    last = keys[asked.limit - 1] if more else ()
    if more and asked.order == "name":
        last = (last[0].encode().hex(), last[1])
    return CustomersView(
        items=[CustomerView(**shown(one)) for one in found[: asked.limit]],
        cursor=packed(f"customers-{asked.order}", *last) if more else None,
    )


async def count(call: Call) -> CustomerNumberView:
    """How many customers a filter finds; where counting would take long, about how many."""
    asked: Which = call.query
    wanted = asked.condition()
    found = await call.app[STORE].read(lambda tx: filters.count(tx, wanted))
    return CustomerNumberView(count=found.many, exact=found.exact)


async def export(call: Call) -> web.StreamResponse:
    """The customers that a filter finds, all of them, as CSV with a column for each field. No cell is ever
    a formula.
    """
    asked: Table = call.query
    return await streamed(call, _rows(call, asked.condition(), asked.order), CSV, "customers.csv")


async def _rows(call: Call, wanted: filters.Condition, order: filters.Order) -> AsyncIterator[str]:
    known = await call.app[STORE].read(fields.many)
    yield row((*COLUMNS, *(one.name for one in known)))
    key: tuple[Any, ...] = ()
    while True:
        found, keys = await _page(call, wanted, order, key, FILE_PAGE)
        yield "".join(row(_cells(one, known)) for one in found)
        if len(keys) < FILE_PAGE:
            return
        key = keys[-1]


async def _page(
    call: Call, wanted: filters.Condition, order: filters.Order, key: tuple[Any, ...], many: int
) -> tuple[list[profiles.Profile], list[tuple[Any, ...]]]:
    def unit(tx: Tx) -> tuple[list[profiles.Profile], list[tuple[Any, ...]]]:
        keys = filters.page(tx, wanted, order, key, many)
        return profiles.some(tx, [key[-1] for key in keys]), keys

    return await call.app[STORE].read(unit)


COLUMNS = (
    "id",
    "name",
    "language",
    "email",
    "phone",
    "other_addresses",
    "tags",
    "added_at",
    "talked_at",
    "open",
)


def _cells(one: profiles.Profile, known: list[Field]) -> list[Any]:
    """Several values of a cell stand side by side with a semicolon."""
    addresses: dict[str, list[str]] = {"email": [], "phone": [], "other": []}
    for i in one.identities:
        which = addresses[WORLDS.get(i.kind, "other")]
        value = i.value if i.kind in WORLDS else f"{i.kind}:{i.value}"
        if value not in which:
            which.append(value)
    return [
        one.id,
        one.name,
        one.language,
        *("; ".join(values) for values in addresses.values()),
        "; ".join(one.tags),
        views.time(one.created_at).isoformat(timespec="seconds"),
        views.time(one.talked_at).isoformat(timespec="seconds") if one.talked_at else "",
        one.open,
        *(one.facts.get(field.name, "") for field in known),
    ]


def _text(packed_: str) -> str:
    try:
        return bytes.fromhex(packed_).decode()
    except ValueError:
        raise errors.Invalid("cursor: it is not from this list.") from None


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/customers",
        handler=many,
        least=Role.VIEWER,
        query=Finding,
        answer=CustomersView,
    ),
    Endpoint(
        method="GET",
        path="/customers/count",
        handler=count,
        least=Role.VIEWER,
        query=Which,
        answer=CustomerNumberView,
    ),
    Endpoint(
        method="GET",
        path="/customers/export",
        handler=export,
        least=Role.VIEWER,
        query=Table,
        answer=str,
        gives=(CSV,),
    ),
]
