"""Renders every error as `application/problem+json`, and knows nothing about what went wrong."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

from runtime.errors import BatonError

_log = structlog.get_logger("http")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem(status: int, code: str, detail: str, **facts: Any) -> web.Response:
    """RFC 9457, with our `code` for machines, and facts such as the control that refused."""
    said = {"status": status, "code": code, "title": HTTPStatus(status).phrase, "detail": detail}
    body = {**facts, **said}
    headers = None
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        headers = {"Retry-After": str(facts.get("retry_after", 2))}
    return web.Response(
        status=status,
        text=json.dumps(body),
        content_type="application/problem+json",
        headers=headers,
    )


def of(error: BatonError) -> web.Response:
    return problem(error.status, error.code, error.detail, **error.facts)


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The last resort of every door."""
    try:
        return await handler(request)
    except BatonError as error:
        return of(error)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        code = HTTPStatus(error.status).name.lower()
        answer = problem(error.status, code, error.reason)
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        _log.exception("a door broke", action="http_error", path=request.path)
        return problem(500, "internal_error", "This is our mistake. It has been logged.")
