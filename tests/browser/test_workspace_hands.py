"""What somebody types stays where they type it, whatever colleagues do meanwhile."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.browser.portal import Seat, seated
from tests.operators import Desk, begun, desk
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUESTION = "Where is my parcel?"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, ["Hello!"] * 30) as w:
        yield w


@contextlib.asynccontextmanager
async def watching(stage: World, chromium: Browser, paul: Desk) -> AsyncIterator[tuple[Seat, str]]:
    """Olga looks at a conversation that Paul has."""
    ann = await begun(stage, QUESTION)
    assert (await paul.post(f"/sessions/{ann}/takeover")).status == 200
    async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
        await one.sees("Paul has this conversation.")
        yield one, ann


async def _given(paul: Desk, one: Seat, session_id: str) -> None:
    """A colleague passes the conversation on, and a field for an answer appears by itself."""
    given = await paul.post(f"/sessions/{session_id}/assign", operator_id=one.id)
    assert given.status == 200, given
    await expect(one.page.get_by_label("Type your message")).to_be_attached()


async def test_a_conversation_that_is_handed_to_me_takes_no_words(
    stage: World, chromium: Browser
) -> None:
    async with desk(stage, "Paul", "admin") as paul, watching(stage, chromium, paul) as (one, ann):
        await one.press("/")
        await one.type("par")
        await _given(paul, one, ann)
        await one.type("cel")
        search = one.page.get_by_label("Search conversations")
        await expect(search).to_have_value("parcel")
        await expect(one.page.get_by_label("Type your message")).to_have_value("")


async def test_a_command_that_is_being_looked_for_is_no_answer(
    stage: World, chromium: Browser
) -> None:
    async with desk(stage, "Paul", "admin") as paul, watching(stage, chromium, paul) as (one, ann):
        await one.press("Control+k")
        palette = one.page.get_by_role("textbox", name="Command palette")
        await expect(palette).to_be_focused()
        await one.type("Write ")
        await _given(paul, one, ann)
        await one.type("a note")
        await expect(palette).to_have_value("Write a note")
        await one.press("Enter")
        await expect(one.page.get_by_label("A note for your colleagues")).to_be_focused()
        assert "Write a note" not in stage.heard()


async def test_a_field_is_ready_when_nobody_types_elsewhere(
    stage: World, chromium: Browser
) -> None:
    ann = await begun(stage, QUESTION)
    async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
        await one.sees("The AI answers. Take the conversation over to write.")
        await one.press("Control+k")
        await one.page.get_by_role("textbox", name="Command palette").fill("Take over")
        await one.press("Enter")
        await expect(one.page.get_by_label("Type your message")).to_be_focused()


async def test_an_act_is_not_dropped_while_another_one_is_on_its_way(
    stage: World, chromium: Browser
) -> None:
    ann = await begun(stage, QUESTION)
    async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
        answered = asyncio.Event()

        async def late(route: Route) -> None:
            answer = await route.fetch()
            await answered.wait()
            await route.fulfill(response=answer)

        await one.page.route(re.compile("/takeover$"), late)
        await one.sees("The AI answers. Take the conversation over to write.")
        await one.press("t")
        lines = one.page.locator("li[data-seq]")
        await expect(lines.filter(has_text="Olga took over")).to_be_visible()
        await expect(one.page.get_by_label("Type your message")).to_be_focused()
        await one.press("Escape", "c")
        await expect(lines.filter(has_text="Olga switched Copilot off")).to_be_visible()
        answered.set()
        await expect(one.page.get_by_label("Type your message")).to_be_enabled()
