"""The two clients that are given, and nothing else: no store, no rules, no agent. What is between this
and `turn` is Baton; what is below it is theirs.
"""

import asyncio
import json
import os

from aiohttp import web

from agents.llm.base import Ask, Message, Role, Text
from agents.llm.openai import OpenAiLlm
from bench.servers import HISTORY, PATH, SECRET, TOKEN
from channels.messages import Address, Outbound, Piece
from channels.telegram.send import Sender


class Clients:
    """Asks the model by its official client, and sends by aiogram."""

    def __init__(self) -> None:
        self.sender = Sender(TOKEN, os.environ["BENCH_TELEGRAM"])
        self._llm = OpenAiLlm(model="m", base_url=os.environ["BENCH_OPENAI"])
        self._history = [Message(role=Role(one["role"]), content=one["content"]) for one in HISTORY]
        self._running: set[asyncio.Task[None]] = set()

    async def receive(self, request: web.Request) -> web.Response:
        message = json.loads(await request.read())["message"]
        task = asyncio.create_task(self._answer(str(message["chat"]["id"]), message["text"]))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return web.Response()

    async def _answer(self, chat: str, text: str) -> None:
        ask = Ask(messages=(*self._history, Message(role=Role.USER, content=text)))
        said = [chunk.text async for chunk in self._llm.stream(ask) if isinstance(chunk, Text)]
        piece = Piece(body="".join(said), plain="".join(said))
        await self.sender.send(Outbound(delivery_id="", address=Address(chat=chat), piece=piece))


async def application(port: int) -> web.Application:
    """Its webhook is set; it may be served at once."""
    clients = Clients()
    app = web.Application()
    app.router.add_post(PATH, clients.receive)
    bot = await clients.sender.bot()
    await bot.set_webhook(f"http://127.0.0.1:{port}{PATH}", secret_token=SECRET)
    return app
