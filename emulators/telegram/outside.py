"""The outside user and the levers, under `/_control`: what a person, or fate, does to the bot."""

import asyncio
import base64
from dataclasses import asdict
from typing import Any

from aiohttp import web

from emulators.control import Fault

from .delivery import Postman
from .state import Bot, Chat, Json, Telegram, User


class Outside:
    """Acts of people. The HTTP handlers below do nothing but call these."""

    def __init__(self, telegram: Telegram, postman: Postman) -> None:
        self.telegram = telegram
        self.postman = postman

    def start(self, bot: Bot, user: User, payload: str = "") -> Json:
        """Press Start, as everybody does before writing to a bot."""
        chat = self.telegram.private_chat(bot, user)
        chat.started = True
        return self.write(bot, user, text=f"/start {payload}".strip())

    def write(self, bot: Bot, user: User, *, chat: Chat | None = None, **content: Any) -> Json:
        """A message of a person; writing to a bot opens, and unblocks, its chat."""
        if chat is None:
            chat = self.telegram.private_chat(bot, user)
            chat.started = True
        if chat.blocked:
            self.block(bot, user, blocked=False)
        message = self.telegram.message(chat, user, **content)
        update_id = self.telegram.emit(bot, "message", message, f"chat {chat.id}")
        return {"update_id": update_id, "message_id": message["message_id"]}

    def edit(self, bot: Bot, user: User, message_id: int, text: str) -> Json:
        chat = self.telegram.private_chat(bot, user)
        message = next(m for m in chat.messages if m["message_id"] == message_id)
        message.update(text=text, edit_date=int(self.telegram.clock.now()))
        update_id = self.telegram.emit(bot, "edited_message", dict(message), f"chat {chat.id}")
        return {"update_id": update_id, "message_id": message_id}

    def attach(
        self, bot: Bot, user: User, kind: str, name: str, content: bytes, **more: Any
    ) -> Json:
        file: Json = {
            "file_id": self.telegram.keep_file(bot, name, content),
            "file_size": len(content),
        }
        file["file_unique_id"] = f"u{file['file_id']}"
        value: Any = {**file, "file_name": name}
        if kind == "photo":
            value = [{**file, "width": 90, "height": 90}, {**file, "width": 900, "height": 900}]
        return self.write(bot, user, **{kind: value}, **more)

    def press(self, bot: Bot, user: User, message_id: int, data: str) -> Json:
        chat = self.telegram.private_chat(bot, user)
        message = next((m for m in chat.messages if m["message_id"] == message_id), None)
        query_id = f"{user.id}{len(bot.callbacks) + 1:06d}{bot.next_update}"
        bot.callbacks[query_id] = self.telegram.clock.now()
        query: Json = {"id": query_id, "from": user.json(), "data": data, "chat_instance": "1"}
        query["message"] = message or {"chat": chat.json(), "message_id": message_id, "date": 0}
        update_id = self.telegram.emit(bot, "callback_query", query, f"user {user.id}")
        return {"update_id": update_id, "id": query_id}

    def block(self, bot: Bot, user: User, *, blocked: bool = True) -> None:
        """TG10: blocking is told to the bot as its own membership."""
        chat = self.telegram.private_chat(bot, user)
        chat.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        change: Json = {
            "chat": chat.json(),
            "from": user.json(),
            "date": int(self.telegram.clock.now()),
            "old_chat_member": {"user": bot.user.json(), "status": old},
            "new_chat_member": {"user": bot.user.json(), "status": new, "until_date": 0},
        }
        self.telegram.emit(bot, "my_chat_member", change, f"member {chat.id}")

    def upgrade(self, bot: Bot, chat: Chat, user: User) -> Chat:
        """TG14: a group becomes a supergroup and tells so twice."""
        new = self.telegram.add_group(bot, chat.title)
        new.kind, chat.moved_to = "supergroup", new.id
        self.write(bot, user, chat=chat, migrate_to_chat_id=new.id)
        self.write(bot, user, chat=new, migrate_from_chat_id=chat.id)
        return new

    async def redeliver(self, bot: Bot, update_id: int, times: int, *, at_once: bool) -> list[str]:
        """TG43: the platform lost our answer and says it again; what went wrong each time."""
        update = bot.delivered[update_id]
        posts = [self.postman.post(bot, update) for _ in range(times)]
        if at_once:
            return [error for error, _ in await asyncio.gather(*posts)]
        return [(await post)[0] for post in posts]


OUTSIDE = web.AppKey("outside", Outside)


def _bot(request: web.Request, token: str) -> Bot:
    telegram = request.app[OUTSIDE].telegram
    bots = telegram.bots
    bot = bots.get(token) or next((b for b in bots.values() if not token), None)
    if bot is None:
        raise web.HTTPNotFound(reason="There is no such bot")
    return bot


def _user(request: web.Request, user_id: Any) -> User:
    user = request.app[OUTSIDE].telegram.users.get(int(user_id))
    if user is None:
        raise web.HTTPNotFound(reason="There is no such user")
    return user


async def list_bots(request: web.Request) -> web.Response:
    bots = request.app[OUTSIDE].telegram.bots
    return web.json_response([{"token": token, **bot.user.json()} for token, bot in bots.items()])


async def add_bot(request: web.Request) -> web.Response:
    given = await request.json()
    bot = request.app[OUTSIDE].telegram.add_bot(
        given["token"], name=given.get("name", "Bot"), limits=given.get("limits", True)
    )
    return web.json_response(bot.user.json())


async def add_user(request: web.Request) -> web.Response:
    given = await request.json()
    return web.json_response(request.app[OUTSIDE].telegram.add_user(**given).json())


async def act(request: web.Request) -> web.Response:
    """`start`, `block`, `unblock` of one person towards one bot."""
    outside, given = request.app[OUTSIDE], await request.json()
    user, bot = _user(request, request.match_info["user"]), _bot(request, given.get("bot", ""))
    if request.match_info["act"] == "start":
        return web.json_response(outside.start(bot, user, given.get("payload", "")))
    outside.block(bot, user, blocked=request.match_info["act"] == "block")
    return web.json_response({})


async def delete_user(request: web.Request) -> web.Response:
    _user(request, request.match_info["user"]).deleted = True
    return web.json_response({})


async def write(request: web.Request) -> web.Response:
    outside, given = request.app[OUTSIDE], await request.json()
    bot, user = _bot(request, given.pop("bot", "")), _user(request, given.pop("user"))
    edits = given.pop("edit_of", None)
    file = given.pop("file", None)
    if edits:
        return web.json_response(outside.edit(bot, user, int(edits), given["text"]))
    if file:
        content = base64.b64decode(file["base64"])
        sent = outside.attach(bot, user, file["kind"], file["name"], content, **given)
        return web.json_response(sent)
    return web.json_response(outside.write(bot, user, **given))


async def press(request: web.Request) -> web.Response:
    given = await request.json()
    pressed = request.app[OUTSIDE].press(
        _bot(request, given.get("bot", "")),
        _user(request, given["user"]),
        given["message_id"],
        given["data"],
    )
    return web.json_response(pressed)


async def messages(request: web.Request) -> web.Response:
    """Both directions of a chat, in order; waits up to `wait` seconds for something new."""
    telegram, query = request.app[OUTSIDE].telegram, request.query
    bot = _bot(request, query.get("bot", ""))
    chat_id, after = int(request.match_info["chat"]), int(query.get("after", 0))
    deadline = asyncio.get_running_loop().time() + min(25.0, float(query.get("wait", 0)))
    known = query.get("typing", "") == "true"
    while True:
        chat = bot.chats.get(chat_id) or Chat(id=chat_id, kind="private")
        found = [
            {**message, "from_bot": message["from"]["is_bot"]}
            for message in chat.messages
            if message["message_id"] > after
        ]
        typing = chat.typing_until > telegram.clock.now()
        left = deadline - asyncio.get_running_loop().time()
        if found or left <= 0 or typing != known:
            return web.json_response({"messages": found, "typing": typing})
        pause = min(left, 1.0) if known else left
        try:
            await asyncio.wait_for(bot.changed.wait(), pause)
        except TimeoutError:
            continue


async def calls(request: web.Request) -> web.Response:
    control, query = request.app[OUTSIDE].telegram.control, request.query
    wanted, after = query.get("method", "").lower(), int(query.get("after", 0))
    found = [c for c in control.calls if c.number > after and wanted in {"", c.method}]
    return web.json_response([asdict(call) for call in found], dumps=_dumps)


def _dumps(value: Any) -> str:
    import json

    return json.dumps(value, default=str)


async def clock(request: web.Request) -> web.Response:
    telegram = request.app[OUTSIDE].telegram
    telegram.clock.advance(float((await request.json())["advance"]))
    return web.json_response({"now": telegram.clock.now()})


async def faults(request: web.Request) -> web.Response:
    control = request.app[OUTSIDE].telegram.control
    if request.method == "DELETE":
        control.faults.clear()
    else:
        control.faults.append(Fault(**await request.json()))
    return web.json_response({"ordered": len(control.faults)})


async def redeliver(request: web.Request) -> web.Response:
    given = await request.json()
    errors = await request.app[OUTSIDE].redeliver(
        _bot(request, given.get("bot", "")),
        int(given["update_id"]),
        int(given.get("times", 1)),
        at_once=bool(given.get("concurrently")),
    )
    return web.json_response({"errors": errors})


async def raw(request: web.Request) -> web.Response:
    """Any JSON as an update, to see what it does to whoever listens."""
    given = await request.json()
    bot = _bot(request, given.get("bot", ""))
    update_id = request.app[OUTSIDE].telegram.emit(
        bot, given["kind"], given["body"], given.get("queue", "raw")
    )
    return web.json_response({"update_id": update_id})


def routes() -> list[web.RouteDef]:
    return [
        web.get("/_control/bots", list_bots),
        web.post("/_control/bots", add_bot),
        web.post("/_control/users", add_user),
        web.delete("/_control/users/{user}", delete_user),
        web.post("/_control/users/{user}/{act:start|block|unblock}", act),
        web.post("/_control/messages", write),
        web.post("/_control/callbacks", press),
        web.get("/_control/chats/{chat}/messages", messages),
        web.get("/_control/calls", calls),
        web.post("/_control/clock", clock),
        web.post("/_control/faults", faults),
        web.delete("/_control/faults", faults),
        web.post("/_control/redeliver", redeliver),
        web.post("/_control/raw", raw),
    ]
