"""Agents, by API: what they are, who gets what they hand over, and stopping them."""

from pathlib import Path
from typing import Any

import pytest

from agents.llm.offline import OfflineLlm
from handoff.state import Mode
from runtime.storage import channels
from tests.operators import begun, desk, hire
from tests.story import world

UNTOUCHED: dict[str, Any] = {
    "id": "support",
    "name": "Kestrel Support",
    "state": "running",
    "error": "",
    "default_operators": [],
    "assigned_mode": "human",
    "max_open": None,
    "remind_minutes": 10,
    "fallback": "nobody",
    "description": "the customer service of the web shop Kestrel Outdoor.",
    "instructions": "",
    "allow_handoff": True,
    "handoff_conditions": [],
    "own_handoff_conditions": [
        "the customer asks for a person",
        "money must be paid back, or an order changed or cancelled",
        "something arrived damaged, or never arrived",
        "the customer is upset, or complains for the second time",
        "neither the knowledge nor the tools have the answer",
    ],
    "idle_minutes": None,
    "own_idle_minutes": 720.0,
    "suggests": "always",
    "copilot_instructions": "",
}


async def test_what_an_admin_sets_is_shown_and_done(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, OfflineLlm()) as w, desk(w, role="admin") as root:
        assert (await root.get("/agents")).body == {"items": [UNTOUCHED], "cursor": ""}
        paul = await hire(w, "paul")
        wanted = {
            "default_operators": [paul],
            "assigned_mode": "copilot",
            "max_open": 3,
            "remind_minutes": 5,
            "fallback": "anybody",
        }
        got = await root.ask("PATCH", "/agents/support", wanted)
        assert (got.status, got.body) == (200, UNTOUCHED | wanted)
        got = await root.ask("PATCH", "/agents/support", {"max_open": None})
        assert got.body == UNTOUCHED | wanted | {"max_open": None}
        assert (await root.get("/agents/support")).body == got.body
        roster = w.runtime.roster
        await w.until(lambda: roster.begins_as("support") is Mode.COPILOT, "the roster knows")
        w.write("I want to talk to a human")
        await w.until_rows(lambda r: r == [("copilot", paul)], "sessions", "mode", "operator_id")


async def test_who_says_what_he_saw_overwrites_nobody(database_url: str, tmp_path: Path) -> None:
    path = "/agents/support"
    async with (
        world(database_url, tmp_path) as w,
        desk(w, role="admin") as root,
        desk(w, "rita", role="admin") as rita,
    ):
        seen = {"instructions": "", "handoff_conditions": []}
        assert (await rita.ask("PATCH", path, {"instructions": "Be brief."})).status == 200
        mine = {"instructions": "Be kind.", "handoff_conditions": ["a fire"], "was": seen}
        refused = await root.ask("PATCH", path, mine)
        assert (refused.status, refused.code) == (409, "changed_meanwhile")
        assert refused.body["fields"] == ["instructions"]
        assert (await root.get(path)).body == UNTOUCHED | {"instructions": "Be brief."}
        mine["was"] = {"instructions": "Be brief."}
        assert (await root.ask("PATCH", path, mine)).body["instructions"] == "Be kind."


async def test_an_agent_that_may_not_hand_over_answers_alone_but_people_still_get_what_they_want(
    database_url: str, tmp_path: Path
) -> None:
    off = {"allow_handoff": False, "was": {"allow_handoff": True}}
    async with world(database_url, tmp_path, OfflineLlm()) as w, desk(w, role="admin") as root:
        assert (await root.ask("PATCH", "/agents/support", off)).body["allow_handoff"] is False
        assert (await root.ask("PATCH", "/agents/support", off)).code == "changed_meanwhile"
        told = w.runtime.roster.guidance
        await w.until(lambda: not told("support").hand_over, "the roster knows")
        session = await begun(w, "I want to talk to a human")
        assert w.heard()[0].startswith("I'm sorry, I can't pass you to a person here.")
        w.write("Do you sell electric bikes with a child seat?")
        await w.until(lambda: len(w.heard()) == 2, "the second answer")
        assert w.heard()[1] == "I'm sorry, I don't know that for certain."
        assert await w.modes() == ["autonomous"]
        assert (await root.post(f"/sessions/{session}/takeover")).body["taken"] is True
        noted = (await root.get("/audit")).body["items"]
        changes = [one["data"] for one in noted if one["act"] == "agent.change"]
        assert changes == [{"allow_handoff": False}]


async def test_an_agent_that_may_not_hand_over_and_fails_is_relieved(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, [""]) as w, desk(w, role="admin") as root:
        await root.ask("PATCH", "/agents/support", {"allow_handoff": False})
        told = w.runtime.roster.guidance
        await w.until(lambda: not told("support").hand_over, "the roster knows")
        w.write("Hi")
        await w.until_rows(lambda rows: rows == [("waiting",)], "sessions", "mode")
        (asked,) = w.llm.asked
        assert "hand_over" not in {tool.name for tool in asked.tools}
        assert "Hand over to a person" not in str(asked.messages[0].content)
        assert "You can't pass this conversation to a person." in str(asked.messages[0].content)


async def test_a_stopped_agent_answers_nobody_until_it_is_started(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, role="admin") as root:
        stopped = await root.post("/agents/support/stop")
        assert (stopped.status, stopped.body["state"]) == (200, "stopped")
        await w.until(lambda: w.runtime.roster.agent("support") is None, "it stops")
        w.write("Hello?", "Bob")
        await w.until_rows(lambda r: r == [("waiting",)], "sessions", "mode")
        assert (await root.post("/agents/support/start")).body["state"] == "running"
        await w.until(lambda: w.runtime.roster.agent("support") is not None, "it runs")
        w.write("Hello?")
        await w.until(lambda: w.heard() == ["Hello!"], "the answer")


async def test_what_has_no_folder_cannot_run(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, role="admin") as root:
        await w.runtime.store.write(lambda tx: channels.put_agent(tx, "gone", "Gone"))
        await w.runtime.store.write(
            lambda tx: channels.put_agent(tx, "bad", "Bad", "no such template")
        )
        states = {one["id"]: one["state"] for one in (await root.get("/agents")).body["items"]}
        assert states == {"bad": "error", "gone": "error", "support": "running"}
        got = await root.post("/agents/bad/start")
        assert (got.status, got.code) == (409, "agent_broken")
        assert "no such template" in got.body["detail"]
        assert (await root.post("/agents/gone/start")).code == "agent_broken"
        assert (await root.post("/agents/gone/stop")).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"default_operators": ["nobody"]}, "default_operators.0"),
        ({"default_operators": "paul"}, "default_operators"),
        ({"assigned_mode": "autonomous"}, "assigned_mode"),
        ({"max_open": 0}, "max_open"),
        ({"remind_minutes": 0}, "remind_minutes"),
        ({"remind_minutes": None}, "remind_minutes"),
        ({"fallback": "everybody"}, "fallback"),
        ({"allow_handoff": None}, "allow_handoff"),
        ({"name": "Eve"}, "name"),
    ],
)
async def test_what_cannot_be_is_refused_by_the_name_of_its_field(
    sqlite_url: str, tmp_path: Path, body: dict[str, Any], field: str
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, role="admin") as root:
        got = await root.ask("PATCH", "/agents/support", body)
        assert (got.status, got.code) == (422, "invalid")
        assert got.body["errors"][0]["field"] == field
        assert (await root.get("/agents/support")).body == UNTOUCHED


async def test_a_viewer_looks_and_gets_no_sessions_and_an_operator_changes_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        world(sqlite_url, tmp_path) as w,
        desk(w, "vera", role="viewer") as vera,
        desk(w) as olga,
        desk(w, "root", role="admin") as root,
    ):
        assert (await vera.get("/agents/support")).body == UNTOUCHED
        assert (await olga.get("/agents/nothing")).status == 404
        assert (await olga.ask("PATCH", "/agents/support", {})).status == 403
        for act in ("start", "stop"):
            assert (await olga.post(f"/agents/support/{act}")).status == 403
            assert (await root.post(f"/agents/nothing/{act}")).status == 404
        got = await root.ask("PATCH", "/agents/support", {"default_operators": [vera.id]})
        assert (got.status, got.body["errors"][0]["field"]) == (422, "default_operators.0")
