"""What every emulator has: a clock that can be advanced, faults to order, and a log of every call.

Also the part of `/_control` that is the same on every platform. What a platform answers to a fault of
kind `status` is its own affair, and not here.
"""

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

KEPT_CALLS = 20_000
_AFTERWARDS = frozenset({"delay", "drop_after", "truncate"})


class Clock:
    """Real time, plus what was skipped."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> float:
        return time.time() + self._skipped

    def advance(self, seconds: float) -> None:
        self._skipped += seconds
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after each jump: whoever sleeps until a time has to look again."""
        self._watchers.append(watcher)


@dataclass(kw_only=True)
class Fault:
    """Ordered misfortune. `kind`: status, delay, drop_before, drop_after, truncate, html_502, not_json."""

    kind: str
    method: str = ""
    """Only this method; empty: any."""
    chat_id: str = ""
    times: int = 1
    status: int = 500
    code: int = 0
    """The platform's own number for the error, where it has such numbers."""
    description: str = ""
    seconds: float = 0.0
    """How long to wait for `delay`; what a 429 asks to wait for `status`."""
    committed: bool = False
    """The call is carried out, and only its answer is spoilt."""

    @property
    def carried_out(self) -> bool:
        return self.committed or self.kind in _AFTERWARDS


@dataclass(kw_only=True)
class Call:
    """One request as it arrived, and what it was answered; status 0: nothing was answered."""

    number: int
    at: float
    method: str
    parameters: dict[str, Any]
    scope: str = ""
    """Whose call it is: a bot's token, a number."""
    status: int = 0
    answer: Any = None


@dataclass
class Control:
    """Shared by the app's handlers."""

    clock: Clock = field(default_factory=Clock)
    faults: list[Fault] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    listeners: list[Callable[[Call], None]] = field(default_factory=list)
    """Told of each call as it arrives, before it is carried out."""
    _number: int = 0

    def heard(self, method: str, parameters: dict[str, Any], scope: str = "") -> Call:
        self._number += 1
        call = Call(
            number=self._number,
            at=self.clock.now(),
            method=method,
            parameters=parameters,
            scope=scope,
        )
        self.calls.append(call)
        for listener in self.listeners:
            listener(call)
        return call

    def fault_for(self, method: str, chat_id: str) -> Fault | None:
        """The first ordered fault that fits; used up after its times."""
        for fault in self.faults:
            if fault.method.lower() in {"", method.lower()} and fault.chat_id in {"", chat_id}:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def reset(self) -> None:
        self.faults.clear()
        self.calls.clear()


Answer = Callable[[], Awaitable[web.Response]]


async def spoilt(
    request: web.Request, fault: Fault, answer: Answer, refused: Callable[[Fault], web.Response]
) -> web.StreamResponse:
    """What becomes of a call under a fault; `answer` carries it out, `refused` words a `status`."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    real = await answer() if fault.carried_out else web.Response()
    match fault.kind:
        case "delay":
            return real
        case "truncate":
            return await _truncated(request, real)
        case "html_502":
            page = "<html><head><title>502 Bad Gateway</title></head></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        case "not_json":
            return web.Response(text="This is not JSON", content_type="application/json")
        case "status":
            return refused(fault)
    return _dropped(request)


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _truncated(request: web.Request, real: web.Response) -> web.StreamResponse:
    """All headers, half of the body, and the line goes dead."""
    body = real.body if isinstance(real.body, bytes) else b""
    half = web.StreamResponse(status=real.status, headers={"Content-Type": real.content_type})
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    return _cut(request, half)


def _cut(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()  # what was written still leaves
    return response


CONTROL = web.AppKey("control", Control)


def answered(value: Any) -> web.Response:
    return web.Response(text=json.dumps(value, default=repr), content_type="application/json")


class Asked:
    """A request to `/_control`, as a person means it: with names instead of objects."""

    def __init__(self, request: web.Request, given: dict[str, Any]) -> None:
        self.request = request
        self.given = given

    def named(self, name: str) -> Any:
        """From the path, the body, or the query."""
        found = self.request.match_info.get(name) or self.given.get(name)
        return found or self.request.query.get(name, "")


async def acted(act: Callable[[Any], Any], asked: Asked) -> web.StreamResponse:
    """What an act answers as JSON, if it is no response already; 404 for what does not exist."""
    try:
        found = act(asked)
        found = await found if asyncio.iscoroutine(found) else found
    except LookupError as error:
        return web.json_response({"error": str(error)}, status=404)
    return found if isinstance(found, web.StreamResponse) else answered(found)


@contextlib.asynccontextmanager
async def listening(app: web.Application, port: int = 0) -> AsyncIterator[str]:
    """On loopback; port 0 finds a free one. The address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield f"http://127.0.0.1:{site.port}"
    finally:
        await runner.cleanup()


async def _calls(request: web.Request) -> web.Response:
    """Newest last; `bot` or `number`, `method` and `after` narrow it."""
    control, query = request.app[CONTROL], request.query
    method, scope = query.get("method", "").lower(), query.get("bot", query.get("number", ""))
    after = int(query.get("after", 0))
    found = [
        asdict(call)
        for call in control.calls
        if call.number > after and method in {"", call.method} and scope in {"", call.scope}
    ]
    return answered(found)


async def _clock(request: web.Request) -> web.Response:
    clock = request.app[CONTROL].clock
    clock.advance(float((await request.json())["advance"]))
    return answered({"now": clock.now()})


async def _order(request: web.Request) -> web.Response:
    control, given = request.app[CONTROL], await request.json()
    control.faults.append(Fault(**{**given, "chat_id": str(given.get("chat_id", ""))}))
    return answered({"ordered": len(control.faults)})


async def _forgive(request: web.Request) -> web.Response:
    request.app[CONTROL].faults.clear()
    return answered({"ordered": 0})


def routes() -> list[web.RouteDef]:
    return [
        web.get("/_control/calls", _calls),
        web.post("/_control/clock", _clock),
        web.post("/_control/faults", _order),
        web.delete("/_control/faults", _forgive),
    ]
