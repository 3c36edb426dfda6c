"""The emulator as an aiohttp application: `/bot<token>/<method>`, `/file/…`, and `/_control/…`."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulators import control, phone
from emulators.control import Call, Fault

from . import limits, parameters, remote
from .api import Api
from .chats import Json
from .delivery import Postman
from .errors import Described, Refusal, too_many
from .methods import METHODS
from .outside import Outside
from .state import Bot, Telegram

API = web.AppKey("api", Api)
_ROOM = 1024 * 1024
"""For everything in a request that is not the file."""


def create_app(telegram: Telegram | None = None) -> web.Application:
    """A platform of its own; give `telegram` to reach its state from Python as well."""
    telegram = telegram or Telegram()
    app = web.Application(client_max_size=limits.UPLOAD + _ROOM)
    api = app[API] = Api(telegram, METHODS)
    postman = Postman(telegram, api)
    app[control.CONTROL] = telegram.control
    app[remote.OUTSIDE] = Outside(telegram, postman)

    async def deliveries(_: web.Application) -> AsyncIterator[None]:
        async with postman.running():
            yield

    app.cleanup_ctx.append(deliveries)
    app.add_routes([*remote.routes(), *phone.routes("telegram")])
    app.router.add_get("/file/bot{token}/{path:.+}", download)
    app.router.add_route("*", "/bot{token}/{method}", call)
    app.router.add_route("*", "/{rest:.*}", nowhere)
    return app


async def nowhere(_: web.Request) -> web.Response:
    return _failed(Refusal(404, "Not Found"))  # TG1


async def call(request: web.Request) -> web.StreamResponse:
    api, method = request.app[API], request.match_info["method"].lower()
    platform = api.telegram.control
    try:
        bot = _bot_of(api.telegram, request.match_info["token"])
        given = await parameters.read(request)
    except Refusal as refusal:
        return _failed(refusal)
    except web.HTTPRequestEntityTooLarge:
        return _failed(Refusal(413, "Request Entity Too Large"))  # TG34
    noted = platform.heard(method, given.logged(), bot.token)
    fault = platform.fault_for(method, given.text("chat_id"))

    async def carried_out() -> web.Response:
        return await _carried_out(api, bot, noted, given)

    if fault is None:
        return await carried_out()
    answer = await control.spoilt(request, fault, carried_out, _ordered)  # TG51
    noted.status = 0 if fault.kind.startswith("drop") else answer.status
    return answer


async def _carried_out(
    api: Api, bot: Bot, noted: Call, given: parameters.Parameters
) -> web.Response:
    try:
        noted.answer = await api.call(bot, noted.method, given)
    except Described as described:
        noted.status, noted.answer = 200, described.result
        return _answer({"ok": True, "result": described.result, "description": str(described)})
    except Refusal as refusal:
        noted.status, noted.answer = refusal.status, refusal.description
        return _failed(refusal)
    noted.status = 200
    return _answer({"ok": True, "result": noted.answer})  # TG5


def _ordered(fault: Fault) -> web.Response:
    """The status that a fault asks for, in Telegram's words."""
    if fault.status == 429:
        return _failed(too_many(int(fault.seconds) or 1))
    return _failed(Refusal(fault.status, fault.description or "Internal Server Error"))


def _failed(refusal: Refusal) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    answer = _answer(body, refusal.status)
    if "retry_after" in refusal.parameters:
        answer.headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return answer


def _answer(body: Json, status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body).encode(), status=status, content_type="application/json"
    )


def _bot_of(telegram: Telegram, token: str) -> Bot:
    number, colon, _ = token.partition(":")
    if not colon or "/" in token or len(token) > 80 or number.startswith("0"):
        raise Refusal(401, "Unauthorized: invalid token specified")  # TG2
    bot = telegram.bots.get(token)
    if bot is None or bot.revoked:
        raise Refusal(401, "Unauthorized")  # TG3
    return bot


async def download(request: web.Request) -> web.Response:
    telegram = request.app[API].telegram
    bot = telegram.bots.get(request.match_info["token"])
    path, now = request.match_info["path"], telegram.clock.now()
    found = bot.files.at(path, now) if bot is not None and not bot.revoked else None
    return found.response() if found else _failed(Refusal(404, "Not Found"))  # TG33


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator that listens."""

    url: str
    telegram: Telegram
    outside: Outside


@contextlib.asynccontextmanager
async def running(port: int = 0, **options: Any) -> AsyncIterator[Running]:
    """On loopback; port 0 finds a free one. The options are those of `Telegram`."""
    telegram = Telegram(**options)
    app = create_app(telegram)
    async with control.listening(app, port) as url:
        yield Running(url=url, telegram=telegram, outside=app[remote.OUTSIDE])
