"""An agent is tried out without a channel: the answer and what it rests on, and nothing else happens."""

import asyncio
from pathlib import Path
from typing import Any

from agents.base import Agent
from agents.llm.base import ToolCall
from agents.llm.offline import OfflineLlm
from agents.llm.scripted import Answer, ScriptedLlm
from agents.tools import tool
from agents.turn import Author, Line, Person, Surface, Turn
from runtime.clock import utc
from runtime.playground import AT_ONCE
from runtime.storage.work import system_clock
from tests.flows.test_roles import stored
from tests.operators import desk
from tests.story import Held, world

PLAYGROUND = "/agents/support/playground"


def asks(*texts: str, **more: Any) -> dict[str, Any]:
    lines = [{"author": "customer", "text": text} for text in texts]
    return {"lines": lines, **more}


async def test_the_answer_shows_its_sources_and_calls_and_leaves_nothing_behind(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, OfflineLlm()) as w, desk(w) as olga:
        before = await stored(w)
        got = await olga.ask("POST", PLAYGROUND, asks("How long is delivery?"))
        assert got.status == 200, got.body
        assert "2 to 3 working days" in got.body["text"]
        assert got.body["sources"][0]["source"].startswith("delivery.md")
        assert [one["name"] for one in got.body["calls"]] == ["search_knowledge"]
        assert "delivery" in got.body["calls"][0]["arguments"]
        assert got.body["failed"] == ""
        asked = (await olga.ask("POST", PLAYGROUND, asks("I want to talk to a human"))).body
        assert asked["hand_over"]["asked_by_customer"] is True
        assert asked["text"]
        wish = asks("How long is delivery?", want="suggestion", instruction="shorter")
        assert (await olga.ask("POST", PLAYGROUND, wish)).body["text"]
        assert await stored(w) == before
        assert w.calls("sendmessage") == []


async def test_instructions_are_tried_before_they_are_set(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path, ["One", "Two"]) as w, desk(w, role="admin") as root:
        await root.ask("PATCH", "/agents/support", {"copilot_instructions": "Sign as Olga."})
        there = w.runtime.roster.guidance
        await w.until(lambda: there("support").copilot, "the roster knows")
        told = {"instructions": "Mention the sale.", "handoff_conditions": ["there is a fire"]}
        for want in ("reply", "suggestion"):
            assert (await root.ask("POST", PLAYGROUND, asks("Hi", want=want, as_if=told))).body[
                "text"
            ]
        reply, suggestion = (str(asked.messages[0].content) for asked in w.llm.asked)
        assert "Mention the sale." in reply
        assert "there is a fire" in reply
        assert "the customer asks for a person" not in reply
        assert "Sign as Olga." in suggestion
        alone = asks("Hi", as_if={"allow_handoff": False})
        assert (await root.ask("POST", PLAYGROUND, alone)).status == 200
        assert "hand_over" not in {tool.name for tool in w.llm.asked[-1].tools}
        assert there("support").instructions == ""


async def test_what_an_agent_breaks_on_is_shown(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path, [""]) as w, desk(w) as olga:
        got = await olga.ask("POST", PLAYGROUND, asks("Hi"))
        assert (got.status, got.body["text"]) == (200, "")
        assert got.body["failed"] == "The agent answered nothing."


async def test_a_replica_tries_only_a_few_at_once(sqlite_url: str, tmp_path: Path) -> None:
    llm = Held(["Hello!"] * AT_ONCE)
    async with world(sqlite_url, tmp_path, llm) as w, desk(w) as olga:
        tries = [
            asyncio.create_task(olga.ask("POST", PLAYGROUND, asks("Hi"))) for _ in range(AT_ONCE)
        ]
        await w.until(lambda: len(llm.asked) == AT_ONCE, "all of them think")
        got = await olga.ask("POST", PLAYGROUND, asks("Hi"))
        assert (got.status, got.code) == (429, "too_many")
        llm.go.set()
        assert [(await one).body["text"] for one in tries] == ["Hello!"] * AT_ONCE


async def test_what_is_too_much_or_of_no_use_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        for body in (
            asks(),
            asks("  "),
            asks(*["x"] * 61),
            asks("x" * 10_001),
            asks("x", instruction="shorter"),
            asks("x", as_if={"instructions": "x" * 20_001}),
            {"lines": [{"author": "event", "text": "x"}]},
        ):
            assert (await olga.ask("POST", PLAYGROUND, body)).status == 422
        assert (await olga.ask("POST", "/agents/nothing/playground", asks("x"))).status == 404
        assert w.llm.asked == []


class Bookings(Agent):
    """It can do something that lasts."""

    name = "Bookings"
    description = "books tables."
    prompt = "support/instructions.md.j2"
    booked: list[str]

    @tool(changes=True)
    async def book(self, name: str) -> str:
        """Book a table.

        Args:
            name: For whom.
        """
        self.booked.append(name)
        return "Booked."


async def test_in_a_rehearsal_tools_change_nothing_but_the_agent_decides_as_always(
    tmp_path: Path,
) -> None:
    calls = (
        ToolCall(id="1", name="book", arguments='{"name": "Ann"}'),
        ToolCall(id="2", name="remember", arguments='{"name": "table", "value": "7"}'),
    )
    llm = ScriptedLlm([Answer(calls=calls), "Done!"])
    agent = Bookings(llm=llm, folder=tmp_path)
    agent.booked = []
    now = utc(system_clock())
    turn = Turn(
        turn_id="t",
        session_id="",
        lines=(Line(author=Author.CUSTOMER, text="A table, please", at=now),),
        customer=Person(),
        surface=Surface(),
        now=now,
        rehearsal=True,
    )
    reply = await agent.reply(turn)
    assert agent.booked == []
    assert len(reply.proposed) == 1
    assert reply.facts == {"table": "7"}
    assert [one.name for one in reply.calls] == ["book", "remember"]
