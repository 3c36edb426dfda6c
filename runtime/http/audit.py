"""The audit trail, for admins."""

from datetime import datetime

from runtime.storage import audit
from runtime.storage.operators import Role

from . import views
from .api import Call, Endpoint, Model, Page
from .keys import STORE


class ActView(Model):
    """One administrative act."""

    id: str
    operator_id: str | None
    """Who did it; none: somebody at the command line."""
    act: str
    target: str
    data: dict[str, object]
    at: datetime


class AuditPage(Model):
    items: list[ActView]
    cursor: str | None
    """For the next page; none: that was all."""


async def list_(call: Call) -> AuditPage:
    """Who changed what about operators, tokens, channels and agents; the newest first."""
    page: Page = call.query
    found = await call.app[STORE].read(lambda tx: audit.page(tx, page.cursor, page.limit + 1))
    items = [_act(one) for one in found[: page.limit]]
    return AuditPage(items=items, cursor=items[-1].id if len(found) > page.limit else None)


def _act(one: audit.Act) -> ActView:
    return ActView(
        id=one.id,
        operator_id=None if one.operator_id == audit.SHELL else one.operator_id,
        act=one.act,
        target=one.target,
        data=dict(one.data),
        at=views.time(one.at),
    )


ENDPOINTS = [
    Endpoint(
        method="GET", path="/audit", handler=list_, least=Role.ADMIN, query=Page, answer=AuditPage
    ),
]
