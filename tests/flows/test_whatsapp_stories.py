"""Customers of a WhatsApp number, through the whole runtime: signed webhooks in, calls of the API out."""

import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from agents.llm.scripted import ScriptedLlm
from channels.whatsapp import signature
from runtime import bootstrap
from runtime.storage import channels
from runtime.storage.sql import Tx
from tests import graph, story
from tests.servers import free_port

SECRET, VERIFY = "an-app-secret", "a-verify-token"
UID, PHONE = "US.13491208655302741918", "16505551234"
Json = dict[str, Any]


@dataclass(kw_only=True)
class Shop(story.World):
    """One replica and one number; the customer has a phone and a user id."""

    graph: graph.Graph
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def words(self, text: str) -> Json:
        body = {"body": text}
        who = {"from": PHONE, "from_user_id": UID}
        return {**self._usual(), **who, "type": "text", "text": body}

    def echo(self, text: str) -> Json:
        """From the business's own phone."""
        to = {"from": "15550783881", "to": PHONE, "to_user_id": UID}
        return {**self._usual(), **to, "type": "text", "text": {"body": text}}

    def _usual(self) -> Json:
        return {"id": f"wamid.in.{next(self.ids)}", "timestamp": "1795000000"}

    async def hook(self, kind: str = "messages", secret: str = SECRET, **lists: Any) -> int:
        """Meta brings this; the status of our answer."""
        contact = {"wa_id": PHONE, "user_id": UID, "profile": {"name": "Sheena"}}
        value = {"metadata": {"phone_number_id": graph.NUMBER}, "contacts": [contact], **lists}
        entry = {"id": graph.WABA, "changes": [{"field": kind, "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        headers = {signature.HEADER: signature.sign(body, secret)}
        url = f"{self.base}/webhooks/whatsapp/{story.CHANNEL}"
        async with (
            aiohttp.ClientSession() as http,
            http.post(url, data=body, headers=headers) as answer,
        ):
            return answer.status


def connect_number(runtime: bootstrap.Runtime, api: str) -> Callable[[Tx], None]:
    def unit(tx: Tx) -> None:
        own: Json = {"phone_number_id": graph.NUMBER, "waba_id": graph.WABA, "api_base": api}
        secrets = {"access_token": graph.TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
        row = channels.Channel(
            id=story.CHANNEL,
            kind="whatsapp",
            name="Shop",
            state=channels.State.STARTING.value,
            error="",
            settings=own,
            secrets=runtime.safe.seal(secrets),
            worker=None,
        )
        channels.insert(tx, row)
        channels.attach(tx, story.CHANNEL, ["support"])

    return unit


@contextlib.asynccontextmanager
async def shop(url: str, folder: Path, *answers: str) -> AsyncIterator[Shop]:
    conf = story.settings(url, folder, free_port())
    llm = ScriptedLlm(answers)
    async with graph.running() as api, contextlib.AsyncExitStack() as stack:
        runtime = bootstrap.build(conf, bootstrap.Doubles(llm=llm))
        await runtime.store.write(connect_number(runtime, api.url))
        await stack.enter_async_context(runtime.running())
        runner = web.AppRunner(runtime.web(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, conf.host, conf.port).start()
        await story.until_running(runtime)
        nobody: Any = None
        yield Shop(
            runtime=runtime, platform=nobody, bot=nobody, base=conf.public_url, llm=llm, graph=api
        )


async def test_a_customer_is_answered_once_and_reads_it(database_url: str, tmp_path: Path) -> None:
    async with shop(database_url, tmp_path, "Good **day**!") as s:
        hello = s.words("Hello")
        assert [await s.hook(messages=[hello]) for _ in range(3)] == [200, 200, 200]
        await s.until(lambda: s.graph.heard == ["Good *day*!"], "the answer")
        (body,) = s.graph.said()
        assert body["recipient"] == UID
        await s.until_rows(lambda r: r == [("sent",)], "deliveries", "state")
        for word in ("read", "delivered", "sent"):
            told = {"id": "wamid.1", "status": word, "timestamp": "1795000009"}
            assert await s.hook(statuses=[told]) == 200
        assert await s.rows("deliveries", "state", "message_id") == [("read", "wamid.1")]
        assert len(s.llm.asked) == 1


async def test_nobody_else_is_believed(sqlite_url: str, tmp_path: Path) -> None:
    async with shop(sqlite_url, tmp_path, "Never said.") as s:
        assert await s.hook(secret="guessed", messages=[s.words("Hello")]) == 401
        assert await s.rows("events", "event_id") == []


async def test_who_answers_from_the_phone_takes_control(sqlite_url: str, tmp_path: Path) -> None:
    async with shop(sqlite_url, tmp_path, "Good day!") as s:
        await s.hook(messages=[s.words("Hello")])
        await s.until(lambda: s.graph.heard, "the answer")
        echo = s.echo("This is Ben, I will help you.")
        assert await s.hook("smb_message_echoes", message_echoes=[echo]) == 200
        (mode,) = await s.modes()
        assert mode != "autonomous"
        await s.hook(messages=[s.words("Thank you, Ben")])
        texts = await s.log("text", kind="message")
        assert [text for (text,) in texts] == [
            "Hello",
            "Good day!",
            "This is Ben, I will help you.",
            "Thank you, Ben",
        ]
        assert s.graph.heard == ["Good day!"]


async def test_one_unreadable_update_of_many_is_kept_and_the_others_answered(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with shop(sqlite_url, tmp_path, "Two of three.") as s:
        broken = {**s.words("Broken"), "timestamp": "soon"}
        assert await s.hook(messages=[s.words("One"), broken, s.words("Three")]) == 200
        await s.until(lambda: s.graph.heard == ["Two of three."], "the answer")
        assert s.seen() == ["One", "Three"]
        ((kept,),) = await s.rows("quarantine", "body")
        assert b"Broken" in kept
        assert b"Three" not in kept
