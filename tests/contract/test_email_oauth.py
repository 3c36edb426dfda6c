"""A mailbox that wants OAuth: tokens from the token server, at real servers that ask for them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels import errors
from channels import messages as m
from channels.email import oauth
from channels.email.channel import account
from channels.email.settings import OAuth, of
from tests.mailbox import Accepting, Mailbox
from tests.relay import relaying
from tests.tokens import CREDENTIALS, Tokens, serving


@pytest.fixture
async def tokens(box: Mailbox) -> AsyncIterator[Tokens]:
    async with serving(box) as found:
        yield found


def client(tokens: Tokens, **changes: str) -> oauth.Tokens:
    return oauth.Tokens(OAuth(token_url=f"{tokens.url}/token", **{**CREDENTIALS, **changes}))


def outbound(box: Mailbox) -> m.Outbound:
    address = m.Address(chat=box.customer, thread="abcdefgh23456722")
    return m.Outbound(delivery_id="d1", address=address, piece=m.Piece(plain="Hi"), subject="x")


async def test_one_token_serves_reading_and_sending(box: Mailbox, tokens: Tokens) -> None:
    channel = box.channel(**tokens.settings(), imap__password="", smtp__password="")
    inbox = Accepting(channel)
    async with channel.connect(inbox.accept, None):
        await box.comes("Hello")
        await inbox.until("Hello")
        await channel.send(outbound(box))
    await channel.aclose()
    (asked,) = tokens.asked
    assert asked == {**CREDENTIALS, "grant_type": "refresh_token"}


async def test_a_token_that_ends_in_mid_session_is_replaced(box: Mailbox, tokens: Tokens) -> None:
    async with relaying(box.servers.imap) as line:
        channel = box.channel(**tokens.settings(), imap__port=line.port)
        inbox = Accepting(channel)
        async with channel.connect(inbox.accept, None):
            tokens.withdraw()
            line.cut()
            await box.comes("Hello")
            await inbox.until("Hello")
            tokens.withdraw()
            await channel._sender.aclose()
            await channel.send(outbound(box))
        await channel.aclose()
    assert len(tokens.asked) == 3


async def test_a_mailbox_whose_owner_withdrew_says_so(box: Mailbox, tokens: Tokens) -> None:
    tokens.refusal = 400, {"error": "invalid_grant", "error_description": "Token has been revoked."}
    with pytest.raises(errors.Unauthorised, match=r"authorise the mailbox again.*revoked"):
        await account(of(box.settings(**tokens.settings())))


async def test_a_token_that_the_servers_refuse_is_told_of(box: Mailbox, tokens: Tokens) -> None:
    settings = box.settings(**tokens.settings(), imap__user="somebody@else.test")
    with pytest.raises(errors.Unauthorised, match=r"IMAP.*SMTP"):
        await account(of(settings))


async def test_a_token_is_kept_until_shortly_before_its_end(tokens: Tokens) -> None:
    ours = client(tokens)
    tokens.life = 3600
    assert await ours.access() == await ours.access() == "token-1"
    assert await ours.access(refused="token-1") == "token-2"
    assert await ours.access(refused="token-1") == "token-2"


async def test_short_tokens_are_used_for_half_of_their_life(tokens: Tokens) -> None:
    tokens.life = 0.4
    ours = client(tokens)
    assert await ours.access() == "token-1"
    await asyncio.sleep(0.25)
    assert await ours.access() == "token-2"


async def test_many_who_ask_fetch_one(tokens: Tokens) -> None:
    ours = client(tokens)
    found = await asyncio.gather(*(ours.access() for _ in range(10)))
    assert set(found) == {"token-1"}
    assert len(tokens.asked) == 1


async def test_without_a_refresh_token_the_app_asks_in_its_own_name(tokens: Tokens) -> None:
    await client(tokens, refresh_token="", scope="mail/.default").access()
    assert tokens.asked[0] == {
        "grant_type": "client_credentials",
        "client_id": "app",
        "client_secret": "app-secret",
        "scope": "mail/.default",
    }


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "invalid_grant"}, errors.Unauthorised),
        (401, {"error": "invalid_client"}, errors.Unauthorised),
        (403, "what?", errors.Unauthorised),
        (200, {"no": "token"}, errors.Unauthorised),
        (429, {}, errors.RetryLater),
        (503, None, errors.RetryLater),
    ],
)
async def test_refusals_say_who_must_react(
    tokens: Tokens, status: int, body: Any, kind: type[errors.ChannelError]
) -> None:
    tokens.refusal = status, body
    with pytest.raises(kind) as raised:
        await client(tokens).access()
    assert "app-secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/token", "nowhere", "ftp://x/y"])
async def test_a_token_server_that_cannot_be_had_is_told_of(url: str) -> None:
    with pytest.raises(errors.ChannelError) as raised:
        await oauth.Tokens(OAuth(token_url=url)).access()
    assert isinstance(raised.value, errors.RetryLater | errors.Rejected)
