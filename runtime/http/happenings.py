"""What happened to a channel lately, by API: connected, refused, failed deliveries, unreadable bodies."""

from datetime import datetime
from typing import Literal

from runtime import errors
from runtime.storage import channels, happenings
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from . import views
from .api import Call, Endpoint, Model, Page
from .cursors import packed, unpacked
from .keys import STORE


class HappeningView(Model):
    """The same that happened `times` times in a row, from `at` to `last_at`. `level`: whether somebody
    must react. `session_id`: the conversation that it happened to last.
    """

    n: int
    kind: Literal[
        "started",
        "stopped",
        "connected",
        "retrying",
        "refused",
        "delivery_failed",
        "delivery_unknown",
        "unreadable",
        "automatic",
        "account",
    ]
    level: Literal["info", "warning", "error"]
    code: str
    """Of the platform's refusal; empty: there is none."""
    detail: str
    session_id: str | None
    times: int
    at: datetime
    last_at: datetime


class HappeningsView(Model):
    """The newest first. Kept for 30 days, at most 500 of each channel."""

    items: list[HappeningView]
    cursor: str | None


_LEVELS: dict[str, Literal["warning", "error"]] = {
    "retrying": "warning",
    "delivery_failed": "warning",
    "delivery_unknown": "warning",
    "account": "warning",
    "refused": "error",
    "unreadable": "error",
}


async def many(call: Call) -> HappeningsView:
    """Recent problems of this channel, and what became of its connection."""
    page: Page = call.query
    channel_id = call.path["channel_id"]
    (before,) = unpacked(page.cursor, "happenings", int) or (happenings.NEWEST,)

    def unit(tx: Tx) -> list[happenings.Happening]:
        if channels.get(tx, channel_id) is None:
            raise errors.NotFound("There is no such channel.")
        return happenings.page(tx, channel_id, before, page.limit + 1)

    found = await call.app[STORE].read(unit)
    shown = found[: page.limit]
    return HappeningsView(
        items=[_view(one) for one in shown],
        cursor=packed("happenings", shown[-1].n) if len(found) > len(shown) else None,
    )


def _view(one: happenings.Happening) -> HappeningView:
    return HappeningView(
        n=one.n,
        kind=one.kind,  # type: ignore[arg-type]  # a stored word
        level=_LEVELS.get(one.kind, "info"),
        code=one.code,
        detail=one.detail,
        session_id=one.session_id or None,
        times=one.times,
        at=views.time(one.at),
        last_at=views.time(one.last_at),
    )


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/channels/{channel_id}/log",
        handler=many,
        least=Role.VIEWER,
        query=Page,
        answer=HappeningsView,
    )
]
