"""A whole Baton in a test with a WhatsApp number at the emulated Graph API: webhooks are signed, batched
and verified as Meta does it.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from agents.llm.base import Llm
from agents.llm.scripted import Answer, ScriptedLlm
from emulators.whatsapp import setup
from emulators.whatsapp.accounts import Number
from emulators.whatsapp.people import Message, Person
from runtime import bootstrap
from runtime.storage import channels
from runtime.storage.ids import ChannelId
from runtime.storage.sql import Tx
from runtime.storage.work import Clock, system_clock
from tests import story
from tests.servers import free_port
from tests.whatsapp import VERIFY, Shop, shops


@dataclass(kw_only=True)
class Line(story.World):
    """One replica, and one number of one business, which Ann may write to."""

    shop: Shop

    def says(self, text: str, who: Person | None = None, **more: Any) -> str:
        """A customer writes, without waiting for anything; the id of the message."""
        message = self.shop.outside.write(self.shop.number, who or self.shop.ann, text=text, **more)
        return str(message["id"])

    def phone(self, who: Person | None = None) -> list[Message]:
        """What a customer has got from us."""
        thread = self.shop.meta.thread(self.shop.number, who or self.shop.ann)
        return [message for message in thread.messages if message.by_business]

    def read_there(self, who: Person | None = None) -> list[str]:
        return [str(m.content.get("text", {}).get("body", m.kind)) for m in self.phone(who)]

    async def hears(self, *texts: str, who: Person | None = None) -> None:
        """Ann has got exactly this, in this order."""
        await self.until(lambda: self.read_there(who) == list(texts), f"{texts}")


def connect(
    runtime: bootstrap.Runtime, shop: Shop, number: Number, id_: str = story.CHANNEL, **more: Any
) -> Callable[[Tx], None]:
    """A unit of work that connects a number."""
    told = setup.credentials(shop.meta, number)

    def unit(tx: Tx) -> None:
        own = {"phone_number_id": number.id, "waba_id": number.waba.id}
        secrets = {name: told[name] for name in ("access_token", "app_secret")}
        row = channels.Channel(
            id=ChannelId(id_),
            kind="whatsapp",
            name=number.verified_name,
            state=channels.State.STARTING.value,
            error="",
            settings={**own, "api_base": shop.running.url, **more},
            secrets=runtime.safe.seal({**secrets, "verify_token": VERIFY}),
            worker=None,
        )
        channels.insert(tx, row)
        channels.attach(tx, id_, ["support"])

    return unit


@contextlib.asynccontextmanager
async def line(
    url: str,
    folder: Path,
    answers: Sequence[Answer | str] | Llm = ("Hello!",),
    *,
    clock: Clock = system_clock,
    channel: dict[str, Any] | None = None,
    **more: Any,
) -> AsyncIterator[Line]:
    """Everything, started, and the webhook set in the app's dashboard."""
    conf = story.settings(url, folder, free_port(), **more)
    llm = ScriptedLlm(answers) if isinstance(answers, Sequence) else answers
    async with shops() as shop, contextlib.AsyncExitStack() as stack:
        runtime = bootstrap.build(conf, bootstrap.Doubles(llm=llm, clock=clock))
        await runtime.store.write(connect(runtime, shop, shop.number, **(channel or {})))
        await stack.enter_async_context(runtime.running())
        runner = web.AppRunner(runtime.web(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, conf.host, conf.port).start()
        await story.until_running(runtime)
        hook = {"url": f"{conf.public_url}/webhooks/whatsapp/{story.CHANNEL}"}
        told = {**hook, "verify_token": VERIFY}
        assert await shop.control("POST", f"numbers/{shop.number.id}/webhook", told)
        nobody: Any = None
        yield Line(
            runtime=runtime, platform=nobody, bot=nobody, base=conf.public_url, llm=llm, shop=shop
        )
