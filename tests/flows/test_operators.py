"""Admins and those who work here: operators, their tokens, and the trail of what admins did."""

import asyncio
from pathlib import Path
from typing import Any

from runtime.storage import operators
from runtime.storage.ids import new_id
from runtime.storage.operators import Operator
from tests.operators import PASSWORD, Desk, Got, desk, hire
from tests.portal import portal
from tests.story import World, world

NEW = {"email": "Nina@B.example", "name": "Nina", "password": PASSWORD, "role": "operator"}


async def change(admin: Desk, operator_id: str, **wanted: Any) -> Got:
    return await admin.ask("PATCH", f"/operators/{operator_id}", wanted)


async def by_token(admin: Desk, token: str, path: str = "/me") -> Got:
    """A program asks, without any cookie."""
    bearer = {"Authorization": f"Bearer {token}"}
    return await admin.ask("GET", path, headers=bearer)


async def raw(w: World, header: bytes) -> bytes:
    """The first line of the answer to what no decent client sends."""
    to = w.runtime.settings
    reader, writer = await asyncio.open_connection(to.host, to.port)
    writer.write(b"GET /api/v1/me HTTP/1.1\r\nHost: b\r\n" + header + b"\r\n\r\n")
    line = await reader.readline()
    writer.close()
    return line


async def acts(admin: Desk) -> list[tuple[str, str]]:
    found = (await admin.get("/audit")).body["items"]
    return [(one["act"], one["target"]) for one in reversed(found)]


async def test_an_admin_hires_somebody_who_can_log_in(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        got = await boss.ask("POST", "/operators", NEW)
        assert (got.status, got.body["email"], got.body["state"]) == (
            201,
            "nina@b.example",
            "active",
        )
        twice = await boss.ask("POST", "/operators", {**NEW, "email": "nina@b.EXAMPLE"})
        assert (twice.status, twice.code) == (409, "email_taken")
        weak = await boss.ask("POST", "/operators", {**NEW, "password": "short"})
        assert (weak.status, weak.body["errors"][0]["field"]) == (422, "password")
        nina = Desk(id=got.body["id"], email=NEW["email"], base=w.base, http=boss.http)
        assert (await nina.login()).body["operator"]["name"] == "Nina"


async def test_two_admins_hire_the_same_person_once(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        both = await asyncio.gather(*(boss.ask("POST", "/operators", NEW) for _ in range(4)))
        assert sorted(got.status for got in both) == [201, 409, 409, 409]


async def test_everybody_sees_who_works_here_page_by_page(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "vera", "viewer") as vera:
        for name in ("anna", "bert", "cleo"):
            await hire(w, name)
        first = (await vera.get("/operators", limit="3")).body
        rest = (await vera.get("/operators", limit="3", cursor=first["cursor"])).body
        names = [one["name"] for page in (first, rest) for one in page["items"]]
        assert names == ["anna", "bert", "cleo", "vera"]
        assert rest["cursor"] is None
        assert "argon2" not in str(first)


async def test_the_last_admin_stays(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        for wanted in ({"role": "operator"}, {"state": "disabled"}):
            refused = await change(boss, boss.id, **wanted)
            assert (refused.status, refused.code) == (409, "last_admin")
        other = await hire(w, "other", "admin")
        assert (await change(boss, other, state="disabled")).status == 200
        assert (await change(boss, boss.id, role="viewer")).code == "last_admin"
        assert (await change(boss, other, state="active")).status == 200
        assert (await change(boss, boss.id, role="viewer")).status == 200


async def test_two_admins_who_demote_each_other_leave_one(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w, "anna", "admin") as anna,
        desk(w, "bert", "admin") as bert,
    ):
        await asyncio.gather(
            change(anna, bert.id, role="operator"), change(bert, anna.id, state="disabled")
        )
        rows = await w.rows("operators", "role", "state")
        assert sum(row == ("admin", "active") for row in rows) == 1


async def test_a_token_is_shown_once_and_is_its_owners(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
        desk(w, "boss", "admin") as boss,
    ):
        issued = [(await olga.post("/tokens", name=name)).body for name in ("one", "two")]
        assert (await by_token(paul, issued[0]["token"])).body["operator"]["name"] == "olga"
        listed = (await olga.get("/tokens", limit="1")).body
        assert [one["name"] for one in listed["items"]] == ["one"]
        assert "baton_" not in str(listed)
        more = (await olga.get("/tokens", cursor=listed["cursor"])).body
        assert ([one["name"] for one in more["items"]], more["cursor"]) == (["two"], None)
        assert (await paul.get("/tokens")).body["items"] == []
        of_olga = f"/tokens/{issued[0]['id']}"
        assert (await paul.ask("DELETE", of_olga)).status == 404
        assert (await olga.ask("DELETE", of_olga)).status == 200
        assert (await boss.ask("DELETE", of_olga)).status == 404
        assert (await by_token(boss, issued[0]["token"])).status == 401
        assert (await boss.ask("DELETE", f"/tokens/{issued[1]['id']}")).status == 200
        assert (await olga.get("/tokens")).body["items"] == []


async def test_who_is_disabled_loses_everything_at_once(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        desk(w, "boss", "admin") as boss,
    ):
        w.write("Hi")
        session_id = (await w.until_rows(bool, "sessions", "id"))[0][0]
        await olga.post(f"/sessions/{session_id}/takeover")
        token = (await olga.post("/tokens", name="mine")).body["token"]
        await change(boss, olga.id, state="disabled")
        assert (await olga.get("/me")).status == 401
        assert (await by_token(olga, token)).status == 401
        assert (await olga.login()).code == "wrong_credentials"
        waiting = [("waiting", None)]
        await w.until_rows(lambda rows: rows == waiting, "sessions", "mode", "operator_id")
        refused = await boss.post(f"/sessions/{session_id}/assign", operator_id=olga.id)
        assert (refused.status, refused.code) == (409, "operator_unavailable")
        await change(boss, olga.id, state="active")
        assert (await olga.login()).status == 200
        assert (await by_token(boss, token)).status == 401


async def test_what_admins_do_is_on_record_without_secrets(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        nina = (await boss.ask("POST", "/operators", NEW)).body["id"]
        hours = {"timezone": "UTC", "hours": {"monday": [["09:00", "17:00"]]}, "holidays": []}
        await change(boss, nina, password="another one", schedule=hours)
        await change(boss, nina, name="Nina", role="operator")  # as it is
        token = (await boss.post("/tokens", name="t")).body
        await boss.ask("DELETE", f"/tokens/{token['id']}")
        assert await acts(boss) == [
            ("operator.create", nina),
            ("operator.change", nina),
            ("token.create", token["id"]),
            ("token.revoke", token["id"]),
        ]
        newest = (await boss.get("/audit", limit="3")).body
        changed = newest["items"][2]
        assert changed["data"] == {"password": "changed", "schedule": hours}
        assert changed["operator_id"] == boss.id
        oldest = (await boss.get("/audit", cursor=newest["cursor"])).body["items"]
        assert [one["act"] for one in oldest] == ["operator.create"]
        stored = str(await w.rows("audit", "data"))
        assert not any(secret in stored for secret in (PASSWORD, "argon2", token["token"]))


async def test_what_nobody_can_store_is_refused_and_not_our_fault(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        strange = [
            await boss.ask("POST", "/operators", {**NEW, "name": "\0"}),
            await boss.get("/operators", cursor="\0"),
            await change(boss, boss.id, schedule={"\0": 1}),
            await change(boss, boss.id, schedule={"long": "x" * 20_000}),
        ]
        assert [got.status for got in strange] == [422] * 4
        assert (await change(boss, "%00", name="x")).status == 404  # nothing is called so
        for header in (b"Authorization: Bearer \xff", b"Cookie: baton_login=\xff"):
            assert b" 401 " in await raw(w, header)


async def test_a_schedule_is_kept_as_it_was_meant_or_refused_by_its_field(
    database_url: str, tmp_path: Path
) -> None:
    broken: dict[str, dict[str, Any]] = {
        "schedule.mon": {"mon": ["09:00", "17:00"]},
        "schedule.timezone": {"timezone": "Mars/Olympus"},
        "schedule.hours.monday.0": {"timezone": "UTC", "hours": {"monday": [["9", "17"]]}},
        "schedule.holidays.0": {"timezone": "UTC", "holidays": ["Christmas"]},
    }
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        for field, schedule in broken.items():
            got = await change(boss, boss.id, schedule=schedule)
            assert (got.status, got.body["errors"][0]["field"]) == (422, field)
        hours = {"monday": [["09:00", "12:00"], ["13:00", "17:30"]]}
        wanted = {"timezone": "Europe/Berlin", "hours": hours, "holidays": ["2026-12-25"]}
        assert (await change(boss, boss.id, schedule=wanted)).body["schedule"] == wanted
        assert (await change(boss, boss.id, schedule={})).body["schedule"] == {}


async def test_somebody_is_hired_with_a_schedule(database_url: str, tmp_path: Path) -> None:
    hours = {"friday": [["22:00", "06:00"]]}
    nights = {"timezone": "Europe/Berlin", "hours": hours, "holidays": []}
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        got = await boss.ask("POST", "/operators", {**NEW, "schedule": nights})
        assert (got.status, got.body["schedule"]) == (201, nights)
        (hired,) = (await boss.get("/audit")).body["items"]
        assert hired["data"]["schedule"] == nights
        without_zone = {"hours": hours}
        got = await boss.ask("POST", "/operators", {**NEW, "schedule": without_zone})
        assert (got.status, got.body["errors"][0]["field"]) == (422, "schedule.timezone")


async def test_a_schedule_that_cannot_be_read_is_shown_as_none_until_it_is_set_again(
    database_url: str, tmp_path: Path
) -> None:
    one = Operator(id=new_id(), email="b@b.example", name="B", role="operator", schedule="[3]")
    async with world(database_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        await w.runtime.store.write(lambda tx: operators.create(tx, one, "no hash"))
        found = (await boss.get("/operators")).body["items"]
        assert [it["schedule"] for it in found if it["id"] == one.id] == [None]
        assert (await change(boss, one.id, schedule={})).body["schedule"] == {}


async def test_each_change_of_an_operator_is_told_to_portals(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w, "boss", "admin") as boss,
        portal(boss) as window,
    ):
        nina = (await boss.ask("POST", "/operators", NEW)).body["id"]
        changes: list[dict[str, Any]] = [
            {"name": "N."},
            {"password": "another one"},
            {"schedule": {"timezone": "UTC", "holidays": ["2026-12-25"]}},
            {"role": "viewer", "name": "Nina"},
            {"state": "disabled"},
        ]
        for wanted in changes:
            assert (await change(boss, nina, **wanted)).status == 200
        many = 1 + len(changes)
        await window.until(lambda: len(window.of_type("operator")) >= many, "all are told")
        assert [one["id"] for one in window.of_type("operator")] == [nina] * many
