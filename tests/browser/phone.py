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

    @property
    def theirs(self) -> Locator:
        """What came from the business."""
        return self.page.locator("ul > li:not(.me)")

    async def says(self, text: str) -> None:
        await self.page.get_by_label("Message", exact=True).fill(text)
        await self.press("Enter")

    async def reads(self, text: str, *, many: int) -> None:
        """So many messages have come, and this stands in the last of them."""
        await expect(self.theirs).to_have_count(many)
        await expect(self.theirs.last.locator(".words")).to_contain_text(text)


@dataclass(kw_only=True)
class Program(Phone):
    """One person, before a mail program. The newest mail stands above the others."""

    async def says(self, text: str) -> None:
        """Answers the newest mail, if there is one."""
        if await self.theirs.count():
            await self.opens_newest()
            await self._button("Answer").click()
        else:
            await self._button("New mail").click()
            await self.page.get_by_label("Subject").fill("A question")
        await self.page.get_by_label("Text").fill(text)
        await self._button("Send").click()

    async def reads(self, text: str, *, many: int) -> None:
        await expect(self.theirs).to_have_count(many)
        await self.opens_newest()
        frame = self.page.frame_locator("iframe")
        await expect(frame.locator("body")).to_contain_text(text)
        await self._button("Back").click()

    async def opens_newest(self) -> None:
        await self.theirs.first.get_by_role("button").click()

    def _button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)


@contextlib.asynccontextmanager
async def held(chromium: Browser, kind: str, url: str, name: str) -> AsyncIterator[Phone]:
    """The page of this platform, in the hands of somebody of this name."""
    context = await chromium.new_context(viewport=SMALL)
    kinds = {"email": Program}
    phone = kinds.get(kind, Phone)(page=await context.new_page(), name=name)
    watch(phone)
    await phone.page.goto(f"{url}?name={name}")
    yield phone
    await context.close()
    assert [said for said in phone.problems if "sandboxed" not in said] == []
