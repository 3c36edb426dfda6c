"""`/_control` and the token door, over HTTP: the acts of people and of fate, for tests, and for the mail page."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import Any

from aiohttp import web

from emulators import control
from emulators.control import answered

from .outside import File, Outside, shown
from .state import TOKEN_SECONDS, Account, Bounce

OUTSIDE = web.AppKey("outside", Outside)
DOORS: web.AppKey[dict[str, int]] = web.AppKey("doors", dict)
LONGEST_WAIT = 25.0
Json = dict[str, Any]


class Ask(control.Asked):
    """The names that there are here."""

    def __init__(self, request: web.Request, given: Json) -> None:
        super().__init__(request, given)
        self.outside = request.app[OUTSIDE]
        self.post = self.outside.post

    @property
    def account(self) -> Account:
        found = self.post.find(str(self.named("account")))
        if found is None:
            raise LookupError("There is no such account.")
        return found


Act = Callable[[Ask], Any]


def door(act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """JSON in, JSON out."""

    async def handle(request: web.Request) -> web.StreamResponse:
        given = json.loads(await request.read()) if request.can_read_body else {}
        return await control.acted(act, Ask(request, given))

    return handle


def accounts(ask: Ask) -> list[Json]:
    doors = ask.request.app[DOORS]
    return [
        {"address": one.address, "name": one.name, "password": one.password, **doors}
        for one in ask.post.accounts.values()
    ]


def add_account(ask: Ask) -> Json:
    made = ask.post.add(**ask.given)
    return {"address": made.address, "refresh_token": made.refresh_token}


def meet(ask: Ask) -> Json:
    """Somebody with a mail program."""
    found = ask.outside.person(
        str(ask.given.get("name", "Robin")), str(ask.given.get("address", ""))
    )
    return {"address": found.address, "name": found.name}


async def mails(ask: Ask) -> Json:
    """Of an inbox and what was sent from it; waits until there are more than `have`."""
    account, query = ask.account, ask.request.query
    have, wait = int(query.get("have", -1)), min(LONGEST_WAIT, float(query.get("wait", 0)))
    if _count(account) <= have:
        changed = asyncio.Event()
        folders = (account.inbox, account.folder("Sent"))
        for folder in folders:
            folder.watchers.append(changed.set)
        try:
            async with asyncio.timeout(wait):
                await changed.wait()
        except TimeoutError:
            pass
        finally:
            for folder in folders:
                folder.watchers.remove(changed.set)
    found = [{**shown(one), "box": "inbox"} for one in account.inbox.mails]
    sent = [{**shown(one), "box": "sent"} for one in account.folder("Sent").mails]
    return {
        "have": _count(account),
        "mails": sorted([*found, *sent], key=lambda one: float(one["at"])),
    }


def _count(account: Account) -> int:
    return sum(len(one.mails) for one in account.folders.values())


def write(ask: Ask) -> Json:
    given = dict(ask.given)
    given.pop("account", None)
    files = [
        File(name=one["name"], mime=one.get("mime", ""), content=base64.b64decode(one["base64"]))
        for one in given.pop("files", ())
    ]
    raw = ask.outside.write(ask.account, given.pop("to"), given.pop("text"), files=files, **given)
    return {"size": len(raw)}


def answer(ask: Ask) -> Json:
    given = dict(ask.given)
    given.pop("account", None)
    raw = ask.outside.answer(ask.account, int(given.pop("uid")), given.pop("text"), **given)
    return {"size": len(raw)}


def read(ask: Ask) -> Json:
    ask.outside.mail(ask.account, int(ask.given["uid"])).flags.add("\\Seen")
    return {"seen": True}


def bounce(ask: Ask) -> Json:
    given = dict(ask.given)
    fate = Bounce(**{one: given[one] for one in ("kind", "code", "text") if one in given})
    ask.post.bounces[str(given["address"]).lower()] = fate
    return asdict(fate)


def renumber(ask: Ask) -> Json:
    ask.account.inbox.renumber()
    return {"validity": ask.account.inbox.validity}


def again(ask: Ask) -> Json:
    return {"uid": ask.outside.again(ask.account, int(ask.given["uid"])).uid}


def switch(ask: Ask) -> Json:
    switches = ask.post.switches
    names = {one.name for one in fields(switches)}
    for name, value in ask.given.items():
        if name not in names:
            raise LookupError(f"There is no switch {name}.")
        setattr(switches, name, value)
    return asdict(switches)


async def token(request: web.Request) -> web.Response:
    """RFC 6749, section 6: an access token for a refresh token."""
    given, post = await request.post(), request.app[OUTSIDE].post
    post.control.heard("token", {name: str(value) for name, value in given.items()})
    if fault := post.control.fault_for("token", ""):
        return web.json_response({"error": "temporarily_unavailable"}, status=fault.status)
    if given.get("grant_type") != "refresh_token":
        return web.json_response({"error": "unsupported_grant_type"}, status=400)
    wanted = given.get("refresh_token")
    account = next((one for one in post.accounts.values() if one.refresh_token == wanted), None)
    if account is None:
        return web.json_response({"error": "invalid_grant"}, status=400)
    return answered(
        {
            "access_token": post.token(account),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_SECONDS),
        }
    )


def routes() -> list[web.RouteDef]:
    acts = {
        "accounts": add_account,
        "people": meet,
        "mails": write,
        "answers": answer,
        "reads": read,
        "bounces": bounce,
        "renumber": renumber,
        "again": again,
        "switches": switch,
    }
    return [
        *control.routes(),
        web.get("/_control/accounts", door(accounts)),
        web.get("/_control/mails", door(mails)),
        *(web.post(f"/_control/{name}", door(act)) for name, act in acts.items()),
        web.post("/oauth/token", token),
    ]
