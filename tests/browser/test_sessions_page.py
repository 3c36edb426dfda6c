"""The Sessions screen in a real browser: read, find, hand over, save, on a desk and on a phone."""

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Request, expect

from runtime.bus.memory import MemoryBus
from runtime.storage import engine
from runtime.storage.work import Store
from tests.browser.portal import PHONE, Seat, scrolled, seated
from tests.operators import begun, desk
from tests.scenery import DAY, Scenery
from tests.story import CHANNEL, World, world
from tests.talks import TALKS

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 220


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, ["Hello!"] * 20) as w:
        yield w


def row(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("row").filter(has_text=name)


async def test_sessions_come_in_live_and_are_read(stage: World, chromium: Browser) -> None:
    ann = await begun(stage, "How long is delivery?")
    async with seated(chromium, stage, path="/sessions") as one:
        await expect(row(one, "Ann").get_by_label("Active")).to_be_visible()
        await expect(row(one, "Ann").get_by_text("AI", exact=True)).to_be_visible()
        await begun(stage, "Me too", "Bob")
        await expect(row(one, "Bob")).to_be_visible()
        await one.press("j", "j")
        await expect(one.page).to_have_url(re.compile(f"/sessions/{ann}$"))
        log = one.page.get_by_role("list", name="Messages")
        await expect(log.get_by_text("How long is delivery?")).to_be_visible()
        await expect(one.page.get_by_label("2 messages")).to_be_visible()
        link = one.page.get_by_role("link", name="Profile of Ann")
        await expect(link).to_have_attribute("href", re.compile("^/customers/"))
        await one.is_clean()


async def test_a_session_is_handed_over_and_followed_to_its_end(
    stage: World, chromium: Browser
) -> None:
    ann = await begun(stage, "How long is delivery?")
    async with (
        seated(chromium, stage, path=f"/sessions/{ann}") as one,
        desk(stage, "Paul") as paul,
    ):
        log = one.page.get_by_role("list", name="Messages")
        await expect(one.button("Hand over to the operator")).to_be_enabled()
        await one.page.get_by_label("Reason (optional)").fill("She is angry.")
        await one.press("Enter")
        await one.sees("Session set to operator")
        transfer = log.get_by_text("Transfer to human agent at")
        await expect(transfer).to_contain_text("She is angry.")
        await one.sees("Session is already handled by an operator")
        await expect(one.button("Hand over to the operator")).to_be_disabled()
        await expect(row(one, "Ann").get_by_label("Unassigned")).to_be_visible()

        await paul.post(f"/sessions/{ann}/takeover")
        await expect(row(one, "Ann").get_by_label("Paul")).to_be_visible()
        await expect(log.get_by_text("Paul took over at")).to_be_visible()
        await paul.post(f"/sessions/{ann}/messages", text="Two days.")
        await expect(log.get_by_text("Two days.")).to_be_visible()
        await expect(log.get_by_label("Sent", exact=True).last).to_be_visible()
        await paul.post(f"/sessions/{ann}/resolve")
        await expect(log.get_by_text("The session was resolved by Paul at")).to_be_visible()
        await one.sees("Session is already finished")
        await expect(row(one, "Ann").get_by_label("Active")).to_be_hidden()


async def test_an_address_that_is_nobodys_says_so(stage: World, chromium: Browser) -> None:
    async with seated(chromium, stage, path="/sessions/nonsense") as one:
        await one.sees("There is no such session")
        await one.button("Back to the list").click()
        await one.sees("Every conversation on a connected channel appears here")
        one.problems[:] = [said for said in one.problems if "404" not in said]


async def test_a_viewer_reads_everything_and_is_told_what_the_role_may_not(
    stage: World, chromium: Browser
) -> None:
    ann = await begun(stage, "<b>bold</b> https://example.com/x.")
    async with seated(chromium, stage, "Vera", "viewer", f"/sessions/{ann}") as one:
        await one.sees("You do not have permission to hand over sessions")
        await expect(one.button("Hand over to the operator")).to_be_disabled()
        await one.sees("<b>bold</b>")
        await expect(one.page.get_by_role("link", name="https://example.com/x")).to_be_visible()
        await expect(one.page.get_by_label("Export sessions")).to_be_hidden()


async def told(w: World, url: str) -> None:
    """Weeks of conversations, a few of which are long."""
    now = [0]
    store = Store(engine.database(url), MemoryBus(), lambda: now[0])
    async with desk(w, "Dana") as dana:
        scenery = Scenery(store=store, now=now, channels=[CHANNEL], operators=[dana.id] * 3)
        end = round(time.time() * 1000)
        for number in range(MANY):
            start = end - DAY - (MANY - number) * 60_000
            await scenery.talk(f"Customer {number}", TALKS[number % len(TALKS)][1], start)
        long = [("c", f"Line {number}") for number in range(260)]
        await scenery.talk("Mei Tanaka", [*long, ("a", "Hello Mei", "")], end - DAY + 60_000)
    await store.aclose()


async def test_whatever_a_customer_writes_is_only_words(stage: World, chromium: Browser) -> None:
    first = "<img src=x onerror=alert(1)> 👩🏽‍🚀 ".ljust(4000, "x")
    ann = await begun(stage, first)
    stage.write("שלום, איפה KS-1042?")
    async with seated(chromium, stage, path=f"/sessions/{ann}") as one:
        log = one.page.get_by_role("list", name="Messages")
        hebrew = log.get_by_text("KS-1042?")
        await expect(hebrew).to_be_visible()
        assert await hebrew.evaluate("one => getComputedStyle(one).direction") == "rtl"
        folded = log.get_by_text("<img src=x")
        assert len(await folded.inner_text()) < 3100
        await one.button("Show all of it").click()
        assert len(await folded.inner_text()) == 4000
        region = one.page.get_by_role("region", name="Messages")
        assert await region.evaluate("one => one.scrollWidth <= one.clientWidth")


def refused_by_policy(one: Seat) -> set[str]:
    """What the page asks for from now on, and its content security policy keeps from leaving."""
    found: set[str] = set()

    def failed(request: Request) -> None:
        if request.failure == "csp":
            found.add(request.url)

    one.page.on("requestfailed", failed)
    return found


async def test_a_letter_is_shown_as_it_was_written_and_harms_nobody(
    stage: World, chromium: Browser, sqlite_url: str
) -> None:
    html = '<b>Where is it?</b><script>top.evil = 1</script><img src="http://evil.example/x">'
    now = [round(time.time() * 1000)]
    store = Store(engine.database(sqlite_url), MemoryBus(), lambda: now[0])
    scenery = Scenery(store=store, now=now, channels=[CHANNEL], operators=())
    letter = [("mail", "Where is it?", "My order", html)]
    session = await scenery.talk("Lucas Lindqvist", letter, now[0])
    await store.aclose()
    async with seated(chromium, stage, path=f"/sessions/{session}") as one:
        forbidden = refused_by_policy(one)
        await one.button("Show the original").press("Enter")
        shown = one.page.get_by_role("dialog", name="The message as it was written")
        await expect(shown.get_by_text("customer@example.com")).to_be_visible()
        words = shown.frame_locator("iframe").get_by_text("Where is it?")
        await expect(words).to_have_css("font-weight", "700")
        assert await one.page.evaluate("window.evil") is None
        one.problems[:] = [said for said in one.problems if "about:srcdoc" not in said]
        one.problems[:] = [said for said in one.problems if "evil.example" not in said]
        # Chromium may tell of a request for the picture before its policy forbids it: none went out.
        assert forbidden >= {asked for asked in one.requests if "evil.example" in asked}
        one.requests[:] = [asked for asked in one.requests if asked not in forbidden]


def saved(path: Path) -> list[str]:
    return path.read_text().splitlines()


async def test_a_long_list_is_narrowed_scrolled_and_saved_by_keyboard(
    stage: World, chromium: Browser, sqlite_url: str
) -> None:
    await told(stage, sqlite_url)
    async with seated(chromium, stage, path="/sessions") as one:
        rows = one.page.get_by_role("row")
        await expect(row(one, "Customer 219")).to_be_visible()
        assert await rows.count() < 60
        await one.page.get_by_role("link", name="Customer 219").focus()
        await one.press("ArrowDown", "Enter")
        await expect(row(one, "Customer 218")).to_have_attribute("aria-current", "true")
        table = one.page.get_by_role("table")
        await scrolled(table.locator("xpath=.."), row(one, "Customer 0"))
        await expect(row(one, "Customer 0")).to_be_visible()
        assert await rows.count() < 60

        await find(one)
        await divide(one)


async def find(one: Seat) -> None:
    """By the dialog, and what is found is saved."""
    rows = one.page.get_by_role("row")
    await one.press("/")
    dialog = one.page.get_by_role("dialog", name="Session Filters")
    await expect(dialog.get_by_label("Text")).to_be_focused()
    await one.is_clean()
    await one.type("Customer 7")
    await dialog.get_by_role("combobox", name="Responsible").click()
    await one.page.get_by_role("option", name="Dana").click()
    await dialog.get_by_label("Text").press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(one.page).to_have_url(re.compile(r"q=Customer(\+|%20)7&who="))
    await expect(rows).to_have_count(5)
    await one.button("Export sessions").click()
    async with one.page.expect_download() as saving:
        await one.page.get_by_role("menuitem", name="As CSV").click()
    assert len(saved(await (await saving.value).path())) == 5
    await one.button("Remove the filter Responsible: Dana").click()
    await expect(rows).to_have_count(12)
    await one.page.get_by_text("Active", exact=True).first.click()
    await one.sees("Nothing was found for the specified filters")
    await one.button("Clear filters").click()
    await expect(row(one, "Mei Tanaka")).to_be_visible()


async def divide(one: Seat) -> None:
    """List and chat, by keys and by dragging; it stays so."""
    divider = one.page.get_by_role("separator", name="Width of the list")
    await divider.focus()
    await one.press("ArrowRight", "ArrowRight")
    await expect(divider).to_have_attribute("aria-valuenow", "50")
    box = await divider.bounding_box()
    assert box
    await one.page.mouse.move(box["x"], 400)
    await one.page.mouse.down()
    await one.page.mouse.move(box["x"] - 200, 400, steps=4)
    await one.page.mouse.up()
    width = await divider.get_attribute("aria-valuenow")
    assert int(width or 0) < 40
    await one.page.reload()
    await expect(divider).to_have_attribute("aria-valuenow", str(width))


async def test_on_a_phone_the_list_leads_to_the_session_and_back(
    stage: World, chromium: Browser, sqlite_url: str
) -> None:
    await told(stage, sqlite_url)
    async with seated(chromium, stage, path="/sessions", viewport=PHONE, locale="de") as one:
        await expect(row(one, "Mei Tanaka")).to_be_visible()
        await one.is_clean()
        await one.page.get_by_role("link", name="Mei Tanaka").click()
        log = one.page.get_by_role("list", name="Nachrichten")
        await expect(log.get_by_text("Hello Mei")).to_be_in_viewport()
        assert await log.get_by_text("Line 0", exact=True).count() == 0
        region = one.page.get_by_role("region", name="Nachrichten")
        await scrolled(region, log.get_by_text("Line 0", exact=True), back=True)
        await expect(log.get_by_text("Line 0", exact=True)).to_be_visible()
        await one.is_clean()
        await one.button("Parameter & Ergebnisse zeigen").click()
        drawer = one.page.get_by_role("dialog", name="Parameter & Ergebnisse")
        await expect(drawer.get_by_text("KS-1046")).to_be_visible()
        await one.page.mouse.move(0, 0)
        await expect(one.page.get_by_role("tooltip")).to_be_hidden()
        await one.is_clean()
        await one.press("Escape")
        await one.button("Zurück zur Liste").click()
        await expect(one.page.get_by_role("heading", name="Gespräche")).to_be_visible()
        wide = await one.page.evaluate("document.documentElement.scrollWidth")
        assert wide == PHONE["width"]
