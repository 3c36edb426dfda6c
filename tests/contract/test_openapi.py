"""What the API says of itself is true: by a machine that reads the description and tries it all."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from textwrap import dedent

import pytest
import schemathesis

from runtime.cli import openapi
from runtime.http.app import ENDPOINTS
from runtime.http.openapi import document
from tests.operators import Desk, desk
from tests.story import World, world

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 8
"""Of each endpoint, beside the limits of every field, which are all tried."""


def test_the_committed_description_is_the_newest() -> None:
    committed = (ROOT / "docs/openapi.json").read_text(encoding="utf-8")
    assert committed == openapi.text() + "\n", "run: make openapi"


def test_it_is_valid_and_every_operation_has_its_own_name() -> None:
    made = document(ENDPOINTS)
    schemathesis.openapi.from_dict(made).validate()
    names = [one["operationId"] for path in made["paths"].values() for one in path.values()]
    assert len(names) == len(set(names)) == len(ENDPOINTS)
    assert all(one["summary"] for path in made["paths"].values() for one in path.values())


async def test_it_is_served_to_everybody(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        olga.http.cookie_jar.clear()
        got = await olga.get("/openapi.json")
        assert (got.status, got.body) == (200, document(ENDPOINTS))


def test_each_shape_has_a_name_of_its_own() -> None:
    """Two classes of one name would be told apart by their modules, which are no business of a caller."""
    named = document(ENDPOINTS)["components"]["schemas"]
    assert [name for name in named if "__" in name] == []


UNSAYABLE = {
    "GET /sessions/{session_id}/log": (422, "of `before` and `after` only one"),
    "PATCH /agents/{agent_id}": (422, "`default_operators` are ids of operators"),
    "PATCH /operators/{operator_id}": (422, "a `schedule` has a zone that there is, and its order"),
    "POST /operators": (422, "a `schedule` has a zone that there is, and its order"),
    "POST /agents/{agent_id}/playground": (422, "an `instruction` goes with a suggestion only"),
    "POST /channels": (422, "there is such a kind, and `settings` are as it wants them"),
    "POST /customers/{customer_id}/conversations": (
        422,
        "the first message is what that channel wants",
    ),
    **{
        f"GET /reports/{name}": (422, "a `timezone` that there is, and not too many days")
        for name in ("sessions", "replies", "handovers", "suggestions", "volume")
    },
    "PUT /customer-fields": (422, "names differ, and `choices` are what a choice has"),
    "POST /customer-filters": (422, "conditions that say something, at most thirty, three deep"),
    "POST /customers/import": (422, "the first line names columns"),
    "POST /customers/{customer_id}/merge": (422, "it is another customer"),
    "PUT /channels/{channel_id}/agents": (422, "`agent_ids` are ids of agents"),
    "POST /uploads": (400, "what comes before the file in a form has a name that HTTP allows"),
    "GET /live": (400, "an upgrade to a websocket"),
}
"""Rules that no schema can say, and the answer to what the schema allows but they don't."""
ACCEPTED = ["2xx", "401", "403", "404", "409", "429"]
WITH_CURSOR = (
    "/channels/{channel_id}/log",
    "/customers/{customer_id}/notes",
    "/customers/{customer_id}/sessions",
    "/quarantine",
    "/sessions",
    "/sessions/export",
)
"""A cursor is from the list that it continues; what anybody makes up is 422."""


def exemptions() -> str:
    """Everything else is tried of these operations too."""
    unsayable = [
        f"""
            [[operations]]
            include-name = "{name}"  # {rule}
            checks.positive_data_acceptance.expected-statuses = {[*ACCEPTED, str(status)]}
            """
        for name, (status, rule) in UNSAYABLE.items()
    ]
    with_cursor = [
        f"""
            [[operations]]
            include-name = "GET {path}"
            parameters = {{ "query.cursor" = "" }}
            """
        for path in WITH_CURSOR
    ]
    with_filter = [
        f"""
            [[operations]]
            include-name = "GET /customers{path}"
            parameters = {{ "query.filter" = "", "query.cursor" = "" }}
            """
        for path in ("", "/count", "/export")
    ]
    under_an_epoch = """
            [[operations]]
            include-path-regex = "/agent-(messages|suggestions)$"
            checks.missing_required_header.expected-statuses = ["428"]
            """
    return "".join([*unsayable, *with_cursor, *with_filter, under_an_epoch])


async def conversations(w: World, boss: Desk) -> AsyncIterator[str]:
    """One for each endpoint, which may do with it what it likes; most are taken over."""
    paths = [one.path for one in ENDPOINTS if "{session_id}" in one.path]
    for number in range(len(paths)):
        w.write("Hi", f"Customer {number}")
    many = await w.until_rows(lambda rows: len(rows) == len(paths), "sessions", "id")
    for path, (session_id,) in zip(paths, many, strict=True):
        if not path.endswith(("/takeover", "/handover")):
            assert (await boss.post(f"/sessions/{session_id}/takeover")).body["taken"]
        yield f"""
            [[operations]]
            include-path = "{path}"
            parameters = {{ "path.session_id" = "{session_id}" }}
            """


async def settings(w: World) -> str:
    """What the machine is told: its token, and names of what is there and may end."""
    async with desk(w, "boss", "admin") as boss, desk(w, "spare") as spare:
        bearer = (await boss.post("/tokens", name="of the machine")).body["token"]
        token_id = (await boss.post("/tokens", name="spare")).body["id"]
        file = await boss.ask("POST", "/uploads", data=BytesIO(b"a file"))
        return f"""
            [generation]
            allow-x00 = false  # PostgreSQL stores none, so that texts with it are refused
            [auth.openapi.bearer]
            bearer = "{bearer}"
            [parameters]
            "path.operator_id" = "{spare.id}"
            "path.token_id" = "{token_id}"
            "path.name" = "opening hours.md"
            "path.sha256" = "{file.body["sha256"]}"
            """ + "".join([exemptions(), *[one async for one in conversations(w, boss)]])


async def tried(w: World, folder: Path) -> tuple[int, str]:
    """Schemathesis as a process; its exit code, and what it has found."""
    config = folder / "schemathesis.toml"
    config.write_text(dedent(await settings(w)))
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).parent / "schemathesis",
        *("--config-file", str(config), "run", f"{w.base}/api/v1/openapi.json"),
        *("--max-examples", str(EXAMPLES), "--seed", "1", "--generation-database", "none"),
        "--continue-on-failure",
        cwd=folder,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "NO_COLOR": "1", "COLUMNS": "140"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_machine_that_tries_everything_finds_what_the_description_says(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w:
        code, said = await tried(w, tmp_path)
    assert code == 0, said
