"""The words between the trunk and every channel: frozen values, no behaviour of any platform.

What comes in is an `Inbound`; what goes out is an `Outbound` made of one `Piece`; what the
platform answers is a `Receipt`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One HTTP request of a platform, or one body that polling brought; header names in lower case."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    trusted: bool = False
    """We fetched it ourselves over an authenticated connection, so there is no signature to check."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One conversation on one channel, as the platform names it."""

    chat: str
    """Telegram chat id, WhatsApp id, email address."""
    thread: str = ""
    """A forum topic, an email thread; empty where the platform has none."""
    via: str = ""
    """The account we speak through when it is not our own (Telegram business connection)."""
    also: tuple[str, ...] = field(default=(), compare=False)
    """Other names of the same chat, under which it may have been opened (the phone beside a WhatsApp
    id): `chat` is the one to keep.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """One address of a person, as the platform keys it."""

    kind: str
    """The name of an `IdentityKind` that the channel declares, such as `telegram_user`."""
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who wrote. Identities in the order in which they are to be matched; the first is the key."""

    identities: tuple[Identity, ...]
    name: str = ""
    username: str = ""
    language: str = ""
    """BCP 47 tag as the platform gives it, empty when unknown."""
    is_bot: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteFile:
    """An attachment that still lies with the platform; `Channel.fetch` brings its bytes."""

    ref: str
    """What the platform wants to see to hand the file out (Telegram file_id, WhatsApp media id)."""
    kind: str
    """`image`, `video`, `audio`, `voice`, `document`, `sticker`, `animation`."""
    name: str = ""
    mime: str = ""
    size: int | None = None
    """Bytes, where the platform says so."""
    content: bytes | None = field(default=None, repr=False)
    """The bytes, where they came with the message: nothing is fetched then, and `ref` is empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """All that was written, for operators to look at; agents read `CustomerMessage.text`."""

    subject: str = ""
    sender: str = ""
    """As it was written, such as `Ann <ann@example.com>`."""
    recipients: str = ""
    html: str = ""
    """Sanitised, without anything that would be fetched from elsewhere; empty: it was plain text."""
    text: str = ""
    """With what was quoted, and with signatures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalFile:
    """An attachment of ours on its way out."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerMessage:
    """A person wrote to us (or pressed one of our buttons)."""

    event_id: str
    """The platform's identity of this event, unique within the channel: redelivery repeats it."""
    address: Address
    sender: Sender
    message_id: str
    sent_at: datetime
    text: str = ""
    """Text, caption, or a plain sentence for what has none (`Location: 52.5, 13.4`)."""
    attachments: tuple[RemoteFile, ...] = ()
    reply_to: str = ""
    """message_id of what it answers."""
    album: str = ""
    """Pieces of one album share it (Telegram media_group_id)."""
    choice: str = ""
    """The data of the button that was pressed; `text` is then its label, if known."""
    choice_id: str = ""
    """To be acknowledged by `Channel.signal(ChoiceTaken)` at once."""
    start: str = ""
    """Payload of a deep link (`/start PAYLOAD`)."""
    group: bool = False
    """Written in a group, not in private."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the platform vouches for about the sender, such as `phone` from an own contact card."""
    subject: str = ""
    """Of the conversation, where it has one."""
    original: Original | None = None
    """None: `text` is all there is."""
    automatic: str = ""
    """What kind of machine wrote it, such as `auto-reply`: nobody waits for an answer. Empty: a person."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What the channel wants to see again with whatever is said in this conversation from now on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageEdited:
    """A person changed what they had written: an agent that has not answered yet sees it so, and what
    is answered stays answered.
    """

    event_id: str
    address: Address
    message_id: str
    sent_at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReachabilityChanged:
    """The platform says that this person can, or can't, be written to from now on."""

    event_id: str
    address: Address
    sender: Sender
    reachable: bool
    reason: str
    """A sentence for an operator, such as `The customer blocked the bot.`"""
    sent_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressMoved:
    """The platform gave this conversation a new name (Telegram group became a supergroup)."""

    event_id: str
    old: Address
    new: Address
    sender: Sender = Sender(identities=())
    """Who it is under the new name, where it is a person (a phone number was changed)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HumanSpokeElsewhere:
    """Somebody of ours answered in the platform's own app: the agent must fall silent."""

    event_id: str
    address: Address
    message_id: str
    sent_at: datetime
    text: str
    attachments: tuple[RemoteFile, ...] = ()


class Status(StrEnum):
    """What became of a delivery. Order of the first four is the only direction of travel."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusChanged:
    """The platform reports on a message that we sent."""

    event_id: str
    message_id: str
    status: Status
    code: str = ""
    detail: str = ""
    delivery_id: str = ""
    """Ours, where the platform gives it back: it finds a delivery whose `message_id` we never heard."""
    to: Address | None = None
    """The recipient as the platform names him, where it says so."""
    unreachable: str = ""
    """Why nobody can be written to there any more, in a sentence; empty: this was about one message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentChanged:
    """A person wants, or no longer wants, marketing from us; everything else still reaches him."""

    event_id: str
    address: Address
    sender: Sender
    marketing: bool
    sent_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateChanged:
    """The platform says something about one template; what is empty is as it was."""

    event_id: str
    account: str
    """Whose it is, among `AppWebhook.accounts`; several channels may share it."""
    name: str
    language: str
    status: str = ""
    """As in `templates.Template`; empty with all the others: its words have changed, so ask again."""
    category: str = ""
    quality: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountChanged:
    """The platform says something about the account itself, for an admin to read."""

    event_id: str
    account: str
    """Which, among `AppWebhook.accounts`; several channels may share it."""
    what: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ignored:
    """Genuine, understood, and nothing to us: logged and answered 200."""

    event_id: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """Genuine, but nothing that this channel could make sense of: kept raw in the quarantine."""

    event_id: str
    """Empty when not even that could be read."""
    error: str
    raw: bytes
    account: str = ""
    """For which other account of ours it is, where one webhook serves several: give the same request
    to the channel that has it among its `AppWebhook.accounts`.
    """


Inbound = (
    CustomerMessage
    | MessageEdited
    | ReachabilityChanged
    | AddressMoved
    | HumanSpokeElsewhere
    | StatusChanged
    | ConsentChanged
    | TemplateChanged
    | AccountChanged
    | Ignored
    | Unreadable
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """What fits into one message of the platform: formatted as it wants it, and as plain text."""

    body: str = ""
    """In the platform's own format (Telegram HTML)."""
    plain: str = ""
    """The same without any markup, for when the markup is refused, and for the log."""
    attachments: tuple[int, ...] = ()
    """Indexes into the attachments that were composed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbound:
    """One message on its way to the platform. `delivery_id` is ours and travels where it can."""

    delivery_id: str
    address: Address
    piece: Piece
    attachments: tuple[LocalFile, ...] = ()
    reply_to: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What only some platforms have (a filled template)."""
    subject: str = ""
    """Of the conversation, where it has one."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """The last `CustomerMessage.context` of this conversation; empty: nobody has written in it yet."""
    automatic: bool = False
    """No person wrote or sent it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The platform took it. Acceptance is not delivery."""

    message_id: str
    sent_at: datetime
    address: Address | None = None
    """Where it went, when the platform names that otherwise than we did."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Typing:
    """Show that somebody is writing; lasts a few seconds, so it is repeated while it is true."""

    message_id: str = ""
    """What is being answered; without it some platforms show nothing (and with it, count it as read)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceTaken:
    """Acknowledge a pressed button (Telegram answerCallbackQuery), before anything slow happens."""

    choice_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """Mark the customer's message as read."""

    message_id: str


Signal = Typing | ChoiceTaken | Seen
