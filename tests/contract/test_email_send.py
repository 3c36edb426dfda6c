"""How mail leaves by a real SMTP server: what was surely not taken, what surely was, and what nobody knows."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from channels import errors
from channels import messages as m
from channels.email.channel import EmailChannel
from tests.mailbox import Mailbox
from tests.mailservers import DOMAIN
from tests.relay import Relay, relaying

DOT = b"\r\n.\r\n"


@pytest.fixture
async def line(box: Mailbox) -> AsyncIterator[Relay]:
    async with relaying(box.servers.smtp) as found:
        yield found


@pytest.fixture
async def channel(box: Mailbox, line: Relay) -> AsyncIterator[EmailChannel]:
    found = box.channel(smtp__port=line.port)
    yield found
    await found.aclose()


def outbound(to: str, text: str = "Good day", **more: object) -> m.Outbound:
    defaults: dict[str, object] = {
        "delivery_id": "d1",
        "address": m.Address(chat=to, thread="abcdefgh23456722"),
        "piece": m.Piece(body=f"<p>{text}</p>", plain=text),
        "subject": "Delivery",
    }
    return m.Outbound(**{**defaults, **more})  # type: ignore[arg-type]


async def until_got(box: Mailbox, many: int) -> list[bytes]:
    async with asyncio.timeout(40):
        while len(box.got()) < many:
            await asyncio.sleep(0.02)
    return box.got()


async def test_it_arrives_with_the_id_that_is_told(box: Mailbox, channel: EmailChannel) -> None:
    receipt = await channel.send(outbound(box.customer, "Good day\n.\n..and more"))
    (mail,) = await until_got(box, 1)
    assert receipt.message_id.encode() in mail
    assert f"Return-path: <{box.address}>".encode() in mail
    assert b"\n.\n..and more" in mail


async def test_a_connection_is_used_again_but_not_after_a_failure(
    box: Mailbox, channel: EmailChannel, line: Relay
) -> None:
    for _ in range(2):
        await channel.send(outbound(box.customer))
    assert line.connections == 1
    with pytest.raises(errors.Unreachable):
        await channel.send(outbound(f"nobody@{DOMAIN}"))
    await channel.send(outbound(box.customer))
    assert line.connections == 2


async def test_a_connection_that_died_meanwhile_is_replaced(
    box: Mailbox, channel: EmailChannel, line: Relay
) -> None:
    await channel.send(outbound(box.customer))
    line.cut()
    await channel.send(outbound(box.customer))
    assert len(await until_got(box, 2)) == 2


async def test_many_at_once_arrive_each_once(box: Mailbox, channel: EmailChannel) -> None:
    await asyncio.gather(*(channel.send(outbound(box.customer, f"{n}")) for n in range(12)))
    assert len(await until_got(box, 12)) == 12


@pytest.mark.parametrize(
    ("to", "subject", "kind", "code"),
    [
        (f"nobody@{DOMAIN}", "x", errors.Unreachable, "5.1.1"),
        (f"grey@{DOMAIN}", "x", errors.RetryLater, "4.2.0"),
        (f"full@{DOMAIN}", "x", errors.RetryLater, "4.2.2"),
        ("ann@elsewhere.test", "x", errors.Rejected, "5.7.1"),
        ("", "spam", errors.Rejected, "5.7.1"),
        ("", "later", errors.RetryLater, "4.3.0"),
        ("ann@@x", "x", errors.ChannelError, ""),
        ("Ünï@example.test", "x", errors.Unreachable, "5.1.1"),
    ],
)
async def test_what_is_refused_says_who_must_react(
    box: Mailbox,
    channel: EmailChannel,
    to: str,
    subject: str,
    kind: type[errors.ChannelError],
    code: str,
) -> None:
    with pytest.raises(kind) as raised:
        await channel.send(outbound(to or box.customer, subject=subject))
    assert getattr(raised.value, "after", 1) > 0
    assert raised.value.detail.endswith(".")
    if code:
        assert raised.value.code == code
    await asyncio.sleep(0.3)
    assert box.got() == []


@pytest.mark.parametrize("said", [b"MAIL FROM", b"RCPT TO", b"DATA\r\n"])
async def test_a_line_cut_before_the_dot_has_surely_not_said_it(
    box: Mailbox, channel: EmailChannel, line: Relay, said: bytes
) -> None:
    line.swallow_after = said
    with pytest.raises(errors.RetryLater):
        await channel.send(outbound(box.customer))
    await channel.send(outbound(box.customer))
    assert len(await until_got(box, 1)) == 1


async def test_a_line_cut_after_the_dot_leaves_it_unknown(
    box: Mailbox, channel: EmailChannel, line: Relay
) -> None:
    line.swallow_after = DOT
    with pytest.raises(errors.OutcomeUnknown):
        await channel.send(outbound(box.customer))
    assert len(await until_got(box, 1)) == 1


@pytest.mark.parametrize(
    ("said", "answer", "kind", "whole_account"),
    [
        (b"MAIL FROM", b"421 4.7.0 Too many messages, slow down\r\n", errors.RetryLater, True),
        (b"MAIL FROM", b"530 5.7.0 Authentication required\r\n", errors.Unauthorised, None),
        (
            b"MAIL FROM",
            b"550 5.7.60 SMTP; no permissions to send as\r\n",
            errors.Unauthorised,
            None,
        ),
        (b"AUTH", b"535 5.7.139 basic authentication is disabled\r\n", errors.Unauthorised, None),
        (b"AUTH", b"454 4.7.0 Temporary authentication failure\r\n", errors.RetryLater, True),
        (b"RCPT TO", b"550 No such user here\r\n", errors.Unreachable, None),
        (b"RCPT TO", b"452 4.3.1 Insufficient system storage\r\n", errors.RetryLater, False),
        (b"EHLO", b"what?\r\n", errors.RetryLater, True),
        (DOT, b"452 4.3.1 Out of space\r\n", errors.RetryLater, False),
        (DOT, b"what?\r\n", errors.OutcomeUnknown, None),
    ],
)
async def test_each_answer_has_its_meaning(
    box: Mailbox,
    channel: EmailChannel,
    line: Relay,
    said: bytes,
    answer: bytes,
    kind: type[errors.ChannelError],
    whole_account: bool | None,
) -> None:
    line.refuse[said] = answer
    with pytest.raises(kind) as raised:
        await channel.send(outbound(box.customer))
    assert getattr(raised.value, "whole_account", None) == whole_account
    assert raised.value.detail.endswith(".")


async def test_a_silent_server_is_given_up_in_time(box: Mailbox, line: Relay) -> None:
    channel = box.channel(smtp__port=line.port)
    channel._sender._altogether = 0.5
    line.dead = True
    with pytest.raises(errors.RetryLater, match="cannot be reached"):
        await channel.send(outbound(box.customer))
    await channel.aclose()


async def test_a_mail_that_is_too_large_is_refused_before_it_is_sent(
    box: Mailbox, channel: EmailChannel, line: Relay
) -> None:
    film = m.LocalFile(name="film.mp4", mime="video/mp4", content=b"x" * 4_000_000)
    with pytest.raises(errors.Rejected, match="too large"):
        await channel.send(outbound(box.customer, attachments=(film,)))
    assert b"MAIL" not in line.heard


async def test_letters_of_all_the_world_arrive(box: Mailbox, channel: EmailChannel) -> None:
    await channel.send(outbound(box.customer, "Grüße, 日本語", subject="Größe"))
    (mail,) = await until_got(box, 1)
    (read,) = channel.receive(m.Request(body=mail.replace(b"\n", b"\r\n"), trusted=True))
    assert isinstance(read, m.Ignored)
    assert b"quoted-printable" in mail
