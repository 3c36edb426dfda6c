"""What the emulated platform remembers: bots, people, chats, messages, updates. In memory, per run."""

import asyncio
import itertools
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from emulators.control import Clock, Control

Json = dict[str, Any]

DAY = 24 * 3600
LIFETIME = {"callback_query": 150.0}
"""Seconds that an update is kept for delivery; a day where nothing is said."""
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
CHAT_RATE, CHAT_BURST = 1.0, 5
BOT_RATE, BOT_BURST = 30.0, 30
GROUP_RATE, GROUP_BURST = 20 / 60, 20


class Refusal(Exception):
    """An error answer, exactly as Telegram words it."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass
class Bucket:
    """A token bucket that says how long until there is a token."""

    rate: float
    burst: int
    tokens: float = -1.0
    at: float = 0.0

    def wait(self, now: float) -> float:
        if self.tokens < 0:
            self.tokens = float(self.burst)
        else:
            self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


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


@dataclass
class Chat:
    """One bot's view of one chat."""

    id: int
    kind: str
    title: str = ""
    user: User | None = None
    started: bool = False
    blocked: bool = False
    removed: bool = False
    moved_to: int | None = None
    messages: list[Json] = field(default_factory=list)
    typing_until: float = 0.0
    next_message: int = 1
    bucket: Bucket = field(default_factory=lambda: Bucket(CHAT_RATE, CHAT_BURST))

    def json(self) -> Json:
        if self.user is None:
            return {"id": self.id, "type": self.kind, "title": self.title}
        found: Json = {"id": self.id, "type": "private", "first_name": self.user.first_name}
        if self.user.username:
            found["username"] = self.user.username
        return found


@dataclass
class Update:
    """An update on its way to a bot."""

    id: int
    kind: str
    queue: str
    body: Json
    expires: float
    not_before: float = 0.0
    tries: int = 0
    in_flight: bool = False


@dataclass
class Webhook:
    """What setWebhook set."""

    url: str
    secret: str = ""
    allowed: list[str] = field(default_factory=list)
    max_connections: int = 40
    last_error_date: int = 0
    last_error_message: str = ""


class Bot:
    """One bot and everything it sees."""

    def __init__(self, token: str, user: User, *, limits: bool) -> None:
        self.token = token
        self.user = user
        self.limits = limits
        self.revoked = False
        self.chats: dict[int, Chat] = {}
        self.webhook: Webhook | None = None
        self.allowed: list[str] = []
        self.webhook_set_at = -10.0
        self.updates: deque[Update] = deque()
        self.delivered: dict[int, Update] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.callbacks: dict[str, float] = {}
        # A restarted emulator must not repeat the numbers of the one before.
        self.next_update = int(time.time() * 10)
        self.bucket = Bucket(BOT_RATE, BOT_BURST)
        self.poller: object | None = None
        self.changed = asyncio.Event()

    def wake(self) -> None:
        """Tell everybody who waits for something of this bot's."""
        self.changed.set()
        self.changed = asyncio.Event()

    def wants(self, kind: str) -> bool:
        allowed = self.webhook.allowed if self.webhook else self.allowed
        return kind in allowed if allowed else kind not in NOT_BY_DEFAULT


class Telegram:
    """The whole platform."""

    def __init__(self, *, local_mode: bool = True) -> None:
        self.local_mode = local_mode
        self.control = Control()
        self.bots: dict[str, Bot] = {}
        self.users: dict[int, User] = {}
        self._ids = itertools.count(int(time.time()))
        self._files = itertools.count(1)

    @property
    def clock(self) -> Clock:
        return self.control.clock

    def add_bot(self, token: str, *, name: str = "Bot", limits: bool = True) -> Bot:
        user = User(
            int(token.split(":", maxsplit=1)[0]), name, f"{name.replace(' ', '_').lower()}_bot"
        )
        user.is_bot = True
        bot = Bot(token, user, limits=limits)
        self.bots[token] = bot
        return bot

    def add_user(self, first_name: str, *, username: str = "", language_code: str = "en") -> User:
        user = User(next(self._ids), first_name, username, language_code)
        self.users[user.id] = user
        return user

    def private_chat(self, bot: Bot, user: User) -> Chat:
        """The chat of a person with a bot; made when the person opens it, never by the bot."""
        chat = bot.chats.get(user.id)
        if chat is None:
            chat = bot.chats[user.id] = Chat(id=user.id, kind="private", user=user)
        return chat

    def add_group(self, bot: Bot, title: str) -> Chat:
        chat = Chat(id=-next(self._ids), kind="group", title=title, started=True)
        chat.bucket = Bucket(GROUP_RATE, GROUP_BURST)
        bot.chats[chat.id] = chat
        return chat

    def message(self, chat: Chat, sender: User, **content: Any) -> Json:
        """The next message of a chat, stored."""
        message: Json = {
            "message_id": chat.next_message,
            "from": sender.json(),
            "chat": chat.json(),
            "date": int(self.clock.now()),
            **content,
        }
        chat.next_message += 1
        chat.messages.append(message)
        return message

    def emit(self, bot: Bot, kind: str, body: Json, queue: str) -> int:
        """A new update for a bot; its number also when the bot doesn't want it."""
        update = Update(
            id=bot.next_update,
            kind=kind,
            queue=queue,
            body={"update_id": bot.next_update, kind: body},
            expires=self.clock.now() + LIFETIME.get(kind, DAY),
        )
        bot.next_update += 1
        if bot.wants(kind):
            bot.updates.append(update)
        bot.wake()
        return update.id

    def keep_file(self, bot: Bot, name: str, content: bytes) -> str:
        file_id = f"file{next(self._files)}"
        bot.files[file_id] = (name, content)
        return file_id
