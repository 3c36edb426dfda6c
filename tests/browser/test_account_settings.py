"""Settings > My profile and API tokens in a real browser: name, password, looks; issue, copy, use, revoke."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.portal import PHONE, Seat, seated
from tests.operators import PASSWORD, Desk, desk
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
NEW = "a battery of correct horses"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path) as w:
        yield w


async def may_log_in(w: World, email: str, password: str) -> bool:
    async with aiohttp.ClientSession() as http:
        somebody = Desk(id="", email=email, base=w.base, http=http)
        return (await somebody.post("/login", email=email, password=password)).status == 200


async def test_my_name_and_password_are_mine_to_change(stage: World, chromium: Browser) -> None:
    async with desk(stage, "boss", "admin") as boss, seated(chromium, stage, "olga") as one:
        await one.button("Account: olga").click()
        await one.page.get_by_role("menuitem", name="My profile").click()
        name = one.page.get_by_label("Name")
        await name.fill("Olga Berg")
        await one.is_clean()
        await name.press("Enter")
        await expect(one.button("Account: Olga Berg")).to_be_visible()

        await one.page.get_by_label("Current password").fill("a guess")
        await one.page.get_by_label("New password").fill(NEW)
        await one.press("Enter")
        await one.sees("This is not your current password.")
        await one.page.get_by_label("Current password").fill(PASSWORD)
        await one.press("Enter")
        await one.sees("Your password was changed")
        assert not await may_log_in(stage, one.email, PASSWORD)
        assert await may_log_in(stage, one.email, NEW)

        # The socket of the old login is closed by now, and goes on with the new one.
        await one.page.wait_for_timeout(2500)
        await boss.ask("PATCH", f"/operators/{one.id}", {"name": "Olga Adler"})
        await expect(one.button("Account: Olga Adler")).to_be_visible()
        await expect(name).to_have_value("Olga Adler")
        await one.page.get_by_role("main").get_by_text("Deutsch").click()
        await expect(one.page.get_by_role("heading", name="Mein Profil")).to_be_visible()
        one.problems[:] = [said for said in one.problems if "403" not in said]


async def issued(one: Seat) -> str:
    """A token, by keyboard; it is copied, and then nowhere any more."""
    await one.press("n")
    dialog = one.page.get_by_role("dialog")
    await expect(dialog.get_by_label("What is it for?")).to_be_focused()
    await one.press("Enter")
    await expect(dialog.get_by_text("Enter what it is for.")).to_be_visible()
    await one.write("Nightly export")
    token = dialog.get_by_role("textbox", name="The token")
    await expect(token).to_have_value(re.compile("^baton_"))
    await one.is_clean()
    await one.press("Escape")
    await dialog.get_by_role("button", name="Copy the token").press("Enter")
    await dialog.get_by_role("button", name="Done").press("Enter")
    await expect(dialog).to_be_hidden()
    return str(await one.page.evaluate("navigator.clipboard.readText()"))


async def test_a_token_is_shown_once_works_and_is_revoked(stage: World, chromium: Browser) -> None:
    options = {"viewport": PHONE, "permissions": ["clipboard-read", "clipboard-write"]}
    async with seated(chromium, stage, "vera", "viewer", "/settings/tokens", **options) as one:
        await one.sees("You have no tokens")
        token = await issued(one)
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
            program = Desk(id="", email="", base=stage.base, http=http)
            assert (await program.get("/me")).body["operator"]["name"] == "vera"
            cell = one.page.get_by_role("cell", name="Nightly export", exact=True)
            await expect(cell).to_be_visible()
            assert token not in await one.page.content()
            await one.is_clean()
            await one.button("Revoke Nightly export").press("Enter")
            await one.button("Revoke").press("Enter")
            await one.sees("You have no tokens")
            assert (await program.get("/me")).status == 401
        wide = await one.page.evaluate("document.documentElement.scrollWidth")
        assert wide == PHONE["width"]
