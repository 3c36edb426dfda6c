"""A session is handed over: who gets it, what the customer hears meanwhile, and who is reminded."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.llm.offline import OfflineLlm
from emulators import telegram
from emulators.control import Fault
from handoff.routing import ALWAYS, WEEKDAYS, Schedule
from handoff.state import Mode
from runtime.storage import agents, operators
from runtime.storage.agents import Fallback, Settings
from runtime.storage.ids import new_id
from runtime.storage.sql import Row, Tx, dumps
from tests.operators import HASHED, desk, hire
from tests.servers import free_port
from tests.story import TOKEN, World, replica, settings, world

OFFICE = Schedule.from_dict(
    {
        "timezone": "Europe/Berlin",
        "hours": {day: [["09:00", "17:00"]] for day in ("monday", "tuesday", "wednesday")},
    }
)
PERSON = "I want to talk to a human"
MONDAY_7 = datetime(2026, 11, 23, 7, tzinfo=ZoneInfo("Europe/Berlin"))


def not_today() -> Schedule:
    """Works on one day of the week, some days from now."""
    day = WEEKDAYS[(datetime.now(UTC).weekday() + 3) % len(WEEKDAYS)]
    return Schedule.from_dict({"timezone": "UTC", "hours": {day: [["09:00", "17:00"]]}})


class Watch:
    """A clock that runs on from where a story sets it."""

    def __init__(self, at: datetime = MONDAY_7) -> None:
        self._ahead = 0
        self.set(at)

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead

    def set(self, at: datetime) -> None:
        self._ahead += int(at.timestamp() * 1000) - self()

    def move(self, minutes: float) -> None:
        self._ahead += int(minutes * 60_000)


async def employ(w: World, name: str, schedule: Schedule = ALWAYS, **more: Any) -> str:
    """An operator who is not at his desk; his id."""
    facts: dict[str, Any] = {"role": "operator", "schedule": dumps(schedule.to_dict()), **more}
    one = operators.Operator(id=new_id(), email=f"{name}@b.example", name=name, **facts)

    def unit(tx: Tx) -> str:
        operators.create(tx, one, HASHED)
        return one.id

    return await w.runtime.store.write(unit)


async def arrange(w: World, *default: str, **more: Any) -> None:
    """Settings of the agent."""
    chosen = Settings(default_operators=default, **more)
    await w.runtime.store.write(lambda tx: agents.set_settings(tx, "support", chosen))


async def controls(w: World) -> list[Row]:
    """Who changed control, in this order."""
    return await w.log("author_id", kind="control")


async def until_assigned(w: World, many: int = 1) -> list[Row]:
    """Mode and operator of each session, once so many have one."""

    def ready(rows: Sequence[Row]) -> bool:
        return sum(row[1] is not None for row in rows) == many

    return await w.until_rows(ready, "sessions", "mode", "operator_id")


async def look(w: World) -> None:
    """Routing has looked once more, as it does at every ring and every poll."""
    (loop,) = [one for one in w.runtime.loops if one.name == "routing"]
    await loop.round()


async def until_looked(w: World) -> Row:
    """When the waiting session will be looked at, once it was: since when it waits, when again,
    when it was reminded of.
    """
    columns = "waiting_since", "look_at", "reminded_at"
    clock = w.runtime.store.clock
    rows = await w.until_rows(lambda r: bool(r) and (r[0][1] or 0) > clock(), "sessions", *columns)
    return rows[0]


@pytest.mark.parametrize("mode", [Mode.HUMAN, Mode.COPILOT])
async def test_the_default_operator_on_shift_gets_what_the_agent_hands_over(
    database_url: str, tmp_path: Path, mode: Mode
) -> None:
    async with world(database_url, tmp_path, OfflineLlm()) as w:
        olga, away = await employ(w, "olga"), await employ(w, "away", not_today())
        await arrange(w, away, olga, assigned_mode=mode)
        w.write(PERSON)
        assert await until_assigned(w) == [(mode.value, olga)]
        assert await controls(w) == [("customer",), ("routing",)]
        await w.until(lambda: len(w.heard()) == 1, "the hand-over sentence")
        assert "colleague" in w.heard()[0]
        suggested = await w.until_rows(
            lambda rows: len(rows) == (mode is Mode.COPILOT), "suggestions", "late"
        )
        assert not any(late for (late,) in suggested)
        metrics = w.runtime.metrics.text().decode()
        assert "baton_assigned_seconds_count 1.0" in metrics


async def test_the_hand_over_sentence_is_said_even_if_somebody_is_assigned_before_it_leaves(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, OfflineLlm()) as w:
        await arrange(w, await employ(w, "olga"))
        later = Fault(kind="status", method="sendmessage", status=429, seconds=1)
        w.platform.telegram.control.faults.append(later)
        w.write(PERSON)
        await until_assigned(w)
        assert w.heard() == []
        await w.until(lambda: len(w.heard()) == 1, "the hand-over sentence")
        assert await w.rows("suggestions", "text") == []


async def test_two_replicas_spread_fifty_evenly_and_fill_nobody_above_his_limit(
    database_url: str, tmp_path: Path
) -> None:
    llm = OfflineLlm()
    async with telegram.running() as platform:
        bot = platform.telegram.add_bot(TOKEN, name="Story", limits=False)
        first, second = (
            settings(database_url, tmp_path, free_port(), poll_seconds=0.05) for _ in "ab"
        )
        async with replica(first, platform.url, llm) as one, replica(second, platform.url, llm):
            w = World(runtime=one, platform=platform, bot=bot, base=first.public_url)
            for n in range(50):
                w.write(PERSON, f"P{n}")
            await w.until_rows(lambda r: r == [("waiting",)] * 50, "sessions", "mode")
            team = [await employ(w, name) for name in ("olga", "paul", "rosa")]
            await arrange(w, *team, max_open=15)
            rows = await until_assigned(w, 45)
            assert Counter(operator for _, operator in rows if operator) == dict.fromkeys(team, 15)
            assert Counter(mode for mode, _ in rows) == {"human": 45, "waiting": 5}
            await arrange(w, *team)
            rows = await until_assigned(w, 50)
            assert sorted(Counter(operator for _, operator in rows).values()) == [16, 17, 17]


async def test_with_nobody_on_shift_the_customer_is_told_once_when_somebody_is(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    async with world(database_url, tmp_path, OfflineLlm(), clock=watch) as w:
        olga = await employ(w, "olga", OFFICE)
        await arrange(w, olga)
        w.write(PERSON)
        await w.until(lambda: len(w.heard()) == 2, "the hand-over sentence and the notice")
        assert "from Monday, 23 November, 09:00 (CET)" in w.heard()[1]
        await w.until_rows(lambda r: {s for (s,) in r} == {"sent"}, "deliveries", "state")
        watch.move(45)  # two reminders later
        await until_looked(w)
        w.write("Hello?")
        await look(w)
        assert await w.modes() == ["waiting"]
        watch.set(MONDAY_7.replace(hour=9))
        assert await until_assigned(w) == [("human", olga)]
        assert len(w.heard()) == 2


async def test_the_notice_is_in_the_customers_language_and_never_said_twice_in_the_same_words(
    sqlite_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    async with world(sqlite_url, tmp_path, OfflineLlm(), clock=watch) as w, desk(w) as paul:
        w.people["Uwe"] = w.platform.telegram.add_user("Uwe", language_code="de")
        await arrange(w, await employ(w, "rosa", OFFICE))
        w.write(PERSON, "Uwe")
        await w.until(lambda: len(w.heard("Uwe")) == 2, "the notice")
        assert "ab Montag, 23.11., 09:00 Uhr (CET)" in w.heard("Uwe")[1]
        ((id_,),) = await w.rows("sessions", "id")
        await paul.post(f"/sessions/{id_}/takeover")
        await paul.post(f"/sessions/{id_}/return")
        await paul.post(f"/sessions/{id_}/handover")
        await until_looked(w)
        notices = [a for (a,) in await w.log("author_id", kind="message") if "shift" in a]
        assert notices == ["nobody_on_shift"]


async def test_nobody_is_promised_where_nobody_will_ever_come(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, OfflineLlm()) as w:
        gone = await employ(w, "gone", OFFICE, state="disabled")
        await arrange(w, gone, await employ(w, "vera", role="viewer"), "unknown")
        w.write(PERSON)
        await w.until(lambda: len(w.heard()) == 1, "the hand-over sentence")
        await until_looked(w)
        assert await w.log("author", kind="message") == [("customer",), ("agent",)]
        assert await w.modes() == ["waiting"]
        paul = await employ(w, "paul")
        await arrange(w, gone, paul)
        assert await until_assigned(w) == [("human", paul)]


async def test_an_operator_who_got_rid_of_one_may_get_the_next(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, OfflineLlm()) as w, desk(w) as olga:
        await arrange(w, olga.id, max_open=1)
        w.write(PERSON)
        await until_assigned(w)
        ((first,),) = await w.rows("sessions", "id")
        w.write(PERSON, "Bob")
        await w.until_rows(lambda r: ("waiting",) in r, "sessions", "mode")
        await look(w)
        assert sorted(await w.modes()) == ["human", "waiting"]
        await olga.post(f"/sessions/{first}/resolve")
        await w.until_rows(lambda r: ("human", olga.id) in r, "sessions", "mode", "operator_id")


async def test_what_waits_is_said_again_at_growing_intervals_until_somebody_has_it(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    async with world(database_url, tmp_path, OfflineLlm(), clock=watch) as w, desk(w) as olga:
        await arrange(w, remind_minutes=5)
        w.write(PERSON)
        since, again_at, reminded_at = await until_looked(w)
        assert (again_at - since, reminded_at) == (5 * 60_000, None)
        for many, minutes in enumerate([6, 7, 14, 28], 1):
            watch.move(minutes)
            _, again_at, reminded_at = await until_looked(w)
            assert again_at - reminded_at == reminded_at - since
            feed = await w.rows("feed", "type", "session_id", "data")
            assert [type_ for type_, _, _ in feed].count("reminder") == many
        assert f'"waiting_since":{since}' in next(d for t, _, d in feed if t == "reminder")
        assert "baton_reminders_total 4.0" in w.runtime.metrics.text().decode()
        assert "baton_sessions_waiting 1.0" in w.runtime.metrics.text().decode()
        ((id_,),) = await w.rows("sessions", "id")
        await olga.post(f"/sessions/{id_}/takeover")
        watch.move(24 * 60)
        await look(w)
        assert await w.rows("sessions", "look_at", "reminded_at") == [(None, None)]
        assert "baton_reminders_total 4.0" in w.runtime.metrics.text().decode()
        assert "baton_sessions_waiting 0.0" in w.runtime.metrics.text().decode()


async def test_after_the_second_reminder_anybody_may_get_it_if_settings_say_so(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    async with world(database_url, tmp_path, OfflineLlm(), clock=watch) as w:
        default, other = await employ(w, "olga", OFFICE), await employ(w, "paul")
        await arrange(w, default, remind_minutes=10, fallback=Fallback.ANYBODY)
        w.write(PERSON)
        await until_looked(w)
        watch.move(10)
        await until_looked(w)
        await look(w)
        assert await w.modes() == ["waiting"]
        watch.move(10)
        assert await until_assigned(w) == [("human", other)]
        # The default operator is away, but somebody is here: nothing else was promised.
        await w.until(lambda: len(w.heard()) == 1, "the hand-over sentence")


async def test_what_an_operator_put_back_does_not_come_back_to_the_same_desk_at_once(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch(MONDAY_7.replace(hour=10))
    async with world(database_url, tmp_path, OfflineLlm(), clock=watch) as w, desk(w) as olga:
        await arrange(w, olga.id)
        w.write(PERSON)
        await until_assigned(w)
        ((id_,),) = await w.rows("sessions", "id")
        await olga.post(f"/sessions/{id_}/assign", operator_id=None)
        await until_looked(w)
        await look(w)
        assert await w.modes() == ["waiting"]
        watch.move(10)
        assert await until_assigned(w) == [("human", olga.id)]


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ({"schedule": not_today()}, {"schedule": {}}),
        ({"role": "viewer"}, {"role": "operator"}),
        ({"state": "disabled"}, {"state": "active"}),
    ],
)
async def test_who_becomes_available_gets_at_once_what_waits(
    database_url: str, tmp_path: Path, before: dict[str, Any], change: dict[str, Any]
) -> None:
    async with (
        world(database_url, tmp_path, OfflineLlm(), poll_seconds=3600.0) as w,
        desk(w, "boss", "admin") as boss,
    ):
        olga = await employ(w, "olga", **before)
        await arrange(w, olga)
        w.write(PERSON)
        await w.until_rows(lambda rows: rows == [("waiting",)], "sessions", "mode")
        await look(w)
        got = await boss.ask("PATCH", f"/operators/{olga}", change)
        assert got.status == 200, got.body
        assert await until_assigned(w) == [("human", olga)]


async def test_a_broken_schedule_keeps_nobody_else_from_work(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, OfflineLlm()) as w:
        broken = operators.Operator(
            id=new_id(), email="b@b.example", name="B", role="operator", schedule='{"hours":3}'
        )
        await w.runtime.store.write(lambda tx: operators.create(tx, broken, HASHED))
        paul = await hire(w, "paul")
        await arrange(w, broken.id, paul)
        w.write(PERSON)
        assert await until_assigned(w) == [("human", paul)]
