"""What admins tell an agent from the portal: it holds from the next turn on, on every replica."""

from pathlib import Path
from typing import Any

import pytest

from agents.llm.offline import OfflineLlm
from tests.copilot import listed
from tests.operators import begun, desk
from tests.story import World, replica, settings, world

DOCUMENT = "/agents/support/knowledge/workshop.md"
TEXT = "# Workshop\n\nThe bicycle workshop repairs a broken tent pole for 15 EUR."


async def known(w: World, name: str, text: str | None) -> None:
    def there() -> bool:
        return w.runtime.roster.guidance("support").documents.get(name) == text

    await w.until(there, "the roster knows")


async def test_a_document_that_an_admin_writes_is_found_on_every_replica_at_once(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path, OfflineLlm()) as w,
        desk(w, role="admin") as root,
        replica(
            settings(database_url, tmp_path, w.runtime.settings.port + 1),
            w.platform.url,
            OfflineLlm(),
            mode="polling",
        ) as other,
    ):
        got = await root.ask("PUT", DOCUMENT, {"text": TEXT})
        assert (got.status, got.body["origin"], got.body["text"]) == (200, "written", TEXT)
        await known(w, "workshop.md", TEXT)
        there = other.roster.guidance
        await w.until(lambda: "workshop.md" in there("support").documents, "the other knows")
        w.write("Can the workshop repair a tent pole?")
        await w.until(w.heard, "the answer")
        assert "15 EUR" in w.heard()[0]
        assert (await root.ask("DELETE", DOCUMENT)).status == 200
        await known(w, "workshop.md", None)
        assert (await root.get(DOCUMENT)).status == 404


async def test_a_written_document_takes_the_place_of_a_shipped_one_until_it_is_removed(
    sqlite_url: str, tmp_path: Path
) -> None:
    path = "/agents/support/knowledge/delivery.md"
    async with (
        world(sqlite_url, tmp_path, OfflineLlm()) as w,
        desk(w, role="admin") as root,
        desk(w, "vera", role="viewer") as vera,
    ):
        before = (await vera.get(path)).body
        assert (before["origin"], before["by"]) == ("shipped", None)
        refused = await root.ask("DELETE", path)
        assert (refused.status, refused.code) == (409, "document_shipped")
        assert (await root.ask("PUT", path, {"text": "# Delivery\n\nBy pigeon."})).status == 200
        found = (await vera.get("/agents/support/knowledge")).body["items"]
        (mine,) = [one for one in found if one["name"] == "delivery.md"]
        assert (mine["origin"], mine["replaces"], mine["by"]) == ("written", True, root.id)
        await known(w, "delivery.md", "# Delivery\n\nBy pigeon.")
        w.write("Delivery by pigeon?")
        await w.until(w.heard, "the answer")
        assert "pigeon" in w.heard()[0]
        await root.ask("DELETE", path)
        assert (await vera.get(path)).body == before


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("hours.txt", {"text": "x"}, 422),
        (".md", {"text": "x"}, 422),
        ("..%2Fagent.md", {"text": "x"}, 422),
        ("hours.md", {"text": " \n"}, 422),
        ("hours.md", {"text": "x" * 50_001}, 422),
        ("hours.md", {}, 422),
        ("Öffnungszeiten am Samstag.md", {"text": "x"}, 200),
    ],
)
async def test_what_a_document_can_be(
    sqlite_url: str, tmp_path: Path, name: str, body: dict[str, Any], status: int
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, role="admin") as root:
        got = await root.ask("PUT", f"/agents/support/knowledge/{name}", body)
        assert got.status == status, got.body
        there = await w.rows("documents", "name")
        assert there == ([(name,)] if status == 200 else [])
        assert (
            await root.ask("PUT", "/agents/nothing/knowledge/a.md", {"text": "x"})
        ).status == 404
        assert (await root.get("/agents/nothing/knowledge")).status == 404


async def test_who_says_what_he_saw_of_a_document_overwrites_nobody(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, role="admin") as root:
        new = {"text": "One", "was": None}
        first = await root.ask("PUT", DOCUMENT, new)
        assert first.status == 200
        refused = await root.ask("PUT", DOCUMENT, new)
        assert (refused.status, refused.code) == (409, "changed_meanwhile")
        seen = first.body["changed_at"]
        assert (await root.ask("PUT", DOCUMENT, {"text": "Two", "was": seen})).status == 200
        late = await root.ask("PUT", DOCUMENT, {"text": "Three", "was": seen})
        assert late.code == "changed_meanwhile"
        assert (await root.get(DOCUMENT)).body["text"] == "Two"
        assert (await root.ask("PUT", DOCUMENT, {"text": "Four"})).status == 200


async def test_instructions_and_conditions_are_in_the_next_turn_and_in_its_version(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path, ["One", "Two", "Three"]) as w,
        desk(w, role="admin") as root,
    ):
        session = await begun(w)
        wanted = {
            "instructions": "Always mention the summer sale.",
            "handoff_conditions": ["somebody asks for a discount"],
            "copilot_instructions": "Sign as Olga.",
        }
        assert (await root.ask("PATCH", "/agents/support", wanted)).body.items() >= wanted.items()
        there = w.runtime.roster.guidance
        await w.until(lambda: there("support").instructions, "the roster knows")
        w.write("And now?")
        await w.until(lambda: len(w.heard()) == 2, "the second answer")
        before, after = (str(asked.messages[0].content) for asked in w.llm.asked)
        assert "summer sale" not in before
        assert "- somebody asks for a discount\n" in after
        assert "the customer asks for a person" not in after
        assert after.endswith("Always mention the summer sale.")
        await root.post(f"/sessions/{session}/takeover")
        (suggestion,) = await listed(root, session, 1)
        assert "Sign as Olga." in str(w.llm.asked[-1].messages[0].content)
        agent: Any = w.runtime.roster.agents["support"]
        assert suggestion["prompt_version"] != agent.prompt_version
        assert len(suggestion["prompt_version"]) == 12


async def test_an_agent_that_suggests_only_when_asked(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path, ["Hello!", "As you wish."]) as w,
        desk(w, role="admin") as root,
    ):
        session = await begun(w)
        await root.ask("PATCH", "/agents/support", {"suggests": "asked"})
        rules = w.runtime.roster.rules
        await w.until(lambda: not rules("tg", "support").suggests, "the roster knows")
        await root.post(f"/sessions/{session}/takeover")
        w.write("Are you there?")
        await w.until_rows(lambda rows: rows == [(1,)], "sessions", "unread")
        assert await w.rows("turns", "id") == []
        await root.post(f"/sessions/{session}/suggestions")
        (suggestion,) = await listed(root, session, 1)
        assert suggestion["text"] == "As you wish."


async def test_an_admin_says_when_idle_conversations_finish(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, role="admin") as root:
        await root.ask("PATCH", "/agents/support", {"idle_minutes": 5})
        rules = w.runtime.roster.rules
        await w.until(lambda: rules("tg", "support").idle == 5 * 60_000, "the roster knows")
        await begun(w)
        ((answered, idle),) = await w.rows("sessions", "answered_at", "idle_at")
        assert idle == answered + 5 * 60_000
