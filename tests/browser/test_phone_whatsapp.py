"""The phone page on WhatsApp in a real browser: templates, ticks, buttons, and nothing that gets in the
way.
"""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.browser.conftest import Glass, paged
from tests.phone import until
from tests.whatsapp import Shop, hooked, shops

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL, LARGE = {"width": 360, "height": 640}, {"width": 1280, "height": 800}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
    "789c63f8cff0ff3f0007fe03fe9d54e3ea0000000049454e44ae426082"
)
RICH = (
    "Look *here and _there_*, ~not there~: `code`\n```typed as it is```\nhttps://example.com/help"
)
YES = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
NO = {"type": "reply", "reply": {"id": "no", "title": "No"}}
ROWS = [{"id": "fast", "title": "Fast", "description": "Tomorrow"}, {"id": "slow", "title": "Slow"}]
PARCEL = [
    {"type": "HEADER", "format": "TEXT", "text": "Parcel for {{1}}"},
    {"type": "BODY", "text": "Your parcel *{{1}}* comes today."},
    {"type": "FOOTER", "text": "The shop"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Not at home"},
            {"type": "URL", "text": "Track", "url": "https://example.com/track"},
            {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+15550100"},
        ],
    },
]
FILLED = (
    {"type": "header", "parameters": [{"type": "text", "text": "Robin"}]},
    {"type": "body", "parameters": [{"type": "text", "text": "A-7"}]},
)


@dataclass(kw_only=True)
class Window(Glass):
    """A page on WhatsApp, and the business at the other end."""

    shop: Shop
    """Its person is the one who sits before the page."""

    @property
    def last(self) -> Locator:
        return self.page.locator("#messages li").last

    def messages(self) -> list[dict[str, Any]]:
        """What the business was told that this person said."""
        values = [one for one in self.shop.told() if "messages" in one]
        return [one["messages"][0] for one in values]

    async def heard(self, many: int) -> dict[str, Any]:
        """The last of so many."""
        await until(lambda: len(self.messages()) >= many)
        return self.messages()[many - 1]

    async def mark(self, wamid: str, **more: Any) -> None:
        given = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid, **more}
        await self.shop.post(f"{self.shop.number.id}/messages", **given)

    async def ask(self, **action: Any) -> None:
        """Buttons or a list under a question."""
        kind = "list" if "sections" in action else "button"
        content = {"type": kind, "body": {"text": "Well?"}, "action": action}
        await self.shop.send("interactive", content)
        await expect(self.bubbles.last).to_have_text("Well?")


@contextlib.asynccontextmanager
async def opened(chromium: Browser, **options: Any) -> AsyncIterator[Window]:
    """Robin has said hello, which opens the window."""
    async with shops() as shop, paged(chromium, shop.running.url, **options) as glass:
        shop.number.limits = False
        window = Window(**vars(glass), shop=shop)
        await expect(window.state).to_have_text("business account")
        people = shop.meta.people.values()
        window.shop = replace(shop, ann=next(one for one in people if one.name == "Robin"))
        await window.write("Hello")
        await window.shows("Hello")
        yield window


@pytest_asyncio.fixture(loop_scope="module")
async def window(chromium: Browser) -> AsyncIterator[Window]:
    async with opened(chromium, viewport={"width": 390, "height": 844}) as found:
        yield found


async def test_what_is_typed_reaches_the_callback_without_a_mouse(window: Window) -> None:
    async with hooked() as hook:
        await window.shop.listen(hook)
        await window.write("Where is my parcel?")
        await hook.hears(1)
        assert hook.texts == ["Where is my parcel?"]
        await expect(window.last.get_by_role("img", name="delivered")).to_have_text("✓✓")
        window.shop.app.callback_url = ""
    await expect(window.page.get_by_role("heading")).to_have_text("Rules")


async def test_a_reload_keeps_the_chat_and_who_was_forgotten_is_known_by_the_same_ids(
    window: Window,
) -> None:
    await window.page.reload()
    await window.shows("Hello")
    shop, robin = window.shop, window.shop.ann
    shop.meta.people.clear()
    shop.number.threads.clear()
    await window.page.reload()
    await window.write("Hello again")
    await window.shows("Hello again")
    (again,) = shop.meta.people.values()
    portfolio = shop.number.waba.portfolio.id
    assert (again.phone, again.bsuid(portfolio)) == (robin.phone, robin.bsuid(portfolio))
    assert again is not robin


async def test_ticks_say_how_far_a_message_came(window: Window) -> None:
    await expect(window.last.get_by_role("img", name="sent")).to_have_text("✓")
    await window.mark((await window.heard(1))["id"])
    await expect(window.last.get_by_role("img", name="read")).to_have_text("✓✓")


async def test_an_answer_appears_with_its_styles_and_is_read(window: Window) -> None:
    wamid = (await window.shop.send("text", {"body": RICH})).wamid
    await expect(window.last.locator("b")).to_have_text("here and there")
    await expect(window.last.locator("b i")).to_have_text("there")
    await expect(window.last.locator("s")).to_have_text("not there")
    await expect(window.last.locator("code")).to_have_text("code")
    await expect(window.last.locator("pre")).to_have_text("typed as it is")
    link = window.last.get_by_role("link", name="https://example.com/help")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(window.last.locator(".bubble")).to_contain_text("Rules: ")  # for those who hear
    await window.shop.becomes(wamid, "sent", "delivered", "read")


async def test_words_are_never_taken_for_markup(window: Window) -> None:
    words = "<img src=x onerror=alert(1)> & <b>2*3*4 snake_case_name</b>"
    await window.write(words)
    await window.shop.send("text", {"body": words})
    await window.shows("Hello", words, words)
    await expect(window.page.locator("#messages b")).to_have_count(0)


async def test_a_template_looks_as_it_does_on_a_phone(window: Window) -> None:
    window.shop.template("parcel", components=PARCEL)
    await window.shop.offer("parcel", *FILLED)
    await expect(window.last.locator(".head")).to_have_text("Parcel for Robin")
    await expect(window.last.locator(".words")).to_have_text("Your parcel A-7 comes today.")
    await expect(window.last.locator(".words b")).to_have_text("A-7")
    await expect(window.last.locator(".foot")).to_have_text("The shop")
    track = window.last.get_by_role("link", name="Track")
    await expect(track).to_have_attribute("href", "https://example.com/track")
    call = window.last.get_by_role("link", name="Call us")
    await expect(call).to_have_attribute("href", "tel:+15550100")


@pytest.mark.parametrize("key", ["Enter", "Space"])
async def test_a_quick_reply_is_pressed_by_keyboard(window: Window, key: str) -> None:
    window.shop.template("parcel", components=PARCEL)
    sent = (await window.shop.offer("parcel", *FILLED)).wamid
    await expect(window.last.get_by_role("button", name="Not at home")).to_be_visible()
    way = [await _back(window) for _ in range(4)]
    assert way == ["Attach a file", "Call us", "Track", "Not at home"]
    await window.press(key)
    pressed = await window.heard(2)
    assert pressed["button"] == {"payload": "Not at home", "text": "Not at home"}
    assert pressed["context"] == {"from": window.shop.number.phone, "id": sent}
    await window.shows("Hello", "Your parcel A-7 comes today.", "Not at home")
    await expect(window.last.locator("blockquote")).to_have_text("Your parcel A-7 comes today.")


async def _back(window: Window) -> str:
    await window.press("Shift+Tab")
    return await window.focused()


async def test_buttons_and_rows_are_pressed(window: Window) -> None:
    await window.ask(buttons=[YES, NO])
    await window.page.get_by_role("button", name="No", exact=True).click()
    assert (await window.heard(2))["interactive"]["button_reply"] == {"id": "no", "title": "No"}
    await window.ask(button="Choose", sections=[{"title": "How", "rows": ROWS}])
    await window.page.get_by_text("Choose").click()
    await window.page.get_by_role("button", name="Fast").click()
    assert (await window.heard(3))["interactive"]["list_reply"]["id"] == "fast"
    await window.shows("Hello", "Well?", "No", "Well?", "Fast")


async def test_typing_shows_until_the_answer_or_until_it_is_old(window: Window) -> None:
    asked = (await window.heard(1))["id"]
    for _ in range(2):
        await window.mark(asked, typing_indicator={"type": "text"})
        await expect(window.state).to_have_text("typing…")
        await window.shop.send()
        await expect(window.state).to_have_text("business account")
    await window.mark(asked, typing_indicator={"type": "text"})
    await expect(window.state).to_have_text("typing…")
    window.shop.pass_time(26)
    await expect(window.state).to_have_text("business account")


async def test_photos_and_files_are_shown_and_sent(window: Window) -> None:
    photo = (await window.shop.upload(PIXEL, "image/png")).body["id"]
    await window.shop.send("image", {"id": photo})
    await expect(window.page.get_by_role("img", name="Photo")).to_have_js_property("complete", True)
    paper = (await window.shop.upload(b"%PDF", "application/pdf")).body["id"]
    await window.shop.send("document", {"id": paper, "filename": "bill.pdf", "caption": "Here"})
    await expect(window.page.get_by_role("link", name="bill.pdf")).to_be_visible()
    for place, (name, mime, kind) in enumerate(
        (("receipt.pdf", "application/pdf", "document"), ("a.png", "image/png", "image")), 2
    ):
        file: Any = {"name": name, "mimeType": mime, "buffer": PIXEL}
        await window.page.get_by_label("Attach a file").set_input_files(file)
        told = await window.heard(place)
        assert (told["type"], told[kind]["mime_type"]) == (kind, mime)


async def test_reactions_edits_and_what_was_deleted(window: Window) -> None:
    asked, shop = (await window.heard(1))["id"], window.shop
    await shop.send("reaction", {"message_id": asked, "emoji": "👍"})
    await expect(window.last.locator(".reactions")).to_have_text("👍")
    shop.outside.edit(shop.number, shop.ann, asked, text="Hello there")
    await window.shows("Hello there")
    await expect(window.last.locator("time")).to_contain_text("edited")
    shop.outside.revoke(shop.number, shop.ann, asked)
    await window.shows("This message was deleted")


async def test_blocking_and_writing_again(window: Window) -> None:
    await window.page.get_by_role("button", name="Block").press("Enter")
    await expect(window.page.get_by_role("button", name="Unblock")).to_be_visible()
    await window.shop.becomes((await window.shop.send()).wamid, "sent")
    await window.page.get_by_label("Message", exact=True).focus()
    await window.write("Back again")
    await window.shows("Hello", "Back again")
    await expect(window.page.get_by_role("button", name="Block", exact=True)).to_be_visible()


async def test_what_fails_is_never_shown(window: Window) -> None:
    window.shop.pass_time(25 * 3600)
    assert (await window.shop.fails(await window.shop.send()))["code"] == 131047
    await window.write("Still there?")
    await window.shows("Hello", "Still there?")


async def _fill(window: Window) -> None:
    """Everything that there can be on the page, and things that are too long."""
    shop = window.shop
    shop.template("parcel", components=PARCEL)
    for text in ("A" * 300, "https://example.com/" + "b" * 200, RICH):
        await shop.send("text", {"body": text})
    await window.write("https://example.com/" + "c" * 200)
    await shop.offer("parcel", *FILLED)
    photo = (await shop.upload(PIXEL, "image/png")).body["id"]
    await shop.send("image", {"id": photo, "caption": "A photo"})
    asked = (await window.heard(2))["id"]
    await shop.send("reaction", {"message_id": asked, "emoji": "👍"})
    await window.ask(buttons=[YES, NO])
    await window.ask(button="Choose", sections=[{"title": "How", "rows": ROWS}])
    await window.page.get_by_text("Choose").click()
    await window.mark(asked, typing_indicator={"type": "text"})
    await expect(window.state).to_have_text("typing…")
    await expect(window.bubbles).to_have_count(9)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["360", "1280"])
async def test_nothing_jumps_and_nothing_is_too_wide(
    chromium: Browser, size: dict[str, int]
) -> None:
    async with opened(chromium, viewport=size) as window:
        before = await _places(window)
        await _fill(window)
        assert await _places(window) == before
        wide = """() => [...document.querySelectorAll("html, body, #log, #messages, .bubble, .row")]
            .filter(one => one.scrollWidth > one.clientWidth).map(one => one.outerHTML)"""
        assert await window.page.evaluate(wide) == []
        tall = "document.documentElement.scrollHeight - innerHeight"
        assert await window.page.evaluate(tall) <= 0


async def _places(window: Window) -> list[Any]:
    """Where everything is that is not a message."""
    parts = ("header", "#block", "#log", "#text", "form button")
    return [await window.page.locator(part).bounding_box() for part in parts]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(chromium: Browser, scheme: str) -> None:
    async with opened(chromium, viewport=SMALL, color_scheme=scheme) as window:
        await window.is_clean()
        background = "getComputedStyle(document.body).backgroundColor"
        first = int(re.findall(r"\d+", await window.page.evaluate(background))[0])
        assert (first > 128) == (scheme == "light")
        await _fill(window)
        for position in ("0", "1e6"):
            await window.page.evaluate(f"document.getElementById('log').scrollTop = {position}")
            await window.is_clean()
