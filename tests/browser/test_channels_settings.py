"""Settings > Channels in a real browser: a bot is connected, mended, tried, changed, stopped and deleted."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Route, expect

from emulators.whatsapp import setup
from tests import number
from tests.browser.portal import PHONE, Seat, seated
from tests.operators import begun
from tests.story import World, world
from tests.whatsapp import Shop, shops

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOKEN = "77:outlet"
HOME = "/settings/channels"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, ["Hello!"] * 4) as w:
        w.platform.telegram.add_bot(TOKEN, name="Outlet")
        yield w


def card(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("listitem").filter(has_text=name)


def written(one: Seat) -> list[Any]:
    """What the page sends with PATCH from now on."""
    found: list[Any] = []
    one.page.on(
        "request",
        lambda asked: found.append(asked.post_data_json) if asked.method == "PATCH" else None,
    )
    return found


async def is_now(one: Seat, state: str) -> None:
    await expect(one.page.get_by_role("status").get_by_text(state, exact=True)).to_be_visible()


async def test_a_bot_is_connected_mended_tried_changed_stopped_and_deleted(
    stage: World, chromium: Browser
) -> None:
    may_copy = ["clipboard-read", "clipboard-write"]
    async with (
        seated(chromium, stage, "Ada", "admin", HOME, permissions=may_copy) as ada,
        seated(chromium, stage, "Vera", "viewer", HOME, viewport=PHONE) as vera,
    ):
        await expect(card(ada, "Story").get_by_text("Running")).to_be_visible()
        await connect(ada, stage)
        await expect(card(vera, "Outlet").get_by_text("Error", exact=True)).to_be_visible()
        await mend(ada)
        await expect(card(vera, "Outlet").get_by_text("Running")).to_be_visible()
        await change(ada)
        await read(vera)
        await end(ada)
        await vera.sees("There is no such channel")


async def connect(ada: Seat, stage: World) -> None:
    """With a token that is no bot's."""
    await ada.press("n")
    await ada.sees("Which kind of account do you want to connect?")
    await ada.page.get_by_role("link", name="Telegram").press("Enter")
    await ada.button("Connect").click()
    name, token = ada.page.get_by_label("Name"), ada.page.get_by_label("Bot token")
    await expect(name).to_be_focused()
    for field in (name, token):
        await expect(field).to_have_accessible_description(re.compile("It is missing."))
    await ada.is_clean()
    await name.fill("Outlet")
    await token.fill("77:typo")
    await ada.page.get_by_label("API server").fill(stage.platform.url)
    await token.press("Enter")
    await ada.sees("Outlet is added")
    await ada.sees("The bot's token is revoked or wrong.")
    await is_now(ada, "Error")
    await ada.button("Test").click()
    await ada.sees("The test failed")
    await ada.sees("Put in again: token")


async def mend(ada: Seat) -> None:
    """Then it runs by itself, and says which bot it is, and where it is reached."""
    await ada.page.get_by_label("Bot token").fill(TOKEN)
    await ada.page.get_by_role("link", name="All channels").click()
    await ada.page.get_by_role("dialog", name="Leave without saving?").get_by_text("Stay").click()
    await ada.button("Save").click()
    await is_now(ada, "Running")
    await expect(ada.page.get_by_label("Bot token")).to_have_value("")
    await ada.button("Test").click()
    await ada.sees("The credentials work: this is @")
    await ada.button("Copy the webhook address").click()
    await expect(ada.page.get_by_text("Copied").first).to_be_attached()
    copied = await ada.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{ada.base}/webhooks/telegram/{ada.page.url.rsplit('/', 1)[1]}"


async def change(ada: Seat) -> None:
    """Without the secret, which stays; and who answers."""
    sent = written(ada)
    await ada.page.get_by_role("combobox", name="How messages come in").click()
    await ada.page.get_by_role("option", name="polling").click()
    await ada.button("Remove Kestrel Support").press("Enter")
    await ada.button("Save").click()
    await ada.sees("Saved. The channel connects again.")
    assert sent == [{"name": None, "settings": {"mode": "polling"}}]
    await is_now(ada, "Running")
    await ada.page.get_by_role("combobox", name="Add an agent").press("ArrowDown")
    await expect(ada.page.get_by_role("option", name="Kestrel Support")).to_be_visible()
    await ada.press("ArrowDown", "Enter")
    await expect(ada.button("Remove Kestrel Support")).to_be_visible()
    await ada.button("Save").click()
    await expect(ada.button("Save")).to_be_disabled()
    await ada.page.get_by_role("tab", name="Log").click()
    lines = ada.page.get_by_role("list", name="Log").get_by_role("listitem")
    await expect(lines.first).to_contain_text("Connected")
    await expect(lines.get_by_text("The bot's token is revoked or wrong.")).to_be_visible()
    await expect(ada.page).to_have_url(re.compile("tab=log$"))


async def read(vera: Seat) -> None:
    """A viewer sees everything but the secrets, and cannot change anything."""
    await vera.page.get_by_role("link", name="Outlet").click()
    await vera.sees("You see this, but only admins change channels.")
    await vera.sees("Set, and never shown again")
    await vera.sees("Baton asks Telegram (polling)")
    for name in ("Save", "Start", "Stop", "Test", "Delete"):
        await expect(vera.button(name)).to_be_hidden()
    assert await vera.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def end(ada: Seat) -> None:
    await ada.button("Stop").click()
    await is_now(ada, "Stopped")
    await expect(ada.button("Start")).to_be_enabled()
    await ada.button("Delete").click()
    await ada.page.get_by_role("dialog", name="Delete Outlet?").get_by_text("Delete").last.click()
    await ada.sees("Outlet is deleted")
    await expect(card(ada, "Story")).to_be_visible()
    await expect(card(ada, "Outlet")).to_be_hidden()


async def submitted(stage: World, shop: Shop) -> None:
    """A number with one template."""
    setup.template(shop.meta, shop.number.waba, "may_we_help", "Hello {{1}}, may we go on?")
    await stage.runtime.store.write(number.connect(stage.runtime, shop, shop.number, "wa"))


async def test_what_is_changed_while_the_rest_is_saved_is_not_lost(
    stage: World, chromium: Browser
) -> None:
    async with seated(chromium, stage, "Ada", "admin", HOME) as ada:
        await card(ada, "Story").get_by_role("link").click()
        name, save = ada.page.get_by_label("Name"), ada.button("Save")
        may_go = asyncio.Event()

        async def late(route: Route) -> None:
            await may_go.wait()
            await route.continue_()

        await ada.page.route(re.compile("/channels/[^/]+$"), late)
        await name.fill("Shop")
        await save.click()
        await name.fill("Main shop")
        may_go.set()
        await expect(ada.page.get_by_role("heading", name="Shop", exact=True)).to_be_visible()
        await expect(name).to_have_value("Main shop")
        await save.click()
        await stage.until_rows(lambda rows: ("Main shop",) in rows, "channels", "name")


async def test_what_has_a_history_stays_and_templates_are_looked_up_again(
    stage: World, chromium: Browser
) -> None:
    await begun(stage)
    async with shops() as shop, seated(chromium, stage, "Ada", "admin", f"{HOME}/tg") as ada:
        await submitted(stage, shop)
        await ada.button("Delete").click()
        await ada.page.get_by_role("dialog").get_by_text("Delete").last.click()
        await ada.sees("This channel has conversations, which are kept.")
        await ada.go(f"{HOME}/wa?tab=templates")
        shown = ada.page.get_by_role("list", name="Templates").get_by_role("listitem")
        await expect(shown).to_have_count(1)
        await expect(shown).to_contain_text("Approved")
        setup.template(shop.meta, shop.number.waba, "sale", "All must go.", status="REJECTED")
        await ada.button("Look again").click()
        await expect(shown.filter(has_text="sale").get_by_text("Rejected")).to_be_visible()
        ada.problems[:] = [said for said in ada.problems if "409" not in said]
