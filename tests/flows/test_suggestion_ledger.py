"""What became of suggestions: counted by agent, prompt version and operator; and written out."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from runtime.storage import ledger, suggestions
from runtime.storage.sql import Tx
from tests.copilot import listed, machine, taken, written
from tests.operators import Desk, desk
from tests.story import KEY, World, world

ANSWERS = ["Hello!", "It comes on Monday."]
ROOT = Path(__file__).resolve().parents[2]


async def worked(w: World, olga: Desk) -> str:
    """A day's work: one used, one edited, one ignored, one dismissed, one overtaken."""
    id_ = await taken(w, olga)
    (one,) = await listed(olga, id_, 1)
    await olga.post(f"/sessions/{id_}/messages", text=one["text"], suggestion_id=one["id"])
    for number, text in enumerate(("It comes on Friday.", "My own words."), start=2):
        w.write(f"Question {number}")
        one = (await listed(olga, id_, number))[-1]
        edited = {"suggestion_id": one["id"]} if number == 2 else {}
        await olga.post(f"/sessions/{id_}/messages", text=text, **edited)
    w.write("Question 4")
    one = (await listed(olga, id_, 4))[-1]
    await olga.post(f"/suggestions/{one['id']}/dismiss")
    for number in (5, 6):
        w.write(f"Question {number}")
        await w.until_rows(lambda rows, many=number: len(rows) == many, "suggestions", "id")  # type: ignore[misc]
    return id_


async def test_it_is_counted_by_whom_and_what(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path, ANSWERS) as w,
        desk(w) as olga,
        desk(w, "vera", "viewer") as vera,
    ):
        await worked(w, olga)
        got = await vera.get("/suggestions/ledger")
        assert got.status == 200, got.body
        (row,) = got.body["rows"]
        assert (got.body["by"], row["key"]) == ("agent", "support")
        assert 0 <= row["first_seconds"] <= row["kept_seconds"] <= row["kept_seconds_at_most"] < 60
        counted = {name: row[name] for name in row if "seconds" not in name}
        assert counted == {
            "key": "support",
            "made": 6,
            "late": 0,
            "shown": 4,
            "used": 1,
            "edited": 1,
            "dismissed": 1,
            "overtaken": 1,
            "ignored": 1,
            "distance": 1.0,
        }
        for by in ("operator", "prompt_version"):
            (row,) = (await vera.get("/suggestions/ledger", by=by)).body["rows"]
            assert row["made"] == 6
            assert row["key"] == olga.id or len(row["key"]) == 12


async def test_it_is_counted_from_and_until(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ANSWERS) as w, desk(w) as olga:
        (one,) = await listed(olga, await taken(w, olga), 1)
        at = one["created_at"]
        for query, made in (
            ({"since": at}, [1]),
            ({"until": at}, []),
            ({"since": "2026-01-01T00:00:00", "until": "2999-01-01"}, [1]),
            ({"since": "2999-01-01"}, []),
        ):
            got = await olga.get("/suggestions/ledger", **query)
            assert [row["made"] for row in got.body["rows"]] == made, query
        assert (await olga.get("/suggestions/ledger", by="moon")).status == 422
        assert (await olga.get("/suggestions/ledger", since="soon")).status == 422
        for since in ("0.5", "20260101", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
            assert (await olga.get("/suggestions/ledger", since=since)).status == 422


async def exported(one: Desk, **query: str) -> list[dict[str, Any]]:
    url = f"{one.base}/api/v1/suggestions/export"
    async with one.http.get(url, params=query) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/x-ndjson"
        return [json.loads(line) for line in (await answer.text()).splitlines()]


async def test_what_was_shown_suggested_and_sent_is_written_out(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path, ANSWERS) as w,
        desk(w) as olga,
        desk(w, "ada", "admin") as ada,
    ):
        id_ = await worked(w, olga)
        await olga.post(f"/sessions/{id_}/notes", text="A secret note")
        lines = await exported(ada)
        told = [(line["suggestion"]["state"], (line["sent"] or {}).get("text")) for line in lines]
        assert told == [
            ("used", "It comes on Monday."),
            ("edited", "It comes on Friday."),
            ("ignored", "My own words."),
            *[("dismissed", None), ("overtaken", None), ("open", None)],
        ]
        assert [line["sent"]["from_suggestion"] for line in lines[:3]] == [True, True, False]
        first, second = ([one["text"] for one in line["context"]] for line in lines[:2])
        assert first[:2] == ["Where is my parcel?", "Hello!"]
        assert second[-1] == "Question 2"
        assert [one["author"] for one in lines[0]["context"]] == ["customer", "agent", "event"]
        assert lines[1]["suggestion"]["usage"]["model"] == "scripted"
        assert lines[1]["suggestion"]["distance"] == 1
        assert "secret" not in json.dumps(lines)
        later = await exported(ada, since=lines[2]["suggestion"]["created_at"][:-6] + "Z")
        assert len(later) == 4
        assert await exported(ada, agent_id="nobody") == []
        assert (await olga.get("/suggestions/export")).status == 403


async def test_many_are_read_a_page_at_a_time(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ANSWERS) as w, desk(w, "ada", "admin") as ada:
        id_ = await written(w)

        def unit(tx: Tx) -> None:  # all within one millisecond
            for number in range(170):
                new = suggestions.New(session_id=id_, answers_seq=1, text=f"{number}", late=False)
                suggestions.keep(tx, new)

        await w.runtime.store.write(unit)
        texts = [int(line["suggestion"]["text"]) for line in await exported(ada)]
        assert sorted(texts) == list(range(170))


async def test_the_command_line_writes_the_same(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path, ANSWERS) as w, desk(w, "ada", "admin") as ada:
        await listed(ada, await taken(w, ada), 1)
        expected = await exported(ada)
        token = await machine(w, ada)
        by_token = await ada.ask("GET", "/suggestions/ledger", headers=token)
        assert by_token.body["rows"][0]["made"] == 1
    for options, lines in (([], expected), (["--agent", "x"], []), (["--since", "2999-01-01"], [])):
        assert await asyncio.to_thread(written_out, sqlite_url, options) == lines


def written_out(url: str, options: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "export", "suggestions", *options],
        cwd=ROOT,
        env={**os.environ, "BATON_DATABASE_URL": url, "BATON_SECRET_KEY": KEY},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


async def test_an_empty_ledger_has_no_rows(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w:
        for by in ledger.By:
            found = await w.runtime.store.read(lambda tx, by=by: ledger.count(tx, by, 0, 2**50))  # type: ignore[misc]
            assert found == []
