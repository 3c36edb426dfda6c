"""A day of an operator: what is counted, what is remembered, and what never leaves the house."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path

from agents.errors import LlmUnavailable
from agents.llm.base import Ask, Chunk, ToolCall
from agents.llm.scripted import Answer, ScriptedLlm
from runtime.storage.sql import Row
from tests.operators import Desk, begun, desk
from tests.story import World, world

CANARY = "canary-7f3a"
HANDED = json.dumps({"reason": f"Reason {CANARY}", "message": "A colleague will answer."})


class Marked(ScriptedLlm):
    """Marks whatever the customer must not hear, and does what his last message says."""

    def __init__(self) -> None:
        super().__init__([""])
        self.go = asyncio.Event()
        """Until it is set, it thinks about what is to come late."""

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        said = [message.content for message in ask.messages if message.role == "user"][-1]
        answer = Answer(text=f"Heard: {said}")
        if "You are not speaking to the customer now" in ask.messages[0].content:
            answer = Answer(text=f"Suggestion {CANARY}")
        elif said == "A human":
            call = ToolCall(id="1", name="hand_over", arguments=HANDED)
            answer = Answer(calls=(call,), finish="tool_calls")
        elif said == "Late":
            answer = Answer(text=f"Too late {CANARY}")
            self.asked.append(ask)
            await self.go.wait()
        elif said == "Break":
            answer = Answer(error=LlmUnavailable(f"Broken {CANARY}"))
        self._answers = [answer]
        async for chunk in super().stream(ask):
            yield chunk


def has(wanted: str) -> Callable[[list[Row]], bool]:
    return lambda rows: any(wanted in str(row) for row in rows)


async def until_heard(w: World, text: str) -> None:
    await w.until(lambda: text in w.heard()[-1:], text)


async def open_session(w: World) -> str:
    rows = await w.until_rows(
        lambda r: any(m != "finished" for _, m in r), "sessions", "id", "mode"
    )
    return str(next(id_ for id_, mode in rows if mode != "finished"))


async def handed_over_by_the_agent(w: World, olga: Desk) -> None:
    """Notes, a suggestion that is dismissed, a wish, a file that is never sent; then given back."""
    await begun(w, "A human")
    await until_heard(w, "A colleague will answer.")
    id_ = await open_session(w)
    await olga.post(f"/sessions/{id_}/takeover")
    await olga.post(f"/sessions/{id_}/notes", text=f"Note {CANARY}")
    ((suggestion,),) = await w.until_rows(bool, "suggestions", "id")
    await w.runtime.workspace.dismiss(suggestion, olga.id)
    await w.runtime.workspace.ask_suggestion(id_, olga.id, f"Wish {CANARY}")
    await w.until_rows(lambda rows: len(rows) == 2, "suggestions", "id")
    await olga.ask("POST", "/uploads", data=BytesIO(CANARY.encode()), params={"name": CANARY})
    await olga.post(f"/sessions/{id_}/messages", text="I am Olga.")
    await until_heard(w, "I am Olga.")
    await olga.post(f"/sessions/{id_}/return")
    w.write("And now?")
    await until_heard(w, "Heard: And now?")


async def handed_over_by_an_operator(w: World, olga: Desk) -> None:
    id_ = await open_session(w)
    await olga.post(f"/sessions/{id_}/handover", reason=f"Please, {CANARY}")
    w.write("Who is there?")
    await olga.post(f"/sessions/{id_}/takeover")
    await olga.post(f"/sessions/{id_}/mode", mode="human")
    await olga.post(f"/sessions/{id_}/messages", text="Olga again.")
    await until_heard(w, "Olga again.")
    done = await olga.post(f"/sessions/{id_}/resolve")
    assert done.body["session"]["control"]["mode"] == "finished"


async def taken_over_while_the_agent_writes(w: World, olga: Desk, llm: Marked) -> None:
    known = len(llm.asked)
    w.write("Late")
    await w.until(lambda: len(llm.asked) > known, "it thinks")
    id_ = await open_session(w)
    await olga.post(f"/sessions/{id_}/takeover")
    llm.go.set()
    await w.until_rows(has("Too late"), "suggestions", "text")
    await olga.post(f"/sessions/{id_}/messages", text="In time.")
    await until_heard(w, "In time.")
    await olga.post(f"/sessions/{id_}/resolve")


async def left_by_a_broken_agent(w: World, olga: Desk) -> None:
    w.write("Break")
    await w.until_rows(has("Broken"), "log", "text")
    await w.until(lambda: "In time." not in w.heard()[-1:], "the customer is told")
    id_ = await open_session(w)
    got = await olga.get(f"/sessions/{id_}/log")
    assert CANARY in json.dumps(got.body)


async def test_nothing_of_ours_ever_reaches_the_customer(database_url: str, tmp_path: Path) -> None:
    llm = Marked()
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        await handed_over_by_the_agent(w, olga)
        await handed_over_by_an_operator(w, olga)
        await taken_over_while_the_agent_writes(w, olga, llm)
        await left_by_a_broken_agent(w, olga)
        there = [await w.rows("log", "text"), await w.rows("suggestions", "text"), llm.asked]
        for word in ("Note", "Reason", "Please,", "Broken", "Suggestion", "Wish", "Too late"):
            assert f"{word} {CANARY}" in repr(there)
        everything = repr([(c.parameters, c.answer) for c in w.platform.telegram.control.calls])
        everything += repr(vars(w.bot.files))
        assert CANARY not in everything
        assert "I am Olga." in everything
        said = [message for ask in llm.asked for message in ask.messages if message.role == "user"]
        assert "And now?" in [message.content for message in said]
        assert CANARY not in repr(said)


async def test_unread_grows_while_an_operator_has_it_and_is_cleared_by_looking(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        id_ = await begun(w)

        async def written(*texts: str) -> int:
            """What stands on the card after the customer wrote."""
            for text in texts:
                w.write(text)
                await w.until_rows(has(text), "log", "text")
            unread: int = (await olga.get(f"/sessions/{id_}")).body["unread"]
            return unread

        taken = await olga.post(f"/sessions/{id_}/takeover")
        assert taken.body["session"]["unread"] == 0
        assert await written("One", "Two") == 2
        assert (await olga.post(f"/sessions/{id_}/open")).body["session"]["unread"] == 0
        assert await written("Three") == 1
        await olga.post(f"/sessions/{id_}/messages", text="Here I am.")
        assert await written() == 0
        await olga.post(f"/sessions/{id_}/assign", operator_id=None)
        assert await written("Four", "Five", "Six") == 3
        again = await olga.post(f"/sessions/{id_}/takeover")
        assert again.body["session"]["unread"] == 0
