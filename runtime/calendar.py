"""Days, weeks and hours as people somewhere count them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from runtime.storage.ids import Millis


class Group(StrEnum):
    """How long one row of a report is."""

    DAY = "day"
    WEEK = "week"
    """From Monday on."""


def begin(day: date, zone: ZoneInfo) -> Millis:
    """When a day begins there; where clocks skip midnight, when they first show that day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def spans(first: date, last: date, group: Group) -> Iterator[tuple[date, date]]:
    """The days or weeks from `first` to `last`, both included, as first day and the day after the last
    one; cut where the whole begins and ends.
    """
    end = last + timedelta(days=1)
    while first < end:
        after = first + timedelta(days=7 - first.weekday() if group is Group.WEEK else 1)
        yield first, min(after, end)
        first = min(after, end)


def there(at: Millis, zone: ZoneInfo) -> datetime:
    """What calendars and clocks show there."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
