"""What all acts of people have in common: who is told of a message, and in which words."""

import itertools
from collections.abc import Iterable
from typing import Any, TypeVar

from .chats import Chat, Json, User
from .entities import detected, units
from .state import Bot, Telegram

T = TypeVar("T")

_SERVICE = frozenset(
    "new_chat_members left_chat_member new_chat_title group_chat_created migrate_to_chat_id"
    " migrate_from_chat_id pinned_message forum_topic_created".split()
)
numbers = itertools.count(13_900_000_000_000_001)
"""For what needs a long number that nothing else has."""


def known(found: T | None, what: str) -> T:
    if found is None:
        raise LookupError(f"There is no such {what}")
    return found


def marked(content: Json) -> Json:
    """A person's words with the entities that Telegram finds in them."""
    found = dict(content)
    for text, entities in (("text", "entities"), ("caption", "caption_entities")):
        if found.get(text) and entities not in found:
            seen = detected(found[text])
            found |= {entities: seen} if seen else {}
    return found


def quoted(chat: Chat, message_id: Any) -> Json:
    """The part of a message that says which one it answers."""
    replied = chat.messages.find(int(message_id)) if message_id else None
    if replied is None:
        return {}
    return {"reply_to_message": {k: replied[k] for k in replied if k != "reply_to_message"}}


def in_topic(chat: Chat, topic: Any) -> Json:
    """The part of a message that says in which topic it is; what answers nothing else there answers
    the message that opened the topic.
    """
    if not topic:
        return {}
    number = int(topic)
    where = {"message_thread_id": number, "is_topic_message": True}
    return {**quoted(chat, known(number if number in chat.topics else None, "topic")), **where}


def membership(telegram: Telegram, bot: Bot, chat: Chat, by: User, change: tuple[str, str]) -> Json:
    """`my_chat_member`: the bot's own status before and after."""
    old, new = change
    until = {"until_date": 0} if new == "kicked" else {}
    return {
        "chat": chat.json(),
        "from": by.json(),
        "date": int(telegram.clock.now()),
        "old_chat_member": {"user": bot.user.json(), "status": old},
        "new_chat_member": {"user": bot.user.json(), "status": new, **until},
    }


def tell(telegram: Telegram, bot: Bot, chat: Chat, kind: str, message: Json) -> int | None:
    """Every bot that may see the message; the number of the update that the given one gets."""
    own = None
    everyone: Iterable[Bot] = [bot] if chat.is_private else telegram.bots_in(chat)
    for one in everyone:
        if chat.is_private or visible(one, chat, message):
            update_id = telegram.emit(one, kind, message, f"chat {chat.id}")
            own = update_id if one is bot else own
    return own


def visible(bot: Bot, chat: Chat, message: Json) -> bool:
    """TG47: no bot sees what bots say in a group; with privacy on, only what concerns it."""
    if message["from"]["is_bot"]:
        return False
    if not bot.privacy or chat.members.get(bot.user.id) == "administrator":
        return True
    replied = message.get("reply_to_message") or {}
    is_reply = replied.get("from", {}).get("id") == bot.user.id
    return is_reply or bool(_SERVICE & set(message)) or _addresses(bot, message)


def _addresses(bot: Bot, message: Json) -> bool:
    """A command that is nobody else's, or the bot's name."""
    text = message.get("text") or message.get("caption") or ""
    name = bot.user.username.lower()
    for one in message.get("entities") or message.get("caption_entities") or []:
        word = _part(text, one["offset"], one["length"]).lower()
        if one["type"] == "mention" and word == f"@{name}":
            return True
        if one["type"] == "bot_command" and word.partition("@")[2] in {"", name}:
            return True
    return False


def _part(text: str, offset: int, length: int) -> str:
    if units(text) == len(text):
        return text[offset : offset + length]
    raw = text.encode("utf-16-le")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
