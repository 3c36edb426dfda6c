"""The emulator as three servers: SMTP, IMAP, and HTTP for `/_control`, tokens, and the mail page."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from emulators import control, phone

from . import certificate, remote, smtp
from .imap import Connection
from .outside import Outside
from .state import Post

HOST = "127.0.0.1"
POST = web.AppKey("post", Post)
ROOM = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Ports:
    """0: a free one."""

    smtp: int = 0
    imap: int = 0


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator that listens, all of it on this machine."""

    url: str
    smtp: int
    imap: int
    post: Post
    outside: Outside
    host: str = HOST


def create_app(post: Post | None = None, ports: Ports | None = None) -> web.Application:
    """HTTP; while it runs, the other two doors are open too."""
    post = post or Post()
    app = web.Application(client_max_size=ROOM)
    app[POST] = post
    app[control.CONTROL] = post.control
    app[remote.OUTSIDE] = Outside(post)
    wanted = ports or Ports()

    async def doors(_: web.Application) -> AsyncIterator[None]:
        async with opened(post, wanted) as found:
            app[remote.DOORS].update(smtp=found.smtp, imap=found.imap)
            yield

    app[remote.DOORS] = {}
    app.cleanup_ctx.append(doors)
    app.add_routes([*remote.routes(), *phone.mail_routes()])
    return app


@contextlib.asynccontextmanager
async def opened(post: Post, wanted: Ports) -> AsyncIterator[Ports]:
    """SMTP and IMAP."""
    loop = asyncio.get_running_loop()
    clients: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(writer)
        connection = Connection(post, reader, writer)
        connections.append(connection)
        try:
            await connection.serve()
        finally:
            clients.discard(writer)
            connections.remove(connection)

    connections: list[Connection] = []
    post.connections = connections
    sending = await loop.create_server(smtp.factory(post, certificate.context()), HOST, wanted.smtp)
    reading = await asyncio.start_server(serve, HOST, wanted.imap, limit=1 << 20)
    try:
        yield Ports(
            smtp=sending.sockets[0].getsockname()[1], imap=reading.sockets[0].getsockname()[1]
        )
    finally:
        sending.close()
        reading.close()
        for writer in list(clients):
            writer.transport.abort()
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def running(port: int = 0) -> AsyncIterator[Running]:
    """On loopback; port 0 finds a free one."""
    post = Post()
    app = create_app(post)
    async with control.listening(app, port) as url:
        doors = app[remote.DOORS]
        yield Running(
            url=url,
            smtp=doors["smtp"],
            imap=doors["imap"],
            post=post,
            outside=app[remote.OUTSIDE],
        )
