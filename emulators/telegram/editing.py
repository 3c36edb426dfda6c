"""Methods that change what was said, and the answer to a pressed button."""

from . import texts
from .api import Call
from .chats import Chat, Json
from .errors import bad

DELETABLE_SECONDS = 48 * 3600.0
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def edit_message_text(call: Call) -> Json:
    return _edit(call, {"text": "", "entities": [], **texts.message_text(call.parameters)})


async def edit_message_caption(call: Call) -> Json:
    return _edit(call, {"caption": "", "caption_entities": [], **texts.caption(call.parameters)})


async def edit_message_reply_markup(call: Call) -> Json:
    return _edit(call, {})


def _edit(call: Call, content: Json) -> Json:
    """Absent buttons are taken away, as Telegram does."""
    chat, message = _message(call, "message to edit not found")  # TG26
    if _author(message) != call.bot.user.id:
        raise bad("message can't be edited")
    new = {**message, "reply_markup": {}, **content, **call.markup()}
    new = {name: value for name, value in new.items() if value not in ("", [], {})}
    if new == message:
        raise bad(_SAME)
    new["edit_date"] = int(call.now)
    chat.messages.put(new)
    call.bot.wake()
    return new


async def delete_message(call: Call) -> bool:
    """TG27: in a private chat also what the person said; in groups the bot's own only."""
    chat, message = _message(call, "message to delete not found")
    is_old = call.now - message["date"] > DELETABLE_SECONDS
    is_admin = chat.members.get(call.bot.user.id) == "administrator"
    is_own = _author(message) == call.bot.user.id
    if not is_admin and (is_old or not (is_own or chat.is_private)):
        raise bad("message can't be deleted")
    chat.messages.delete(message["message_id"])
    call.bot.wake()
    return True


def _message(call: Call, missing: str) -> tuple[Chat, Json]:
    chat = call.chat()
    message = chat.messages.find(call.parameters.number("message_id"))
    if message is None:
        raise bad(missing)
    return chat, message


def _author(message: Json) -> int:
    """The bot that said it, also if it spoke from somebody's account."""
    author: Json = message.get("sender_business_bot") or message["from"]
    return int(author["id"])


async def answer_callback_query(call: Call) -> bool:
    asked = call.bot.callbacks.pop(call.parameters.text("callback_query_id"), None)
    if asked is None or call.now - asked > call.telegram.query_seconds:  # TG28
        raise bad("query is too old and response timeout expired or query ID is invalid")
    return True
