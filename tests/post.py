"""A whole Baton with a mailbox at an emulated provider, and customers who have mail programs."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.llm.base import Llm
from agents.llm.scripted import Answer
from emulators import mail
from emulators.mail.state import Account
from runtime.accounts import New
from runtime.storage import channels
from runtime.storage.audit import SHELL
from runtime.storage.ids import ChannelId
from tests.operators import Desk, Got
from tests.story import World, world

OURS = "support@kestrel.example"


@dataclass(kw_only=True)
class Office:
    """The world, the provider, and our mailbox there."""

    world: World
    provider: mail.Running
    channel_id: ChannelId

    @property
    def ours(self) -> Account:
        return self.provider.post.accounts[OURS]

    def person(self, name: str = "Ann") -> Account:
        return self.provider.outside.person(name)

    def write(self, text: str, name: str = "Ann", **more: Any) -> None:
        self.provider.outside.write(self.person(name), OURS, text, **more)

    def answer(self, text: str, name: str = "Ann", **more: Any) -> None:
        """To the last mail in the inbox."""
        who = self.person(name)
        self.provider.outside.answer(who, who.inbox.mails[-1].uid, text, **more)

    def got(self, name: str = "Ann") -> list[dict[str, Any]]:
        return self.provider.outside.got(self.person(name))

    def heard(self, name: str = "Ann") -> list[str]:
        return [one["text"] for one in self.got(name)]

    async def until_heard(self, many: int, name: str = "Ann") -> list[dict[str, Any]]:
        await self.world.until(lambda: len(self.got(name)) >= many, f"{many} mails for {name}")
        return self.got(name)

    async def sessions(self) -> list[dict[str, Any]]:
        """The oldest first."""
        rows = await self.world.rows("sessions", "id", "chat", "thread", "mode", "subject")
        names = ("id", "chat", "thread", "mode", "subject")
        return [dict(zip(names, row, strict=True)) for row in sorted(rows)]

    async def session(self) -> str:
        (one,) = await self.sessions()
        return str(one["id"])

    async def customer(self) -> str:
        ((found,),) = await self.world.rows("customers", "id")
        return str(found)

    async def start(self, desk: Desk, customer_id: str, **more: Any) -> Got:
        here = f"/customers/{customer_id}/conversations"
        return await desk.post(here, channel_id=self.channel_id, **more)

    async def way(self, desk: Desk, customer_id: str) -> dict[str, Any]:
        got = await desk.get(f"/customers/{customer_id}/reachability")
        (found,) = [one for one in got.body if one["channel"]["id"] == self.channel_id]
        return dict(found)


def settings(provider: mail.Running, address: str = OURS) -> dict[str, Any]:
    account = provider.post.accounts[address]
    door = {"host": provider.host, "tls": "none", "password": account.password}
    return {
        "address": address,
        "name": "Kestrel",
        "imap": {**door, "port": provider.imap},
        "smtp": {**door, "port": provider.smtp},
        "messages_per_minute": 6000,
    }


async def connected(w: World, provider: mail.Running, address: str = OURS) -> ChannelId:
    """The mailbox, once it is heard."""
    if address not in provider.post.accounts:
        provider.post.add(address, "secret")
    new = New(
        kind="email", name=address, settings=settings(provider, address), agent_ids=["support"]
    )
    channel_id = ChannelId(await w.runtime.accounts.connect(new, SHELL))
    states = [(channel_id, channels.State.RUNNING.value)]
    await w.until_rows(lambda rows: states[0] in rows, "channels", "id", "state")
    return channel_id


@contextlib.asynccontextmanager
async def office(
    url: str, folder: Path, answers: Sequence[Answer | str] | Llm = ("Hello!",), **more: Any
) -> AsyncIterator[Office]:
    """Everything, started."""
    async with mail.running() as provider, world(url, folder, answers, **more) as w:
        channel_id = await connected(w, provider)
        yield Office(world=w, provider=provider, channel_id=channel_id)
