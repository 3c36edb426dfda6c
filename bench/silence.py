"""`python -m bench.silence`: operators take over at random moments of a turn, and the AI is silent.

The real thing: `python -m runtime serve` (one on SQLite, two on PostgreSQL with Redis), emulated
platforms that count and refuse as the real ones do, duplicated webhooks, two operators at once, and
`kill -9`. Exit code 1 if anything is wrong. `--trial SEED` plays one trial again, alone.
"""

import argparse
import asyncio
import contextlib
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.silence_count import KINDS, Counted, Records, Wrong, count
from bench.silence_plan import Moment, plan
from bench.silence_stage import Stage, stage
from bench.silence_trial import Play
from bench.silence_witness import POSTGRES_SETTINGS, call, deadlocks
from runtime.storage import engine, migrate
from runtime.storage.tables import metadata
from tests.servers import running_postgres, running_redis

AT_ONCE = 32
SETTLE_SECONDS = 120.0
SHOWN = 20
"""Violations that are printed one by one."""
REPLICAS = {"sqlite": 1, "postgresql": 2}


@dataclass(kw_only=True)
class Result:
    """One database's."""

    database: str
    seed: int
    trials: int
    seconds: float = 0.0
    moments: dict[str, Counter[str]] = field(default_factory=dict)
    replies: Counter[str] = field(default_factory=Counter)
    more: Counter[str] = field(default_factory=Counter)
    takeover_ms: dict[str, float] = field(default_factory=dict)
    violations: dict[str, int] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)


async def prove(url: str, seeds: Sequence[int], redis: str = "", at_once: int = AT_ONCE) -> Result:
    """Play these trials on a migrated, empty database, and count."""
    database = engine.database(url)
    call(database)
    began = time.monotonic()
    async with stage(url, REPLICAS[database.dialect], redis) as (one, platform, looking):
        play, queue = Play(one, platform, looking), iter(seeds)

        async def player() -> None:
            for seed in queue:
                await play.run(seed)

        ticking = asyncio.create_task(_tell(one, len(seeds)))
        await asyncio.gather(*(player() for _ in range(at_once)))
        ticking.cancel()
        with contextlib.suppress(TimeoutError):  # then what is under way is counted as wrong
            await _rest(database)
        records = await asyncio.to_thread(Records, database)
        counted = [(trial, count(trial, one, records)) for trial in one.trials.values()]
        result = Result(database=database.dialect, seed=0, trials=len(seeds))
        for trial, found in counted:
            _add(result, trial.plan.moment, found)
            result.more["second operator at once"] += trial.plan.both
            result.more["duplicated webhooks"] += trial.plan.repeats
            result.more["moment never came"] += trial.missed
            result.more["answer lost with a server"] += any(t.tries > 1 for t in trial.taken)
        result.more["kill -9"] = len(one.kills)
        result.more["deadlocks"] = deadlocks(database)
        result.takeover_ms = _spread(
            [t.seconds for trial, _ in counted for t in trial.taken if t.tries == 1]
        )
    result.violations = {k: sum(w.kind == k for w in result.wrong) for k in KINDS}
    result.seconds = round(time.monotonic() - began, 1)
    return result


def _add(result: Result, moment: Moment, found: Counted) -> None:
    row = result.moments.setdefault(moment.value, Counter())
    row["trials"] += 1
    row["in flight"] += found.in_flight
    row["arrived after"] += found.arrived_after
    row["said"] += found.sent
    row["withdrawn"] += found.withdrawn
    row["kept late"] += found.replies["kept"]
    row["unknown"] += found.unknown
    row["wrong"] += len(found.wrong)
    result.replies += found.replies
    result.wrong += found.wrong


def _spread(seconds: list[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    named = {"p50": cuts[49], "p99": cuts[98], "max": max(seconds)}
    return {name: round(value * 1000, 1) for name, value in named.items()}


async def _rest(database: engine.Database) -> None:
    """No turn waits and no delivery is under way."""
    turns, deliveries = metadata.tables["turns"], metadata.tables["deliveries"]
    moving = deliveries.c.state.in_(["queued", "sending"])

    def work() -> int:
        with database.engine().connect() as connection:
            waiting = connection.scalar(sa.select(sa.func.count()).select_from(turns)) or 0
            return waiting + (connection.scalar(sa.select(sa.func.count()).where(moving)) or 0)

    async with asyncio.timeout(SETTLE_SECONDS):
        while await asyncio.to_thread(work):  # noqa: ASYNC110 - the database rings nobody here
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)  # what is on the wire still arrives


async def _tell(one: Stage, many: int) -> None:
    began = time.monotonic()
    while True:
        await asyncio.sleep(15)
        done = sum(bool(trial.taken) for trial in one.trials.values())
        rate = done / (time.monotonic() - began)
        print(f"{done} of {many}, {rate:.1f} a second, {len(one.kills)} kills", file=sys.stderr)


def seeds_of(seed: int, trials: int) -> list[int]:
    """The trials of a run, each with a seed of its own."""
    chance = random.Random(seed)
    return [chance.getrandbits(48) for _ in range(trials)]


def report(result: Result, console: Console) -> None:
    columns = list(next(iter(result.moments.values())))
    table = Table(title=f"{result.database}: {result.trials} trials in {result.seconds:g} s")
    table.add_column("taken over")
    for name in columns:
        table.add_column(name, justify="right")
    for moment in Moment:
        row = result.moments.get(moment.value, Counter())
        table.add_row(moment.value, *(f"{row[name]:,}" for name in columns))
    total: Counter[str] = Counter()
    for row in result.moments.values():
        total.update(row)
    table.add_section()
    table.add_row("all", *(f"{total[name]:,}" for name in columns))
    console.print(table)
    for name, facts in (
        ("replies of the model", result.replies),
        ("under", result.more),
        ("a takeover took, ms", result.takeover_ms),
        ("violations", result.violations),
    ):
        console.print(f"{name}: " + ", ".join(f"{k} {v:,}" for k, v in facts.items()))
    for one in result.wrong[:SHOWN]:
        console.print(f"[red]trial {one.seed}[/red]: {one.kind}: {one.detail}", highlight=False)
    failed = sorted({one.seed for one in result.wrong})
    print(json.dumps(vars(result) | {"wrong": len(result.wrong), "failed": failed}), flush=True)


@contextlib.contextmanager
def databases(which: str) -> Iterator[dict[str, tuple[str, str]]]:
    """URL of each migrated, empty database and of its Redis, by name."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        found = {"sqlite": (f"sqlite:///{folder}/baton.db", "")}
        if which != "sqlite":
            redis = stack.enter_context(running_redis()).url
            postgres = stack.enter_context(running_postgres(more=POSTGRES_SETTINGS))
            found["postgresql"] = (postgres, redis)
        if which == "postgresql":
            del found["sqlite"]
        for url, _ in found.values():
            migrate.upgrade(engine.database(url))
        yield found


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--trial", type=int, help="the seed of one trial, played alone")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    seeds = seeds_of(options.seed, options.trials)
    if options.trial is not None:
        seeds = [options.trial]
        print(plan(options.trial))
    console, wrong = Console(width=140), 0
    current = asyncio.current_task()
    assert current is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, current.cancel)
    with databases(options.database) as urls:
        for url, redis in urls.values():
            result = await prove(url, seeds, redis, options.at_once)
            result.seed = options.seed
            report(result, console)
            wrong += len(result.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
