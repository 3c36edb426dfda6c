"""Reports say what the log says: every figure is counted again, entry by entry, from what happened."""

import csv
import importlib
import io
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from handoff import events as ev
from handoff.state import opened_by_customer
from runtime import openings
from runtime import session as hub
from runtime.bus.memory import MemoryBus
from runtime.calendar import Group
from runtime.clock import utc
from runtime.reports import Asked, Of, Reports
from runtime.storage import channels, engine, log, sessions, turns
from runtime.storage.sql import Statement, Tx, loads
from runtime.storage.tables import metadata
from runtime.storage.work import Store
from tests.operators import begun, desk
from tests.story import world

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 10, 12), date(2026, 11, 1)
"""Clocks go back on 25 October."""
WAITING = turns.Waiting(quiet=0, longest_burst=0, patience=0)
RULES = hub.Rules(waiting=WAITING, idle=3_600_000)
MINUTE = 60_000
EPOCH = int(datetime(2026, 10, 11, tzinfo=UTC).timestamp() * 1000)
MANY = 120


@dataclass(kw_only=True)
class Past:
    """A made-up past: whatever happened went through the hub, at a time of its own."""

    store: Store
    now: list[int]
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    async def tell(self) -> None:
        await self.store.write(_a_world)
        for number in range(MANY):
            self.now[0] = EPOCH + self.dice.randrange(23 * 24 * 60) * MINUTE
            await self._one(number)

    async def _one(self, number: int) -> None:
        opening = openings.Opening(
            channel_id=self.dice.choice("ab"),
            customer_id="ann",
            agent_id=self.dice.choice(("x", "y")),
            chat=str(number),
        )
        id_ = (
            await self.store.write(lambda tx: openings.opened(tx, opening, opened_by_customer()))
        ).id
        await self._step(id_, lambda _: None)
        for happened in self._story():
            self.now[0] += self.dice.randrange(1, 90) * 1000
            await self._step(id_, happened)

    def _story(self) -> list[Callable[[hub.Change], None]]:
        dice, at = self.dice, utc(self.now[0])
        reason = dice.choice(("refund", "upset", ""))
        chosen: list[Callable[[hub.Change], None]] = []
        if dice.random() < 0.8:
            chosen.append(_agent(lambda epoch: ev.AgentReplied(at=at, epoch=epoch)))
        end = dice.choice(("agent", "clock", "people", "people", "open"))
        if end == "agent":
            chosen.append(_agent(lambda epoch: ev.AgentFinished(at=at, epoch=epoch)))
        elif end == "clock":
            chosen.append(lambda change: change.happen(ev.TimedOut(at=at)))
        elif end == "people":
            if dice.random() < 0.6:
                asked = dice.random() < 0.5
                chosen.append(
                    _agent(
                        lambda epoch: ev.AgentAskedForHuman(
                            at=at, epoch=epoch, reason=reason, by_customer=asked
                        )
                    )
                )
            chosen.append(_acts(ev.OperatorTookOver(at=at, operator_id="o")))
            if dice.random() < 0.7:
                chosen.append(_acts(ev.OperatorReplied(at=at, operator_id="o")))
            if dice.random() < 0.7:
                chosen.append(_acts(ev.Resolved(at=at, operator_id="o")))
        return chosen

    async def _step(self, id_: str, happened: Callable[[hub.Change], None]) -> None:
        def unit(tx: Tx) -> None:
            row = sessions.lock(tx, id_)
            assert row is not None
            change = hub.Change(tx, row, RULES)
            happened(change)
            change.save()

        await self.store.write(unit)

    async def log(self) -> dict[str, tuple[dict[str, Any], list[log.Entry]]]:
        """Each session's opening, and its log."""
        s, g = metadata.tables["sessions"].c, metadata.tables["log"]
        opened = Statement(select(*s))
        said = Statement(g.select().order_by(g.c.session_id, g.c.seq))
        names = [column.name for column in s]
        rows = await self.store.read(lambda tx: tx.all(opened))
        told: dict[str, tuple[dict[str, Any], list[log.Entry]]] = {
            row[0]: (dict(zip(names, row, strict=True)), []) for row in rows
        }
        columns = [column.name for column in g.c]
        for row in await self.store.read(lambda tx: tx.all(said)):
            entry = log.Entry(**dict(zip(columns, row, strict=True)))
            told[entry.session_id][1].append(entry)
        return told


def _a_world(tx: Tx) -> None:
    for id_ in "ab":
        row = channels.Channel(
            id=id_,  # type: ignore[arg-type]  # any text
            kind="telegram",
            name=id_.upper(),
            state="stopped",
            error="",
            settings={},
            secrets=b"",
            worker=None,
        )
        channels.insert(tx, row)
    insert = Statement(metadata.tables["customers"].insert())
    texts = dict.fromkeys(("language", "facts", "tags", "sort_name"), "")
    tx.put(insert, id="ann", name="Ann", **texts, talked_at=0, created_at=0)


def _agent(event: Callable[[int], ev.Event]) -> Callable[[hub.Change], None]:
    words = hub.Words(text="Hello")
    return lambda change: change.happen(event(change.control.epoch), words)


def _acts(event: ev.Event) -> Callable[[hub.Change], None]:
    return lambda change: change.happen(event, hub.Words(text="I am here"))


@pytest.fixture
async def past(database_url: str) -> AsyncIterator[Past]:
    now = [EPOCH]
    store = Store(engine.database(database_url), MemoryBus(), lambda: now[0])
    one = Past(store=store, now=now)
    await one.tell()
    yield one
    await store.aclose()


def asked(group: Group = Group.DAY, **filters: str) -> Asked:
    return Asked(first=FIRST, last=LAST, group=group, zone=BERLIN, filters=filters)


def day_of(opened_at: int) -> date:
    return datetime.fromtimestamp(opened_at / 1000, UTC).astimezone(BERLIN).date()


async def cohort(
    past: Past, group: Group = Group.DAY, **filters: str
) -> dict[Of, list[tuple[dict[str, Any], list[log.Entry]]]]:
    """Every session under the row that it belongs to."""
    found: dict[Of, list[tuple[dict[str, Any], list[log.Entry]]]] = defaultdict(list)
    for row, entries in (await past.log()).values():
        day = day_of(row["opened_at"])
        if not FIRST <= day <= LAST or any(row[name] != v for name, v in filters.items()):
            continue
        monday = day - timedelta(days=day.weekday())
        first, last = (day, day) if group is Group.DAY else (monday, monday + timedelta(days=6))
        found[max(first, FIRST), min(last, LAST)].append((row, entries))
    return found


def first_at(entries: list[log.Entry], author: str) -> int | None:
    said = (one.at for one in entries if one.kind == "message" and one.author == author)
    return next(said, None)


def turned(entries: list[log.Entry]) -> list[tuple[str, str, log.Entry]]:
    data = [(loads(one.data), one) for one in entries if one.kind == "control"]
    return [(told["before"], told["after"], one) for told, one in data]


def wanted(entries: list[log.Entry]) -> log.Entry | None:
    """When control first left the agent for people."""
    away = (one for before, after, one in turned(entries) if before == "autonomous" != after)
    return next((one for one in away if loads(one.data)["after"] != "finished"), None)


def outcome(entries: list[log.Entry]) -> str:
    ends = [
        one.author_id.partition(":")[0] for _, after, one in turned(entries) if after == "finished"
    ]
    return ends[0] if ends else "unfinished"


@pytest.mark.parametrize("group", list(Group))
@pytest.mark.parametrize("filters", [{}, {"agent_id": "x"}, {"agent_id": "y", "channel_id": "a"}])
async def test_outcomes(past: Past, group: Group, filters: dict[str, str]) -> None:
    rows, total = await Reports(past.store).sessions(asked(group, **filters))
    brute = await cohort(past, group, **filters)
    for of, found in rows:
        logs = [entries for _, entries in brute.pop(of, [])]
        ends = Counter(map(outcome, logs))
        alone = [one for one in logs if not wanted(one) and first_at(one, "operator") is None]
        assert found.opened == len(logs), of
        for name in ("agent", "operator", "clock", "unfinished"):
            assert getattr(found, name) == ends[name], (of, name)
        assert found.handed_over == len(logs) - len(alone)
        assert found.contained == sum(outcome(one) != "unfinished" for one in alone)
    assert brute == {}
    assert total.opened == sum(found.opened for _, found in rows) > 10


async def test_first_replies(past: Past) -> None:
    rows, total = await Reports(past.store).replies(asked())
    brute = await cohort(past)
    every: dict[str, list[int]] = {"agent": [], "human": []}
    for of, found in rows:
        took: dict[str, list[int]] = {"agent": [], "human": []}
        for row, entries in brute.get(of, []):
            agent, human = first_at(entries, "agent"), first_at(entries, "operator")
            if agent is not None and (human is None or agent < human):
                took["agent"].append(agent - row["opened_at"])
            handed = wanted(entries)
            if human is not None and handed is not None:
                took["human"].append(human - handed.at)
        for who, values in took.items():
            assert (found[who].count, found[who].p50) == (len(values), nearest(values, 0.5)), of
            every[who] += values
    for who, values in every.items():
        assert total[who].p50 == nearest(values, 0.5)
        assert total[who].p90 == nearest(values, 0.9)
        assert len(values) > 10


def nearest(values: list[int], share: float) -> int | None:
    """The least value that this share does not exceed, the long way."""
    rising = sorted(values)
    return next((v for n, v in enumerate(rising, 1) if n >= share * len(rising)), None)


async def test_reasons(past: Past) -> None:
    rows, reasons = await Reports(past.store).handovers(asked())
    brute = await cohort(past)
    handed = [wanted(entries) for found in brute.values() for _, entries in found]
    counted = Counter(
        (one.author_id.partition(":")[0], one.text) for one in handed if one is not None
    )
    assert reasons == counted
    assert sum((by for _, by in rows), Counter()).total() == counted.total() > 10
    assert {by for by, _ in counted} == {"agent", "customer", "operator"}


async def test_volume_by_day_channel_and_hour(past: Past) -> None:
    found = await Reports(past.store).volume(asked())
    by_channel: Counter[Any] = Counter()
    by_hour: Counter[Any] = Counter()
    for of, many in (await cohort(past)).items():
        for row, _ in many:
            there = datetime.fromtimestamp(row["opened_at"] / 1000, UTC).astimezone(BERLIN)
            by_channel[of, row["channel_id"]] += 1
            by_hour[there.weekday(), there.hour] += 1
    assert found.channels == by_channel
    assert found.hours == by_hour


async def test_a_migration_tells_old_sessions_what_their_logs_say(past: Past) -> None:
    """What `session` wrote as it happened, the migration finds in the log afterwards."""
    migration = importlib.import_module("runtime.storage.migrations.versions.0004_reports")
    names = list(migration.VALUES)

    def marks(tx: Tx) -> list[Any]:
        found = metadata.tables["sessions"].c
        return sorted(tx.all(Statement(select(found.id, *(found[name] for name in names)))))

    written = await past.store.read(marks)
    blank = dict.fromkeys(names) | dict.fromkeys(
        ("resolved_by", "handed_over_by", "handover_reason"), ""
    )
    await past.store.write(
        lambda tx: tx.put(Statement(metadata.tables["sessions"].update().values(blank)))
    )
    assert await past.store.read(marks) != written
    await past.store.write(lambda tx: tx.put(Statement(text(migration.FILL))))
    assert await past.store.read(marks) == written


async def test_what_the_api_gives_as_json_and_as_csv(database_url: str, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    days = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}
    async with world(database_url, tmp_path, ["Hello!"] * 9) as w, desk(w) as olga:
        session = await begun(w)
        await olga.post(f"/sessions/{session}/takeover")
        await w.until_rows(bool, "suggestions", "id")
        await olga.post(f"/sessions/{session}/messages", text="I am Olga")
        await olga.post(f"/sessions/{session}/resolve")
        total = (await olga.get("/reports/sessions", **days)).body["total"]
        assert (total["opened"], total["operator"], total["containment"]) == (1, 1, 0.0)
        suggested = (await olga.get("/reports/suggestions", **days)).body["total"]
        assert [(one["agent_id"], one["made"]) for one in suggested] == [("support", 1)]
        replies = (await olga.get("/reports/replies", **days)).body["total"]
        assert (replies["agent"]["count"], replies["human"]["count"]) == (1, 1)
        volume = (await olga.get("/reports/volume", **days)).body
        assert (len(volume["hours"]), sum(one["opened"] for one in volume["hours"])) == (168, 1)
        for name, columns in (
            ("sessions", "first"),
            ("replies", "agent_p50"),
            ("volume", "channel"),
        ):
            got = await olga.get(f"/reports/{name}", format="csv", **days)
            table = list(csv.DictReader(io.StringIO(got.body)))
            assert columns in table[0]
        assert (await olga.get("/reports/handovers", format="csv", **days)).status == 200


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-01-02", "to": "2026-01-01"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"from": "2026-01-01", "to": "2026-01-02", "timezone": "Mars/Olympus"},
        {"from": "2026-01-01", "to": "2026-01-02", "timezone": "../../etc/passwd"},
        {"from": "2026-01-01", "to": "2026-01-02", "group": "year"},
        {"from": "2026-01-01"},
    ],
)
async def test_what_no_report_can_be_about(
    sqlite_url: str, tmp_path: Path, query: dict[str, str]
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        assert (await olga.get("/reports/sessions", **query)).status == 422
