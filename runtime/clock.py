"""Between stored milliseconds and the datetimes that events carry."""

from datetime import UTC, datetime


def utc(millis: int) -> datetime:
    """The moment, aware of its zone."""
    return datetime.fromtimestamp(millis / 1000, UTC)
