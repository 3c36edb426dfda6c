"""The methods of the Bot API, each with the rules that Telegram enforces on it. Rule ids in comments."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from . import markup
from .state import Bot, Chat, Json, Refusal, Telegram, Webhook

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
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_PORTS = frozenset({80, 88, 443, 8443})

Method = Callable[["Api", Bot, Json], Awaitable[Any]]


class Described(Exception):
    """A success that Telegram comments on."""

    def __init__(self, result: Any, description: str) -> None:
        super().__init__(description)
        self.result = result
        self.description = description


def bad(what: str, **parameters: Any) -> Refusal:
    return Refusal(400, f"Bad Request: {what}", **parameters)


class Api:
    """Calls by name; knows the platform's state."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram

    async def call(self, bot: Bot, method: str, parameters: Json) -> Any:
        """The result. Raises `Refusal`, or `Described` for a success with a comment."""
        found = METHODS.get(method)
        if found is None:
            raise Refusal(404, "Not Found: method not found")  # TG4
        handler, allowed = found
        unknown = set(parameters) - allowed
        if unknown:
            raise bad(f"unknown parameter {min(unknown)}")
        return await handler(self, bot, parameters)

    # Whom may the bot write to?

    def chat(self, bot: Bot, parameters: Json) -> Chat:
        chat_id = str(parameters.get("chat_id", "")).strip()
        if not chat_id:
            raise bad("chat_id is empty")  # TG7
        chat = bot.chats.get(int(chat_id)) if re.fullmatch(r"-?\d+", chat_id) else None
        if chat is None:
            raise bad("chat not found")  # TG8
        if chat.moved_to is not None:  # TG14
            raise bad(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        if chat.removed:
            raise Refusal(403, "Forbidden: bot was kicked from the group chat")  # TG13
        user = chat.user
        if user is not None:
            self._person(chat)
        return chat

    def _person(self, chat: Chat) -> None:
        user = chat.user
        if user is None:
            return
        if user.is_bot:
            raise Refusal(403, "Forbidden: the bot can't send messages to the bot")  # TG12
        if user.deleted:
            raise Refusal(403, "Forbidden: user is deactivated")  # TG11
        if not chat.started:  # TG9
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")  # TG10

    def pace(self, bot: Bot, chat: Chat) -> None:
        """TG31: one a second in a chat, thirty in all; a refused call takes nothing."""
        if not bot.limits:
            return
        now = self.telegram.clock.now()
        wait = max(chat.bucket.wait(now), bot.bucket.wait(now))
        if wait > 0:
            after = int(wait) + 1
            raise Refusal(429, f"Too Many Requests: retry after {after}", retry_after=after)
        chat.bucket.tokens -= 1
        bot.bucket.tokens -= 1

    def formatted(self, text: str, parameters: Json) -> tuple[str, list[Json]]:
        mode = str(parameters.get("parse_mode") or "")
        if not mode:
            return text, []
        if mode.lower() != "html":
            if mode not in {"Markdown", "MarkdownV2"}:
                raise bad("unsupported parse_mode")  # TG19
            return text, []
        return markup.parse_html(text)

    def reply_to(self, chat: Chat, parameters: Json) -> Json:
        given = nested(parameters, "reply_parameters", dict)
        if not given:
            return {}
        wanted = given.get("message_id")
        for message in chat.messages:
            if message["message_id"] == wanted:
                return {"reply_to_message": {k: message[k] for k in ("message_id", "chat", "date")}}
        if given.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")  # TG25

    def markup_of(self, parameters: Json) -> Json:
        given = nested(parameters, "reply_markup", dict)
        for row in (given or {}).get("inline_keyboard", ()):
            for button in row:
                data = button.get("callback_data")
                if data is not None and not 1 <= len(str(data).encode()) <= 64:
                    raise bad("BUTTON_DATA_INVALID")  # TG24
        return {"reply_markup": given} if given else {}

    def say(self, bot: Bot, parameters: Json, **content: Any) -> Json:
        """Store what passed every rule; the typing bubble ends with it."""
        chat = self.chat(bot, parameters)
        if parameters.get("message_thread_id"):
            raise bad("message thread not found")  # TG29
        more = {**self.reply_to(chat, parameters), **self.markup_of(parameters)}
        self.pace(bot, chat)
        chat.typing_until = 0.0
        message = self.telegram.message(chat, bot.user, **content, **more)
        bot.wake()
        return message


def nested(parameters: Json, name: str, kind: type) -> Any:
    """TG6: nested values are JSON text in forms."""
    value = parameters.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
    if value is not None and not isinstance(value, kind):
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object")
    return value


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


async def set_webhook(api: Api, bot: Bot, parameters: Json) -> bool:
    url = str(parameters.get("url") or "")
    if not url:
        return await delete_webhook(api, bot, {})
    now = api.telegram.clock.now()
    if now - bot.webhook_set_at < 1.0:
        raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)  # TG37
    secret = str(parameters.get("secret_token") or "")
    if len(secret) > 256:
        raise bad("secret token is too long")  # TG36
    if not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    _check_url(api, url)
    allowed = nested(parameters, "allowed_updates", list)
    hook = Webhook(
        url=url,
        secret=secret,
        allowed=bot.allowed if allowed is None else allowed,
        max_connections=int(parameters.get("max_connections") or 40),
    )
    bot.webhook_set_at = now
    before, bot.webhook = bot.webhook, hook
    bot.allowed = hook.allowed
    bot.wake()
    same = before is not None and (before.url, before.secret) == (url, secret)
    raise Described(True, "Webhook is already set" if same else "Webhook was set")  # TG38


def _check_url(api: Api, url: str) -> None:
    """TG35; `local_mode` lifts it for a webhook on this machine."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise bad("invalid webhook URL specified")
    if api.telegram.local_mode and parts.hostname in {"127.0.0.1", "localhost"}:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if parts.hostname.startswith(("127.", "10.", "192.168.")):
        raise bad(f"bad webhook: IP address {parts.hostname} is reserved")


async def delete_webhook(api: Api, bot: Bot, parameters: Json) -> bool:
    before, bot.webhook = bot.webhook, None
    if str(parameters.get("drop_pending_updates", "")).lower() == "true":
        bot.updates.clear()
    bot.wake()
    raise Described(True, "Webhook was deleted" if before else "Webhook is already deleted")


async def get_webhook_info(api: Api, bot: Bot, _: Json) -> Json:
    hook = bot.webhook or Webhook(url="")
    info: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
        "max_connections": hook.max_connections,
        "allowed_updates": hook.allowed,
    }
    if hook.last_error_date:
        info["last_error_date"] = hook.last_error_date
        info["last_error_message"] = hook.last_error_message
    return info


async def get_updates(api: Api, bot: Bot, parameters: Json) -> list[Json]:
    if bot.webhook is not None:  # TG39
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
            "delete the webhook first",
        )
    bot.poller = me = object()  # TG40: the former one is thrown out
    bot.wake()
    allowed = nested(parameters, "allowed_updates", list)
    if allowed is not None:
        bot.allowed = allowed
    offset = int(parameters.get("offset") or 0)
    limit = min(100, max(1, int(parameters.get("limit") or 100)))
    deadline = asyncio.get_running_loop().time() + min(50, int(parameters.get("timeout") or 0))
    _confirm(bot, offset)
    while not bot.updates:
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            break
        try:
            await asyncio.wait_for(bot.changed.wait(), left)
        except TimeoutError:
            break
        if bot.poller is not me:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot "
                "instance is running",
            )
    return [update.body for update in list(bot.updates)[:limit]]


def _confirm(bot: Bot, offset: int) -> None:
    """TG41: everything below the offset is done; a negative one keeps only the last."""
    if offset < 0:
        while len(bot.updates) > -offset:
            bot.updates.popleft()
    while bot.updates and offset > 0 and bot.updates[0].id < offset:
        update = bot.updates.popleft()
        bot.delivered[update.id] = update


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
        set_webhook,
        frozenset(
            "url ip_address max_connections allowed_updates drop_pending_updates secret_token".split()
        ),
    ),
    "deletewebhook": (delete_webhook, frozenset({"drop_pending_updates"})),
    "getwebhookinfo": (get_webhook_info, frozenset()),
    "getupdates": (get_updates, frozenset({"offset", "limit", "timeout", "allowed_updates"})),
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
