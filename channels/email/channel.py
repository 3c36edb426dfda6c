"""One mailbox: reading, sending, and the words between, joined.

dedupe: done (Message-ID, sender and body) · signature: exempt because mail is fetched, not posted; our own ids
are signed · retry-after: done (by reply code) · blocked user: done (5.1.x, bounces) · attachments: done ·
edits: exempt because mail has none · threading: done (our ids, plus addresses, the first mail) · rate limit:
done (capabilities) · templates: exempt because mail needs none · first contact: done (free, with a subject)
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from channels import errors
from channels.base import Accept, Capabilities, FirstContact, Pace
from channels.messages import (
    Address,
    Inbound,
    LocalFile,
    Outbound,
    Piece,
    Receipt,
    RemoteFile,
    Request,
    Signal,
)

from . import format as formatting
from . import refusals
from .build import build, recipient
from .listening import Listener, Tempo, log_in
from .login import Login, logins
from .own import Own
from .parse import parse
from .refusals import ImapRefused, Lost
from .send import Envelope, Sender
from .settings import EmailSettings

MINUTE = 60.0
TRYING = Tempo(connect=5.0, patience=7.0)
"""Somebody looks at a form and waits."""
TRYING_TO_SEND = 10.0
TEXT_LIMIT = 100_000


class EmailChannel:
    """Implements `channels.base.Channel` and `Rich`."""

    def __init__(self, settings: EmailSettings, tempo: Tempo | None = None) -> None:
        self._own = Own(
            address=settings.address,
            name=settings.name,
            secret=settings.secret,
            plus=settings.plus_addresses,
        )
        reading, sending = logins(settings)
        self._listener = Listener(settings.reading(), reading, settings.folder, tempo or Tempo())
        self._sender = Sender(settings.sending(), sending, _domain(settings))
        self.capabilities = _capabilities(settings)

    @contextlib.asynccontextmanager
    async def connect(self, accept: Accept, webhook_url: str | None) -> AsyncIterator[None]:  # noqa: ARG002 - mail is fetched
        """Raises `Unauthorised` when either server refuses the login, also later."""
        with contextlib.suppress(errors.RetryLater):
            # Who cannot send now can still read.
            await self._sender.check(self._own.address)
        async with self._listener.hearing(accept):
            yield

    def receive(self, request: Request) -> Sequence[Inbound]:
        if not request.trusted:
            raise errors.NotGenuine("Mail is fetched from the mailbox, and never posted.")
        size = request.query.get("size", "")
        return parse(request.body, self._own, int(size) if size.isdecimal() else None)

    def compose(self, text: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
        return formatting.compose(text, attachments)

    def compose_rich(self, html: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
        return formatting.compose_rich(html, attachments)

    async def send(self, outbound: Outbound) -> Receipt:
        mail, message_id = build(outbound, self._own)
        envelope = Envelope(sender=self._own.address, recipient=recipient(outbound))
        await self._sender.send(mail, envelope)
        return Receipt(message_id=message_id, sent_at=datetime.now(UTC))

    async def signal(self, address: Address, signal: Signal) -> None:
        """Mail has no such courtesies."""

    async def fetch(self, file: RemoteFile) -> bytes:
        """Files come with their mail."""
        if file.content is None:
            raise errors.Rejected("The file did not come with the mail.")
        return file.content

    async def aclose(self) -> None:
        await self._sender.aclose()


async def account(settings: EmailSettings) -> str:
    """Whose mailbox it is. Both servers are tried; raises what the first says that refuses, with what
    the other says too.
    """
    reading, sending = logins(settings)
    sender = Sender(settings.sending(), sending, _domain(settings), TRYING_TO_SEND)
    told: list[str] = []
    failed: list[errors.ChannelError] = []
    for attempt in (_unread(settings, reading), _may_send(sender, settings)):
        try:
            told.append(await attempt)
        except errors.ChannelError as error:
            failed.append(error)
    if failed:
        # What an admin must mend comes first.
        failed.sort(key=lambda error: isinstance(error, errors.RetryLater))
        first = failed[0]
        first.detail = " ".join(error.detail for error in failed)
        first.args = (first.detail,)
        raise first
    return ", ".join((settings.address, *told))


async def _unread(settings: EmailSettings, login: Login) -> str:
    server = settings.reading()
    connection = await log_in(server, login, TRYING)
    box = connection.box
    try:
        await connection.do(lambda: box.select(settings.folder))
        unread = len(await connection.do(box.unseen))
    except (ImapRefused, Lost, OSError) as error:
        raise refusals.imap(error, server.host) from error
    finally:
        connection.end()
    return f"{unread} unread in {settings.folder}"


async def _may_send(sender: Sender, settings: EmailSettings) -> str:
    await sender.check(settings.address)
    return f"sending by {settings.smtp.host}"


def _domain(settings: EmailSettings) -> str:
    return settings.address.rpartition("@")[2]


def _capabilities(settings: EmailSettings) -> Capabilities:
    return Capabilities(
        text_limit=TEXT_LIMIT,
        markup=True,
        attachments=True,
        typing_seconds=None,
        first_contact=FirstContact.FREE,
        quiet_seconds=2.0,
        reached_by={"email": "email"},
        threads=True,
        answers_per_hour=5,
        account_pace=Pace(seconds=MINUTE / settings.messages_per_minute),
    )
