"""From the raw JSON of one update to our values: pure, from dictionaries, with no model in between.

What is genuine is never lost: an update that breaks this parser becomes `Unreadable`, a kind that we
don't know becomes `Ignored`. Only what could not be an update at all is `Malformed`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from channels.errors import Malformed
from channels.messages import (
    Address,
    AddressMoved,
    CustomerMessage,
    HumanSpokeElsewhere,
    Identity,
    Ignored,
    Inbound,
    MessageEdited,
    ReachabilityChanged,
    Sender,
    Unreadable,
)

from . import content

Json = Mapping[str, Any]
HANDLED = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
"""What we ask Telegram for; everything else is read all the same."""
_decode = msgspec.json.Decoder().decode
_GONE = frozenset({"kicked", "left"})


def parse(body: bytes) -> tuple[Inbound, ...]:
    """Raises `Malformed`, nothing else."""
    try:
        update = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise Malformed("The body is not JSON.") from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise Malformed("The body is not an update.")
    event_id = str(update["update_id"])
    try:
        return (_update(update, event_id),)
    except Exception as error:
        # Whatever Telegram sends is worth keeping, also when our reading of it is wrong.
        return (Unreadable(event_id=event_id, error=f"{type(error).__name__}: {error}", raw=body),)


def _update(update: Json, event_id: str) -> Inbound:
    for kind, read in _READERS.items():
        if kind in update:
            return read(update[kind], event_id)
    kinds = ", ".join(sorted(key for key in update if key != "update_id")) or "nothing"
    return Ignored(event_id=event_id, what=kinds)


def _message(message: Json, event_id: str) -> Inbound:
    moved = _moved(message, event_id)
    if moved is not None:
        return moved
    sender = message.get("from")
    if sender is None or sender.get("is_bot"):
        return Ignored(event_id=event_id, what="message of a bot or channel")
    if not content.SERVICE.isdisjoint(message):
        return Ignored(event_id=event_id, what="service message")
    text, attached = content.text(message), content.files(message)
    if not text and not attached:
        return Ignored(event_id=event_id, what="message of an unknown kind")
    return CustomerMessage(
        event_id=event_id,
        address=_address(message),
        sender=_sender(sender),
        message_id=str(message["message_id"]),
        sent_at=_time(message["date"]),
        text=text,
        attachments=attached,
        reply_to=_reply_to(message),
        album=str(message.get("media_group_id") or ""),
        start=_start(text),
        group=message["chat"].get("type") != "private",
        facts=_facts(message, sender),
    )


def _moved(message: Json, event_id: str) -> AddressMoved | None:
    if "migrate_to_chat_id" not in message:
        return None
    old, new = message["chat"]["id"], message["migrate_to_chat_id"]
    return AddressMoved(event_id=event_id, old=Address(chat=str(old)), new=Address(chat=str(new)))


def _edited(message: Json, event_id: str) -> Inbound:
    if (message.get("from") or {}).get("is_bot"):
        return Ignored(event_id=event_id, what="edit by a bot")
    return MessageEdited(
        event_id=event_id,
        address=_address(message),
        message_id=str(message["message_id"]),
        sent_at=_time(message.get("edit_date") or message["date"]),
        text=content.text(message),
    )


def _callback(query: Json, event_id: str) -> Inbound:
    message = query.get("message")
    if not isinstance(message, Mapping) or query["from"].get("is_bot"):
        return Ignored(event_id=event_id, what="button of an inline message")
    data = str(query.get("data") or query.get("game_short_name") or "")
    return CustomerMessage(
        event_id=event_id,
        address=_address(message),
        sender=_sender(query["from"]),
        message_id=f"callback:{query['id']}",
        # An inaccessible message has date 0; the press itself has none at all.
        sent_at=datetime.now(UTC) if not message.get("date") else _time(message["date"]),
        text=_label(message, data) or data,
        choice=data,
        choice_id=str(query["id"]),
        reply_to=str(message.get("message_id") or ""),
        group=message["chat"].get("type") != "private",
    )


def _label(message: Json, data: str) -> str:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or ()
    return next(
        (
            str(button.get("text", ""))
            for row in rows
            for button in row
            if button.get("callback_data") == data
        ),
        "",
    )


def _membership(change: Json, event_id: str) -> Inbound:
    status = str(change["new_chat_member"]["status"])
    private = change["chat"].get("type") == "private"
    gone = status in _GONE
    sentence = "The customer blocked the bot." if private else "The bot was removed from the group."
    return ReachabilityChanged(
        event_id=event_id,
        address=Address(chat=str(change["chat"]["id"])),
        sender=_sender(change["from"]),
        reachable=not gone,
        reason=sentence if gone else "",
        sent_at=_time(change["date"]),
    )


def _business(message: Json, event_id: str) -> Inbound:
    """A private chat of the account that we are connected to: its owner may answer by hand."""
    if message.get("sender_business_bot"):
        return Ignored(event_id=event_id, what="our own echo")
    if message["from"]["id"] == message["chat"]["id"]:
        return _message(message, event_id)
    return HumanSpokeElsewhere(
        event_id=event_id,
        address=_address(message),
        message_id=str(message["message_id"]),
        sent_at=_time(message["date"]),
        text=content.text(message),
        attachments=content.files(message),
    )


def _nothing(what: str) -> Callable[[Json, str], Inbound]:
    return lambda _, event_id: Ignored(event_id=event_id, what=what)


_READERS: dict[str, Callable[[Json, str], Inbound]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _callback,
    "my_chat_member": _membership,
    "business_message": _business,
    "edited_business_message": _edited,
    "deleted_business_messages": _nothing("deleted business messages"),
    "business_connection": _nothing("business connection"),
    "message_reaction": _nothing("reaction"),
    "channel_post": _nothing("channel post"),
}


def _address(message: Json) -> Address:
    chat = message["chat"]
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    return Address(
        chat=str(int(chat["id"])),
        thread=str(topic or ""),
        via=str(message.get("business_connection_id") or ""),
    )


def _sender(user: Json) -> Sender:
    return Sender(
        identities=(Identity(kind="telegram_user", value=str(int(user["id"]))),),
        name=content.name(user),
        username=str(user.get("username") or ""),
        language=str(user.get("language_code") or ""),
        is_bot=bool(user.get("is_bot")),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _reply_to(message: Json) -> str:
    replied = message.get("reply_to_message")
    return str(replied["message_id"]) if isinstance(replied, Mapping) else ""


def _start(text: str) -> str:
    command, _, payload = text.partition(" ")
    return payload.strip() if command == "/start" else ""


def _facts(message: Json, sender: Json) -> dict[str, str]:
    """A phone is only known to be the sender's own if he shared his own card."""
    contact = message.get("contact")
    if isinstance(contact, Mapping) and contact.get("user_id") == sender["id"]:
        return {"phone": str(contact["phone_number"])}
    return {}
