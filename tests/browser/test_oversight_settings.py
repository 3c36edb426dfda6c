"""Settings > Quarantine and Audit in a real browser: look, replay, dismiss; and who did that."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from runtime.storage import inbound
from tests.browser.portal import PHONE, Seat, seated
from tests.operators import desk
from tests.story import CHANNEL, World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANN = {"id": 77, "is_bot": False, "first_name": "Ann"}
LETTER = {"message_id": 1, "date": 1, "from": ANN, "text": "<b>Where is it?</b>"}
READABLE = {**LETTER, "chat": {"id": 77, "type": "private", "first_name": "Ann"}}
BROKEN = {**LETTER, "chat": 77}


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path) as w:
        yield w


async def put_aside(w: World, number: int, message: dict[str, Any], why: str) -> None:
    """As by an older Baton, which could not read it."""
    body = json.dumps({"update_id": number, "message": message}).encode()
    await w.runtime.store.write(lambda tx: inbound.put_aside(tx, CHANNEL, str(number), body, why))


def row(one: Seat, reason: str) -> Locator:
    return one.page.get_by_role("row").filter(has_text=reason)


async def opened(one: Seat, reason: str) -> Locator:
    await row(one, reason).get_by_role("link").press("Enter")
    panel = one.page.get_by_role("dialog", name="What arrived")
    await expect(panel.get_by_text(reason)).to_be_visible()
    await expect(panel.get_by_role("button", name="Replay")).to_be_visible()
    return panel


async def test_what_could_not_be_read_is_replayed_or_dismissed(
    stage: World, chromium: Browser
) -> None:
    await put_aside(stage, 8, READABLE, "Unknown kind")
    await put_aside(stage, 9, BROKEN, "Not a chat")
    async with seated(chromium, stage, "boss", "admin", "/settings/quarantine") as one:
        await expect(row(one, "Unknown kind").get_by_text("Open")).to_be_visible()
        await one.is_clean()
        panel = await opened(one, "Not a chat")
        await expect(panel.get_by_text('"text": "<b>Where is it?</b>"')).to_be_visible()
        await one.is_clean()
        await one.press("r")
        await one.sees("It still cannot be read.")
        await one.press("d")
        await one.sees("It was dismissed")
        await expect(panel.get_by_role("button", name="Dismiss")).to_be_hidden()
        await one.press("Escape")
        await expect(row(one, "Not a chat").get_by_text("Dismissed")).to_be_visible()
        panel = await opened(one, "Unknown kind")
        await one.press("r")
        await one.sees("It was read this time")
        await expect(panel.get_by_text("and has been dealt with.")).to_be_visible()
        await stage.until_rows(lambda rows: (LETTER["text"],) in rows, "log", "text")
        await one.press("Escape")
        await expect(row(one, "Unknown kind").get_by_text("Replayed")).to_be_visible()
        one.problems[:] = [said for said in one.problems if "409" not in said]


async def test_a_stopped_channel_is_said_and_led_to(stage: World, chromium: Browser) -> None:
    await put_aside(stage, 8, READABLE, "Unknown kind")
    async with seated(chromium, stage, "boss", "admin", "/settings/quarantine") as one:
        panel = await opened(one, "Unknown kind")
        async with desk(stage, "paul", "admin") as paul:
            await paul.post(f"/channels/{CHANNEL}/stop")
        await stage.until(lambda: stage.runtime.roster.place(CHANNEL) is None, "it stops")
        await panel.get_by_role("button", name="Replay").click()
        await one.sees("The channel does not run.")
        await panel.get_by_role("link", name="To the channel").click()
        await expect(one.page).to_have_url(f"{stage.base}/settings/channels/{CHANNEL}")
        one.problems[:] = [said for said in one.problems if "503" not in said]


async def test_who_did_what_when_is_told_live_and_page_by_page(
    stage: World, chromium: Browser
) -> None:
    options = {"viewport": PHONE, "locale": "de"}
    async with (
        desk(stage, "boss", "admin") as boss,
        seated(chromium, stage, "paul", "admin", "/settings/audit", **options) as one,
    ):
        await one.sees("Noch wurde nichts geändert")
        for number in range(60):
            await boss.post("/tokens", name=f"Token {number}")
        hours = {"timezone": "UTC", "hours": {"monday": [["09:00", "17:00"]]}}
        await boss.ask("PATCH", f"/operators/{one.id}", {"schedule": hours})
        line = one.page.get_by_role("listitem").filter(has_text="boss hat jemanden geändert:")
        await expect(line.get_by_role("link", name="paul")).to_be_visible()
        await line.get_by_text("Einzelheiten").click()
        await expect(line.get_by_text("09:00")).to_be_visible()
        await one.is_clean()
        await expect(one.page.get_by_text("Token 0", exact=True)).to_be_hidden()
        await one.button("Ältere zeigen").click()
        await expect(one.page.get_by_text("Token 0", exact=True)).to_be_visible()
        await expect(one.button("Ältere zeigen")).to_be_hidden()
        wide = await one.page.evaluate("document.documentElement.scrollWidth")
        assert wide == PHONE["width"]
