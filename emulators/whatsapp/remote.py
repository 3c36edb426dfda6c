"""`/_control`: the acts of people, of businesses and of fate over HTTP, for tests, benches and the phone
page. What is done stands in `outside`, `business` and `reviews`; here are only names and what they mean.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import Any

from aiohttp import web

from emulators import control

from . import business, reviews, setup, subscriptions, tampering
from .accounts import Number, Template
from .errors import Json
from .fates import Fate
from .outside import Outside, known
from .people import Person, Thread

OUTSIDE = web.AppKey("outside", Outside)
LONGEST_WAIT = 25.0
_ABOUT = frozenset({"number", "person", "file", "sample", "edit_of"})


class Ask(control.Asked):
    """The names that there are here."""

    def __init__(self, request: web.Request, given: Json) -> None:
        super().__init__(request, given)
        self.outside = request.app[OUTSIDE]
        self.meta = self.outside.meta

    @property
    def number(self) -> Number:
        """By its id, or the first one if it has no name."""
        numbers, name = self.meta.numbers, str(self.named("number"))
        return known(numbers.get(name) if name else next(iter(numbers.values()), None), "number")

    @property
    def person(self) -> Person:
        """By id, phone or username."""
        name = str(self.named("person")).lstrip("+")
        people = self.meta.people.values()
        found = (one for one in people if name in {one.id, one.phone, one.wa_id, one.username})
        return known(next(found, None) if name else None, "person")

    @property
    def thread(self) -> Thread:
        return self.meta.thread(self.number, self.person)

    @property
    def template(self) -> Template:
        name = str(self.named("template"))
        found = (one for one in self.meta.templates() if name in {one.id, one.name})
        return known(next(found, None), "template")

    @property
    def content(self) -> Json:
        return {key: value for key, value in self.given.items() if key not in _ABOUT}


Act = Callable[[Ask], Any]


def door(act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An act as a handler: JSON in, JSON out, 404 for what does not exist."""

    async def handle(request: web.Request) -> web.StreamResponse:
        given = json.loads(await request.read()) if request.can_read_body else {}
        ask = Ask(request, given)
        ask.outside.base = f"{request.scheme}://{request.host}"
        return await control.acted(act, ask)

    return handle


def change(thing: Any, given: Json) -> None:
    """Any plain field of it."""
    names = {one.name for one in fields(thing) if not one.name.startswith("_")}
    for name, value in given.items():
        known(name if name in names else None, f"setting as {name}")
        setattr(thing, name, set(value) if name == "allowed" and value is not None else value)


def list_numbers(ask: Ask) -> list[Json]:
    return [setup.credentials(ask.meta, number) for number in ask.meta.numbers.values()]


def add_number(ask: Ask) -> Json:
    return setup.credentials(ask.meta, setup.number(ask.meta, **ask.given))


def change_number(ask: Ask) -> Json:
    number, given = ask.number, dict(ask.given)
    for name, thing in (("waba", number.waba), ("portfolio", number.waba.portfolio)):
        change(thing, given.pop(name, {}))
    change(number, given)
    return setup.credentials(ask.meta, number)


async def set_webhook(ask: Ask) -> Json:
    """As in the app's dashboard, where the callback is verified before it is kept."""
    app = setup.app_of(ask.meta, ask.number)
    url, token = ask.given["url"], ask.given["verify_token"]
    status, answer, is_good = await subscriptions.verify(ask.meta, url, token)
    if is_good:
        app.callback_url, app.verify_token = url, token
    return {"status": status, "answer": answer, "verified": is_good}


async def verify(ask: Ask) -> Json:
    """WA37: with any token, which changes nothing."""
    app = setup.app_of(ask.meta, ask.number)
    url, token = ask.given.get("url") or app.callback_url, ask.given["token"]
    status, answer, is_good = await subscriptions.verify(ask.meta, url, token)
    return {"status": status, "answer": answer, "verified": is_good}


def add_token(ask: Ask) -> Json:
    given, app = dict(ask.given), setup.app_of(ask.meta, ask.number)
    given.pop("number", None)
    if "permissions" in given:
        given["permissions"] = set(given["permissions"])
    if "expires_in" in given:
        given["expires"] = ask.meta.now + given.pop("expires_in")
    given.setdefault("wabas", [ask.number.waba.id])
    given["wabas"] = set(given["wabas"])
    return {"access_token": ask.meta.add_token(app, **given).value}


def shown(ask: Ask, person: Person) -> Json:
    about = {k: v for k, v in asdict(person).items() if not k.startswith("_")}
    portfolios = ask.meta.portfolios
    return {**about, "user_ids": {portfolio: person.bsuid(portfolio) for portfolio in portfolios}}


def list_people(ask: Ask) -> list[Json]:
    return [shown(ask, one) for one in ask.meta.people.values() if one.on_whatsapp]


def add_person(ask: Ask) -> Json:
    return shown(ask, ask.meta.add_person(**ask.given))


def change_person(ask: Ask) -> Json:
    """`phone` and `identity` are told to every business that knows the person, `is_on` to nobody."""
    person = ask.person
    given = {key: value for key, value in ask.given.items() if key != "person"}
    acts: dict[str, Callable[[Any], Any]] = {
        "phone": lambda value: ask.outside.change_phone(person, str(value)),
        "identity": lambda value: ask.outside.change_identity(person, str(value)),
        "is_on": lambda value: ask.outside.switch(person, is_on=bool(value)),
    }
    for name in acts.keys() & given.keys():
        acts[name](given.pop(name))
    change(person, given)
    return shown(ask, person)


def block(ask: Ask) -> Json:
    blocked = ask.request.match_info["act"] == "block"
    ask.outside.block(ask.number, ask.person, blocked=blocked)
    return {"blocked": blocked}


def prefer(ask: Ask) -> Json:
    return _told(business.prefer(ask.meta, ask.number, ask.person, ask.given["marketing"]))


def write(ask: Ask) -> Json:
    """`sample`, `edit_of`, `file` {kind, name, base64, caption …}, or any message."""
    outside, number, person = ask.outside, ask.number, ask.person
    file, sample, edited = (ask.given.get(name) for name in ("file", "sample", "edit_of"))
    if sample:
        return outside.sample(number, person, sample)
    if edited:
        return outside.edit(number, person, edited, **ask.content)
    if file:
        raw = base64.b64decode(file["base64"])
        more = {k: v for k, v in file.items() if k not in {"kind", "name", "base64"}}
        return outside.attach(
            number, person, file["kind"], (file["name"], raw), **more, **ask.content
        )
    return outside.write(number, person, **ask.content)


def press(ask: Ask) -> Json:
    return ask.outside.press(ask.number, ask.person, ask.given["message"], ask.given["choice"])


def react(ask: Ask) -> Json:
    emoji = ask.given.get("emoji", "")
    return ask.outside.react(ask.number, ask.person, ask.given["message"], emoji)


def revoke(ask: Ask) -> Json:
    return ask.outside.revoke(ask.number, ask.person, ask.given["message"])


def read(ask: Ask) -> Json:
    return {"read": ask.outside.read(ask.number, ask.person)}


def echo(ask: Ask) -> Json:
    return business.echo(ask.meta, ask.number, ask.person, **ask.content)


def ring(ask: Ask) -> Json:
    return _told(business.ring(ask.meta, ask.number, ask.person))


def list_templates(ask: Ask) -> list[Json]:
    return [one.json() for one in ask.meta.templates()]


def add_template(ask: Ask) -> Json:
    return setup.template(ask.meta, ask.number.waba, **ask.content).json()


def decide_template(ask: Ask) -> Json:
    """`event` with `reason`, `pause`, `quality`, `category`, `components`, `held`, `release`."""
    meta, template, given = ask.meta, ask.template, ask.given
    acts: dict[str, Callable[[Any], Any]] = {
        "event": lambda event: reviews.status(meta, template, event, given.get("reason", "NONE")),
        "pause": lambda times: reviews.pause(meta, template, int(times)),
        "quality": lambda score: reviews.quality(meta, template, score),
        "category": lambda new: reviews.category(meta, template, new),
        "held": lambda held: setattr(template, "held", held),
        "release": lambda released: reviews.decide(meta, template, drop=not released),
    }
    for name in acts.keys() & given.keys():
        acts[name](given[name])
    if "components" in given:
        template.components = given["components"]
        reviews.components(meta, template)
    return template.json()


def tell(ask: Ask) -> Json:
    """Any `field` with any `value`, or with a usual one; or `errors` of an account, by `code`."""
    if "code" in ask.given:
        return _told(business.trouble(ask.meta, ask.number, int(ask.given["code"])))
    return _told(business.tell(ask.meta, ask.number, ask.given["field"], ask.given.get("value")))


def _told(updates: list[Any]) -> Json:
    return {"updates": [update.number for update in updates]}


def order_fate(ask: Ask) -> Json:
    ask.meta.fates.ordered.append(Fate(**ask.given))
    return {"ordered": len(ask.meta.fates.ordered)}


def forgive(ask: Ask) -> Json:
    ask.meta.fates.ordered.clear()
    return {"ordered": 0}


def set_switches(ask: Ask) -> Json:
    change(ask.meta.switches, ask.given)
    return asdict(ask.meta.switches)


def set_habits(ask: Ask) -> Json:
    return {**asdict(ask.meta.postman.change(**ask.given)), "waiting": ask.meta.postman.waiting}


def list_updates(ask: Ask) -> list[Json]:
    after = int(ask.request.query.get("after", 0))
    return [one.json() for one in ask.meta.postman.emitted if one.number > after]


async def redeliver(ask: Ask) -> Json:
    number, times = int(ask.given["update"]), int(ask.given.get("times", 1))
    at_once = bool(ask.given.get("concurrently"))
    answers = await ask.meta.postman.redeliver(number, times, at_once=at_once)
    return {"answers": answers}


async def raw(ask: Ask) -> Json:
    """WA38: any body, with a good signature or with one that is not."""
    app = setup.app_of(ask.meta, ask.number)
    body = ask.given.get("body")
    content = body.encode() if isinstance(body, str) else None
    status = await tampering.post(
        ask.meta,
        app,
        content if content is not None else tampering.body_of(body, ask.given.get("padding", 0)),
        ask.given.get("signature", "good"),
    )
    return {"status": status}


async def messages(ask: Ask) -> Json:
    """Both directions of a thread, in order: what changed since revision `since`. With `wait` it comes
    back when there is something; who says in `typing` what he saw last also when that changed.
    """
    query, loop = ask.request.query, asyncio.get_running_loop()
    thread = ask.thread
    deadline = loop.time() + min(LONGEST_WAIT, float(query.get("wait", 0)))
    while True:
        found = thread.messages.since(int(query.get("since", 0)))
        typing = thread.typing_until > ask.meta.now
        left = deadline - loop.time()
        is_same = query.get("typing", str(typing).lower()) == str(typing).lower()
        if found or left <= 0 or not is_same:
            return {
                "messages": [one.json() for one in found if one.arrived],
                "revision": thread.messages.revision,
                "typing": typing,
                "window_open": thread.window_open(ask.meta.now),
            }
        # Typing ends without anybody doing anything.
        pause = min(left, 0.5) if typing else left
        changed = thread.changed
        try:
            await asyncio.wait_for(changed.wait(), pause)
        except TimeoutError:
            continue


def file(ask: Ask) -> web.Response:
    """What a person sees of a file."""
    stored = known(ask.meta.media.get(ask.request.match_info["file"]), "file")
    return web.Response(body=stored.content, content_type=stored.mime)


def forget(ask: Ask) -> Json:
    ask.meta.reset()
    return {}


def routes() -> list[web.RouteDef]:
    acts: list[tuple[str, str, Act]] = [
        ("GET", "numbers", list_numbers),
        ("POST", "numbers", add_number),
        ("POST", "numbers/{number}", change_number),
        ("POST", "numbers/{number}/webhook", set_webhook),
        ("POST", "verify", verify),
        ("POST", "tokens", add_token),
        ("GET", "people", list_people),
        ("POST", "people", add_person),
        ("POST", "people/{person}", change_person),
        ("POST", "people/{person}/{act:block|unblock}", block),
        ("POST", "people/{person}/preferences", prefer),
        ("POST", "messages", write),
        ("POST", "presses", press),
        ("POST", "reactions", react),
        ("POST", "revocations", revoke),
        ("POST", "reads", read),
        ("POST", "echoes", echo),
        ("POST", "rings", ring),
        ("GET", "templates", list_templates),
        ("POST", "templates", add_template),
        ("POST", "templates/{template}", decide_template),
        ("POST", "changes", tell),
        ("POST", "fates", order_fate),
        ("DELETE", "fates", forgive),
        ("POST", "switches", set_switches),
        ("POST", "postman", set_habits),
        ("GET", "updates", list_updates),
        ("POST", "redeliver", redeliver),
        ("POST", "raw", raw),
        ("GET", "chats/{person}/messages", messages),
        ("GET", "files/{file}", file),
        ("DELETE", "state", forget),
    ]
    own = [web.route(verb, f"/_control/{path}", door(act)) for verb, path, act in acts]
    return own + control.routes()
