"""Every screen, as the pictures of the documentation show it: accessible, light and dark, wide and on a phone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Response

from runtime.storage import engine, migrate
from tests.browser.gallery import SCREENS, SIZES, Screen, Stage, staged

FIRST_LOAD = 250_000
"""Bytes of compressed script."""
WORKSPACE = next(screen for screen in SCREENS if screen.name == "human-agents")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("stage")
    url = f"sqlite:///{folder / 'baton.db'}"
    migrate.upgrade(engine.database(url))
    async with staged(url, folder) as found:
        yield found


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_axe_finds_nothing_and_nothing_sticks_out(
    stage: Stage, chromium: Browser, screen: Screen
) -> None:
    for viewport in SIZES.values():
        async with stage.seated(chromium, viewport=viewport) as one:
            await stage.show(one, screen)
            await one.is_clean()
            width = await one.page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"]


async def test_the_workspace_needs_no_more_script_than_its_budget(
    stage: Stage, chromium: Browser
) -> None:
    async with stage.seated(chromium) as one:
        got: list[Response] = []
        one.page.on("response", lambda answer: got.append(answer))  # noqa: PLW0108
        await stage.show(one, WORKSPACE)
        scripts = [answer.headers for answer in got if answer.url.endswith(".js")]
        assert {headers["content-encoding"] for headers in scripts} == {"br"}
        total = sum(int(headers["content-length"]) for headers in scripts)
        assert total <= FIRST_LOAD
