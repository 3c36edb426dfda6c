"""People with WhatsApp, and what is said between one of them and one number of a business."""

import asyncio
import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import limits
from .errors import Json

ORDER = ("", "sent", "delivered", "read", "played")


def canonical(digits: str) -> str:
    """WA12: how WhatsApp itself writes a number, which is not always how people dial it."""
    if digits.startswith("55") and len(digits) == 13 and digits[4] == "9":
        return digits[:4] + digits[5:]  # Brazil: the ninth digit goes
    if digits.startswith("52") and len(digits) == 12:
        return f"521{digits[2:]}"  # Mexico: a 1 comes
    if digits.startswith("54") and len(digits) == 12:
        return f"549{digits[2:]}"  # Argentina: a 9 comes
    return digits


@dataclass(eq=False, kw_only=True)
class Person:
    """WA40: one customer. The phone may be hidden, the ids differ from business to business."""

    phone: str
    wa_id: str
    name: str
    id: str
    username: str = ""
    country: str = "US"
    on_whatsapp: bool = True
    is_on: bool = True
    """The phone is on: messages arrive."""
    reads: bool = False
    """Opens each message as it arrives, so that it is read and no `delivered` is told."""
    stopped_marketing: bool = False
    capped: bool = False
    """Has had enough marketing from all businesses together."""
    in_experiment: bool = False
    identity: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    """Hash of the keys; a new one after a new installation."""
    _bsuids: dict[str, str] = field(default_factory=dict, repr=False)

    def bsuid(self, portfolio_id: str) -> str:
        """The same for each business portfolio until the phone changes."""
        number = f"{secrets.randbelow(10**20):020}"
        return self._bsuids.setdefault(portfolio_id, f"{self.country}.{number}")

    def known_as(self, user_ids: Mapping[str, str]) -> None:
        self._bsuids.update(user_ids)

    def parent_bsuid(self, portfolio_id: str) -> str:
        number = f"{secrets.randbelow(10**14):014}"
        return self._bsuids.setdefault(f"ENT {portfolio_id}", f"{self.country}.ENT.{number}")

    def is_called(self, portfolio_id: str, user_id: str) -> bool:
        own = (portfolio_id, f"ENT {portfolio_id}")
        return user_id in {self._bsuids.get(one) for one in own}

    def move(self, phone: str, wa_id: str) -> None:
        """To another phone, which makes another user of them for every business."""
        self.phone, self.wa_id = phone, wa_id
        self._bsuids.clear()


@dataclass(eq=False, kw_only=True)
class Message:
    """One message as both sides know it; `content` is its type and that type's object on the wire."""

    id: str
    by_business: bool
    at: float
    content: Json
    context: Json = field(default_factory=dict)
    shown: Json = field(default_factory=dict)
    """A template as a phone shows it: header, body, footer, buttons."""
    callback_data: str = ""
    to_phone: bool = True
    category: str = "service"
    in_window: bool = True
    priced: set[str] = field(default_factory=set)
    status: str = ""
    error: int = 0
    """The code with which it failed."""
    reactions: dict[str, str] = field(default_factory=dict)
    edited: bool = False
    revoked: bool = False

    @property
    def kind(self) -> str:
        return str(self.content["type"])

    def advance(self, status: str) -> None:
        """What a person sees never goes back."""
        known = self.status if self.status in ORDER else ""  # what failed may still arrive
        if status in ORDER and ORDER.index(status) > ORDER.index(known):
            self.status = status

    @property
    def arrived(self) -> bool:
        return not self.by_business or self.status in ORDER[2:]

    def json(self) -> Json:
        return {
            "id": self.id,
            "by_business": self.by_business,
            "timestamp": int(self.at),
            "content": self.content,
            "context": self.context,
            "shown": self.shown,
            "status": self.status,
            "error": self.error,
            "reactions": list(filter(None, self.reactions.values())),
            "edited": self.edited,
            "revoked": self.revoked,
        }


def new_wamid() -> str:
    return f"wamid.{base64.b64encode(b'HBgL' + secrets.token_bytes(30)).decode()}"


class History:
    """The messages of one thread, in order, and the revision in which each was last touched."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._messages: dict[str, Message] = {}
        self._revisions: dict[str, int] = {}
        self.revision = 0

    def __iter__(self) -> Iterator[Message]:
        return iter(list(self._messages.values()))

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> None:
        self._messages[message.id] = message
        self.touch(message)
        if len(self._messages) > self._keep:
            oldest = next(iter(self._messages))
            del self._messages[oldest], self._revisions[oldest]

    def touch(self, message: Message) -> None:
        self.revision += 1
        if message.id in self._messages:
            self._revisions[message.id] = self.revision

    def find(self, wamid: Any) -> Message | None:
        return self._messages.get(str(wamid))

    def since(self, revision: int) -> list[Message]:
        return [self._messages[wamid] for wamid, at in self._revisions.items() if at > revision]


class Thread:
    """One person and one number of a business."""

    def __init__(self, person: Person, keep: int) -> None:
        self.person = person
        self.messages = History(keep)
        self.pace = limits.pair_pace()
        self.last_inbound = 0.0
        self.entry_until = 0.0
        """Until when the free entry point of an advertisement lasts."""
        self.phone_at = 0.0
        """When this number last wrote to, or heard from, the phone and not just the id."""
        self.typing_until = 0.0
        self.blocked = False
        self.changed = asyncio.Event()

    def window_open(self, now: float) -> bool:
        """WA14: 24 hours from the person's last message to this number."""
        return bool(self.last_inbound) and now - self.last_inbound < limits.WINDOW

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()
