"""The double's own levers: the kinds of events, and what a test may ask of it."""

import asyncio
from typing import Any

import pytest

from channels import errors, messages
from channels.base import Capabilities, FirstContact
from channels.memory import MemoryChannel
from channels.messages import Address, Outbound, Piece, Request


async def happened(kind: str, **more: Any) -> messages.Inbound:
    """What is read of an event while the channel is connected."""
    channel = MemoryChannel()
    read: list[messages.Inbound] = []

    async def accept(request: Request) -> None:
        read.extend(channel.receive(request))

    async with channel.connect(accept, None):
        await channel.happen(kind, **more)
    (found,) = read
    return found


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("message", {"text": "Hi", "choice": "yes"}, "CustomerMessage"),
        ("edit", {"of": "e1", "text": "Hello"}, "MessageEdited"),
        ("reach", {"reachable": True}, "ReachabilityChanged"),
        ("move", {"to": "bob"}, "AddressMoved"),
        ("elsewhere", {"text": "I'm here"}, "HumanSpokeElsewhere"),
        ("status", {"of": "m1", "status": "read"}, "StatusChanged"),
        ("hologram", {}, "Ignored"),
        ("status", {"of": "m1", "status": "eaten"}, "Unreadable"),
        ("message", {"at": "yesterday"}, "Unreadable"),
    ],
)
async def test_each_kind_is_read(kind: str, more: dict[str, Any], expected: str) -> None:
    assert type(await happened(kind, **more)).__name__ == expected


async def test_an_edit_names_the_message_that_it_is_of() -> None:
    wrote = await happened("message", text="Hi")
    edit = await happened("edit", of=wrote.event_id, text="Hello")
    assert isinstance(wrote, messages.CustomerMessage)
    assert isinstance(edit, messages.MessageEdited)
    assert edit.message_id == wrote.message_id


def to(chat: str, body: str = "Hi") -> Outbound:
    return Outbound(delivery_id="d", address=Address(chat=chat), piece=Piece(body=body, plain=body))


async def test_misfortune_comes_in_the_order_in_which_it_was_ordered() -> None:
    channel = MemoryChannel()
    await channel.write("Hi")
    channel.fail(errors.RetryLater("Wait.", after=3))
    channel.fail(errors.OutcomeUnknown("Who knows."))
    for kind in (errors.RetryLater, errors.OutcomeUnknown):
        with pytest.raises(kind):
            await channel.send(to("ann"))
    await channel.send(to("ann"))
    assert channel.heard("ann") == ["Hi"]


@pytest.mark.parametrize("body", ["", "x" * 1001])
async def test_what_a_platform_refuses_it_refuses(body: str) -> None:
    channel = MemoryChannel()
    await channel.write("Hi")
    with pytest.raises(errors.Rejected):
        await channel.send(to("ann", body))


async def test_a_platform_that_lets_us_write_first_lets_us() -> None:
    free = Capabilities(
        text_limit=10,
        markup=False,
        attachments=False,
        typing_seconds=None,
        first_contact=FirstContact.FREE,
    )
    channel = MemoryChannel(capabilities=free)
    await channel.send(to("stranger"))
    assert channel.heard("stranger") == ["Hi"]


async def test_a_slow_send_can_be_cancelled_before_it_is_heard() -> None:
    channel = MemoryChannel()
    await channel.write("Hi")
    channel.delay = 60.0
    task = asyncio.create_task(channel.send(to("ann")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert channel.heard("ann") == []


async def test_courtesies_are_kept_for_whoever_asks() -> None:
    channel = MemoryChannel()
    await channel.signal(Address(chat="ann"), messages.Typing())
    assert channel.signals == [(Address(chat="ann"), messages.Typing())]
