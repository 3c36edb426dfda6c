"""The platforms' door: hands headers and body to the inbox, and answers when that is durable."""

from aiohttp import web

from channels.messages import Request
from runtime import errors

from . import errors as problems
from .keys import INBOX, ROSTER

MAX_BODY = 4 * 1024 * 1024
"""Bytes. Meta sends up to 3 MB in one body."""


async def receive(request: web.Request) -> web.Response:
    """Any 2xx means: committed. 401, 404, 400, 413 are final, 503 asks for a retry."""
    kind, channel_id = request.match_info["kind"], request.match_info["channel_id"]
    known = request.app[ROSTER].states.get(channel_id)
    if known is not None and known[0] != kind:
        return problems.of(errors.NotFound("There is no such channel."))
    try:
        body = await request.read()
        await request.app[INBOX].accept(
            channel_id, Request(body=body, headers=request.headers, query=request.query)
        )
    except web.HTTPRequestEntityTooLarge:
        return problems.of(errors.TooLarge(f"A body may have {MAX_BODY} bytes."))
    except errors.BatonError as error:
        return problems.of(error)
    return web.Response()


def routes() -> list[web.RouteDef]:
    return [web.post("/webhooks/{kind}/{channel_id}", receive)]
