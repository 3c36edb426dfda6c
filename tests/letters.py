"""A whole Baton in a test with a mailbox at real mail servers, and lines to them that may go wrong."""

import contextlib
import email
import email.policy
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiohttp import web

from agents.llm.base import Llm
from agents.llm.scripted import Answer, ScriptedLlm
from channels.email.channel import EmailChannel
from channels.email.settings import of
from channels.settings import flat
from runtime import bootstrap
from runtime.storage import channels
from runtime.storage.sql import Tx
from tests import story
from tests.mailbox import QUICK, Mailbox
from tests.relay import Relay, relaying
from tests.servers import free_port

SECRET = ("secret", "imap.password", "smtp.password")


@dataclass(kw_only=True)
class Desk(story.World):
    """One replica with one mailbox; `box` has the customer's side of it."""

    box: Mailbox
    imap: Relay
    smtp: Relay

    def letters(self) -> list[EmailMessage]:
        """What the customer has got."""
        found = [
            email.message_from_bytes(one, policy=email.policy.default) for one in self.box.got()
        ]
        return [one for one in found if isinstance(one, EmailMessage)]

    def read_there(self) -> list[str]:
        return [text_of(one) for one in self.letters()]

    async def gets(self, *texts: str) -> None:
        """The customer has got exactly this."""
        await self.until(lambda: len(self.read_there()) >= len(texts), f"{texts}")
        assert self.read_there() == list(texts)

    async def states(self) -> list[str]:
        """Of all deliveries, in their order."""
        return [row[1] for row in sorted(await self.rows("deliveries", "created_at", "state"))]

    async def at_rest(self) -> None:
        """Nothing waits to be thought about or sent, and all mail is read."""
        await self.until_rows(lambda rows: not rows, "turns", "worker")
        await self.until_rows(
            lambda rows: all(row[0] not in {"queued", "sending"} for row in rows),
            "deliveries",
            "state",
        )


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).strip()


def connect(runtime: bootstrap.Runtime, box: Mailbox, **changes: Any) -> Callable[[Tx], None]:
    """A unit of work that connects the mailbox."""

    def unit(tx: Tx) -> None:
        values = flat(box.settings(**changes))
        secrets = {name: values.pop(name) for name in SECRET if name in values}
        row = channels.Channel(
            id=story.CHANNEL,
            kind="email",
            name=box.address,
            state=channels.State.STARTING.value,
            error="",
            settings=values,
            secrets=runtime.safe.seal(secrets),
            worker=None,
        )
        channels.insert(tx, row)
        channels.attach(tx, story.CHANNEL, ["support"])

    return unit


@contextlib.asynccontextmanager
async def desk(
    url: str,
    folder: Path,
    box: Mailbox,
    answers: Sequence[Answer | str] | Llm = ("Hello!",),
    **more: Any,
) -> AsyncIterator[Desk]:
    """Everything, started."""
    conf = story.settings(url, folder, free_port(), **more)
    llm = ScriptedLlm(answers) if isinstance(answers, Sequence) else answers
    quick = {"email": lambda values: EmailChannel(of(values), QUICK)}
    async with (
        relaying(box.servers.imap) as imap,
        relaying(box.servers.smtp) as smtp,
        contextlib.AsyncExitStack() as stack,
    ):
        runtime = bootstrap.build(conf, bootstrap.Doubles(llm=llm, factories=quick))
        ports = {"imap__port": imap.port, "smtp__port": smtp.port}
        await runtime.store.write(connect(runtime, box, messages_per_minute=600, **ports))
        await stack.enter_async_context(runtime.running())
        runner = web.AppRunner(runtime.web(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, conf.host, conf.port).start()
        await story.until_running(runtime)
        nobody: Any = None
        yield Desk(
            runtime=runtime,
            platform=nobody,
            bot=nobody,
            base=conf.public_url,
            llm=llm,
            box=box,
            imap=imap,
            smtp=smtp,
        )
