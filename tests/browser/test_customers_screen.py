"""The Customers screen in a real browser: find, add, open, by keyboard, on a desk and on a phone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from runtime.storage import customers
from runtime.storage.sql import Tx
from tests.browser.portal import PHONE, Seat, scrolled, seated
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
            customers.talks(tx, found)

    await w.runtime.store.write(unit)


def row(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("row", name=re.compile(f"^{name}"))


async def test_whoever_writes_comes_in_live_and_is_found_and_opened_by_keyboard(
    stage: World, chromium: Browser
) -> None:
    async with seated(chromium, stage, path="/customers") as one:
        await one.sees("No customers yet")
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
        await scrolled(scroller, row(one, "Customer 000"))
        await expect(row(one, "Customer 000")).to_be_visible()
        assert await one.page.get_by_role("row").count() < 60
        await row(one, "Customer 000").dblclick()
        await expect(one.page).to_have_url(re.compile("/customers/[0-9a-f]{24}$"))
    async with seated(chromium, stage, "Vera", "viewer", path="/customers", viewport=PHONE) as one:
        await expect(row(one, "Customer 349")).to_be_visible()
        await expect(one.button("Add contact")).to_be_hidden()
        await one.is_clean()


SHEET = "name,email,tags,city\nMei Tanaka,mei@example.com,VIP,Bern\nBob,bob@example.com,,Köln\n,nobody,,\n"


async def test_a_crowd_is_narrowed_sorted_kept_and_taken_along(
    stage: World, chromium: Browser, tmp_path: Path
) -> None:
    await crowd(stage)
    sheet = tmp_path / "people.csv"
    sheet.write_text(SHEET)
    async with seated(chromium, stage, "Ada", "admin", path="/customers") as one:
        await one.sees("350 customers")
        await add_the_field_city(one)
        await bring(one, sheet)
        await one.sees("352 customers")
        await one.page.get_by_label("Filter by City").fill("kö")
        await one.sees("1 of 352")
        await expect(row(one, "Bob")).to_contain_text("Köln")
        await one.page.get_by_label("Filter by City").fill("")
        await one.page.get_by_role("button", name="Name").click()
        await expect(one.page.get_by_role("row").nth(2)).to_contain_text("Bob")
        await filter_vips(one)
        await one.sees("1 of 352")
        await expect(row(one, "Mei Tanaka")).to_be_visible()
        await one.is_clean()
        async with one.page.expect_download() as taken:
            await one.button("More").click()
            await one.page.get_by_role("menuitem", name="Download contacts").click()
        path = await (await taken.value).path()
        assert [line.split(",")[1] for line in path.read_text().splitlines()] == [
            "name",
            "Mei Tanaka",
        ]
        one.problems[:] = [said for said in one.problems if "Content-Disposition" not in said]


async def add_the_field_city(one: Seat) -> None:
    await one.button("More").click()
    await one.page.get_by_role("menuitem", name="Fields settings").click()
    dialog = one.page.get_by_role("dialog", name="Fields settings")
    await dialog.get_by_role("tab", name="Fields").click()
    await dialog.get_by_role("button", name="Add field").click()
    await dialog.get_by_label("Title").fill("City")
    await expect(dialog.get_by_label("Technical name")).to_have_value("city")
    await one.is_clean()
    await dialog.get_by_role("button", name="Save fields").click()
    await one.sees("The fields are saved")
    await one.button("More").click()
    await one.page.get_by_role("menuitem", name="Fields settings").click()
    await dialog.get_by_label("City").check()
    await one.press("Escape")


async def bring(one: Seat, sheet: Path) -> None:
    await one.button("More").click()
    await one.page.get_by_role("menuitem", name="Import contacts").click()
    dialog = one.page.get_by_role("dialog", name="Import contacts")
    await dialog.locator("input[type=file]").set_input_files(sheet)
    await expect(dialog.get_by_text("2 would be added, 0 changed.")).to_be_visible()
    await expect(dialog.get_by_text("Line 4: nobody: this is no email")).to_be_visible()
    await one.is_clean()
    await dialog.get_by_role("button", name="Import", exact=True).click()
    await one.sees("2 added, 0 changed")


async def filter_vips(one: Seat) -> None:
    """By keyboard, kept, cleared, and chosen again."""
    await one.page.get_by_role("heading", name="Customers").click()
    await one.press("f")
    panel = one.page.get_by_role("complementary", name="Filters")
    await panel.get_by_label("Value", exact=True).fill("vip")
    await panel.get_by_label("Save as").fill("Important")
    await panel.get_by_role("button", name="Save", exact=True).click()
    await one.sees("The filter Important is saved, for everybody")
    await panel.get_by_role("button", name="Clear").click()
    await one.sees("352 customers")
    await panel.get_by_role("button", name="Saved filters").click()
    await one.page.get_by_role("menuitem", name="Important").click()
