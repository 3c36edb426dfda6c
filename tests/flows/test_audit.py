"""Every administrative write is on record: who did what to which, once, and without secrets."""

import re
from pathlib import Path
from typing import Any

from runtime.http.app import ENDPOINTS
from runtime.storage import inbound
from runtime.storage.operators import Role
from tests.operators import PASSWORD, Desk, desk
from tests.story import CHANNEL, TOKEN, World, world

NEW = "77:another"
HARMLESS = {("POST", "/channels/{channel_id}/test")}
"""What admins only ask."""
OURS = f"/channels/{CHANNEL}"
DOCUMENT = "/agents/support/knowledge/hours.md"


async def done(admin: Desk, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    got = await admin.ask(method, path, body)
    assert got.status in {200, 201}, got.body
    found: dict[str, Any] = got.body
    return found


async def trail(admin: Desk) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await admin.get("/audit")).body["items"]
    return items[::-1]


def writes(w: World, nina: str, other: str) -> list[tuple[str, str, dict[str, Any], str, str]]:
    """Each administrative write on what is there already: what it is called, and what it is about."""
    renamed = {"name": "Shop", "settings": {"token": NEW, "api_base": w.platform.url}}
    return [
        ("PATCH", f"/operators/{nina}", {"role": "viewer"}, "operator.change", nina),
        ("PATCH", f"/channels/{other}", renamed, "channel.change", other),
        ("PUT", f"{OURS}/agents", {"agent_ids": ["support"]}, "channel.agents", CHANNEL),
        ("POST", f"{OURS}/stop", {}, "channel.stop", CHANNEL),
        ("POST", f"{OURS}/start", {}, "channel.start", CHANNEL),
        ("DELETE", f"/channels/{other}", {}, "channel.remove", other),
        ("PATCH", "/agents/support", {"max_open": 3}, "agent.change", "support"),
        ("POST", "/agents/support/stop", {}, "agent.stop", "support"),
        ("POST", "/agents/support/start", {}, "agent.start", "support"),
        ("PUT", f"{DOCUMENT}", {"text": "# Hours"}, "agent.knowledge.write", "support"),
        ("DELETE", f"{DOCUMENT}", {}, "agent.knowledge.remove", "support"),
        ("PUT", "/customer-fields", {"items": []}, "customer.fields", ""),
    ]


async def put_aside(w: World) -> str:
    """A body in the quarantine that can be read by now."""
    body = b'{"update_id": 9, "poll_of_tomorrow": {}}'
    return await w.runtime.store.write(
        lambda tx: inbound.put_aside(tx, CHANNEL, "9", body, "not yet")
    )


def of_quarantine(kept: str) -> list[tuple[str, str, dict[str, Any], str, str]]:
    return [
        ("POST", f"/quarantine/{kept}/{act}", {}, f"quarantine.{act}", kept)
        for act in ("dismiss", "replay")
    ]


async def test_each_write_of_an_admin_leaves_one_line(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        person = {"email": "n@b.example", "name": "N", "password": PASSWORD, "role": "operator"}
        nina = (await done(boss, "POST", "/operators", person))["id"]
        settings = {"token": "78:other", "api_base": w.platform.url}
        account = {"kind": "telegram", "name": "Two", "settings": settings}
        other = (await done(boss, "POST", "/channels", account))["id"]
        wanted = [(boss.id, "operator.create", nina), (boss.id, "channel.connect", other)]
        tried = {("POST", "/operators"), ("POST", "/channels")} | HARMLESS
        kept = await put_aside(w)
        for method, path, body, act, target in [*of_quarantine(kept), *writes(w, nina, other)]:
            await done(boss, method, path, body)
            wanted.append((boss.id, act, target))
            tried |= {(e.method, e.path) for e in ENDPOINTS if e.method == method and fits(e, path)}
        found = await trail(boss)
        assert [(one["operator_id"], one["act"], one["target"]) for one in found] == wanted
        assert found[5]["data"] == {"name": "Shop", "settings": ["api_base", "token"]}
        assert found[10]["data"] == {"max_open": 3}
        assert not [s for s in (PASSWORD, NEW, "78:other", TOKEN) if s in str(found)]
        of_admins = {(e.method, e.path) for e in ENDPOINTS if e.least is Role.ADMIN}
        assert {one for one in of_admins if one[0] != "GET"} <= tried


def fits(endpoint: Any, path: str) -> bool:
    return bool(re.fullmatch(re.sub(r"{\w+}", "[^/]+", endpoint.path), path))


async def test_what_is_refused_leaves_none(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w, "boss", "admin") as boss,
        desk(w) as olga,
    ):
        refused = [
            (await boss.post("/agents/nothing/stop")).status,
            (await boss.ask("PATCH", "/agents/nothing", {"max_open": 3})).status,
            (await boss.post("/channels/nothing/stop")).status,
            (await boss.ask("PATCH", OURS, {"settings": {"nonsense": 1}})).status,
            (await olga.post(f"{OURS}/stop")).status,
        ]
        assert refused == [404, 404, 404, 422, 403]
        assert await trail(boss) == []
