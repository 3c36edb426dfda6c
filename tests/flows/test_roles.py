"""Who may do what: one table of every endpoint, held against the API itself."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from runtime.http.app import ENDPOINTS
from runtime.http.hooks import MAX_BODY
from runtime.storage.sql import Row
from runtime.storage.tables import metadata
from tests.operators import Desk, Got, desk
from tests.story import World, world

ROLES = ("nobody", "viewer", "operator", "admin")
MAY = {
    "nobody": """
        POST /login
        GET /openapi.json
        """,
    "viewer": """
        POST /logout
        GET /me
        PATCH /me
        GET /tokens
        POST /tokens
        DELETE /tokens/{token_id}
        GET /operators
        GET /sessions
        GET /sessions/counts
        GET /sessions/{session_id}
        GET /sessions/{session_id}/log
        GET /sessions/{session_id}/log/{seq}/original
        GET /sessions/{session_id}/details
        GET /sessions/{session_id}/export
        GET /sessions/{session_id}/suggestions
        GET /suggestions/ledger
        GET /reports/sessions
        GET /reports/replies
        GET /reports/handovers
        GET /reports/suggestions
        GET /reports/volume
        GET /customers
        GET /customers/count
        GET /customers/export
        GET /customer-fields
        GET /customer-tags
        GET /customer-filters
        GET /customers/{customer_id}/notes
        GET /customers/{customer_id}/alike
        GET /customers/{customer_id}
        GET /customers/{customer_id}/sessions
        GET /customers/{customer_id}/reachability
        GET /channels/{channel_id}/templates
        GET /files/{sha256}
        GET /channels
        GET /channels/kinds
        GET /channels/{channel_id}
        GET /agents
        GET /channels/{channel_id}/log
        GET /agents/{agent_id}
        GET /agents/{agent_id}/knowledge
        GET /agents/{agent_id}/knowledge/{name}
        GET /live
        """,
    "operator": """
        POST /customers/{customer_id}/conversations
        POST /channels/{channel_id}/templates/sync
        POST /channels/{channel_id}/templates/preview
        GET /sessions/export
        POST /sessions/{session_id}/takeover
        POST /sessions/{session_id}/handover
        POST /sessions/{session_id}/return
        POST /sessions/{session_id}/resolve
        POST /sessions/{session_id}/mode
        POST /sessions/{session_id}/assign
        POST /sessions/{session_id}/open
        POST /sessions/{session_id}/messages
        POST /sessions/{session_id}/notes
        POST /sessions/{session_id}/suggestions
        POST /sessions/{session_id}/agent-messages
        POST /sessions/{session_id}/agent-suggestions
        POST /suggestions/{suggestion_id}/dismiss
        POST /suggestions/{suggestion_id}/shown
        POST /customers
        POST /customers/import
        POST /customers/{customer_id}/notes
        DELETE /customers/{customer_id}/notes/{note_id}
        POST /customers/{customer_id}/merge
        POST /customer-filters
        DELETE /customer-filters/{filter_id}
        PATCH /customers/{customer_id}
        POST /customers/{customer_id}/identities
        POST /customers/{customer_id}/identities/remove
        POST /uploads
        POST /agents/{agent_id}/playground
        """,
    "admin": """
        POST /operators
        PATCH /operators/{operator_id}
        PUT /customer-fields
        GET /audit
        GET /suggestions/export
        POST /channels
        PATCH /channels/{channel_id}
        DELETE /channels/{channel_id}
        POST /channels/{channel_id}/start
        POST /channels/{channel_id}/stop
        POST /channels/{channel_id}/test
        PUT /channels/{channel_id}/agents
        PATCH /agents/{agent_id}
        POST /agents/{agent_id}/start
        POST /agents/{agent_id}/stop
        PUT /agents/{agent_id}/knowledge/{name}
        DELETE /agents/{agent_id}/knowledge/{name}
        GET /quarantine
        GET /quarantine/{quarantine_id}
        POST /quarantine/{quarantine_id}/replay
        POST /quarantine/{quarantine_id}/dismiss
        """,
}
"""The least role that may; a new endpoint is written down here first."""
TABLE = {
    tuple(line.split()): least
    for least, lines in MAY.items()
    for line in lines.strip().splitlines()
}
OWN = ("/login", "/logout", "/me", "/tokens", "/tokens/{token_id}")
"""What everybody may change: his own account."""


@asynccontextmanager
async def everybody(w: World) -> AsyncIterator[dict[str, Desk]]:
    """One of each role, and one who never logged in."""
    async with AsyncExitStack() as stack:
        desks = {}
        for role in ROLES[1:]:
            desks[role] = await stack.enter_async_context(desk(w, role, role))
        desks["nobody"] = await stack.enter_async_context(desk(w, "nobody"))
        desks["nobody"].http.cookie_jar.clear()
        yield desks


async def tried(one: Desk, method: str, path: str, **more: Any) -> Got:
    """With a path that names nothing and no body: whoever may, gets past the guard."""
    return await one.ask(method, re.sub(r"{\w+}", "there-is-none", path), **more)


async def stored(w: World) -> dict[str, list[Row]]:
    """All that a request could change."""
    left_alone = {"workers", "paces", "logins"}
    tables = [table for name, table in metadata.tables.items() if name not in left_alone]
    return {t.name: sorted(await w.rows(t.name, *(c.name for c in t.columns))) for t in tables}


def test_the_table_has_every_endpoint_and_no_other() -> None:
    assert {(one.method, one.path) for one in ENDPOINTS} == set(TABLE)


async def test_everybody_may_what_the_table_says_and_nothing_else(
    sqlite_url: str, tmp_path: Path
) -> None:
    wrong = []
    async with world(sqlite_url, tmp_path) as w, everybody(w) as desks:
        for (method, path), least in TABLE.items():
            if path == "/logout":
                continue  # tried by everybody who has logged in, in test_logins.py
            for role in ROLES:
                got = await tried(desks[role], method, path)
                may = ROLES.index(role) >= ROLES.index(least)
                refused = 401 if role == "nobody" else 403
                if may != (got.status not in {401, 403}) or not (may or got.status == refused):
                    wrong.append((method, path, role, got.status))
    assert wrong == []


async def test_without_a_login_there_is_nothing_but_401(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, everybody(w) as desks:
        nobody = desks["nobody"]
        for (method, path), least in TABLE.items():
            if least == "nobody":
                continue
            nobody.http.cookie_jar.clear()
            got = await tried(nobody, method, path)
            assert (got.status, got.code) == (401, "not_logged_in"), (method, path)
            bearer = {"Authorization": "Bearer baton_of_nobody"}
            assert (await tried(nobody, method, path, headers=bearer)).status == 401
            nobody.http.cookie_jar.update_cookies({"baton_login": "of nobody"})
            assert (await tried(nobody, method, path)).status == 401


async def test_no_write_by_cookie_without_its_csrf_token(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, everybody(w) as desks:
        admin, colleague = desks["admin"], desks["operator"]
        before = await stored(w)
        for csrf in ("", "a guess", "é", colleague.csrf):
            admin.csrf = csrf
            for method, path in TABLE:
                got = await tried(admin, method, path)
                if method != "GET" and path != "/login":
                    assert (got.status, got.code) == (403, "csrf"), (method, path)
        assert await stored(w) == before


async def test_a_viewer_changes_nothing_but_what_is_his(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, everybody(w) as desks:
        w.write("Hi")
        await w.until_rows(lambda rows: rows == [("sent",)], "deliveries", "state")
        before = await stored(w)
        for method, path in TABLE:
            if method != "GET" and path not in OWN:
                got = await tried(desks["viewer"], method, path)
                assert (got.status, got.code) == (403, "forbidden"), (method, path)
        assert await stored(w) == before


async def test_every_refusal_says_what_is_wrong(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, everybody(w) as desks:
        viewer, admin = desks["viewer"], desks["admin"]
        too_much = BytesIO(b"x" * (MAX_BODY + 1))
        refusals = [
            (401, await tried(desks["nobody"], "GET", "/me")),
            (403, await tried(viewer, "GET", "/audit")),
            (404, await viewer.get("/nowhere")),
            (405, await viewer.ask("DELETE", "/me")),
            (409, await admin.ask("PATCH", f"/operators/{admin.id}", {"state": "disabled"})),
            (413, await admin.ask("POST", "/tokens", data=too_much)),
            (422, await viewer.get("/operators", limit="many")),
        ]
        for status, got in refusals:
            assert got.status == status
            assert got.body["status"] == status
            assert all(isinstance(got.body[key], str) for key in ("code", "title", "detail"))
