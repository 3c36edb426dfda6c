"""The Customers screen in a real browser: find, add, open, by keyboard, on a desk and on a phone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from runtime.storage import customers
from runtime.storage.sql import Tx
from tests.browser.portal import PHONE, Seat, seated
from tests.operators import begun
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 350


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, ["Hello!"] * 5) as w:
        yield w


async def crowd(w: World) -> None:
    def unit(tx: Tx) -> None:
        for number in range(MANY):
            found = customers.create(tx, f"Customer {number:03}", "en")
            key = customers.Key(scope="", kind="email", value=f"c{number}@example.com")
            customers.add_identity(tx, found, key)

    await w.runtime.store.write(unit)


def row(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("row", name=re.compile(f"^{name}"))


async def test_whoever_writes_comes_in_live_and_is_found_and_opened_by_keyboard(
    stage: World, chromium: Browser
) -> None:
    async with seated(chromium, stage, path="/customers") as one:
        await one.sees("Nobody is known yet")
        await begun(stage, "Hi", "Ann")
        await expect(row(one, "Ann").get_by_label("Story")).to_be_visible()
        await one.is_clean()
        await one.press("/")
        await one.type("zzz")
        await one.sees("Nobody was found")
        await one.page.get_by_role("button", name="Clear the search").click()
        await expect(row(one, "Ann")).to_be_visible()
        await one.page.get_by_role("heading", name="Customers").click()
        await one.press("j", "Enter")
        await expect(one.page).to_have_url(re.compile("/customers/[0-9a-f]{24}$"))


async def test_a_contact_is_added_and_an_address_that_is_taken_leads_to_its_owner(
    stage: World, chromium: Browser
) -> None:
    async with seated(chromium, stage, path="/customers") as one:
        await one.button("Add contact").click()
        dialog = one.page.get_by_role("dialog", name="Add contact")
        await expect(dialog.get_by_label("Name")).to_be_focused()
        await one.type("Cleo")
        await dialog.get_by_label("Phone").fill("not a phone")
        await one.press("Enter")
        await expect(dialog.get_by_role("alert")).to_contain_text("phone")
        await one.is_clean()
        await dialog.get_by_label("Phone").fill("+49 30 123456")
        await one.press("Enter")
        await expect(one.page).to_have_url(re.compile("/customers/[0-9a-f]{24}$"))
        cleo = one.page.url
        await one.go("/customers")
        await expect(row(one, "Cleo")).to_be_visible()
        await one.press("n")
        await expect(dialog.get_by_label("Name")).to_be_focused()
        await one.type("Double")
        await dialog.get_by_label("Phone").fill("+4930123456")
        await one.press("Enter")
        link = dialog.get_by_role("link", name="Open the profile")
        await expect(link).to_have_attribute("href", cleo.removeprefix(one.base))
        one.problems[:] = [said for said in one.problems if "422" not in said and "409" not in said]


async def test_a_crowd_is_scrolled_with_few_rows_in_the_page_also_on_a_phone(
    stage: World, chromium: Browser
) -> None:
    await crowd(stage)
    async with seated(chromium, stage, "Nina", path="/customers?q=customer") as one:
        await expect(row(one, "Customer 349")).to_be_visible()
        table = one.page.get_by_role("table")
        scroller = table.locator("xpath=..")
        for _ in range(12):
            await scroller.evaluate("one => one.scrollTo(0, one.scrollHeight)")
            await one.page.wait_for_timeout(100)
        await expect(row(one, "Customer 000")).to_be_visible()
        assert await one.page.get_by_role("row").count() < 60
        await row(one, "Customer 000").dblclick()
        await expect(one.page).to_have_url(re.compile("/customers/[0-9a-f]{24}$"))
    async with seated(chromium, stage, "Vera", "viewer", path="/customers", viewport=PHONE) as one:
        await expect(row(one, "Customer 349")).to_be_visible()
        await expect(one.button("Add contact")).to_be_hidden()
        await one.is_clean()
