"""`python -m bench.live`: from a customer's message to the operator's socket; fan-out against a naive
one; what a stuck socket costs the others; memory for each socket.

The server is a process of its own; raw sockets listen in this one. Each change carries the time of
its making, on the clock that all processes of a machine share.
"""

import argparse
import asyncio
import contextlib
import os
import re
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.__main__ import cpu_seconds, fresh, on_core, serving, update
from bench.live_server import NAIVE
from bench.servers import PATH, SECRET, TOKEN
from emulators import openai, telegram
from runtime.storage import engine, migrate
from tests.servers import running_postgres

SOCKETS = 100
CONVERSATIONS = 20
FIRST = 2_000_000_000
"""An update's number that the emulated platform does not reach."""
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
BATON = "/api/v1/live"
_MADE = re.compile(rb'"T(\d+)')
_N = re.compile(rb'"n": ?(\d+)')


class Ear(asyncio.Protocol):
    """One raw websocket: notes how late each change is, and the newest number."""

    def __init__(self, path: str, token: str) -> None:
        self._hello = (
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        ).encode()
        self._tail = b""
        self.late: list[float] = []
        self.newest = 0
        self.open = asyncio.Event()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        self.open.set()
        now = time.monotonic_ns()
        data = self._tail + data
        end = 0
        for found in _MADE.finditer(data, 0, max(0, len(data) - 1)):
            self.late.append((now - int(found[1])) / 1e6)
            end = found.end()
        for found in _N.finditer(data, 0, max(0, len(data) - 1)):
            self.newest = max(self.newest, int(found[1]))
        self._tail = data[max(end, len(data) - 24) :]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A server that runs, and what it takes to use it."""

    pid: int
    base: str
    port: int
    token: str
    http: aiohttp.ClientSession
    chats: Sequence[int]

    @contextlib.asynccontextmanager
    async def ears(self, many: int, path: str = BATON) -> AsyncIterator[list[Ear]]:
        loop = asyncio.get_running_loop()
        ears = []
        for _ in range(many):
            _, ear = await loop.create_connection(
                lambda: Ear(path, self.token), "127.0.0.1", self.port
            )
            await ear.open.wait()
            ears.append(ear)
        try:
            yield ears
        finally:
            for ear in ears:
                assert ear.transport is not None
                ear.transport.abort()

    async def change(self, **query: float) -> int:
        params = {name: str(value) for name, value in query.items()}
        async with self.http.post(f"{self.base}/bench/changes", params=params) as got:
            n: int = (await got.json())["n"]
            return n

    async def write(self, number: int, chat: int, text: str) -> None:
        body = update(number, chat, text)
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        async with self.http.post(f"{self.base}{PATH}", data=body, headers=headers) as got:
            assert got.status == 200, got.status

    async def sessions(self) -> list[str]:
        async with self.http.get(f"{self.base}/bench/sessions") as got:
            ids: list[str] = await got.json()
            return ids

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.request(
            method, f"{self.base}/api/v1{path}", json=body, headers=headers
        ) as got:
            assert got.status < 300, await got.text()
            answer: dict[str, object] = await got.json()
            return answer


@contextlib.asynccontextmanager
async def bench(database: str) -> AsyncIterator[Bench]:
    """A fresh server with answered conversations."""
    migrate.upgrade(engine.database(database))
    async with telegram.running() as platform, openai.running() as model:
        bot = platform.telegram.add_bot(TOKEN, name="Bench", limits=False)
        people = [platform.telegram.add_user(f"P{n}") for n in range(CONVERSATIONS)]
        chats = [platform.telegram.private_chat(bot, person) for person in people]
        environment = {
            "BENCH_DATABASE": database,
            "BENCH_TELEGRAM": platform.url,
            "BENCH_OPENAI": model.url,
        }
        async with serving("live", environment) as (pid, port), aiohttp.ClientSession() as http:
            base = f"http://127.0.0.1:{port}"
            async with http.post(f"{base}/bench/operator") as got:
                token = (await got.json())["token"]
            ids = [person.id for person in people]
            one = Bench(pid=pid, base=base, port=port, token=token, http=http, chats=ids)
            for person in people:
                platform.outside.write(bot, person, text="Hello?")
            await until(lambda: all(chat.messages[-1]["from"]["is_bot"] for chat in chats))
            await asyncio.sleep(1)
            yield one


async def message_to_socket(
    one: Bench, seconds: float, rate: float
) -> tuple[list[float], list[float]]:
    """Customers of conversations that an operator has write at a steady rate. How late each message
    is at his socket, and how late its webhook was answered.
    """
    answered: list[float] = []

    async def write(number: int) -> None:
        began = time.monotonic_ns()
        chat = one.chats[number % len(one.chats)]
        await one.write(FIRST + number, chat, f"T{began} Where is it?")
        answered.append((time.monotonic_ns() - began) / 1e6)

    async with one.ears(1) as ears:
        for session_id in await one.sessions():
            await one.ask("POST", f"/sessions/{session_id}/takeover", {})
            await one.ask("POST", f"/sessions/{session_id}/mode", {"mode": "human"})
        began, many = time.monotonic(), int(seconds * rate)
        async with asyncio.TaskGroup() as writing:
            for number in range(many):
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
                writing.create_task(write(number))
        await until(lambda: len(ears[0].late) >= many)
        return ears[0].late, answered


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what it looks at has no event
            await asyncio.sleep(0.005)


async def fan_out(one: Bench, path: str, many: int) -> tuple[float, float]:
    """Deliveries per second and CPU us of each, to all sockets, in groups as a busy server has them."""
    async with one.ears(SOCKETS, path) as ears:
        n = await one.change(many=20, group=10, size=80, every=0)
        await until(lambda: all(ear.newest >= n for ear in ears))
        began, cpu = time.perf_counter(), cpu_seconds(one.pid)
        n = await one.change(many=many, group=10, size=80, every=0)
        await until(lambda: all(ear.newest >= n for ear in ears))
        seconds = time.perf_counter() - began
        deliveries = many * SOCKETS
        assert path == NAIVE or all(len(ear.late) == many + 20 for ear in ears)
        return deliveries / seconds, (cpu_seconds(one.pid) - cpu) / deliveries * 1e6


async def beside_a_stuck_one(
    one: Bench, *, stuck: bool, seconds: float
) -> list[tuple[float, float]]:
    """How late changes are at 20 a second, for the others: p50 and p99 of each second."""
    async with contextlib.AsyncExitStack() as stack:
        if stuck:
            await _stuck(one, stack)
        ears = await stack.enter_async_context(one.ears(SOCKETS - 1))
        n = await one.change(many=400, group=10, size=15_000, every=0)  # fills what can be filled
        await until(lambda: all(ear.newest >= n for ear in ears))
        for ear in ears:
            ear.late.clear()
        n = await one.change(many=int(20 * seconds), group=1, size=80, every=0.05)
        await until(lambda: all(ear.newest >= n for ear in ears))
        return [
            percentiles([late for ear in ears for late in ear.late[first : first + 20]])
            for first in range(0, int(20 * seconds), 20)
        ]


async def _stuck(one: Bench, stack: contextlib.AsyncExitStack) -> None:
    """A socket that reads nothing after its handshake, with a small buffer."""
    loop = asyncio.get_running_loop()
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    deaf.connect(("127.0.0.1", one.port))
    transport, ear = await loop.create_connection(lambda: Ear(BATON, one.token), sock=deaf)
    await ear.open.wait()
    transport.pause_reading()
    stack.callback(transport.abort)


async def memory(one: Bench, many: int) -> float:
    """KB for each socket that only listens."""
    async with one.ears(10):
        before = resident_kb(one.pid)
        async with one.ears(many):
            return (resident_kb(one.pid) - before) / many


def resident_kb(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KB


def percentiles(late: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(late, n=100)
    return cuts[49], cuts[98]


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    on_core(os.getpid(), 1)
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        for store, url in (("sqlite", f"sqlite:///{folder}/a.db"), ("pg", fresh(postgres, "a"))):
            async with bench(url) as one:
                figures = await message_to_socket(one, options.seconds, 100)
                for what, late in zip(("socket", "its 200"), figures, strict=True):
                    p50, p99 = percentiles(late)
                    print(f"| message to {what}, 100/s, {store} | {p50:.1f} | {p99:.1f} |")
        async with bench(f"sqlite:///{folder}/b.db") as one:
            print(f"| memory, KB a socket | {await memory(one, 1000):.1f} |", flush=True)
            await _compare(one, options.rounds, options.seconds)


async def _compare(one: Bench, rounds: int, seconds: float) -> None:
    fans: dict[str, list[tuple[float, float]]] = {NAIVE: [], BATON: []}
    beside: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for number in range(rounds):
        turn = -1 if number % 2 else 1  # nobody is always the second
        for path in list(fans)[::turn]:
            fans[path].append(await fan_out(one, path, 500))
        for stuck in list(beside)[::turn]:
            beside[stuck] += await beside_a_stuck_one(one, stuck=stuck, seconds=seconds)
    for path, found in fans.items():
        rate, cpu = (statistics.median(column) for column in zip(*found, strict=True))
        against = statistics.median(
            its[0] / its_naive[0] for its, its_naive in zip(found, fans[NAIVE], strict=True)
        )
        print(f"| fan-out to {SOCKETS}, {path} | {rate:,.0f}/s | {cpu:.1f} us | {against:.2f} |")
    for stuck, seconds_of in beside.items():
        p50, p99 = (statistics.median(column) for column in zip(*seconds_of, strict=True))
        what = f"{int(stuck)} stuck of {SOCKETS}: the others, median second"
        print(f"| {what} | {p50:.1f} | {p99:.1f} |")


if __name__ == "__main__":
    asyncio.run(main())
