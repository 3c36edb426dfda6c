"""The channel at an emulated provider that does what real ones do on their worst days."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels import errors
from channels import messages as m
from channels.email.channel import EmailChannel, account
from channels.email.settings import of
from emulators import mail
from emulators.control import Fault
from emulators.mail.state import Account
from tests import post
from tests.mailbox import QUICK, Accepting

ANN = "ann@customers.example"


@pytest.fixture
async def provider() -> AsyncIterator[mail.Running]:
    async with mail.running() as found:
        found.post.add(post.OURS)
        found.outside.person("Ann")
        yield found


def ours(provider: mail.Running) -> Account:
    return provider.post.accounts[post.OURS]


def settings(provider: mail.Running, **more: Any) -> dict[str, Any]:
    return {**post.settings(provider), "secret": "s" * 32, **more}


def by_token(provider: mail.Running) -> dict[str, Any]:
    oauth = {
        "token_url": f"{provider.url}/oauth/token",
        "client_id": "app",
        "client_secret": "app-secret",
        "refresh_token": ours(provider).refresh_token,
    }
    return settings(provider, auth="xoauth2", oauth=oauth)


@contextlib.asynccontextmanager
async def listening(given: dict[str, Any]) -> AsyncIterator[Accepting]:
    channel = EmailChannel(of(given), QUICK)
    inbox = Accepting(channel)
    try:
        async with channel.connect(inbox.accept, None):
            await asyncio.sleep(0.1)
            yield inbox
    finally:
        await channel.aclose()


def write(provider: mail.Running, text: str) -> None:
    provider.outside.write(provider.outside.person("Ann"), post.OURS, text)


def outbound(to: str = ANN) -> m.Outbound:
    where = m.Address(chat=to, thread="abcdefgh23456722")
    return m.Outbound(delivery_id="d1", address=where, piece=m.Piece(plain="Hi"), subject="x")


def order(provider: mail.Running, method: str, **fault: Any) -> None:
    provider.post.control.faults.append(Fault(method=method, **fault))


async def test_other_uids_in_mid_session_lose_nothing(provider: mail.Running) -> None:
    async with listening(settings(provider)) as inbox:
        write(provider, "one")
        await inbox.until("one")
        ours(provider).inbox.renumber()
        write(provider, "two")
        await inbox.until("one", "one", "two")
    assert len({one.event_id for one in inbox.read}) == 2


async def test_the_same_mail_under_two_uids_is_one_event(provider: mail.Running) -> None:
    async with listening(settings(provider)) as inbox:
        write(provider, "one")
        provider.outside.again(ours(provider), ours(provider).inbox.mails[-1].uid)
        await inbox.until("one", "one")
    assert inbox.read[0].event_id == inbox.read[1].event_id


@pytest.mark.parametrize("how", ["cut", "ended", "refused"])
async def test_however_idle_ends_nothing_is_lost(provider: mail.Running, how: str) -> None:
    provider.post.switches.idle = how != "refused"
    provider.post.switches.idle_seconds = 0.2 if how == "ended" else 0.0
    async with listening(settings(provider)) as inbox:
        texts = [f"number {n}" for n in range(3)]
        for text in texts:
            if how == "cut":
                provider.post.cut_idle()
            write(provider, text)
            await asyncio.sleep(0.3)
        await inbox.until(*texts)


async def test_commands_that_fail_at_times_lose_nothing(provider: mail.Running) -> None:
    async with listening(settings(provider)) as inbox:
        for method in ("imap uid fetch", "imap uid search", "imap uid store", "imap select"):
            order(provider, method, kind="status", description="[UNAVAILABLE] Try later")
            order(provider, method, kind="drop_before")
        texts = [f"number {n}" for n in range(3)]
        for text in texts:
            write(provider, text)
        await inbox.until(*texts)


async def test_a_token_that_runs_out_in_mid_session_is_replaced(provider: mail.Running) -> None:
    ours(provider).only_tokens = True
    async with listening(by_token(provider)) as inbox:
        await inbox.channel.send(outbound())
        for text in ("one", "two"):
            write(provider, text)
            provider.post.control.clock.advance(4000)
        await inbox.until("one", "two")
        await inbox.channel._sender.aclose()
        await inbox.channel.send(outbound())
    assert len(provider.outside.got(provider.outside.person("Ann"))) == 2


async def test_a_provider_without_passwords_says_what_it_wants(provider: mail.Running) -> None:
    ours(provider).only_tokens = True
    with pytest.raises(errors.Unauthorised) as raised:
        await account(of(settings(provider)))
    assert "IMAP" in raised.value.detail
    assert "SMTP" in raised.value.detail


async def test_a_wrong_token_is_explained_and_refused(provider: mail.Running) -> None:
    given = by_token(provider)
    given["imap"]["user"] = given["smtp"]["user"] = ANN
    with pytest.raises(errors.Unauthorised, match=r"IMAP.*SMTP"):
        await account(of(given))


async def test_too_many_connections_are_waited_for(provider: mail.Running) -> None:
    ours(provider).most_connections = 0
    with pytest.raises(errors.RetryLater, match="Too many simultaneous connections"):
        async with listening(settings(provider)):
            pass


@pytest.mark.parametrize(
    ("method", "status", "said", "kind"),
    [
        ("mail", 421, "4.7.0 Too many messages, slow down", errors.RetryLater),
        ("rcpt", 450, "4.2.0 Greylisted, try again later", errors.RetryLater),
        ("data", 554, "5.7.1 Spam", errors.Rejected),
        ("data", 451, "4.3.0 Try again", errors.RetryLater),
    ],
)
async def test_what_it_refuses_is_not_said(
    provider: mail.Running, method: str, status: int, said: str, kind: type[errors.ChannelError]
) -> None:
    channel = EmailChannel(of(settings(provider)), QUICK)
    order(provider, method, kind="status", status=status, description=said)
    with pytest.raises(kind):
        await channel.send(outbound())
    assert provider.outside.got(provider.outside.person("Ann")) == []
    await channel.send(outbound())
    await channel.aclose()


async def test_a_line_that_goes_dead_after_the_dot_leaves_it_unknown(
    provider: mail.Running,
) -> None:
    channel = EmailChannel(of(settings(provider)), QUICK)
    order(provider, "data", kind="drop_after")
    with pytest.raises(errors.OutcomeUnknown):
        await channel.send(outbound())
    assert len(provider.outside.got(provider.outside.person("Ann"))) == 1
    await channel.aclose()


async def test_mailboxes_that_are_not_or_are_full_say_so(provider: mail.Running) -> None:
    channel = EmailChannel(of(settings(provider)), QUICK)
    provider.outside.person("Ann").full = True
    with pytest.raises(errors.RetryLater) as full:
        await channel.send(outbound())
    assert full.value.after >= 600
    with pytest.raises(errors.Unreachable):
        await channel.send(outbound("nobody@customers.example"))
    await channel.aclose()


async def test_a_strict_server_finds_nothing_wrong_with_our_mail(provider: mail.Running) -> None:
    provider.post.switches.strict = True
    channel = EmailChannel(of(settings(provider, name="Größe & Söhne")), QUICK)
    (piece,) = channel.compose("Wort " * 3000 + "日本語", [])
    await channel.send(m.Outbound(delivery_id="d", address=outbound().address, piece=piece))
    await channel.aclose()
    assert len(provider.outside.got(provider.outside.person("Ann"))) == 1
