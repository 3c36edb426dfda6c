"""`python -m bench.customers`: how long the list of a million customers takes to answer, on both databases.

What is timed is all that the API asks the database for one page of fifty, its profiles included, or for
the counter; against the plainest page there could be: fifty rows by primary key, in the same run.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from runtime.bus.memory import MemoryBus
from runtime.storage import engine, filters, marks, migrate, profiles
from runtime.storage.sql import Statement, Tx, dumps
from runtime.storage.tables import channels, sessions
from runtime.storage.tables_people import customer_marks, customers, identities
from runtime.storage.work import Store, system_clock
from tests.servers import running_postgres

FIRST = 400
LAST = 900
CITIES = ("Berlin", "Köln", "Bern", "Wien", "Zürich")
AT_ONCE = 20_000
OPEN = 3000
ROUNDS = 9
DAY = 86_400_000
SYLLABLES = "ka ro mi ta le no su vi da pe ze an el ir".split()

Rows = dict[str, list[dict[str, Any]]]


def word(dice: random.Random) -> str:
    return "".join(dice.choices(SYLLABLES, k=3)).capitalize()


def people(many: int, now: int) -> Iterator[Rows]:
    """The same in every run: names from thousands, three tags, two facts, one or two addresses."""
    dice = random.Random(5)
    first = [word(dice) for _ in range(FIRST)]
    last = [word(dice) for _ in range(LAST)]
    for start in range(0, many, AT_ONCE):
        rows: Rows = {"customers": [], "identities": [], "marks": []}
        for number in range(start, min(start + AT_ONCE, many)):
            add(rows, dice, number, f"{dice.choice(first)} {dice.choice(last)}", now)
        yield rows


def add(rows: Rows, dice: random.Random, number: int, name: str, now: int) -> None:
    id_ = f"{now - 400 * DAY + number:012x}{number:012x}"
    old = number < 50_000
    tags = [
        tag
        for tag, share in (("Retail", 0.5), ("VIP", 0.01), ("recall", 0.00002), ("old", float(old)))
        if dice.random() < share
    ]
    facts = {"city": dice.choice(CITIES), "number": str(number)}
    person = marks.Person(
        name=name,
        language=dice.choice(("de", "en", "fr")),
        facts=facts,
        tags=tags,
        addresses=addresses(dice, number, name),
    )
    rows["customers"].append(
        {
            "id": id_,
            "name": name,
            "language": person.language,
            "facts": dumps(facts),
            "tags": dumps(tags),
            "sort_name": marks.sorted_by(name),
            "talked_at": now - dice.randrange(400 * DAY) if dice.random() < 0.7 else 0,
            "created_at": now - 400 * DAY + number,
        }
    )
    for kind, value, username in person.addresses:
        rows["identities"].append(
            {
                "scope": "" if kind == "email" else "c",
                "kind": kind,
                "value": value,
                "customer_id": id_,
                "username": username,
                "chat": None,
                "reachable": True,
                "unreachable_reason": "",
                "marketing": True,
                "created_at": now,
            }
        )
    rows["marks"] += [{"customer_id": id_, "mark": mark} for mark in marks.of(person)]


def addresses(dice: random.Random, number: int, name: str) -> list[tuple[str, str, str]]:
    found = []
    if dice.random() < 0.8:
        mail = f"{name.replace(' ', '.').lower()}.{number}@shop{number % 50}.example"
        found.append(("email", mail, ""))
    if not found or dice.random() < 0.4:
        found.append(("telegram_user", str(10_000_000 + number), f"user{number}"))
    return found


def fill(database: engine.Database, many: int) -> None:
    now = system_clock()
    sql = database.engine()
    sqlite = database.dialect == "sqlite"
    tables = {"customers": customers, "identities": identities, "marks": customer_marks}
    with sql.begin() as here:
        if sqlite:
            here.execute(sa.text("PRAGMA cache_size = -1000000"))
        here.execute(channels.insert().values(
            id="c", kind="telegram", name="c", state="stopped", error="", settings="", secrets=b"",
            worker=None, created_at=now,
        ))  # fmt: skip
        ids: list[str] = []
        for rows in people(many, now):
            ids += [one["id"] for one in rows["customers"]]
            for name, table in tables.items():
                put(here, table, rows[name], sqlite=sqlite)
        some = random.Random(6).sample(ids, OPEN * 10)
        put(here, sessions, [session(n, id_, now) for n, id_ in enumerate(some)], sqlite=sqlite)
    with sql.connect().execution_options(isolation_level="AUTOCOMMIT") as here:
        here.execute(sa.text("ANALYZE" if sqlite else "VACUUM ANALYZE"))
    sql.dispose()


def session(number: int, customer_id: str, now: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        column.name: None if column.nullable else 0 if isinstance(column.type, sa.Integer) else ""
        for column in sessions.columns
    }
    open_ = number < OPEN
    return row | {
        "id": f"{now:012x}{number:012x}",
        "channel_id": "c",
        "customer_id": customer_id,
        "agent_id": "support",
        "chat": str(number),
        "mode": "autonomous" if open_ else "finished",
        "opened_at": now,
        "finished_at": None if open_ else now,
        "grouped": False,
    }


def put(here: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], *, sqlite: bool) -> None:
    if not rows:
        return
    if sqlite:
        here.execute(table.insert(), rows)
        return
    names = list(rows[0])
    raw: Any = here.connection.driver_connection
    with raw.cursor().copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def tag(name: str) -> filters.Condition:
    return filters.Marked(mark=f"t:{marks.fold(name)}")


def email(words: str) -> filters.Condition:
    return filters.Group(match="all", of=filters.word_by_word(words, marks.IN_WORLD["email"]))


def every(*conditions: filters.Condition) -> filters.Condition:
    return filters.Group(match="all", of=conditions)


def cases(now: int) -> dict[str, tuple[filters.Condition, filters.Order]]:
    everybody, retail, vip = filters.EVERYBODY, tag("Retail"), tag("VIP")
    berlin = filters.Marked(mark=marks.fact("city", "Berlin"))
    recent = filters.Between(what="talked_at", since=now - 30 * DAY)
    either = filters.Group(match="any", of=(vip, filters.Not(of=retail), filters.Open()))
    return {
        "everybody, newest": (everybody, "newest"),
        "everybody, by name": (everybody, "name"),
        "everybody, last talked to": (everybody, "talked"),
        "half of them": (retail, "newest"),
        "half of them, by name": (retail, "name"),
        "one in a hundred, by name": (vip, "name"),
        "a few of all": (tag("recall"), "name"),
        "only the 50,000 oldest": (tag("old"), "newest"),
        "only the 50,000 oldest, by name": (tag("old"), "name"),
        "one letter": (filters.searched("k"), "newest"),
        "one letter, by name": (filters.searched("k"), "name"),
        "a first name": (filters.searched("karomi"), "talked"),
        "two words": (filters.searched("ka ro"), "newest"),
        "nobody": (filters.searched("ka nobody"), "newest"),
        "last digits of a number": (filters.searched("54321"), "newest"),
        "an email": (email("karomi"), "newest"),
        "digits of others, as an email": (email("1000"), "newest"),
        "three conditions": (every(vip, berlin, recent), "name"),
        "any of three": (either, "newest"),
        "a conversation is open": (filters.Open(), "talked"),
        "a fact of one": (filters.Marked(mark=marks.fact("number", "777777")), "newest"),
        "none of one in a hundred": (every(filters.Not(of=vip)), "name"),
    }


BASELINE = Statement(sa.select(customers).where(customers.c.id > "").limit(50))


async def timed(store: Store, unit: Callable[[Tx], Any]) -> float:
    """Milliseconds; the median."""
    took = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        await store.read(unit)
        took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took)


async def measure(database: engine.Database) -> None:
    store = Store(database, MemoryBus(), system_clock)
    plain = await timed(store, lambda tx: tx.all(BASELINE))
    print(f"\n{database.dialect}: fifty rows by primary key: {plain:.2f} ms")
    print(f"{'':34}{'page':>10}{'ratio':>8}{'second':>10}{'counter':>10}")
    for name, (condition, order) in cases(system_clock()).items():

        def page(tx: Tx, after: Any = (), c: Any = condition, o: Any = order) -> list[Any]:
            keys = filters.page(tx, c, o, after, 51)
            profiles.some(tx, [key[-1] for key in keys[:50]])
            return keys

        keys = await store.read(page)
        first = await timed(store, page)
        last = keys[49] if len(keys) > 50 else ()
        second = await timed(store, lambda tx, last=last: page(tx, last))  # type: ignore[misc]
        counter = await timed(store, lambda tx, c=condition: filters.count(tx, c))  # type: ignore[misc]
        print(
            f"{name:34}{first:8.1f}  {first / plain:6.0f}  {second:8.1f}  {counter:8.1f}",
            flush=True,
        )
    await store.aclose()


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--customers", type=int, default=1_000_000)
    given.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    asked = given.parse_args()
    if asked.database != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            run(f"sqlite:///{Path(folder) / 'baton.db'}", asked.customers)
    if asked.database != "sqlite":
        with running_postgres() as url:
            run(url, asked.customers)


def run(url: str, many: int) -> None:
    database = engine.database(url)
    migrate.upgrade(database)
    begin = time.perf_counter()
    fill(database, many)
    print(f"{database.dialect}: {many:,} customers made in {time.perf_counter() - begin:.0f} s")
    asyncio.run(measure(database))


if __name__ == "__main__":
    main()
