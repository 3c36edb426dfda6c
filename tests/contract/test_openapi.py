"""What the API says of itself is true: by a machine that reads the description and tries it all."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import schemathesis

from runtime.cli import openapi
from runtime.http.app import ENDPOINTS
from runtime.http.openapi import document
from runtime.storage import operators
from runtime.storage.sql import Tx
from tests.operators import desk, hire
from tests.story import World, world

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 8
"""Of each endpoint, beside the limits of every field, which are all tried."""
WITHOUT = (
    # Some bodies are wrong by rules that no schema has, such as a message without text and files.
    "positive_data_acceptance",
)


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


async def known(w: World) -> dict[str, str]:
    """What paths name: things that are there, and whose end locks nobody out."""
    w.write("Hi")
    session_id = (await w.until_rows(bool, "sessions", "id"))[0][0]
    operator_id = await hire(w, "spare")

    def unit(tx: Tx) -> str:
        spare = operators.get(tx, operator_id)
        assert spare is not None
        return operators.new_token(tx, spare, "spare")[0].id

    token_id = await w.runtime.store.write(unit)
    return {"session_id": session_id, "operator_id": operator_id, "token_id": token_id}


async def token(w: World) -> str:
    admin_id = await hire(w, "boss", "admin")

    def unit(tx: Tx) -> str:
        admin = operators.get(tx, admin_id)
        assert admin is not None
        return operators.new_token(tx, admin, "the machine")[1]

    return await w.runtime.store.write(unit)


async def tried(
    folder: Path, *words: str, parameters: dict[str, str], bearer: str
) -> tuple[int, str]:
    """Schemathesis as a process; its exit code, and what it has found."""
    config = folder / "schemathesis.toml"
    lines = [f'"path.{name}" = "{value}"' for name, value in parameters.items()]
    login = ["[auth.openapi.bearer]", f'bearer = "{bearer}"']
    config.write_text("\n".join(["[parameters]", *lines, *login]))
    program = Path(sys.executable).parent / "schemathesis"
    process = await asyncio.create_subprocess_exec(
        program,
        *("--config-file", str(config), "run", *words),
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
        code, said = await tried(
            tmp_path,
            f"{w.base}/api/v1/openapi.json",
            *(
                "--max-examples",
                str(EXAMPLES),
                "--seed",
                "1",
                "--continue-on-failure",
            ),
            *("--exclude-checks", ",".join(WITHOUT), "--generation-database", "none"),
            parameters=await known(w),
            bearer=await token(w),
        )
    assert code == 0, said
