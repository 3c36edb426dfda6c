"""Customers: found, added by hand, looked up, and changed by two at once."""

import asyncio
from pathlib import Path
from typing import Any

from tests.operators import Desk, Got, begun, desk
from tests.portal import portal
from tests.story import world


async def patch(one: Desk, customer_id: str, **body: Any) -> Got:
    return await one.ask("PATCH", f"/customers/{customer_id}", body)


async def test_a_customer_is_found_and_looked_up(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "vera", "viewer") as vera:
        await begun(w, name="Ben")
        id_ = await begun(w, name="Ann")
        got = await vera.get("/customers", q="aNN")
        (found,) = got.body["items"]
        profile = (await vera.get(f"/customers/{found['id']}")).body
        (address,) = profile["identities"]
        assert (address["kind"], address["value"]) == ("telegram_user", str(w.person("Ann").id))
        assert (address["channel"], address["reachable"]) == ("Story", True)
        assert profile["counts"] == {"sessions": 1, "active": 1, "messages": 2}
        w.platform.outside.block(w.bot, w.person("Ann"))
        await w.until_rows(lambda rows: 0 in {int(r[0]) for r in rows}, "identities", "reachable")
        (address,) = (await vera.get(f"/customers/{found['id']}")).body["identities"]
        assert not address["reachable"]
        assert "blocked" in address["reason"]
        sessions = await vera.get(f"/customers/{found['id']}/sessions")
        assert [card["id"] for card in sessions.body["items"]] == [id_]
        for path in ("/customers/nobody", "/customers/nobody/sessions"):
            assert (await vera.get(path)).status == 404
        assert (await patch(vera, found["id"], name="X")).code == "forbidden"


async def test_customers_come_in_pages(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        for name in "ABC":
            await olga.post("/customers", name=name)
        first = (await olga.get("/customers", limit="2")).body
        assert [one["name"] for one in first["items"]] == ["C", "B"]
        second = (await olga.get("/customers", limit="2", cursor=first["cursor"])).body
        assert ([one["name"] for one in second["items"]], second["cursor"]) == (["A"], None)


async def test_one_is_added_by_hand_and_no_address_belongs_to_two(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        phone = {"kind": "phone", "value": "+49 (30) 123-456"}
        email = {"kind": "email", "value": " Ann@Example.com "}
        got = await olga.post("/customers", name="Ann", language="de", identities=[phone, email])
        assert got.status == 201
        values = sorted(one["value"] for one in got.body["identities"])
        assert values == ["+4930123456", "ann@example.com"]
        again = await olga.post("/customers", name="Other", identities=[email])
        assert (again.status, again.code) == (409, "identity_taken")
        assert again.body["customer_id"] == got.body["id"]
        for wrong in (
            {"kind": "telegram_user", "value": "1"},
            {"kind": "phone", "value": "030 123456"},
            {"kind": "email", "value": "nobody"},
            {"kind": "email", "value": "a\x00@b.example"},
        ):
            assert (await olga.post("/customers", name="X", identities=[wrong])).status == 422
        assert len((await olga.get("/customers")).body["items"]) == 1


async def test_addresses_are_linked_and_unlinked_by_hand(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "b", "admin") as boss:
        ann = f"/customers/{(await olga.post('/customers', name='Ann')).body['id']}/identities"
        bob = f"/customers/{(await olga.post('/customers', name='Bob')).body['id']}/identities"
        phone = {"kind": "phone", "value": "+49 30 123456"}
        for _ in range(2):  # again changes nothing
            got = await olga.post(ann, **phone)
            assert [one["value"] for one in got.body["identities"]] == ["+4930123456"]
        taken = await olga.post(bob, **phone)
        assert (taken.code, taken.body["customer_id"]) == ("identity_taken", got.body["id"])
        assert (await olga.post(f"{bob}/remove", **phone)).status == 404
        assert (await olga.post("/customers/nobody/identities", **phone)).status == 404
        assert (await olga.post(f"{ann}/remove", **phone)).body["identities"] == []
        assert (await olga.post(bob, **phone)).status == 200
        acts = [one["act"] for one in (await boss.get("/audit")).body["items"]]
        assert acts[:2] == ["customer.identity.add", "customer.identity.remove"]


async def test_only_what_is_named_is_changed(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "paul") as paul:
        id_ = (await olga.post("/customers", name="An", language="en")).body["id"]
        await asyncio.gather(
            patch(olga, id_, name="Ann", facts={"size": "42", "wrong": "yes"}),
            patch(paul, id_, language="de", facts={"colour": "blue"}),
        )
        got = await patch(olga, id_, facts={"wrong": None})
        assert (got.body["name"], got.body["language"]) == ("Ann", "de")
        assert got.body["facts"] == {"size": "42", "colour": "blue"}
        many = {str(n): "x" for n in range(60)}
        for wrong in ({"facts": many}, {"facts": {"a": "x" * 501}}, {"created_at": 1}):
            assert (await patch(olga, id_, **wrong)).status == 422
        assert (await patch(olga, "nobody", name="X")).status == 404


async def test_what_becomes_known_of_a_customer_is_told_to_portals(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, portal(olga) as window:

        async def told(many: int) -> set[str]:
            await window.until(lambda: len(window.of_type("customer")) >= many, "it is told")
            assert len(window.of_type("customer")) == many
            return {one["id"] for one in window.of_type("customer")}

        id_ = (await olga.post("/customers", name="An")).body["id"]
        assert await told(1) == {id_}
        await patch(olga, id_, name="Ann")
        assert await told(2) == {id_}
        await begun(w, "Hi", "Bob")
        bob = next(iter(await told(3) - {id_}))
        w.platform.outside.block(w.bot, w.person("Bob"))
        await told(4)
        assert window.of_type("customer")[-1]["id"] == bob
