"""The one writer, on both databases: all or nothing, order, errors that are one unit's own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from sqlalchemy import bindparam, func, insert, select, update

from runtime.errors import Unavailable
from runtime.storage import engine, inbound
from runtime.storage.sql import Statement, Tx
from runtime.storage.tables import events
from runtime.storage.work import Store

COUNT = Statement(select(func.count()).select_from(events))
ADD = Statement(
    insert(events).values(channel_id="c", event_id=bindparam("event"), received_at=bindparam("at"))
)
TOUCH = Statement(
    update(events).where(events.c.event_id == bindparam("event")).values(received_at=2)
)


class Bell:
    def __init__(self) -> None:
        self.rung: list[set[str]] = []

    def ring(self, topics: set[str]) -> None:
        self.rung.append(topics)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def store(database_url: str, bell: Bell) -> AsyncIterator[Store]:
    store = Store(engine.database(database_url), bell)
    yield store
    await store.aclose()


def locked(tx: Tx, event: str) -> int:
    return tx.run(TOUCH, event=event)


async def count(store: Store) -> int:
    row = await store.read(lambda tx: tx.one(COUNT))
    return row[0] if row else -1


async def test_a_hundred_units_at_once_are_all_there(store: Store) -> None:
    units = [partial(inbound.first_time, channel_id="c", event_id=str(n)) for n in range(100)]
    assert all(await asyncio.gather(*(store.write(unit) for unit in units)))
    assert await count(store) == 100


async def test_the_same_event_at_once_is_new_only_once(store: Store) -> None:
    one = [store.write(lambda tx: inbound.first_time(tx, "c", "same")) for _ in range(20)]
    assert sorted(await asyncio.gather(*one)) == [False] * 19 + [True]


async def test_a_unit_that_fails_takes_nothing_with_it(store: Store) -> None:
    def bad(tx: Tx) -> None:
        tx.run(ADD, event="bad", at=1)
        raise LookupError("my own")

    def good(tx: Tx, n: int) -> None:
        tx.run(ADD, event=f"good {n}", at=1)

    units = [store.write(partial(good, n=n)) for n in range(10)]
    units.insert(5, store.write(bad))
    results = await asyncio.gather(*units, return_exceptions=True)
    assert [type(r).__name__ for r in results if r is not None] == ["LookupError"]
    assert await count(store) == 10


async def test_rings_leave_after_the_commit_and_die_with_the_rollback(
    store: Store, bell: Bell
) -> None:
    def ringing(tx: Tx, *, fails: bool) -> None:
        tx.ring("lost" if fails else "turns")
        if fails:
            raise LookupError

    with pytest.raises(LookupError):
        await store.write(lambda tx: ringing(tx, fails=True))
    await store.write(lambda tx: ringing(tx, fails=False))
    assert bell.rung == [{"turns"}]


async def test_units_of_one_key_run_in_their_order(store: Store) -> None:
    seen: list[int] = []

    def unit(_: Tx, n: int) -> None:
        seen.append(n)

    await asyncio.gather(*(store.write(partial(unit, n=n), key="k") for n in range(50)))
    assert seen == list(range(50))


async def test_who_was_faster_is_met_by_trying_again(store: Store) -> None:
    tries: list[int] = []

    def races(tx: Tx) -> int:
        tries.append(1)
        tx.run(ADD, event="same" if len(tries) < 2 else "other", at=1)
        return len(tries)

    await store.write(lambda tx: tx.run(ADD, event="same", at=1))
    assert await store.write(races) >= 2
    assert await count(store) == 2


async def test_a_statement_that_nobody_waits_for_fails_its_own_unit_only(store: Store) -> None:
    def adds(tx: Tx, event: str) -> None:
        tx.put(ADD, event=event, at=1)

    await store.write(partial(adds, event="taken"))
    events = ["a", "b", "taken", "c", "d"]
    units = [store.write(partial(adds, event=event)) for event in events]
    results = await asyncio.gather(*units, return_exceptions=True)
    assert [isinstance(r, engine.Again) for r in results] == [False, False, True, False, False]
    assert await count(store) == 5


async def test_a_unit_that_must_wait_for_a_lock_holds_nobody_up(postgres_url: str) -> None:
    """What is committed in groups would otherwise wait together, each group for another one."""
    elsewhere = Store(engine.database(postgres_url), Bell())
    go = threading.Event()
    units: list[Callable[[Tx], int]] = [
        lambda _: go.wait(10),
        partial(locked, event="free"),
        partial(locked, event="held"),
    ]
    with engine.database(postgres_url).connect() as holder:
        for event in ("free", "held"):
            await elsewhere.write(partial(inbound.first_time, channel_id="c", event_id=event))
        holder.execute("BEGIN")
        holder.execute("SELECT * FROM events WHERE event_id = 'held' FOR UPDATE")
        _, free, held = [asyncio.create_task(elsewhere.write(unit)) for unit in units]
        await asyncio.sleep(0)  # all three have been asked for, and two wait for the first
        go.set()
        assert await asyncio.wait_for(free, 10) == 1
        assert not held.done()
        holder.execute("COMMIT")
        assert await held == 1
    await elsewhere.aclose()


async def test_answers_can_be_called_for_later_and_in_any_order(store: Store) -> None:
    def unit(tx: Tx) -> list[object]:
        one = inbound.ask_first(tx, "c", "1")
        counted = tx.ask(COUNT)
        again = inbound.ask_first(tx, "c", "1")
        return [again(), counted.fetchone(), one(), tx.run(ADD, event="2", at=1)]

    assert await store.write(unit) == [False, (1,), True, 1]


async def test_a_read_sees_one_moment_whatever_is_committed_meanwhile(store: Store) -> None:
    loop = asyncio.get_running_loop()

    def twice(tx: Tx) -> tuple[object, object]:
        before = tx.one(COUNT)
        writing = store.write(lambda tx: tx.run(ADD, event="1", at=1))
        asyncio.run_coroutine_threadsafe(writing, loop).result(10)
        return before, tx.one(COUNT)

    assert await store.read(twice) == ((0,), (0,))
    assert await count(store) == 1


async def test_a_database_that_is_away_is_unavailable_and_then_back(
    database_url: str, bell: Bell
) -> None:
    real = engine.database(database_url)
    away = True

    def connect() -> engine.Connection:
        if away:
            raise engine.Gone[0]("connection refused")
        return real.connect()

    store = Store(engine.Database(dialect=real.dialect, url=real.url, connect=connect), bell)
    with pytest.raises(Unavailable):
        await store.write(lambda tx: inbound.first_time(tx, "c", "1"))
    away = False
    assert await store.write(lambda tx: inbound.first_time(tx, "c", "1"))
    await store.aclose()
