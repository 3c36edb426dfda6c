"""The workspace in a real browser: a whole conversation without a mouse, and two who work side by side."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.browser.portal import PHONE, Seat, seated
from tests.operators import begun
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
SUGGESTED = "Which order is it?"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, ["Hello!", *[SUGGESTED] * 30]) as w:
        yield w


def card(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("list", name="Conversations").get_by_role("link", name=name)


def said(one: Seat, text: str) -> Locator:
    """A message in the log, not in the list or the field."""
    return one.page.locator("li[data-seq]").filter(has_text=text)


async def test_a_whole_conversation_without_a_mouse(stage: World, chromium: Browser) -> None:
    ann = await begun(stage, "Where is my parcel?")
    async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
        field = one.page.get_by_label("Type your message")
        await one.sees("The AI answers. Take the conversation over to write.")
        await expect(field).to_have_count(0)
        await one.press("t")
        await expect(field).to_be_focused()
        await expect(card(one, "Ann").get_by_text("Olga")).to_be_visible()
        await expect(said(one, "Olga took over")).to_be_visible()
        panel = one.page.get_by_role("region", name="Suggested replies")
        await expect(panel.get_by_text(SUGGESTED, exact=True)).to_be_visible()
        await one.is_clean()
        await one.press("Alt+Enter")  # the suggestion, as it is
        await stage.until(lambda: SUGGESTED in stage.heard(), "the suggestion is sent")
        await expect(said(one, SUGGESTED).get_by_label("Sent", exact=True)).to_be_visible()
        await one.type("One moment,")
        await one.press("Shift+Enter")
        await one.type("I look.")
        await one.press("Enter")
        await stage.until(lambda: stage.heard()[-1] == "One moment,\nI look.", "my words")
        await expect(field).to_have_value("")
        stage.write("It is order 7")
        await expect(said(one, "It is order 7")).to_be_visible()
        await expect(panel.get_by_text(SUGGESTED, exact=True)).to_be_visible()
        await _edited(one, stage)
        await _noted_and_ended(one)
        assert "She is friendly." not in stage.heard()


async def _edited(one: Seat, stage: World) -> None:
    await one.press("Escape")
    await expect(card(one, "Ann")).to_be_focused()
    await one.press("e")
    field = one.page.get_by_label("Type your message")
    await expect(field).to_have_value(SUGGESTED)
    await one.sees("Based on the suggestion")
    await expect(field).to_be_focused()
    await one.type(" Thanks.")
    await one.press("Enter")
    await stage.until(lambda: stage.heard()[-1] == f"{SUGGESTED} Thanks.", "the edited one")
    await stage.until_rows(lambda rows: ("edited",) in rows, "suggestions", "state")


async def _noted_and_ended(one: Seat) -> None:
    await one.press("Escape", "n")
    await expect(one.page.get_by_label("A note for your colleagues")).to_be_focused()
    await one.type("She is friendly.")
    await one.press("Enter")
    await expect(said(one, "Private note")).to_contain_text("She is friendly.")
    await one.press("Escape", "c")
    await expect(said(one, "Olga switched Copilot off")).to_be_visible()
    await one.press("u")
    await one.sees("The AI answers again")
    await expect(card(one, "Ann")).to_have_count(0)
    await one.press("t")
    await expect(said(one, "Olga took over")).to_have_count(2)
    await expect(card(one, "Ann")).to_be_visible()
    await one.press("Escape", "x")
    await one.sees("Are you sure you want to resolve this session?")
    await expect(one.button("Yes")).to_be_focused()
    await one.press("Enter")
    await one.sees("Session resolved")
    await expect(card(one, "Ann")).to_have_count(0)
    await expect(one.page).to_have_url(re.compile("/human-agents$"))


async def test_two_browsers_see_each_other(stage: World, chromium: Browser) -> None:
    ann = await begun(stage, "Where is my parcel?")
    async with (
        seated(chromium, stage, path="/human-agents") as olga,
        seated(chromium, stage, "Paul", path=f"/human-agents/{ann}") as paul,
    ):
        await olga.sees("Select a conversation from the left sidebar to start chatting")
        await paul.page.get_by_role("button", name="Take over").first.click()
        await expect(card(olga, "Ann").get_by_text("Paul")).to_be_visible()
        await card(olga, "Ann").click()
        await olga.sees("Paul has this conversation.")
        await expect(olga.page.get_by_label("Type your message")).to_have_count(0)
        await paul.sees("Olga is here too")
        await paul.page.get_by_label("Type your message").fill("Hel")
        await olga.sees("Paul is typing")
        await paul.press("Enter")
        await expect(said(olga, "Hel").filter(has_text="Paul")).to_be_visible()
        await olga.button("Assign to me").first.click()
        await paul.sees("Olga has this conversation.")
        await expect(
            said(paul, "assigned this to Olga").or_(said(paul, "Olga took over"))
        ).to_be_visible()
        await _folded(olga)


async def _folded(olga: Seat) -> None:
    await olga.button("AI Agent view").click()
    group = olga.page.get_by_role("button", name="Kestrel Support")
    await expect(group).to_have_attribute("aria-expanded", "true")
    await group.click()
    await expect(card(olga, "Ann")).to_have_count(0)
    await olga.button("Expand").click()
    await expect(card(olga, "Ann")).to_be_visible()


async def test_on_a_phone_one_pane_at_a_time(stage: World, chromium: Browser) -> None:
    ann = await begun(stage, "Where is my parcel?")
    async with seated(chromium, stage, path=f"/human-agents/{ann}", viewport=PHONE) as one:
        await one.button("Take over").last.click()
        await expect(one.page.get_by_label("Type your message")).to_be_visible()
        await one.is_clean()
        await one.button("Show information").click()
        await one.sees("Contact info")
        await one.page.mouse.move(200, 400)  # a tooltip stands outside of every landmark
        await one.is_clean()
        await one.button("Hide information").click()
        await one.button("Back to the list").click()
        await expect(card(one, "Ann")).to_be_visible()
        await one.page.mouse.move(200, 400)
        await one.is_clean()
        await card(one, "Ann").click()
        await expect(one.page).to_have_url(re.compile(f"/human-agents/{ann}$"))
