"""The customer of the demo in a browser: a phone with Telegram or WhatsApp, or a mail program, used alike."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Locator, expect

from .conftest import Glass, watch

SMALL: Any = {"width": 390, "height": 844}


@dataclass(kw_only=True)
class Phone(Glass):
    """One person, before a chat with the business."""

    name: str
    many: int = 0
    """Messages of the business that have been read."""

    @property
    def theirs(self) -> Locator:
        return self.page.locator("ul > li:not(.me)")

    async def greets(self) -> None:
        """As the platform makes a person begin."""

    async def says(self, text: str) -> None:
        await self.page.get_by_label("Message", exact=True).fill(text)
        await self.press("Enter")

    async def reads(self, text: str) -> None:
        """One more message has come, and these are its words."""
        self.many += 1
        await self.has_no_more()
        await expect(self.theirs.last.locator(".words")).to_contain_text(text)

    async def has_no_more(self) -> None:
        """Than what has been read."""
        await expect(self.theirs).to_have_count(self.many)


@dataclass(kw_only=True)
class Starter(Phone):
    """On Telegram a chat begins with /start, and that is answered."""

    async def greets(self) -> None:
        await self.reads("Hello!")


@dataclass(kw_only=True)
class Program(Phone):
    """A mail program. The newest mail stands above the others."""

    async def says(self, text: str) -> None:
        """Answers the newest mail, if there is one."""
        if self.many:
            await self._open_newest()
            await self._button("Answer").click()
        else:
            await self._button("New mail").click()
            await self.page.get_by_label("Subject").fill("A question")
        await self.page.get_by_label("Text").fill(text)
        await self._button("Send").click()

    async def reads(self, text: str) -> None:
        self.many += 1
        await self.has_no_more()
        await self._open_newest()
        frame = self.page.frame_locator("iframe")
        await expect(frame.locator("body")).to_contain_text(text)
        await self._button("Back").click()

    async def _open_newest(self) -> None:
        await self.theirs.first.get_by_role("button").click()

    def _button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)


KINDS = {"telegram": Starter, "whatsapp": Phone, "email": Program}


@contextlib.asynccontextmanager
async def held(chromium: Browser, kind: str, url: str, name: str) -> AsyncIterator[Phone]:
    """The page of this platform, in the hands of somebody of this name."""
    context = await chromium.new_context(viewport=SMALL)
    phone = KINDS[kind](page=await context.new_page(), name=name)
    watch(phone)
    await phone.page.goto(f"{url}?name={name}")
    await phone.greets()
    yield phone
    await context.close()
    assert [said for said in phone.problems if "sandboxed" not in said] == []
