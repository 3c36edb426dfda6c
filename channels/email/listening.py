"""Listens to one mailbox: waits for mail (IDLE, or looking again and again), hands each over, and marks it
as read only then. What goes wrong ends the connection, never the listening.

The loop is never blocked: whatever waits for the server runs in the connection's own thread.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from channels import errors
from channels.alongside import alongside
from channels.base import Accept
from channels.messages import Request

from . import refusals
from .cursor import Cursor
from .imap import Letter, Mailbox, Wire
from .login import Login
from .refusals import ImapRefused, LoginRefused, Lost
from .settings import Server

T = TypeVar("T")
TRIES = 3
"""Of one mail in a row, before the ones behind it are tried too."""
LOSSES = 5
"""In a row, before somebody is told."""

_log = structlog.get_logger("email")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """In seconds."""

    idle: float = 120.0
    """How long IDLE is trusted: a connection that died silently is noticed then."""
    poll: float = 15.0
    """How often to look where there is no IDLE."""
    patience: float = 30.0
    """How long a server may take to answer."""
    connect: float = 10.0
    pause: float = 0.5
    """Before what failed is tried again; doubled each time."""
    longest: float = 60.0
    aside: float = 300.0
    """Before a mail that alone fails is tried again."""


class Connection:
    """One, in a thread of its own. Raises what `Mailbox` raises, and what TLS and sockets do."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mailbox")
        self.box: Mailbox

    @classmethod
    async def opened(cls, server: Server, tempo: Tempo) -> "Connection":
        """Connected and greeted, not logged in."""
        sock = await _connected(server.host, server.port, tempo.connect)
        sock.settimeout(tempo.patience)
        connection = cls(Wire(sock))
        try:
            connection.box = await connection.do(
                lambda: Mailbox(connection._wire, server, ssl.create_default_context())
            )
        except BaseException:
            connection.end()
            raise
        return connection

    async def do(self, work: Callable[[], T]) -> T:
        """In its thread. Cancelled, the connection is cut, so that no thread is left waiting."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work)
        except asyncio.CancelledError:
            self._wire.cut()
            raise

    def end(self) -> None:
        """At once; the thread lets go of the rest."""
        self._wire.cut()
        box = getattr(self, "box", None)
        if box is not None:
            self._thread.submit(box.close)
        self._thread.submit(self._wire.close)
        self._thread.shutdown(wait=False)


async def _connected(host: str, port: int, patience: float) -> socket.socket:
    """To the first of the host's addresses that answers."""
    loop = asyncio.get_running_loop()
    failed: OSError = OSError("It has no address.")
    async with asyncio.timeout(patience):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        try:
            async with asyncio.timeout(patience):
                await loop.sock_connect(sock, address)
        except OSError as error:
            failed = error
            sock.close()
        except BaseException:
            sock.close()
            raise
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return sock
    raise failed


async def log_in(server: Server, login: Login, tempo: Tempo) -> Connection:
    """Raises the errors of `channels.errors`."""
    try:
        connection = await Connection.opened(server, tempo)
    except (ImapRefused, Lost, OSError) as error:
        raise refusals.imap(error, server.host) from error
    try:
        await _authenticated(connection, login)
    except (ImapRefused, Lost, OSError) as error:
        connection.end()
        raise refusals.imap(error, server.host) from error
    except BaseException:
        connection.end()
        raise
    return connection


async def _authenticated(connection: Connection, login: Login) -> None:
    """A token may have been withdrawn before its time: then once more with another."""
    box, by_token = connection.box, login.by_token
    secret = await login.secret()
    try:
        await connection.do(lambda: box.login(login.user, secret, by_token=by_token))
    except LoginRefused:
        if not by_token:
            raise
        other = await login.secret(refused=secret)
        await connection.do(lambda: box.login(login.user, other, by_token=True))


class Listener:
    """To one folder. What it knows of the folder outlives connections."""

    def __init__(self, server: Server, login: Login, folder: str, tempo: Tempo) -> None:
        self._server = server
        self._login = login
        self._folder = folder
        self._tempo = tempo
        self._cursor = Cursor()
        self._failures: dict[int, int] = {}
        self._aside: dict[int, float] = {}
        self._pause = 0.0

    @contextlib.asynccontextmanager
    async def hearing(self, accept: Accept) -> AsyncIterator[None]:
        """Raises the errors of `channels.errors`, also later: when the credentials have died, or when
        the server has not been reachable for some time.
        """
        connection = await self._opened()
        async with alongside(self._run(connection, accept)):
            yield

    async def _opened(self) -> Connection:
        """Who was sent away knocks more slowly."""
        await asyncio.sleep(self._pause)
        self._slower()
        connection = await log_in(self._server, self._login, self._tempo)
        try:
            await self._select(connection)
        except (ImapRefused, Lost, OSError) as error:
            connection.end()
            raise refusals.imap(error, self._server.host) from error
        except BaseException:
            connection.end()
            raise
        return connection

    def _slower(self) -> None:
        self._pause = min(self._tempo.longest, max(self._tempo.pause, 2 * self._pause))

    async def _run(self, connection: Connection | None, accept: Accept) -> None:
        losses = 0
        while True:
            try:
                connection = connection or await self._opened()
                losses = 0
                await self._attend(connection, accept)
            except (errors.RetryLater, ImapRefused, Lost, OSError) as error:
                losses += 1
                told = self._ours(error)
                _log.info("a mailbox connects again", action="mail_lost", error=str(told))
                if losses == LOSSES or not isinstance(told, errors.RetryLater):
                    raise told from error
            finally:
                if connection is not None:
                    connection.end()
                connection = None

    def _ours(self, error: Exception) -> errors.ChannelError:
        if isinstance(error, errors.ChannelError):
            return error
        return refusals.imap(error, self._server.host)

    async def _attend(self, connection: Connection, accept: Accept) -> None:
        """For ever, over one connection."""
        quiet = False
        while True:
            if quiet:
                # It shows that the connection lives, and whether UIDs still mean the same.
                await self._select(connection)
            await self._look(connection)
            if await self._hand_over(connection, accept):
                self._pause = 0.0
                quiet = False
                continue
            self._cursor.settled(datetime.now(UTC))
            await self._wait(connection, self._tempo.idle)
            quiet = True

    async def _select(self, connection: Connection) -> None:
        box, cursor = connection.box, self._cursor
        told = await connection.do(lambda: box.select(self._folder))
        cursor.selected(told.validity, told.last)

    async def _look(self, connection: Connection) -> None:
        box, cursor = connection.box, self._cursor

        def look() -> None:
            for uid in tuple(cursor.unmarked):
                box.mark_seen(uid)
            if cursor.again_since is not None:
                cursor.again(box.since(cursor.again_since))
            cursor.found(box.unseen(), box.above(cursor.last))

        await connection.do(look)

    async def _hand_over(self, connection: Connection, accept: Accept) -> bool:
        """In order, as far as it goes; whether any was. One that fails stops those behind it, for it may
        be the database that is away; if it goes on failing, they are tried, and it waits.
        """
        failed: list[int] = []
        handed = False
        now = asyncio.get_running_loop().time()
        for uid in sorted(self._cursor.waiting):
            if self._aside.get(uid, 0.0) > now:
                continue
            if await self._one(connection, accept, uid):
                handed = True
                self._put_aside(failed, now)
                continue
            failed.append(uid)
            if len(failed) > self._failures[failed[0]] - TRIES:
                break
        if failed:
            await self._wait(connection, self._after(failed[0]))
        return handed or bool(failed)

    def _after(self, uid: int) -> float:
        times: int = 1 << min(self._failures[uid] - 1, 16)
        return min(self._tempo.longest, self._tempo.pause * times)

    def _put_aside(self, failed: list[int], now: float) -> None:
        """Others are accepted: it is these."""
        for uid in failed:
            _log.error("a mail cannot be accepted", action="mail_aside", uid=uid)
            self._aside[uid] = now + self._tempo.aside
        failed.clear()

    async def _one(self, connection: Connection, accept: Accept, uid: int) -> bool:
        box = connection.box
        self._failures[uid] = self._failures.get(uid, 0) + 1
        try:
            letter = await connection.do(lambda: box.fetch(uid))
        except ImapRefused as error:
            _log.warning("a mail cannot be fetched", action="mail_failed", error=str(error))
            return False
        except (Lost, OSError):
            if self._failures[uid] > TRIES:
                self._put_aside([uid], asyncio.get_running_loop().time())
            raise
        if letter is not None:
            try:
                await accept(_request(letter))
            except Exception as error:
                _log.warning("mail not accepted", action="mail_failed", error=repr(error))
                return False
        self._failures.pop(uid)
        self._aside.pop(uid, None)
        await self._mark(connection, uid, there=letter is not None)
        return True

    async def _mark(self, connection: Connection, uid: int, *, there: bool) -> None:
        """Accepted is accepted, whether it can be marked or not."""
        self._cursor.done(uid, marked=not there)
        if there:
            with contextlib.suppress(ImapRefused):
                await connection.do(lambda: connection.box.mark_seen(uid))
                self._cursor.unmarked.discard(uid)

    async def _wait(self, connection: Connection, seconds: float) -> None:
        """Until there may be something to do."""
        box, clock = connection.box, asyncio.get_running_loop().time
        began = clock()
        if box.idles:
            await connection.do(lambda: box.wait(seconds))
        if not box.idles:
            await asyncio.sleep(min(seconds, self._tempo.poll))
        self._lasted(clock() - began)

    def _lasted(self, seconds: float) -> None:
        """A connection that holds for a while is a good one."""
        if seconds > self._pause:
            self._pause = 0.0


def _request(letter: Letter) -> Request:
    query = {} if letter.size is None else {"size": str(letter.size)}
    return Request(body=letter.raw, query=query, trusted=True)
