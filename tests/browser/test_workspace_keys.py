"""The workspace's list with its filters, badges and tags, and everything that its keys and palette do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FileChooser, Locator, expect

from tests.browser.portal import PHONE, WIDE, Seat, seated
from tests.copilot import machine
from tests.operators import Desk, begun, desk
from tests.story import CHANNEL, World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
SUGGESTED = "Which order is it?"
PASSAGE = {
    "source": "delivery.md#Times",
    "text": "Within the country it takes 2 to 3 working days.",
}
OUTSIDE = """() => [...document.querySelectorAll("#page *")].filter((one) => {
    const {left, right, width} = one.getBoundingClientRect()
    return width > 1 && (left < -1 || right > innerWidth + 1)
}).map((one) => one.outerHTML.slice(0, 200))"""
"""What sticks out of the window sideways."""


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, ["Hello!", *[SUGGESTED] * 30]) as w:
        yield w


def cards(one: Seat) -> Locator:
    return one.page.get_by_role("list", name="Conversations").get_by_role("link")


def said(one: Seat, text: str) -> Locator:
    return one.page.locator("li[data-seq]").filter(has_text=text)


async def test_the_list_is_filtered_counted_and_warns(stage: World, chromium: Browser) -> None:
    w = stage
    async with desk(w, "Paul", "admin") as paul, seated(chromium, w, path="/human-agents") as one:
        ann, bob = await begun(w, "Hi", "Ann"), await begun(w, "Hi", "Bob")
        assert (await paul.post(f"/sessions/{ann}/handover")).status == 200
        assert (await paul.post(f"/sessions/{bob}/takeover")).status == 200
        w.write("And when?", "Ann")
        await expect(cards(one)).to_have_count(2)
        await expect(
            cards(one).filter(has_text="Ann").get_by_label("2 unread messages")
        ).to_be_visible()
        await _badges(one)
        await _filters(one)
        await one.press("z")
        await expect(cards(one)).to_have_count(0)
        await one.press("z", "j")
        await expect(one.page).to_have_url(re.compile(ann))
        await expect(cards(one).get_by_label("unread")).to_have_count(0)
        await one.press("j")
        await expect(one.page).to_have_url(re.compile(bob))
        await one.press("k")
        await expect(one.page).to_have_url(re.compile(ann))
        await _warned(one, paul)
        await _mirrored(one)
        await one.is_clean()


async def _badges(one: Seat) -> None:
    """One conversation waits: in the menu, before the page's title and on its icon."""
    await expect(one.page.get_by_role("link", name="Human Agents (1)")).to_be_visible()
    await expect(one.page).to_have_title("(1) Baton")
    await expect(one.page.locator("link[rel=icon]")).to_have_attribute(
        "href", re.compile("^data:image/png")
    )


async def _filters(one: Seat) -> None:
    """By who has it, and by agent; where nothing is left it is said."""
    nothing = one.page.get_by_text("Nothing was found for the specified filters")
    await one.press("f")
    dialog = one.page.get_by_role("dialog", name="Filter")
    await dialog.get_by_label("Assigned to me").check()
    await expect(nothing).to_be_visible()
    await dialog.get_by_label("Paul").check()
    await expect(cards(one)).to_contain_text(["Bob"])
    await dialog.get_by_role("button", name="Show all").click()
    await dialog.get_by_label("Unassigned").check()
    await expect(cards(one)).to_contain_text(["Ann"])
    await one.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(one.button("Filter (1)")).to_be_visible()
    await one.press("v")
    await expect(one.button("AI Agent view")).to_have_attribute("aria-pressed", "true")
    await expect(cards(one)).to_have_count(2)
    await one.press("f")
    await dialog.get_by_label("Kestrel Support").check()
    await expect(cards(one)).to_have_count(2)
    await one.press("Escape", "/")
    await one.type("nobody")
    await expect(nothing).to_be_visible()
    await one.press("Escape")
    await expect(cards(one)).to_have_count(2)


async def _warned(one: Seat, paul: Desk) -> None:
    card = cards(one).filter(has_text="Bob")
    await expect(card.get_by_text("not running")).to_have_count(0)
    assert (await paul.post("/agents/support/stop")).status == 200
    await expect(card.get_by_text("Agent not running")).to_be_visible()
    assert (await paul.post(f"/channels/{CHANNEL}/stop")).status == 200
    await expect(card.get_by_text("Channel not running")).to_be_visible()


async def _mirrored(one: Seat) -> None:
    """From right to left nothing sticks out, on a desk or on a phone."""
    await one.page.evaluate("document.dir = 'rtl'")
    box = await cards(one).first.bounding_box()
    assert box is not None
    assert box["x"] > WIDE["width"] / 2, "the list is at the right"
    assert await one.page.evaluate(OUTSIDE) == []
    await one.page.set_viewport_size(PHONE)
    await expect(one.button("Back to the list")).to_be_visible()
    assert await one.page.evaluate(OUTSIDE) == []
    await one.button("Back to the list").click()
    await expect(cards(one)).to_have_count(2)
    assert await one.page.evaluate(OUTSIDE) == []


async def test_every_key_is_listed_and_does_what_it_says(stage: World, chromium: Browser) -> None:
    ann = await begun(stage, "How long is delivery?")
    async with (
        desk(stage, "Paul", "admin") as paul,
        seated(chromium, stage, path=f"/human-agents/{ann}") as one,
    ):
        choosers = choosing(one)
        await expect(one.button("Take over").first).to_be_visible()
        await one.press("t")
        panel = one.page.get_by_role("region", name="Suggested replies")
        await expect(panel.get_by_text(SUGGESTED, exact=True)).to_be_visible()
        await _late(stage, paul, ann)
        late = panel.get_by_role("article").filter(has_text="I would have said")
        await expect(late.get_by_text("written before you took over")).to_be_visible()
        await late.get_by_text("Rests on 1 passage").click()
        await expect(late.get_by_text(PASSAGE["text"])).to_be_visible()
        await one.press("Escape")
        await _listed(one)
        await _suggestions(one, stage, panel)
        await _panes(one)
        await _attached(one, stage, choosers)
        await _passed_on(one)


def choosing(one: Seat) -> list[FileChooser]:
    """Windows of the machine for choosing files. It takes a while until they are noticed."""
    found = list[FileChooser]()
    one.page.on("filechooser", lambda window: found.append(window))  # noqa: PLW0108
    return found


async def _late(stage: World, paul: Desk, session_id: str) -> None:
    """An agent outside answers, and does not know yet that Olga has taken over."""
    words = {"text": "I would have said this.", "sources": [PASSAGE], "answers_seq": 1}
    headers = {**await machine(stage, paul), "If-Match": '"1"'}
    path = f"/sessions/{session_id}/agent-messages"
    assert (await paul.ask("POST", path, words, headers=headers)).status == 409


async def _listed(one: Seat) -> None:
    await one.page.get_by_role("region", name="Chat with Ann").focus()
    await one.press("?")
    keys = one.page.get_by_role("dialog", name="Keyboard shortcuts").locator("kbd")
    await expect(keys.first).to_be_visible()
    found = set(await keys.all_inner_texts())
    assert set("asdwvzjkfimecuxlrn/") <= found
    await one.press("Escape")
    await expect(keys).to_have_count(0)


async def _suggestions(one: Seat, stage: World, panel: Locator) -> None:
    """`s` sends the first as it is, `w` asks for another one, `d` puts it away."""
    await one.press("s")
    await stage.until(lambda: len(stage.heard()) == 2, "the first one")
    await one.press("w")
    await expect(panel.get_by_label("What should be different?")).to_be_focused()
    await one.type("Friendlier")
    await one.press("Enter")
    friendly = panel.get_by_role("article").filter(has_text="Friendlier")
    await expect(friendly).to_be_visible()
    await one.page.get_by_role("region", name="Chat with Ann").focus()
    await one.press("d")
    await expect(friendly).to_be_hidden()


async def _panes(one: Seat) -> None:
    """`i` shows what is known or hides it, `m` goes to the messages."""
    information = one.page.get_by_role("complementary", name="Information")
    await expect(information).to_be_visible()
    await one.press("i")
    await expect(information).to_be_hidden()
    await one.press("i")
    await expect(information).to_be_visible()
    await one.press("/", "Escape", "m")
    await expect(one.page.get_by_role("region", name="Chat with Ann")).to_be_focused()


async def _attached(one: Seat, stage: World, choosers: list[FileChooser]) -> None:
    """By keyboard alone; the file itself is chosen in a window of the machine."""
    await one.press("r")
    await expect(one.page.get_by_label("Type your message")).to_be_focused()
    await one.press("Tab")
    await expect(one.button("Attach files")).to_be_focused()
    await one.press("Enter")
    await stage.until(lambda: choosers, "the window opens")
    await choosers[0].set_files({"name": "bill.txt", "mimeType": "text/plain", "buffer": b"7 EUR"})
    await expect(one.button("Remove bill.txt")).to_be_visible()


async def _passed_on(one: Seat) -> None:
    """`a` has a list of colleagues, and nobody; the palette takes it again, and gives it back."""
    await one.page.get_by_role("region", name="Chat with Ann").focus()
    await one.press("a")
    await (
        one.page.get_by_role("dialog", name="Assign").get_by_role("button", name="Unassign").click()
    )
    await expect(said(one, "Olga unassigned this")).to_be_visible()
    await _chosen(one, "Take over")
    await expect(said(one, "Olga took over")).to_have_count(2)
    await _chosen(one, "Write a note")
    await expect(one.page.get_by_label("A note for your colleagues")).to_be_focused()
    await _chosen(one, "Unassign")
    await expect(said(one, "Olga unassigned this")).to_have_count(2)


async def _chosen(one: Seat, name: str) -> None:
    """In the palette, which shows the key too."""
    await one.press("Control+k")
    words = one.page.get_by_role("textbox", name="Command palette")
    await words.fill(name)
    action = one.page.get_by_role("dialog").get_by_role("button").filter(has_text=name).first
    await expect(action.locator("kbd")).to_have_count(1)
    await one.press("Enter")
    await expect(words).to_be_hidden()
