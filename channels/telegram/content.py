"""What one Telegram message says, as text and files: pure, and lenient with what it doesn't know."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from channels.messages import RemoteFile

Json = Mapping[str, Any]

_FILES = {
    # Telegram's name: ours, and what the file is called when it has no name. An animation has a
    # document beside it, so it comes first.
    "animation": ("animation", "animation.mp4"),
    "audio": ("audio", "audio.mp3"),
    "document": ("document", "document"),
    "live_photo": ("video", "live photo.mp4"),
    "sticker": ("sticker", "sticker.webp"),
    "video": ("video", "video.mp4"),
    "video_note": ("video", "video note.mp4"),
    "voice": ("voice", "voice.ogg"),
}


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
    if "reply_to_story" in message:
        said = f"[In answer to a story]\n{said}".strip()
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
    return f"Contact: {name(contact)}, {contact.get('phone_number', '')}"


def _poll(poll: Json) -> str:
    options = ", ".join(str(option.get("text", "")) for option in poll.get("options", ()))
    return f"Poll: {poll.get('question', '')} ({options})"


def _checklist(checklist: Json) -> str:
    tasks = ", ".join(str(task.get("text", "")) for task in checklist.get("tasks", ()))
    return f"Checklist: {checklist.get('title', '')} ({tasks})"


def _rich(rich: Json) -> str:
    return _blocks(rich.get("blocks")) or "Rich message"


def _blocks(blocks: Any) -> str:
    """Blocks one below the other; whatever kind they are, their words are under the same few keys."""
    if not isinstance(blocks, Sequence):
        return ""
    return "\n".join(filter(None, (_block(one) for one in blocks if isinstance(one, Mapping))))


def _block(block: Json) -> str:
    rows = (" | ".join(map(_words, row)) for row in block.get("cells") or ())
    items = (f"• {_blocks(item.get('blocks'))}" for item in block.get("items") or ())
    buttons = (_words(button) for button in block.get("buttons") or ())
    parts = (_words(block), _blocks(block.get("blocks")), *items, *rows, *buttons)
    return "\n".join(filter(None, (*parts, _words(block.get("caption")))))


def _words(rich: Any) -> str:
    """Styled text: a string, a list of such, or an element around one."""
    if isinstance(rich, str):
        return rich
    if isinstance(rich, Mapping):
        keys = ("summary", "text", "expression", "alternative_text", "button")
        return next((_words(rich[key]) for key in keys if rich.get(key)), "")
    return "".join(map(_words, rich)) if isinstance(rich, Sequence) else ""


_SENTENCES: dict[str, Callable[[Json], str]] = {
    # A venue has a location beside it, so it comes first.
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
    "paid_media": lambda _: "Paid media",
    "web_app_data": lambda data: str(data.get("data", "")),
    "rich_message": _rich,
}


def _origin(origin: Json) -> str:
    user = origin.get("sender_user")
    chat = origin.get("sender_chat") or origin.get("chat")
    if isinstance(user, Mapping):
        return name(user)
    if isinstance(chat, Mapping):
        return str(chat.get("title") or chat.get("first_name") or "a chat")
    return str(origin.get("sender_user_name") or "somebody")


def name(person: Json) -> str:
    """First and last name, or the username."""
    first, last = person.get("first_name"), person.get("last_name")
    if first and last:
        return f"{first} {last}"
    return str(first or last or person.get("username") or "")
