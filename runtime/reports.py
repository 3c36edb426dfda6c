"""STATION. Reports for whoever leads: what became of sessions and suggestions, day by day or week by week.

It only reads. Days are those of a time zone. Every row is asked of an index by its own span, so that no
question holds a connection for long; what is said of the whole is made of the rows.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from runtime import calendar
from runtime.storage import reports
from runtime.storage.ids import Millis
from runtime.storage.reports import Outcomes, Span, Suggested
from runtime.storage.work import Store

T = TypeVar("T")
Of = tuple[date, date]
"""The first and the last day of a row, both included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which sessions a report is about: those of the days from `first` to `last`, both included."""

    first: date
    last: date
    group: calendar.Group
    zone: ZoneInfo
    filters: Mapping[str, str]

    def rows(self) -> Iterator[tuple[Of, Span]]:
        for first, end in calendar.spans(self.first, self.last, self.group):
            yield (first, end - timedelta(days=1)), self._span(first, end)

    @property
    def whole(self) -> Span:
        return self._span(self.first, self.last + timedelta(days=1))

    def _span(self, first: date, end: date) -> Span:
        begins, ends = (calendar.begin(day, self.zone) for day in (first, end))
        return Span(begins, ends, self.filters)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """How long first words took, in milliseconds; percentiles by nearest rank, none if nobody spoke."""

    count: int
    p50: Millis | None
    p90: Millis | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """How many sessions were opened: by row and channel, and by weekday (Monday is 0) and hour."""

    channels: Mapping[tuple[Of, str], int]
    hours: Mapping[tuple[int, int], int]


class Reports:
    """One for the process. Every method raises `Unavailable`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sessions(self, asked: Asked) -> tuple[list[tuple[Of, Outcomes]], Outcomes]:
        """What became of them."""
        rows = await self._rows(asked, reports.outcomes)
        total = [sum(column) for column in zip(*(found for _, found in rows), strict=True)]
        return rows, Outcomes(*total)

    async def replies(
        self, asked: Asked
    ) -> tuple[list[tuple[Of, dict[str, Wait]]], dict[str, Wait]]:
        """How long customers waited for first words: of the `agent`, and of a `human`."""
        told: list[tuple[Of, dict[str, Wait]]] = []
        every: dict[str, list[Millis]] = {"agent": [], "human": []}
        for of, span in asked.rows():
            took = {who: await self._read(_waits(who), span) for who in every}
            told.append((of, {who: _wait(found) for who, found in took.items()}))
            for who, found in took.items():
                every[who] += found
        return told, {who: _wait(sorted(found)) for who, found in every.items()}

    async def handovers(
        self, asked: Asked
    ) -> tuple[list[tuple[Of, Counter[str]]], Counter[tuple[str, str]]]:
        """How many people were wanted by whom; and by whom for which reason."""
        told: list[tuple[Of, Counter[str]]] = []
        every: Counter[tuple[str, str]] = Counter()
        for of, found in await self._rows(asked, reports.reasons):
            by: Counter[str] = Counter()
            for who, reason, many in found:
                by[who] += many
                every[who, reason] += many
            told.append((of, by))
        return told, every

    async def suggestions(self, asked: Asked) -> tuple[list[tuple[Of, Suggested]], list[Suggested]]:
        """What became of them, by agent."""
        found = await self._rows(asked, reports.suggested)
        told = [(of, one) for of, of_agents in found for one in of_agents]
        every: dict[str, Suggested] = {}
        for _, one in told:
            before = every.get(one.agent_id)
            sums = [a + b for a, b in zip(before[1:], one[1:], strict=True)] if before else one[1:]
            every[one.agent_id] = Suggested(one.agent_id, *sums)
        return told, [every[agent_id] for agent_id in sorted(every)]

    async def volume(self, asked: Asked) -> Volume:
        """When sessions are opened, and on which channels."""
        slots = await self._read(reports.slots, asked.whole)
        of_day = {day: of for of, _ in asked.rows() for day in _days(*of)}
        channels: Counter[tuple[Of, str]] = Counter()
        hours: Counter[tuple[int, int]] = Counter()
        for at, channel_id, many in slots:
            there = calendar.there(at, asked.zone)
            channels[of_day[there.date()], channel_id] += many
            hours[there.weekday(), there.hour] += many
        return Volume(channels=channels, hours=hours)

    async def _rows(self, asked: Asked, ask: Callable[..., T]) -> list[tuple[Of, T]]:
        return [(of, await self._read(ask, span)) for of, span in asked.rows()]

    async def _read(self, ask: Callable[..., T], span: Span) -> T:
        return await self._store.read(lambda tx: ask(tx, span))


def _waits(who: str) -> Callable[..., list[Millis]]:
    return lambda tx, span: reports.waits(tx, who, span)


def _wait(rising: Sequence[Millis]) -> Wait:
    return Wait(count=len(rising), p50=_percentile(rising, 50), p90=_percentile(rising, 90))


def _percentile(rising: Sequence[Millis], percent: int) -> Millis | None:
    """The least value that `percent` of a hundred do not exceed."""
    if not rising:
        return None
    return rising[-(-percent * len(rising) // 100) - 1]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
