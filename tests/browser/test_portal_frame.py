"""The portal's frame in a real browser: log in, look around, lose the network, leave."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.portal import Seat, seat, seated
from tests.operators import PASSWORD, hire
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path) as w:
        yield w


@pytest_asyncio.fixture(loop_scope="module")
async def olga(stage: World, chromium: Browser) -> AsyncIterator[Seat]:
    async with seated(chromium, stage) as one:
        yield one


async def test_logging_in_by_keyboard_leads_to_the_page_that_was_asked_for(
    stage: World, chromium: Browser
) -> None:
    await hire(stage, "olga")
    async with seat(chromium, stage.base) as one:
        await one.go("/nowhere?x=1")
        await expect(one.page.get_by_label("Email")).to_be_focused()
        await one.is_clean()
        await one.type("olga@b.example")
        await one.press("Tab")
        await one.type("wrong password")
        await one.press("Enter")
        await expect(one.page.get_by_role("alert")).to_have_text("Email or password is wrong.")
        await one.page.get_by_role("textbox", name="Password").fill(PASSWORD)
        await one.press("Enter")
        await one.sees("There is nothing here")
        assert one.page.url == f"{stage.base}/nowhere?x=1"
        one.problems[:] = [said for said in one.problems if "401" not in said]


async def test_the_frame_is_accessible_and_speaks_german(olga: Seat) -> None:
    await expect(olga.page.get_by_role("heading", level=1)).to_be_visible()
    await olga.is_clean()
    await olga.button("Account: Olga").click()
    await olga.page.get_by_text("Deutsch").click()
    await expect(olga.page.get_by_role("navigation", name="Hauptmenü")).to_be_visible()
    await olga.page.reload()
    await expect(olga.page.locator("html")).to_have_attribute("lang", "de")
    await expect(olga.page.get_by_role("navigation", name="Hauptmenü")).to_be_visible()


ASKING = """
window.Notification = class {
    static get permission() { return localStorage.answer ?? "default" }
    static async requestPermission() { return this.permission }
}
"""


async def test_notifications_are_offered_after_the_login_until_they_are_answered(
    stage: World, chromium: Browser
) -> None:
    async with seated(chromium, stage, storage_state=None) as one:
        await one.context.add_init_script(ASKING)
        await one.go("/customers")
        offer = one.page.get_by_role("dialog", name="Enable notifications")
        await expect(offer).to_be_visible()
        await one.is_clean()
        await one.button("Allow notifications").click()  # and the browser's question is closed
        await one.page.reload()
        await expect(offer).to_be_visible()
        await one.page.evaluate("localStorage.answer = 'granted'")
        await one.button("Allow notifications").click()
        await one.sees("Notifications are on")
        await expect(offer).to_be_hidden()
        await one.page.evaluate("delete localStorage.answer")
        await one.page.reload()
        await one.button("Not now").click()
        await one.page.reload()
        await expect(one.page.get_by_role("main")).to_be_visible()
        await expect(offer).to_be_hidden()


async def test_a_question_mark_lists_the_keys_and_the_palette_does_what_the_menu_can(
    olga: Seat,
) -> None:
    await expect(olga.page.get_by_role("main")).to_be_visible()
    await olga.press("?")
    keys = olga.page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(keys.get_by_text("Command palette")).to_be_visible()
    await olga.press("Escape")
    await expect(keys).to_be_hidden()
    await olga.press("Control+k")
    words = olga.page.get_by_role("textbox", name="Command palette")
    await expect(words).to_be_focused()
    await words.fill("deutsch")
    await olga.press("Enter")
    await expect(olga.page.locator("html")).to_have_attribute("lang", "de")
    await olga.press("Control+k")
    words = olga.page.get_by_role("textbox", name="Befehle")
    await words.fill("abmelden")
    await expect(olga.page.get_by_role("button", name="Abmelden")).to_be_visible()
    await olga.press("Enter")
    await olga.sees("Bei Baton anmelden")
    olga.problems[:] = [said for said in olga.problems if "401" not in said]


async def test_a_lost_network_is_said_and_comes_back_by_itself(olga: Seat) -> None:
    await expect(olga.page.get_by_role("main")).to_be_visible()
    await olga.context.set_offline(True)
    await olga.sees("You are offline.")
    await olga.context.set_offline(False)
    await expect(olga.page.get_by_text("You are offline.")).to_be_hidden()
    cut = ("ERR_INTERNET_DISCONNECTED", "WebSocket is closed before")
    olga.problems[:] = [said for said in olga.problems if not any(one in said for one in cut)]


async def test_whoever_logs_out_sees_the_login_and_nothing_else(olga: Seat) -> None:
    await olga.button("Account: Olga").click()
    await olga.page.get_by_role("menuitem", name="Log out").click()
    await olga.sees("Log in to Baton")
    await olga.page.reload()
    await olga.sees("Log in to Baton")
    olga.problems[:] = [said for said in olga.problems if "401" not in said]
