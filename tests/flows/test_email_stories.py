"""Talks by mail with a whole Baton at real mail servers, while lines break and mail comes twice."""

import asyncio
from collections.abc import Iterator
from email.utils import parseaddr
from pathlib import Path

import pytest

from tests import mailservers
from tests.letters import Desk, desk
from tests.mailbox import Mailbox, mailbox


@pytest.fixture(scope="module")
def servers() -> Iterator[mailservers.MailServers]:
    with mailservers.running() as found:
        yield found


@pytest.fixture
def box(servers: mailservers.MailServers) -> Mailbox:
    return mailbox(servers)


async def customers_lines(w: Desk) -> list[str]:
    return [
        text
        for author, text in await w.log("author", "text", kind="message")
        if author == "customer"
    ]


async def test_a_talk_by_mail_is_one_session(
    database_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(database_url, tmp_path, box, ["Two days.", "You are welcome."]) as w:
        await box.sends("How long is delivery?")
        await w.gets("Two days.")
        (first,) = w.letters()
        assert first["Auto-Submitted"] == "auto-replied"
        quoted = "Thanks!\r\n\r\nOn Fri, 27 Nov 2026 at 10:00, Support wrote:\r\n> Two days.\r\n"
        await box.sends(quoted, In_Reply_To=first["Message-ID"], To=first["Reply-To"])
        await w.gets("Two days.", "You are welcome.")
        assert await w.modes() == ["autonomous"]
        assert await customers_lines(w) == ["How long is delivery?", "Thanks!"]
        assert await w.states() == ["sent", "sent"]


HTML = "text/html; charset=utf-8"
GMAIL = """<div dir="ltr">{}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr"
class="gmail_attr">On Fri, Nov 27, 2026 at 10:00 AM Support &lt;{}&gt; wrote:<br></div><blockquote
class="gmail_quote" style="margin:0px"><p>Two days.</p></blockquote></div>"""
OUTLOOK = """<div class="WordSection1"><p class="MsoNormal">{}</p><div style="border:none;border-top:solid
#E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> Support &lt;{}&gt;<br>
<b>Sent:</b> Friday, November 27, 2026 10:00 AM<br><b>To:</b> Ann<br><b>Subject:</b> Re: Delivery</p></div>
<p>Two days.</p></div>"""
APPLE = """{}\r\n\r\n> On 27. Nov 2026, at 10:00, Support <{}> wrote:\r\n> \r\n> Two days.\r\n"""


async def test_replies_of_all_mail_programs_land_in_their_session(
    sqlite_url: str, tmp_path: Path, box: Mailbox
) -> None:
    answers = ["Two days.", "Gladly.", "Gladly.", "Gladly.", "Gladly."]
    async with desk(sqlite_url, tmp_path, box, answers) as w:
        await box.sends("How long is delivery?")
        await w.gets(*answers[:1])
        (ours,) = w.letters()
        chain = {"In_Reply_To": ours["Message-ID"], "References": ours["References"] or ""}
        replies = [
            ("from Gmail", GMAIL, {**chain, "Content_Type": HTML}),
            ("from Outlook", OUTLOOK, {"In_Reply_To": ours["Message-ID"], "Content_Type": HTML}),
            ("from Apple Mail", APPLE, {"References": f"<x@y.example> {ours['Message-ID']}"}),
            ("from a phone", "{}", {"To": ours["Reply-To"]}),
        ]
        for number, (text, shape, headers) in enumerate(replies, start=2):
            where = parseaddr(headers.get("To", ""))[1] or box.address
            mail = box.mail(shape.format(text, box.address), Subject=f"Re: {number}", **headers)
            await asyncio.to_thread(box.servers.send, box.ann, where, mail)
            await w.gets(*answers[:number])
        assert await customers_lines(w) == ["How long is delivery?", *(one[0] for one in replies)]
        assert await w.modes() == ["autonomous"]


async def test_two_who_write_in_one_thread_never_share_a_session(
    sqlite_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(sqlite_url, tmp_path, box, ["Hello Ann!", "Hello Ben!"]) as w:
        await box.sends("I am Ann")
        await w.gets("Hello Ann!")
        (ours,) = w.letters()
        ben = Mailbox(servers=box.servers, ours=box.ours, ann=box.servers.added("ben"))
        await ben.sends("I am Ben", In_Reply_To=ours["Message-ID"], References=ours["Message-ID"])
        await w.until(lambda: len(ben.got()) == 1, "Ben is answered")
        assert len(await w.modes()) == 2
        assert "Ann" not in " ".join(w.seen())
        assert len(w.letters()) == 1


async def test_a_mail_that_comes_twice_is_answered_once(
    sqlite_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(sqlite_url, tmp_path, box, ["Once.", "Twice?"]) as w:
        mail = await box.comes("Hello")
        await asyncio.to_thread(box.servers.deliver, box.ours, b"X-Way: another\r\n" + mail)
        await w.gets("Once.")
        while await box.unread():
            await asyncio.sleep(0.05)
        await w.at_rest()
        assert await customers_lines(w) == ["Hello"]
        assert w.read_there() == ["Once."]


async def test_other_uids_double_no_turn_and_lose_no_mail(sqlite_url: str, tmp_path: Path) -> None:
    with mailservers.running() as own:
        box = mailbox(own)
        async with desk(sqlite_url, tmp_path, box, ["One.", "Two.", "Again?"]) as w:
            await box.sends("first")
            await w.gets("One.")
            while await box.unread():
                await asyncio.sleep(0.05)
            own.stop_imap()
            own.renumber(box.ours)
            await box.sends("second")
            own.rest()
            own.start_imap()
            await w.gets("One.", "Two.")
            await asyncio.sleep(1.5)
            assert sorted(await customers_lines(w)) == ["first", "second"]
            assert len(w.letters()) == 2


async def test_an_idle_that_is_dropped_loses_nothing(
    sqlite_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(sqlite_url, tmp_path, box, ["Here.", "Still here."]) as w:
        w.imap.cut()
        await box.sends("Are you there?")
        await w.gets("Here.")
        w.imap.dead = True
        (first,) = w.letters()
        await box.sends("And now?", In_Reply_To=first["Message-ID"])
        await asyncio.sleep(2)
        w.imap.dead = False
        w.imap.cut()
        await w.gets("Here.", "Still here.")


async def test_a_line_cut_after_the_dot_is_told_of_and_never_said_twice(
    database_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(database_url, tmp_path, box, ["Two days.", "Twice?"]) as w:
        w.smtp.swallow_after = b"\r\n.\r\n"
        await box.sends("How long is delivery?")
        await w.gets("Two days.")
        await w.until_rows(lambda rows: rows == [("unknown",)], "deliveries", "state")
        await asyncio.sleep(1)
        assert w.read_there() == ["Two days."]
        assert await w.states() == ["unknown"]
        assert await w.modes() == ["waiting"]


async def test_a_line_cut_before_the_dot_is_tried_again(
    sqlite_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(sqlite_url, tmp_path, box, ["Two days."]) as w:
        w.smtp.swallow_after = b"RCPT TO"
        await box.sends("How long is delivery?")
        await w.gets("Two days.")
        await w.at_rest()
        assert await w.states() == ["sent"]


async def test_who_is_gone_is_not_written_to_and_the_delivery_says_why(
    sqlite_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(sqlite_url, tmp_path, box, ["Two days."]) as w:
        await box.comes("How long is delivery?", From=f"Nobody <nobody@{mailservers.DOMAIN}>")
        await w.until_rows(
            lambda rows: rows == [("failed", "5.1.1")], "deliveries", "state", "code"
        )
        (reason,) = [row[0] for row in await w.rows("identities", "unreachable_reason") if row[0]]
        assert "User unknown" in reason


async def test_what_comes_back_later_marks_what_was_sent(
    sqlite_url: str, tmp_path: Path, box: Mailbox
) -> None:
    async with desk(sqlite_url, tmp_path, box, ["Two days.", "Who are you?"]) as w:
        await box.comes("How long is delivery?", From=f"Gone <gone@{mailservers.DOMAIN}>")
        await w.until_rows(lambda rows: rows and rows[0][0] == "failed", "deliveries", "state")  # type: ignore[return-value,arg-type]
        await asyncio.sleep(0.5)
        assert len(await w.rows("deliveries", "id")) == 1


@pytest.mark.parametrize("name", ["support", "deaf"])
async def test_two_batons_that_mail_each_other_stop_by_themselves(
    sqlite_url: str, postgres_url: str, tmp_path: Path, servers: mailservers.MailServers, name: str
) -> None:
    ours, theirs = servers.added(name), servers.added(name)
    one = Mailbox(servers=servers, ours=ours, ann=theirs)
    other = Mailbox(servers=servers, ours=theirs, ann=ours)
    endless = [f"Thank you for your message number {n}." for n in range(40)]
    async with (
        desk(sqlite_url, tmp_path / "one", one, endless) as w,
        desk(postgres_url, tmp_path / "other", other, endless) as v,
    ):
        await other.sends("Hello, who are you?")
        seen = -1
        while seen != (seen := len(servers.mail(ours)) + len(servers.mail(theirs))):
            await asyncio.sleep(2)
        await w.at_rest()
        await v.at_rest()
        if name == "support":
            # The first answer says that a machine wrote it.
            assert (len(servers.mail(theirs)), len(servers.mail(ours))) == (1, 1)
        else:
            assert len(servers.mail(ours)) == 5
            assert "waiting" in await w.modes() + await v.modes()
