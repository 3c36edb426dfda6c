"""Settings > Operators in a real browser: hire, give hours, take a role away, deactivate, read only."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.browser.portal import PHONE, Seat, seated
from tests.operators import begun, desk
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/settings/operators"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path) as w:
        yield w


def row(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("row").filter(has_text=name)


async def hired(one: Seat) -> Locator:
    """Nina, by keyboard, with what goes wrong on the way; the panel that says so."""
    await expect(row(one, "boss").get_by_text("Online")).to_be_visible()
    await one.press("n")
    panel = one.page.get_by_role("dialog", name="Add operator")
    await expect(panel.get_by_label("Name")).to_be_focused()
    await one.type("Nina")
    await panel.get_by_label("Email").fill("BOSS@b.example")
    await panel.get_by_role("button", name="Generate").click()
    password = panel.get_by_role("textbox", name="Password")
    await expect(password).to_have_value(re.compile(r"^(\w{4}-){3}\w{4}$"))
    await one.is_clean()
    await password.press("Enter")
    await expect(panel.get_by_text("Somebody here has this email already.")).to_be_visible()
    await panel.get_by_label("Email").fill("nina@b.example")
    await panel.get_by_label("Email").press("Enter")
    await expect(panel.get_by_text("Email: nina@b.example")).to_be_visible()
    return panel


async def test_somebody_is_hired_and_given_hours(stage: World, chromium: Browser) -> None:
    async with seated(chromium, stage, "boss", "admin", PATH) as one:
        panel = await hired(one)
        await panel.get_by_role("button", name="Done").press("Enter")
        await expect(row(one, "Nina").get_by_text("Always")).to_be_visible()
        await row(one, "Nina").get_by_role("link").press("Enter")
        panel = one.page.get_by_role("dialog", name="Nina")
        await panel.get_by_text("Working hours").click()
        await panel.get_by_role("button", name="More hours on Monday").click()
        ends = panel.get_by_label("Monday, 1: until")
        await ends.fill("19")
        await expect(panel.get_by_text("It overlaps with other hours")).to_be_visible()
        await ends.fill("12.30")
        await ends.blur()
        await expect(ends).to_have_value("12:30")
        await panel.get_by_label("Monday, 2: from").fill("13")
        await panel.get_by_label("Monday, 2: until").fill("17")
        await panel.get_by_role("button", name=re.compile("working days as on Monday")).click()
        await panel.get_by_role("switch", name="Friday is a working day").press("Space")
        await panel.get_by_role("combobox", name="Time zone").fill("tokyo")
        await one.page.get_by_role("option", name="Asia/Tokyo").click()
        await expect(panel.get_by_text("30 hours a week")).to_be_visible()
        await one.is_clean()
        await panel.get_by_role("button", name="Save").click()
        await one.sees("Nina was saved")
        await expect(row(one, "Nina")).to_contain_text("Mon–Thu 09:00–12:30, 13:00–17:00")
        await expect(row(one, "Nina")).to_contain_text("Tokyo")
        one.problems[:] = [said for said in one.problems if "409" not in said]


async def test_who_is_deactivated_gives_back_what_he_has_and_is_told_of_before(
    stage: World, chromium: Browser
) -> None:
    async with (
        desk(stage, "paul") as paul,
        seated(chromium, stage, "boss", "admin", PATH) as one,
    ):
        session = await begun(stage)
        await paul.post(f"/sessions/{session}/takeover")
        await one.go(f"{PATH}/{paul.id}")
        panel = one.page.get_by_role("dialog", name="paul")
        await panel.get_by_role("button", name="Deactivate").click()
        question = one.page.get_by_role("dialog", name="Deactivate paul?")
        await expect(question).to_contain_text("Their open conversation goes back to Unassigned")
        await one.is_clean()
        await question.get_by_role("button", name="Deactivate").press("Enter")
        await expect(row(one, "paul").get_by_text("Deactivated")).to_be_visible()
        assert (await paul.get("/me")).status == 401
        await stage.until_rows(lambda rows: rows == [("waiting",)], "sessions", "mode")
        await panel.get_by_role("button", name="Activate").click()
        await one.sees("paul can log in again")
        assert (await paul.login()).status == 200
        await panel.get_by_label("Name").fill("Paula")
        await one.press("Escape")
        await one.button("Keep editing").press("Enter")
        await panel.get_by_role("combobox", name="Role").click()
        await one.page.get_by_role("option", name="Viewer").click()
        await panel.get_by_role("button", name="Save").click()
        await one.button("Make a viewer").press("Enter")
        await expect(row(one, "Paula").get_by_text("Viewer")).to_be_visible()


async def test_others_see_who_works_here_on_a_phone_in_german(
    stage: World, chromium: Browser
) -> None:
    options = {"viewport": PHONE, "locale": "de"}
    async with (
        desk(stage, "boss", "admin") as boss,
        seated(chromium, stage, "olga", "operator", PATH, **options) as one,
    ):
        await one.sees("Nur die Administration darf hier etwas ändern.")
        hours = {"timezone": "Asia/Tokyo", "hours": {"friday": [["22:00", "06:00"]]}}
        await boss.ask("PATCH", f"/operators/{one.id}", {"schedule": hours})
        await expect(row(one, "olga")).to_contain_text("Fr 22:00–06:00")
        await one.is_clean()
        await row(one, "olga").get_by_role("link").click()
        panel = one.page.get_by_role("dialog", name="olga")
        await expect(panel.get_by_text("olga@b.example")).to_be_visible()
        await expect(panel.get_by_role("textbox")).to_have_count(0)
        await one.is_clean()
        wide = await one.page.evaluate("document.documentElement.scrollWidth")
        assert wide == PHONE["width"]
