"""`python -m bench`: Baton and its baselines in turn, within one run, as ratios of CPU and of rate.

The measured process is alone with its work; load and stubs run in this one. CPU is user plus system
time of the measured process, read from the kernel. Medians over the rounds.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psycopg

from bench.servers import HISTORY, PATH, SECRET, TOKEN
from emulators import openai, telegram
from emulators.telegram.state import Bot
from runtime.storage import engine, migrate
from tests.servers import free_port, running_postgres

CONNECTIONS = 64
STORING = frozenset({"accept", "ideal", "turn"})
START_SECONDS = 60.0
CORES = os.cpu_count() or 1
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One case in one round."""

    per_second: float
    cpu: float
    """Microseconds of CPU for each operation."""


@contextlib.asynccontextmanager
async def serving(case: str, environment: Mapping[str, str]) -> AsyncIterator[tuple[int, int]]:
    """A measured process; its pid and its port."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.servers", case, str(port)),
        env={**os.environ, **environment, "PYTHONDONTWRITEBYTECODE": ""},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    on_core(process.pid, 0)
    try:
        async with asyncio.timeout(START_SECONDS):
            assert (await process.stdout.readline()).strip() == b"ready"
        yield process.pid, port
    finally:
        process.kill()
        await process.wait()


def on_core(pid: int, core: int) -> None:
    """The measured process has a core of its own; load, stubs and PostgreSQL share another."""
    if CORES > 1:
        os.sched_setaffinity(pid, {core})


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def update(
    number: int, chat: int, text: str = "How long does delivery take to the north of the country?"
) -> bytes:
    message = {
        "message_id": number,
        "from": {"id": chat, "is_bot": False, "first_name": "Анна", "language_code": "en"},
        "chat": {"id": chat, "type": "private", "first_name": "Анна"},
        "date": 1_795_000_000,
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}, ensure_ascii=False).encode()


async def accepting(case: str, database: str, many: int) -> Figure:
    """Webhooks of 64 connections, each waiting for its 200."""
    async with serving(case, {"BENCH_DATABASE": database}) as (pid, port):
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{port}{PATH}"
        base = time.time_ns() // 1_000_000 * 1_000  # nothing is a repetition of another round
        async with aiohttp.ClientSession(headers=headers) as http:

            async def one_connection(chat: int, first: int, count: int) -> None:
                for number in range(first, first + count):
                    body = update(base + chat * 1_000_000 + number, chat)
                    async with http.post(url, data=body) as got:
                        assert got.status == 200, got.status

            await asyncio.gather(*(one_connection(c, 0, 5) for c in range(1, CONNECTIONS + 1)))
            each = many // CONNECTIONS
            began, cpu = time.perf_counter(), cpu_seconds(pid)
            await asyncio.gather(*(one_connection(c, 5, each) for c in range(1, CONNECTIONS + 1)))
            seconds = time.perf_counter() - began
            done = each * CONNECTIONS
            return Figure(per_second=done / seconds, cpu=(cpu_seconds(pid) - cpu) / done * 1e6)


async def turning(case: str, database: str, many: int) -> Figure:
    """Whole turns in a closed loop of 64 conversations, with a model of 0 ms."""
    async with telegram.running() as platform, openai.running() as model:
        bot = platform.telegram.add_bot(TOKEN, name="Bench", limits=False)
        environment = {
            "BENCH_DATABASE": database,
            "BENCH_TELEGRAM": platform.url,
            "BENCH_OPENAI": model.url,
        }
        async with serving(case, environment) as (pid, _):
            await asyncio.gather(*(_talk(platform, bot, 3) for _ in range(CONNECTIONS)))
            each = many // CONNECTIONS
            began, cpu = time.perf_counter(), cpu_seconds(pid)
            await asyncio.gather(*(_talk(platform, bot, each) for _ in range(CONNECTIONS)))
            seconds = time.perf_counter() - began
            done = each * CONNECTIONS
            return Figure(per_second=done / seconds, cpu=(cpu_seconds(pid) - cpu) / done * 1e6)


async def _talk(platform: telegram.Running, bot: Bot, times: int) -> None:
    """Somebody new every twelve messages, so that on average as much is remembered as the naive
    bot sends along.
    """
    for number in range(times):
        if number % len(HISTORY) == 0:
            person = platform.telegram.add_user(f"P{number}")
            chat = platform.telegram.private_chat(bot, person)
        platform.outside.write(bot, person, text="How long does delivery take?")
        async with asyncio.timeout(60):
            while not chat.messages[-1]["from"]["is_bot"]:
                await bot.changed.wait()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=3200)
    parser.add_argument("--turns", type=int, default=1280)
    options = parser.parse_args()
    on_core(os.getpid(), 1)
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        for what, run, cases, many in (
            ("accept", accepting, ("bare", "accept"), options.messages),
            ("turn", turning, ("naive", "clients", "ideal", "turn"), options.turns),
        ):
            found: dict[tuple[str, str], list[Figure]] = {}
            for number in range(options.rounds):
                for case in cases:
                    urls = {"": ""}
                    if case in STORING:
                        new = fresh(postgres, f"{case}{number}")
                        urls = {"sqlite": f"sqlite:///{folder}/{case}{number}.db", "pg": new}
                    for store, url in urls.items():
                        if case == cases[-1]:
                            migrate.upgrade(engine.database(url))
                        figure = await run(case, url, many)
                        found.setdefault((case, store), []).append(figure)
            _report(what, found, cases[:-1])


def fresh(server: str, name: str) -> str:
    """A new database on the server, so that no case meets another one's work."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server.rpartition('/')[0]}/{name}"


def _report(
    what: str, found: dict[tuple[str, str], list[Figure]], baselines: Sequence[str]
) -> None:
    """A row for each case; after its own figures, rate and CPU against each baseline."""
    print(f"\n{what}: case, per second, CPU us; then rate and CPU against {', '.join(baselines)}")
    for (case, store), figures in found.items():
        row = [
            f"{case} {store}".strip(),
            f"{statistics.median(figure.per_second for figure in figures):,.0f}",
            f"{statistics.median(figure.cpu for figure in figures):,.0f}",
        ]
        for baseline in baselines:
            theirs = found.get((baseline, store)) or found.get((baseline, ""), [])
            if case != baseline and theirs:
                pairs = list(zip(figures, theirs, strict=True))
                row += [
                    f"{statistics.median(ours.per_second / it.per_second for ours, it in pairs):.2f}",
                    f"{statistics.median(ours.cpu / it.cpu for ours, it in pairs):.2f}",
                ]
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
