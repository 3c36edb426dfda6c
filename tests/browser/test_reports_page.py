"""The reports in a real browser: a lead looks, narrows, reads tables instead of plots, and takes them along."""

import csv
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from runtime.bus.memory import MemoryBus
from runtime.storage import channels, engine
from runtime.storage.ids import ChannelId
from runtime.storage.sql import Tx
from runtime.storage.work import Store
from tests.browser.portal import PHONE, Seat, seated
from tests.operators import Desk, desk
from tests.scenery import Scenery
from tests.story import CHANNEL, World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")
SHOP = "Kestrel WhatsApp"


def another(tx: Tx) -> None:
    """A second channel, which does not run."""
    found = channels.get(tx, CHANNEL)
    assert found is not None
    row = replace(
        found, id=ChannelId("wa"), kind="whatsapp", name=SHOP, state="stopped", worker=None
    )
    channels.insert(tx, row)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path) as w:
        yield w


async def weeks(w: World, url: str, *operators: str) -> None:
    now = [0]
    store = Store(engine.database(url), MemoryBus(), lambda: now[0])
    await w.runtime.store.write(another)
    scenery = Scenery(store=store, now=now, channels=[CHANNEL, "wa"], operators=operators * 3)
    await scenery.weeks(round(time.time() * 1000), days=20)
    await store.aclose()


async def reported(one: Desk, name: str, days: int, **more: str) -> Any:
    today = datetime.now(UTC).date()
    asked = {"from": str(today - timedelta(days=days - 1)), "to": str(today), **more}
    got = await one.get(f"/reports/{name}", **asked)
    assert got.status == 200, got.body
    return got.body


def figure(one: Seat, name: str) -> Locator:
    return one.page.get_by_role("region", name=name, exact=True)


def table(path: Path) -> list[dict[str, str]]:
    with path.open() as lines:
        return list(csv.DictReader(lines))


async def test_a_lead_sees_what_the_api_counts_and_takes_it_along(
    stage: World, chromium: Browser, sqlite_url: str
) -> None:
    async with (
        desk(stage, "Dana") as dana,
        seated(chromium, stage, path="/reports", timezone_id="UTC") as one,
    ):
        await one.sees("Here you will see how many conversations there were")
        await one.sees("Here you will see at which hours you are needed.")
        await weeks(stage, sqlite_url, dana.id)
        await one.press(".")
        total = (await reported(dana, "sessions", 28))["total"]
        keys = figure(one, "Key figures")
        await expect(keys.get_by_text(str(total["opened"]), exact=True)).to_be_visible()
        await expect(keys).to_contain_text(f"{round(total['containment'] * 100)}%")
        ends = figure(one, "Conversations by who resolved them")
        await expect(ends.locator("svg.recharts-surface").first).to_be_visible()
        await one.is_clean()
        await read(one, total["opened"])


async def read(one: Seat, opened: int) -> None:
    """Tables instead of plots, how a figure is counted, and a file of it."""
    ends = figure(one, "Conversations by who resolved them")
    await ends.get_by_role("button", name=re.compile("as a table$")).press("Enter")
    rows = ends.get_by_role("row")
    await expect(rows).to_have_count(29)
    cells = await ends.get_by_role("cell").all_inner_texts()
    assert sum(map(int, cells)) == opened
    reasons = figure(one, "Why people were wanted")
    await expect(reasons.get_by_text("The customer is upset.")).to_be_visible()
    agents = figure(one, "Suggestions by agent")
    await expect(agents.get_by_role("rowheader", name="Kestrel Support")).to_be_visible()
    await agents.get_by_role("button", name=re.compile("^How ")).hover()
    await one.sees("by the agent that made them")
    async with one.page.expect_download() as saving:
        await ends.get_by_role("link", name=re.compile("as CSV$")).click()
    days = table(await (await saving.value).path())
    assert sum(int(day["opened"]) for day in days) == opened


async def test_the_time_the_zone_and_the_filters_stand_in_the_address(
    stage: World, chromium: Browser, sqlite_url: str
) -> None:
    async with (
        desk(stage, "Dana") as dana,
        seated(chromium, stage, path="/reports?range=7d", timezone_id="UTC") as one,
    ):
        await weeks(stage, sqlite_url, dana.id)
        await one.page.get_by_role("combobox", name="Channel").click()
        await one.page.get_by_role("option", name=SHOP).click()
        await expect(one.page).to_have_url(re.compile("channel=wa"))
        narrow = (await reported(dana, "sessions", 7, channel_id="wa"))["total"]["opened"]
        keys = figure(one, "Key figures")
        await expect(keys.get_by_text(str(narrow), exact=True)).to_be_visible()
        await expect(figure(one, "By channel").get_by_role("row")).to_have_count(2)


async def test_any_days_of_any_zone_can_be_chosen(stage: World, chromium: Browser) -> None:
    async with seated(chromium, stage, path="/reports?range=7d", timezone_id="UTC") as one:
        await one.button("Time: Last 7 days").press("Enter")
        await one.button("Last 90 days").press("Enter")
        await expect(one.page).to_have_url(re.compile("range=90d"))
        await expect(one.page.get_by_role("radio", name="Week")).to_be_checked()
        await one.page.get_by_role("combobox", name="Time zone").fill("Tokyo")
        await one.page.get_by_role("option", name="Asia/Tokyo").click()
        await expect(one.page).to_have_url(re.compile("zone=Asia"))

        await one.button("Time: Last 90 days").click()
        await one.page.get_by_label("From", exact=True).fill("2020-02-01")
        await one.page.get_by_label("To", exact=True).fill("2020-01-01")
        await one.sees("The first day is after the last one.")
        await one.page.get_by_label("To", exact=True).fill("2020-02-09")
        await one.press("Enter")
        await one.sees("Here you will see the reasons")
        await one.page.reload()
        await expect(one.page.get_by_role("button", name="Time: 1")).to_contain_text("Feb")


async def test_reports_are_read_on_a_phone(
    stage: World, chromium: Browser, sqlite_url: str
) -> None:
    async with (
        desk(stage, "Dana") as dana,
        seated(chromium, stage, role="viewer", viewport=PHONE, locale="de") as one,
    ):
        await weeks(stage, sqlite_url, dana.id)
        await one.go("/reports")
        chart = figure(one, "Was aus Vorschlägen wurde").locator("svg.recharts-surface")
        await expect(chart.first).to_be_visible()
        await one.is_clean()
        assert await one.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
