"""An operator before the portal: a whole Baton, a real Chromium, and who sits there.

`seated` opens a page as somebody who is logged in. Several may sit before the same `World`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from runtime.http.portal import DIST
from tests.operators import PASSWORD, hire
from tests.story import World

from .conftest import PATIENCE, Glass, watch

WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
GRAVE = {"serious", "critical"}


@dataclass(kw_only=True)
class Seat(Glass):
    """One operator's browser window on the portal."""

    context: BrowserContext
    base: str
    id: str = ""
    email: str = ""

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def go(self, path: str) -> None:
        await self.page.goto(self.base + path)

    async def sees(self, text: str) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def log_in(self) -> None:
        """Without the screen: the cookie is in the jar afterwards."""
        data = {"email": self.email, "password": PASSWORD}
        got = await self.context.request.post(f"{self.base}/api/v1/login", data=data)
        assert got.ok, await got.text()

    async def is_clean(self) -> None:
        """Accessible as far as axe can tell, light and dark."""
        for scheme in ("light", "dark"):
            await self.paint(scheme)
            found = await Axe().run(self.page)
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"

    async def paint(self, scheme: str) -> None:
        await self.page.evaluate(
            "scheme => document.documentElement.setAttribute('data-mantine-color-scheme', scheme)",
            scheme,
        )


async def scrolled(area: Locator, wanted: Locator, *, back: bool = False) -> None:
    """As far as there is more of it, until `wanted` is there: down, or `back` through what is older."""
    async with asyncio.timeout(PATIENCE / 1000):
        while not await wanted.count():
            await area.evaluate(
                "(one, back) => one.scrollTo(0, back ? -one.scrollHeight : one.scrollHeight)", back
            )
            await asyncio.sleep(0.05)


def declined(base: str) -> dict[str, Any]:
    """What a browser keeps whose operator wants no notifications, so that none are offered on top of a page."""
    kept = [{"name": "baton.notifications.declined", "value": "yes"}]
    return {"origins": [{"origin": base, "localStorage": kept}]}


@contextlib.asynccontextmanager
async def seat(chromium: Browser, base: str, **options: Any) -> AsyncIterator[Seat]:
    """A window in which nobody is logged in yet. It must not complain, nor ask anybody else."""
    assert (DIST / "index.html").is_file(), "The portal is not built: `make portal` builds it."
    wanted = {
        "viewport": WIDE,
        "locale": "en-GB",
        "reduced_motion": "reduce",
        "storage_state": declined(base),
        **options,
    }
    context = await chromium.new_context(**wanted)
    context.set_default_timeout(PATIENCE)
    page: Page = await context.new_page()
    one = Seat(page=page, context=context, base=base)
    watch(one)
    yield one
    await context.close()
    assert one.problems == []
    own = (f"{base}/", "data:", "blob:")
    assert [asked for asked in one.requests if not asked.startswith(own)] == []


@contextlib.asynccontextmanager
async def seated(
    chromium: Browser,
    world: World,
    name: str = "Olga",
    role: str = "operator",
    path: str = "/",
    **options: Any,
) -> AsyncIterator[Seat]:
    """A new operator, hired, logged in, before this page."""
    async with seat(chromium, world.base, **options) as one:
        one.id = await hire(world, name, role)
        one.email = f"{name}@b.example"
        await one.log_in()
        await one.go(path)
        yield one
