"""A bot that speaks for the account of a business: whose words go where, and who falls silent."""

import json
from pathlib import Path
from typing import Any

from emulators.telegram.state import Chat, Connection
from tests.story import Held, World, world


def connected(w: World) -> Connection:
    """Ola lets the bot speak for her account."""
    return w.platform.outside.business.connect(w.bot, w.person("Ola"))


def write(w: World, account: Connection, text: str, **more: Any) -> None:
    """Ann to the account, or with `by_owner` Ola to Ann."""
    w.platform.outside.business.write(w.bot, account, w.person("Ann"), text=text, **more)


def chat_of(w: World, account: Connection) -> Chat:
    return w.platform.telegram.business_chat(account, w.person("Ann"))


def texts(w: World, account: Connection) -> list[str]:
    return [one["text"] for one in w.said(chat_of(w, account))]


async def test_an_answer_goes_out_through_the_account_that_was_written_to(
    database_url: str, tmp_path: Path
) -> None:
    thinking = Held(["We are open."])
    async with world(database_url, tmp_path, thinking) as w:
        account = connected(w)
        write(w, account, "Open?")
        await w.until(lambda: w.calls("sendchataction"), "the sign of typing")
        thinking.go.set()
        await w.until(lambda: texts(w, account) == ["We are open."], "the answer")
        (said,) = w.said(chat_of(w, account))
        assert said["from"]["id"] == w.person("Ola").id
        (call,) = w.calls("sendmessage")
        assert call.parameters["business_connection_id"] == account.id
        assert w.calls("sendchataction")[0].parameters["business_connection_id"] == account.id
        # Telegram tells us of our own words too; they stand in the log once.
        write(w, account, "Thanks")
        await w.until(lambda: len(texts(w, account)) == 2, "the second answer")
        assert [author for (author,) in await w.log("author")] == ["customer", "agent"] * 2
        assert await w.rows("sessions", "via", "mode") == [(account.id, "autonomous")]
        assert await w.rows("identities", "chat") == [(None,)]


async def test_the_owner_who_answers_himself_silences_the_agent(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["We are open."]) as w:
        account = connected(w)
        write(w, account, "Open?")
        await w.until(lambda: texts(w, account) == ["We are open."], "the answer")
        photo = w.platform.outside.file(w.bot, "photo", "door.jpg", b"our door")
        write(w, account, "", by_owner=True, caption="Come round the back", **photo)
        await w.until_rows(lambda r: r == [("human",)], "sessions", "mode")
        write(w, account, "I will")
        await w.until_rows(lambda r: len(r) == 5, "log", "seq")
        assert await w.rows("turns", "id") == []
        (owner,) = [row for row in await w.log("author", "text", "data") if row[0] == "operator"]
        assert owner[1] == "Come round the back"
        assert json.loads(owner[2]) == {"elsewhere": True, "attachments": ["photo.jpg (image)"]}
        ((_, sha256),) = await w.until_rows(
            lambda r: r[0][0] == "stored", "attachments", "state", "sha256"
        )
        assert await w.runtime.media.get(sha256) == b"our door"
        assert (len(w.llm.asked), texts(w, account)) == (1, ["We are open."])


async def test_the_owner_who_is_faster_than_the_agent_is_the_one_who_speaks(
    database_url: str, tmp_path: Path
) -> None:
    llm = Held(["We are open."])
    async with world(database_url, tmp_path, llm) as w:
        account = connected(w)
        write(w, account, "Open?")
        await w.until(lambda: len(llm.asked) == 1, "the turn")
        write(w, account, "Closed today!", by_owner=True)
        await w.until_rows(lambda r: r == [("human",)], "sessions", "mode")
        llm.go.set()
        late = await w.until_rows(bool, "suggestions", "text", "late")
        assert [(text, bool(is_late)) for text, is_late in late] == [("We are open.", True)]
        assert texts(w, account) == []
        assert await w.rows("deliveries", "state") == []


async def test_who_writes_to_the_account_and_to_the_bot_is_answered_in_each_place(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["The shop.", "The bot.", "The shop again."]) as w:
        account = connected(w)
        write(w, account, "Who is there?")
        await w.until(lambda: texts(w, account) == ["The shop."], "the shop's answer")
        w.write("And who are you?")
        await w.until(lambda: w.heard() == ["The bot."], "the bot's answer")
        write(w, account, "Still there?")
        await w.until(lambda: len(texts(w, account)) == 2, "the shop's next answer")
        assert w.seen() == ["Who is there?", "Still there?"]
        assert sorted(await w.rows("sessions", "via")) == [("",), (account.id,)]
        assert await w.rows("identities", "chat") == [(str(w.person("Ann").id),)]


async def test_an_account_that_is_disconnected_ends_with_a_person(
    sqlite_url: str, tmp_path: Path
) -> None:
    llm = Held(["We are open."])
    async with world(sqlite_url, tmp_path, llm) as w:
        account = connected(w)
        write(w, account, "Open?")
        await w.until(lambda: len(llm.asked) == 1, "the turn")
        w.platform.outside.business.enable(w.bot, account, enabled=False)
        llm.go.set()
        await w.until_rows(lambda r: r == [("waiting",)], "sessions", "mode")
        assert await w.rows("deliveries", "state", "attempts") == [("failed", 1)]
        ((why,),) = await w.log("text", kind="outcome")
        assert why == "The business account is no longer connected to the bot."
        assert [bool(row[0]) for row in await w.rows("identities", "reachable")] == [True]


async def test_what_is_edited_on_the_account_is_known_to_the_agent(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, ["Yes."], quiet_seconds=0.4) as w:
        business, account, ann = w.platform.outside.business, connected(w), w.person("Ann")
        number = business.write(w.bot, account, ann, text="Opn?")["message_id"]
        business.edit(w.bot, account, ann, number, text="Open?")
        await w.until(lambda: texts(w, account) == ["Yes."], "the answer")
        assert w.seen() == ["Open?"]
