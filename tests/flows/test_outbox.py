"""Deliveries and what platforms do to them: each outcome known, nothing repeated blindly."""

from pathlib import Path

import pytest

from agents.llm.scripted import Answer
from emulators.control import Call, Fault
from runtime import turns
from tests.story import World, world


async def settled(w: World, state: str) -> list[tuple[object, ...]]:
    return await w.until_rows(
        lambda rows: any(row[0] == state for row in rows),
        "deliveries",
        "state",
        "detail",
        "attempts",
    )


def fault(w: World, kind: str, **more: object) -> None:
    ordered = Fault(kind=kind, method="sendmessage", **more)  # type: ignore[arg-type]
    w.platform.telegram.control.faults.append(ordered)


async def test_a_429_is_waited_out_and_said_once(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ["Good day!"]) as w:
        fault(w, "status", status=429, seconds=1)
        w.write("Hi")
        ((_, _, attempts),) = await settled(w, "sent")
        assert attempts == 2
        assert w.heard() == ["Good day!"]


async def test_what_is_queued_again_waits_for_whoever_changes_control(
    postgres_url: str, tmp_path: Path
) -> None:
    """Otherwise a takeover could see it neither on the wire nor in the queue."""
    async with world(postgres_url, tmp_path, ["Good day!"]) as w:
        fault(w, "status", status=429, seconds=1)
        with w.runtime.database.connect() as takeover, w.runtime.database.connect() as looking:

            def begin(call: Call) -> None:
                if call.method == "sendmessage" and len(w.calls("sendmessage")) == 1:
                    takeover.execute("BEGIN")
                    takeover.execute("SELECT id FROM sessions FOR UPDATE")

            w.platform.telegram.control.listeners.append(begin)
            w.write("Hi")
            blocked = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'"
            await w.until(lambda: looking.execute(blocked).fetchone(), "it waits")
            assert await w.rows("deliveries", "state") == [("sending",)]
            takeover.execute("COMMIT")
            await settled(w, "sent")
        assert w.heard() == ["Good day!"]


@pytest.mark.parametrize("kind", ["drop_after", "html_502", "not_json", "drop_before"])
async def test_what_nobody_can_know_is_unknown_and_shown_to_people(
    sqlite_url: str, tmp_path: Path, kind: str
) -> None:
    async with world(sqlite_url, tmp_path, ["Good day!"]) as w:
        fault(w, kind)
        w.write("Hi")
        ((_, detail, attempts),) = await settled(w, "unknown")
        assert attempts == 1
        assert detail
        assert await w.modes() == ["waiting"]
        log = await w.rows("log", "kind", "text")
        assert any(k == "control" and "may not have reached" in text for k, text in log)
        assert len(w.heard()) == (1 if kind == "drop_after" else 0)


async def test_a_platform_that_is_away_gets_it_later(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path, ["Good day!"]) as w:
        sender = w.runtime.roster.places["tg"].channel._sender  # type: ignore[attr-defined]
        bot = await sender.bot()
        real, bot.session.api = bot.session.api, _nowhere()
        w.write("Hi")
        await w.until_rows(lambda r: r == [("queued", 1)], "deliveries", "state", "attempts")
        bot.session.api = real
        await settled(w, "sent")
        assert w.heard() == ["Good day!"]


def _nowhere() -> object:
    from aiogram.client.telegram import TelegramAPIServer

    return TelegramAPIServer.from_base("http://127.0.0.1:9")


async def test_who_blocked_the_bot_is_unreachable_until_he_writes_again(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Good day!"], quiet_seconds=0.3) as w:
        w.write("Hi")
        chat = w.bot.chats[w.person().id]
        chat.blocked = True
        ((_, detail, _),) = await settled(w, "failed")
        assert detail == "The customer blocked the bot."
        ((reachable, why),) = await w.rows("identities", "reachable", "unreachable_reason")
        assert (bool(reachable), why) == (False, "The customer blocked the bot.")
        chat.blocked = False
        w.write("I'm back")
        await w.until_rows(lambda r: bool(r[0][0]), "identities", "reachable")


async def test_a_revoked_token_stops_the_channel_with_the_reason(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, ["Good day!"]) as w:
        w.bot.revoked = True
        w.write("Hi")
        ((_, error),) = await w.until_rows(
            lambda r: r[0][0] == "error", "channels", "state", "error"
        )
        assert "token" in error
        assert [row[0] for row in await w.rows("deliveries", "state")] == ["queued"]


async def test_the_platforms_pace_is_kept_before_it_complains(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, ["x" * 9000 + " " + "y" * 9000], limits=True) as w:
        w.write("Hi")
        await w.until(lambda: len(w.heard()) == 5, "five messages of one long answer")
        statuses = {
            c.status for c in w.platform.telegram.control.calls if c.method == "sendmessage"
        }
        assert statuses == {200}
        assert "".join(w.heard()).replace(" ", "") == "x" * 9000 + "y" * 9000


async def test_refused_markup_is_said_plainly(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path, ["**bold** [link](https://a.example) <b>"]) as w:
        w.write("Hi")
        await w.until(lambda: len(w.heard()) == 1, "the answer")
        chat = w.bot.chats[w.person().id]
        assert w.heard() == ["bold link <b>"]
        kinds = [entity["type"] for entity in chat.messages[-1]["entities"]]
        assert kinds == ["bold", "text_link"]


async def test_typing_is_shown_while_the_agent_thinks(sqlite_url: str, tmp_path: Path) -> None:
    slow = Answer(text="Good day!", delay=turns.TYPING_AFTER * 2)
    async with world(sqlite_url, tmp_path, [slow]) as w:
        w.write("Hi")
        await w.until(lambda: len(w.heard()) == 1, "the answer")
        methods = [call.method for call in w.platform.telegram.control.calls]
        assert methods.index("sendchataction") < methods.index("sendmessage")


async def test_what_a_customer_attaches_is_fetched_by_content(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Nice photo!"]) as w:
        w.platform.outside.attach(w.bot, w.person(), "photo", "a.jpg", b"pixels", caption="Look")
        ((_, sha256),) = await w.until_rows(
            lambda r: bool(r) and r[0][0] == "stored", "attachments", "state", "sha256"
        )
        assert await w.runtime.media.get(sha256) == b"pixels"
        await w.until(lambda: w.heard() == ["Nice photo!"], "the answer")
        assert "photo.jpg (image)" in w.llm.asked[0].messages[-1].content
