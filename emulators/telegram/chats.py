"""People and chats: who is there, and what was said, in both directions and in order. Bounded."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from .limits import Pace, group_pace, private_pace

Json = dict[str, Any]

KEPT_DELETIONS = 1000


@dataclass
class User:
    """A person, or an account of a bot."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = "en"
    is_bot: bool = False
    deleted: bool = False

    def json(self) -> Json:
        found: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            found["username"] = self.username
        if not self.is_bot:
            found["language_code"] = self.language_code
        return found


class History(Sequence[Json]):
    """The messages of one chat by their number. An edit puts a new dictionary in the old one's place,
    because updates and answers that hold the old one say what was true then.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._numbered: dict[int, Json] = {}
        self._revisions: dict[int, int] = {}
        self._deleted: deque[tuple[int, int]] = deque(maxlen=KEPT_DELETIONS)
        self._last = 0
        self.revision = 0

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> list[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | list[Json]:
        if index == -1 and self._numbered:
            return next(reversed(self._numbered.values()))
        return list(self._numbered.values())[index]

    def __len__(self) -> int:
        return len(self._numbered)

    def __iter__(self) -> Iterator[Json]:
        return iter(list(self._numbered.values()))

    def next_id(self) -> int:
        """TG46: grows with every message of the chat, whoever says it."""
        self._last += 1
        return self._last

    def put(self, message: Json) -> None:
        number = message["message_id"]
        self._numbered[number] = message
        self._revisions[number] = self._touched()
        if len(self._numbered) > self._keep:
            oldest = next(iter(self._numbered))
            del self._numbered[oldest], self._revisions[oldest]

    def find(self, message_id: int) -> Json | None:
        return self._numbered.get(message_id)

    def delete(self, message_id: int) -> None:
        del self._numbered[message_id], self._revisions[message_id]
        self._deleted.append((self._touched(), message_id))

    def after(self, message_id: int) -> list[Json]:
        found = []
        for number, message in reversed(self._numbered.items()):
            if number <= message_id:
                break
            found.append(message)
        return found[::-1]

    def since(self, revision: int) -> tuple[list[Json], list[int]]:
        """What was said or edited after a revision, and the numbers of what was deleted."""
        changed = [self._numbered[n] for n, at in self._revisions.items() if at > revision]
        return changed, [number for at, number in self._deleted if at > revision]

    def _touched(self) -> int:
        self.revision += 1
        return self.revision


@dataclass(kw_only=True)
class Draft:
    """TG50: what a bot is writing just now, shown in a private chat until it is sent or 30 s old."""

    id: int
    text: str
    entities: list[Json]
    until: float
    thread: int = 0
    can_stop: bool = False
    keep_on_stop: bool = False

    def json(self) -> Json:
        shown: Json = {"draft_id": self.id, "text": self.text, "until": self.until}
        return {**shown, "entities": self.entities, "can_stop": self.can_stop}


@dataclass
class Chat:
    """A chat with one person, as one bot sees it; or a group, the same for all bots in it."""

    id: int
    kind: str
    title: str = ""
    user: User | None = None
    started: bool = False
    blocked: bool = False
    moved_to: int | None = None
    deleted: bool = False
    members: dict[int, str] = field(default_factory=dict)
    """In a group, each bot's status by its id: member, administrator, left, kicked."""
    topics: set[int] = field(default_factory=set)
    typing_until: float = 0.0
    draft: Draft | None = None
    keep: int = 10_000
    messages: History = field(init=False)
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.messages = History(self.keep)
        self.pace = private_pace() if self.is_private else group_pace()

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    def json(self) -> Json:
        if self.user is None:
            found: Json = {"id": self.id, "type": self.kind, "title": self.title}
            return {**found, "is_forum": True} if self.topics else found
        found = {"id": self.id, "type": "private", "first_name": self.user.first_name}
        if self.user.username:
            found["username"] = self.user.username
        return found


@dataclass(kw_only=True)
class Connection:
    """TG49: a bot that speaks from the account of a person with a business."""

    id: str
    owner: User
    date: int
    rights: dict[str, bool]
    is_enabled: bool = True
    chats: dict[int, Chat] = field(default_factory=dict)
    last_incoming: dict[int, float] = field(default_factory=dict)
    """When each customer last wrote to the account, by chat."""

    def json(self) -> Json:
        return {
            "id": self.id,
            "user": self.owner.json(),
            "user_chat_id": self.owner.id,
            "date": self.date,
            "rights": {name: True for name, given in self.rights.items() if given},
            "is_enabled": self.is_enabled,
        }
