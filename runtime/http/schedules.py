"""An operator's schedule on the wire: its shape here, its rules in `handoff.routing`."""

from collections.abc import Mapping
from typing import Annotated

import pydantic
from typing_extensions import TypedDict  # of `typing`, pydantic wants that of Python 3.12

from handoff.routing import MAX_HOLIDAYS, MAX_SPANS, Schedule, ScheduleError
from runtime import errors
from runtime.storage.sql import dumps, loads

from .api import Model

# Told to whoever reads the description; `handoff.routing` refuses the rest in better words.
Clock = Annotated[
    str, pydantic.Field(json_schema_extra={"pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"})
]
Day = Annotated[str, pydantic.Field(json_schema_extra={"format": "date"})]
Span = Annotated[list[Clock], pydantic.Field(min_length=2, max_length=2)]
Spans = Annotated[list[Span], pydantic.Field(max_length=MAX_SPANS)]


@pydantic.with_config(Model.model_config)
class HoursView(TypedDict, total=False):
    """From when to when, such as `["09:00", "17:30"]`; an end that is not after its start is the next
    day's. A weekday that is left out is free.
    """

    monday: Spans
    tuesday: Spans
    wednesday: Spans
    thursday: Spans
    friday: Spans
    saturday: Spans
    sunday: Spans


@pydantic.with_config(Model.model_config)
class ScheduleView(TypedDict, total=False):
    """When somebody is on shift; empty: always. Hours and holidays need a time zone."""

    timezone: str
    """Such as `Europe/Berlin`."""
    hours: HoursView
    """Without them only holidays are free."""
    holidays: Annotated[list[Day], pydantic.Field(max_length=MAX_HOLIDAYS)]


def stored(given: Mapping[str, object]) -> str:
    """As the database keeps it. Raises `Invalid`, which names the field."""
    try:
        return dumps(Schedule.from_dict(given).to_dict())
    except ScheduleError as error:
        field = f"schedule.{error.field}"
        wrong = [{"field": field, "message": error.detail}]
        raise errors.Invalid(f"{field}: {error.detail}", errors=wrong) from None


def shown(kept: str) -> ScheduleView | None:
    """None: it cannot be read, and its operator gets nothing until it is set again."""
    try:
        made: ScheduleView = Schedule.from_dict(loads(kept)).to_dict()  # type: ignore[assignment]  # its shape
    except ValueError:
        return None
    return made
