"""Start and take over, sentence by sentence, as its users play it: `python -m runtime demo`, an operator's window
on the portal, and the customer's phone beside it. Each step is named by the sentence that it shows.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import watch
from tests.browser.phone import Phone, held
from tests.browser.portal import Seat, seat
from tests.flows.test_command_line import demo
from tests.flows.test_outreach import TOO_SOON
from tests.servers import free_ports

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
CONTINUE = "Continue in Human Agent"
NEVER_WROTE = "A bot cannot write first, and the customer has never written to this channel."
KINDS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "email": "mail"}
"""And how the demo names their pages."""


@dataclass(kw_only=True)
class Printed:
    """What the demo tells whoever starts it."""

    lines: list[str] = field(default_factory=list)
    is_whole: asyncio.Event = field(default_factory=asyncio.Event)

    def after(self, label: str) -> str:
        (found,) = (one for one in self.lines if one.startswith(f"  {label} "))
        return found.removeprefix(f"  {label}").strip()

    async def read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            self.lines.append(line.decode().rstrip())
            if line.startswith(b"  Stop "):
                self.is_whole.set()


@contextlib.contextmanager
def sentence(words: str) -> Iterator[None]:
    """A step of the story; a failure tells which."""
    try:
        yield
    except (AssertionError, Exception) as error:
        error.add_note(f"This was to be seen: {words}")
        raise


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def printed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Printed]:
    """The demo runs, with an empty state folder."""
    process = await demo(tmp_path_factory.mktemp("demo"), free_ports(6))
    told = Printed()
    reading = asyncio.create_task(told.read(process))
    try:
        async with asyncio.timeout(60):
            await told.is_whole.wait()
        yield told
    finally:
        process.kill()
        await reading
        await process.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operator(printed: Printed, chromium: Browser) -> AsyncIterator[Seat]:
    """Who logged in with what was printed."""
    motion = {"reduced_motion": "no-preference"}  # a dot is to pulse
    async with seat(chromium, printed.after("Portal").rstrip("/"), **motion) as one:
        email, password = printed.after("Login").split("  /  ")
        await one.go("/")
        await one.page.get_by_label("Email").fill(email)
        await one.page.get_by_role("textbox", name="Password").fill(password)
        await one.button("Log in").click()
        await one.sees("Nobody waits")
        one.problems[:] = [said for said in one.problems if "401" not in said]  # nobody, at first
        yield one


@contextlib.asynccontextmanager
async def opened(one: Seat, click: Locator) -> AsyncIterator[Seat]:
    """The browser tab that a click opens, with the conversation in Human Agents."""
    async with one.context.expect_page() as coming:
        await click.click()
    page: Page = await coming.value
    await page.wait_for_url(re.compile("/human-agents/.+"))
    tab = replace(one, page=page)
    watch(tab)
    yield tab
    await page.close()


def dialog(one: Seat) -> Locator:
    return one.page.get_by_role("dialog", name=re.compile("^Start conversation with"))


def press(one: Seat, name: str) -> Locator:
    return dialog(one).get_by_role("button", name=name, exact=True)


def details(one: Seat) -> Locator:
    return one.page.get_by_role("complementary", name="Details")


def card(tab: Seat, name: str) -> Locator:
    return tab.page.get_by_role("list", name="Conversations").get_by_role("link", name=name)


def said(tab: Seat, text: str) -> Locator:
    return tab.page.locator("li[data-seq]").filter(has_text=text)


async def open_profile(one: Seat, name: str) -> None:
    await one.go("/customers")
    await one.page.get_by_role("row", name=re.compile(f"^{name}")).dblclick()
    await expect(one.button("Start conversation")).to_be_visible()


async def find_active(one: Seat, name: str) -> None:
    with sentence("Open the customer profile and switch to the Communications tab."):
        await open_profile(one, name)
        await one.page.get_by_role("tab", name="Communications").click()
    with sentence("Active conversations show a pulsing dot next to the agent name in Details."):
        dot = details(one).get_by_label("Active", exact=True)
        await expect(dot).to_be_visible()
        assert await dot.evaluate("one => getComputedStyle(one).animationName") != "none"
        await expect(details(one)).to_contain_text("Kestrel Support")


async def is_taken_over(one: Seat, tab: Seat, ann: Phone) -> None:
    with sentence("The portal shows “Continue communication at Human Agents tab”."):
        await one.sees("Continue communication at Human Agents tab")
    with sentence("It opens the conversation in Human Agents in a new browser tab."):
        await expect(card(tab, ann.name)).to_be_visible()
    with sentence("The session switches to Copilot mode."):
        await expect(tab.page.get_by_role("switch", name="Copilot")).to_be_checked()
    with sentence("If it has no operator yet, you are assigned as its operator."):
        await expect(card(tab, ann.name)).to_contain_text("Admin")
    with sentence("The full history stays, including the moment control changed hands."):
        await expect(said(tab, "How long is delivery?")).to_be_visible()
        await expect(said(tab, "Admin took over")).to_be_visible()


async def is_suggested(tab: Seat, ann: Phone, many: int) -> None:
    """Ann asks, and reads what the operator made of it as message number `many` + 1."""
    with sentence("The AI stops answering on its own and suggests replies instead."):
        await ann.says("What does express delivery cost?")
        await expect(said(tab, "What does express delivery cost?")).to_be_visible()
        panel = tab.page.get_by_role("region", name="Suggested replies")
        proposal = panel.get_by_role("article").filter(has_text="€9.90")
        await expect(proposal).to_be_visible()
        await expect(ann.theirs).to_have_count(many)
    with sentence("… that you can edit and send."):
        await proposal.get_by_role("button", name="Edit this suggestion").click()
        field = tab.page.get_by_label("Type your message")
        await expect(field).to_be_focused()
        await tab.press("Control+End")
        await tab.type(" Shall we?")
        await tab.press("Control+Enter")
        await expect(said(tab, "Shall we?")).to_contain_text("Admin")
    with sentence("The customer keeps writing in the same channel, and notices nothing."):
        await ann.reads("Shall we?", many=many + 1)


async def is_given_back(tab: Seat, ann: Phone) -> None:
    with sentence("Return to AI: the AI answers again."):
        await tab.button("Return to AI").click()
        await tab.sees("The AI answers again")
        await ann.says("Which countries do you deliver to?")
        await ann.reads("all countries of the EU", many=3)
        await tab.button("Take over").first.click()


async def is_resolved(tab: Seat) -> None:
    with sentence("Resolve: with a question, and it leaves Human Agents."):
        await tab.button("Resolve").click()
        await tab.sees("Are you sure you want to resolve this session?")
        await tab.button("Yes").click()
        await tab.sees("Session resolved")
        await expect(tab.page).to_have_url(re.compile("/human-agents$"))


async def to_words(one: Seat, kind: str) -> None:
    """From the profile to where the first message is written."""
    await one.page.bring_to_front()  # a tab that is hidden draws nothing, and so takes no clicks
    with sentence("Click Start conversation in the top-right corner."):
        await one.button("Start conversation").click()
    with sentence("In Select channel, pick the channel. Channels are grouped by type."):
        group = dialog(one).get_by_role("region", name=GROUPS[kind], exact=True)
        await group.get_by_role("radio", name="Kestrel Support").click()
        await expect(group).to_contain_text("1 agent running")
    with sentence("If several agents can use the channel, choose the Agent. Click Next."):
        await expect(dialog(one).get_by_role("combobox", name="Agent")).to_be_hidden()
        await press(one, "Next").click()


async def write_telegram(one: Seat, _: Phone) -> str:
    with sentence("Telegram: type the opening message under Your message."):
        await dialog(one).get_by_label("Your message").fill("Good news: it is released.")
    return "it is released"


async def write_mail(one: Seat, _: Phone) -> str:
    with sentence("Email: enter the subject (required)."):
        await press(one, "Start").click()
        await expect(dialog(one)).to_contain_text("A subject is needed.")
        await dialog(one).get_by_label("Subject").fill("Your order")
    with sentence("Write the message in the rich-text editor under Your message."):
        await dialog(one).get_by_role("textbox", name="Your message").click()
        await one.press("Control+b")
        await one.type("It is released.")
        await expect(one.button("Bold")).to_have_attribute("aria-pressed", "true")
    return "It is released."


async def write_whatsapp(one: Seat, ann: Phone) -> str:
    with sentence("WhatsApp: choose a pre-approved Meta template in Select template."):
        await dialog(one).get_by_role("combobox", name="Select template").click()
        await expect(one.page.get_by_role("option", name="autumn_offer")).to_be_hidden()
        await one.page.get_by_role("option", name="order_shipped").click()
    with sentence("Fill in any template variables."):
        await dialog(one).get_by_role("combobox", name="1").fill(ann.name)
        await dialog(one).get_by_role("combobox", name="2").fill("KS-7")
    words = f"Hello {ann.name}, order KS-7 left our warehouse today."
    with sentence("The preview shows the template text."):
        await expect(dialog(one).get_by_role("region", name="Preview")).to_contain_text(words)
    with sentence("You cannot send free-form text as the first WhatsApp message."):
        await expect(dialog(one).get_by_label("Your message")).to_be_hidden()
    return words


WRITE = {"telegram": write_telegram, "whatsapp": write_whatsapp, "email": write_mail}
GROUPS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "email": "Email"}


async def is_started(one: Seat, ann: Phone, kind: str, many: int) -> None:
    """And Ann, who has `many` messages by then, answers."""
    await to_words(one, kind)
    words = await WRITE[kind](one, ann)
    async with opened(one, press(one, "Start")) as tab:
        with sentence("A new session in Copilot mode, in Human Agents, in a new browser tab."):
            await expect(tab.page.get_by_role("switch", name="Copilot")).to_be_checked()
            await expect(said(tab, words)).to_be_visible()
        with sentence("… sends your message (or template)."):
            await ann.reads(words, many=many + 1)
        if kind == "whatsapp":
            await is_too_soon(one, ann, tab)
        with sentence("… where you continue the dialog."):
            await is_suggested(tab, ann, many + 1)
        await is_resolved(tab)


async def is_too_soon(one: Seat, ann: Phone, tab: Seat) -> None:
    """A second template, which Ann has not asked for."""
    await to_words(one, "whatsapp")
    await write_whatsapp(one, ann)
    async with opened(one, press(one, "Start")) as second:
        with sentence(f"The portal shows “{TOO_SOON}”"):
            await expect(dialog(one).get_by_role("alert")).to_have_text(TOO_SOON)
        with sentence("… and opens the existing conversation instead."):
            assert second.page.url == tab.page.url
            await expect(ann.theirs).to_have_count(4)
    await press(one, "Close").first.click()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_conversation_is_taken_over_given_back_resolved_and_a_new_one_started(
    printed: Printed, operator: Seat, chromium: Browser, kind: str
) -> None:
    page = printed.after(f"Your {KINDS[kind]}")
    async with held(chromium, kind, page, f"Ann-{kind}") as ann:
        await ann.says("How long is delivery?")
        await ann.reads("2 to 3 working days", many=1)
        await find_active(operator, ann.name)
        async with opened(operator, operator.button(CONTINUE)) as tab:
            await is_taken_over(operator, tab, ann)
            await is_suggested(tab, ann, many=1)
            await is_given_back(tab, ann)
            await is_resolved(tab)
        with sentence("For finished conversations the button is disabled: start a new one."):
            await expect(operator.button(CONTINUE)).to_be_disabled()
            await expect(details(operator)).to_contain_text("finished. Start a new one instead.")
        await is_started(operator, ann, kind, many=3)


async def test_who_never_wrote_is_reached_by_mail_and_not_on_telegram(
    printed: Printed, operator: Seat, chromium: Browser
) -> None:
    async with held(chromium, "email", printed.after("Your mail"), "Zoe") as zoe:
        await operator.go("/customers")
        await operator.button("Add contact").click()
        adding = operator.page.get_by_role("dialog", name="Add contact")
        await adding.get_by_label("Name").fill(zoe.name)
        await adding.get_by_label("Email").fill("zoe@customers.example")
        await operator.press("Enter")
        await operator.button("Start conversation").click()
        telegram = dialog(operator).get_by_role("region", name="Telegram").get_by_role("radio")
        with sentence("Only what is offered is listed; turn on Show unavailable to see the rest."):
            await expect(dialog(operator).get_by_role("region", name="Email")).to_be_visible()
            await expect(telegram).to_be_hidden()
            await dialog(operator).get_by_role("switch", name="Show unavailable").press("Space")
            await expect(telegram).to_be_disabled()
        with sentence("Telegram does not allow a bot to message a user first."):
            await expect(telegram).to_contain_text(NEVER_WROTE)
        await press(operator, "Close").first.click()
        await is_started(operator, zoe, "email", many=0)
