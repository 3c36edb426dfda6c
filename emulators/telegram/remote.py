"""`/_control`: the acts of people, of groups and of fate over HTTP, for tests, benches and the phone page.

What is done stands in `outside`, `groups` and `business`; here are only names and what they mean.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from emulators import control

from .acts import known
from .chats import Chat, Connection, Json, User
from .outside import Outside
from .state import Bot

OUTSIDE = web.AppKey("outside", Outside)
FILES = ("photo", "document", "voice", "audio", "video", "animation", "sticker", "video_note")
LONGEST_WAIT = 25.0
_NOT_CONTENT = frozenset("bot user chat business by_owner edit_of album between".split())


class Ask(control.Asked):
    """The names that there are here."""

    def __init__(self, request: web.Request, given: Json) -> None:
        super().__init__(request, given)
        self.outside = request.app[OUTSIDE]
        self.telegram = self.outside.telegram

    @property
    def bot(self) -> Bot:
        """By token, by number, or the first one if it has no name."""
        bots, name = self.telegram.bots, str(self.named("bot"))
        named = (bot for bot in bots.values() if name in {"", str(bot.user.id)})
        return known(bots.get(name) or next(named, None), "bot")

    @property
    def user(self) -> User:
        return known(self.telegram.users.get(int(self.named("user") or 0)), "user")

    @property
    def chat(self) -> Chat:
        return known(self.chat_if_any, "chat")

    @property
    def chat_if_any(self) -> Chat | None:
        number = int(self.named("chat") or 0)
        chats = self.connection.chats if self.named("business") else self.bot.chats
        return chats.get(number) or self.telegram.groups.get(number)

    @property
    def connection(self) -> Connection:
        return known(self.bot.connections.get(str(self.named("business"))), "connection")

    def content(self) -> Json:
        """What the message says, with its files kept for the bot."""
        return self.said({k: v for k, v in self.given.items() if k not in _NOT_CONTENT})

    def said(self, given: Json) -> Json:
        content = dict(given)
        file = content.pop("file", None)
        if file:
            content[file["kind"]] = file
        for kind in FILES:
            one = content.get(kind)
            if isinstance(one, dict) and ("base64" in one or "content" in one):
                raw = one.get("content") or base64.b64decode(one["base64"])
                content |= self.outside.file(self.bot, kind, one.get("name") or f"{kind}.bin", raw)
        return content


Act = Callable[[Ask], Any]


def door(act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An act as a handler: JSON or a multipart form in, JSON out, 404 for who does not exist."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return await control.acted(act, Ask(request, await _given(request)))

    return handle


async def _given(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    if request.content_type != "multipart/form-data":
        body: Json = json.loads(await request.read())
        return body
    given: Json = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            given[name] = {"name": value.filename, "content": value.file.read()}
        else:
            given[name] = value
    return given


def list_bots(ask: Ask) -> list[Json]:
    return [{"token": token, **bot.user.json()} for token, bot in ask.telegram.bots.items()]


def add_bot(ask: Ask) -> Json:
    given = {k: v for k, v in ask.given.items() if k != "token"}
    return ask.telegram.add_bot(ask.given["token"], **given).user.json()


def add_user(ask: Ask) -> Json:
    return ask.telegram.add_user(**ask.given).json()


def list_users(ask: Ask) -> list[Json]:
    return [user.json() for user in ask.telegram.users.values() if not user.is_bot]


def delete_user(ask: Ask) -> Json:
    ask.user.deleted = True
    return ask.user.json()


def start(ask: Ask) -> Json:
    return ask.outside.start(ask.bot, ask.user, str(ask.named("payload")))


def block(ask: Ask) -> Json:
    blocked = ask.request.match_info["act"] == "block"
    return ask.outside.block(ask.bot, ask.user, blocked=blocked)


def write(ask: Ask) -> Any:
    bot, user, chat = ask.bot, ask.user, ask.chat_if_any
    edited, album = ask.given.get("edit_of"), ask.given.get("album")
    if edited:
        return ask.outside.edit(bot, user, int(edited), chat=chat, **ask.content())
    if album:
        parts = [{"chat": chat, **ask.said(part)} for part in album]
        return ask.outside.album(bot, user, parts, lambda: _meanwhile(ask))
    return ask.outside.write(bot, user, chat=chat, **ask.content())


def _meanwhile(ask: Ask) -> None:
    """TG48: what somebody else writes between the parts of an album."""
    other = ask.given.get("between")
    if other:
        user = known(ask.telegram.users.get(int(other["user"])), "user")
        ask.outside.write(ask.bot, user, text=other["text"])


def press(ask: Ask) -> Json:
    number, data = int(ask.given["message_id"]), ask.given["data"]
    return ask.outside.press(ask.bot, ask.user, number, data, chat=ask.chat_if_any)


def react(ask: Ask) -> Json:
    number, emoji = int(ask.given["message_id"]), ask.given["emoji"]
    return ask.outside.react(ask.bot, ask.user, number, emoji, chat=ask.chat_if_any)


def create_group(ask: Ask) -> Json:
    kind = ask.given.get("kind", "group")
    return ask.outside.groups.create(ask.bot, ask.user, ask.given["title"], kind).json()


def set_status(ask: Ask) -> Json:
    groups, new = ask.outside.groups, ask.given.get("status", "member")
    if new == "member":
        return groups.add(ask.bot, ask.user, ask.chat)
    return groups.status(ask.bot, ask.user, ask.chat, new)


def join(ask: Ask) -> Json:
    return ask.outside.groups.join(ask.bot, ask.user, ask.chat)


def open_topic(ask: Ask) -> Json:
    name = str(ask.given.get("name") or "Topic")
    topic = ask.outside.groups.open_topic(ask.bot, ask.user, ask.chat, name)
    return {"message_thread_id": topic}


def upgrade(ask: Ask) -> Json:
    return ask.outside.groups.upgrade(ask.bot, ask.user, ask.chat).json()


def connect(ask: Ask) -> Json:
    rights = ask.given.get("rights", {})
    return ask.outside.business.connect(ask.bot, ask.user, **rights).json()


def enable(ask: Ask) -> Json:
    enabled = bool(ask.given["enabled"])
    return ask.outside.business.enable(ask.bot, ask.connection, enabled=enabled)


def write_business(ask: Ask) -> Json:
    business, edited = ask.outside.business, ask.given.get("edit_of")
    if edited:
        return business.edit(ask.bot, ask.connection, ask.user, int(edited), **ask.content())
    by_owner = bool(ask.given.get("by_owner"))
    return business.write(ask.bot, ask.connection, ask.user, by_owner=by_owner, **ask.content())


def delete_business(ask: Ask) -> Json:
    numbers = [int(number) for number in ask.given["message_ids"]]
    return ask.outside.business.delete(ask.bot, ask.connection, ask.user, numbers)


async def redeliver(ask: Ask) -> Json:
    number, times = int(ask.given["update_id"]), int(ask.given.get("times", 1))
    at_once = bool(ask.given.get("concurrently"))
    return {"errors": await ask.outside.redeliver(ask.bot, number, times, at_once=at_once)}


def raw(ask: Ask) -> Json:
    """Any JSON as an update, to see what it does to whoever listens."""
    update, bot = ask.given["update"], ask.bot
    kind = "raw"
    if isinstance(update, dict):
        update = {"update_id": bot.next_update, **update}
        kind = next((name for name in update if name != "update_id"), kind)
    return {"update_id": ask.telegram.push(bot, kind, update, str(ask.given.get("queue", "raw")))}


def stop_button(ask: Ask) -> Json:
    return ask.outside.stop(ask.bot, ask.chat, int(ask.given["draft_id"]))


async def messages(ask: Ask) -> Json:
    """Both directions of a chat, in order: those with a number above `after`, or what changed since
    revision `since`. With `wait` it comes back when there is something; who says in `typing` what he
    saw last also when that changed.
    """
    query, loop = ask.request.query, asyncio.get_running_loop()
    deadline = loop.time() + min(LONGEST_WAIT, float(query.get("wait", 0)))
    while True:
        shown = _shown(ask)
        left = deadline - loop.time()
        typing = str(shown["typing"]).lower()
        is_same = query.get("typing", typing) == typing
        if shown["messages"] or shown["deleted"] or left <= 0 or not is_same:
            return shown
        # Typing and drafts end without anybody doing anything.
        pause = min(left, 0.5) if shown["typing"] or shown["draft"] else left
        changed = ask.bot.changed
        try:
            await asyncio.wait_for(changed.wait(), pause)
        except TimeoutError:
            continue


def _shown(ask: Ask) -> Json:
    query, now = ask.request.query, ask.telegram.clock.now()
    chat = ask.chat_if_any or Chat(id=int(ask.named("chat")), kind="private")
    deleted: list[int] = []
    if "since" in query:
        found, deleted = chat.messages.since(int(query["since"]))
    else:
        found = chat.messages.after(int(query.get("after", 0)))
    draft = chat.draft if chat.draft and chat.draft.until > now else None
    return {
        "messages": [{**m, "from_bot": _is_bots(m)} for m in found],
        "deleted": deleted,
        "revision": chat.messages.revision,
        "typing": chat.typing_until > now,
        "typing_until": chat.typing_until,
        "draft": draft.json() if draft else None,
    }


def _is_bots(message: Json) -> bool:
    return bool(message["from"]["is_bot"] or message.get("sender_business_bot"))


def file(ask: Ask) -> web.Response:
    """What a person sees of a file; no path of the Bot API is needed for that."""
    return known(ask.bot.files.find(ask.request.match_info["file"]), "file").response()


def forget(ask: Ask) -> Json:
    ask.telegram.reset()
    return {}


def routes() -> list[web.RouteDef]:
    group, business = "/_control/groups/{chat}", "/_control/business/{business}"
    acts: list[tuple[str, str, Act]] = [
        ("GET", "/_control/bots", list_bots),
        ("POST", "/_control/bots", add_bot),
        ("GET", "/_control/users", list_users),
        ("POST", "/_control/users", add_user),
        ("DELETE", "/_control/users/{user}", delete_user),
        ("POST", "/_control/users/{user}/start", start),
        ("POST", "/_control/users/{user}/{act:block|unblock}", block),
        ("POST", "/_control/messages", write),
        ("POST", "/_control/callbacks", press),
        ("POST", "/_control/reactions", react),
        ("POST", "/_control/groups", create_group),
        ("POST", f"{group}/bots", set_status),
        ("POST", f"{group}/users", join),
        ("POST", f"{group}/topics", open_topic),
        ("POST", f"{group}/upgrade", upgrade),
        ("POST", "/_control/business", connect),
        ("POST", business, enable),
        ("POST", f"{business}/messages", write_business),
        ("DELETE", f"{business}/messages", delete_business),
        ("POST", "/_control/redeliver", redeliver),
        ("POST", "/_control/raw", raw),
        ("POST", "/_control/stop_button", stop_button),
        ("GET", "/_control/chats/{chat}/messages", messages),
        ("GET", "/_control/files/{file}", file),
        ("DELETE", "/_control/state", forget),
    ]
    return [web.route(method, path, door(act)) for method, path, act in acts] + control.routes()
