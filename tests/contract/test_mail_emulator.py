"""The emulated mail provider keeps the rules of real ones; real clients are the judges."""

import asyncio
import base64
import imaplib
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import aiohttp
import aiosmtplib
import pytest
from imap_tools import BaseMailBox, MailBoxUnencrypted

from emulators import mail
from emulators.control import Fault
from emulators.mail.state import Account, Bounce

T = TypeVar("T")
OURS = "support@kestrel.example"
MAIL = (
    b"From: support@kestrel.example\r\nTo: ann@customers.example\r\nSubject: Hi\r\n"
    b"Message-ID: <ours.1@kestrel.example>\r\n\r\nHello\r\n"
)


@pytest.fixture
async def running() -> AsyncIterator[mail.Running]:
    async with mail.running() as found:
        found.post.add(OURS, "pw", name="Kestrel")
        yield found


@pytest.fixture
def ann(running: mail.Running) -> Account:
    return running.outside.person("Ann")


async def smtp(running: mail.Running, *, login: bool = True) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(hostname=running.host, port=running.smtp, start_tls=False)
    await client.connect()
    if login:
        await client.login(OURS, "pw")
    return client


async def sent(running: mail.Running, to: str, content: bytes = MAIL, sender: str = OURS) -> None:
    client = await smtp(running)
    try:
        await client.sendmail(sender, [to], content)
    finally:
        client.close()


async def refused(running: mail.Running, to: str, content: bytes = MAIL, sender: str = OURS) -> Any:
    with pytest.raises(aiosmtplib.SMTPException) as error:
        await sent(running, to, content, sender)
    inner = getattr(error.value, "recipients", None)
    return inner[0] if inner else error.value


async def at_imap(running: mail.Running, act: Callable[[BaseMailBox], T], who: str = OURS) -> T:
    """What a mail client sees that is logged in."""

    def run() -> T:
        box = MailBoxUnencrypted(running.host, running.imap)
        try:
            box.login(who, running.post.accounts[who].password)
            return act(box)
        finally:
            box.client.shutdown()

    return await asyncio.to_thread(run)


# SMTP


async def test_sm1_nobody_sends_without_a_login(running: mail.Running, ann: Account) -> None:
    client = await smtp(running, login=False)
    with pytest.raises(aiosmtplib.SMTPException) as error:
        await client.sendmail(OURS, [ann.address], MAIL)
    assert "5.7.0 Authentication required" in str(error.value)
    client.close()


async def test_sm2_wrong_credentials_are_refused_in_both_ways(running: mail.Running) -> None:
    client = await smtp(running, login=False)
    with pytest.raises(aiosmtplib.SMTPAuthenticationError) as error:
        await client.login(OURS, "wrong")
    assert (error.value.code, error.value.message) == (
        535,
        "5.7.8 Authentication credentials invalid",
    )
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await client.auth_xoauth2(OURS, "no-token")
    client.close()


async def test_sm2_a_token_that_was_asked_for_lets_in_until_it_runs_out(
    running: mail.Running,
) -> None:
    account = running.post.accounts[OURS]
    account.only_tokens = True
    given = {"grant_type": "refresh_token", "refresh_token": account.refresh_token}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{running.url}/oauth/token", data=given) as got,
    ):
        token = (await got.json())["access_token"]
    client = await smtp(running, login=False)
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await client.login(OURS, "pw")
    await client.auth_xoauth2(OURS, token)
    client.close()
    running.post.control.clock.advance(3601)
    client = await smtp(running, login=False)
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await client.auth_xoauth2(OURS, token)
    client.close()


async def test_sm3_where_tls_is_required_nothing_goes_without(running: mail.Running) -> None:
    running.post.switches.tls_required = True
    client = await smtp(running, login=False)
    code, message = await client.execute_command(b"MAIL FROM:<a@b.c>")
    assert (code, message) == (530, "5.7.0 Must issue a STARTTLS command first")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    await client.starttls(tls_context=trusting)
    await client.login(OURS, "pw")
    client.close()


async def test_sm4_nobody_writes_in_the_name_of_another(
    running: mail.Running, ann: Account
) -> None:
    error = await refused(running, ann.address, sender="boss@kestrel.example")
    assert (error.code, error.message) == (553, "5.7.1 Sender address rejected: not owned by user")


async def test_sm5_sm9_each_recipient_is_answered_by_itself(
    running: mail.Running, ann: Account
) -> None:
    client = await smtp(running)
    answers, _ = await client.sendmail(OURS, ["nobody@x.y", ann.address], MAIL)
    assert list(answers) == ["nobody@x.y"]
    assert answers["nobody@x.y"][0] == 550
    assert "5.1.1" in answers["nobody@x.y"][1]
    assert len(running.outside.got(ann)) == 1
    client.close()


async def test_sm6_full_late_and_too_much(running: mail.Running, ann: Account) -> None:
    ann.full = True
    assert (await refused(running, ann.address)).code == 452
    ann.full = False
    for code, text in (
        (450, "4.2.0 Greylisted, try again later"),
        (421, "4.7.0 Too many messages, slow down"),
    ):
        fault = Fault(kind="status", method="rcpt", status=code, description=text)
        running.post.control.faults.append(fault)
        error = await refused(running, ann.address)
        assert (error.code, error.message) == (code, text)
    await sent(running, ann.address)


async def test_sm7_a_mail_may_not_be_too_large(running: mail.Running, ann: Account) -> None:
    running.post.switches.size_limit = 1000
    error = await refused(running, ann.address, MAIL + b"x" * 2000)
    assert (error.code, error.message) == (552, "5.3.4 Message size exceeds fixed limit")


async def test_sm8_what_it_can_is_announced_and_in_strict_mode_lines_count(
    running: mail.Running, ann: Account
) -> None:
    client = await smtp(running)
    assert {"8bitmime", "smtputf8", "pipelining", "size"} <= set(client.esmtp_extensions)
    client.close()
    running.post.switches.strict = True
    await sent(running, ann.address)
    error = await refused(running, ann.address, MAIL + b"x" * 999 + b"\r\n")
    assert error.code == 550


async def test_sm10_what_was_taken_stays_taken_when_the_line_goes_dead(
    running: mail.Running, ann: Account
) -> None:
    running.post.control.faults.append(Fault(kind="drop_after", method="data"))
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await sent(running, ann.address)
    assert [one["text"] for one in running.outside.got(ann)] == ["Hello"]


@pytest.mark.parametrize(
    ("kind", "subjects"),
    [
        ("dsn", ["Undelivered Mail Returned to Sender"]),
        ("delayed", ["Undelivered Mail Returned to Sender"] * 2),
        ("words", ["failure notice"]),
        ("vacation", ["Automatic reply: Hi"]),
        ("lost", []),
    ],
)
async def test_sm11_accepted_mail_may_come_back(
    running: mail.Running, ann: Account, kind: str, subjects: list[str]
) -> None:
    running.post.bounces[ann.address] = Bounce(kind=kind)
    await sent(running, ann.address)
    ours = running.post.accounts[OURS]
    assert [one["subject"] for one in running.outside.got(ours)] == subjects
    for one in ours.inbox.mails:
        assert b"<ours.1@kestrel.example>" in one.raw


async def test_sm11_a_relay_may_give_mails_ids_of_its_own(
    running: mail.Running, ann: Account
) -> None:
    running.post.switches.rewrites_ids = True
    await sent(running, ann.address)
    (got,) = running.outside.got(ann)
    assert got["message_id"].endswith("@relay.example>")


# IMAP


async def test_im1_greeting_and_wrong_credentials(running: mail.Running) -> None:
    def greeted() -> tuple[bytes, str]:
        client = imaplib.IMAP4(running.host, running.imap)
        with pytest.raises(imaplib.IMAP4.error) as error:
            client.login(OURS, "wrong")
        client.shutdown()
        return client.welcome, str(error.value)

    welcome, error = await asyncio.to_thread(greeted)
    for can in (b"IMAP4rev1", b"IDLE", b"UIDPLUS", b"MOVE", b"SASL-IR", b"AUTH=XOAUTH2"):
        assert can in welcome
    assert "[AUTHENTICATIONFAILED] Invalid credentials (Failure)" in error


async def test_im2_im3_uids_grow_and_a_star_is_never_nothing(
    running: mail.Running, ann: Account
) -> None:
    for text in ("one", "two"):
        running.outside.write(ann, OURS, text)

    def seen(box: BaseMailBox) -> Any:
        uids = box.uids("ALL")
        box.delete(uids[-1:])
        return uids, box.uids("UID 10:*")

    uids, beyond = await at_imap(running, seen)
    assert (uids, beyond) == (["1", "2"], ["1"])
    running.outside.write(ann, OURS, "three")
    assert await at_imap(running, lambda box: box.uids("ALL")) == ["1", "3"]


async def test_im4_idle_pushes_ends_dies_or_is_refused(running: mail.Running, ann: Account) -> None:
    loop = asyncio.get_running_loop()

    def waits(box: BaseMailBox) -> Any:
        box.idle.start()  # type: ignore[no-untyped-call]
        loop.call_soon_threadsafe(lambda: running.outside.write(ann, OURS, "now"))
        return box.idle.poll(timeout=5)

    assert b"* 1 EXISTS" in await at_imap(running, waits)
    running.post.switches.idle_seconds = 0.05
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        await at_imap(running, lambda box: box.idle.wait(timeout=5) and box.uids("ALL"))
    running.post.switches.idle = False
    with pytest.raises(Exception, match="IDLE"):
        await at_imap(running, lambda box: box.idle.start())  # type: ignore[no-untyped-call]


async def test_im4_an_idle_that_dies_says_nothing(running: mail.Running) -> None:
    loop = asyncio.get_running_loop()

    def waits(box: BaseMailBox) -> Any:
        box.idle.start()  # type: ignore[no-untyped-call]
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loop).result()
        assert asyncio.run_coroutine_threadsafe(_cut(running), loop).result() == 1
        box.client.send(b"DONE\r\n")
        return box.client.noop()

    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        await at_imap(running, waits)


async def _cut(running: mail.Running) -> int:
    return running.post.cut_idle()


async def test_im5_another_validity_means_other_uids(running: mail.Running, ann: Account) -> None:
    running.outside.write(ann, OURS, "one")
    running.post.accounts[OURS].inbox.renumber()

    def seen(box: BaseMailBox) -> Any:
        box.folder.set("INBOX")
        return box.client.response("UIDVALIDITY")[1], box.uids("ALL")

    validity, uids = await at_imap(running, seen)
    assert validity == [b"2"]
    assert uids == ["1002"]


async def test_im6_peeking_marks_nothing_and_what_is_expunged_renumbers(
    running: mail.Running, ann: Account
) -> None:
    for text in ("one", "two", "three"):
        running.outside.write(ann, OURS, text)

    def works(box: BaseMailBox) -> Any:
        peeked = [one.text.strip() for one in box.fetch(mark_seen=False)]
        unseen = box.uids("UNSEEN")
        list(box.fetch("UID 1", mark_seen=True))
        after = box.uids("UNSEEN")
        box.move("2", "Done")
        return peeked, unseen, after, box.numbers("ALL"), box.uids("ALL")

    peeked, unseen, after, numbers, uids = await at_imap(running, works)
    assert peeked == ["one", "two", "three"]
    assert (unseen, after) == (["1", "2", "3"], ["2", "3"])
    assert (numbers, uids) == (["1", "2"], ["1", "3"])
    assert len(running.post.accounts[OURS].folder("Done").mails) == 1


async def test_im7_there_may_be_too_many_connections(running: mail.Running) -> None:
    running.post.accounts[OURS].most_connections = 0
    with pytest.raises(Exception, match="Too many simultaneous connections"):
        await at_imap(running, lambda box: box.uids("ALL"))


async def test_im8_a_token_that_runs_out_ends_the_connection(running: mail.Running) -> None:
    account = running.post.accounts[OURS]
    token = running.post.token(account)

    def works() -> None:
        box = MailBoxUnencrypted(running.host, running.imap)
        try:
            box.xoauth2(OURS, token)
            assert box.uids("ALL") == []
            running.post.control.clock.advance(3601)
            with pytest.raises(imaplib.IMAP4.abort, match="Session expired, please login again"):
                box.uids("ALL")
        finally:
            box.client.shutdown()

    def refused_login() -> None:
        box = MailBoxUnencrypted(running.host, running.imap)
        try:
            box.xoauth2(OURS, "no")
        finally:
            box.client.shutdown()

    await asyncio.to_thread(works)
    with pytest.raises(Exception, match="AUTHENTICATIONFAILED"):
        await asyncio.to_thread(refused_login)


async def test_im9_any_octets_are_a_mail_and_answers_may_be_slow(running: mail.Running) -> None:
    account = running.post.accounts[OURS]
    for raw in (b"", b"\xff\xfe\0", b"Subject: x" * 10_000):
        running.post.put(account, raw)
    fault = Fault(kind="delay", method="imap uid fetch", seconds=0.05)
    running.post.control.faults.append(fault)

    def works(box: BaseMailBox) -> list[int]:
        return [
            len(box.client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1]) for uid in box.uids("ALL")
        ]

    assert await at_imap(running, works) == [0, 3, 100_000]


async def test_im10_the_same_mail_lies_there_twice(running: mail.Running, ann: Account) -> None:
    running.outside.write(ann, OURS, "one")
    running.outside.again(running.post.accounts[OURS], 1)
    found = await at_imap(running, lambda box: [(m.uid, m.obj["Message-ID"]) for m in box.fetch()])
    assert [uid for uid, _ in found] == ["1", "2"]
    assert len({message_id for _, message_id in found}) == 1


# People


@pytest.mark.parametrize("manner", ["gmail", "outlook", "apple", "phone", "plain"])
async def test_people_answer_in_the_manner_of_their_programs(
    running: mail.Running, ann: Account, manner: str
) -> None:
    await sent(running, ann.address)
    running.outside.answer(ann, 1, "Thanks!", manner=manner)
    (got,) = running.outside.got(running.post.accounts[OURS])
    assert got["subject"] == "Re: Hi"
    assert "Thanks!" in got["text"]
    assert "Hello" in got["text"]
    assert got["in_reply_to"] == "<ours.1@kestrel.example>"


async def test_control_by_http(running: mail.Running) -> None:
    async with aiohttp.ClientSession(running.url) as http:

        async def post(path: str, **given: Any) -> Any:
            async with http.post(f"/_control/{path}", json=given) as got:
                return got.status, await got.json()

        assert (await post("people", name="Bob", address="bob@x.y"))[1]["address"] == "bob@x.y"
        file = {"name": "a.txt", "mime": "text/plain", "base64": base64.b64encode(b"hi").decode()}
        await post("mails", account="bob@x.y", to=OURS, text="Hello", subject="S", files=[file])
        async with http.get(f"/_control/mails?account={OURS}") as got:
            (found,) = (await got.json())["mails"]
        assert (found["subject"], found["files"][0]["name"]) == ("S", "a.txt")
        assert (await post("switches", idle=False))[1]["idle"] is False
        assert (await post("switches", nonsense=1))[0] == 404
        assert (await post("mails", account="nobody@x.y"))[0] == 404
        async with http.get("/_control/accounts") as got:
            assert (await got.json())[0]["smtp"] == running.smtp
