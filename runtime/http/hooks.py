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


async def verify(request: web.Request) -> web.Response:
    """What a platform wants to read before it sends us anything; 403 to who is not known."""
    kind, channel_id = request.match_info["kind"], request.match_info["channel_id"]
    asked = Request(body=b"", headers=request.headers, query=request.query, method="GET")
    answer = request.app[INBOX].challenge(kind, channel_id, asked)
    return web.Response(body=answer, content_type="text/plain", charset="utf-8")


def routes() -> list[web.RouteDef]:
    path = "/webhooks/{kind}/{channel_id}"
    return [web.get(path, verify, allow_head=False), web.post(path, receive)]
