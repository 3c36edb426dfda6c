"""Start conversation in a real browser: what the promise says, click by click, and what must not happen twice."""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser.portal import Seat, seated
from tests.flows.test_outreach import hello, ready, written_by
from tests.number import line
from tests.operators import begun, desk
from tests.post import office
from tests.story import CHANNEL, World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
START = "Start conversation"


@contextlib.asynccontextmanager
async def before(chromium: Browser, w: World, customer_id: str) -> AsyncIterator[Seat]:
    """Olga, before the profile of somebody."""
    async with seated(chromium, w, path=f"/customers/{customer_id}") as olga:
        await expect(olga.button(START)).to_be_visible()
        yield olga


def dialog(one: Seat) -> Locator:
    return one.page.get_by_role("dialog", name=re.compile("^Start conversation with"))


def press(one: Seat, name: str) -> Locator:
    return dialog(one).get_by_role("button", name=name, exact=True)


async def opens(one: Seat, click: Locator, *, twice: bool = False) -> Page:
    """The tab that a click opens, with the conversation in Human Agents."""
    async with one.context.expect_page() as coming:
        await (click.dblclick() if twice else click.click())
    tab: Page = await coming.value
    await tab.wait_for_url(re.compile("/human-agents/.+"))
    return tab


async def words(one: Seat) -> Locator:
    """From the profile to where the first message is written, on the only channel that there is."""
    await one.button(START).click()
    await press(one, "Next").click()
    return one.page.get_by_label("Your message")


async def greeting(one: Seat) -> None:
    """The same, to a template with one gap."""
    await one.button(START).click()
    await press(one, "Next").click()
    await dialog(one).get_by_role("combobox", name="Select template").click()
    await expect(one.page.get_by_role("option", name="not_yet")).to_be_hidden()
    await one.page.get_by_role("option", name="greeting").click()


async def letter(one: Seat) -> None:
    """To a mail with a subject and a bold word; without the subject it complains."""
    await one.button(START).click()
    await dialog(one).get_by_role("region", name="Email").get_by_role("radio").click()
    await press(one, "Next").click()
    await expect(one.page.get_by_label("Subject")).to_be_focused()
    await press(one, "Start").click()
    await expect(dialog(one).get_by_text("A subject is needed.")).to_be_visible()
    await one.page.get_by_label("Subject").fill("Your order 48-2210")
    await one.page.get_by_role("textbox", name="Your message").click()
    await one.type("Hello Ann, ")
    await one.press("Control+b")
    await one.type("it is released.")
    await expect(one.button("Bold")).to_have_attribute("aria-pressed", "true")


def session_in(tab: Page) -> str:
    return tab.url.rsplit("/", 1)[1]


async def test_telegram_starts_in_words_once_and_the_conversation_opens_beside_the_profile(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path, ["Hello!", "Suggested"]) as w:
        ann = await written_by(w)
        async with before(chromium, w, ann) as olga:
            await olga.button(START).click()
            group = dialog(olga).get_by_role("region", name="Telegram")
            await expect(group.get_by_role("radio", name="Story")).to_be_checked()
            await expect(dialog(olga).get_by_label("Agent", exact=True)).to_be_hidden()
            await olga.is_clean()
            await press(olga, "Next").click()
            await olga.page.get_by_label("Your message").press("Control+Enter")
            await expect(dialog(olga).get_by_text("Write the first message.")).to_be_visible()
            await olga.type("Your parcel is **here**.")
            await olga.is_clean()
            tab = await opens(olga, press(olga, "Start"), twice=True)
            await expect(dialog(olga)).to_be_hidden()
            await w.until(lambda: w.heard()[-1:] == ["Your parcel is here."], "the first message")
            rows = await w.rows("sessions", "id", "mode", "operator_id")
            assert (session_in(tab), "copilot", olga.id) in rows

            assert w.heard() == ["Hello!", "Your parcel is here."]


async def test_where_there_is_an_active_conversation_it_is_opened_instead(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path) as w:
        active = await begun(w)
        ((ann,),) = await w.rows("customers", "id")
        async with before(chromium, w, ann) as olga:
            await olga.press("n")
            await press(olga, "Next").click()
            await olga.page.get_by_label("Your message").fill("Once more")
            tab = await opens(olga, press(olga, "Start"))
            assert session_in(tab) == active
            await expect(dialog(olga)).to_contain_text("active conversation")
            await expect(dialog(olga)).to_contain_text("nothing was sent")
            link = dialog(olga).get_by_role("link", name="Open the conversation")
            await expect(link).to_have_attribute("href", f"/human-agents/{active}")
            assert w.heard() == ["Hello!"]


async def test_whatsapp_starts_with_an_approved_template_that_is_seen_before(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with line(sqlite_url, tmp_path) as s, desk(s, "paul") as paul:
        hello(s, "greeting", "Good day, {{1}}.")
        hello(s, "not_yet", "Soon, {{1}}.", status="PENDING")
        async with before(chromium, s, await ready(s, paul)) as olga:
            await greeting(olga)
            await expect(dialog(olga)).to_contain_text(
                "WhatsApp allows business-initiated messages only through approved templates."
            )
            await expect(dialog(olga).get_by_label("Your message")).to_be_hidden()
            preview = dialog(olga).get_by_role("region", name="Preview")
            await expect(preview).to_contain_text("Good day, ")
            await press(olga, "Start").click()
            await expect(dialog(olga)).to_contain_text("fill in all that it needs")
            assert s.phone() == []
            await dialog(olga).get_by_role("combobox", name="1").fill("Ann")
            await expect(preview).to_contain_text("Good day, Ann.")
            await olga.is_clean()
            tab = await opens(olga, press(olga, "Start"))
            await s.hears("template")
            assert (session_in(tab), "copilot") in await s.rows("sessions", "id", "mode")


async def test_mail_starts_with_a_subject_and_formatted_words(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with office(sqlite_url, tmp_path) as o, desk(o.world, "paul") as paul:
        o.write("Hello")
        await o.until_heard(1)
        await paul.post(f"/sessions/{await o.session()}/resolve")
        async with before(chromium, o.world, await o.customer()) as olga:
            await letter(olga)
            await olga.is_clean()
            tab = await opens(olga, press(olga, "Start"))
            mail = (await o.until_heard(2))[-1]
            assert mail["subject"] == "Your order 48-2210"
            assert "it is released." in mail["text"]
            assert session_in(tab) == (await o.sessions())[-1]["id"]


async def test_what_is_not_offered_is_shown_on_request_with_its_reason(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        ann = await written_by(w)
        async with before(chromium, w, ann) as olga:
            await olga.button(START).click()
            choice = dialog(olga).get_by_role("radio", name="Story")
            await expect(choice).to_be_enabled()
            await boss.post("/agents/support/stop")
            await expect(choice).to_be_hidden()
            await expect(press(olga, "Next")).to_be_disabled()
            await expect(dialog(olga)).to_contain_text("No channel can reach this customer now.")
            await dialog(olga).get_by_role("switch", name="Show unavailable").press("Space")
            await expect(choice).to_be_disabled()
            await expect(choice.get_by_text("No running agents", exact=True)).to_be_visible()
            await olga.is_clean()
            await boss.post(f"/channels/{CHANNEL}/stop")
            await expect(choice.get_by_text("Channel not running")).to_be_visible()
            await boss.post("/agents/support/start")
            await boss.post(f"/channels/{CHANNEL}/start")
            await expect(choice).to_be_enabled()
            w.platform.outside.block(w.bot, w.person())
            await expect(choice).to_be_disabled()
            await expect(choice).to_contain_text("blocked")


async def test_of_several_agents_one_is_chosen(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        ann = await written_by(w)
        agents = w.runtime.roster.agents
        w.runtime.roster.agents = {**agents, "sales": agents["support"]}
        await w.runtime.store.write(w.runtime.announce_agents)
        two = {"agent_ids": ["support", "sales"]}
        assert (await boss.ask("PUT", f"/channels/{CHANNEL}/agents", two)).status == 200
        await w.until(lambda: len(w.runtime.roster.places[CHANNEL].agent_ids) > 1, "two agents")
        async with before(chromium, w, ann) as olga:
            await olga.button(START).click()
            await expect(dialog(olga)).to_contain_text("2 agents running")
            await dialog(olga).get_by_role("combobox", name="Agent").click()
            await olga.page.get_by_role("option").nth(1).click()
            await press(olga, "Next").click()
            await olga.page.get_by_label("Your message").fill("Hello again")
            tab = await opens(olga, press(olga, "Start"))
            assert (session_in(tab), "sales") in await w.rows("sessions", "id", "agent_id")


async def test_a_refusal_is_said_in_the_dialog_and_nothing_is_lost(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path) as w:
        ann = await written_by(w)
        async with before(chromium, w, ann) as olga:
            await (await words(olga)).fill("Only once")
            await olga.press("Escape")
            await expect(dialog(olga)).to_be_hidden()
            await olga.button(START).click()
            typed = olga.page.get_by_label("Your message")
            await expect(typed).to_have_value("Only once")
            w.bot.chats[w.person().id].blocked = True  # and we have not been told
            await press(olga, "Start").click()
            await expect(dialog(olga).get_by_role("alert")).to_contain_text("blocked")
            await expect(typed).to_have_value("Only once")
            assert await w.modes() == ["finished", "finished"]
            olga.problems[:] = [one for one in olga.problems if "409" not in one]


async def test_a_lost_answer_starts_nothing_twice(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    async with world(sqlite_url, tmp_path) as w:
        ann = await written_by(w)
        async with before(chromium, w, ann) as olga:
            await (await words(olga)).fill("Only once")
            await olga.page.route("**/conversations", lose)
            await press(olga, "Start").click()
            await expect(dialog(olga).get_by_role("alert")).to_contain_text("cannot be reached")
            await olga.page.unroute("**/conversations")
            tab = await opens(olga, press(olga, "Start"))
            await expect(dialog(olga)).to_contain_text("nothing was sent twice")
            assert w.heard().count("Only once") == 1
            assert (session_in(tab), "copilot") in await w.rows("sessions", "id", "mode")
            olga.problems[:] = [one for one in olga.problems if "ERR_" not in one]


async def test_where_the_browser_opens_no_tab_a_link_does(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with world(sqlite_url, tmp_path) as w:
        ann = await written_by(w)
        async with before(chromium, w, ann) as olga:
            await olga.page.evaluate("window.open = () => null")
            await olga.button(START).click()
            await press(olga, "Next").click()
            await olga.page.get_by_label("Your message").fill("Here I am")
            await press(olga, "Start").click()
            await expect(dialog(olga)).to_contain_text("your message is on its way")
            link = dialog(olga).get_by_role("link", name="Open the conversation")
            await expect(link).to_be_focused()
            await opens(olga, link)
            assert w.heard()[-1] == "Here I am"


async def test_a_viewer_may_not_start(sqlite_url: str, tmp_path: Path, chromium: Browser) -> None:
    async with world(sqlite_url, tmp_path) as w:
        await begun(w)
        ((ann,),) = await w.rows("customers", "id")
        async with seated(chromium, w, "Vera", "viewer", f"/customers/{ann}") as vera:
            await expect(vera.button(START)).to_be_disabled()
            await vera.press("n")
            await expect(dialog(vera)).to_be_hidden()
            await vera.is_clean()
