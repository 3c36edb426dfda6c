"""Reports, by API: sessions, first replies, hand-overs, suggestions and volume, as JSON or CSV.

A session counts on the day on which it was opened, a suggestion on the day on which it was made.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import pydantic
from aiohttp import web

from runtime import errors
from runtime.calendar import Group
from runtime.reports import Asked, Of, Wait
from runtime.storage import channels
from runtime.storage.operators import Role

from .api import Call, Endpoint, Model
from .keys import REPORTS, STORE
from .streams import CSV, row

DAYS = 800
"""The longest report."""
REASONS = 200
JSON = "application/json"
T = TypeVar("T")


class Wanted(Model):
    """The days from `from` to `to`, both included, as they are in `timezone`. Weeks begin on Monday; the
    first and the last may be cut.
    """

    from_: date = pydantic.Field(alias="from")
    to: date
    group: Group = Group.DAY
    timezone: str = pydantic.Field(default="UTC", max_length=64)
    agent_id: str = pydantic.Field(default="", max_length=100)
    channel_id: str = pydantic.Field(default="", max_length=100)
    format: Literal["json", "csv"] = "json"


class RowView(Model):
    """From the day `first` to the day `last`, both included."""

    first: date
    last: date


class OutcomesView(Model):
    """Sessions: `agent`, `operator`, `clock` (nobody wrote any more) and `outside` say who finished them.
    `handed_over`: people were wanted, or came. `contained`: finished, and no person ever was; of all that
    are finished that share is `containment`.
    """

    opened: int
    agent: int
    operator: int
    clock: int
    outside: int
    unfinished: int
    handed_over: int
    contained: int
    containment: float | None


class OutcomesRow(RowView, OutcomesView):
    pass


class SessionsReport(Model):
    rows: list[OutcomesRow]
    total: OutcomesView


class WaitView(Model):
    """Seconds; percentiles by nearest rank."""

    count: int
    p50: float | None
    p90: float | None


class RepliesView(Model):
    """`agent`: from the opening to its first words, where it spoke before any person. `human`: from the
    hand-over, or taking over, to a person's first words.
    """

    agent: WaitView
    human: WaitView


class RepliesRow(RowView, RepliesView):
    pass


class RepliesReport(Model):
    rows: list[RepliesRow]
    total: RepliesView


class HandoversRow(RowView):
    """How often people were wanted first, and by whom."""

    count: int
    agent: int
    customer: int
    operator: int
    outside: int


class ReasonView(Model):
    by: str
    reason: str
    count: int


class HandoversReport(Model):
    """`reasons`: the 200 most frequent ones of the whole time."""

    rows: list[HandoversRow]
    reasons: list[ReasonView]


class SuggestedView(Model):
    """`used`: sent as it was. `late`: written as a reply before control moved."""

    agent_id: str
    made: int
    late: int
    used: int
    edited: int
    dismissed: int
    overtaken: int
    ignored: int


class SuggestedRow(RowView, SuggestedView):
    pass


class SuggestionsReport(Model):
    """A row for each agent that suggested something then; `total`: of the whole time, by agent."""

    rows: list[SuggestedRow]
    total: list[SuggestedView]


class VolumeRow(RowView):
    channel_id: str
    channel: str
    opened: int


class HourView(Model):
    """`weekday`: Monday is 0."""

    weekday: int
    hour: int
    opened: int


class VolumeReport(Model):
    """A row for each channel that had any. `hours`: all 168 of a week."""

    rows: list[VolumeRow]
    hours: list[HourView]


async def sessions(call: Call) -> SessionsReport | web.Response:
    """Who finished them, how many were handed over, and how many needed no person."""
    rows, total = await call.app[REPORTS].sessions(_asked(call))
    report = SessionsReport(
        rows=[OutcomesRow(**_of(of), **_outcomes(found._asdict())) for of, found in rows],
        total=OutcomesView(**_outcomes(total._asdict())),
    )
    return _answer(call, report, report.rows)


async def replies(call: Call) -> RepliesReport | web.Response:
    """How long customers waited for first words: of the agent, and of a person."""
    rows, total = await call.app[REPORTS].replies(_asked(call))
    report = RepliesReport(
        rows=[RepliesRow(**_of(of), **_waits(found)) for of, found in rows],
        total=RepliesView(**_waits(total)),
    )
    return _answer(call, report, report.rows)


async def handovers(call: Call) -> HandoversReport | web.Response:
    """Who wanted people, and why. As CSV: the reasons."""
    rows, reasons = await call.app[REPORTS].handovers(_asked(call))
    report = HandoversReport(
        rows=[HandoversRow(**_of(of), **_counts(found)) for of, found in rows],
        reasons=[
            ReasonView(by=by, reason=reason, count=many)
            for (by, reason), many in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))[
                :REASONS
            ]
        ],
    )
    return _answer(call, report, report.reasons)


async def suggestions(call: Call) -> SuggestionsReport | web.Response:
    """What operators did with them, by agent."""
    rows, total = await call.app[REPORTS].suggestions(_asked(call))
    report = SuggestionsReport(
        rows=[SuggestedRow(**_of(of), **one._asdict()) for of, one in rows],
        total=[SuggestedView(**one._asdict()) for one in total],
    )
    return _answer(call, report, report.rows)


async def volume(call: Call) -> VolumeReport | web.Response:
    """How many were opened, by channel and by hour of the week."""
    found = await call.app[REPORTS].volume(_asked(call))
    names: dict[str, str] = {one.id: one.name for one in await call.app[STORE].read(channels.every)}
    report = VolumeReport(
        rows=[
            VolumeRow(**_of(of), channel_id=id_, channel=names.get(id_, ""), opened=many)
            for (of, id_), many in sorted(found.channels.items())
        ],
        hours=[
            HourView(weekday=day, hour=hour, opened=found.hours.get((day, hour), 0))
            for day in range(7)
            for hour in range(24)
        ],
    )
    return _answer(call, report, report.rows)


def _asked(call: Call) -> Asked:
    wanted: Wanted = call.query
    if not 0 <= (wanted.to - wanted.from_).days < DAYS:
        raise errors.Invalid(f"to: it is a day from `from` on, at most {DAYS} days in all.")
    if not (date(1970, 1, 3) <= wanted.from_ and wanted.to <= date(9000, 1, 1)):
        raise errors.Invalid("from: there is no such day in our calendar.")
    named = {"agent_id": wanted.agent_id, "channel_id": wanted.channel_id}
    return Asked(
        first=wanted.from_,
        last=wanted.to,
        group=wanted.group,
        zone=_zone(wanted.timezone),
        filters={name: value for name, value in named.items() if value},
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise errors.Invalid("timezone: there is none of this name.") from None


def _of(of: Of) -> dict[str, Any]:
    return {"first": of[0], "last": of[1]}


def _counts(found: Counter[str]) -> dict[str, Any]:
    who = ("agent", "customer", "operator", "outside")
    return {"count": found.total(), **{name: found[name] for name in who}}


def _outcomes(found: Mapping[str, int]) -> dict[str, Any]:
    finished = found["opened"] - found["unfinished"]
    share = round(found["contained"] / finished, 4) if finished else None
    return {**found, "containment": share}


def _waits(found: Mapping[str, Wait]) -> dict[str, Any]:
    return {
        who: WaitView(count=one.count, p50=_seconds(one.p50), p90=_seconds(one.p90))
        for who, one in found.items()
    }


def _seconds(millis: int | None) -> float | None:
    return None if millis is None else millis / 1000


def _answer(call: Call, report: T, rows: Iterable[Model]) -> T | web.Response:
    if call.query.format == "json":
        return report
    tables = [_flat(one.model_dump(mode="json")) for one in rows]
    lines = [row(tables[0])] if tables else []
    lines += [row(one.values()) for one in tables]
    name = call.request.path.rpartition("/")[2]
    return web.Response(
        text="".join(lines),
        content_type=CSV,
        headers={
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f'attachment; filename="{name}.csv"',
        },
    )


def _flat(found: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Groups become columns such as `agent_p50`."""
    cells: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            cells |= _flat(value, f"{prefix}{name}_")
        else:
            cells[f"{prefix}{name}"] = value
    return cells


ENDPOINTS = [
    Endpoint(
        method="GET",
        path=f"/reports/{handler.__name__}",
        handler=handler,
        least=Role.VIEWER,
        query=Wanted,
        answer=answer,
        gives=(JSON, CSV),
    )
    for handler, answer in (
        (sessions, SessionsReport),
        (replies, RepliesReport),
        (handovers, HandoversReport),
        (suggestions, SuggestionsReport),
        (volume, VolumeReport),
    )
]
