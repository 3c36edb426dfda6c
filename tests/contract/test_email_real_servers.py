"""The whole channel at real servers: a talk by mail as a customer sees it, encryption, logins, bounces."""

import asyncio
import contextlib
import email
import os
from collections.abc import AsyncIterator, Iterator
from email.message import Message
from typing import Any

import pytest

from channels import errors
from channels import messages as m
from channels.email.channel import account
from channels.email.settings import of
from tests.mailbox import Accepting, Mailbox
from tests.mailservers import DOMAIN


@pytest.fixture
def _trusted(box: Mailbox) -> Iterator[None]:
    """The certificate of the servers, as an admin would say that it is."""
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(box.servers.folder / "server.pem")
    yield
    del os.environ["SSL_CERT_FILE"]
    if before is not None:
        os.environ["SSL_CERT_FILE"] = before


@contextlib.asynccontextmanager
async def talking(box: Mailbox, **changes: Any) -> AsyncIterator[Accepting]:
    channel = box.channel(**changes)
    inbox = Accepting(channel)
    try:
        async with channel.connect(inbox.accept, None):
            yield inbox
    finally:
        await channel.aclose()


def answer(inbox: Accepting, text: str, delivery_id: str = "d1") -> m.Outbound:
    """To the last message."""
    last = inbox.read[-1]
    assert isinstance(last, m.CustomerMessage)
    (piece,) = inbox.channel.compose(text, [])
    return m.Outbound(
        delivery_id=delivery_id,
        address=last.address,
        piece=piece,
        subject=last.subject,
        context=last.context,
    )


async def got(box: Mailbox, many: int = 1) -> list[Message]:
    async with asyncio.timeout(40):
        while len(box.got()) < many:
            await asyncio.sleep(0.02)
    return [email.message_from_bytes(one) for one in box.got()]


async def test_a_talk_stays_in_its_thread(box: Mailbox) -> None:
    async with talking(box) as inbox:
        await box.sends("How long is delivery?", Message_ID="<first@phone.example>")
        await inbox.until("How long is delivery?")
        await inbox.channel.send(answer(inbox, "Two **days**."))
        (mail,) = await got(box)
        assert mail["In-Reply-To"] == "<first@phone.example>"
        assert mail["Subject"] == "Re: Delivery"
        await box.sends("Thanks!", In_Reply_To=mail["Message-ID"], To=mail["Reply-To"])
        await inbox.until("How long is delivery?", "Thanks!")
    first, second = inbox.read
    assert isinstance(first, m.CustomerMessage)
    assert isinstance(second, m.CustomerMessage)
    assert first.address == second.address


async def test_the_address_of_a_thread_is_enough(box: Mailbox) -> None:
    async with talking(box) as inbox:
        await box.sends("Hello")
        await inbox.until("Hello")
        await inbox.channel.send(answer(inbox, "Hello!"))
        (mail,) = await got(box)
        reply_to = email.utils.parseaddr(mail["Reply-To"])[1]
        text = box.mail("By another way", Subject="Something else", To="list@example.test")
        await asyncio.to_thread(box.servers.send, box.ann, reply_to, text)
        await inbox.until("Hello", "By another way")
    assert inbox.read[0].address == inbox.read[1].address  # type: ignore[union-attr]


async def test_files_and_letters_travel_both_ways(box: Mailbox) -> None:
    async with talking(box) as inbox:
        await box.sends("Grüße 日本", Content_Type="text/plain; charset=utf-8")
        await inbox.until("Grüße 日本")
        file = m.LocalFile(name="Maße.txt", mime="text/plain", content=b"3 x 4\r\n.\r\n")
        (piece,) = inbox.channel.compose("Bitte: größer!", [file])
        said = answer(inbox, "x")
        await inbox.channel.send(
            m.Outbound(delivery_id="d2", address=said.address, piece=piece, attachments=(file,))
        )
        (mail,) = await got(box)
    (attached,) = [one for one in mail.walk() if one.get_filename()]
    assert attached.get_payload(decode=True) == file.content


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
@pytest.mark.usefixtures("_trusted")
async def test_encrypted_it_works_as_well(box: Mailbox, tls: str) -> None:
    ports = {"ssl": (box.servers.imaps, box.servers.smtps)}
    imap, smtp = ports.get(tls, (box.servers.imap, box.servers.smtp))
    where = {"imap__port": imap, "smtp__port": smtp, "imap__tls": tls, "smtp__tls": tls}
    async with talking(box, **where) as inbox:
        await box.sends("Secretly")
        await inbox.until("Secretly")
        await inbox.channel.send(answer(inbox, "As you wish."))
        await got(box)


async def test_a_bounce_tells_which_mail_it_was(box: Mailbox) -> None:
    async with talking(box) as inbox:
        gone = m.Address(chat=f"gone@{DOMAIN}", thread="abcdefgh23456722")
        (piece,) = inbox.channel.compose("Are you there?", [])
        said = m.Outbound(delivery_id="d9", address=gone, piece=piece, subject="Hello")
        receipt = await inbox.channel.send(said)
        async with asyncio.timeout(40):
            while not inbox.read:
                await asyncio.sleep(0.02)
    (told,) = inbox.read
    assert isinstance(told, m.StatusChanged)
    assert (told.message_id, told.delivery_id) == (receipt.message_id, "d9")
    assert told.status is m.Status.FAILED
    assert told.code.startswith("5.")
    assert told.detail.endswith(".")


async def test_who_we_are_is_told_with_what_waits(box: Mailbox) -> None:
    await box.comes("unread")
    told = await account(of(box.settings()))
    assert told == f"{box.address}, 1 unread in INBOX, sending by 127.0.0.1"


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"imap__password": "x"}, errors.Unauthorised, ["IMAP", "SMTP", "refuses the user"]),
        ({"smtp__password": "x"}, errors.Unauthorised, ["SMTP", "refuses the user"]),
        ({"smtp__user": "ann@example.test"}, errors.Unauthorised, ["may not send as this"]),
        ({"folder": "Nowhere"}, errors.Rejected, ["does not open the folder", "exist"]),
        ({"imap__port": 1}, errors.RetryLater, ["IMAP", "Connection refused"]),
        ({"smtp__port": 1}, errors.RetryLater, ["SMTP", "Connection refused"]),
        ({"imap__tls": "ssl"}, errors.RetryLater, ["IMAP", "imap.port and imap.tls"]),
        ({"smtp__tls": "ssl"}, errors.RetryLater, ["SMTP", "smtp.port and smtp.tls"]),
        ({"imap__tls": "starttls"}, errors.RetryLater, ["certificate of 127.0.0.1", "imap.host"]),
        ({"smtp__tls": "starttls"}, errors.RetryLater, ["certificate of 127.0.0.1", "smtp.host"]),
        ({"imap__host": "nowhere.invalid"}, errors.RetryLater, ["nowhere.invalid cannot be"]),
        ({"imap__password": "größe"}, errors.Unauthorised, ["IMAP"]),
    ],
)
async def test_what_does_not_work_says_which_server_and_why(
    box: Mailbox, changes: dict[str, Any], kind: type[errors.ChannelError], words: list[str]
) -> None:
    with pytest.raises(kind) as raised:
        await account(of(box.settings(**changes)))
    assert all(word in raised.value.detail for word in words), raised.value.detail
    assert "password" not in raised.value.detail.replace("the password", "")
