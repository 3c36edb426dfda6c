"""From the raw JSON of one update to our values: pure, from dictionaries, with no model in between.

What is genuine is never lost: an update that breaks this parser becomes `Unreadable`, a kind that we
don't know becomes `Ignored`. Only what could not be an update at all is `Malformed`.
"""

import contextlib
import json
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
    update = _json(body)
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise Malformed("The body is not an update.")
    event_id = str(update["update_id"])
    try:
        return (_update(update, event_id),)
    except Exception as error:
        # Whatever Telegram sends is worth keeping, also when our reading of it is wrong.
        return (Unreadable(event_id=event_id, error=f"{type(error).__name__}: {error}", raw=body),)


def _json(body: bytes) -> Any:
    with contextlib.suppress(msgspec.DecodeError, RecursionError, ValueError):
        return _decode(body)
    try:
        return _decode(mended(body))
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise Malformed("The body is not JSON.") from None


def mended(body: bytes) -> bytes:
    """Half a surrogate pair is JSON, though no text, and msgspec won't have it: a `?` instead.

    Raises `ValueError` or `RecursionError` for what is no JSON.
    """
    return json.dumps(json.loads(body.decode()), ensure_ascii=False).encode("utf-8", "replace")


def _update(update: Json, event_id: str) -> Inbound:
    for kind, read in _READERS.items():
        if kind in update:
            return read(update[kind], event_id)
    return Ignored(event_id=event_id, what=_keys(update, "update_id") or "nothing")


def _message(message: Json, event_id: str) -> Inbound:
    sender = message.get("from")
    said = content.text(message)
    attached = () if "text" in message else content.files(message)
    if not said and not attached:
        return _silent(message, event_id)
    if sender is None or sender.get("is_bot") or message.get("is_automatic_forward"):
        return Ignored(event_id=event_id, what="message of a bot or channel")
    return CustomerMessage(
        event_id=event_id,
        address=_address(message),
        sender=_sender(sender),
        message_id=str(message["message_id"]),
        sent_at=_time(message["date"]),
        text=said,
        attachments=attached,
        reply_to=_reply_to(message),
        album=str(message.get("media_group_id") or ""),
        start=_start(message),
        group=message["chat"].get("type") != "private",
        facts=_facts(message, sender),
    )


def _silent(message: Json, event_id: str) -> Inbound:
    """Nobody says anything: Telegram tells about the chat, or it is a kind of tomorrow."""
    chat = str(message["chat"]["id"])
    # Both chats are told, in queues of their own; whichever comes first moves the conversation.
    if "migrate_to_chat_id" in message:
        new = str(message["migrate_to_chat_id"])
        return AddressMoved(event_id=event_id, old=Address(chat=chat), new=Address(chat=new))
    if "migrate_from_chat_id" in message:
        old = str(message["migrate_from_chat_id"])
        return AddressMoved(event_id=event_id, old=Address(chat=old), new=Address(chat=chat))
    return Ignored(event_id=event_id, what=f"message without words: {_keys(message, *_ALWAYS)}")


_ALWAYS = ("message_id", "message_thread_id", "from", "chat", "date", "business_connection_id")


def _edited(message: Json, event_id: str) -> Inbound:
    if (message.get("from") or {}).get("is_bot"):
        return Ignored(event_id=event_id, what="edit by a bot")
    if "location" in message:
        return Ignored(event_id=event_id, what="step of a live location")
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
        # A press has no date; the message that it is on may be weeks old, or of date 0.
        sent_at=datetime.now(UTC),
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
    """Of the bot itself. In a group whoever changed it says nothing about reaching him."""
    private = change["chat"].get("type") == "private"
    member = change["new_chat_member"]
    gone = member["status"] in _GONE or member.get("is_member") is False
    sentence = "The customer blocked the bot." if private else "The bot was removed from the group."
    return ReachabilityChanged(
        event_id=event_id,
        address=Address(chat=str(int(change["chat"]["id"]))),
        sender=_sender(change["from"]) if private else Sender(identities=()),
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
    if message.get("is_from_offline"):
        return Ignored(event_id=event_id, what="greeting or away message of the account")
    said, attached = content.text(message), content.files(message)
    if not said and not attached:
        return _silent(message, event_id)
    return HumanSpokeElsewhere(
        event_id=event_id,
        address=_address(message),
        message_id=str(message["message_id"]),
        sent_at=_time(message["date"]),
        text=said,
        attachments=attached,
    )


def _business_edited(message: Json, event_id: str) -> Inbound:
    """An edit is of what the customer wrote; the owner's would stand under the customer's name."""
    if message.get("sender_business_bot") or message["from"]["id"] != message["chat"]["id"]:
        return Ignored(event_id=event_id, what="edit by the account itself")
    return _edited(message, event_id)


_READERS: dict[str, Callable[[Json, str], Inbound]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _callback,
    "my_chat_member": _membership,
    "business_message": _business,
    "edited_business_message": _business_edited,
}


def _keys(found: Json, *known: str) -> str:
    return ", ".join(sorted(key for key in found if key not in known))


def _address(message: Json) -> Address:
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    return Address(
        chat=str(int(message["chat"]["id"])),
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
    """Within a topic, what answers nothing answers the message that opened the topic."""
    replied = message.get("reply_to_message")
    if not isinstance(replied, Mapping) or "forum_topic_created" in replied:
        return ""
    return str(replied["message_id"])


def _start(message: Json) -> str:
    """`/start PAYLOAD` in private, `/start@our_bot PAYLOAD` in groups."""
    command, _, payload = str(message.get("text") or "").partition(" ")
    return payload.strip() if command.partition("@")[0] == "/start" else ""


def _facts(message: Json, sender: Json) -> dict[str, str]:
    """A phone is only known to be the sender's own if he shared his own card."""
    contact = message.get("contact")
    if isinstance(contact, Mapping) and contact.get("user_id") == sender["id"]:
        return {"phone": str(contact["phone_number"])}
    return {}
