"""Times in queries."""

import re
from datetime import datetime
from typing import Annotated

import pydantic

from runtime.ledger import millis

from . import views

_FORMATS = ("date-time", "date")


def _written(given: object) -> object:
    """No number, which could be seconds or milliseconds since whenever."""
    if isinstance(given, str) and not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise ValueError("a date, or a time such as 2026-01-31T09:30:00Z")
    return given


def _utc(time: datetime) -> datetime:
    try:
        return views.time(millis(time))
    except OverflowError:
        raise ValueError("no such time in UTC") from None


Time = Annotated[
    datetime,
    pydantic.BeforeValidator(_written),
    pydantic.AfterValidator(_utc),
    pydantic.WithJsonSchema({"anyOf": [{"type": "string", "format": of} for of in _FORMATS]}),
]
"""Without a zone it is UTC."""
