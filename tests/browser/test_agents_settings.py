"""Settings > Agents in a real browser: stopped, told, taught and tried; and read by who may not change it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Locator, expect

from agents.llm.offline import OfflineLlm
from tests.browser.portal import PHONE, Seat, seated
from tests.operators import Desk, begun, desk
from tests.story import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXT = "# Workshop\n\nThe bicycle workshop repairs a broken tent pole for 15 EUR."
QUESTION = "Can the workshop repair a tent pole?"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, OfflineLlm()) as w:
        yield w


def field(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("textbox", name=name, exact=True)


def answers(one: Seat) -> Locator:
    return one.page.get_by_role("log", name="Trial conversation").get_by_role("article")


async def ask(one: Seat, text: str) -> Locator:
    """In the playground; the answer, once it is there."""
    await field(one, "Write as a customer…").click()
    many = await answers(one).count()
    await one.write(text)
    await expect(answers(one)).to_have_count(many + 1)
    return answers(one).last


async def stop_and_start(one: Seat, stage: World) -> None:
    agent = one.page.get_by_role("listitem").filter(has_text="Kestrel Support")
    await expect(agent.get_by_role("img", name="Story")).to_be_visible()
    await one.button("Stop Kestrel Support").click()
    sure = one.page.get_by_role("dialog", name="Stop Kestrel Support?")
    await expect(
        sure.get_by_text("1 conversation is active. Conversations stay open")
    ).to_be_visible()
    await sure.get_by_role("button", name="Stop", exact=True).click()
    await expect(agent.get_by_text("Stopped", exact=True)).to_be_visible()
    await stage.until(lambda: stage.runtime.roster.agent("support") is None, "it stops")
    stage.write("Hello?", "Bob")
    await stage.until_rows(lambda rows: ("waiting",) in rows, "sessions", "mode")
    await one.button("Start Kestrel Support").click()
    await expect(agent.get_by_text("Running", exact=True)).to_be_visible()
    await stage.until(lambda: stage.runtime.roster.agent("support") is not None, "it runs")


async def instruct(one: Seat, stage: World, colleague: Desk) -> None:
    """Kept over a reload, warned of, and not lost when a colleague writes the same."""
    await one.page.get_by_role("link", name="Kestrel Support").click()
    await field(one, "Instructions").fill("Mention the summer sale.")
    await one.sees("Answers as if your unsaved changes were saved.")
    await one.page.get_by_role("link", name="All agents").click()
    await one.sees("Your changes to Kestrel Support are not in effect yet.")
    await one.button("Stay").click()
    await one.page.reload()
    await expect(field(one, "Instructions")).to_have_value("Mention the summer sale.")
    theirs = {"instructions": "Be brief.", "remind_minutes": 5}
    assert (await colleague.ask("PATCH", "/agents/support", theirs)).status == 200
    await one.sees("Somebody else has changed this meanwhile: Instructions")
    await expect(one.page.get_by_text("Be brief.")).to_be_visible()
    await expect(one.button("Save")).to_be_disabled()
    await one.is_clean()
    await one.button("Keep mine").click()
    await field(one, "Instructions").press("Control+s")
    await one.sees("Kestrel Support is changed, from its next answer on")
    await expect(one.page.get_by_text("Unsaved changes", exact=True)).to_be_hidden()
    guidance = stage.runtime.roster.guidance
    await stage.until(lambda: "sale" in guidance("support").instructions, "the agent has them")


async def pass_on(one: Seat, colleague: Desk) -> None:
    """When it hands over and to whom; and what cannot be is said before it is saved."""
    await one.page.get_by_role("tab", name="Handoff").click()
    await expect(field(one, "Remind after so many minutes")).to_have_value("5")
    await one.button("Write other conditions").click()
    await expect(field(one, "Condition 1")).to_be_focused()
    await field(one, "Condition 5").press("Enter")
    await one.type("somebody asks for a discount")
    await one.button("Remove condition 1").click()
    await one.page.get_by_role("combobox", name="Default operators").click()
    await one.page.get_by_role("option", name="paul").click()
    await one.press("Escape")
    await field(one, "Remind after so many minutes").fill("")
    await one.sees("This cannot be saved yet: Remind after so many minutes")
    await expect(one.button("Save")).to_be_disabled()
    await field(one, "Remind after so many minutes").fill("15")
    await one.button("Save").click()
    await expect(one.page.get_by_text("Unsaved changes", exact=True)).to_be_hidden()
    allowed = one.page.get_by_role("switch", name="Allow human handoff")
    await allowed.uncheck(force=True)
    await expect(field(one, "Condition 1")).to_be_hidden()
    await one.button("Save").click()
    await expect(one.page.get_by_text("Unsaved changes", exact=True)).to_be_hidden()
    told = (await colleague.get("/agents/support")).body
    assert told["allow_handoff"] is False
    await one.is_clean()
    await colleague.ask("PATCH", "/agents/support", {"allow_handoff": True})
    await expect(field(one, "Condition 5")).to_have_value("somebody asks for a discount")
    assert told["handoff_conditions"][-1] == "somebody asks for a discount"
    assert (len(told["handoff_conditions"]), told["remind_minutes"]) == (5, 15)
    assert told["default_operators"] == [colleague.id]


async def teach(one: Seat) -> None:
    """By writing, and by files."""
    await one.page.get_by_role("tab", name="Knowledge").click()
    await expect(one.button("delivery.md")).to_be_visible()
    await one.press("n")
    await expect(field(one, "Name")).to_be_focused()
    await one.type("delivery")
    await one.sees("There is a document with this name already.")
    await field(one, "Name").fill("the workshop")
    await field(one, "Text").fill(TEXT)
    await one.press("Control+s")
    await one.sees("the workshop.md is saved")
    await one.button("All documents").click()
    await one.page.locator("input[type=file]").set_input_files(
        [
            FilePayload(name="cafe.txt", mimeType="text/plain", buffer=b"The cafe sells soup."),
            FilePayload(name="cat.md", mimeType="image/png", buffer=b"\x89PNG\xff"),
        ]
    )
    await one.sees("cat.md is not a text file.")
    await expect(one.button("cafe.md")).to_be_visible()


async def try_out(one: Seat) -> None:
    """What the answer rests on, and whether a person would get it."""
    answer = await ask(one, QUESTION)
    await expect(answer).to_contain_text("15 EUR")
    await answer.get_by_text("Rests on").click()
    await answer.get_by_text("1 tool call").click()
    await expect(answer).to_contain_text("search_knowledge")
    await answer.get_by_role("button", name="Open the workshop.md#Workshop").click()
    await expect(field(one, "Text")).to_have_value(TEXT)
    wants = await ask(one, "I want to talk to a human")
    await expect(wants).to_contain_text("Hands over to a person, as the customer asked.")
    await one.is_clean()


async def forget(one: Seat) -> None:
    await one.page.get_by_role("tab", name="Knowledge").click()
    await one.button("Delete the workshop.md").last.click()
    await one.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await one.sees("the workshop.md is deleted")
    await expect(one.button("the workshop.md")).to_be_hidden()


async def test_an_agent_is_stopped_told_taught_and_tried(stage: World, chromium: Browser) -> None:
    await begun(stage, "How long is delivery?")
    async with (
        desk(stage, "paul", role="admin") as paul,
        seated(chromium, stage, "Rita", "admin", "/settings/agents") as one,
    ):
        await stop_and_start(one, stage)
        await instruct(one, stage, paul)
        await pass_on(one, paul)
        await teach(one)

        knows = stage.runtime.roster.guidance
        await stage.until(lambda: len(knows("support").documents) == 2, "it knows both")
        before = await stage.rows("sessions", "id")
        await try_out(one)
        assert await stage.rows("sessions", "id") == before
        await one.button("Clear").click()
        await expect(answers(one)).to_have_count(0)

        await forget(one)
        await stage.until(lambda: len(knows("support").documents) == 1, "it forgets")
        await expect(await ask(one, QUESTION)).not_to_contain_text("15 EUR")


async def test_who_is_no_admin_reads_it_and_may_try_it_on_a_phone(
    stage: World, chromium: Browser
) -> None:
    async with seated(chromium, stage, path="/settings/agents", viewport=PHONE) as one:
        await one.sees("Only admins change agents.")
        await one.is_clean()
        await one.page.get_by_role("link", name="Kestrel Support").click()
        await expect(field(one, "Instructions")).not_to_be_editable()
        await one.page.get_by_role("tab", name="Knowledge").click()
        await expect(one.button("Add document")).to_be_hidden()
        await one.button("delivery.md").click()
        await expect(field(one, "Text")).not_to_be_editable()
        await one.page.get_by_role("tab", name="Playground").click()
        await expect(await ask(one, "How long is delivery?")).to_contain_text("working days")
        await one.is_clean()
        await expect(one.page.get_by_role("button", name="Stop")).to_have_count(0)
        wide = await one.page.evaluate("document.documentElement.scrollWidth")
        assert wide == PHONE["width"]
