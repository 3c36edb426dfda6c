"""The one way to write: units of work, plain synchronous functions of a `Tx`, committed in groups.

Whatever waits is run in one transaction; futures resolve and rings ring after the commit. Alone,
a unit never waits for company. One unit's error is its own: the batch is rolled back, the units
before it are run again without it, and it runs alone. On SQLite there is one lane (one thread, one
connection); on PostgreSQL a few, and a unit's `key` chooses its lane.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import structlog

from runtime.errors import Unavailable

from .engine import QUEUE_UP, Again, Connection, Database, Gone, Late
from .sql import Statement, Tx

T = TypeVar("T")
Unit = Callable[[Tx], T]
Clock = Callable[[], int]
_End = tuple[Statement, dict[str, Any]]

MAX_BATCH = 256
LANES = {"sqlite": 1, "postgresql": 4}
READERS = 4
SOME = -1
"""The position of a unit that raised, where a pipeline doesn't tell which one it was."""
TRIES = 3
"""How often a unit is run alone when another one was faster each time."""

_log = structlog.get_logger("storage")


def system_clock() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


class Ringer(Protocol):
    """The only thing the writer knows of the bus."""

    def ring(self, topics: "set[str]") -> None: ...


class _Job:
    """A unit on its way: where its result goes, and which sort order keeps replicas apart."""

    __slots__ = ("error", "future", "key", "loop", "result", "rings", "unit")

    def __init__(self, unit: Unit[Any], key: str, loop: asyncio.AbstractEventLoop) -> None:
        self.unit = unit
        self.key = key
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None
        self.rings: set[str] = set()


class Store:
    """Writes through lanes, reads beside them."""

    def __init__(self, database: Database, ringer: Ringer, clock: Clock = system_clock) -> None:
        self.database = database
        self.clock = clock
        self._ringer = ringer
        self._lanes = [_Lane(self, n) for n in range(LANES[database.dialect])]
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._local = threading.local()
        self._opened: list[Connection] = []

    async def write(self, unit: Unit[T], key: str = "") -> T:
        """Run `unit` in a transaction and return what it returned, once that is durable.

        Units of one `key` run in the order in which they were asked for. Raises what the unit
        raises, or `Unavailable` when the database cannot take it; then nothing is stored. A unit
        may run more than once, so it touches nothing but its `Tx`.
        """
        job = _Job(unit, key, asyncio.get_running_loop())
        lanes = self._lanes
        lanes[hash(key) % len(lanes) if len(lanes) > 1 else 0].put(job)
        result: T = await job.future
        return result

    async def read(self, unit: Unit[T]) -> T:
        """Run `unit` on a snapshot of what is committed. Raises `Unavailable`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, unit)

    def _read(self, unit: Unit[T]) -> T:
        try:
            if getattr(self._local, "connection", None) is not None:
                with contextlib.suppress(*Gone):  # the connection may have died since the last time
                    return self._snapshot(unit)
                self._opened.remove(self._local.connection)
                self._local.connection.close()
            self._local.connection = None
            self._local.connection = self.database.connect()
            self._opened.append(self._local.connection)
            return self._snapshot(unit)
        except Gone as error:
            raise Unavailable(
                f"The database cannot be read now ({type(error).__name__})."
            ) from error

    def _snapshot(self, unit: Unit[T]) -> T:
        with self.database.reading(self._local.connection) as (cursor, sync):
            return unit(Tx(cursor, self.database.dialect, self.clock(), sync))

    def resolve(self, jobs: Sequence[_Job]) -> None:
        """Back on the loop: tell who waits, then ring. Called once for each commit."""
        topics: set[str] = set()
        for job in jobs:
            topics |= job.rings
            if job.future.done():  # whoever waited was cancelled; the commit stands
                continue
            if job.error is None:
                job.future.set_result(job.result)
            else:
                job.future.set_exception(job.error)
        if topics:
            self._ringer.ring(topics)

    async def aclose(self) -> None:
        """Finish what waits, then close every connection."""
        loop = asyncio.get_running_loop()
        for lane in self._lanes:
            await loop.run_in_executor(None, lane.stop)
        await loop.run_in_executor(None, self._readers.shutdown)
        for connection in self._opened:
            connection.close()
        self._opened.clear()


class _Lane:
    """One thread and one connection."""

    def __init__(self, store: Store, number: int) -> None:
        self._store = store
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name=f"write-{number}", daemon=True)
        self._thread.start()
        self._sorted = store.database.dialect == "postgresql"

    def put(self, job: _Job) -> None:
        self._queue.put(job)

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._take()
            if batch:
                self._settle(batch)
        self._close()

    def _take(self) -> tuple[list[_Job], bool]:
        """Blocks for the first job, then takes all that wait."""
        batch: list[_Job] = []
        job = self._queue.get()
        while job is not None:
            batch.append(job)
            if len(batch) == MAX_BATCH:
                return batch, True
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _settle(self, batch: list[_Job]) -> None:
        if self._sorted:
            # Row locks are taken in the same order by every replica; ties keep their order.
            batch.sort(key=lambda job: job.key)
        todo = batch
        while todo:
            failed = self._attempt(todo)
            if failed is None:
                break
            if failed == SOME:
                for job in todo:
                    self._alone(job)
                return
            before, bad, todo = todo[:failed], todo[failed], todo[failed + 1 :]
            if before:
                self._settle(before)
            self._alone(bad)
        if todo:
            self._tell(todo)

    def _tell(self, jobs: list[_Job]) -> None:
        try:
            jobs[0].loop.call_soon_threadsafe(self._store.resolve, jobs)
        except RuntimeError:  # the loop is gone, and everybody who waited with it
            _log.warning("nobody waits for a commit any more", action="commit_unheard")

    def _alone(self, job: _Job) -> None:
        for _ in range(TRIES):
            job.error = None
            if self._attempt([job]) is None or not isinstance(job.error, Again):
                break
        self._tell([job])

    def _attempt(self, jobs: Sequence[_Job]) -> int | None:
        """One transaction. None: committed, or the database is gone and every job knows.
        Otherwise all is rolled back, and it is the position of the unit that raised, or `SOME`.
        """
        database = self._store.database
        position, ends = 0, list[_End]()
        may_be_dead = self._connection is not None
        try:
            grouped = len(jobs) > 1
            with database.writing(self._connect(), grouped=grouped) as (cursor, sync):
                now = self._store.clock()
                for position, job in enumerate(jobs):  # noqa: B007 - read after an exception
                    tx = Tx(cursor, database.dialect, now, sync)
                    job.result = job.unit(tx)
                    job.rings = tx.rings
                    ends += tx.ends
                self._end(cursor, tx, ends)
                may_be_dead = False  # from here on nobody can say what was committed
        except BaseException as error:
            if isinstance(error, Gone) and not isinstance(error, Again):
                self._close()
                if may_be_dead and isinstance(
                    error, Late
                ):  # since the last time; nothing was committed
                    return self._attempt(jobs)
                self._fail(jobs, error)
                return None
            self._rollback()
            if isinstance(error, Late) and len(jobs) > 1:
                return SOME
            jobs[position if len(jobs) > 1 else 0].error = error
            return position
        return None

    def _end(self, cursor: Callable[[], Any], tx: Tx, ends: list[_End]) -> None:
        """The last statements of all units, in one queue with every other writer."""
        if ends and self._sorted:
            for statement in QUEUE_UP:
                cursor().execute(statement)
        for last, values in ends:
            tx.put(last, **values)

    def _fail(self, jobs: Sequence[_Job], error: BaseException) -> None:
        _log.error("the database is gone", action="database_gone", error=str(error))
        for job in jobs:
            job.rings = set()
            job.error = Unavailable(f"The database cannot be written now: {error}")
            job.error.__cause__ = error

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = self._store.database.connect()
        return self._connection

    def _rollback(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rollback()
        except Exception:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as error:
                _log.warning("closing failed", action="database_close", error=str(error))
