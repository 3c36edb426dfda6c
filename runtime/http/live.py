"""The operators' live door, `GET /api/v1/live?after=N`: a websocket that follows the feed.

It reads nothing by itself: the station offers, the socket sends at once or falls behind. Who falls
behind further than the station remembers is closed with 4008 and comes back with `after`.
"""

import asyncio
import contextlib
from urllib.parse import urlsplit

import pydantic
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from runtime import errors
from runtime.live import Live
from runtime.storage.ids import new_id
from runtime.storage.operators import Role

from . import guard
from .api import Call, Endpoint, Model
from .keys import LIVE, PUBLIC_URL
from .live_messages import SCHEMAS, Hello, Looking, Resync, heard

MAX_HEARD = 4096
DIRECT = 32 * 1024
"""Bytes of a message that is written past the queue; below the transport's own limit of 64 KB, so
that writing it never waits.
"""
CLOSING = 5.0
"""Seconds that closing may take; then the connection is cut."""
CALM = 0.1
"""Seconds from one change of presence to the next of the same socket."""

NOT_UNDERSTOOD = 4400
LOGGED_OUT = 4401
TOO_SLOW = 4008

_log = structlog.get_logger("live")


class Socket:
    """One operator's browser window."""

    def __init__(self, live: Live, request: web.Request, operator_id: str) -> None:
        self.id = new_id()
        self.operator_id = operator_id
        self.last = 0
        self.live = False
        self.looking: str | None = None
        self.typing_until = 0
        self._station = live
        self._request = request
        self._ws = web.WebSocketResponse(
            compress=False,
            heartbeat=live.beat,
            timeout=CLOSING,
            max_msg_size=MAX_HEARD,
            writer_limit=2 * DIRECT,
        )
        self._resuming = True
        self._reading_on: asyncio.Task[None] | None = None

    async def serve(self, after: int | None) -> web.WebSocketResponse:
        """The whole life of it."""
        if not self._ws.can_prepare(self._request):
            raise errors.Malformed("This is the address of a websocket.")
        try:
            oldest, newest = await self._station.enter(self)
            await self._ws.prepare(self._request)
            await self._greet(after, oldest, newest)
            with contextlib.suppress(errors.Unavailable):  # said again at the next beat
                await self._station.stay(self, ring=True)
            await self._listen()
        finally:
            await self._gone()
        return self._ws

    async def offer(self, message: bytes, n: int = 0) -> None:
        """Nothing waits here: what cannot be written at once is read later, or, without a number,
        lost.
        """
        if not self.live or (n and n <= self.last):
            return
        transport = self._request.transport
        if transport is None or transport.is_closing():
            self.live = False
        elif len(message) > DIRECT or transport.get_write_buffer_size():
            self._fall_behind()
        else:
            self.last = n or self.last
            await self._send(message)

    async def end(self, code: int, reason: str) -> None:
        """Close with a reason; cut the connection of who does not listen."""
        self.live = False
        try:
            async with asyncio.timeout(CLOSING):
                await self._ws.close(code=code, message=reason.encode(), drain=False)
        except TimeoutError:
            self._cut()

    async def _greet(self, after: int | None, oldest: int, newest: int) -> None:
        await self._send(Hello(n=newest, oldest=oldest).model_dump_json().encode())
        self.last = newest
        if after is not None and oldest - 1 <= after <= newest:
            self.last = after
        elif after is not None:
            await self._send(Resync(n=newest).model_dump_json().encode())
        self._fall_behind()

    def _fall_behind(self) -> None:
        self.live = False
        self._reading_on = asyncio.create_task(self._read_on(), name=f"live {self.id}")

    async def _read_on(self) -> None:
        """Until it has had everything, as fast as it takes it."""
        station = self._station
        try:
            while not station.join(self):
                page = station.recent(self.last)
                if page is None and not self._resuming:
                    _log.info("a socket is too slow", action="live_too_slow", socket=self.id)
                    await self.end(TOO_SLOW, "Too slow: connect again with after=N.")
                    return
                for n, message in await station.stored(self.last) if page is None else page:
                    await self._ws.send_frame(message, WSMsgType.TEXT)
                    self.last = n
            self._resuming = False
            await self._send(station.present)
        except errors.Unavailable:
            await self.end(WSCloseCode.TRY_AGAIN_LATER, "Connect again with after=N.")
        except ConnectionError:
            self.live = False

    async def _send(self, message: bytes) -> None:
        if message:
            with contextlib.suppress(ConnectionError):
                await self._ws.send_frame(message, WSMsgType.TEXT)

    async def _listen(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock() + self._station.beat
        while True:
            if clock() >= due:
                if not await self._still_welcome():
                    await self.end(LOGGED_OUT, "This login has ended.")
                    return
                due = clock() + self._station.beat
            try:
                message = await self._ws.receive(timeout=max(0.001, due - clock()))
            except TimeoutError:
                continue
            if message.type is not WSMsgType.TEXT:
                return
            try:
                told = await self._hear(message.data)
            except pydantic.ValidationError:
                await self.end(NOT_UNDERSTOOD, "Only `looking` and `typing` are understood.")
                return
            if told:
                await asyncio.sleep(CALM)

    async def _hear(self, text: str) -> bool:
        said = heard.validate_json(text)
        with contextlib.suppress(errors.Unavailable):  # lossy: the next sign says it again
            if isinstance(said, Looking):
                return await self._station.look(self, said.session_id)
            return await self._station.type(self, said.session_id)
        return False

    async def _still_welcome(self) -> bool:
        """Whether the login stands; also says that the operator is still here."""
        try:
            await guard.admitted(self._request, Role.VIEWER)
            await self._station.stay(self)
        except (errors.NotLoggedIn, errors.Forbidden):
            return False
        except errors.Unavailable:
            return True
        return True

    async def _gone(self) -> None:
        self.live = False
        if self._reading_on is not None:
            self._reading_on.cancel()
        asyncio.get_running_loop().call_later(CLOSING, self._cut)
        with contextlib.suppress(errors.Unavailable):
            await self._station.leave(self)

    def _cut(self) -> None:
        """So that nobody's unread bytes stay in memory."""
        transport = self._request.transport
        if transport is not None:
            transport.abort()


class Following(Model):
    """`after`: the last number that you have had; without it you get what happens from now on."""

    after: int | None = pydantic.Field(default=None, ge=0, lt=10**18)


async def live(call: Call) -> web.WebSocketResponse:
    """Follow what happens, on a websocket. It sends `Hello`, then `SessionEvent`, `DeliveryEvent` and
    `ChangeEvent`, and `PresenceMessage` and `DraftMessage` in between; `Resync` where your `after` is
    too old. You may send `Looking` and `Typing`. A browser's page must be ours.
    """
    _check_origin(call.request)
    socket = Socket(call.app[LIVE], call.request, call.operator.id)
    return await socket.serve(call.query.after)


async def close_all(app: web.Application) -> None:
    """Before the runner stops: every socket hears that we go, and comes back elsewhere."""
    ends = [one.end(WSCloseCode.GOING_AWAY, "Restarting.") for one in app[LIVE].followers]
    await asyncio.gather(*ends, return_exceptions=True)


def _check_origin(request: web.Request) -> None:
    """Browsers send the cookie also for a page of somebody else's; that page may not listen."""
    origin = request.headers.get("Origin")
    if origin is None:
        return
    ours = {request.host, urlsplit(request.app[PUBLIC_URL]).netloc}
    if not origin or urlsplit(origin).netloc not in ours - {""}:
        raise errors.Forbidden("This page may not listen here.", code="foreign_origin")


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/live",
        handler=live,
        least=Role.VIEWER,
        query=Following,
        answer=None,
        status=101,
        raises=[errors.Malformed],
        messages=SCHEMAS,
    )
]
