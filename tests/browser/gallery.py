"""`make screenshots`: a picture of each screen, light and dark, on a desk and on a phone, into docs/screenshots.

The stage is a shop in the middle of a working day; `SCREENS` says what there is to see.
"""

import asyncio
import base64
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright, expect

from agents.facts import Field
from agents.llm.offline import OfflineLlm
from emulators.whatsapp import setup
from runtime.bus.memory import MemoryBus
from runtime.cli.stages import TEMPLATES
from runtime.clock import utc
from runtime.storage import audit, channels, engine, fields, inbound, migrate, notes, operators
from runtime.storage.ids import ChannelId, new_id
from runtime.storage.sql import Statement, Tx, dumps
from runtime.storage.tables import metadata
from runtime.storage.work import Store, system_clock
from tests import number
from tests.browser.conftest import ARGUMENTS
from tests.browser.portal import PHONE, WIDE, Seat, seat
from tests.operators import HASHED
from tests.scenery import DAY, HOUR, MINUTE, Scenery
from tests.story import CHANNEL, World, world
from tests.talks import TODAY
from tests.whatsapp import shops

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SIZES = {"wide": WIDE, "phone": PHONE}
SCHEMES = ("light", "dark")
QUALITY = 82
STILL = 300
"""Milliseconds, until whatever moves has come to rest."""
MORNING = 10 * HOUR + 40 * MINUTE
"""Of the day, UTC."""
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
HOURS = {
    "timezone": "Europe/Berlin",
    "hours": {day: [["09:00", "12:30"], ["13:00", "17:30"]] for day in WEEK},
    "holidays": ["2026-12-24", "2026-12-25"],
}
STAFF = (
    ("Olga Berg", "admin", ""),
    ("Paul Winter", "operator", dumps(HOURS)),
    ("Dana Weiss", "operator", ""),
)
NAMES = {
    CHANNEL: "Kestrel on Telegram",
    "wa": "Kestrel on WhatsApp",
    "mail": "help@kestrel.example",
}


@dataclass(frozen=True, kw_only=True)
class Screen:
    """`path` may name conversations of today, such as `{amelia}`. `prepare`: what is done there first."""

    name: str
    path: str
    prepare: Callable[[Seat], Awaitable[Any]] | None = None
    outside: bool = False
    """It is shown while nobody is logged in."""

    def picture(self, scheme: str, size: str) -> str:
        return f"{self.name}-{scheme}-{size}.webp"

    def pictures(self) -> list[str]:
        return [self.picture(scheme, size) for scheme in SCHEMES for size in SIZES]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A shop at work, and who looks at it."""

    world: World
    email: str
    now: datetime
    named: dict[str, str]
    cookies: list[Any] = field(default_factory=list)

    async def show(self, one: Seat, screen: Screen) -> None:
        """Until nothing is on its way any more."""
        if not screen.outside:
            await self._enter(one)
        await one.go(screen.path.format(**self.named))
        await settled(one)
        if screen.prepare:
            await screen.prepare(one)
            await settled(one)

    async def _enter(self, one: Seat) -> None:
        """One login is enough for all windows."""
        if not self.cookies:
            await one.log_in()
            self.cookies.extend(await one.context.cookies())
        await one.context.add_cookies(self.cookies)

    @contextlib.asynccontextmanager
    async def seated(self, chromium: Browser, **options: Any) -> AsyncIterator[Seat]:
        options = {"timezone_id": "UTC", **options}
        async with seat(chromium, self.world.base, **options) as one:
            await one.context.clock.set_fixed_time(self.now)
            one.email = self.email
            yield one
            one.problems[:] = [said for said in one.problems if "401" not in said]


async def settled(one: Seat) -> None:
    await one.page.wait_for_load_state("networkidle")
    # What is far from the part that is seen waits until somebody comes near.
    near = ".mantine-Skeleton-root:not([aria-hidden] *):visible"
    await expect(one.page.locator(near)).to_have_count(0)
    await expect(one.page.locator(".mantine-Loader-root")).to_have_count(0)
    await one.page.mouse.move(0, 0)
    await one.page.wait_for_timeout(STILL)


async def search(one: Seat) -> None:
    await one.press("/")
    await expect(one.page.get_by_role("dialog")).to_be_visible()


async def keys(one: Seat) -> None:
    await one.press("?")
    await expect(one.page.get_by_role("dialog")).to_be_visible()


async def palette(one: Seat) -> None:
    await one.press("Control+k")
    words = one.page.get_by_role("textbox", name="Command palette")
    await words.fill("go")
    await expect(words).to_be_in_viewport()


async def filters(one: Seat) -> None:
    await one.button("Filters").click()
    panel = one.page.get_by_role("complementary", name="Filters")
    await panel.get_by_label("Value", exact=True).fill("VIP")
    await one.press("Tab")
    await one.sees("of 30")


async def talks(one: Seat) -> None:
    await one.page.get_by_role("tab", name="Communications").click()
    await expect(one.page.get_by_role("tabpanel", name="Communications")).to_be_visible()


async def start(one: Seat) -> None:
    await one.button("Start conversation").click()
    await expect(one.page.get_by_role("dialog")).to_be_visible()


async def schedule(one: Seat) -> None:
    await one.page.get_by_role("link", name="Paul Winter").click()
    hours = one.page.get_by_role("dialog").get_by_label("Thursday, 1: from")
    await hours.evaluate("one => one.scrollIntoView({block: 'center'})")


async def tried(one: Seat) -> None:
    """In the playground, which is a tab of its own where there is no room beside."""
    words = one.page.get_by_role("textbox", name="Write as a customer…")
    if not await words.is_visible():
        await one.page.get_by_role("tab", name="Playground").click()
    for text in ("How long is delivery?", "I want to talk to a human"):
        await words.fill(text)
        await words.press("Enter")
        await expect(words).to_have_value("")
        await expect(one.button("Ask again")).to_be_visible()
    await one.page.get_by_text("Rests on").click()
    await one.page.get_by_text("as the customer asked").scroll_into_view_if_needed()


async def token(one: Seat) -> None:
    await one.button("Issue a token").click()
    await one.page.get_by_label("What is it for?").fill("Nightly export")
    await one.press("Enter")
    await expect(one.button("Copy the token")).to_be_visible()


async def unreadable(one: Seat) -> None:
    row = one.page.get_by_role("row").filter(has_text="AttributeError")
    await row.get_by_role("link").click()
    await expect(one.button("Replay")).to_be_visible()


SCREENS: Sequence[Screen] = (
    Screen(name="login", path="/", outside=True),
    Screen(name="keys", path="/sessions", prepare=keys),
    Screen(name="palette", path="/sessions", prepare=palette),
    Screen(name="human-agents", path="/human-agents/{amelia}"),
    Screen(name="customers", path="/customers"),
    Screen(name="customer-filters", path="/customers?order=name", prepare=filters),
    Screen(name="profile", path="/customers/{customer_amelia}"),
    Screen(name="communications", path="/customers/{customer_amelia}", prepare=talks),
    Screen(name="start", path="/customers/{customer_amelia}", prepare=start),
    Screen(name="sessions", path="/sessions/{amelia}"),
    Screen(name="session-filters", path="/sessions", prepare=search),
    Screen(name="reports", path="/reports"),
    Screen(name="channels", path="/settings/channels"),
    Screen(name="channel", path="/settings/channels/tg"),
    Screen(name="channel-templates", path="/settings/channels/wa?tab=templates"),
    Screen(name="operators", path="/settings/operators"),
    Screen(name="schedule", path="/settings/operators", prepare=schedule),
    Screen(name="agents", path="/settings/agents"),
    Screen(name="agent", path="/settings/agents/support", prepare=tried),
    Screen(name="agent-handoff", path="/settings/agents/support?tab=handover"),
    Screen(name="agent-knowledge", path="/settings/agents/support?tab=knowledge"),
    Screen(name="my-profile", path="/settings/profile"),
    Screen(name="token", path="/settings/tokens", prepare=token),
    Screen(name="quarantine", path="/settings/quarantine", prepare=unreadable),
    Screen(name="audit", path="/settings/audit"),
)


@contextlib.asynccontextmanager
async def staged(url: str, folder: Path) -> AsyncIterator[Stage]:
    """The shop, from eight weeks ago until this morning, which it still is for everybody."""
    now = system_clock()
    end = now - (now - MORNING) % DAY
    async with (
        world(url, folder, OfflineLlm(), clock=lambda: end + system_clock() - now) as w,
        shops() as shop,
    ):
        for template in TEMPLATES:
            setup.template(shop.meta, shop.number.waba, **template)
        await w.runtime.store.write(number.connect(w.runtime, shop, shop.number, "wa"))
        await w.runtime.store.write(_name)
        staff = [await _hire(w, *person) for person in STAFF]
        then = [end]
        store = Store(engine.database(url), MemoryBus(), lambda: then[0])
        scenery = Scenery(
            store=store,
            now=then,
            channels=list(NAMES),
            operators=[one.id for one in staff],
            mailbox="mail",
        )
        await scenery.weeks(end, days=56, a_day=8)
        named = {}
        for name, ago, channel, steps in TODAY:
            first = name.split()[0].lower()
            named[first] = await scenery.talk(name, steps, end - ago * MINUTE, channel)
            named[f"customer_{first}"] = scenery.known[name]
        await w.runtime.store.write(partial(_known, named["customer_amelia"], staff[1].id))
        await _oversee(store, then, [one.id for one in staff])
        await store.aclose()
        yield Stage(world=w, email=staff[0].email, now=utc(end), named=named)


def _known(customer_id: str, operator_id: str, tx: Tx) -> None:
    """Which fields customers have, and what is noted about one."""
    fields.put(
        tx,
        [Field("order", "Last order", "text", []), Field("city", "City", "text", [])],
    )
    notes.add(tx, customer_id, "Prefers to be called in the afternoon.", operator_id)


UNREADABLE = {
    "object": "whatsapp_business_account",
    "entry": [{"id": "1042", "changes": [{"field": "messages", "value": ["order"]}]}],
}


async def _oversee(store: Store, then: list[int], staff: Sequence[str]) -> None:
    """What admins did until this morning, and what could not be read."""
    end, (olga, paul, _) = then[0], staff
    connected = {"kind": "whatsapp", "name": NAMES["wa"], "agent_ids": ["support"]}
    acts: list[tuple[int, str, str, str, dict[str, Any]]] = [
        (1500, audit.SHELL, "operator.create", olga, {"email": "olga@kestrel.example"}),
        (1480, olga, "channel.connect", "wa", connected),
        (1470, olga, "agent.change", "support", {"default_operators": [paul], "max_open": 6}),
        (150, olga, "operator.change", paul, {"schedule": HOURS}),
        (95, olga, "agent.knowledge.write", "support", {"name": "holidays.md", "size": 1800}),
        (40, olga, "channel.stop", "mail", {}),
    ]
    for ago, by, act, target, data in acts:
        then[0] = end - ago * MINUTE
        note = partial(audit.note, operator_id=by, act=act, target=target, data=data)
        await store.write(note)
    body, why = dumps(UNREADABLE).encode(), "AttributeError: 'list' object has no attribute 'get'"
    then[0] = end - 25 * MINUTE
    await store.write(lambda tx: inbound.put_aside(tx, "wa", "wamid.QjE5", body, why))


def _name(tx: Tx) -> None:
    """The channels as the shop calls them; the mailbox is not connected."""
    found = channels.get(tx, CHANNEL)
    assert found is not None
    row = channels.Channel(
        id=ChannelId("mail"),
        kind="email",
        name=NAMES["mail"],
        state=channels.State.STOPPED.value,
        error="",
        settings={},
        secrets=found.secrets,
        worker=None,
    )
    channels.insert(tx, row)
    channels.attach(tx, row.id, ["support"])
    table = metadata.tables["channels"]
    for id_, name in NAMES.items():
        tx.put(Statement(table.update().where(table.c.id == id_).values(name=name)))


async def _hire(w: World, name: str, role: str, schedule: str) -> operators.Operator:
    email = f"{name.split(maxsplit=1)[0].lower()}@kestrel.example"
    one = operators.Operator(id=new_id(), email=email, name=name, role=role, schedule=schedule)

    def unit(tx: Tx) -> None:
        operators.create(tx, one, HASHED)

    await w.runtime.store.write(unit)
    return one


async def take(one: Seat, path: Path) -> None:
    """As WebP, which Chromium makes by itself."""
    wire = await one.context.new_cdp_session(one.page)
    made = await wire.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    await asyncio.to_thread(path.write_bytes, base64.b64decode(made["data"]))


async def pictures(chromium: Browser, stage: Stage, folder: Path) -> None:
    for size, viewport in SIZES.items():
        for scheme in SCHEMES:
            async with stage.seated(chromium, viewport=viewport, color_scheme=scheme) as one:
                for screen in SCREENS:
                    await stage.show(one, screen)
                    await take(one, folder / screen.picture(scheme, size))


async def main() -> None:
    found = shutil.which("chromium")
    assert found, "There is no Chromium on this machine: `make browser` installs it."
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        old.unlink()
    with tempfile.TemporaryDirectory() as state:
        url = f"sqlite:///{Path(state) / 'baton.db'}"
        migrate.upgrade(engine.database(url))
        async with async_playwright() as playwright, staged(url, Path(state)) as stage:
            chromium = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
            await pictures(chromium, stage, PICTURES)
            await chromium.close()


if __name__ == "__main__":
    asyncio.run(main())
