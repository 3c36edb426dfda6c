"""The phone page in a real browser: a person writes, reads, presses, and nothing gets in the way."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Screen, opened
from tests.phone import hooked

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL, LARGE = {"width": 360, "height": 640}, {"width": 1280, "height": 800}
YES = {"text": "Yes", "callback_data": "yes"}
NO = {"text": "No", "callback_data": "no"}
SHOP = {"text": "The shop", "url": "https://example.com/"}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
    "789c63f8cff0ff3f0007fe03fe9d54e3ea0000000049454e44ae426082"
)
RICH = (
    "Look <b>here and <i>there</i></b>:\n<pre>a line of code that is much wider than a phone</pre>\n"
    "<blockquote>One <b>quote</b>.</blockquote>\n"
    '<code>/human</code> or <a href="https://example.com/help">help</a>'
)


async def test_what_is_typed_reaches_the_webhook_without_a_mouse(screen: Screen) -> None:
    async with hooked() as hook:
        await screen.phone.listen(hook)
        await screen.write("Where is my parcel?")
        await hook.hears(1)
        await screen.phone.call("deleteWebhook")
    assert hook.heard[0]["message"]["text"] == "Where is my parcel?"
    await screen.shows("/start", "Where is my parcel?")
    await expect(screen.page.get_by_label("Message", exact=True)).to_have_value("")


async def test_shift_and_enter_begin_a_line_of_one_message(screen: Screen) -> None:
    await screen.type("One")
    await screen.press("Shift+Enter")
    await screen.write("two")
    (update,) = await screen.updates(1)
    assert update["message"]["text"] == "One\ntwo"
    await screen.press("Enter")
    await screen.write("  ")
    await screen.write("three")
    (update,) = await screen.updates(1)  # nothing is sent of nothing
    assert update["message"]["text"] == "three"


async def test_an_answer_appears_with_its_styles(screen: Screen) -> None:
    await screen.phone.say(RICH, parse_mode="HTML")
    answer = screen.page.locator("#messages li").last
    await expect(answer.locator("b").first).to_have_text("here and there")
    await expect(answer.locator("b i")).to_have_text("there")
    await expect(answer.locator("blockquote")).to_have_text(["One quote."])
    plain = "Look here and there:\na line of code that is much wider than a phone"
    words = await answer.locator(".words").text_content()
    assert words == f"{plain}One quote./human or help"  # a block brings its own line
    await expect(answer.get_by_role("link", name="help")).to_have_attribute("target", "_blank")
    await expect(answer.locator(".bubble")).to_contain_text("Rules: ")  # for those who only hear


async def test_words_are_never_taken_for_markup(screen: Screen) -> None:
    words = "<img src=x onerror=alert(1)> & <b>not bold</b>"
    await screen.write(words)
    await screen.phone.say(words)
    await screen.shows("/start", words, words)
    link = [{"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(1)"}]
    screen.phone.write("here", entities=link)
    await expect(screen.page.get_by_role("link", name="here")).to_have_attribute("href", "#")


async def test_typing_shows_until_the_answer_or_until_it_is_old(screen: Screen) -> None:
    await expect(screen.state).to_have_text("bot")
    chat = screen.phone.ann.id
    await screen.phone.call("sendChatAction", chat_id=chat, action="typing")
    await expect(screen.state).to_have_text("typing…")
    await screen.phone.say("Here I am.")
    await expect(screen.state).to_have_text("bot")
    await screen.phone.call("sendChatAction", chat_id=chat, action="typing")
    await expect(screen.state).to_have_text("typing…")
    screen.phone.pass_time(6)
    await expect(screen.state).to_have_text("bot")


@pytest.mark.parametrize("key", ["Enter", "Space"])
async def test_buttons_are_pressed_by_keyboard(screen: Screen, key: str) -> None:
    sent = await screen.offer("Again?", [YES, NO], [SHOP])
    shop = screen.page.get_by_role("link", name="The shop")
    await expect(shop).to_have_attribute("href", SHOP["url"])
    way = [await _back(screen) for _ in range(4)]
    assert way == ["Attach a file", "The shop", "No", "Yes"]
    await screen.press("Tab", key)
    (update,) = await screen.updates(1)
    query = update["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("no", sent["message_id"])
    assert query["from"]["username"] == "robin"


async def _back(screen: Screen) -> str:
    await screen.press("Shift+Tab")
    return await screen.focused()


async def test_a_pressed_button_may_go_and_the_keyboard_stays_usable(screen: Screen) -> None:
    sent = await screen.offer("Again?", [YES])
    await screen.press("Shift+Tab", "Shift+Tab", "Enter")
    of = {"chat_id": screen.phone.ann.id, "message_id": sent["message_id"]}
    await screen.phone.call("editMessageText", **of, text="It is on its way.")
    await screen.shows("/start", "It is on its way.")
    await expect(screen.page.get_by_role("button", name="Yes")).to_have_count(0)
    await screen.write("Thanks")
    await screen.shows("/start", "It is on its way.", "Thanks")
    await screen.phone.call("deleteMessage", **of)
    await screen.shows("/start", "Thanks")


async def test_many_messages_of_both_stay_in_order(screen: Screen) -> None:
    asked = [f"Question {number}" for number in range(12)]
    await screen.type("".join(f"{text}\n" for text in asked))
    heard = await screen.updates(len(asked))
    assert [update["message"]["text"] for update in heard] == asked
    screen.phone.bot.limits = False
    answers = [f"Answer {number}" for number in range(12)]
    for text in answers:
        await screen.phone.say(text)
    await screen.shows("/start", *asked, *answers)
    await expect(screen.bubbles.last).to_be_in_viewport()


async def test_who_reads_further_up_is_left_there(screen: Screen) -> None:
    screen.phone.bot.limits = False
    for number in range(30):
        await screen.phone.say(f"Line {number}")
    await expect(screen.bubbles).to_have_count(31)
    await screen.page.get_by_role("log").focus()
    await screen.press("Home")
    await expect(screen.bubbles.first).to_be_in_viewport()
    await screen.phone.say("One more")
    await expect(screen.bubbles).to_have_count(32)
    await expect(screen.bubbles.last).not_to_be_in_viewport()


async def test_a_photo_and_a_file_are_shown_and_sent(screen: Screen) -> None:
    to = {"chat_id": screen.phone.ann.id}
    await screen.phone.form("sendPhoto", **to, photo=PIXEL)
    await expect(screen.page.get_by_role("img", name="Photo")).to_have_js_property("complete", True)
    await screen.phone.form("sendDocument", **to, document=b"text")
    await expect(screen.page.get_by_role("link", name="document.bin")).to_be_visible()
    file: Any = {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    await screen.page.get_by_label("Attach a file").set_input_files(file)
    (update,) = await screen.updates(1)
    assert update["message"]["document"]["file_name"] == "receipt.pdf"
    await expect(screen.page.get_by_role("link", name="receipt.pdf")).to_be_visible()


async def test_blocking_and_writing_again(screen: Screen) -> None:
    await screen.page.get_by_role("button", name="Block").press("Enter")
    await expect(screen.page.get_by_role("button", name="Unblock")).to_be_visible()
    assert (await screen.phone.say()).status == 403
    await screen.page.get_by_label("Message", exact=True).focus()
    await screen.write("Back again")
    await screen.shows("/start", "Back again")
    await expect(screen.page.get_by_role("button", name="Block", exact=True)).to_be_visible()
    assert (await screen.phone.say()).status == 200


async def test_what_could_not_be_sent_is_given_back(screen: Screen) -> None:
    await screen.page.route("**/_control/messages", lambda route: route.abort())
    await screen.write("Hello?")
    field = screen.page.get_by_label("Message", exact=True)
    await expect(field).to_have_value("Hello?")
    await expect(screen.state).to_have_text(re.compile("No connection"))
    await screen.page.unroute("**/_control/messages")
    await screen.press("Enter")
    await screen.shows("/start", "Hello?")
    (problem,) = screen.problems
    assert "ERR_FAILED" in problem  # which is what the browser says of a line that is cut
    screen.problems.clear()


async def test_a_reload_keeps_the_chat_and_a_platform_that_forgot_begins_anew(
    screen: Screen,
) -> None:
    await screen.write("Hello")
    await screen.page.reload()
    await screen.shows("/start", "Hello")
    users, robin = screen.phone.platform.users, screen.phone.ann
    users.pop(robin.id)
    screen.phone.bot.chats.clear()
    await screen.page.reload()
    await screen.shows("/start")
    await screen.page.goto(f"{screen.phone.running.url}/phone?name=Zoë Lee")
    await screen.shows("/start")
    people = [(one.first_name, one.id == robin.id) for one in users.values() if not one.is_bot]
    assert people[-2:] == [("Robin", True), ("Zoë Lee", False)]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["360", "1280"])
async def test_nothing_jumps_and_nothing_is_too_wide(
    chromium: Browser, size: dict[str, int]
) -> None:
    async with opened(chromium, viewport=size) as screen:
        before = await _places(screen)
        await _fill(screen)
        assert await _places(screen) == before
        wide = """() => [...document.querySelectorAll("html, body, #log, #messages, .bubble")]
            .filter(one => one.scrollWidth > one.clientWidth).map(one => one.outerHTML)"""
        assert await screen.page.evaluate(wide) == []
        tall = "document.documentElement.scrollHeight - innerHeight"
        assert await screen.page.evaluate(tall) <= 0
        await expect(screen.bubbles.last).to_be_in_viewport()


async def _places(screen: Screen) -> list[Any]:
    """Where everything is that is not a message."""
    parts = ("header", "#block", "#log", "#text", "form button")
    return [await screen.page.locator(part).bounding_box() for part in parts]


async def _fill(screen: Screen) -> None:
    """Everything that there can be on the page, and things that are too long."""
    screen.phone.bot.limits = False
    to = {"chat_id": screen.phone.ann.id}
    for text in ("A" * 300, "https://example.com/" + "b" * 200, RICH):
        await screen.phone.say(text, parse_mode="HTML")
    await screen.write("https://example.com/" + "c" * 200)
    await screen.phone.form("sendDocument", **to, document=b"text", caption="A file")
    await screen.phone.form("sendPhoto", **to, photo=PIXEL, caption="A photo")
    await expect(screen.page.locator("img")).to_have_js_property("complete", True)
    long = [{"text": f"A button with {word} words", "callback_data": word} for word in ("few", "D")]
    await screen.offer("Buttons", [YES, NO], long, [SHOP], [{"text": "E" * 60, **YES}])
    await screen.phone.call("sendChatAction", **to, action="typing")
    await expect(screen.state).to_have_text("typing…")
    await expect(screen.bubbles).to_have_count(8)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(chromium: Browser, scheme: str) -> None:
    async with opened(chromium, viewport=SMALL, color_scheme=scheme) as screen:
        await screen.is_clean()
        background = "getComputedStyle(document.body).backgroundColor"
        first = int(re.findall(r"\d+", await screen.page.evaluate(background))[0])
        assert (first > 128) == (scheme == "light")
        await _fill(screen)
        for position in ("0", "1e6"):
            await screen.page.evaluate(f"document.getElementById('log').scrollTop = {position}")
            await screen.is_clean()


async def test_every_stop_of_the_keyboard_is_visible(screen: Screen) -> None:
    assert await screen.focused() == "Message"
    assert [await _back(screen) for _ in range(3)] == ["Attach a file", "Messages", "Block"]
    await screen.press("Tab", "Tab", "Tab", "Tab")
    assert await screen.focused() == "Send"


async def test_the_page_asks_nobody_but_the_emulator(screen: Screen) -> None:
    await _fill(screen)
    await asyncio.sleep(0.2)
    assert len(screen.requests) > 10
    hosts = {url.split("/")[2] for url in screen.requests if not url.startswith("data:")}
    assert hosts == {screen.phone.running.url.split("/")[2]}
    assert screen.problems == []
