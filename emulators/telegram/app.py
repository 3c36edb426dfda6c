"""The emulator as an aiohttp application: `/bot<token>/<method>`, `/file/…`, and `/_control/…`."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulators import phone
from emulators.control import Fault

from . import outside
from .api import Api, Described
from .delivery import Postman
from .methods import METHODS
from .state import Bot, Json, Refusal, Telegram

UPLOAD_LIMIT = 50 * 1024 * 1024
API = web.AppKey("api", Api)


def create_app(telegram: Telegram | None = None) -> web.Application:
    """A platform of its own; give `telegram` to reach its state from Python as well."""
    telegram = telegram or Telegram()
    app = web.Application(client_max_size=UPLOAD_LIMIT + 1024 * 1024)
    api = app[API] = Api(telegram, METHODS)
    postman = Postman(telegram, api)
    app[outside.OUTSIDE] = outside.Outside(telegram, postman)

    async def deliveries(_: web.Application) -> AsyncIterator[None]:
        async with postman.running():
            yield

    app.cleanup_ctx.append(deliveries)
    app.add_routes([*outside.routes(), *phone.routes()])
    app.router.add_get("/file/bot{token}/{path:.+}", download)
    app.router.add_route("*", "/bot{token}/{method}", call)
    app.router.add_route("*", "/{rest:.*}", nowhere)
    return app


async def nowhere(_: web.Request) -> web.Response:
    return _failed(Refusal(404, "Not Found"))  # TG1


async def call(request: web.Request) -> web.StreamResponse:
    api = request.app[API]
    control = api.telegram.control
    method = request.match_info["method"].lower()
    try:
        bot = _bot_of(api.telegram, request.match_info["token"])
        parameters = await _parameters(request)
    except Refusal as refusal:
        return _failed(refusal)
    except web.HTTPRequestEntityTooLarge:
        return _failed(Refusal(413, "Request Entity Too Large"))  # TG34
    noted = control.heard(method, {k: v for k, v in parameters.items() if not isinstance(v, tuple)})
    fault = control.fault_for(method, str(parameters.get("chat_id", "")))
    if fault is not None and fault.kind != "drop_after":
        spoilt = await _spoilt(request, fault)
        if spoilt is not None:
            noted.status = spoilt.status
            return spoilt
    answer, noted.answer = await _answered(api, bot, method, parameters)
    noted.status = answer.status
    if fault is not None and fault.kind == "drop_after":
        return _dropped(request)
    return answer


async def _answered(api: Api, bot: Bot, method: str, parameters: Json) -> tuple[web.Response, Any]:
    try:
        result = await api.call(bot, method, parameters)
    except Described as described:
        body = {"ok": True, "result": described.result, "description": described.description}
        return web.json_response(body), described.result
    except Refusal as refusal:
        return _failed(refusal), refusal.description
    except (ValueError, TypeError, KeyError) as error:
        return _failed(Refusal(400, f"Bad Request: {error}")), str(error)
    return web.json_response({"ok": True, "result": result}), result  # TG5


async def _spoilt(request: web.Request, fault: Fault) -> web.Response | None:
    """TG51: what goes wrong before the method is carried out."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.kind == "drop_before":
        return _dropped(request)
    if fault.kind == "html_502":
        page = "<html><body>502 Bad Gateway</body></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    if fault.kind == "not_json":
        return web.Response(text="This is not JSON")
    if fault.status == 429:
        after = int(fault.seconds) or 1
        return _failed(Refusal(429, f"Too Many Requests: retry after {after}", retry_after=after))
    return _failed(Refusal(fault.status, "Internal Server Error"))


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _failed(refusal: Refusal) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    headers = {}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    if "retry_after" in refusal.parameters:
        headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return web.json_response(body, status=refusal.status, headers=headers)


def _bot_of(telegram: Telegram, token: str) -> Bot:
    number, colon, _ = token.partition(":")
    if not colon or "/" in token or len(token) > 80 or number.startswith("0"):
        raise Refusal(401, "Unauthorized: invalid token specified")  # TG2
    bot = telegram.bots.get(token)
    if bot is None or bot.revoked:
        raise Refusal(401, "Unauthorized")  # TG3
    return bot


async def _parameters(request: web.Request) -> Json:
    """TG6: query, JSON, form or multipart; files become (name, content)."""
    parameters: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            parameters.update(json.loads(await request.text() or "{}"))
        except ValueError:
            raise Refusal(400, "Bad Request: can't parse JSON object") from None
        return parameters
    attached: Json = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            attached[name] = (value.filename, value.file.read())
        else:
            parameters[name] = value
    for name, value in parameters.items():
        if isinstance(value, str) and value.startswith("attach://"):
            parameters[name] = attached.pop(value.removeprefix("attach://"), value)
    return {**parameters, **attached}


async def download(request: web.Request) -> web.Response:
    telegram = request.app[API].telegram
    bot = telegram.bots.get(request.match_info["token"])
    found = bot.files.get(request.match_info["path"].rpartition("/")[2]) if bot else None
    if found is None:
        return _failed(Refusal(404, "Not Found"))  # TG33
    return web.Response(body=found[1])


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator that listens."""

    url: str
    telegram: Telegram
    outside: outside.Outside


@contextlib.asynccontextmanager
async def running(port: int = 0, *, local_mode: bool = True) -> AsyncIterator[Running]:
    """On loopback; port 0 finds a free one."""
    telegram = Telegram(local_mode=local_mode)
    app = create_app(telegram)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        url = f"http://127.0.0.1:{site.port}"
        yield Running(url=url, telegram=telegram, outside=app[outside.OUTSIDE])
    finally:
        await runner.cleanup()
