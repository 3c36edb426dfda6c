"""Which operator gets a session that was handed over: who is on shift, and has the fewest open.

A schedule says when an operator works, in the wall time of his zone. A shift belongs to the day on
which it begins, for weekdays and for holidays alike, so one that runs over midnight is the evening's.
Wall time is no time: an hour may be missing or come twice. Here a wall time means the first moment at
which clocks there show it or a later one; so a shift is one stretch, whatever clocks do during it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = 24 * 60
MAX_SPANS = 24
MAX_HOLIDAYS = 1000
_FIELDS = {"timezone", "hours", "holidays"}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


class ScheduleError(ValueError):
    """Whoever wrote the schedule must mend `field`, such as `hours.monday.0`."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Span:
    """From `start` until before `end`, in minutes of a local day; an `end` that is not after `start` is
    the next day's.
    """

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When an operator works. Without hours: around the clock, holidays excepted."""

    timezone: str = "UTC"
    hours: tuple[tuple[Span, ...], ...] = ((),) * len(WEEKDAYS)
    """Monday first."""
    holidays: frozenset[date] = frozenset()

    @property
    def has_hours(self) -> bool:
        return any(self.hours)

    @classmethod
    def from_dict(cls, given: object) -> "Schedule":
        """Reads `{"timezone": "Europe/Berlin", "hours": {"monday": [["09:00", "17:30"]]},
        "holidays": ["2026-12-25"]}`; `{}` is always. Raises `ScheduleError`.
        """
        if not isinstance(given, dict):
            raise ScheduleError("schedule", "This is not an object.")
        for name in given:
            if name not in _FIELDS:
                raise ScheduleError(str(name), "There is no such field.")
        hours = _hours(given.get("hours", {}))
        holidays = _holidays(given.get("holidays", []))
        if "timezone" not in given and (any(hours) or holidays):
            raise ScheduleError("timezone", "Hours and holidays need one, such as Europe/Berlin.")
        zone = _zone_name(given.get("timezone", "UTC"))
        return cls(timezone=zone, hours=hours, holidays=holidays)

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` reads, without what says nothing."""
        if not self.has_hours and not self.holidays:
            return {}
        hours = {
            weekday: [[_shown(span.start), _shown(span.end)] for span in spans]
            for weekday, spans in zip(WEEKDAYS, self.hours, strict=True)
            if spans
        }
        holidays = [day.isoformat() for day in sorted(self.holidays)]
        return {"timezone": self.timezone, "hours": hours, "holidays": holidays}


ALWAYS = Schedule()


def on_shift(schedule: Schedule, at: datetime) -> bool:
    """Whether somebody with this schedule works at this moment."""
    if not schedule.has_hours and not schedule.holidays:
        return True
    today = at.astimezone(ZoneInfo(schedule.timezone)).date()
    days = (today + timedelta(days=n) for n in (-1, 0, 1))
    return any(start <= at < end for day in days for start, end in _shifts(schedule, day))


def next_shift(schedule: Schedule, at: datetime) -> datetime | None:
    """From when on somebody with this schedule is there: `at` itself if he is; none if never. In the
    schedule's own zone.
    """
    zone = ZoneInfo(schedule.timezone)
    if on_shift(schedule, at):
        return at.astimezone(zone)
    today = at.astimezone(zone).date()
    weeks = len(schedule.holidays) + 3  # each holiday, and a jump of the clocks, may cost a week
    for n in range(weeks * len(WEEKDAYS)):
        later = [s for s, _ in _shifts(schedule, today + timedelta(days=n)) if s > at]
        if later:
            return min(later).astimezone(zone)
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An operator who might get a session."""

    id: str
    schedule: Schedule = ALWAYS
    available: bool = True
    """An active account, and no viewer's."""
    open_sessions: int = 0
    limit: int | None = None
    """With so many open ones he gets no more."""
    assigned_at: datetime | None = None
    """When he last got one from routing."""


def choose(candidates: Iterable[Candidate], at: datetime) -> str | None:
    """Who gets the next session, by id: of those who are there the one with the fewest open; among
    equals the one who got one longest ago.
    """
    return fairest(present(candidates, at))


def present(candidates: Iterable[Candidate], at: datetime) -> list[Candidate]:
    """Those who are on shift, however much they have to do."""
    return [one for one in candidates if one.available and on_shift(one.schedule, at)]


def fairest(candidates: Iterable[Candidate]) -> str | None:
    """Who of these gets the next session."""
    free = [one for one in candidates if one.limit is None or one.open_sessions < one.limit]
    return min(free, key=_turn).id if free else None


def next_present(candidates: Iterable[Candidate], at: datetime) -> datetime | None:
    """From when on anybody of them is there, in his own zone; none: never."""
    nexts = [next_shift(one.schedule, at) for one in candidates if one.available]
    return min((one for one in nexts if one is not None), default=None)


def _turn(one: Candidate) -> tuple[int, float, str]:
    last = 0.0 if one.assigned_at is None else one.assigned_at.timestamp()
    return one.open_sessions, last, one.id


def _shifts(schedule: Schedule, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Those that begin on this local day, in UTC; one that clocks jump over is no shift."""
    if day in schedule.holidays:
        return
    spans: Sequence[Span] = (Span(start=0, end=DAY),)
    if schedule.has_hours:
        spans = schedule.hours[day.weekday()]
    zone = ZoneInfo(schedule.timezone)
    for span in spans:
        end = span.end if span.end > span.start else span.end + DAY
        begins, ends = _moment(day, span.start, zone), _moment(day, end, zone)
        if begins < ends:
            yield begins, ends


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The first moment at which clocks there show this wall time or a later one."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # Clocks jump over it, between these two: at the jump the offset changes.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while moment - before > timedelta(seconds=1):
        middle = before + (moment - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            moment = middle
    return moment


def _zone_name(given: object) -> str:
    if not isinstance(given, str):
        raise ScheduleError("timezone", "This is not a name, such as Europe/Berlin.")
    try:
        ZoneInfo(given)
    except (LookupError, ValueError, OSError):
        raise ScheduleError(
            "timezone", f"There is no time zone {given[:50]!r}; one is Europe/Berlin."
        ) from None
    return given


def _hours(given: object) -> tuple[tuple[Span, ...], ...]:
    if not isinstance(given, dict):
        raise ScheduleError("hours", "This is not an object of weekdays.")
    for name in given:
        if name not in WEEKDAYS:
            raise ScheduleError(f"hours.{name}", "There is no such weekday; one is monday.")
    hours = tuple(_spans(f"hours.{name}", given.get(name, [])) for name in WEEKDAYS)
    if given and not any(hours):
        raise ScheduleError("hours", "No hour is left; disable the operator, or leave hours out.")
    return hours


def _spans(field: str, given: object) -> tuple[Span, ...]:
    if not isinstance(given, list) or len(given) > MAX_SPANS:
        raise ScheduleError(field, f"This is not a list of at most {MAX_SPANS} pairs.")
    return tuple(sorted(_span(f"{field}.{n}", one) for n, one in enumerate(given)))


def _span(field: str, given: object) -> Span:
    match given:
        case [str(start), str(end)] if _CLOCK.fullmatch(start) and _CLOCK.fullmatch(end):
            span = Span(start=_minutes(start), end=_minutes(end))
        case _:
            raise ScheduleError(field, 'This is not a pair of times, such as ["09:00", "17:30"].')
    if span.start == DAY:
        raise ScheduleError(field, "A shift cannot begin at 24:00; it begins at 00:00.")
    if span.start == span.end:
        raise ScheduleError(field, "It ends when it begins; a whole day is 00:00 to 24:00.")
    return span


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _shown(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _holidays(given: object) -> frozenset[date]:
    if not isinstance(given, list) or len(given) > MAX_HOLIDAYS:
        raise ScheduleError("holidays", f"This is not a list of at most {MAX_HOLIDAYS} dates.")
    return frozenset(_holiday(f"holidays.{n}", one) for n, one in enumerate(given))


def _holiday(field: str, given: object) -> date:
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise ScheduleError(field, "This is not a date, such as 2026-12-25.") from None
