"""What docs/promises.md says of starting and taking over, where no other story tells it."""

from pathlib import Path
from typing import Any

from agents.llm.scripted import ScriptedLlm
from tests.operators import begun, desk
from tests.story import CHANNEL, world


async def test_an_active_conversation_is_opened_instead_of_a_new_one(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        session_id = await begun(w)
        ((customer_id,),) = await w.rows("customers", "id")
        here = f"/customers/{customer_id}/conversations"
        got = await olga.post(here, channel_id=CHANNEL, text="Not needed")
        assert (got.status, got.body["outcome"], got.body["notice"]) == (200, "existing", "")
        assert got.body["session"]["id"] == session_id
        assert got.body["session"]["control"]["mode"] == "autonomous"
        assert w.heard() == ["Hello!"]


async def test_of_several_agents_the_operator_chooses_one(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        session_id = await begun(w)
        assert (await boss.post(f"/sessions/{session_id}/resolve")).status == 200
        w.runtime.roster.agents = {
            **w.runtime.roster.agents,
            "sales": w.runtime.roster.agents["support"],
        }
        await w.runtime.store.write(w.runtime.announce_agents)
        two = {"agent_ids": ["support", "sales"]}
        assert (await boss.ask("PUT", f"/channels/{CHANNEL}/agents", two)).status == 200
        await w.until(lambda: len(w.runtime.roster.places[CHANNEL].agent_ids) > 1, "two agents")
        ((customer_id,),) = await w.rows("customers", "id")
        (way,) = (await boss.get(f"/customers/{customer_id}/reachability")).body
        assert [one["id"] for one in way["agents"]] == ["support", "sales"]
        here = f"/customers/{customer_id}/conversations"
        wanted: dict[str, Any] = {"channel_id": CHANNEL, "text": "Hello again"}
        assert (await boss.post(here, **wanted)).code == "agent_required"
        got = await boss.post(here, **wanted, agent_id="sales")
        assert (got.status, got.body["session"]["agent_id"]) == (201, "sales")


async def test_the_log_has_the_moment_control_changed_hands_and_the_customer_the_same_chat(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path, ScriptedLlm(["Hello!", "Suggested"])) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
    ):
        session_id = await begun(w)
        here = f"/sessions/{session_id}"
        assert (await olga.post(f"{here}/takeover")).body["taken"]
        second = (await paul.post(f"{here}/takeover")).body
        assert not second["taken"]
        assert second["session"]["control"]["operator_id"] == olga.id
        assert (await olga.post(f"{here}/messages", text="Olga here")).status == 202
        await w.until(lambda: w.heard() == ["Hello!", "Olga here"], "her words, in the same chat")
        entries = (await olga.get(f"{here}/log")).body["items"]
        told = [(one["author"], one["text"]) for one in entries if one["kind"] == "message"]
        assert told == [("customer", "Hi"), ("agent", "Hello!"), ("operator", "Olga here")]
        (moved,) = [one for one in entries if one["kind"] == "control"]
        assert (moved["data"]["before"], moved["data"]["after"]) == ("autonomous", "copilot")
        assert moved["author_id"] == f"operator:{olga.id}"
        assert (await olga.post(f"{here}/resolve")).status == 200
        assert (await paul.post(f"{here}/takeover")).code == "session_finished"
