"""Who gets a session: schedules in wall time, through changes of the clocks, and a fair choice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from handoff.routing import (
    ALWAYS,
    DAY,
    WEEKDAYS,
    Candidate,
    Schedule,
    ScheduleError,
    Span,
    choose,
    next_present,
    next_shift,
    on_shift,
)

BERLIN = "Europe/Berlin"
MINUTE = timedelta(minutes=1)
OFFICE = Schedule.from_dict(
    {
        "timezone": BERLIN,
        "hours": {day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in WEEKDAYS[:5]},
        "holidays": ["2026-12-25"],
    }
)


def local(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def weekly(zone: str = BERLIN, **hours: list[list[str]]) -> Schedule:
    return Schedule.from_dict({"timezone": zone, "hours": hours})


def minutes_on(schedule: Schedule, start: datetime, hours: int) -> int:
    """How many minutes somebody with this schedule works, counted one by one."""
    begin = start.astimezone(UTC)
    return sum(on_shift(schedule, begin + n * MINUTE) for n in range(hours * 60))


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-11-23T08:59:59.999", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T12:29:59", True),
        ("2026-11-23T12:30", False),
        ("2026-11-23T13:00", True),
        ("2026-11-23T17:00", False),
        ("2026-11-22T10:00", False),  # a Sunday
        ("2026-12-25T10:00", False),  # a holiday, on a Friday
    ],
)
def test_hours_are_wall_time_from_until_before(at: str, there: bool) -> None:
    assert on_shift(OFFICE, local(at)) is there
    assert on_shift(OFFICE, local(at).astimezone(ZoneInfo("Asia/Tokyo"))) is there


def test_an_empty_schedule_is_always() -> None:
    assert on_shift(ALWAYS, local("2026-12-25T03:00"))
    assert Schedule.from_dict({}) == ALWAYS
    assert ALWAYS.to_dict() == {}


def test_without_hours_only_holidays_are_free() -> None:
    schedule = Schedule.from_dict({"timezone": BERLIN, "holidays": ["2026-12-25", "2026-12-26"]})
    assert on_shift(schedule, local("2026-12-24T23:59"))
    assert not on_shift(schedule, local("2026-12-25T00:00"))
    assert next_shift(schedule, local("2026-12-25T12:00")) == local("2026-12-27T00:00")


def test_a_shift_over_midnight_belongs_to_its_evening() -> None:
    night = Schedule.from_dict(
        {
            "timezone": BERLIN,
            "hours": {"friday": [["22:00", "06:00"]]},
            "holidays": ["2026-11-28", "2026-12-04"],
        }
    )
    assert on_shift(night, local("2026-11-28T05:59"))  # the free Saturday begins after it
    assert not on_shift(night, local("2026-11-28T06:00"))
    assert not on_shift(night, local("2026-12-04T23:00"))
    assert not on_shift(night, local("2026-12-05T05:00"))
    assert not on_shift(night, local("2026-11-27T05:00"))


@pytest.mark.parametrize(
    ("schedule", "day", "minutes"),
    [
        # Clocks jump from 02:00 to 03:00.
        (weekly(sunday=[["00:00", "08:00"]]), "2026-03-29", 7 * 60),
        (weekly(sunday=[["02:15", "02:45"]]), "2026-03-29", 0),
        (weekly(sunday=[["02:30", "04:00"]]), "2026-03-29", 60),
        (weekly(sunday=[["01:00", "02:30"]]), "2026-03-29", 60),
        (weekly(saturday=[["22:00", "06:00"]]), "2026-03-28", 7 * 60),
        # Clocks show 02:00 to 03:00 twice: one stretch, which ends at the first 02:30.
        (weekly(sunday=[["00:00", "08:00"]]), "2026-10-25", 9 * 60),
        (weekly(sunday=[["01:00", "02:30"]]), "2026-10-25", 90),
        (weekly(sunday=[["02:30", "03:00"]]), "2026-10-25", 90),
        (weekly(saturday=[["22:00", "06:00"]]), "2026-10-24", 9 * 60),
        # In Cairo there is no midnight that night.
        (weekly("Africa/Cairo", friday=[["00:00", "08:00"]]), "2026-04-24", 7 * 60),
        (weekly("Africa/Cairo", thursday=[["20:00", "24:00"]]), "2026-04-23", 4 * 60),
        # Samoa left a whole Friday out.
        (weekly("Pacific/Apia", friday=[["09:00", "17:00"]]), "2011-12-29", 0),
    ],
)
def test_a_shift_is_one_stretch_whatever_clocks_do(
    schedule: Schedule, day: str, minutes: int
) -> None:
    start = local(f"{day}T00:00", schedule.timezone) - timedelta(hours=1)
    assert minutes_on(schedule, start, 35) == minutes


def test_the_next_shift_is_in_its_own_zone_and_knows_the_clocks() -> None:
    early = weekly(sunday=[["02:30", "04:00"]])
    found = next_shift(early, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert found is not None
    assert found.isoformat() == "2026-03-29T03:00:00+02:00"
    over_holiday = next_shift(OFFICE, local("2026-12-24T17:00"))
    assert over_holiday == local("2026-12-28T09:00")
    assert next_shift(OFFICE, local("2026-11-23T12:45")) == local("2026-11-23T13:00")


def test_who_is_there_comes_at_once_and_who_never_works_never() -> None:
    now = local("2026-11-23T10:00")
    assert next_shift(OFFICE, now) == now
    never = weekly("Etc/UTC", monday=[["09:00", "10:00"]])
    mondays = [date(2026, 11, 23) + timedelta(weeks=n) for n in range(20)]
    free = Schedule(timezone="Etc/UTC", hours=never.hours, holidays=frozenset(mondays))
    assert next_shift(free, now) == datetime(2027, 4, 12, 9, tzinfo=UTC)


spans = st.builds(Span, start=st.integers(0, DAY - 1), end=st.integers(1, DAY)).filter(
    lambda span: span.start != span.end
)
zones = st.sampled_from(
    [BERLIN, "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC"]
)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
schedules = st.builds(
    Schedule,
    timezone=zones,
    hours=st.lists(
        st.lists(spans, max_size=3).map(lambda some: tuple(sorted(some))), min_size=7, max_size=7
    ).map(tuple),
    holidays=st.frozensets(days, max_size=5),
)
# Every change of the clocks of three years is in there.
moments = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
thorough = settings(max_examples=300, deadline=None, database=None)


@thorough
@given(schedule=schedules)
def test_what_is_written_is_read_again(schedule: Schedule) -> None:
    says_nothing = not schedule.has_hours and not schedule.holidays
    assert Schedule.from_dict(schedule.to_dict()) == (ALWAYS if says_nothing else schedule)


@thorough
@given(schedule=schedules, at=moments)
def test_at_the_next_shift_somebody_is_there_and_not_before(
    schedule: Schedule, at: datetime
) -> None:
    found = next_shift(schedule, at)
    assert found is not None
    assert found >= at
    assert on_shift(schedule, found)
    assert (found == at) is on_shift(schedule, at)
    assume(found > at)
    assert not on_shift(schedule, found - timedelta(microseconds=1))
    for part in range(1, 8):
        assert not on_shift(schedule, at + (found - at) * part / 8)


@thorough
@given(schedule=schedules, at=moments)
def test_away_from_changes_of_the_clocks_it_is_what_the_wall_says(
    schedule: Schedule, at: datetime
) -> None:
    zone = ZoneInfo(schedule.timezone)
    wall = at.astimezone(zone)
    assume(
        all((at + timedelta(days=n)).astimezone(zone).utcoffset() == wall.utcoffset()
            for n in (-2, 2))
    )  # fmt: skip
    expected = False
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        seconds = (wall.replace(tzinfo=None) - datetime.combine(day, datetime.min.time())) / MINUTE
        planned = schedule.hours[day.weekday()] if schedule.has_hours else (Span(start=0, end=DAY),)
        for span in planned if day not in schedule.holidays else ():
            end = span.end if span.end > span.start else span.end + DAY
            expected = expected or span.start <= seconds < end
    assert on_shift(schedule, at) is expected


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([], "schedule"),
        ({"days": {}}, "days"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "Europe"}, "timezone"),
        ({"timezone": 3}, "timezone"),
        ({"hours": {"monday": [["09:00", "17:00"]]}}, "timezone"),
        ({"timezone": BERLIN, "hours": []}, "hours"),
        ({"timezone": BERLIN, "hours": {"monday": []}}, "hours"),
        ({"timezone": BERLIN, "hours": {"mon": []}}, "hours.mon"),
        ({"timezone": BERLIN, "hours": {"monday": "9-17"}}, "hours.monday"),
        ({"timezone": BERLIN, "hours": {"monday": [["09:00"]]}}, "hours.monday.0"),
        ({"timezone": BERLIN, "hours": {"monday": [["9:00", "17:00"]]}}, "hours.monday.0"),
        ({"timezone": BERLIN, "hours": {"monday": [["09:00", "25:00"]]}}, "hours.monday.0"),
        ({"timezone": BERLIN, "hours": {"monday": [["24:00", "08:00"]]}}, "hours.monday.0"),
        ({"timezone": BERLIN, "hours": {"monday": [["09:00", "09:00"]]}}, "hours.monday.0"),
        ({"timezone": BERLIN, "holidays": "2026-12-25"}, "holidays"),
        ({"timezone": BERLIN, "holidays": ["2026-12-25", "xmas"]}, "holidays.1"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(given: Any, field: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        Schedule.from_dict(given)
    assert refused.value.field == field


NOW = local("2026-11-23T10:00")
AWAY = weekly(tuesday=[["09:00", "17:00"]])


def test_the_fewest_open_sessions_come_first_then_who_waited_longest_then_the_id() -> None:
    busy = Candidate(id="a", open_sessions=2)
    just_now = Candidate(id="b", open_sessions=1, assigned_at=NOW)
    long_ago = Candidate(id="d", open_sessions=1, assigned_at=NOW - timedelta(hours=1))
    same = Candidate(id="c", open_sessions=1, assigned_at=NOW - timedelta(hours=1))
    never = Candidate(id="z", open_sessions=1)
    assert choose([busy, just_now, long_ago, same, never], NOW) == "z"
    assert choose([busy, just_now, long_ago, same], NOW) == "c"
    assert choose([busy, just_now], NOW) == "b"
    assert choose([busy], NOW) == "a"


def test_who_is_away_full_or_unavailable_gets_nothing() -> None:
    away = Candidate(id="a", schedule=AWAY)
    full = Candidate(id="b", open_sessions=3, limit=3)
    viewer = Candidate(id="c", available=False)
    assert choose([away, full, viewer], NOW) is None
    assert choose([], NOW) is None
    assert next_present([away, viewer], NOW) == local("2026-11-24T09:00")
    assert next_present([viewer], NOW) is None


candidates = st.lists(
    st.builds(
        Candidate,
        id=st.sampled_from("abcdef"),
        schedule=st.just(ALWAYS) | schedules,
        available=st.booleans(),
        open_sessions=st.integers(0, 4),
        limit=st.none() | st.integers(1, 4),
        assigned_at=st.none() | moments,
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)


@thorough
@given(some=candidates, at=moments, data=st.data())
def test_the_choice_is_allowed_fair_and_the_same_in_any_order(
    some: list[Candidate], at: datetime, data: st.DataObject
) -> None:
    chosen = choose(some, at)
    able = {
        one.id: one.open_sessions
        for one in some
        if one.available
        and on_shift(one.schedule, at)
        and one.open_sessions < (one.limit or DAY)
    }  # fmt: skip
    assert chosen in able if able else chosen is None
    assert chosen is None or able[chosen] == min(able.values())
    assert choose(data.draw(st.permutations(some)), at) == chosen
