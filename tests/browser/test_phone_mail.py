"""The mail program of the emulated provider in a real browser: write, read, answer, and nothing that acts."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiosmtplib
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Locator, expect

from emulators import mail
from tests.browser.conftest import Glass, paged
from tests.phone import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

OURS = "support@kestrel.example"
EVIL = (
    "<p>Hello <b>Robin</b></p><script>document.title = 'owned'</script><img src=x onerror=alert(1)>"
)


@dataclass(kw_only=True)
class Program(Glass):
    """Robin's mail program, and the business at the other end."""

    provider: mail.Running

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def got(self) -> list[dict[str, Any]]:
        return self.provider.outside.got(self.provider.post.accounts[OURS])

    async def send(self, html: str) -> None:
        """The business writes to Robin."""
        account = self.provider.post.accounts[OURS]
        content = (
            f"From: Kestrel <{OURS}>\r\nTo: robin@customers.example\r\nSubject: Your order\r\n"
            f"Message-ID: <1@kestrel.example>\r\nContent-Type: text/html\r\n\r\n{html}\r\n"
        )
        await aiosmtplib.send(
            content.encode(),
            sender=OURS,
            recipients=["robin@customers.example"],
            hostname=self.provider.host,
            port=self.provider.smtp,
            start_tls=False,
            username=OURS,
            password=account.password,
        )


@contextlib.asynccontextmanager
async def opened(chromium: Browser, **options: Any) -> AsyncIterator[Program]:
    async with mail.running() as provider:
        provider.post.add(OURS, "secret", name="Kestrel")
        async with paged(chromium, provider.url, **options) as glass:
            program = Program(**vars(glass), provider=provider)
            await expect(program.page.get_by_role("status")).to_have_text("Writing to Kestrel")
            yield program


@pytest_asyncio.fixture(loop_scope="module")
async def program(chromium: Browser) -> AsyncIterator[Program]:
    async with opened(chromium, viewport={"width": 390, "height": 844}) as found:
        yield found


async def test_a_customer_writes_with_a_file(program: Program) -> None:
    await expect(program.page.get_by_text("No mail yet")).to_be_in_viewport()
    await program.is_clean()
    await program.button("New mail").click()
    await expect(program.page.get_by_label("Subject")).to_be_focused()
    await program.type("My order")
    await program.page.get_by_label("Text").fill("Where is it?")
    bill = FilePayload(name="bill.txt", mimeType="text/plain", buffer=b"a bill")
    await program.page.get_by_label("File").set_input_files(bill)
    await program.is_clean()
    await program.button("Send").click()
    await until(lambda: len(program.got()) == 1)
    (got,) = program.got()
    assert (got["subject"], got["text"]) == ("My order", "Where is it?")
    assert [one["name"] for one in got["files"]] == ["bill.txt"]
    await expect(program.button("My order")).to_be_visible()


async def test_a_mail_is_read_in_a_frame_that_runs_nothing_and_answered_by_keyboard(
    program: Program,
) -> None:
    await program.send(EVIL)
    row = program.button("Your order")
    await expect(row).to_be_visible()
    await row.focus()
    await program.press("Enter")
    frame = program.page.frame_locator("iframe")
    await expect(frame.get_by_text("Hello Robin")).to_be_visible()
    assert await program.page.title() == "Your mail"
    await program.page.get_by_role("button", name="Answer").focus()
    await program.press("Enter")
    await program.type("Thank you")
    await program.button("Send").focus()
    await program.press("Enter")
    await until(lambda: len(program.got()) == 1)
    (got,) = program.got()
    assert (got["subject"], got["in_reply_to"]) == ("Re: Your order", "<1@kestrel.example>")
    assert got["text"].startswith("Thank you")
    program.problems[:] = [
        said for said in program.problems if "sandboxed" not in said and "404" not in said
    ]
    program.requests[:] = [one for one in program.requests if not one.startswith("about:")]


async def test_in_the_dark_and_on_a_large_screen_it_is_accessible_too(chromium: Browser) -> None:
    wide: Any = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}
    async with opened(chromium, **wide) as program:
        await program.send("<p>Hello</p>")
        await program.button("Your order").click()
        await program.is_clean()
