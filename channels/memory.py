"""The shipped double: a platform inside the process, as strict as a real one. A test, a bench or a demo
writes as the customer (`write`, `happen`), orders misfortune (`fail`, `delay`, `revoked`), and reads
what was said (`sent`, `signals`).

`receive` takes one event a body, JSON: `{"id", "kind", "chat", ...}`. Kinds, with what they may add:
message (text, name, files, reply_to, choice, start, group), edit (of, text), reach (reachable),
move (to), elsewhere (text), status (of, status, detail). Any other is ignored.
"""

import asyncio
import contextlib
import hmac
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from . import errors
from .base import Accept, Capabilities, FirstContact
from .cutting import cut
from .messages import (
    Address,
    AddressMoved,
    CustomerMessage,
    HumanSpokeElsewhere,
    Identity,
    Ignored,
    Inbound,
    LocalFile,
    MessageEdited,
    Outbound,
    Piece,
    ReachabilityChanged,
    Receipt,
    RemoteFile,
    Request,
    Sender,
    Signal,
    Status,
    StatusChanged,
    Unreadable,
)

Json = Mapping[str, Any]
SECRET_HEADER = "x-memory-secret"  # noqa: S105 - a header's name
SECRET = "memory"  # noqa: S105 - guards nothing outside of this process
CAPABILITIES = Capabilities(
    text_limit=1000,
    markup=False,
    attachments=True,
    typing_seconds=5.0,
    first_contact=FirstContact.NEVER,
    quiet_seconds=0.0,
)


class MemoryChannel:
    """Implements `channels.base.Channel`. Like a real platform it keeps what we have not accepted."""

    def __init__(self, *, secret: str = SECRET, capabilities: Capabilities = CAPABILITIES) -> None:
        self.capabilities = capabilities
        self.sent: list[Outbound] = []
        self.signals: list[tuple[Address, Signal]] = []
        self.blocked: set[str] = set()
        self.revoked = False
        self.delay = 0.0
        """Seconds that each send takes."""
        self._secret = secret
        self._known: set[str] = set()
        self._files: dict[str, bytes] = {}
        self._failures: deque[tuple[errors.ChannelError, bool]] = deque()
        self._held: deque[bytes] = deque()
        self._bringing = asyncio.Lock()
        self._accept: Accept | None = None
        self._ids = itertools.count(1)

    # Outside: the customer, and fate

    def heard(self, chat: str) -> list[str]:
        """What has reached one chat, in order."""
        return [one.piece.plain for one in self.sent if one.address.chat == chat]

    async def write(self, text: str, chat: str = "ann", **more: Any) -> str:
        """The customer writes; `files` maps names to bytes. The event's id, once it is accepted."""
        files = {f"file{next(self._ids)}-{name}": at for name, at in more.pop("files", {}).items()}
        self._files.update(files)
        return await self.happen("message", chat, text=text, files=list(files), **more)

    async def happen(self, kind: str, chat: str = "ann", **more: Any) -> str:
        """Anything else. While nobody is connected, or `accept` raises, it is held."""
        event = {"id": f"e{next(self._ids)}", "kind": kind, "chat": chat, **more}
        self._known.add(chat)
        if kind == "reach":
            (self.blocked.discard if event.get("reachable") else self.blocked.add)(chat)
        self._held.append(json.dumps(event).encode())
        await self._bring()
        return str(event["id"])

    def fail(self, error: errors.ChannelError, *, heard: bool = False) -> None:
        """The next send that nothing else refuses raises this; `heard`: and has arrived all the same."""
        self._failures.append((error, heard))

    async def _bring(self) -> None:
        """In order, one at a time, each until it is accepted."""
        async with self._bringing:
            while self._held and self._accept is not None:
                headers = {SECRET_HEADER: self._secret}
                await self._accept(Request(body=self._held[0], headers=headers))
                self._held.popleft()

    # The port

    @contextlib.asynccontextmanager
    async def connect(
        self,
        accept: Accept,
        webhook_url: str | None,  # noqa: ARG002 - it hears within the process
    ) -> AsyncIterator[None]:
        self._check_credentials()
        self._accept = accept
        try:
            with contextlib.suppress(Exception):  # what is not accepted now stays held
                await self._bring()
            yield
        finally:
            self._accept = None

    def receive(self, request: Request) -> Sequence[Inbound]:
        if not request.trusted:
            given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, self._secret.encode()):
                raise errors.NotGenuine("The secret is missing or wrong.")
        try:
            event = json.loads(request.body)
        except (ValueError, RecursionError):
            raise errors.Malformed("The body is not JSON.") from None
        if not isinstance(event, dict) or not isinstance(event.get("id"), str):
            raise errors.Malformed("The body is not an event.")
        try:
            return (_READERS.get(str(event.get("kind")), _ignored)(event),)
        except Exception as error:
            name = type(error).__name__
            return (Unreadable(event_id=event["id"], error=name, raw=request.body),)

    def compose(self, text: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
        """No markup here: the words as they are, then the files."""
        rest, texts = text.strip(), []
        while rest:
            at = cut(rest, self.capabilities.text_limit)
            head, rest = rest[:at].rstrip(), rest[at:].lstrip()
            texts.append(Piece(body=head, plain=head))
        return (*texts, *(Piece(attachments=(index,)) for index in range(len(attachments))))

    async def send(self, outbound: Outbound) -> Receipt:
        await asyncio.sleep(self.delay)
        self._check_credentials()
        chat, body = outbound.address.chat, outbound.piece.body
        if not body and not outbound.attachments:
            raise errors.Rejected("The message is empty.")
        if len(body) > self.capabilities.text_limit:
            raise errors.Rejected("The message is too long.")
        if chat in self.blocked:
            raise errors.Unreachable("The customer blocked us.")
        if chat not in self._known and self.capabilities.first_contact is FirstContact.NEVER:
            raise errors.Unreachable("The customer has never written to us.")
        error, heard = self._failures.popleft() if self._failures else (None, True)
        if heard:
            self.sent.append(outbound)
        if error is not None:
            raise error
        return Receipt(message_id=f"m{next(self._ids)}", sent_at=datetime.now(UTC))

    async def signal(self, address: Address, signal: Signal) -> None:
        self.signals.append((address, signal))

    async def fetch(self, file: RemoteFile) -> bytes:
        self._check_credentials()
        if file.ref not in self._files:
            raise errors.Rejected("There is no such file.")
        return self._files[file.ref]

    async def aclose(self) -> None:
        self._accept = None

    def _check_credentials(self) -> None:
        if self.revoked:
            raise errors.Unauthorised("The credentials were revoked.")


def _address(event: Json) -> Address:
    return Address(chat=str(event["chat"]), thread=str(event.get("thread", "")))


def _sender(event: Json) -> Sender:
    identity = Identity(kind="memory_user", value=str(event.get("user", event["chat"])))
    name = str(event.get("name", event["chat"]))
    return Sender(identities=(identity,), name=name, language=str(event.get("language", "")))


def _sent_at(event: Json) -> datetime:
    at = event.get("at")
    return datetime.now(UTC) if at is None else datetime.fromtimestamp(float(at), UTC)


def _files(event: Json) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(ref=ref, kind="document", name=ref.partition("-")[2])
        for ref in event.get("files", ())
    )


def _message(event: Json) -> Inbound:
    return CustomerMessage(
        event_id=event["id"],
        address=_address(event),
        sender=_sender(event),
        message_id=f"in-{event['id']}",
        sent_at=_sent_at(event),
        text=str(event.get("text", "")),
        attachments=_files(event),
        reply_to=str(event.get("reply_to", "")),
        choice=str(event.get("choice", "")),
        choice_id=event["id"] if event.get("choice") else "",
        start=str(event.get("start", "")),
        group=bool(event.get("group")),
    )


def _edit(event: Json) -> Inbound:
    return MessageEdited(
        event_id=event["id"],
        address=_address(event),
        message_id=f"in-{event['of']}",
        sent_at=_sent_at(event),
        text=str(event["text"]),
    )


def _reach(event: Json) -> Inbound:
    reachable = bool(event["reachable"])
    return ReachabilityChanged(
        event_id=event["id"],
        address=_address(event),
        sender=_sender(event),
        reachable=reachable,
        reason="" if reachable else "The customer blocked us.",
        sent_at=_sent_at(event),
    )


def _move(event: Json) -> Inbound:
    new = Address(chat=str(event["to"]))
    return AddressMoved(event_id=event["id"], old=_address(event), new=new)


def _elsewhere(event: Json) -> Inbound:
    return HumanSpokeElsewhere(
        event_id=event["id"],
        address=_address(event),
        message_id=f"out-{event['id']}",
        sent_at=_sent_at(event),
        text=str(event["text"]),
    )


def _status(event: Json) -> Inbound:
    return StatusChanged(
        event_id=event["id"],
        message_id=str(event["of"]),
        status=Status(event["status"]),
        detail=str(event.get("detail", "")),
    )


def _ignored(event: Json) -> Inbound:
    return Ignored(event_id=event["id"], what=str(event.get("kind", "nothing")))


_READERS: dict[str, Callable[[Json], Inbound]] = {
    "message": _message,
    "edit": _edit,
    "reach": _reach,
    "move": _move,
    "elsewhere": _elsewhere,
    "status": _status,
}
