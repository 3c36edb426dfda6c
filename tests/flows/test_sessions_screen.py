"""The Sessions screen: narrowed lists, what a session came to, files of it, and handing over."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.llm.base import ToolCall
from agents.llm.offline import OfflineLlm
from agents.llm.scripted import Answer
from tests.operators import Desk, begun, desk
from tests.story import CHANNEL, World, world

EVIL = '=HYPERLINK("http://evil.example","x")'


async def ids(one: Desk, **query: str) -> list[str]:
    got = await one.get("/sessions", **query)
    assert got.status == 200, got.body
    return [card["id"] for card in got.body["items"]]


async def four(w: World, olga: Desk) -> dict[str, str]:
    """One with the AI, one waiting, one with Olga, and one that she resolved."""
    there = {}
    for name in ("ai", "waiting", "hers", "resolved"):
        there[name] = await begun(w, "Hi", name)
    await olga.post(f"/sessions/{there['waiting']}/handover")
    for name in ("hers", "resolved"):
        await olga.post(f"/sessions/{there[name]}/takeover")
    await olga.post(f"/sessions/{there['resolved']}/resolve")
    return there


async def test_a_list_is_narrowed_by_who_is_responsible_by_mode_and_by_time(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!"] * 8) as w, desk(w) as olga:
        there = await four(w, olga)
        newest = list(reversed(there.values()))
        assert await ids(olga) == newest
        assert await ids(olga, order="oldest") == newest[::-1]
        assert await ids(olga, responsible="ai") == [there["ai"]]
        assert await ids(olga, responsible="nobody") == [there["waiting"]]
        assert set(await ids(olga, responsible=olga.id)) == {there["hers"], there["resolved"]}
        assert await ids(olga, mode="copilot") == [there["hers"]]
        opened = sorted(row[0] for row in await w.rows("sessions", "opened_at"))
        second = datetime.fromtimestamp(opened[1] / 1000, UTC).isoformat()
        assert await ids(olga, since=second, until=second) == []
        assert await ids(olga, since=second) == newest[:3]
        assert await ids(olga, until=second) == newest[3:]
        day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
        assert await ids(olga, since=day) == []
        page = (await olga.get("/sessions", order="oldest", limit="2")).body
        rest = await ids(olga, order="oldest", cursor=page["cursor"])
        assert rest == newest[::-1][2:]


async def test_handing_over_says_why_it_cannot_be(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path, ["Hello!"] * 8) as w,
        desk(w) as olga,
        desk(w, "vera", "viewer") as vera,
    ):
        there = await four(w, olga)

        async def said(one: Desk, name: str) -> tuple[str, str]:
            found = (await one.get(f"/sessions/{there[name]}")).body["handover"]
            assert found["may"] is (not found["code"])
            return found["code"], found["detail"]

        assert await said(olga, "ai") == ("", "")
        assert await said(vera, "ai") == (
            "forbidden",
            "You do not have permission to hand over sessions",
        )
        handled = ("already_handled", "Session is already handled by an operator")
        assert await said(olga, "waiting") == handled
        assert await said(olga, "hers") == handled
        assert await said(olga, "resolved") == ("session_finished", "Session is already finished")


async def test_details_tell_what_was_known_what_came_of_it_and_who_had_it(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, OfflineLlm()) as w, desk(w) as olga:
        session = await begun(w, "How long is delivery?")
        w.write("I want to talk to a human")
        await w.until_rows(lambda rows: rows == [("waiting",)], "sessions", "mode")
        await olga.post(f"/sessions/{session}/takeover")
        await olga.post(f"/sessions/{session}/messages", text="Here I am")
        await olga.post(f"/sessions/{session}/resolve")
        found = (await olga.get(f"/sessions/{session}/details")).body
        assert found["parameters"]["agent"] == "Kestrel Support"
        assert found["results"]["sources"][0]["source"].startswith("delivery.md")
        assert found["results"]["messages"] == 5
        assert found["handed_over"]["by"] == "customer"
        assert found["handed_over"]["reason"]
        assert found["results"]["summary"] == (
            "The customer asks for a person: “I want to talk to a human”. "
            "Before that they wrote: “How long is delivery?”."
        )
        turned = [(one["after"], one["by"], one["by_name"]) for one in found["control"]]
        assert turned == [
            ("waiting", "customer", ""),
            ("copilot", "operator", "olga"),
            ("finished", "operator", "olga"),
        ]
        shown = (await olga.get(f"/sessions/{session}")).body
        assert (shown["resolved_by"], shown["resolved_by_id"]) == ("operator", olga.id)
        assert (await olga.get("/sessions/nothing/details")).status == 404


async def test_the_newest_summary_of_an_agent_stands(database_url: str, tmp_path: Path) -> None:
    def asks(**said: str) -> Answer:
        given = json.dumps({"reason": "r", "message": "A colleague comes.", **said})
        return Answer(calls=(ToolCall(id="1", name="hand_over", arguments=given),))

    answers = [asks(summary=" She wants a refund. "), asks(), asks(summary="x" * 900)]
    async with world(database_url, tmp_path, answers) as w, desk(w) as olga:
        summaries = []
        for text in ("Money back!", "And?", "Well?"):
            w.write(text)
            await w.until_rows(lambda rows: rows == [("waiting",)], "sessions", "mode")
            await w.until_rows(
                lambda rows: {row[0] for row in rows} == {"sent"}, "deliveries", "state"
            )
            ((session,),) = await w.rows("sessions", "id")
            shown = (await olga.post(f"/sessions/{session}/return")).body["session"]
            summaries.append(shown["summary"])
        assert summaries == ["She wants a refund.", "She wants a refund.", "x" * 600]


async def test_results_are_what_was_learnt_in_this_conversation_and_parameters_what_was_known(
    database_url: str, tmp_path: Path
) -> None:
    def learns(number: int, **facts: str) -> Answer:
        given = [json.dumps({"name": name, "value": value}) for name, value in facts.items()]
        calls = [ToolCall(id=f"{number}{one}", name="remember", arguments=one) for one in given]
        return Answer(calls=tuple(calls))

    first: list[Answer | str] = [
        learns(1, size="41", city="Ulm"),
        "One",
        learns(2, size="42"),
        "Two",
    ]
    async with (
        world(database_url, tmp_path, [*first, learns(3, city="Bonn"), "Three"]) as w,
        desk(w) as olga,
    ):
        before = await begun(w, "Hi")
        w.write("42, sorry")
        await w.until(lambda: len(w.heard()) == 2, "the second answer")
        await olga.post(f"/sessions/{before}/resolve")
        w.write("I moved")
        await w.until(lambda: len(w.heard()) == 3, "the third answer")
        after = max(await w.rows("sessions", "id"))[0]
        found = [(await olga.get(f"/sessions/{id_}/details")).body for id_ in (before, after)]
        facts = [(one["parameters"]["facts"], one["results"]["facts"]) for one in found]
        known = {"size": "42", "city": "Ulm"}
        assert facts == [({}, known), (known, {"city": "Bonn"})]


async def test_details_of_what_an_operator_started_say_so(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!"]) as w, desk(w) as olga:
        first = await begun(w)
        await olga.post(f"/sessions/{first}/resolve")
        ((customer,),) = await w.rows("customers", "id")
        body = {"channel_id": CHANNEL, "text": "Your parcel is here."}
        got = await olga.ask("POST", f"/customers/{customer}/conversations", body)
        session = got.body["session"]["id"]
        await olga.post(f"/sessions/{session}/notes", text="He asked by phone")
        found = (await olga.get(f"/sessions/{session}/details")).body
        assert found["results"]["messages"] == 1
        assert [(one["before"], one["by_name"]) for one in found["control"]] == [("", "olga")]
        assert (await olga.get(f"/sessions/{first}/details")).body["results"]["messages"] == 2


async def test_lists_are_saved_as_tables_without_formulas(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["-1+2", "Hello!"] * 150) as w, desk(w) as olga:
        await begun(w, EVIL, EVIL)
        for number in range(205):
            w.write("Hi", f"Customer {number}")
        await w.until_rows(lambda rows: len(rows) == 206, "sessions", "id")
        got = await olga.get("/sessions/export", order="oldest")
        rows = list(csv.DictReader(io.StringIO(got.body)))
        assert (got.status, len(rows)) == (200, 206)
        assert rows[0]["customer"] == f"'{EVIL}"
        assert rows[0]["last_message"] == "'-1+2"
        assert {one["id"] for one in rows} == {one[0] for one in await w.rows("sessions", "id")}
        narrow = await olga.get("/sessions/export", q="Customer 7")
        assert len(list(csv.DictReader(io.StringIO(narrow.body)))) == 11


async def test_lists_are_saved_whole_for_programs(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ["Hello!"] * 3) as w, desk(w) as olga:
        mine, _ = await begun(w, "One\nTwo", "Ann"), await begun(w, "Three", "Bob")
        got = await olga.get("/sessions/export", format="ndjson", order="oldest")
        told = [json.loads(line) for line in got.body.splitlines()]
        assert told[0]["session"]["id"] == mine
        assert [entry["text"] for entry in told[0]["log"]] == ["One\nTwo", "Hello!"]
        narrow = await olga.get("/sessions/export", format="ndjson", agent_id="nobody")
        assert (narrow.status, narrow.body.strip()) == (200, "")


async def test_one_conversation_is_saved_to_read_and_to_process(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!", "More?"]) as w, desk(w) as olga:
        session = await begun(w, "Hi\u2028there")
        await olga.post(f"/sessions/{session}/takeover")
        await olga.post(f"/sessions/{session}/notes", text="A friend")
        await olga.post(f"/sessions/{session}/messages", text="I am Olga")
        text = (await olga.get(f"/sessions/{session}/export")).body
        told = [line.partition("] ")[2] for line in text.splitlines()[3:]]
        assert "Kestrel Support: Hello!" in told
        assert "-- olga has it, the AI suggests --" in told
        assert "Private note of olga: A friend" in told
        assert "olga: I am Olga" in told
        whole = (await olga.get(f"/sessions/{session}/export", format="json")).body
        if isinstance(whole, str):
            whole = json.loads(whole)
        log: list[dict[str, Any]] = whole["log"]
        assert [one["seq"] for one in log] == list(range(1, len(log) + 1))
        assert whole["session"]["id"] == session
        assert (await olga.get("/sessions/nothing/export")).status == 404


@pytest.mark.parametrize("query", [{"order": "best"}, {"mode": "asleep"}, {"since": "yesterday"}])
async def test_what_no_list_has_is_refused(
    sqlite_url: str, tmp_path: Path, query: dict[str, str]
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        assert (await olga.get("/sessions", **query)).status == 422
        assert (await olga.get("/sessions/export", **query)).status == 422
