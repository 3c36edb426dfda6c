"""How fast a queue of a thousand messages leaves: as fast as the platform lets us, and never too fast.

Time stands still here but for what the outbox wants to wait, on our side and on the platform's, so that
the figures are exact.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.llm.scripted import ScriptedLlm
from emulators import telegram
from emulators.control import Call, Control
from handoff import events as ev
from handoff.state import opened_by_customer
from runtime import bootstrap
from runtime.clock import utc
from runtime.openings import Opening, opened
from runtime.outbox import Outbox
from runtime.session import Change, Words
from runtime.storage import customers
from runtime.storage.sql import Tx
from runtime.storage.work import system_clock
from tests import number
from tests.servers import free_port
from tests.story import CHANNEL, TOKEN, connect_bot, settings
from tests.whatsapp import shops

MANY = 1000
SHARE = 0.9


class Still:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = system_clock()

    def __call__(self) -> int:
        return self.now

    def stand(self, control: Control) -> None:
        """The platform's, too."""
        control.clock.now = lambda: self.now / 1000  # type: ignore[method-assign]  # for this test


@dataclass(kw_only=True)
class Stage:
    """A platform whose customers have all written, and what it may be sent."""

    control: Control
    connect: Callable[[bootstrap.Runtime], Callable[[Tx], None]]
    chats: Sequence[str]
    method: str
    allowed: float
    """Messages a second."""


@contextlib.asynccontextmanager
async def on_telegram(still: Still) -> AsyncIterator[Stage]:
    async with telegram.running() as platform:
        still.stand(platform.telegram.control)
        bot = platform.telegram.add_bot(TOKEN, name="Story", limits=True)
        people = [platform.telegram.add_user(f"P{n}") for n in range(MANY)]
        for one in people:
            platform.outside.write(bot, one, text="Hi")
        yield Stage(
            control=platform.telegram.control,
            connect=lambda runtime: connect_bot(runtime, platform.url, "webhook"),
            chats=[str(one.id) for one in people],
            method="sendmessage",
            allowed=30,
        )


@contextlib.asynccontextmanager
async def on_whatsapp(still: Still) -> AsyncIterator[Stage]:
    """A quarter of the 80 a second is left to what customers write, which counts as well."""
    async with shops() as shop:
        still.stand(shop.meta.control)
        people = [shop.meta.add_person(f"P{n}") for n in range(MANY)]
        for one in people:
            shop.outside.write(shop.number, one, text="Hi")
        still.now += 10_000
        yield Stage(
            control=shop.meta.control,
            connect=lambda runtime: number.connect(runtime, shop, shop.number),
            chats=[f"+{one.phone}" for one in people],
            method="messages",
            allowed=80 * 0.75,
        )


@pytest.mark.parametrize("stage", [on_telegram, on_whatsapp])
async def test_a_thousand_messages_leave_within_the_limits_and_at_nine_tenths_of_them(
    sqlite_url: str, tmp_path: Path, stage: Any
) -> None:
    still = Still()
    async with stage(still) as platform, built(sqlite_url, tmp_path, still) as runtime:
        await runtime.store.write(platform.connect(runtime))
        await runtime.holders.refresh()
        await runtime.store.write(lambda tx: queued(tx, runtime, platform.chats))
        began = still.now
        await emptied(runtime, still)
        calls: list[Call] = [c for c in platform.control.calls if c.method == platform.method]
        assert [call.status for call in calls] == [200] * MANY
        assert MANY / ((still.now - began) / 1000) >= SHARE * platform.allowed


@contextlib.asynccontextmanager
async def built(url: str, folder: Path, still: Still) -> AsyncIterator[bootstrap.Runtime]:
    """Nothing runs by itself."""
    doubles = bootstrap.Doubles(llm=ScriptedLlm(["Never asked."]), clock=still)
    runtime = bootstrap.build(settings(url, folder, free_port()), doubles)
    try:
        yield runtime
    finally:
        await runtime.holders.close()
        await runtime.store.aclose()


def queued(tx: Tx, runtime: bootstrap.Runtime, chats: Sequence[str]) -> None:
    """An answer to each of them."""
    place = runtime.roster.places[CHANNEL]
    for chat in chats:
        opening = Opening(
            channel_id=place.id,
            customer_id=customers.create(tx, chat, ""),
            agent_id="support",
            chat=chat,
        )
        session = opened(tx, opening, opened_by_customer())
        change = Change(tx, session, runtime.roster.rules(place.id, "support"))
        change.customer_wrote()
        said = Words(text="Good day!", pieces=place.channel.compose("Good day!", ()))
        change.happen(ev.AgentReplied(at=utc(tx.now), epoch=change.control.epoch), said)
        change.save()


async def emptied(runtime: bootstrap.Runtime, still: Still) -> None:
    """Send, and wait no longer than the outbox says."""
    outbox = Outbox(
        store=runtime.store,
        roster=runtime.roster,
        metrics=runtime.metrics,
        worker="me",
        media=runtime.media,
    )
    while (wait := await outbox.round()) is not None:
        await outbox.drain()
        still.now += round(wait * 1000)
    await outbox.drain()
