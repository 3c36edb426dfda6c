"""A customer's profile in a real browser: what is known of somebody, and changing it."""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.portal import Seat, seated
from tests.operators import begun, desk
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@contextlib.asynccontextmanager
async def two(chromium: Browser, url: str, folder: Path) -> AsyncIterator[tuple[World, Seat, Seat]]:
    """Olga and Paul, both before Ann's profile."""
    async with world(url, folder) as w:
        await begun(w)
        ((ann,),) = await w.rows("customers", "id")
        async with (
            seated(chromium, w, "Olga", path=f"/customers/{ann}") as olga,
            seated(chromium, w, "Paul", path=f"/customers/{ann}") as paul,
        ):
            await expect(paul.button("Add fact")).to_be_visible()
            yield w, olga, paul


async def test_name_and_facts_are_changed_by_keyboard_and_seen_by_a_colleague(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with two(chromium, sqlite_url, tmp_path) as (w, olga, paul):
        await olga.button("Change the name").press("Enter")
        await olga.press("Control+a")
        await olga.write("Ann Example")
        await expect(paul.page.get_by_role("heading", name="Ann Example")).to_be_visible()
        await olga.button("Add fact").press("Enter")
        await olga.type("order")
        await olga.press("Tab")
        await olga.write("7")
        await paul.sees("order")
        assert await w.rows("customers", "name") == [("Ann Example",)]
        await olga.is_clean()
        await olga.button("Forget order").press("Enter")
        await expect(paul.page.get_by_text("order", exact=True)).to_be_hidden()


async def test_addresses_are_added_and_removed_and_whose_they_are_is_said(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with two(chromium, sqlite_url, tmp_path) as (w, olga, paul):
        await olga.button("Add address").press("Enter")
        await olga.write("no address")
        await olga.sees("This is not an email address")
        await olga.press("Control+a")
        await olga.write("ann@example.com")
        await expect(olga.page.get_by_role("textbox", name="Email")).to_be_hidden()
        await paul.sees("ann@example.com")
        await olga.button("Remove ann@example.com").press("Enter")
        await olga.page.get_by_role("button", name="Remove", exact=True).press("Enter")
        await expect(paul.page.get_by_text("ann@example.com")).to_be_hidden()
        async with desk(w, "other") as other:
            taken = {"name": "Bob", "identities": [{"kind": "phone", "value": "+49 30 123456"}]}
            bob = (await other.post("/customers", **taken)).body["id"]
        await olga.button("Add address").press("Enter")
        await olga.page.get_by_text("Phone", exact=True).click()
        await olga.page.get_by_role("textbox", name="Phone").fill("+49 30 123456")
        await olga.press("Enter")
        link = olga.page.get_by_role("link", name="Show that customer")
        await expect(link).to_have_attribute("href", f"/customers/{bob}")
        await olga.is_clean()
        olga.problems[:] = [one for one in olga.problems if not re.search("409|422", one)]


async def test_an_address_that_is_nobodys_says_so(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with (
        world(sqlite_url, tmp_path) as w,
        seated(chromium, w, path="/customers/nobody") as one,
    ):
        await one.sees("There is no such customer")
        one.problems[:] = [said for said in one.problems if "404" not in said]


async def test_tags_fields_and_notes_are_kept_and_two_who_are_one_are_merged(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with (
        two(chromium, sqlite_url, tmp_path) as (w, olga, paul),
        desk(w, "b", "admin") as boss,
    ):
        field = {"name": "segment", "title": "Segment", "type": "choice", "choices": ["Retail"]}
        await boss.ask("PUT", "/customer-fields", {"items": [field]})
        email = {"kind": "email", "value": "ann@example.com"}
        other = (await boss.post("/customers", name="ann", identities=[email])).body["id"]
        await olga.page.reload()
        await olga.button("Add tag").press("Enter")
        await olga.write("VIP")
        await expect(paul.page.get_by_role("list", name="Tags")).to_contain_text("VIP")
        await olga.page.get_by_label("Segment").select_option("Retail")
        await olga.page.get_by_label("Write a note for colleagues").fill("Likes tea <b>")
        await olga.press("Control+Enter")
        await paul.sees("Likes tea <b>")
        await olga.is_clean()
        await merge_with(olga, "ann@example.com")
        await paul.sees("ann@example.com")
        found = (await boss.get(f"/customers/{other}")).body
        kept = [found[name] for name in ("name", "tags", "facts")]
        assert kept == ["Ann", ["VIP"], {"segment": "Retail"}]
        await paul.go(f"/customers/{other}")
        await expect(paul.page).to_have_url(re.compile(f"/customers/{found['id']}$"))
        await olga.button("Remove the tag VIP").click()
        await expect(paul.page.get_by_text("VIP")).to_be_hidden()


async def merge_with(one: Seat, address: str) -> None:
    await one.button("Merge").press("Enter")
    dialog = one.page.get_by_role("dialog", name="Merge")
    await dialog.get_by_role("radio", name=address).click()
    await one.is_clean()
    await dialog.get_by_role("button", name="Merge into one").click()
