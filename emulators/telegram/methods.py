"""The table of methods with the parameters that each knows, and the methods that only look."""

from . import editing, limits, media, receiving, sending
from .api import Call, Method
from .chats import Json
from .errors import bad


async def get_me(call: Call) -> Json:
    return {
        **call.bot.user.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": not call.bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": True,
        "has_main_web_app": False,
    }


async def get_chat(call: Call) -> Json:
    return {**call.chat().json(), "accent_color_id": 0, "max_reaction_count": 11}


async def get_file(call: Call) -> Json:
    given = call.parameters.text("file_id")
    if not given:
        raise bad("file_id not specified")
    stored = call.bot.files.find(given)
    if stored is None:
        raise bad("wrong file_id or the file is temporarily unavailable")  # TG32
    if len(stored.content) > limits.DOWNLOAD:
        raise bad("file is too big")
    return {**stored.reference(), "file_path": call.bot.files.path(stored, call.now)}


async def get_business_connection(call: Call) -> Json:
    found = call.bot.connections.get(call.parameters.text("business_connection_id"))
    if found is None:
        raise bad("business connection not found")
    return found.json()


async def read_business_message(call: Call) -> bool:
    connection = call.connection()
    if connection is None:
        raise bad("business connection not found")
    chat = call.chat()
    if not connection.rights.get("can_read_messages"):
        raise bad("BUSINESS_CONNECTION_NOT_ALLOWED")
    message = chat.messages.find(call.parameters.number("message_id"))
    if message is None:
        raise bad("message to read not found")
    chat.messages.put({**message, "read": True})
    return True


async def set_my_commands(call: Call) -> bool:
    commands = call.parameters.array("commands")
    if commands is None:
        raise bad("can't parse commands JSON object")
    for one in commands:
        if not isinstance(one, dict) or not one.get("command") or not one.get("description"):
            raise bad("can't parse BotCommand: expected an Object")
    call.bot.commands = commands
    return True


async def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands


async def delete_my_commands(call: Call) -> bool:
    call.bot.commands = []
    return True


async def done(_: Call) -> bool:
    return True


_TO = "chat_id message_thread_id business_connection_id"
_SEND = f"{_TO} disable_notification protect_content allow_paid_broadcast message_effect_id reply_parameters"
_MARKED = f"{_SEND} reply_markup"
_CAPTION = "caption parse_mode caption_entities show_caption_above_media"
_TEXT = "text parse_mode entities link_preview_options"
_EDIT = "business_connection_id chat_id message_id reply_markup"
_SIZED = "duration width height thumbnail has_spoiler"
_RECEIVE = "allowed_updates drop_pending_updates"
_COMMANDS = "scope language_code"
_MORE = {
    "photo": f"{_CAPTION} has_spoiler",
    "document": f"{_CAPTION} thumbnail disable_content_type_detection",
    "audio": f"{_CAPTION} duration performer title thumbnail",
    "voice": f"{_CAPTION} duration",
    "video": f"{_CAPTION} {_SIZED} cover start_timestamp supports_streaming",
    "animation": f"{_CAPTION} {_SIZED}",
    "sticker": "emoji",
    "video_note": "duration length thumbnail",
}
_TABLE: dict[str, tuple[Method, str]] = {
    "getMe": (get_me, ""),
    "getChat": (get_chat, "chat_id"),
    "getFile": (get_file, "file_id"),
    "sendMessage": (sending.send_message, f"{_MARKED} {_TEXT}"),
    "sendLocation": (
        sending.send_location,
        f"{_MARKED} latitude longitude horizontal_accuracy live_period heading proximity_alert_radius",
    ),
    "sendVenue": (sending.send_venue, f"{_MARKED} latitude longitude title address"),
    "sendContact": (sending.send_contact, f"{_MARKED} phone_number first_name last_name vcard"),
    "sendChatAction": (sending.send_chat_action, f"{_TO} action"),
    "sendMessageDraft": (
        sending.send_message_draft,
        "chat_id message_thread_id draft_id text parse_mode entities can_stop keep_on_stop",
    ),
    "sendMediaGroup": (media.send_media_group, f"{_SEND} media"),
    **{
        f"send{kind.title().replace('_', '')}": (media.sending(kind), f"{_MARKED} {kind} {more}")
        for kind, more in _MORE.items()
    },
    "editMessageText": (editing.edit_message_text, f"{_EDIT} {_TEXT}"),
    "editMessageCaption": (editing.edit_message_caption, f"{_EDIT} {_CAPTION}"),
    "editMessageReplyMarkup": (editing.edit_message_reply_markup, _EDIT),
    "deleteMessage": (editing.delete_message, "chat_id message_id"),
    "answerCallbackQuery": (
        editing.answer_callback_query,
        "callback_query_id text show_alert url cache_time",
    ),
    "getBusinessConnection": (get_business_connection, "business_connection_id"),
    "readBusinessMessage": (read_business_message, "business_connection_id chat_id message_id"),
    "setMyCommands": (set_my_commands, f"commands {_COMMANDS}"),
    "getMyCommands": (get_my_commands, _COMMANDS),
    "deleteMyCommands": (delete_my_commands, _COMMANDS),
    "setWebhook": (
        receiving.set_webhook,
        f"url certificate ip_address max_connections secret_token {_RECEIVE}",
    ),
    "deleteWebhook": (receiving.delete_webhook, "drop_pending_updates"),
    "getWebhookInfo": (receiving.get_webhook_info, ""),
    "getUpdates": (receiving.get_updates, "offset limit timeout allowed_updates"),
    "close": (done, ""),
    "logOut": (done, ""),
}
METHODS = {name.lower(): (run, frozenset(known.split())) for name, (run, known) in _TABLE.items()}
"""TG4: names are not case-sensitive."""
