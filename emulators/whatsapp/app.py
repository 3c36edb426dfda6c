"""The emulator as an aiohttp application: `/v26.0/…`, the addresses of media, and `/_control/…`."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulators import control, phone

from . import graph, limits, media, remote
from .errors import GraphError
from .outside import Outside
from .state import Meta

META = web.AppKey("meta", Meta)
_ROOM = 1024 * 1024
"""For everything in a request that is not the file."""


def create_app(meta: Meta | None = None) -> web.Application:
    """A platform of its own; give `meta` to reach its state from Python as well."""
    meta = meta or Meta()
    app = web.Application(client_max_size=limits.UPLOAD + _ROOM)
    app[META] = meta
    app[control.CONTROL] = meta.control
    app[remote.OUTSIDE] = Outside(meta)

    async def deliveries(_: web.Application) -> AsyncIterator[None]:
        async with meta.postman.running():
            yield

    app.cleanup_ctx.append(deliveries)
    app.add_routes([*remote.routes(), *phone.routes("whatsapp")])
    app.router.add_get("/whatsapp_business/attachments/", download)
    app.router.add_route("*", "/{rest:.*}", call)
    return app


async def call(request: web.Request) -> web.StreamResponse:
    try:
        return await graph.handle(request.app[META], request)
    except web.HTTPRequestEntityTooLarge:
        error = GraphError(131053, details="Media file is too big")  # WA31
        return web.json_response(error.json(), status=error.status)


async def download(request: web.Request) -> web.Response:
    return media.download(request.app[META], request)


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator that listens."""

    url: str
    meta: Meta
    outside: Outside


@contextlib.asynccontextmanager
async def running(port: int = 0, **options: Any) -> AsyncIterator[Running]:
    """On loopback; port 0 finds a free one. The options are those of `Switches`."""
    meta = Meta(**options)
    app = create_app(meta)
    async with control.listening(app, port) as url:
        outside = app[remote.OUTSIDE]
        outside.base = url
        yield Running(url=url, meta=meta, outside=outside)
