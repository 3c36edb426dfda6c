"""How mail is picked up from a real IMAP server: nothing lost, nothing twice, whatever the line does."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels import errors
from channels import messages as m
from channels.email.listening import Tempo
from tests import mailservers
from tests.mailbox import QUICK, Accepting, Mailbox, mailbox
from tests.relay import Relay, relaying

LONG = Tempo(idle=60.0)


@pytest.fixture
async def line(box: Mailbox) -> AsyncIterator[Relay]:
    async with relaying(box.servers.imap) as found:
        yield found


@contextlib.asynccontextmanager
async def listening(
    box: Mailbox, tempo: Tempo = QUICK, **changes: object
) -> AsyncIterator[Accepting]:
    """The channel, connected and idle."""
    channel = box.channel(tempo, **changes)
    inbox = Accepting(channel)
    try:
        async with channel.connect(inbox.accept, None):
            await asyncio.sleep(0.2)
            yield inbox
    finally:
        await channel.aclose()


async def until_unread(box: Mailbox, many: int) -> None:
    async with asyncio.timeout(40):
        while await box.unread() != many:
            await asyncio.sleep(0.05)


async def test_mail_is_picked_up_and_only_then_marked_as_read(box: Mailbox) -> None:
    async with listening(box) as inbox:
        inbox.refusing = "*"
        await box.comes("refused at first")
        while inbox.refused < 2:
            await asyncio.sleep(0.01)
        assert await box.unread() == 1
        inbox.refusing = ""
        await inbox.until("refused at first")
        await box.sends("by SMTP")
        await inbox.until("refused at first", "by SMTP")
        await until_unread(box, 0)


async def test_what_waited_unread_comes_first_and_what_was_read_stays(box: Mailbox) -> None:
    await box.comes("read long ago", flags=r"\Seen")
    await box.comes("unread")
    async with listening(box) as inbox:
        await inbox.until("unread")
        await asyncio.sleep(QUICK.idle * 1.5)
        assert len(inbox.requests) == 1


async def test_it_hears_at_once_while_it_idles_and_leaves_at_once(box: Mailbox) -> None:
    async with listening(box, LONG) as inbox:
        await box.comes("while it idles")
        async with asyncio.timeout(LONG.idle / 2):
            await inbox.until("while it idles")
        await asyncio.sleep(0.2)
        left = time.monotonic()
    assert time.monotonic() - left < LONG.idle / 2


async def test_a_server_without_idle_is_asked_again_and_again(box: Mailbox, line: Relay) -> None:
    line.refuse[b" IDLE\r\n"] = b"% BAD Not today.\r\n"
    async with listening(box, imap__port=line.port) as inbox:
        for text in ("one", "two"):
            await box.comes(text)
        await inbox.until("one", "two")
    assert line.heard.count(b"IDLE") == 1


async def test_a_line_that_is_cut_is_connected_again(box: Mailbox, line: Relay) -> None:
    async with listening(box, LONG, imap__port=line.port) as inbox:
        for text in ("one", "two"):
            line.cut()
            await box.comes(text)
        await inbox.until("one", "two")
    assert line.connections >= 2


async def test_a_line_that_died_silently_is_noticed(box: Mailbox, line: Relay) -> None:
    async with listening(box, imap__port=line.port) as inbox:
        line.dead = True
        await box.comes("unheard")
        await asyncio.sleep(0.3)
        assert inbox.texts() == []
        async with asyncio.timeout(40):
            while line.connections < 2:
                await asyncio.sleep(0.01)
        line.dead = False
        await inbox.until("unheard")


async def test_a_bye_ends_nothing(box: Mailbox, line: Relay) -> None:
    async with listening(box, imap__port=line.port) as inbox:
        line.refuse[b" IDLE\r\n"] = b"* BYE Session expired, please login again.\r\n"
        await box.comes("said before")
        await inbox.until("said before")
        line.refuse.clear()
        await box.comes("said after")
        await inbox.until("said before", "said after")


async def test_what_a_colleague_reads_first_is_not_missed(box: Mailbox) -> None:
    async with listening(box) as inbox:
        await box.comes("a colleague was quicker", flags=r"\Seen")
        await inbox.until("a colleague was quicker")


async def test_a_mail_whose_mark_was_lost_is_not_taken_twice(box: Mailbox, line: Relay) -> None:
    async with listening(box, imap__port=line.port) as inbox:
        line.refuse[b" STORE "] = b"% NO Not now.\r\n"
        await box.comes("hello")
        await inbox.until("hello")
        line.cut()
        await asyncio.sleep(QUICK.idle)
        assert await box.unread() == 1
        line.refuse.clear()
        await until_unread(box, 0)
        assert len(inbox.requests) == 1


async def test_other_uids_lose_nothing_and_are_known_again(tmp_path: Path) -> None:
    with mailservers.running() as servers:
        box = mailbox(servers)
        async with listening(box) as inbox:
            for text in ("one", "two"):
                await box.comes(text)
            await inbox.until("one", "two")
            await until_unread(box, 0)
            servers.stop_imap()
            servers.renumber(box.ours)
            servers.start_imap()
            await box.comes("three", flags=r"\Seen")
            await inbox.until("one", "two", "one", "two", "three")
    events = [one.event_id for one in inbox.read]
    assert events[:2] == events[2:4]
    assert len(set(events)) == 3


async def test_a_server_that_was_away_is_found_again(box: Mailbox) -> None:
    with mailservers.running() as servers:
        own = mailbox(servers)
        async with listening(own) as inbox:
            servers.stop_imap()
            await asyncio.sleep(0.3)
            await own.sends("meanwhile")
            servers.start_imap()
            await inbox.until("meanwhile")


async def refused(box: Mailbox, line: Relay, answer: bytes) -> None:
    """The next login, when the line is cut in mid session."""
    channel = box.channel(imap__port=line.port)
    try:
        async with channel.connect(Accepting(channel).accept, None):
            line.refuse[b" LOGIN "] = answer
            line.cut()
            await asyncio.sleep(20)
    finally:
        await channel.aclose()


async def test_who_is_away_for_long_is_told_of(box: Mailbox, line: Relay) -> None:
    with pytest.raises(errors.RetryLater, match="Too many simultaneous connections"):
        await refused(box, line, b"% NO [ALERT] Too many simultaneous connections. (Failure)\r\n")


async def test_a_password_that_dies_later_is_told_of(box: Mailbox, line: Relay) -> None:
    with pytest.raises(errors.Unauthorised, match=r"IMAP.* refuses the user or the password"):
        await refused(box, line, b"% NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")


async def test_one_mail_that_cannot_be_accepted_does_not_stop_the_others(box: Mailbox) -> None:
    async with listening(box) as inbox:
        inbox.refusing = "poison"
        for text in ("poison one", "two", "poison three", "four"):
            await box.comes(text)
        await inbox.until("two", "four")
        assert await box.unread() == 2
        inbox.refusing = ""
        async with asyncio.timeout(40):
            while len(inbox.texts()) < 4:
                await asyncio.sleep(0.01)
        assert sorted(inbox.texts()) == ["four", "poison one", "poison three", "two"]


async def test_while_the_database_is_away_the_order_is_kept(box: Mailbox) -> None:
    async with listening(box) as inbox:
        inbox.refusing = "*"
        texts = [f"number {n}" for n in range(5)]
        for text in texts:
            await box.comes(text)
        while inbox.refused < 12:
            await asyncio.sleep(0.01)
        inbox.refusing = ""
        await inbox.until(*texts)


async def test_of_a_huge_mail_only_the_header_is_fetched(box: Mailbox) -> None:
    async with listening(box, Tempo(patience=30.0)) as inbox:
        await box.comes("x" * 998 + "\r\n" + ("y" * 76 + "\r\n") * 400_000, Subject="Film")
        async with asyncio.timeout(40):
            while not inbox.read:
                await asyncio.sleep(0.01)
    (request,), (told,) = inbox.requests, inbox.read
    assert len(request.body) < 1000
    assert int(request.query["size"]) > 30_000_000
    assert isinstance(told, m.CustomerMessage)
    assert told.subject == "Film"


async def test_an_empty_mail_is_no_trouble(box: Mailbox) -> None:
    async with listening(box) as inbox:
        await asyncio.to_thread(box.servers.deliver, box.ours, b"\r\n")
        await box.comes("and then")
        await inbox.until("and then")
    assert isinstance(inbox.read[0], m.Unreadable)


async def test_two_replicas_for_a_moment_read_the_same(box: Mailbox) -> None:
    async with listening(box) as one, listening(box) as other:
        await box.comes("hello")
        await asyncio.gather(one.until("hello"), other.until("hello"))
    assert one.read[0].event_id == other.read[0].event_id
