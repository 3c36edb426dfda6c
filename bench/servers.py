"""The servers that are measured, each a process of its own: `python -m bench.servers CASE PORT`.

`bare` answers and does nothing; `accept` is Baton's door and inbox; `turn` is all of Baton, and `live`
is that with what `bench.live` asks for; `naive` is what people write today with aiogram and
AsyncOpenAI, storing nothing; `ideal` is the least that a durable turn can be, `clients`
the least that can be with the model's official client and aiogram.
"""

import asyncio
import dataclasses
import os
import sys
from collections.abc import Mapping
from typing import Any, cast

from aiohttp import web

from channels.base import Channel
from channels.telegram.send import DEFAULT_API
from runtime import bootstrap, config
from runtime.roster import Factory
from runtime.storage import channels as stored
from runtime.storage.ids import ChannelId
from runtime.storage.sql import Tx

TOKEN = "55:bench"
SECRET = "bench-secret"
CHANNEL = "bench"
PATH = f"/webhooks/telegram/{CHANNEL}"
HISTORY = [
    {
        "role": "user" if n % 2 else "assistant",
        "content": "A message of some length, as people write.",
    }
    for n in range(12)
]


def settings(port: int) -> config.Settings:
    return config.Settings(
        database_url=os.environ["BENCH_DATABASE"],
        secret_key="k" * 40,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        media_path="/nonexistent",
        openai_base_url=os.environ.get("BENCH_OPENAI", ""),
        quiet_seconds=0.0,
        log_level="error",
        turn_limit=256,
    )


async def bare(port: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post(PATH, answer)
    await _listen(app, port)


async def accept(port: int) -> None:
    runtime = bootstrap.build(settings(port))
    await runtime.store.write(lambda tx: _connect(tx, runtime))
    await runtime.holders.refresh()
    await _listen(runtime.web(), port)


async def turn(port: int) -> None:
    from runtime import observe

    observe.configure_logs("json", "error")
    unpaced = {"telegram": _unpaced(bootstrap.channel_kinds()["telegram"].build)}
    runtime = bootstrap.build(settings(port), bootstrap.Doubles(factories=unpaced))
    await runtime.store.write(lambda tx: _connect(tx, runtime))
    async with runtime.running():
        await _listen(runtime.web(), port)


async def live(port: int) -> None:
    from bench.live_server import extend
    from runtime import observe

    observe.configure_logs("json", "error")
    runtime = bootstrap.build(settings(port))
    await runtime.store.write(lambda tx: _connect(tx, runtime))
    async with runtime.running():
        app = runtime.web()
        extend(app, runtime)
        await _listen(app, port)


def _unpaced(real: Factory) -> Factory:
    """Telegram's pace is not what is measured here."""

    def build(values: Mapping[str, Any]) -> Channel:
        channel: Any = real(values)
        channel.capabilities = dataclasses.replace(
            channel.capabilities, account_pace=None, chat_pace=None
        )
        return cast("Channel", channel)

    return build


def _connect(tx: Tx, runtime: bootstrap.Runtime) -> None:
    if stored.get(tx, CHANNEL):
        return
    row = stored.Channel(
        id=ChannelId(CHANNEL),
        kind="telegram",
        name="Bench",
        state=stored.State.STARTING.value,
        error="",
        settings={"mode": "webhook", "api_base": os.environ.get("BENCH_TELEGRAM", DEFAULT_API)},
        secrets=runtime.safe.seal({"token": TOKEN, "secret": SECRET}),
        worker=None,
    )
    stored.insert(tx, row)
    stored.attach(tx, CHANNEL, ["support"])


async def naive(port: int) -> None:
    import aiogram
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from openai import AsyncOpenAI

    api = TelegramAPIServer.from_base(os.environ["BENCH_TELEGRAM"])
    bot = aiogram.Bot(TOKEN, session=AiohttpSession(api=api))
    llm = AsyncOpenAI(api_key="none", base_url=os.environ["BENCH_OPENAI"])
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def answer(message: aiogram.types.Message) -> None:
        said: list[Any] = [*HISTORY, {"role": "user", "content": message.text}]
        completion = await llm.chat.completions.create(model="m", messages=said)
        await message.answer(completion.choices[0].message.content or "")

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(app, path=PATH)
    await bot.set_webhook(f"http://127.0.0.1:{port}{PATH}", secret_token=SECRET)
    await _listen(app, port)


async def ideal(port: int) -> None:
    from bench.ideal import application

    await _listen(await application(port), port)


async def clients(port: int) -> None:
    from bench.clients import application

    await _listen(await application(port), port)


async def _listen(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    import uvloop

    cases = {"bare": bare, "accept": accept, "turn": turn, "live": live}
    baselines = {"naive": naive, "ideal": ideal, "clients": clients}
    uvloop.run({**cases, **baselines}[sys.argv[1]](int(sys.argv[2])))


if __name__ == "__main__":
    main()
