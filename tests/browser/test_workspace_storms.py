"""The workspace when things go wrong: lost networks and answers, strange customers, long lists."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Route, expect

from agents.llm.scripted import ScriptedLlm
from emulators import telegram
from emulators.control import Fault
from runtime.session import Change
from runtime.storage import engine, log
from runtime.storage import sessions as rows
from runtime.storage.sql import Tx
from runtime.storage.tables import sessions
from tests.browser.portal import Seat, seated
from tests.operators import begun, desk
from tests.servers import free_port
from tests.story import TOKEN, World, replica, settings, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 10_000
FITS = "one => one.scrollWidth <= one.clientWidth"
LETTER = "Dear team, " + "where is it? https://a.example/x " * 1500 + "x" * 50_000 + " Yours, Ann"
STRANGE = [
    "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "مرحبا، أين طلبي؟",
    "👩🏽‍🚀" * 50,
    "x" * 4000,
    "\u202eesrever",
]


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, ["Hello!"] * 60) as w:
        yield w


def said(one: Seat, text: str) -> Locator:
    return one.page.locator("li[data-seq]").filter(has_text=text)


def forget_the_network(one: Seat) -> None:
    """What the console says of a network that is gone is no fault."""
    one.problems[:] = [said for said in one.problems if not re.search("ERR_| 500 ", said)]


async def taken(one: Seat) -> Locator:
    await one.button("Take over").first.click()
    field = one.page.get_by_label("Type your message")
    await expect(field).to_be_focused()
    return field


async def test_a_lost_network_and_a_lost_answer_lose_and_double_nothing(
    stage: World, chromium: Browser
) -> None:
    ann = await begun(stage, "Where is my parcel?")
    async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
        field = await taken(one)
        asked = list[str]()

        async def lose(route: Route) -> None:
            """The first time Baton takes it, and its answer is lost."""
            asked.append(route.request.post_data or "")
            if len(asked) > 1:
                await route.continue_()
            else:
                await route.fetch()
                await route.abort()

        await one.page.route("**/messages", lose)
        await field.fill("Once only.")
        await one.press("Enter")
        await stage.until(lambda: len(asked) == 2, "it is sent again")
        assert asked[0] == asked[1]
        await expect(said(one, "Once only.")).to_have_count(1)
        await expect(one.page.get_by_label("Not sent yet").first).to_be_hidden()
        await _offline(one, field)
        await stage.until(lambda: stage.heard()[-1] == "While offline.", "both")
        assert stage.heard().count("Once only.") == 1
        forget_the_network(one)


async def _offline(one: Seat, field: Locator) -> None:
    await one.context.set_offline(True)
    await one.sees("You are offline.")
    await field.fill("While offline.")
    await one.press("Enter")
    await expect(one.page.get_by_role("list", name="Not sent yet")).to_contain_text("offline")
    await field.fill("Half a sent")
    await one.context.set_offline(False)
    await expect(said(one, "While offline.")).to_have_count(1)
    await one.page.reload()
    await expect(field).to_have_value("Half a sent")


async def test_a_restart_under_an_open_conversation_loses_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path, chromium: Browser
) -> None:
    async with restartable(sqlite_url, tmp_path) as (stage, start, stop):
        ann = await begun(stage, "Where is my parcel?")
        async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
            field = await taken(one)
            await one.page.evaluate("globalThis.reloaded = false")
            happened = await lose_answers(one)
            await field.fill("Sent just before.")
            await one.press("Enter")
            await stage.until(lambda: "taken" in happened, "Baton has it and did not say so")
            await field.fill("Half a sent")
            await stop()
            happened.append("stopped")
            await one.sees("Baton does not answer. What you write is kept")
            waiting = one.page.get_by_role("list", name="Not sent yet")
            await expect(waiting).to_contain_text("Sent just before.")
            stage.write("Are you there?")
            await one.page.wait_for_timeout(500)
            await start()
            await expect(said(one, "Are you there?")).to_be_visible(timeout=20_000)
            await expect(one.page.get_by_text("Baton does not answer.")).to_be_hidden()
            await stage.until(lambda: "refused" in happened, "who is logged in is asked in vain")
            await expect(waiting).to_be_hidden()
            await expect(said(one, "Sent just before.")).to_have_count(1)
            await expect(field).to_have_value("Half a sent")
            assert await one.page.evaluate("globalThis.reloaded") is False
            assert stage.heard() == ["Hello!", "Sent just before."]
            forget_the_network(one)


async def test_an_answer_of_before_does_not_hide_how_far_a_message_came(
    stage: World, chromium: Browser
) -> None:
    ann = await begun(stage, "Where is my parcel?")
    stage.platform.telegram.control.faults.append(
        Fault(kind="delay", method="sendmessage", seconds=1.0)
    )
    held = []

    async def hold(route: Route) -> None:
        """It says that the message is being sent, and comes when it was sent."""
        answer = await route.fetch()
        held.append('"queued"' in await answer.text() or '"sending"' in await answer.text())
        await stage.until_rows(
            lambda all_: {row[0] for row in all_} == {"sent"}, "deliveries", "state"
        )
        await asyncio.sleep(0.3)
        await route.fulfill(response=answer)

    async with (
        desk(stage, "Paul") as paul,
        seated(chromium, stage, path=f"/human-agents/{ann}") as one,
    ):
        assert (await paul.post(f"/sessions/{ann}/takeover")).status == 200
        await expect(said(one, "Paul took over")).to_be_visible()
        await one.page.route(re.compile(r"/log\?.*after="), hold, times=1)
        assert (await paul.post(f"/sessions/{ann}/messages", text="It comes.")).status == 202
        await expect(said(one, "It comes.").get_by_label("Sent", exact=True)).to_be_visible()
        assert held == [True]


async def lose_answers(one: Seat) -> list[str]:
    """The next message is taken and not answered until Baton is stopped; and from now on `/me` fails."""
    happened = list[str]()

    async def message(route: Route) -> None:
        if "stopped" in happened:
            await route.continue_()
        elif "taken" in happened:
            await route.abort()
        else:
            await route.fetch()
            happened.append("taken")
            await route.abort()

    async def me(route: Route) -> None:
        happened.append("refused")
        await route.fulfill(status=500)

    await one.page.route("**/messages", message)
    await one.page.route("**/api/v1/me", me)
    return happened


@contextlib.asynccontextmanager
async def restartable(
    url: str, folder: Path
) -> AsyncIterator[tuple[World, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]]:
    """A Baton that is started and stopped as a whole, on one port and one database; the platform stays."""
    conf, llm = settings(url, folder, free_port()), ScriptedLlm(["Hello!"] * 9)
    async with telegram.running() as platform, contextlib.AsyncExitStack() as running:
        bot = platform.telegram.add_bot(TOKEN, name="Story", limits=False)
        nobody: Any = None
        w = World(runtime=nobody, platform=platform, bot=bot, base=conf.public_url, llm=llm)

        async def start() -> None:
            w.runtime = await running.enter_async_context(replica(conf, platform.url, llm))

        await start()
        yield w, start, running.aclose


async def test_strange_customers_break_nothing(stage: World, chromium: Browser) -> None:
    ann = await begun(stage, "Hi", "<b>Ann</b>")
    async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
        await taken(one)
        for text in STRANGE:
            stage.write(text, "<b>Ann</b>")
        for text in STRANGE[:3]:
            await expect(said(one, text)).to_be_visible()
        assert await one.page.locator("img[src=x]").count() == 0
        for number in range(500):
            stage.write(f"Message {number}", "<b>Ann</b>")
        await expect(said(one, "Message 499")).to_be_in_viewport(timeout=30_000)
        area = one.page.get_by_role("region", name="Chat with")
        assert await area.evaluate(FITS), "nothing stands out sideways"
        await one.page.reload()
        await expect(said(one, "Message 499")).to_be_in_viewport()
        await area.evaluate("one => { one.scrollTop = 0 }")
        await expect(said(one, "Message 439")).to_have_count(1)
        await expect(said(one, "Message 410")).to_have_count(1)
        before = await area.evaluate("one => one.scrollTop")
        assert before > 100, "what comes above does not move what is read"
        stage.write("And another", "<b>Ann</b>")
        await one.page.get_by_role("button", name="1 new message").click()
        await expect(said(one, "And another")).to_be_in_viewport()


async def test_a_letter_of_100_kb_is_folded_and_the_page_stays_quick(
    stage: World, chromium: Browser
) -> None:
    ann = await begun(stage, "Hi")
    async with seated(chromium, stage, path=f"/human-agents/{ann}") as one:
        field = await taken(one)
        await stage.runtime.store.write(_letter(stage, ann))
        await _unfolded(one)
        await field.press_sequentially("It is being read.")
        await expect(field).to_have_value("It is being read.")
        await one.go(f"/sessions/{ann}")
        await _unfolded(one)


def _letter(stage: World, session_id: str) -> Callable[[Tx], None]:
    """It comes as a mail does: Telegram takes 4,096 characters."""

    def unit(tx: Tx) -> None:
        row = rows.lock(tx, session_id)
        assert row is not None
        change = Change(tx, row, stage.runtime.roster.rules(row.channel_id, row.agent_id))
        change.write(log.Kind.MESSAGE, log.Author.CUSTOMER, LETTER)
        change.customer_wrote()
        change.save()

    return unit


async def _unfolded(one: Seat) -> None:
    """First only its beginning is there, then all of it; never does it stand out sideways."""
    letter = said(one, "Dear team")
    await expect(letter).to_be_visible()
    assert len(await letter.inner_text()) < 3200
    area = one.page.get_by_role("region").filter(has=letter).last
    assert await area.evaluate(FITS)
    await letter.get_by_role("button", name="Show all of it").click()
    await expect(letter).to_contain_text("Yours, Ann")
    assert len(await letter.inner_text()) > len(LETTER) - 100
    assert await area.evaluate(FITS)


async def test_ten_thousand_conversations_are_a_few_lines_of_page(
    stage: World, chromium: Browser, sqlite_url: str
) -> None:
    ann = await begun(stage, "Hi")
    columns = [column.name for column in sessions.c]
    changed = {
        "id": "substr(id, 1, 12) || printf('%012x', n)",
        "chat": "'c' || n",
        "mode": "'waiting'",
        "waiting_since": "opened_at + n",
    }
    chosen = ", ".join(changed.get(name, name) for name in columns)
    with engine.database(sqlite_url).connect() as connection:
        connection.execute(
            f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {MANY})"
            f" INSERT INTO sessions ({', '.join(columns)})"
            f" SELECT {chosen} FROM sessions, many WHERE id = '{ann}'"
        )
    async with seated(chromium, stage, path="/human-agents") as one:
        group = one.page.get_by_role("button", name=re.compile("Unassigned"))
        await expect(group).to_contain_text("10000", timeout=60_000)
        cards = one.page.get_by_role("list", name="Conversations").get_by_role("link")
        assert await cards.count() < 40
        table = one.page.locator("#conversations")
        await table.evaluate("one => { one.scrollTop = one.scrollHeight }")
        await expect(table.locator(f"[aria-posinset='{MANY + 1}']")).to_be_visible()
        assert await cards.count() < 40
