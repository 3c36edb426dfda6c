"""What every method of the Bot API has in common: whom a bot may write to, pace, markup, replies."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from . import markup
from .state import Bot, Chat, Json, Refusal, Telegram

Method = Callable[["Api", Bot, Json], Awaitable[Any]]


class Described(Exception):
    """A success that Telegram comments on."""

    def __init__(self, result: Any, description: str) -> None:
        super().__init__(description)
        self.result = result
        self.description = description


def bad(what: str, **parameters: Any) -> Refusal:
    return Refusal(400, f"Bad Request: {what}", **parameters)


class Api:
    """Calls by name; knows the platform's state."""

    def __init__(
        self, telegram: Telegram, methods: "dict[str, tuple[Method, frozenset[str]]]"
    ) -> None:
        self.telegram = telegram
        self._methods = methods

    async def call(self, bot: Bot, method: str, parameters: Json) -> Any:
        """The result. Raises `Refusal`, or `Described` for a success with a comment."""
        found = self._methods.get(method)
        if found is None:
            raise Refusal(404, "Not Found: method not found")  # TG4
        handler, allowed = found
        unknown = set(parameters) - allowed
        if unknown:
            raise bad(f"unknown parameter {min(unknown)}")
        return await handler(self, bot, parameters)

    # Whom may the bot write to?

    def chat(self, bot: Bot, parameters: Json) -> Chat:
        chat_id = str(parameters.get("chat_id", "")).strip()
        if not chat_id:
            raise bad("chat_id is empty")  # TG7
        chat = bot.chats.get(int(chat_id)) if re.fullmatch(r"-?\d+", chat_id) else None
        if chat is None:
            raise bad("chat not found")  # TG8
        if chat.moved_to is not None:  # TG14
            raise bad(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        if chat.removed:
            raise Refusal(403, "Forbidden: bot was kicked from the group chat")  # TG13
        user = chat.user
        if user is not None:
            self._person(chat)
        return chat

    def _person(self, chat: Chat) -> None:
        user = chat.user
        if user is None:
            return
        if user.is_bot:
            raise Refusal(403, "Forbidden: the bot can't send messages to the bot")  # TG12
        if user.deleted:
            raise Refusal(403, "Forbidden: user is deactivated")  # TG11
        if not chat.started:  # TG9
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")  # TG10

    def pace(self, bot: Bot, chat: Chat) -> None:
        """TG31: one a second in a chat, thirty in all; a refused call takes nothing."""
        if not bot.limits:
            return
        now = self.telegram.clock.now()
        wait = max(chat.bucket.wait(now), bot.bucket.wait(now))
        if wait > 0:
            after = int(wait) + 1
            raise Refusal(429, f"Too Many Requests: retry after {after}", retry_after=after)
        chat.bucket.tokens -= 1
        bot.bucket.tokens -= 1

    def formatted(self, text: str, parameters: Json) -> tuple[str, list[Json]]:
        mode = str(parameters.get("parse_mode") or "")
        if not mode:
            return text, []
        if mode.lower() != "html":
            if mode not in {"Markdown", "MarkdownV2"}:
                raise bad("unsupported parse_mode")  # TG19
            return text, []
        return markup.parse_html(text)

    def reply_to(self, chat: Chat, parameters: Json) -> Json:
        given = nested(parameters, "reply_parameters", dict)
        if not given:
            return {}
        wanted = given.get("message_id")
        for message in chat.messages:
            if message["message_id"] == wanted:
                return {"reply_to_message": {k: message[k] for k in ("message_id", "chat", "date")}}
        if given.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")  # TG25

    def markup_of(self, parameters: Json) -> Json:
        given = nested(parameters, "reply_markup", dict)
        for row in (given or {}).get("inline_keyboard", ()):
            for button in row:
                data = button.get("callback_data")
                if data is not None and not 1 <= len(str(data).encode()) <= 64:
                    raise bad("BUTTON_DATA_INVALID")  # TG24
        return {"reply_markup": given} if given else {}

    def say(self, bot: Bot, parameters: Json, **content: Any) -> Json:
        """Store what passed every rule; the typing bubble ends with it."""
        chat = self.chat(bot, parameters)
        if parameters.get("message_thread_id"):
            raise bad("message thread not found")  # TG29
        more = {**self.reply_to(chat, parameters), **self.markup_of(parameters)}
        self.pace(bot, chat)
        chat.typing_until = 0.0
        message = self.telegram.message(chat, bot.user, **content, **more)
        bot.wake()
        return message


def nested(parameters: Json, name: str, kind: type) -> Any:
    """TG6: nested values are JSON text in forms."""
    value = parameters.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
    if value is not None and not isinstance(value, kind):
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object")
    return value
