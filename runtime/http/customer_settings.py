"""What lists and profiles of customers are made of, by API: fields, tags, filters that are kept."""

from datetime import datetime
from typing import Annotated, Literal

import pydantic

from agents.facts import MAX_NAME, NAME, Field
from runtime import errors
from runtime.storage import audit, customers, fields, profiles
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from . import views
from .api import Call, Endpoint, Model, Nothing
from .customer_filter import CustomerFilter, condition
from .keys import STORE

_FILTER: pydantic.TypeAdapter[CustomerFilter] = pydantic.TypeAdapter(CustomerFilter)
Choice = Annotated[str, pydantic.Field(max_length=customers.MAX_FACT, pattern=r"\S")]


class CustomerField(Model):
    """A fact that has a title. Agents are told of it; what they learn under its `name` is its value.
    `type` is how people enter it: `date` is ISO 8601, `yes_no` is `yes` or `no`.
    """

    name: str = pydantic.Field(max_length=MAX_NAME, pattern=NAME)
    title: str = pydantic.Field(max_length=100, pattern=r"\S")
    type: Literal["text", "number", "date", "yes_no", "choice"] = "text"
    choices: list[Choice] = pydantic.Field(default=[], max_length=100)

    @pydantic.model_validator(mode="after")
    def _sound(self) -> "CustomerField":
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("choices: a choice has some, and nothing else has")
        return self


class CustomerFields(Model):
    """In the order in which they are shown."""

    items: list[CustomerField] = pydantic.Field(max_length=customers.MAX_FACTS)

    @pydantic.model_validator(mode="after")
    def _distinct(self) -> "CustomerFields":
        names = [one.name.casefold() for one in self.items]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"items: {twice} is there twice")
        return self


class TagsView(Model):
    items: list[str]


class NewCustomerFilter(Model):
    name: str = pydantic.Field(max_length=100, pattern=r"\S")
    filter: CustomerFilter


class CustomerFilterView(Model):
    id: str
    name: str
    filter: CustomerFilter
    operator_id: str | None
    created_at: datetime


class CustomerFiltersView(Model):
    items: list[CustomerFilterView]


async def many(call: Call) -> CustomerFields:
    """The fields that customers have."""
    return _fields(await call.app[STORE].read(fields.many))


async def put(call: Call) -> CustomerFields:
    """These fields and no others. What customers have in one that is taken away is kept, as a fact."""
    given: CustomerFields = call.body
    rows = [Field(one.name, one.title.strip(), one.type, one.choices) for one in given.items]

    def unit(tx: Tx) -> None:
        fields.put(tx, rows)
        named = {"fields": [one.name for one in rows]}
        audit.note(tx, call.operator.id, "customer.fields", "", named)

    await call.app[STORE].write(unit)
    return _fields(rows)


async def tags(call: Call) -> TagsView:
    """Every tag that any customer has ever had."""
    return TagsView(items=await call.app[STORE].read(profiles.tags))


async def kept(call: Call) -> CustomerFiltersView:
    """Filters that somebody kept, for everybody."""
    found = await call.app[STORE].read(fields.kept)
    return CustomerFiltersView(items=[_kept(one) for one in found])


async def keep(call: Call) -> CustomerFilterView:
    """Keep a filter under a name of its own."""
    given: NewCustomerFilter = call.body
    condition(given.filter)
    name, stored = given.name.strip(), given.filter.model_dump_json()

    def unit(tx: Tx) -> fields.Kept:
        id_ = fields.keep(tx, name, stored, call.operator.id)
        if id_ is None:
            raise errors.Conflict(f"There is a filter named {name} already.", code="name_taken")
        return fields.Kept(id_, name, stored, call.operator.id, tx.now)

    return _kept(await call.app[STORE].write(unit))


async def drop(call: Call) -> Nothing:
    """Delete a filter that was kept: one's own; admins any."""
    filter_id = call.path["filter_id"]

    def unit(tx: Tx) -> None:
        found = next((one for one in fields.kept(tx) if one.id == filter_id), None)
        if found is None:
            raise errors.NotFound("There is no such filter.")
        if found.operator_id != call.operator.id and call.operator.role != Role.ADMIN:
            raise errors.Forbidden("A filter is deleted by who kept it, or by an admin.")
        fields.drop(tx, filter_id)

    await call.app[STORE].write(unit)
    return Nothing()


def _fields(rows: list[Field]) -> CustomerFields:
    return CustomerFields.model_validate({"items": [one._asdict() for one in rows]})


def _kept(one: fields.Kept) -> CustomerFilterView:
    return CustomerFilterView(
        id=one.id,
        name=one.name,
        filter=_FILTER.validate_json(one.filter),
        operator_id=one.operator_id,
        created_at=views.time(one.created_at),
    )


_FILTERS = "/customer-filters"
ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/customer-fields",
        handler=many,
        least=Role.VIEWER,
        answer=CustomerFields,
    ),
    Endpoint(
        method="PUT",
        path="/customer-fields",
        handler=put,
        least=Role.ADMIN,
        body=CustomerFields,
        answer=CustomerFields,
    ),
    Endpoint(method="GET", path="/customer-tags", handler=tags, least=Role.VIEWER, answer=TagsView),
    Endpoint(
        method="GET",
        path=_FILTERS,
        handler=kept,
        least=Role.VIEWER,
        answer=CustomerFiltersView,
    ),
    Endpoint(
        method="POST",
        path=_FILTERS,
        handler=keep,
        least=Role.OPERATOR,
        body=NewCustomerFilter,
        answer=CustomerFilterView,
        status=201,
        refusals=("name_taken",),
    ),
    Endpoint(
        method="DELETE",
        path=f"{_FILTERS}/{{filter_id}}",
        handler=drop,
        least=Role.OPERATOR,
        answer=Nothing,
    ),
]
