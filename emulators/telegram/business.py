"""What happens on the account of a person with a business, for which a bot speaks (TG49)."""

import secrets
from typing import Any

from .acts import known, marked, quoted
from .chats import Connection, Json, User
from .state import Bot, Telegram

RIGHTS = {"can_reply": True, "can_read_messages": True}


class Business:
    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def connect(self, bot: Bot, owner: User, **rights: bool) -> Connection:
        """The owner lets a bot speak for his account."""
        connection = Connection(
            id=secrets.token_urlsafe(16),
            owner=owner,
            date=int(self._telegram.clock.now()),
            rights={**RIGHTS, **rights},
        )
        bot.connections[connection.id] = connection
        self._announce(bot, connection)
        return connection

    def enable(self, bot: Bot, connection: Connection, *, enabled: bool = True) -> Json:
        connection.is_enabled = enabled
        return self._announce(bot, connection)

    def _announce(self, bot: Bot, connection: Connection) -> Json:
        queue = f"business connection {connection.owner.id}"
        update_id = self._telegram.emit(bot, "business_connection", connection.json(), queue)
        return {"update_id": update_id}

    def write(
        self,
        bot: Bot,
        connection: Connection,
        customer: User,
        *,
        by_owner: bool = False,
        **content: Any,
    ) -> Json:
        """A message in a customer's chat with the account: the customer's, or the owner's own."""
        chat = self._telegram.business_chat(connection, customer)
        if not by_owner:
            connection.last_incoming[chat.id] = self._telegram.clock.now()
        content |= quoted(chat, content.pop("reply_to", None))
        sender = connection.owner if by_owner else customer
        via = {"business_connection_id": connection.id}
        message = self._telegram.message(chat, sender, **via, **marked(content))
        update_id = self._emit(bot, "business_message", message, chat.id)
        return {"update_id": update_id, "message_id": message["message_id"]}

    def edit(
        self, bot: Bot, connection: Connection, customer: User, message_id: int, **new: Any
    ) -> Json:
        chat = self._telegram.business_chat(connection, customer)
        old = known(chat.messages.find(message_id), "message")
        message = {**old, **marked(new), "edit_date": int(self._telegram.clock.now())}
        chat.messages.put(message)
        update_id = self._emit(bot, "edited_business_message", message, chat.id)
        return {"update_id": update_id, "message_id": message_id}

    def delete(
        self, bot: Bot, connection: Connection, customer: User, message_ids: list[int]
    ) -> Json:
        chat = self._telegram.business_chat(connection, customer)
        for message_id in message_ids:
            known(chat.messages.find(message_id), "message")
            chat.messages.delete(message_id)
        gone = {
            "business_connection_id": connection.id,
            "chat": chat.json(),
            "message_ids": message_ids,
        }
        return {"update_id": self._emit(bot, "deleted_business_messages", gone, chat.id)}

    def _emit(self, bot: Bot, kind: str, body: Json, chat_id: int) -> int | None:
        return self._telegram.emit(bot, kind, body, f"business {chat_id}")
