"""The list of customers: filtered, counted, kept, brought from a spreadsheet and taken along as one."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from agents.llm.base import ToolCall
from agents.llm.scripted import Answer
from tests.operators import Desk, Got, begun, desk
from tests.story import World, world

FIELDS = [
    {"name": "city", "title": "City", "type": "text", "choices": []},
    {"name": "Segment", "title": "Segment", "type": "choice", "choices": ["Retail", "Trial"]},
]


async def add(one: Desk, name: str, *, email: str = "", **changes: Any) -> str:
    identities = [{"kind": "email", "value": email}] if email else []
    got = await one.post("/customers", name=name, identities=identities)
    assert got.status == 201, got.body
    id_ = str(got.body["id"])
    changed = await one.ask("PATCH", f"/customers/{id_}", changes)
    assert changed.status == 200, changed.body
    return id_


async def names(one: Desk, *conditions: dict[str, Any], match: str = "all", **query: str) -> Any:
    """Who is found; and that the counter says the same."""
    asked = {"filter": json.dumps({"match": match, "conditions": conditions}), **query}
    got = await one.get("/customers", **asked)
    assert got.status == 200, got.body
    found = [one["name"] for one in got.body["items"]]
    order = asked.pop("order", "")
    assert order in {"", "name", "talked", "oldest", "newest"}
    counted = await one.get("/customers/count", **asked)
    assert counted.body == {"count": len(found), "exact": True}
    return found


def fact(name: str, value: str, **more: Any) -> dict[str, Any]:
    return {"field": "fact", "fact": name, "op": "is", "value": value, **more}


def tag(value: str, **more: Any) -> dict[str, Any]:
    return {"field": "tag", "op": "is", "value": value, **more}


async def upload(one: Desk, text: str | bytes, **query: str) -> Got:
    body = text.encode() if isinstance(text, str) else text
    headers = {"X-CSRF-Token": one.csrf, "Content-Type": "text/csv"}
    url = f"{one.base}/api/v1/customers/import"
    async with one.http.post(url, data=body, headers=headers, params=query) as answer:
        return Got(status=answer.status, body=await answer.json())


async def test_customers_are_found_by_words_tags_fields_and_times(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        await begun(w, name="Zoe")
        await add(olga, "Jörg Müller", email="joerg@kestrel.example", tags={"VIP": True})
        await add(olga, "Ann Mull", language="de", facts={"city": "Köln"})
        await add(olga, "Bob", tags={"vip": True, "new": True}, facts={"city": "Bonn"})
        assert await names(olga, q="mull") == ["Ann Mull", "Jörg Müller"]
        assert await names(olga, q="MÜLLER kestrel") == ["Jörg Müller"]
        assert await names(olga, tag("Vip"), order="name") == ["Bob", "Jörg Müller"]
        assert await names(olga, tag("vip"), tag("new", negated=True)) == ["Jörg Müller"]
        assert await names(olga, tag("new"), fact("city", "koln"), match="any") == [
            "Bob",
            "Ann Mull",
        ]
        assert await names(
            olga, {"field": "language", "op": "set", "negated": True}, tag("new")
        ) == ["Bob"]
        assert await names(olga, {"field": "open", "op": "set"}) == ["Zoe"]
        assert await names(olga, {"field": "talked", "op": "since", "value": "2020-01-01"}) == [
            "Zoe"
        ]
        assert await names(olga, {"field": "kind", "op": "is", "value": "telegram_user"}) == ["Zoe"]
        inner = {"match": "any", "conditions": [tag("new"), fact("city", "Köln")]}
        assert await names(olga, inner, {"field": "name", "op": "begins", "value": "b"}) == ["Bob"]
        assert (await olga.get("/customer-tags")).body["items"] == ["new", "VIP"]


async def test_emails_and_phones_are_found_by_words_of_their_own(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        await begun(w, name="Zoe")
        await add(olga, "Jörg Müller", email="joerg@kestrel.example")
        ann = await add(olga, "Ann Mull")
        await olga.post(f"/customers/{ann}/identities", kind="phone", value="+49 30 1234567")
        for field, value, who in (
            ("address", "joerg", ["Jörg Müller"]),
            ("email", "kestrel", ["Jörg Müller"]),
            ("phone", "kestrel", []),
            ("phone", "4930", ["Ann Mull"]),
            ("phone", "+4930", ["Ann Mull"]),
            ("email", "4930", []),
        ):
            begins = {"field": field, "op": "begins", "value": value}
            assert await names(olga, begins) == who, begins
        without = {"field": "email", "op": "set", "negated": True}
        assert await names(olga, without, order="name") == ["Ann Mull", "Zoe"]


async def test_a_filter_that_makes_no_sense_is_refused_with_what_is_wrong(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        deep: dict[str, Any] = tag("x")
        for _ in range(5):
            deep = {"match": "all", "conditions": [deep]}
        for wrong in (
            "no JSON",
            json.dumps({"match": "none"}),
            json.dumps(
                {"match": "all", "conditions": [{"field": "tag", "op": "before", "value": "x"}]}
            ),
            json.dumps(
                {
                    "match": "all",
                    "conditions": [{"field": "added", "op": "since", "value": "yesterday"}],
                }
            ),
            json.dumps({"match": "all", "conditions": [{"field": "fact", "op": "set"}]}),
            json.dumps({"match": "all", "conditions": [tag(" ")]}),
            json.dumps(deep),
        ):
            for path in ("/customers", "/customers/count", "/customers/export"):
                got = await olga.get(path, filter=wrong)
                assert got.status == 422, (wrong, got.body)


async def test_pages_of_every_order_neither_skip_nor_repeat(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        for number in range(7):
            await add(olga, f"Änn {number % 3}")
        await begun(w, name="Änn 0")
        for order in ("newest", "oldest", "name", "talked"):
            seen: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                got = await olga.get("/customers", order=order, limit="3", cursor=cursor)
                seen += [one["id"] for one in got.body["items"]]
                cursor = got.body["cursor"]
            assert len(seen) == len(set(seen)) == 8
            wrong = await olga.get("/customers", order=order, cursor="AAAA")
            assert wrong.status == 422


async def test_an_admin_says_which_fields_there_are_and_agents_fill_them(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "b", "admin") as boss:
        assert (await olga.get("/customer-fields")).body == {"items": []}
        assert (await olga.ask("PUT", "/customer-fields", {"items": FIELDS})).status == 403
        assert (await boss.ask("PUT", "/customer-fields", {"items": FIELDS})).body[
            "items"
        ] == FIELDS
        for wrong in (
            [FIELDS[0], FIELDS[0]],
            [{**FIELDS[0], "name": "a city"}],
            [{**FIELDS[0], "choices": ["x"]}],
            [{**FIELDS[1], "choices": []}],
        ):
            got = await boss.ask("PUT", "/customer-fields", {"items": wrong})
            assert got.status == 422, wrong
        assert (await olga.get("/customer-fields")).body["items"] == FIELDS


async def test_what_agents_learn_fills_the_field_that_they_are_told_of(
    database_url: str, tmp_path: Path
) -> None:
    field = {"name": "shoe_size", "title": "Shoe size", "type": "number", "choices": []}
    learns = (ToolCall(id="1", name="remember", arguments='{"name": "shoe size", "value": "42"}'),)
    async with (
        world(database_url, tmp_path, ["Hello!", Answer(calls=learns), "Noted."]) as w,
        desk(w, role="admin") as boss,
    ):
        await begun(w, "Hi")
        await boss.ask("PUT", "/customer-fields", {"items": [field]})
        told = w.runtime.roster.guidance
        await w.until(lambda: told("support").fields, "agents are told")
        w.write("My size is 42")
        await w.until(lambda: len(w.heard()) == 2, "the answer")
        asked = [str(one.messages[0].content) for one in w.llm.asked]
        assert ["shoe_size" in one for one in asked] == [False, True, True]
        assert await names(boss, fact("shoe_size", "42")) == ["Ann"]


async def test_filters_are_kept_for_everybody(database_url: str, tmp_path: Path) -> None:
    wanted = {"match": "any", "conditions": [tag("VIP")]}
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "paul") as paul:
        kept = await olga.post("/customer-filters", name=" Important ", filter=wanted)
        assert (kept.status, kept.body["name"]) == (201, "Important")
        again = await paul.post("/customer-filters", name="Important", filter=wanted)
        assert (again.status, again.code) == (409, "name_taken")
        (one,) = (await paul.get("/customer-filters")).body["items"]
        assert one["filter"]["conditions"][0]["value"] == "VIP"
        path = f"/customer-filters/{one['id']}"
        assert (await paul.ask("DELETE", path)).status == 403
        assert (await olga.ask("DELETE", path)).status == 200
        assert (await olga.ask("DELETE", path)).status == 404
        assert (await paul.get("/customer-filters")).body["items"] == []


SHEET = """\ufeffName;E-Mail;email;Phone;Tags;city;Shoe size
Ann;x;Ann@Example.com;+49 30 123456;VIP, new;Köln;38
;;bob@example.com;;;;
Carl;;nobody;;;;
;;;;VIP;;

Ann B.;;ann@example.com;;late;;
"""


async def test_a_spreadsheet_is_tried_and_brought_and_brought_again(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "b", "admin") as boss:
        await boss.ask("PUT", "/customer-fields", {"items": FIELDS})
        tried = (await upload(olga, SHEET, dry_run="true")).body
        assert (tried["added"], tried["failed"]) == (3, 2)
        assert (await olga.get("/customers")).body["items"] == []
        got = (await upload(olga, SHEET)).body
        assert (got["added"], got["changed"], got["failed"]) == (2, 1, 2)
        assert [one["line"] for one in got["problems"]] == [4, 5]
        assert got["ignored"] == ["E-Mail", "Shoe size"]
        assert await names(olga, order="name") == ["Ann B.", "bob@example.com"]
        (ann,) = (await olga.get("/customers", q="ann")).body["items"]
        assert (ann["tags"], ann["facts"]) == (["late", "new", "VIP"], {"city": "Köln"})
        assert sorted(one["value"] for one in ann["identities"]) == [
            "+4930123456",
            "ann@example.com",
        ]
        again = (await upload(olga, SHEET)).body
        assert (again["added"], again["changed"]) == (0, 3)
        for wrong in (b"\xff\xfe", "just words", "name\x00", '"name'):
            assert (await upload(olga, wrong)).status in {400, 422}


async def exported(w: World, one: Desk, **query: str) -> list[dict[str, str]]:
    got = await one.get("/customers/export", **query)
    assert got.status == 200
    return list(csv.DictReader(io.StringIO(got.body)))


async def test_what_is_taken_along_can_be_brought_back(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "b", "admin") as boss:
        await boss.ask("PUT", "/customer-fields", {"items": FIELDS})
        await upload(olga, SHEET)
        await add(olga, "=cmd|' /C calc'!A0")
        rows = await exported(w, olga, order="name")
        assert [row["name"] for row in rows] == ["'=cmd|' /C calc'!A0", "Ann B.", "bob@example.com"]
        assert rows[1]["city"] == "Köln"
        assert [row["name"] for row in await exported(w, olga, q="bob")] == ["bob@example.com"]
        text = (await olga.get("/customers/export")).body
        got = (await upload(olga, text)).body
        assert (got["added"], got["changed"], got["failed"]) == (0, 3, 0)
        assert [row | {"name": ""} for row in await exported(w, olga, order="name")] == [
            row | {"name": ""} for row in rows
        ]


async def test_notes_about_a_customer_are_for_colleagues(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "paul") as paul:
        notes = f"/customers/{await add(olga, 'Ann')}/notes"
        for text in ("First", "Second"):
            assert (await olga.post(notes, text=text)).status == 201
        got = (await paul.get(notes, limit="1")).body
        assert [(one["text"], one["operator"]) for one in got["items"]] == [("Second", "olga")]
        got = (await paul.get(notes, limit="1", cursor=got["cursor"])).body
        assert ([one["text"] for one in got["items"]], got["cursor"]) == (["First"], None)
        first = f"{notes}/{got['items'][0]['id']}"
        assert (await paul.ask("DELETE", first)).status == 403
        assert (await olga.ask("DELETE", first)).status == 200
        assert (await olga.ask("DELETE", first)).status == 404
        assert (await olga.post(notes, text="  ")).status == 422
        assert (await olga.get("/customers/nobody/notes")).status == 404


async def test_two_who_are_one_are_merged_and_nothing_is_lost(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!"] * 3) as w, desk(w) as olga:
        session = await begun(w, name="Ann")
        (ann,) = (await olga.get("/customers", q="ann")).body["items"]
        city = {"city": "Köln"}
        kept = await add(olga, "ANN", email="ann@example.com", facts=city, tags={"VIP": True})
        (alike,) = (await olga.get(f"/customers/{kept}/alike")).body["items"]
        assert alike["id"] == ann["id"]
        await olga.post(f"/customers/{ann['id']}/notes", text="Likes tea")
        got = await olga.post(f"/customers/{kept}/merge", customer_id=ann["id"])
        assert (got.status, got.body["name"], got.body["counts"]["sessions"]) == (200, "ANN", 1)
        assert {one["kind"] for one in got.body["identities"]} == {"email", "telegram_user"}
        assert (await olga.get(f"/customers/{ann['id']}")).body["id"] == kept
        assert (await olga.get(f"/customers/{kept}/notes")).body["items"][0]["text"] == "Likes tea"
        assert (await olga.get(f"/customers/{kept}/alike")).body["items"] == []
        assert await names(olga, q="ann") == ["ANN"]
        w.write("Again", "Ann")
        await w.until(lambda: len(w.heard("Ann")) == 2, "the answer")
        (card,) = (await olga.get(f"/customers/{kept}/sessions")).body["items"]
        assert card["id"] == session
        again = await olga.post(f"/customers/{kept}/merge", customer_id=ann["id"])
        assert again.status == 404
        assert (await olga.post(f"/customers/{kept}/merge", customer_id=kept)).status == 422
