"""What every method of the Bot API has in common: whom a bot may write to, pace, buttons, replies."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from . import limits
from .chats import Chat, Connection, Json
from .errors import Refusal, bad, forbidden, too_many
from .parameters import Parameters
from .state import Bot, Telegram
from .updates import DAY

Method = Callable[["Call"], Awaitable[Any]]

_REPLY = frozenset(
    "message_id chat_id allow_sending_without_reply quote quote_parse_mode quote_entities"
    " quote_position checklist_task_id poll_option_id".split()
)
_MARKUP = frozenset(
    "inline_keyboard keyboard is_persistent resize_keyboard one_time_keyboard selective"
    " input_field_placeholder remove_keyboard force_reply".split()
)
_BUTTON = frozenset(
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat"
    " switch_inline_query_chosen_chat copy_text callback_game pay".split()
)
_BUTTON_LOOK = frozenset({"text", "style", "icon_custom_emoji_id"})


@dataclass(frozen=True)
class Api:
    """Methods by their name in small letters, each with the parameters that it knows."""

    telegram: Telegram
    methods: dict[str, tuple[Method, frozenset[str]]] = field(repr=False)

    async def call(self, bot: Bot, method: str, parameters: Parameters) -> Any:
        """The result. Raises `Refusal`, or `Described` for a success with a comment."""
        found = self.methods.get(method.lower())
        if found is None:
            raise Refusal(404, "Not Found: method not found")  # TG4
        run, known = found
        unknown = parameters.names - known
        if unknown:
            raise bad(f"unknown parameter {min(unknown)}")  # TG6
        return await run(Call(self.telegram, bot, parameters))


@dataclass(frozen=True)
class Call:
    """One call of one bot: what the methods ask about it."""

    telegram: Telegram
    bot: Bot
    parameters: Parameters

    @property
    def now(self) -> float:
        return self.telegram.clock.now()

    def connection(self) -> Connection | None:
        """TG49: through whose account the bot speaks, if not its own."""
        given = self.parameters.text("business_connection_id")
        if not given:
            return None
        found = self.bot.connections.get(given)
        if found is None or not found.is_enabled:
            raise bad("business connection not found")
        return found

    def chat(self) -> Chat:
        """Where to; refused unless the bot may write there."""
        given = self.parameters.text("chat_id").strip()
        if not given:
            raise bad("chat_id is empty")  # TG7
        number = int(given) if re.fullmatch(r"-?\d{1,19}", given) else 0
        connection = self.connection()
        if connection is not None:
            return self._business_chat(connection, number)
        chat = self.bot.chats.get(number)
        if chat is None:
            raise bad("chat not found")  # TG8
        if chat.is_private:
            _check_person(chat)
        else:
            _check_group(chat, self.bot)
        return chat

    def _business_chat(self, connection: Connection, number: int) -> Chat:
        chat = connection.chats.get(number)
        if chat is None:
            raise bad("chat not found")
        if not connection.rights.get("can_reply"):
            raise bad("BUSINESS_CONNECTION_NOT_ALLOWED")
        if self.now - connection.last_incoming.get(number, 0.0) > DAY:
            raise bad("BUSINESS_PEER_USAGE_MISSING")
        return chat

    def keep_pace(self, chat: Chat, many: int = 1) -> None:
        """TG31: what is refused takes nothing from anybody."""
        if not self.bot.limits:
            return
        paces = (chat.pace, self.bot.pace)
        wait = max(pace.refusal(self.now) for pace in paces)
        if wait:
            raise too_many(wait)
        for pace in paces:
            pace.take(self.now, many)

    def thread(self, chat: Chat) -> Json:
        topic = self.parameters.number("message_thread_id")
        if not topic:
            return {}
        if topic not in chat.topics:
            raise bad("message thread not found")  # TG29
        return {"message_thread_id": topic, "is_topic_message": True}

    def reply(self, chat: Chat) -> Json:
        given = self.parameters.object("reply_parameters")
        if not given:
            return {}
        unknown = set(given) - _REPLY
        if unknown:
            raise bad(f"can't parse reply parameters: unknown field {min(unknown)}")
        message = chat.messages.find(int(given.get("message_id") or 0))
        if message is not None:
            return {"reply_to_message": {k: message[k] for k in message if k != "reply_to_message"}}
        if given.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")  # TG25

    def markup(self) -> Json:
        """`reply_markup`; only what stays with the message is kept there."""
        given = self.parameters.object("reply_markup")
        unknown = set(given) - _MARKUP
        if unknown:
            raise bad(f"can't parse reply keyboard markup: unknown field {min(unknown)}")
        buttons = [button for row in _rows(given, "inline_keyboard") for button in row]
        for button in buttons:
            _check_button(button)
        if len(buttons) > limits.BUTTONS:
            raise bad("reply markup is too long")
        _rows(given, "keyboard")
        return {"reply_markup": given} if given else {}

    def say(self, content: Json) -> Json:
        """Store what passed every rule, and end the typing and the draft that led to it."""
        chat = self.chat()
        more = {**self.thread(chat), **self.reply(chat), **self.markup()}
        self.keep_pace(chat)
        return self.put(chat, {**content, **more})

    def put(self, chat: Chat, content: Json) -> Json:
        chat.typing_until, chat.draft = 0.0, None
        connection = self.connection()
        if connection is None:
            message = self.telegram.message(chat, self.bot.user, **content)
        else:
            via = {
                "business_connection_id": connection.id,
                "sender_business_bot": self.bot.user.json(),
            }
            message = self.telegram.message(chat, connection.owner, **via, **content)
            self.telegram.emit(self.bot, "business_message", message, f"business {chat.id}")
        self.bot.wake()
        return message


def _check_person(chat: Chat) -> None:
    user = chat.user
    if user is not None and user.is_bot:
        raise forbidden("the bot can't send messages to the bot")  # TG12
    if user is not None and user.deleted:
        raise forbidden("user is deactivated")  # TG11
    if chat.blocked:
        raise forbidden("bot was blocked by the user")  # TG10
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")  # TG9


def _check_group(chat: Chat, bot: Bot) -> None:
    if chat.moved_to is not None:  # TG14
        words = "group chat was upgraded to a supergroup chat"
        raise bad(words, migrate_to_chat_id=chat.moved_to)
    if chat.deleted:
        raise forbidden("the group chat was deleted")
    match chat.members.get(bot.user.id):  # TG13
        case "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        case None | "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")


def _rows(markup: Json, name: str) -> list[list[Any]]:
    rows = markup.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{name}" must be an Array of Arrays')
    return rows


def _check_button(button: Any) -> None:
    where = "can't parse inline keyboard button"
    if not isinstance(button, dict):
        raise bad(f"{where}: InlineKeyboardButton must be an Object")
    if not button.get("text"):
        raise bad(f'{where}: Can\'t find field "text"')
    unknown = set(button) - _BUTTON - _BUTTON_LOOK
    if unknown:
        raise bad(f"{where}: unknown field {min(unknown)}")
    if not _BUTTON & set(button):
        raise bad(f"{where}: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= limits.CALLBACK_DATA:
        raise bad("BUTTON_DATA_INVALID")  # TG24
