"""Start and take over, sentence by sentence, against the demo: an operator's window on the portal, and the
customer's phone or mail program beside it. Each step is named by the sentence that it shows.
"""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.browser.demo import (
    PAGES,
    Printed,
    beside,
    logged_in,
    opened,
    running,
    sentence,
)
from tests.browser.phone import Phone
from tests.browser.portal import Seat
from tests.flows.test_outreach import TOO_SOON

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
CONTINUE = "Continue in Human Agent"
NEVER_WROTE = "A bot cannot write first, and the customer has never written to this channel."
GROUPS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "email": "Email"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def printed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Printed]:
    async with running(tmp_path_factory.mktemp("demo")) as told:
        yield told


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operator(printed: Printed, chromium: Browser) -> AsyncIterator[Seat]:
    async with logged_in(chromium, printed) as one:
        yield one


def dialog(one: Seat) -> Locator:
    return one.page.get_by_role("dialog", name=re.compile("^Start conversation with"))


def press(one: Seat, name: str) -> Locator:
    return dialog(one).get_by_role("button", name=name, exact=True)


def way(one: Seat, kind: str) -> Locator:
    """Of this kind, to the customer."""
    return dialog(one).get_by_role("region", name=GROUPS[kind], exact=True).get_by_role("radio")


def details(one: Seat) -> Locator:
    return one.page.get_by_role("complementary", name="Details")


def card(tab: Seat, name: str) -> Locator:
    return tab.page.get_by_role("list", name="Conversations").get_by_role("link", name=name)


def said(tab: Seat, text: str) -> Locator:
    return tab.page.locator("li[data-seq]").filter(has_text=text)


def copilot(tab: Seat) -> Locator:
    return tab.page.get_by_role("switch", name="Copilot")


async def find_active(one: Seat, name: str) -> None:
    with sentence("Open the customer profile and switch to the Communications tab."):
        await one.go("/customers")
        await one.page.get_by_role("row", name=re.compile(f"^{name}")).dblclick()
        await one.page.get_by_role("tab", name="Communications").click()
    with sentence(
        "Scroll the chat to the active conversation — active conversations show a pulsing dot next to the agent "
        "name in the Details panel."
    ):
        dot = details(one).get_by_label("Active", exact=True)
        await expect(dot).to_be_visible()
        assert await dot.evaluate("one => getComputedStyle(one).animationName") != "none"
        await expect(details(one)).to_contain_text("Kestrel Support")


async def is_taken_over(one: Seat, tab: Seat, ann: Phone) -> None:
    with sentence(
        "The portal shows “Continue communication at Human Agents tab” and opens the conversation in Human Agents in "
        "a new browser tab."
    ):
        await one.sees("Continue communication at Human Agents tab")
        await expect(card(tab, ann.name)).to_be_visible()
    with sentence("The session switches to Copilot mode."):
        await expect(copilot(tab)).to_be_checked()
    with sentence("If the conversation has no operator yet, you are assigned as its operator."):
        await expect(card(tab, ann.name)).to_contain_text("Admin")
    with sentence(
        "The full history stays in the session log, including the moment control changed hands."
    ):
        await expect(said(tab, "How long is delivery?")).to_be_visible()
        await expect(said(tab, "Admin took over")).to_be_visible()


async def is_answered(tab: Seat, ann: Phone) -> None:
    with sentence(
        "The AI agent stops answering on its own and instead suggests replies that you can edit and send."
    ):
        await ann.says("What does express delivery cost?")
        await expect(said(tab, "What does express delivery cost?")).to_be_visible()
        panel = tab.page.get_by_role("region", name="Suggested replies")
        proposal = panel.get_by_role("article").filter(has_text="€9.90")
        await expect(proposal).to_be_visible()
        await ann.has_no_more()
        await proposal.get_by_role("button", name="Edit this suggestion").click()
        await expect(tab.page.get_by_label("Type your message")).to_be_focused()
        await tab.press("Control+End")
        await tab.type(" Shall we?")
        await tab.press("Control+Enter")
        await expect(said(tab, "Shall we?")).to_contain_text("Admin")
    with sentence(
        "The customer keeps writing in the same channel and notices nothing except, possibly, a change in the tone of "
        "replies."
    ):
        await ann.reads("Shall we?")


async def is_given_back(tab: Seat, ann: Phone) -> None:
    with sentence("Return to AI: it answers again."):
        await tab.button("Return to AI").click()
        await tab.sees("The AI answers again")
        await ann.says("Which countries do you deliver to?")
        await ann.reads("all countries of the EU")
        await tab.button("Take over").first.click()


async def is_resolved(tab: Seat) -> None:
    with sentence("Resolve: “Are you sure you want to resolve this session?”, “Session resolved”."):
        await tab.button("Resolve").click()
        await tab.sees("Are you sure you want to resolve this session?")
        await tab.button("Yes").click()
        await tab.sees("Session resolved")
        await expect(tab.page).to_have_url(re.compile("/human-agents$"))


async def choose(one: Seat, kind: str) -> None:
    """From the profile to where the first message is written."""
    await one.page.bring_to_front()  # a tab that is hidden draws nothing, and so takes no clicks
    with sentence(
        "Open the customer profile and click Start conversation in the top-right corner."
    ):
        await one.button("Start conversation").click()
    with sentence("In Select channel, pick the channel. Channels are grouped by type."):
        await way(one, kind).click()
        await expect(way(one, kind)).to_contain_text("1 agent running")
    with sentence("If several agents can use the channel, choose the Agent. Click Next."):
        await expect(dialog(one).get_by_role("combobox", name="Agent")).to_be_hidden()
        await press(one, "Next").click()


async def write_telegram(one: Seat, _: Phone) -> str:
    with sentence("Telegram — type the opening message under Your message."):
        await dialog(one).get_by_label("Your message").fill("Good news: it is released.")
    return "it is released"


async def write_mail(one: Seat, _: Phone) -> str:
    with sentence(
        "Email — enter the subject (required) and write the message in the rich-text editor under Your message."
    ):
        await press(one, "Start").click()
        await expect(dialog(one)).to_contain_text("A subject is needed.")
        await dialog(one).get_by_label("Subject").fill("Your order")
        await dialog(one).get_by_role("textbox", name="Your message").click()
        await one.press("Control+b")
        await one.type("It is released.")
        await expect(one.button("Bold")).to_have_attribute("aria-pressed", "true")
    return "It is released."


async def write_whatsapp(one: Seat, ann: Phone) -> str:
    with sentence(
        "WhatsApp — choose a pre-approved Meta template in Select template and fill in any template variables."
    ):
        await dialog(one).get_by_role("combobox", name="Select template").click()
        await expect(one.page.get_by_role("option", name="autumn_offer")).to_be_hidden()
        await one.page.get_by_role("option", name="order_shipped").click()
        await dialog(one).get_by_role("combobox", name="1").fill(ann.name)
        await dialog(one).get_by_role("combobox", name="2").fill("KS-7")
    words = f"Hello {ann.name}, order KS-7 left our warehouse today."
    with sentence("The preview shows the template text."):
        await expect(dialog(one).get_by_role("region", name="Preview")).to_contain_text(words)
    with sentence("You cannot send free-form text as the first WhatsApp message."):
        await expect(dialog(one).get_by_label("Your message")).to_be_hidden()
    return words


WRITE = {"telegram": write_telegram, "whatsapp": write_whatsapp, "email": write_mail}


async def is_started(one: Seat, ann: Phone, kind: str) -> None:
    await choose(one, kind)
    words = await WRITE[kind](one, ann)
    async with opened(one, press(one, "Start")) as tab:
        with sentence(
            "Creates a new session in Copilot mode, sends your message (or template), and opens the conversation in "
            "Human Agents in a new browser tab."
        ):
            await expect(copilot(tab)).to_be_checked()
            await expect(said(tab, words)).to_be_visible()
            await ann.reads(words)
        if kind == "whatsapp":
            await is_opened_instead(one, ann, tab, TOO_SOON)
        with sentence("… where you continue the dialog."):
            await tab.page.bring_to_front()
            await is_answered(tab, ann)
        if kind == "whatsapp":
            await is_opened_instead(one, ann, tab, "active conversation")
        await is_resolved(tab)


async def is_opened_instead(one: Seat, ann: Phone, tab: Seat, why: str) -> None:
    """The conversation that there is, when a second template is tried."""
    await choose(one, "whatsapp")
    await write_whatsapp(one, ann)
    async with opened(one, press(one, "Start")) as second:
        with sentence(
            "If you sent a template within the last 24 hours and the customer has not replied, you cannot send another "
            f"one — the portal shows “{TOO_SOON}” and opens the existing conversation instead. If the customer already "
            "has an active WhatsApp session with the selected agent, the portal also opens that conversation."
        ):
            await expect(dialog(one).get_by_role("alert")).to_contain_text(why)
            assert second.page.url == tab.page.url
            await ann.has_no_more()
    await press(one, "Close").first.click()


@pytest.mark.parametrize("kind", PAGES)
async def test_a_conversation_is_taken_over_given_back_resolved_and_a_new_one_started(
    printed: Printed, operator: Seat, chromium: Browser, kind: str
) -> None:
    async with printed.phone(chromium, kind, f"Ann-{kind}") as ann:
        await ann.says("How long is delivery?")
        await ann.reads("2 to 3 working days")
        await find_active(operator, ann.name)
        with sentence("In the Details header, click Continue in Human Agent."):
            async with opened(operator, operator.button(CONTINUE)) as tab:
                await is_taken_over(operator, tab, ann)
                await is_answered(tab, ann)
                await is_given_back(tab, ann)
                await is_resolved(tab)
        with sentence(
            "For finished conversations the button is disabled — use Start a new outbound conversation instead."
        ):
            await expect(operator.button(CONTINUE)).to_be_disabled()
            await expect(details(operator)).to_contain_text("finished. Start a new one instead.")
        await is_started(operator, ann, kind)


async def add_contact(one: Seat, name: str, email: str) -> None:
    await one.go("/customers")
    await one.button("Add contact").click()
    adding = one.page.get_by_role("dialog", name="Add contact")
    await adding.get_by_label("Name").fill(name)
    await adding.get_by_label("Email").fill(email)
    await adding.get_by_label("Phone").fill("+49 30 1234567")
    await one.press("Enter")
    await one.button("Start conversation").click()


async def is_offered_what_reaches(one: Seat) -> None:
    with sentence("The customer is reachable in that channel: Email, WhatsApp — on record."):
        await expect(way(one, "email")).to_be_enabled()
        await expect(way(one, "whatsapp")).to_be_enabled()
    with sentence(
        "Telegram — the customer has previously messaged your Telegram agent. Telegram does not allow a bot to message "
        "a user first."
    ):
        await expect(way(one, "telegram")).to_be_hidden()
        await dialog(one).get_by_role("switch", name="Show unavailable").press("Space")
        await expect(way(one, "telegram")).to_be_disabled()
        await expect(way(one, "telegram")).to_contain_text(NEVER_WROTE)


async def is_offered_what_runs(one: Seat) -> None:
    with sentence(
        "Only running channels with running agents are listed; turn on Show unavailable to see the rest (disabled "
        "entries say No running agents)."
    ):
        async with beside(one, "/settings/agents") as settings:
            await settings.button("Stop Kestrel Support").click()
            await settings.page.get_by_role("dialog").get_by_role("button", name="Stop").click()
            await expect(settings.button("Start Kestrel Support")).to_be_enabled()
        await expect(way(one, "email")).to_be_disabled()
        await expect(way(one, "email")).to_contain_text("No running agents")
        async with beside(one, "/settings/agents") as settings:
            await settings.button("Start Kestrel Support").click()
            await expect(settings.button("Stop Kestrel Support")).to_be_enabled()
        await expect(way(one, "email")).to_be_enabled()
    await press(one, "Cancel").click()


async def test_who_never_wrote_is_reached_by_mail_and_not_on_telegram(
    printed: Printed, operator: Seat, chromium: Browser
) -> None:
    async with printed.phone(chromium, "email", "Zoe") as zoe:
        await add_contact(operator, zoe.name, "zoe@customers.example")
        await is_offered_what_reaches(operator)
        await is_offered_what_runs(operator)
        await is_started(operator, zoe, "email")
