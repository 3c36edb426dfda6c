"""What one Telegram message says, as text and files: pure, and lenient with what it doesn't know."""

from collections.abc import Callable, Mapping
from typing import Any

from channels.messages import RemoteFile

Json = Mapping[str, Any]

_FILES = {
    # Telegram's name: ours, and what the file is called when it has no name
    "animation": ("animation", "animation.mp4"),
    "audio": ("audio", "audio.mp3"),
    "document": ("document", "document"),
    "sticker": ("sticker", "sticker.webp"),
    "video": ("video", "video.mp4"),
    "video_note": ("video", "video note.mp4"),
    "voice": ("voice", "voice.ogg"),
}
SERVICE = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo",
        "delete_chat_photo", "group_chat_created", "supergroup_chat_created",
        "channel_chat_created", "pinned_message", "message_auto_delete_timer_changed",
        "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
        "general_forum_topic_hidden", "general_forum_topic_unhidden", "video_chat_started",
        "video_chat_ended", "video_chat_scheduled", "video_chat_participants_invited",
        "boost_added", "chat_background_set", "proximity_alert_triggered", "write_access_allowed",
        "users_shared", "chat_shared", "connected_website", "successful_payment",
        "refunded_payment", "giveaway", "giveaway_created", "giveaway_winners",
        "giveaway_completed", "passport_data", "checklist_tasks_done", "checklist_tasks_added",
    }
)  # fmt: skip
"""Parts of messages that Telegram writes itself, about a chat and not in it."""


def files(message: Json) -> tuple[RemoteFile, ...]:
    """What is attached; of a photo's sizes the largest, of an animation only the animation."""
    if message.get("photo"):
        largest = max(message["photo"], key=lambda size: int(size.get("width", 0)))
        return (_file(largest, "image", "photo.jpg", "image/jpeg"),)
    for name, (kind, fallback) in _FILES.items():
        if isinstance(message.get(name), Mapping):
            return (_file(message[name], kind, fallback, ""),)
    return ()


def _file(found: Json, kind: str, fallback: str, mime: str) -> RemoteFile:
    size = found.get("file_size")
    return RemoteFile(
        ref=str(found["file_id"]),
        kind=kind,
        name=str(found.get("file_name") or fallback),
        mime=str(found.get("mime_type") or mime),
        size=size if isinstance(size, int) else None,
    )


def text(message: Json) -> str:
    """Text or caption, or a plain sentence for what has none. Quotes and forwards are named."""
    said = message.get("text") or message.get("caption") or _described(message)
    quote = message.get("quote")
    if isinstance(quote, Mapping) and quote.get("text"):
        said = f"> {quote['text']}\n{said}"
    origin = message.get("forward_origin")
    if isinstance(origin, Mapping):
        said = f"[Forwarded from {_origin(origin)}]\n{said}".strip()
    return str(said)


def _described(message: Json) -> str:
    for name, describe in _SENTENCES.items():
        found = message.get(name)
        if isinstance(found, Mapping):
            return describe(found)
    return ""


def _place(where: Json) -> str:
    return f"{where.get('latitude')}, {where.get('longitude')}"


def _venue(venue: Json) -> str:
    where = _place(venue.get("location") or {})
    return f"Place: {venue.get('title', '')}, {venue.get('address', '')} ({where})"


def _contact(contact: Json) -> str:
    name = " ".join(str(contact[k]) for k in ("first_name", "last_name") if contact.get(k))
    return f"Contact: {name}, {contact.get('phone_number', '')}"


def _poll(poll: Json) -> str:
    options = ", ".join(str(option.get("text", "")) for option in poll.get("options", ()))
    return f"Poll: {poll.get('question', '')} ({options})"


def _checklist(checklist: Json) -> str:
    tasks = ", ".join(str(task.get("text", "")) for task in checklist.get("tasks", ()))
    return f"Checklist: {checklist.get('title', '')} ({tasks})"


_SENTENCES: dict[str, Callable[[Json], str]] = {
    "sticker": lambda sticker: str(sticker.get("emoji") or "Sticker"),
    "venue": _venue,
    "location": lambda where: f"Location: {_place(where)}",
    "contact": _contact,
    "poll": _poll,
    "checklist": _checklist,
    "dice": lambda dice: f"{dice.get('emoji', 'Dice')} {dice.get('value', '')}",
    "story": lambda _: "Story",
    "game": lambda game: f"Game: {game.get('title', '')}",
    "invoice": lambda invoice: f"Invoice: {invoice.get('title', '')}",
    "web_app_data": lambda data: str(data.get("data", "")),
    "rich_message": lambda rich: str(rich.get("text") or "Rich message"),
}


def _origin(origin: Json) -> str:
    user = origin.get("sender_user")
    chat = origin.get("sender_chat") or origin.get("chat")
    if isinstance(user, Mapping):
        return name(user)
    if isinstance(chat, Mapping):
        return str(chat.get("title") or chat.get("first_name") or "a chat")
    return str(origin.get("sender_user_name") or "somebody")


def name(user: Json) -> str:
    """First and last name, or the username."""
    full = " ".join(str(user[k]) for k in ("first_name", "last_name") if user.get(k))
    return full or str(user.get("username") or "")
