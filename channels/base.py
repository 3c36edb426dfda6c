"""The port that every channel implements, and what a channel can do.

The trunk asks `capabilities`, and whether a channel has one of the smaller ports beside it, never the
channel's name.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from .messages import (
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
from .templates import Filled, Template


class FirstContact(StrEnum):
    """How a conversation may be opened by us."""

    NEVER = "never"
    TEMPLATE = "template"
    FREE = "free"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """A token bucket: `burst` at once, then one each `seconds`."""

    seconds: float
    burst: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What this channel can do and how fast, as plain facts."""

    text_limit: int
    """Characters of one message after formatting."""
    markup: bool
    """Shows bold, lists, links; otherwise agents are told to write plainly."""
    attachments: bool
    typing_seconds: float | None
    """How long one Typing signal lasts; none: the platform has no such thing."""
    first_contact: FirstContact
    quiet_seconds: float = 1.0
    """A burst of messages counts as one when the next comes within this time."""
    reached_by: Mapping[str, str] = field(default_factory=dict)
    """Kinds of identity under which anybody may be written to, wherever we have them from, and the kind
    of identity that this channel knows them as.
    """
    window_seconds: float | None = None
    """How long after the customer's last message free text may be sent; none: always."""
    threads: bool = False
    """A chat has several conversations side by side, each with a subject and under an `Address.thread`;
    whoever begins one gives it both.
    """
    answers_per_hour: int | None = None
    """How often an agent answers in one conversation, for the other side may be a machine that answers
    too; none: platforms keep machines apart.
    """
    account_pace: Pace | None = None
    chat_pace: Pace | None = None
    group_pace: Pace | None = None


Accept = Callable[[Request], Awaitable[None]]
"""Hands one raw body to the inbox; returns when it is stored durably, raises when it can't be."""


class Channel(Protocol):
    """One connected messaging account."""

    @property
    def capabilities(self) -> Capabilities: ...

    def connect(self, accept: Accept, webhook_url: str | None) -> AbstractAsyncContextManager[None]:
        """Verify the credentials, then hear: set the webhook to `webhook_url`, or poll and hand each
        raw update to `accept` when the channel's settings say so. Leaving ends the hearing but keeps
        the webhook, so that the platform holds what arrives meanwhile.

        Raises `Unauthorised` or `Rejected` when the account cannot run as it is set up,
        `RetryLater` or `OutcomeUnknown` when the platform cannot be reached now.
        """
        ...

    def receive(self, request: Request) -> Sequence[Inbound]:
        """Genuine bytes to values; pure. Raises `NotGenuine` or `Malformed`, nothing else."""
        ...

    def compose(self, text: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
        """Cut Markdown and files into what the platform takes, in order; pure, never empty-bodied."""
        ...

    async def send(self, outbound: Outbound) -> Receipt:
        """Hand one piece to the platform, once. Raises the errors of `channels.errors`."""
        ...

    async def signal(self, address: Address, signal: Signal) -> None:
        """Small courtesies. Never raises: a lost one harms nobody."""
        ...

    async def fetch(self, file: RemoteFile) -> bytes:
        """The bytes of what a customer attached. Raises the errors of `channels.errors`."""
        ...

    async def aclose(self) -> None:
        """Let go of every connection; the channel is not used afterwards."""
        ...


@runtime_checkable
class AppWebhook(Protocol):
    """Beside `Channel`: the webhook is that of an app, which asks first whether it is ours, and which
    may bring what is for several accounts.
    """

    @property
    def accounts(self) -> frozenset[str]:
        """What the platform calls us: this account, and what it shares with others of ours."""
        ...

    def challenge(self, request: Request) -> bytes:
        """What to answer to a GET, with 200. Raises `NotGenuine`."""
        ...


@runtime_checkable
class Rich(Protocol):
    """Beside `Channel`: it shows what people format as they like."""

    def compose_rich(self, html: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
        """Somebody's HTML and files into what the platform takes, sanitised; the pieces' `plain` says the
        same in words. Pure. Raises `Rejected` when nothing can be seen in it.
        """
        ...


@runtime_checkable
class Templated(Protocol):
    """Beside `Channel`: it has messages that were approved beforehand."""

    async def templates(self) -> Sequence[Template]:
        """All of them, whatever their status. Raises the errors of `channels.errors`."""
        ...

    def fill(self, definition: Mapping[str, Any], values: Mapping[str, str]) -> Filled:
        """Put `values` in by the keys of the variables; pure, and it never raises: what is missing or
        wrong is among the problems, and shows as a gap in the preview.
        """
        ...
