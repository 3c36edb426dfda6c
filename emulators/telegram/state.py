"""What the emulated platform remembers: bots, people, chats, updates. In memory, per run, bounded."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any

from emulators.control import Clock, Control

from .chats import Chat, Connection, Json, User
from .files import Files
from .limits import bot_pace
from .updates import DAY, LIFETIME, Backlog, Trouble, Update, Webhook, wanted

__all__ = ["Bot", "Chat", "Connection", "Json", "Telegram", "User"]

KEPT_DELIVERED = 20_000
PRESENT = frozenset({"member", "administrator"})


class Bot:
    """One bot and everything it sees."""

    def __init__(
        self, token: str, user: User, *, limits: bool = True, privacy: bool = True
    ) -> None:
        self.token = token
        self.user = user
        self.limits = limits
        self.privacy = privacy
        self.revoked = False
        self.chats: dict[int, Chat] = {}
        self.connections: dict[str, Connection] = {}
        self.commands: list[Json] = []
        self.files = Files()
        self.callbacks: dict[str, float] = {}
        """When each button was pressed that is not answered yet."""
        self.pace = bot_pace()
        self.webhook: Webhook | None = None
        self.webhook_after = 0.0
        """When setWebhook may be called again (TG37)."""
        self.trouble = Trouble()
        self.allowed: list[str] = []
        self.updates = Backlog()
        self.delivered: dict[int, Update] = {}
        # A restarted emulator must not repeat the numbers of the one before.
        self.next_update = int(time.time() * 10)
        self.poller: asyncio.Future[str] | None = None
        """The getUpdates that waits; its future is told why it has to end."""
        self.last_poll = (0, 0.0)
        """Offset and time of the last getUpdates."""
        self.changed = asyncio.Event()

    def wake(self) -> None:
        """Tell everybody who waits for something of this bot's."""
        self.changed.set()
        self.changed = asyncio.Event()

    def confirm(self, update: Update) -> None:
        self.delivered[update.id] = update
        if len(self.delivered) > KEPT_DELIVERED:
            del self.delivered[next(iter(self.delivered))]

    def forget(self) -> None:
        for kept in (self.chats, self.connections, self.updates, self.delivered, self.callbacks):
            kept.clear()
        self.files = Files()
        self.wake()


class Telegram:
    """The whole platform.

    `local_mode` lets webhooks be on this machine, `answer_seconds` is how long a webhook may take,
    `query_seconds` how long a pressed button can be answered, `keep_messages` how many a chat keeps.
    """

    def __init__(
        self,
        *,
        local_mode: bool = True,
        answer_seconds: float = 60.0,
        query_seconds: float = 150.0,
        keep_messages: int = 10_000,
    ) -> None:
        self.local_mode = local_mode
        self.answer_seconds = answer_seconds
        self.query_seconds = query_seconds
        self.keep_messages = keep_messages
        self.control = Control()
        self.bots: dict[str, Bot] = {}
        self.users: dict[int, User] = {}
        self.groups: dict[int, Chat] = {}
        self.courier: Callable[[Bot], None] = _nobody
        """Told of each new update; whoever delivers puts himself here."""
        self._ids = itertools.count(int(time.time()))
        self.clock.watch(self._wake)

    @property
    def clock(self) -> Clock:
        return self.control.clock

    def _wake(self) -> None:
        for bot in self.bots.values():
            bot.wake()

    def add_bot(
        self,
        token: str,
        *,
        name: str = "Bot",
        username: str = "",
        limits: bool = True,
        privacy: bool = True,
    ) -> Bot:
        number = int(token.split(":", maxsplit=1)[0])
        username = username or f"{name.replace(' ', '_').lower()}_bot"
        user = self.users[number] = User(number, name, username, is_bot=True)
        bot = self.bots[token] = Bot(token, user, limits=limits, privacy=privacy)
        return bot

    def add_user(
        self,
        first_name: str,
        *,
        username: str = "",
        language_code: str = "en",
        is_bot: bool = False,
        number: int = 0,
    ) -> User:
        """`number`: the id of somebody whom bots know from an earlier start."""
        user = User(number or next(self._ids), first_name, username, language_code, is_bot)
        self.users[user.id] = user
        return user

    def private_chat(self, bot: Bot, user: User) -> Chat:
        """The chat of a person with a bot; made when the person opens it, or when the bot meets him
        in a group, never because the bot writes.
        """
        return self._chat_in(bot.chats, user)

    def business_chat(self, connection: Connection, user: User) -> Chat:
        return self._chat_in(connection.chats, user)

    def _chat_in(self, chats: dict[int, Chat], user: User) -> Chat:
        chat = chats.get(user.id)
        if chat is None:
            chat = Chat(id=user.id, kind="private", user=user, keep=self.keep_messages)
            chats[user.id] = chat
        return chat

    def add_group(self, bot: Bot, title: str, kind: str = "group") -> Chat:
        """A group with one bot in it; nobody is told of it."""
        number = next(self._ids)
        chat_id = -number if kind == "group" else -1_000_000_000_000 - number
        chat = Chat(id=chat_id, kind=kind, title=title, keep=self.keep_messages)
        chat.members[bot.user.id] = "member"
        bot.chats[chat.id] = self.groups[chat.id] = chat
        return chat

    def bots_in(self, chat: Chat) -> Iterable[Bot]:
        return [bot for bot in self.bots.values() if chat.members.get(bot.user.id) in PRESENT]

    def message(self, chat: Chat, sender: User, **content: Any) -> Json:
        """The next message of a chat, stored."""
        message: Json = {
            "message_id": chat.messages.next_id(),
            "from": sender.json(),
            "chat": chat.json(),
            "date": int(self.clock.now()),
            **content,
        }
        chat.messages.put(message)
        return message

    def emit(self, bot: Bot, kind: str, body: Json, queue: str) -> int | None:
        """A new update for a bot; its number, or None if the bot doesn't want this kind (TG45)."""
        if not wanted(kind, bot.allowed):
            bot.wake()
            return None
        return self.push(bot, kind, {"update_id": bot.next_update, kind: body}, queue)

    def push(self, bot: Bot, kind: str, update: Json, queue: str) -> int:
        """Whatever it is, as an update with the next number (TG46)."""
        number = bot.next_update
        expires = self.clock.now() + LIFETIME.get(kind, DAY)
        bot.next_update += 1
        bot.updates.append(Update(id=number, kind=kind, queue=queue, body=update, expires=expires))
        self.courier(bot)
        bot.wake()
        return number

    def reset(self) -> None:
        """Forget people, chats, files and updates; the bots and where they listen remain."""
        self.control.reset()
        self.users = {bot.user.id: bot.user for bot in self.bots.values()}
        self.groups.clear()
        for bot in self.bots.values():
            bot.forget()


def _nobody(_: Bot) -> None:
    """Updates wait until somebody delivers."""
