"""What the agent writes is there while it writes it, and gone when it is kept or no longer wanted."""

import functools
from pathlib import Path

from agents.llm.base import ToolCall
from agents.llm.openai import OpenAiLlm
from agents.llm.scripted import Answer
from emulators import openai
from emulators.openai import Scripted
from runtime import drafting
from runtime.storage import drafts, turns
from runtime.storage.sql import Tx
from tests.copilot import Dictated, listed, states, taken, written
from tests.operators import desk
from tests.portal import Portal, portal
from tests.story import World, world


async def draft(w: World, text: str) -> None:
    await w.until_rows(lambda rows: rows == [(text,)], "drafts", "text")


def say(w: World, words: int) -> None:
    for _ in range(words):
        w.llm.words.release()


async def test_each_word_is_there_as_it_is_written(database_url: str, tmp_path: Path) -> None:
    llm = Dictated(["Hello!", "It comes tomorrow."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        with w.runtime.bus.waiter("drafts") as rung:
            id_ = await taken(w, olga)
            say(w, 1)
            await draft(w, "It")
            assert await rung.wait(20)
        say(w, 1)
        await draft(w, "It comes")
        ((turn, at),) = await w.rows("drafts", "turn_id", "at")
        assert await w.rows("turns", "id", "kind") == [(turn, "suggestion")]
        read = await w.runtime.store.read(lambda tx: drafts.changed_since(tx, at))
        assert [tuple(row) for row in read] == [(id_, turn, "It comes", at)]
        assert await w.runtime.store.read(lambda tx: drafts.changed_since(tx, at + 1)) == []
        say(w, 2)
        (kept,) = await listed(olga, id_, 1)
        assert kept["text"] == "It comes tomorrow."
        assert kept["first_at"] < kept["created_at"]
        await draft(w, "")
        assert w.heard() == ["Hello!"]


async def test_a_newer_message_ends_what_was_being_written(
    database_url: str, tmp_path: Path
) -> None:
    llm = Dictated(["Hello!", "It comes tomorrow.", "It is here."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        say(w, 1)
        await draft(w, "It")
        ((before,),) = await w.rows("drafts", "turn_id")
        w.write("It has just come, thank you")
        await w.until(lambda: len(llm.asked) == 3, "it is asked again")
        await draft(w, "")
        say(w, 2)
        await draft(w, "It is")
        assert await w.rows("drafts", "turn_id") != [(before,)]
        say(w, 2)
        assert states(await listed(olga, id_, 1)) == [("It is here.", "open")]
        await draft(w, "")


async def test_nothing_is_written_any_more_once_the_operator_has_answered(
    database_url: str, tmp_path: Path
) -> None:
    llm = Dictated(["Hello!", "It comes tomorrow."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        say(w, 1)
        await draft(w, "It")
        assert (await olga.post(f"/sessions/{id_}/messages", text="Tomorrow!")).status == 202
        await draft(w, "")
        say(w, 3)
        await w.until(lambda: not running(w), "the agent has come to its end")
        await draft(w, "")
        assert (await olga.get(f"/sessions/{id_}/suggestions")).body["items"] == []
        await w.until(lambda: w.heard() == ["Hello!", "Tomorrow!"], "the operator's words only")


def running(w: World) -> float:
    for metric in w.runtime.metrics.turns_running.collect():
        return float(metric.samples[0].value)
    return 0.0


async def test_what_only_led_to_a_tool_is_no_draft(database_url: str, tmp_path: Path) -> None:
    search = ToolCall(id="1", name="search_knowledge", arguments='{"query": "delivery"}')
    llm = Dictated(["Hello!", Answer(text="One moment.", calls=(search,)), "Three days."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        say(w, 2)
        await draft(w, "One moment.")
        say(w, 2)
        await draft(w, "Three")
        say(w, 2)
        (kept,) = await listed(olga, id_, 1)
        assert kept["text"] == "Three days."
        assert kept["sources"]


async def test_what_is_on_its_way_when_another_turn_begins_is_not_stored(
    database_url: str, tmp_path: Path
) -> None:
    llm = Dictated(["Hello!", "It comes tomorrow."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        ((turn_id, epoch),) = await w.until_rows(bool, "turns", "id", "epoch")
        turn = turns.Turn(id_, turn_id, turns.Kind.SUGGESTION, epoch, 0, 1, "", "")
        put = functools.partial(drafting.put, turn=turn, text="It comes")
        await w.runtime.store.write(put)
        await draft(w, "It comes")
        await olga.post(f"/sessions/{id_}/mode", mode="human")
        await w.runtime.store.write(put)
        await draft(w, "")
        say(w, 4)
        (late,) = await listed(olga, id_, 1)
        assert (late["text"], late["late"]) == ("It comes tomorrow.", True)
        await draft(w, "")


async def test_a_model_that_streams_is_followed_over_http(sqlite_url: str, tmp_path: Path) -> None:
    text = " ".join(str(number) for number in range(25))
    async with openai.running() as server:
        server.server.script += [Scripted(text="Hello!"), Scripted(text=text, delay=0.1)]
        llm = OpenAiLlm(model="m", base_url=server.url)
        async with world(sqlite_url, tmp_path, llm) as w, desk(w) as olga:
            id_ = await taken(w, olga)
            ((piece,),) = await w.until_rows(
                lambda rows: rows not in ([], [("",)]), "drafts", "text"
            )
            assert text.startswith(piece)
            assert states(await listed(olga, id_, 1)) == [(text, "open")]
            asked = server.server.asked[-1]["messages"]
            assert "You are not speaking to the customer now." in asked[0]["content"]


async def test_an_operator_reads_along_while_the_agent_writes(
    database_url: str, tmp_path: Path
) -> None:
    """Also who begins to look when something stands there already."""
    llm = Dictated(["Hello!", "It comes tomorrow."])

    def drafts_of(window: Portal) -> list[str]:
        return [one["text"] for one in window.of_type("draft")]

    async with (
        world(database_url, tmp_path, llm) as w,
        desk(w) as olga,
        portal(olga) as window,
        portal(olga) as late,
    ):
        id_ = await written(w)
        await window.say(type="looking", session_id=id_)
        await window.until(lambda: (olga.id, id_, False) in window.present(), "she looks")
        await olga.post(f"/sessions/{id_}/takeover")
        llm.words.release()
        await window.until(lambda: drafts_of(window) == ["It"], "the first word")
        await late.say(type="looking", session_id=id_)
        await late.until(lambda: drafts_of(late) == ["It"], "what stands there already")
        for _ in range(3):
            llm.words.release()
        for one in (window, late):
            await one.until(lambda one=one: one.of_type("suggestion"), "it is kept")  # type: ignore[misc]
            await one.until(lambda one=one: drafts_of(one)[-1] == "", "it is over")  # type: ignore[misc]


async def test_drafts_that_nobody_writes_any_more_are_forgotten(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w:
        id_ = await written(w)

        def left(tx: Tx, ago: int) -> None:
            tx.now -= ago
            drafts.put(tx, id_, "t", "left behind")

        for ago, stays in ((drafts.ABANDONED + 1000, []), (1000, [("left behind",)])):
            await w.runtime.store.write(functools.partial(left, ago=ago))
            await w.runtime.store.write(drafts.forget)
            assert await w.rows("drafts", "text") == stays
