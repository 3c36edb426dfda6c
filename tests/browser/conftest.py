"""A real Chromium in front of an emulated platform: what a person sees and does, and what must not be."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

from tests.phone import Phone, phoned, until

PATIENCE = 20_000.0
"""Milliseconds for what is expected on a page: a machine that is busy is no failure."""
expect.set_options(timeout=PATIENCE)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # a browser has no socket guard
]


@dataclass(kw_only=True)
class Glass:
    """The page in a browser, whatever platform it shows."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def bubbles(self) -> Locator:
        return self.page.locator("#messages li .words")

    @property
    def state(self) -> Locator:
        return self.page.get_by_role("status")

    async def type(self, text: str) -> None:
        """As a person does, wherever the keyboard's focus is."""
        await self.page.keyboard.type(text)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        await self.type(text)
        await self.press("Enter")

    async def shows(self, *texts: str) -> None:
        """All messages, from the first to the last."""
        await expect(self.bubbles).to_have_text(list(texts))

    async def is_clean(self) -> None:
        """Accessible, as far as axe can tell."""
        found = await Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()

    async def focused(self) -> str:
        """The focused element's name, for which an outline is drawn."""
        found: list[str] = await self.page.evaluate(
            """() => {
                const one = document.activeElement, name = one.ariaLabel ?? one.textContent;
                const drawn = one.type === "file" ? one.parentElement : one;
                const {outlineStyle, outlineWidth} = getComputedStyle(drawn);
                return [name, outlineStyle, outlineWidth];
            }"""
        )
        name, style, width = found
        assert style == "solid", f"{name}: {style}"
        assert float(width.removesuffix("px")) >= 2, f"{name}: {width}"
        return name


@dataclass(kw_only=True)
class Screen(Glass):
    """A page on Telegram, and the bot at the other end."""

    phone: Phone
    """Its person is the one who sits before the page."""

    async def updates(self, many: int) -> list[dict[str, Any]]:
        """What getUpdates has for the bot once there are so many; they are confirmed."""
        await until(lambda: len(self.phone.bot.updates) >= many)
        found: list[dict[str, Any]] = (await self.phone.call("getUpdates")).result
        await self.phone.call("getUpdates", offset=found[-1]["update_id"] + 1)
        return found

    async def offer(self, text: str, *rows: list[dict[str, str]]) -> dict[str, Any]:
        """A message of the bot with buttons under it."""
        answer = await self.phone.say(text, reply_markup={"inline_keyboard": list(rows)})
        sent: dict[str, Any] = answer.result
        await expect(self.bubbles.last).to_have_text(text)
        return sent


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's; one for all stories of a file, each of which has a profile of its own."""
    found = shutil.which("chromium")
    assert found, "There is no Chromium on this machine: `make browser` installs it."
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def opened(chromium: Browser, **options: Any) -> AsyncIterator[Screen]:
    """The page on Telegram after its /start."""
    async with phoned() as phone, paged(chromium, phone.running.url, **options) as glass:
        screen = Screen(**vars(glass), phone=phone)
        await screen.shows("/start")
        people = phone.platform.users.values()
        screen.phone = replace(phone, ann=next(one for one in people if one.username == "robin"))
        await screen.updates(1)
        yield screen


@contextlib.asynccontextmanager
async def paged(chromium: Browser, url: str, **options: Any) -> AsyncIterator[Glass]:
    """The page. Every story also checks what the console and the network must not have."""
    context = await chromium.new_context(**options)
    glass = Glass(page=await context.new_page())
    watch(glass)
    await glass.page.goto(f"{url}/phone")
    yield glass
    await context.close()
    assert glass.problems == []
    own = (f"{url}/", "data:")
    assert [one for one in glass.requests if not one.startswith(own)] == []


def watch(glass: Glass) -> None:
    """Verbose is what Chromium only advises, such as where it would offer to keep passwords."""
    page = glass.page

    def said(message: ConsoleMessage) -> None:
        kind: str = message.type
        if kind != "verbose":
            glass.problems.append(f"{kind}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: glass.problems.append(str(error)))
    page.on("request", lambda request: glass.requests.append(request.url))


@pytest_asyncio.fixture(loop_scope="module")
async def screen(chromium: Browser) -> AsyncIterator[Screen]:
    async with opened(chromium, viewport={"width": 390, "height": 844}) as found:
        yield found
