"""The workspace where channels differ: a window that runs out, rich mails, files, and drafts as they grow."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import update

from agents.llm.scripted import Answer
from emulators import mail
from emulators.control import Fault
from emulators.whatsapp.setup import template
from runtime.storage import channels, engine, migrate
from runtime.storage.sql import Statement
from runtime.storage.tables import log, sessions
from runtime.storage.work import system_clock
from tests import number
from tests.browser.portal import PHONE, WIDE, Seat, seated
from tests.copilot import Dictated
from tests.operators import begun, desk
from tests.post import OURS, Office, connected
from tests.story import World, world
from tests.whatsapp import VERIFY, Shop, shops

pytestmark = pytest.mark.asyncio(loop_scope="module")
WINDOW_MS = (24 * 60 - 5) * 60 * 1000
DAY_MS = 24 * 3600 * 1000
WAITING = "Waiting for customer reply. Messaging will be available once they respond."
OVER = "It's been over 24 hours since the last reply. Select a WhatsApp template to continue."


class Typist(Dictated):
    """Writes what the story dictates, and says a word when it is told to."""

    def dictate(self, text: str) -> None:
        """From the next answer on."""
        self._answers = [Answer(text=text)]
        self.words = asyncio.Semaphore(0)
        self.free = len(self.asked)

    def type(self, words: int) -> None:
        for _ in range(words):
            self.words.release()


@dataclass(kw_only=True)
class Stage:
    """One Baton with a bot, a number and a mailbox."""

    world: World
    shop: Shop
    office: Office

    @property
    def llm(self) -> Typist:
        found: Typist = self.world.llm
        return found

    def phone(self) -> list[str]:
        """Of what kind the messages are that Ann has got by WhatsApp."""
        return [one.kind for one in self.shop.thread.messages if one.by_business]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("stage")
    url = f"sqlite:///{folder / 'baton.db'}"
    migrate.upgrade(engine.database(url))
    llm = Typist(["Hello!"], free=1000)
    async with mail.running() as provider, shops() as shop, world(url, folder, llm) as w:
        await w.runtime.store.write(number.connect(w.runtime, shop, shop.number, "wa"))
        await w.until_rows(
            lambda rows: ("wa", channels.State.RUNNING.value) in rows, "channels", "id", "state"
        )
        told = {"url": f"{w.base}/webhooks/whatsapp/wa", "verify_token": VERIFY}
        assert await shop.control("POST", f"numbers/{shop.number.id}/webhook", told)
        template(shop.meta, shop.number.waba, "hello", "Good day, {{1}}. Shall we go on?")
        template(shop.meta, shop.number.waba, "not_yet", "Not yet.", status="PENDING")
        async with desk(w, "setup") as one:
            assert (await one.post("/channels/wa/templates/sync")).status == 200
        office = Office(world=w, provider=provider, channel_id=await connected(w, provider))
        yield Stage(world=w, shop=shop, office=office)


def said(one: Seat, text: str) -> Locator:
    """A message in the log."""
    return one.page.locator("li[data-seq]").filter(has_text=text)


def field(one: Seat) -> Locator:
    return one.page.get_by_label("Type your message")


async def wrote_ago(stage: Stage, session_id: str, ms: int) -> None:
    """The customer's last message is that old."""
    values = {"customer_wrote_at": system_clock() - ms}
    statement = Statement(update(sessions).where(sessions.c.id == session_id).values(values))
    await stage.world.runtime.store.write(lambda tx: tx.put(statement))


async def offered_ago(stage: Stage, session_id: str, ms: int) -> None:
    """The template is that old."""
    values = {"at": system_clock() - ms}
    where = (log.c.session_id == session_id, log.c.data.startswith('{"template"'))
    statement = Statement(update(log).where(*where).values(values))
    await stage.world.runtime.store.write(lambda tx: tx.put(statement))


async def test_where_the_window_has_run_out_a_template_goes_on(
    stage: Stage, chromium: Browser
) -> None:
    shop, w = stage.shop, stage.world
    shop.write("Is the blue one back?")
    await w.until(lambda: stage.phone() == ["text"], "the answer")
    ((ann,),) = await w.rows("sessions", "id")
    async with seated(chromium, w, path=f"/human-agents/{ann}") as one:
        await one.button("Take over").first.click()
        await expect(field(one)).to_be_focused()
        await expect(one.page.get_by_role("timer")).to_have_text(
            re.compile("^23 h 5[45] min left$")
        )
        await wrote_ago(stage, ann, WINDOW_MS - 7000)
        await one.page.reload()
        await expect(one.page.get_by_role("timer")).to_have_text("0 h 1 min left")
        shop.pass_time(24 * 3600)
        await expect(one.page.get_by_role("status").get_by_text(OVER)).to_be_visible(timeout=30_000)
        await expect(one.page.get_by_role("timer")).to_have_count(0)
        await expect(field(one)).to_have_count(0)
        await _goes_on(one, stage, ann)
        await _mended(one, stage)
        shop.write("Yes, please")
        await expect(field(one)).to_be_visible()


async def _goes_on(one: Seat, stage: Stage, session_id: str) -> None:
    """Once a day, for the platform lets nobody insist."""
    await _offered(one)
    await one.is_clean()
    await one.page.set_viewport_size(PHONE)
    await expect(one.button("Back to the list")).to_be_visible()
    await expect(one.page.get_by_role("combobox", name=re.compile("1"))).to_have_value("Ann")
    await one.page.set_viewport_size(WIDE)
    await one.button("Send template").click()
    await stage.world.until(lambda: stage.phone() == ["text", "template"], "the template")
    hint = one.page.get_by_role("status").filter(has_text=WAITING)
    await expect(hint.get_by_role("timer")).to_have_text(
        re.compile("^Another one may follow in 2[34] h")
    )
    await expect(one.button("Continue with template")).to_be_disabled()
    await one.is_clean()
    await offered_ago(stage, session_id, DAY_MS)
    await one.page.reload()
    await expect(one.button("Continue with template")).to_be_enabled(timeout=15000)
    await expect(one.page.get_by_role("status").get_by_text(OVER)).to_be_visible()


async def _mended(one: Seat, stage: Stage) -> None:
    """A template that the platform refuses is sent again as it was."""
    no = Fault(kind="status", method="messages", status=400, code=132015)
    stage.shop.meta.control.faults.append(no)
    await _offered(one, "Ann Miller")
    await one.button("Send template").click()
    lost = said(one, "Good day, Ann Miller. Shall we go on?")
    await expect(lost.get_by_label("Not delivered")).to_be_visible()
    await lost.get_by_role("button", name="Resend").click()
    await stage.world.until(lambda: stage.phone() == ["text", *["template"] * 2], "it goes again")
    await expect(lost).to_have_count(2)
    await expect(lost.first).to_contain_text("Sent again below.")


async def _offered(one: Seat, name: str = "Ann") -> None:
    await one.button("Continue with template").click()
    await one.page.get_by_role("combobox", name="Select template").click()
    await expect(one.page.get_by_role("option", name="not_yet")).to_be_hidden()
    await one.page.get_by_role("option", name="hello").click()
    await expect(one.button("Send template")).to_be_disabled()
    await one.page.get_by_role("combobox", name=re.compile("1")).fill(name)
    await one.press("Tab")
    preview = one.page.get_by_role("region", name="Preview")
    await expect(preview).to_contain_text(f"Good day, {name}. Shall we go on?")


async def test_a_mail_is_answered_with_formatted_text_also_when_it_is_sent_again(
    stage: Stage, chromium: Browser
) -> None:
    o, w = stage.office, stage.world
    before = {row[0] for row in await w.rows("sessions", "id")}
    o.write("Where is my order?", subject="Order 48-2210")
    await o.until_heard(1)
    o.answer("Which **way** does it come?", manner="gmail")
    await o.until_heard(2)
    (ann,) = {row[0] for row in await w.rows("sessions", "id")} - before
    async with seated(chromium, w, "Paul", path=f"/human-agents/{ann}") as one:
        await one.sees(f"Order 48-2210 · {OURS} · Kestrel Support")
        await said(one, "Which **way**").get_by_role("button", name="Show the original").click()
        dialog = one.page.get_by_role("dialog", name="The message as it was written")
        await expect(dialog.get_by_text("Re: Order 48-2210")).to_be_visible()
        letter = dialog.frame_locator("iframe")
        await expect(letter.get_by_text("Hello!")).to_be_visible()
        await one.press("Escape")
        await one.button("Take over").first.click()
        await expect(field(one)).to_be_focused()
        await _formatted(one)
        await one.is_clean()
        await _sent_twice(one, o)


async def _sent_twice(one: Seat, o: Office) -> None:
    """The first time their server does not take it."""
    no = Fault(kind="status", method="data", status=554, description="No such words")
    o.provider.post.control.faults.append(no)
    await one.press("Control+Enter")
    lost = said(one, "It comes soon")
    await expect(lost.get_by_label("Not delivered")).to_be_visible()
    await lost.get_by_role("button", name="Resend").click()
    await _arrived(o)
    await expect(lost.last.get_by_label("Sent", exact=True)).to_be_visible()
    await expect(lost.first).to_contain_text("Sent again below.")


async def _arrived(o: Office) -> None:
    """The same words in two ways."""
    (*_, got) = await o.until_heard(3)
    assert got["subject"] == "Re: Order 48-2210"
    assert (
        got["text"]
        == "It comes soon:\n\n- by ship\n- by train\n\nFollow it (https://track.example/7)"
    )
    assert "<strong>soon</strong>" in got["html"]
    assert "<li" in got["html"]
    assert '<a href="https://track.example/7"' in got["html"]


async def _formatted(one: Seat) -> None:
    """A bold word, a list and a link, without a mouse but for the tools."""
    await one.type("It comes")
    await one.page.get_by_role("switch", name="Html").press("Space")
    editor = one.page.get_by_role("textbox", name="Type your message")
    await expect(editor).to_have_text("It comes")
    await expect(editor).to_be_focused()
    await one.press("End")
    await one.type(" ")
    await one.press("Control+b")
    await one.type("soon")
    await one.press("Control+b")
    await one.type(":")
    await one.press("Enter")
    await one.button("Bulleted list").click()
    await one.type("by ship")
    await one.press("Enter")
    await one.type("by train")
    await one.press("Enter", "Enter")
    await one.type("Follow it")
    for _ in range(9):
        await one.press("Shift+ArrowLeft")
    await one.press("Control+k")
    await one.page.get_by_label("Address of the link").fill("https://track.example/7")
    await one.press("Enter")


DROP = """async (page, [kind, name, size]) => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(size).fill(65)], name, {type: kind}))
    for (const what of ["dragenter", "dragover", "drop"]) {
        page.dispatchEvent(new DragEvent(what, {dataTransfer: data, bubbles: true, cancelable: true}))
        await new Promise(done => setTimeout(done, 100))
    }
}"""
COPY = """async () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 120, height: 80})
    const pen = canvas.getContext("2d")
    pen.fillStyle = "teal"
    pen.fillRect(0, 0, 120, 80)
    const blob = await new Promise(done => canvas.toBlob(done))
    await navigator.clipboard.write([new ClipboardItem({"image/png": blob})])
}"""


async def drop(one: Seat, where: Locator, kind: str, name: str, size: int) -> None:
    await where.evaluate(DROP, [kind, name, size])


async def test_files_are_dropped_and_pasted_seen_removed_and_sent(
    stage: Stage, chromium: Browser
) -> None:
    w = stage.world
    carl = await begun(w, "Have you a picture?", "Carl")
    may = ["clipboard-read", "clipboard-write"]
    async with seated(chromium, w, "Rita", path=f"/human-agents/{carl}", permissions=may) as one:
        w.platform.outside.attach(w.bot, w.person("Carl"), "photo", "shoe.png", PNG)
        picture = one.page.get_by_role("img", name="photo.jpg")
        assert await picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 3
        await one.button("Take over").first.click()
        await expect(field(one)).to_be_focused()
        chosen = one.page.get_by_role("list", name="Attached files")
        await drop(one, one.page.get_by_role("log").first, "application/pdf", "bill.pdf", 2000)
        await one.page.evaluate(COPY)
        await field(one).focus()
        await one.press("Control+v")
        await expect(chosen.get_by_text("image.png")).to_be_visible()
        await drop(one, field(one), "text/plain", "wrong.txt", 10)
        await one.is_clean()
        await one.button("Remove wrong.txt").click()
        await expect(chosen.get_by_text("wrong.txt")).to_be_hidden()
        await _too_large(one)
        await field(one).fill("Here it is")
        await one.press("Enter")
        await w.until(lambda: w.calls("senddocument") and w.calls("sendphoto"), "both files")
        sent = said(one, "Here it is")
        await expect(sent.get_by_role("img", name="image.png")).to_be_visible()
        await expect(sent.get_by_role("link", name="bill.pdf")).to_be_visible()
        one.problems[:] = [told for told in one.problems if "413" not in told]


async def _too_large(one: Seat) -> None:
    await drop(one, field(one), "video/mp4", "film.mp4", 50 * 1024 * 1024 + 1)
    await expect(one.page.get_by_role("alert")).to_contain_text("film.mp4")
    await expect(one.page.get_by_role("alert")).to_contain_text("50 MB")


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAD0lEQVR4nGNgaGiAIjgLADkUBgEQX91EAAAAAElFTkSuQmCC"
)


RECORD = """
window.shown = []
window.Notification = class {
    static permission = "granted"
    constructor(title, {body}) { shown.push([title, body]); Object.assign(this, {close() {}}); window.last = this }
}
document.hasFocus = () => !window.away
"""


async def test_drafts_grow_refusals_are_mended_and_who_looks_away_is_told(
    stage: Stage, chromium: Browser
) -> None:
    w = stage.world
    dora = await begun(w, "Where is my parcel?", "Dora")
    async with seated(chromium, w, "Sven") as one:
        await one.context.add_init_script(RECORD)
        await one.go(f"/human-agents/{dora}")
        await expect(one.button("Take over").first).to_be_visible()
        await one.button("Take over").first.click()
        panel = one.page.get_by_role("region", name="Suggested replies")
        stage.llm.dictate("It comes tomorrow.")
        stage.llm.type(20)
        w.write("It is order 7", "Dora")
        await expect(panel.get_by_text("It comes tomorrow.").last).to_be_visible()
        await _grown(one, stage, panel)
        await _refused(one, stage)
        await _told(one, stage)


async def _grown(one: Seat, stage: Stage, panel: Locator) -> None:
    llm = stage.llm
    await expect(panel.get_by_text("The AI is writing…")).to_be_hidden()
    dismiss = panel.get_by_role("button", name="Dismiss this suggestion")
    async with asyncio.timeout(40):
        while await dismiss.count():
            await dismiss.first.click()
            await asyncio.sleep(0.2)
    llm.dictate("The day after tomorrow.")
    await panel.get_by_label("What should be different?").fill("Without haste")
    await one.press("Enter")
    await stage.world.until(lambda: len(llm.asked) > llm.free, "it is asked")
    llm.type(2)
    await expect(panel.get_by_text("The day", exact=True)).to_be_visible()
    await expect(panel.get_by_text("The AI is writing…")).to_be_visible()
    llm.type(3)
    draft = panel.get_by_role("article").filter(has_text="The day after tomorrow.")
    await expect(draft.get_by_text("Without haste")).to_be_visible()
    await expect(panel.get_by_text("The AI is writing…")).to_be_hidden()
    await one.page.mouse.move(600, 400)  # a tooltip stands outside of every landmark
    await one.is_clean()
    await draft.get_by_role("button", name="Dismiss this suggestion").click()
    await expect(draft).to_be_hidden()


async def _refused(one: Seat, stage: Stage) -> None:
    w = stage.world
    llm = stage.llm
    llm.dictate("Nothing.")
    no = Fault(
        kind="status", method="sendmessage", status=400, description="Bad Request: no such words"
    )
    w.platform.telegram.control.faults.append(no)
    await field(one).fill("It is in Bremen.")
    await field(one).press("Enter")
    lost = said(one, "It is in Bremen.")
    await expect(lost.get_by_label("Not delivered")).to_be_visible()
    await expect(lost).to_contain_text("no such words")
    await lost.get_by_role("button", name="Resend").dblclick()
    await expect(lost).to_have_count(2)
    await expect(lost.last.get_by_label("Sent", exact=True)).to_be_visible()
    await expect(one.page.get_by_role("button", name="Resend")).to_have_count(0)
    await one.page.reload()
    await expect(lost).to_have_count(2)
    await expect(one.page.get_by_role("button", name="Resend")).to_have_count(0)
    assert w.heard("Dora").count("It is in Bremen.") == 1


async def notified(one: Seat, many: int = 1) -> None:
    """A policy of the page forbids what Playwright would wait with."""
    async with asyncio.timeout(40):
        while await one.page.evaluate("shown.length") < many:
            await asyncio.sleep(0.05)


async def _told(one: Seat, stage: Stage) -> None:
    w = stage.world
    await expect(field(one)).to_be_visible()
    w.write("Thank you", "Dora")
    await expect(said(one, "Thank you")).to_be_visible()
    assert await one.page.evaluate("shown") == []
    await one.page.evaluate("window.away = true")
    w.write("And when?", "Dora")
    await notified(one)
    assert await one.page.evaluate("shown") == [["New message: And when?", "Dora"]]
    await one.page.evaluate("last.onclick()")
    await expect(said(one, "And when?")).to_be_visible()
    stage.llm.type(20)
    emil = await begun(w, "Is anybody there?", "Emil")
    async with desk(w, "boss") as boss:
        assert (await boss.post(f"/sessions/{emil}/handover")).status == 200
    await notified(one, 2)
    told = await one.page.evaluate("shown")
    assert told[-1] == ["A session is waiting for an operator.", "Emil"]
