"""The methods of the Bot API that say something, each with Telegram's rules on it. Rule ids in comments."""

from . import receiving
from .api import Api, Method, bad
from .state import Bot, Json

TEXT_LIMIT = 4096
RAW_LIMIT = 32_768
CAPTION_LIMIT = 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
CALLBACK_SECONDS = 150.0
TYPING_SECONDS = 5.0
ACTIONS = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document"
    " choose_sticker find_location record_video_note upload_video_note".split()
)
_COMMON = frozenset(
    "chat_id message_thread_id business_connection_id disable_notification protect_content"
    " reply_parameters reply_markup allow_paid_broadcast message_effect_id".split()
)
_CAPTION = frozenset({"caption", "parse_mode", "caption_entities"})


async def get_me(api: Api, bot: Bot, _: Json) -> Json:
    return {**bot.user.json(), "can_join_groups": True, "supports_inline_queries": False}


async def send_message(api: Api, bot: Bot, parameters: Json) -> Json:
    raw = str(parameters.get("text", ""))
    chat = api.chat(bot, parameters)
    if len(raw.encode()) > RAW_LIMIT:
        raise bad("text is too long")  # TG17
    text, entities = api.formatted(raw, parameters)
    text = text.strip()
    if not text:
        raise bad("message text is empty")  # TG15
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long")  # TG16
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return api.say(bot, {**parameters, "chat_id": chat.id}, **content)


def sending(kind: str) -> Method:
    """A method that sends one file."""

    async def send(api: Api, bot: Bot, parameters: Json) -> Json:
        api.chat(bot, parameters)
        file = parameters.get(kind)
        if not isinstance(file, tuple):
            raise bad("wrong file identifier/HTTP URL specified")
        caption, entities = api.formatted(str(parameters.get("caption") or ""), parameters)
        if len(caption) > CAPTION_LIMIT:
            raise bad("message caption is too long")  # TG18
        name, content = file
        file_id = api.telegram.keep_file(bot, name, content)
        found: Json = {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(content),
        }
        if kind == "photo":
            said: Json = {"photo": [{**found, "width": 640, "height": 480}]}
        else:
            said = {kind: {**found, "file_name": name}}
        if caption:
            said["caption"] = caption
        if entities:
            said["caption_entities"] = entities
        return api.say(bot, parameters, **said)

    return send


async def send_chat_action(api: Api, bot: Bot, parameters: Json) -> bool:
    chat = api.chat(bot, parameters)
    if parameters.get("action") not in ACTIONS:
        raise bad("wrong parameter action in request")  # TG30
    chat.typing_until = api.telegram.clock.now() + TYPING_SECONDS
    bot.wake()
    return True


async def edit_message_text(api: Api, bot: Bot, parameters: Json) -> Json:
    chat = api.chat(bot, parameters)
    wanted = int(parameters.get("message_id") or 0)
    message = next((m for m in chat.messages if m["message_id"] == wanted), None)
    if message is None:
        raise bad("message to edit not found")  # TG26
    if message["from"]["id"] != bot.user.id:
        raise bad("message can't be edited")
    text, entities = api.formatted(str(parameters.get("text", "")), parameters)
    if text == message.get("text") and entities == message.get("entities", []):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    message["text"] = text
    message["edit_date"] = int(api.telegram.clock.now())
    bot.wake()
    return message


async def delete_message(api: Api, bot: Bot, parameters: Json) -> bool:
    chat = api.chat(bot, parameters)
    wanted = int(parameters.get("message_id") or 0)
    message = next((m for m in chat.messages if m["message_id"] == wanted), None)
    if message is None:
        raise bad("message to delete not found")  # TG27
    if api.telegram.clock.now() - message["date"] > 48 * 3600:
        raise bad("message can't be deleted")
    chat.messages.remove(message)
    bot.wake()
    return True


async def answer_callback_query(api: Api, bot: Bot, parameters: Json) -> bool:
    asked = bot.callbacks.pop(str(parameters.get("callback_query_id", "")), None)
    if asked is None or api.telegram.clock.now() - asked > CALLBACK_SECONDS:  # TG28
        raise bad("query is too old and response timeout expired or query ID is invalid")
    return True


async def get_file(api: Api, bot: Bot, parameters: Json) -> Json:
    file_id = str(parameters.get("file_id", ""))
    if file_id not in bot.files:
        raise bad("wrong file_id or the file is temporarily unavailable")  # TG32
    name, content = bot.files[file_id]
    if len(content) > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": f"u{file_id}",
        "file_size": len(content),
        "file_path": f"documents/{file_id}",
        "file_name": name,
    }


async def done(api: Api, bot: Bot, _: Json) -> bool:
    return True


METHODS: dict[str, tuple[Method, frozenset[str]]] = {
    "getme": (get_me, frozenset()),
    "sendmessage": (
        send_message,
        _COMMON | {"text", "parse_mode", "entities", "link_preview_options"},
    ),
    "sendchataction": (
        send_chat_action,
        frozenset({"chat_id", "action", "message_thread_id", "business_connection_id"}),
    ),
    "editmessagetext": (
        edit_message_text,
        _COMMON | {"text", "parse_mode", "entities", "message_id", "link_preview_options"},
    ),
    "deletemessage": (delete_message, frozenset({"chat_id", "message_id"})),
    "answercallbackquery": (
        answer_callback_query,
        frozenset({"callback_query_id", "text", "show_alert", "url", "cache_time"}),
    ),
    "getfile": (get_file, frozenset({"file_id"})),
    "setwebhook": (
        receiving.set_webhook,
        frozenset(
            "url ip_address max_connections allowed_updates drop_pending_updates secret_token".split()
        ),
    ),
    "deletewebhook": (receiving.delete_webhook, frozenset({"drop_pending_updates"})),
    "getwebhookinfo": (receiving.get_webhook_info, frozenset()),
    "getupdates": (
        receiving.get_updates,
        frozenset({"offset", "limit", "timeout", "allowed_updates"}),
    ),
    "setmycommands": (done, frozenset({"commands", "scope", "language_code"})),
    "close": (done, frozenset()),
    "logout": (done, frozenset()),
    **{
        f"send{kind.replace('_', '')}": (
            sending(kind),
            _COMMON | _CAPTION | {kind, "duration", "width", "height", "has_spoiler", "title"},
        )
        for kind in ("photo", "document", "audio", "voice", "video", "animation", "sticker")
    },
}
