"""Methods that say something without a file: texts, places, contacts, drafts, what the bot is doing."""

from . import limits, texts
from .api import Call
from .chats import Draft, Json
from .errors import bad

ACTION_SECONDS = 5.0
DRAFT_SECONDS = 30.0
ACTIONS = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document"
    " choose_sticker find_location record_video_note upload_video_note".split()
)


async def send_message(call: Call) -> Json:
    return call.say(texts.message_text(call.parameters))


async def send_location(call: Call) -> Json:
    return call.say({"location": _place(call)})


async def send_venue(call: Call) -> Json:
    place = _place(call)
    venue = {"location": place, **{k: call.parameters.text(k) for k in ("title", "address")}}
    return call.say({"location": place, "venue": venue})


def _place(call: Call) -> Json:
    for name in ("latitude", "longitude"):
        if not call.parameters.text(name):
            raise bad(f"{name} is empty")
    try:
        return {name: float(call.parameters.text(name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad("location must be a number") from None


async def send_contact(call: Call) -> Json:
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: call.parameters.text(name) for name in names if call.parameters.text(name)}
    for name in names[:2]:
        if name not in contact:
            raise bad(f"{name.replace('_', ' ')} is empty")
    return call.say({"contact": contact})


async def send_chat_action(call: Call) -> bool:
    if call.parameters.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")  # TG30
    chat = call.chat()
    call.thread(chat)
    chat.typing_until = call.now + ACTION_SECONDS
    call.bot.wake()
    return True


async def send_message_draft(call: Call) -> bool:
    """TG50: a draft may be empty, which people see as thinking."""
    given = call.parameters
    text, entities = texts.formatted(
        given.text("text"), given.text("parse_mode"), given.array("entities")
    )
    if len(text) > limits.TEXT:
        raise bad("message is too long")
    chat = call.chat()
    if not chat.is_private or not given.number("draft_id"):
        raise bad("DRAFT_ID_INVALID")
    chat.draft = Draft(
        id=given.number("draft_id"),
        text=text,
        entities=entities,
        until=call.now + DRAFT_SECONDS,
        thread=call.thread(chat).get("message_thread_id", 0),
        can_stop=given.flag("can_stop"),
        keep_on_stop=given.flag("keep_on_stop"),
    )
    call.bot.wake()
    return True
