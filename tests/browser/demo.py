"""`python -m runtime demo` as its users have it: a process, what it prints, and windows on what it serves."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.flows.test_command_line import demo
from tests.servers import free_ports

from .conftest import watch
from .phone import Phone, held
from .portal import Seat, seat

PAGES = {"telegram": "Your Telegram", "whatsapp": "Your WhatsApp", "email": "Your mail"}
"""How the demo calls them, by the kind of the channel."""


@dataclass(kw_only=True)
class Printed:
    """What the demo tells whoever starts it."""

    lines: list[str] = field(default_factory=list)
    is_whole: asyncio.Event = field(default_factory=asyncio.Event)

    def after(self, label: str) -> str:
        (found,) = (one for one in self.lines if one.startswith(f"  {label} "))
        return found.removeprefix(f"  {label}").strip()

    async def read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            self.lines.append(line.decode().rstrip())
            if line.startswith(b"  Stop "):
                self.is_whole.set()

    def phone(
        self, chromium: Browser, kind: str, name: str
    ) -> contextlib.AbstractAsyncContextManager[Phone]:
        """A customer's, on this kind of channel."""
        return held(chromium, kind, self.after(PAGES[kind]), name)


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Printed]:
    """The demo, with its state in this folder."""
    process = await demo(folder, free_ports(6))
    told = Printed()
    reading = asyncio.create_task(told.read(process))
    try:
        async with asyncio.timeout(60):
            await told.is_whole.wait()
        yield told
    finally:
        process.kill()
        await reading
        await process.wait()


@contextlib.asynccontextmanager
async def logged_in(chromium: Browser, printed: Printed) -> AsyncIterator[Seat]:
    """A window on the portal, of who has typed what was printed."""
    # A dot is to pulse.
    async with seat(
        chromium, printed.after("Portal").rstrip("/"), reduced_motion="no-preference"
    ) as one:
        email, password = printed.after("Login").split("  /  ")
        await one.go("/")
        await one.page.get_by_label("Email").fill(email)
        await one.page.get_by_role("textbox", name="Password").fill(password)
        await one.button("Log in").click()
        await expect(one.page.get_by_role("heading", name="Human Agents")).to_be_visible()
        one.problems[:] = [said for said in one.problems if "401" not in said]  # nobody, at first
        yield one


@contextlib.asynccontextmanager
async def opened(one: Seat, click: Locator) -> AsyncIterator[Seat]:
    """The browser tab that a click opens, with the conversation in Human Agents."""
    async with one.context.expect_page() as coming:
        await click.click()
    page: Page = await coming.value
    await page.wait_for_url(re.compile("/human-agents/.+"))
    tab = replace(one, page=page)
    watch(tab)
    yield tab
    await page.close()


@contextlib.asynccontextmanager
async def beside(one: Seat, path: str) -> AsyncIterator[Seat]:
    """Another tab of the same window."""
    tab = replace(one, page=await one.context.new_page())
    watch(tab)
    await tab.go(path)
    yield tab
    await tab.page.close()
    await one.page.bring_to_front()


@contextlib.contextmanager
def sentence(words: str) -> Iterator[None]:
    """A step of a story; a failure tells which."""
    try:
        yield
    except Exception as error:
        error.add_note(f"This was to be seen: {words}")
        raise
