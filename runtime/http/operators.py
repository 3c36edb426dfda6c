"""Operators: who they are, for everybody; who may log in, and as what, for admins."""

import asyncio
from typing import Annotated, Literal

import pydantic

from runtime import staff
from runtime.storage import operators
from runtime.storage.ids import new_id
from runtime.storage.operators import Operator, Role
from runtime.storage.sql import Tx

from . import schedules, views
from .api import Call, Endpoint, Model, Page
from .keys import STORE
from .login import MAX_PASSWORD, MIN_PASSWORD, NAME
from .schedules import ScheduleView

Email = Annotated[str, pydantic.Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]
Name = Annotated[str, pydantic.Field(min_length=1, max_length=NAME)]
Password = Annotated[str, pydantic.Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)]


class NewOperator(Model):
    email: Email
    name: Name
    password: Password
    role: views.RoleName
    schedule: ScheduleView | None = None
    """When they are on shift; left out or empty: always."""


class OperatorChange(Model):
    """What is left out stays."""

    name: Name | None = None
    role: views.RoleName | None = None
    state: Literal["active", "disabled"] | None = None
    password: Password | None = None
    schedule: ScheduleView | None = None
    """When they are on shift; empty: always."""


class OperatorPage(Model):
    items: list[views.OperatorView]
    cursor: str | None
    """For the next page; none: that was all."""


async def list_(call: Call) -> OperatorPage:
    """Everybody who works here, by email; also who is disabled."""
    page: Page = call.query
    found = await call.app[STORE].read(lambda tx: operators.page(tx, page.cursor, page.limit + 1))
    items = found[: page.limit]
    more = len(found) > page.limit
    return OperatorPage(
        items=[views.operator(one) for one in items], cursor=items[-1].email if more else None
    )


async def create(call: Call) -> views.OperatorView:
    """Somebody new, who may log in at once."""
    given: NewOperator = call.body
    by = call.operator.id
    one = Operator(
        id=new_id(),
        email=given.email.lower(),
        name=given.name,
        role=given.role,
        schedule=schedules.stored(given.schedule) if given.schedule else "",
    )
    hashed = await asyncio.to_thread(operators.hashed, given.password)

    def unit(tx: Tx) -> None:
        staff.hire(tx, by, one, hashed)

    await call.app[STORE].write(unit)
    return views.operator(one)


async def change(call: Call) -> views.OperatorView:
    """A new role, password or state ends their logins; disabled, they lose tokens and conversations."""
    given: OperatorChange = call.body
    by, operator_id = call.operator.id, call.path["operator_id"]
    wanted: dict[str, str] = given.model_dump(include={"name", "role", "state"}, exclude_none=True)
    if given.schedule is not None:
        wanted["schedule"] = schedules.stored(given.schedule)
    if given.password is not None:
        wanted["password"] = await asyncio.to_thread(operators.hashed, given.password)

    def unit(tx: Tx) -> Operator:
        return staff.change(tx, by, operator_id, wanted)

    return views.operator(await call.app[STORE].write(unit))


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/operators",
        handler=list_,
        least=Role.VIEWER,
        query=Page,
        answer=OperatorPage,
    ),
    Endpoint(
        method="POST",
        path="/operators",
        handler=create,
        least=Role.ADMIN,
        body=NewOperator,
        answer=views.OperatorView,
        status=201,
        refusals=("email_taken",),
    ),
    Endpoint(
        method="PATCH",
        path="/operators/{operator_id}",
        handler=change,
        least=Role.ADMIN,
        body=OperatorChange,
        answer=views.OperatorView,
        refusals=("last_admin",),
    ),
]
