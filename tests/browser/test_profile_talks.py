"""Communications on a customer's profile in a real browser: read everything, follow it live, take over."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.portal import PHONE, Seat, scrolled, seated
from tests.operators import begun, desk
from tests.story import CHANNEL, World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
CONTINUE = "Continue in Human Agent"
TALKS = "?tab=communications"


def details(one: Seat) -> Locator:
    return one.page.get_by_role("complementary", name="Details")


def chat(one: Seat) -> Locator:
    return one.page.get_by_role("region", name="Communications")


async def two_talks(w: World) -> tuple[str, str, str]:
    """Ann's: one that is over, and one that the AI has; and who she is."""
    over = await begun(w, "How long is delivery?")
    async with desk(w, "ende") as boss:
        await boss.post(f"/sessions/{over}/resolve")
    active = await begun(w, "I have a complaint")
    ((ann,),) = await w.rows("customers", "id")
    return over, active, str(ann)


async def test_an_active_conversation_shows_its_details_and_is_followed_live(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path, ["Two days.", "I am sorry.", "Sure."]) as w:
        _, _, ann = await two_talks(w)
        async with seated(chromium, w, path=f"/customers/{ann}") as one:
            await one.page.get_by_role("tab", name="Communications").click()
            await expect(chat(one).get_by_text("I am sorry.")).to_be_visible()
            await expect(details(one).get_by_label("Active")).to_be_visible()
            await expect(details(one).get_by_text("Kestrel Support")).to_be_visible()
            await expect(details(one).get_by_role("heading", name="Parameters")).to_be_visible()
            await expect(details(one).get_by_role("heading", name="Results")).to_be_visible()
            await one.is_clean()
            w.write("Are you there?")
            await expect(chat(one).get_by_text("Are you there?")).to_be_in_viewport()
            await expect(chat(one).get_by_text("Sure.")).to_be_in_viewport()


async def test_an_active_conversation_is_taken_over_and_stays_with_who_was_first(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path, ["Two days.", "I am sorry.", "No", "No"]) as w:
        _, active, ann = await two_talks(w)
        async with (
            seated(chromium, w, "Olga", path=f"/customers/{ann}{TALKS}") as olga,
            seated(chromium, w, "Paul", path=f"/customers/{ann}{TALKS}") as paul,
        ):
            tab = await opens(olga)
            await olga.sees("Continue communication at Human Agents tab")
            assert tab.url == f"{w.base}/human-agents/{active}"
            await expect(details(paul).get_by_text("Copilot · Olga")).to_be_visible()
            await expect(chat(paul).get_by_text("Olga took over")).to_be_visible()
            assert (await opens(paul)).url == tab.url
            found = await w.rows("sessions", "id", "mode", "operator_id")
            assert (active, "copilot", olga.id) in found
            w.write("Are you there?")
            await expect(chat(paul).get_by_text("Are you there?")).to_be_in_viewport()
            await w.until_rows(lambda rows: len(rows) > 0, "suggestions", "text")
            assert w.heard() == ["Two days.", "I am sorry."]


async def opens(one: Seat) -> Page:
    """The tab that Continue in Human Agent opens."""
    async with one.context.expect_page() as coming:
        await one.button(CONTINUE).click()
    tab: Page = await coming.value
    await tab.wait_for_url(re.compile("/human-agents/.+"))
    return tab


async def test_a_finished_conversation_is_read_and_says_why_it_does_not_go_on(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path, ["Two days.", "I am sorry."]) as w:
        over, active, ann = await two_talks(w)
        async with (
            seated(chromium, w, path=f"/customers/{ann}{TALKS}") as one,
            desk(w, "peer") as peer,
        ):
            await expect(chat(one).get_by_text("I am sorry.")).to_be_visible()
            await one.press("k")
            await expect(details(one).get_by_text("Finished", exact=True)).to_be_visible()
            await expect(details(one).get_by_text(over)).to_be_visible()
            await expect(one.button(CONTINUE)).to_be_disabled()
            await expect(details(one)).to_contain_text("finished. Start a new one instead.")
            await expect(details(one).get_by_label("Active")).to_be_hidden()
            await one.press("c")
            await one.is_clean()
            await one.press("j")
            await expect(one.button(CONTINUE)).to_be_enabled()
            await peer.post(f"/sessions/{active}/resolve")
            await expect(one.button(CONTINUE)).to_be_disabled()
            await one.press("n")
            await expect(one.page.get_by_role("dialog")).to_contain_text("Select channel")
        modes = await w.modes()
        assert modes == ["finished", "finished"]


async def test_many_long_conversations_are_one_chat_that_opens_at_its_end(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path, ["Hello!"] * 60) as w, desk(w, "peer") as peer:
        sessions = []
        for number in range(24):
            sessions.append(await begun(w, f"Question {number}\n" + "and more\n" * 12))
            await peer.post(f"/sessions/{sessions[-1]}/resolve")
        ((ann,),) = await w.rows("customers", "id")
        async with seated(chromium, w, path=f"/customers/{ann}{TALKS}", viewport=PHONE) as one:
            await expect(chat(one).get_by_text("Question 23")).to_be_attached()
            end = chat(one).get_by_text("The session was resolved by").last
            await expect(end).to_be_in_viewport()
            await one.button("Show more").click()
            await expect(details(one).get_by_text(sessions[23])).to_be_visible()
            await one.is_clean()
            await scrolled(chat(one), chat(one).get_by_text("Question 0", exact=False), back=True)
            await expect(chat(one).get_by_text("Question 0", exact=False)).to_be_in_viewport()
            await expect(details(one).get_by_text(sessions[0])).to_be_visible()
            assert await one.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_a_viewer_reads_and_does_not_take_over(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path) as w:
        await begun(w, "<b>bold</b>")
        ((ann,),) = await w.rows("customers", "id")
        async with seated(chromium, w, "Vera", "viewer", f"/customers/{ann}{TALKS}") as vera:
            await expect(chat(vera).get_by_text("<b>bold</b>")).to_be_visible()
            await expect(vera.button(CONTINUE)).to_be_disabled()
            await expect(details(vera)).to_contain_text("Your role may look")
        assert CHANNEL in {row[0] for row in await w.rows("sessions", "channel_id")}
        assert await w.modes() == ["autonomous"]
