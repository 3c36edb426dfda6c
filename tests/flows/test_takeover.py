"""An operator takes over: the agent falls silent at once, and what it would have said is kept."""

import asyncio
from pathlib import Path

from agents.llm.base import ToolCall
from agents.llm.scripted import Answer
from emulators.control import Fault
from tests.operators import desk
from tests.story import World, world


async def session_id(w: World) -> str:
    rows = await w.until_rows(bool, "sessions", "id")
    return str(rows[-1][0])


async def test_the_agent_is_silent_from_the_takeover_on(database_url: str, tmp_path: Path) -> None:
    slow = Answer(text="Too late!", delay=0.4)
    async with world(database_url, tmp_path, [slow, "Try this."]) as w, desk(w) as olga:
        w.write("Where is my parcel?")
        await w.until(lambda: w.llm.asked, "the agent thinks")
        got = await olga.post(f"/sessions/{await session_id(w)}/takeover")
        assert (got.status, got.body["taken"], got.body["in_flight"]) == (200, True, 0)
        assert got.body["session"]["control"]["mode"] == "copilot"
        kept = await w.until_rows(lambda rows: len(rows) == 2, "suggestions", "text", "late")
        assert sorted(kept) in (
            [("Too late!", 1), ("Try this.", 0)],
            [("Too late!", True), ("Try this.", False)],
        )
        assert w.heard() == []
        said = await olga.post(f"/sessions/{await session_id(w)}/messages", text="I look into it.")
        assert said.status == 202
        await w.until(lambda: w.heard() == ["I look into it."], "the operator's words")


async def test_parting_words_on_the_wire_are_in_flight_too(
    database_url: str, tmp_path: Path
) -> None:
    arguments = '{"reason": "He asks.", "message": "A colleague takes over."}'
    call = ToolCall(id="1", name="hand_over", arguments=arguments)
    async with (
        world(database_url, tmp_path, [Answer(calls=(call,)), "Try this."]) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
    ):
        slow = Fault(kind="delay", method="sendmessage", seconds=2.0)
        w.platform.telegram.control.faults.append(slow)
        w.write("A person, please!")
        await w.until_rows(lambda rows: rows == [("sending",)], "deliveries", "state")
        assert await w.modes() == ["waiting"]
        id_ = await session_id(w)
        both = await asyncio.gather(*(d.post(f"/sessions/{id_}/takeover") for d in (olga, paul)))
        told = [(got.body["taken"], got.body["in_flight"]) for got in both]
        assert sorted(told) == [(False, 1), (True, 1)]
        await w.until(lambda: w.heard() == ["A colleague takes over."], "what was in flight")


async def test_what_is_unknown_may_still_be_in_flight(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ["Hello!"]) as w, desk(w) as olga:
        w.platform.telegram.control.faults.append(Fault(kind="drop_before", method="sendmessage"))
        w.write("Hi")
        await w.until_rows(lambda rows: rows == [("unknown",)], "deliveries", "state")
        got = await olga.post(f"/sessions/{await session_id(w)}/takeover")
        assert (got.body["taken"], got.body["in_flight"]) == (True, 1)


async def test_the_second_learns_who_was_first(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
    ):
        w.write("Hi")
        id_ = await session_id(w)
        both = await asyncio.gather(*(d.post(f"/sessions/{id_}/takeover") for d in (olga, paul)))
        assert sorted(got.body["taken"] for got in both) == [False, True]
        assert len({got.body["session"]["control"]["operator_id"] for got in both}) == 1
        loser = paul if both[0].body["taken"] else olga
        refused = await loser.post(f"/sessions/{id_}/messages", text="Me too!")
        assert (refused.status, refused.code) == (409, "not_in_control")
        winner = both[0].body["session"]["control"]["operator_id"]
        assert refused.body["control"]["operator_id"] == winner


async def test_what_the_operator_made_of_a_suggestion_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!", "Try this."]) as w, desk(w) as olga:
        w.write("Hi")
        await w.until(lambda: w.heard() == ["Hello!"], "the answer")
        id_ = await session_id(w)
        await olga.post(f"/sessions/{id_}/takeover")
        w.write("It does not work.")
        ((suggestion_id,),) = await w.until_rows(bool, "suggestions", "id")
        said = {"text": "Try that.", "suggestion_id": suggestion_id}
        assert (await olga.post(f"/sessions/{id_}/messages", **said)).status == 202
        assert await w.rows("suggestions", "state", "distance") == [("edited", 1)]


async def test_given_back_it_answers_knowing_what_the_operator_said(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!"]) as w, desk(w) as olga:
        w.write("Hi")
        await w.until(lambda: w.heard() == ["Hello!"], "the answer")
        id_ = await session_id(w)
        await olga.post(f"/sessions/{id_}/takeover")
        await olga.post(f"/sessions/{id_}/notes", text="A secret note")
        await olga.post(f"/sessions/{id_}/messages", text="Your code is BLUE.")
        await w.until(lambda: len(w.heard()) == 2, "the operator's words")
        back = await olga.post(f"/sessions/{id_}/return")
        assert back.body["session"]["control"]["mode"] == "autonomous"
        w.write("What was my code?")
        await w.until(lambda: len(w.heard()) == 3, "the agent again")
        known = " ".join(message.content for message in w.llm.asked[-1].messages)
        assert "Your code is BLUE." in known
        assert "A secret note" not in known


async def test_resolved_means_the_next_message_is_a_new_session(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!"]) as w, desk(w) as olga:
        w.write("Hi")
        await w.until(lambda: len(w.heard()) == 1, "the answer")
        id_ = await session_id(w)
        await olga.post(f"/sessions/{id_}/takeover")
        done = await olga.post(f"/sessions/{id_}/resolve")
        assert done.body["session"]["control"]["mode"] == "finished"
        refused = await olga.post(f"/sessions/{id_}/takeover")
        assert (refused.status, refused.code) == (409, "session_finished")
        w.write("One more thing")
        await w.until(lambda: len(w.heard()) == 2, "the agent in a new session")
        assert sorted(await w.modes()) == ["autonomous", "finished"]
