"""What people do to a bot: start it, write, edit, press, react, block. As plain Python; `control` offers
the same over HTTP. Groups and accounts of businesses have files of their own.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from .acts import in_topic, known, marked, membership, numbers, quoted, tell
from .business import Business
from .chats import Chat, Json, User
from .delivery import Postman
from .groups import Groups
from .state import Bot, Telegram


class Outside:
    """Acts of people, and of fate. Each answers with the numbers of what it led to."""

    def __init__(self, telegram: Telegram, postman: Postman) -> None:
        self.telegram = telegram
        self.postman = postman
        self.groups = Groups(telegram)
        self.business = Business(telegram)

    def start(self, bot: Bot, user: User, payload: str = "") -> Json:
        """Press Start, as everybody does before writing to a bot."""
        return self.write(bot, user, text=f"/start {payload}".strip())

    def write(self, bot: Bot, user: User, *, chat: Chat | None = None, **content: Any) -> Json:
        """A message of a person: any fields of Telegram's Message; `reply_to` and `topic`, numbers.

        Without `chat` it goes to the bot, which opens, and unblocks, their chat. In a group each bot
        that may see it gets it (TG47); `update_id` is the given bot's, None if it gets none.
        """
        if chat is None or chat.is_private:
            chat = self.telegram.private_chat(bot, user)
            chat.started = True
            if chat.blocked:
                self.block(bot, user, blocked=False)
        for one in [] if chat.is_private else self.telegram.bots_in(chat):
            self.telegram.private_chat(one, user)
        content |= in_topic(chat, content.pop("topic", None))
        content |= quoted(chat, content.pop("reply_to", None))
        message = self.telegram.message(chat, user, **marked(content))
        update_id = tell(self.telegram, bot, chat, "message", message)
        return {"update_id": update_id, "message_id": message["message_id"]}

    def edit(
        self, bot: Bot, user: User, message_id: int, *, chat: Chat | None = None, **new: Any
    ) -> Json:
        """TG48: the message as it is now, with the date of the edit."""
        chat = chat or self.telegram.private_chat(bot, user)
        old = known(chat.messages.find(message_id), "message")
        message = {k: old[k] for k in old if k not in {"entities", "caption_entities"}}
        message |= {**marked(new), "edit_date": int(self.telegram.clock.now())}
        chat.messages.put(message)
        update_id = tell(self.telegram, bot, chat, "edited_message", message)
        return {"update_id": update_id, "message_id": message_id}

    def attach(
        self, bot: Bot, user: User, kind: str, name: str, content: bytes, **more: Any
    ) -> Json:
        """A message with a file; `more` as for `write`."""
        return self.write(bot, user, **self.file(bot, kind, name, content), **more)

    def file(self, bot: Bot, kind: str, name: str, content: bytes) -> Json:
        """The part of a message that holds a file."""
        stored = bot.files.keep(kind, name, content)
        return {kind: bot.files.described(stored, {})}

    def album(
        self,
        bot: Bot,
        user: User,
        parts: Sequence[Json],
        between: Callable[[], object] = lambda: None,
    ) -> list[Json]:
        """TG48: several messages with one `media_group_id`; `between` happens between any two."""
        group, told = str(next(numbers)), []
        for number, part in enumerate(parts):
            if number:
                between()
            told.append(self.write(bot, user, media_group_id=group, **part))
        return told

    def press(
        self, bot: Bot, user: User, message_id: int, data: str, *, chat: Chat | None = None
    ) -> Json:
        """A button under a message, which may be gone for the bot."""
        chat = chat or self.telegram.private_chat(bot, user)
        query_id = str(next(numbers))
        bot.callbacks[query_id] = self.telegram.clock.now()
        message = chat.messages.find(message_id)
        query: Json = {
            "id": query_id,
            "from": user.json(),
            "message": message or {"chat": chat.json(), "message_id": message_id, "date": 0},
            "chat_instance": str(chat.id),
            "data": data,
        }
        update_id = self.telegram.emit(bot, "callback_query", query, f"callback {user.id}")
        return {"update_id": update_id, "id": query_id}

    def react(
        self, bot: Bot, user: User, message_id: int, emoji: str, *, chat: Chat | None = None
    ) -> Json:
        """Bots in groups hear of it only as administrators."""
        chat = chat or self.telegram.private_chat(bot, user)
        reaction: Json = {
            "chat": chat.json(),
            "message_id": message_id,
            "user": user.json(),
            "date": int(self.telegram.clock.now()),
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}] if emoji else [],
        }
        if not chat.is_private and chat.members.get(bot.user.id) != "administrator":
            return {"update_id": None}
        queue = f"reaction {chat.id}"
        return {"update_id": self.telegram.emit(bot, "message_reaction", reaction, queue)}

    def block(self, bot: Bot, user: User, *, blocked: bool = True) -> Json:
        """TG10: blocking is told to the bot as its own membership."""
        chat = self.telegram.private_chat(bot, user)
        chat.blocked = blocked
        change = ("member", "kicked") if blocked else ("kicked", "member")
        told = membership(self.telegram, bot, chat, user, change)
        return {"update_id": self.telegram.emit(bot, "my_chat_member", told, f"member {chat.id}")}

    def upgrade(self, bot: Bot, chat: Chat, user: User) -> Chat:
        return self.groups.upgrade(bot, user, chat)

    def stop(self, bot: Bot, chat: Chat, draft_id: int) -> Json:
        """TG50: press Stop under a draft that offers it."""
        draft = chat.draft
        is_shown = draft is not None and draft.until > self.telegram.clock.now()
        if draft is None or not is_shown or draft.id != draft_id or not draft.can_stop:
            raise LookupError("There is no draft that can be stopped")
        if not draft.keep_on_stop:
            chat.draft = None
        stopped: Json = {"chat": chat.json(), "draft_id": draft_id}
        if draft.thread:
            stopped["message_thread_id"] = draft.thread
        queue = f"stopped {chat.id}"
        update_id = self.telegram.emit(bot, "stopped_message_generation", stopped, queue)
        return {"update_id": update_id}

    async def redeliver(
        self, bot: Bot, update_id: int, times: int = 1, *, at_once: bool = False
    ) -> list[str]:
        """TG43: the platform lost our answer and says it again; what went wrong each time."""
        update = known(bot.delivered.get(update_id), "delivered update")
        if not at_once:
            return [(await self.postman.post(bot, update))[0] for _ in range(times)]
        posts = (self.postman.post(bot, update) for _ in range(times))
        return [error for error, _ in await asyncio.gather(*posts)]
