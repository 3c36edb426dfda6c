"""Sending on the loop that replicas run on, whose transports descend from nothing of asyncio's."""

import asyncio

import uvloop

from channels.email.channel import EmailChannel
from channels.email.settings import of
from channels.messages import Address, Outbound
from emulators import mail


async def sent() -> list[str]:
    async with mail.running() as provider:
        provider.post.add("us@kestrel.example", "pw")
        ann = provider.outside.person("Ann")
        door = {"host": provider.host, "tls": "none", "password": "pw"}
        settings = {
            "address": "us@kestrel.example",
            "secret": "s" * 32,
            "imap": {**door, "port": provider.imap},
            "smtp": {**door, "port": provider.smtp},
        }
        channel = EmailChannel(of(settings))
        (piece,) = channel.compose("x" * 90_000, ())
        address = Address(chat=ann.address, thread="t")
        await channel.send(Outbound(delivery_id="d" * 24, address=address, piece=piece))
        await channel.aclose()
        return [one["text"] for one in provider.outside.got(ann)]


async def test_a_long_mail_leaves_on_uvloop_too() -> None:
    assert await asyncio.to_thread(uvloop.run, sent()) == ["x" * 90_000]
