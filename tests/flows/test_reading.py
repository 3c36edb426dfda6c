"""What operators read of sessions: lists and their pages, cards, one session, and its history."""

from pathlib import Path
from typing import Any

import pytest

from runtime.http.cursors import packed
from runtime.storage import channels, engine, lists
from runtime.storage.sql import Tx
from tests.operators import Desk, Got, begun, desk
from tests.story import CHANNEL, world


async def items(one: Desk, path: str = "/sessions", **query: str) -> list[dict[str, Any]]:
    got = await one.get(path, **query)
    assert got.status == 200, got.body
    found: list[dict[str, Any]] = got.body["items"]
    return found


async def ids(one: Desk, **query: str) -> list[str]:
    return [card["id"] for card in await items(one, **query)]


async def test_each_list_has_its_sessions_and_each_card_its_facts(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "paul") as paul:
        mine, waiting, free, done = [await begun(w, f"I am {n}", n) for n in "ABCD"]
        await olga.post(f"/sessions/{mine}/takeover")
        await olga.post(f"/sessions/{waiting}/handover", reason="Too hard")
        await olga.post(f"/sessions/{done}/resolve")
        assert await ids(olga, view="mine") == [mine]
        assert await ids(olga, view="unassigned") == [waiting]
        assert await ids(olga, view="finished") == [done]
        assert await ids(olga, view="active") == [free, waiting, mine]
        assert await ids(olga, view="attended") == [waiting, mine]
        assert await ids(olga) == [done, free, waiting, mine]
        assert await ids(paul, view="mine") == []
        (card,) = await items(paul, operator_id=olga.id)
        assert (card["customer"]["name"], card["operator"]["name"]) == ("A", "olga")
        assert (card["channel"]["kind"], card["channel"]["state"]) == ("telegram", "running")
        assert (card["agent"]["name"], card["agent"]["state"]) == ("Kestrel Support", "running")
        assert (card["last_message"]["author"], card["last_message"]["text"]) == ("agent", "Hello!")
        assert (card["unread"], card["warnings"]) == (0, [])
        counts = await olga.get("/sessions/counts")
        assert counts.body == {"waiting": 1, "mine": 1, "active": 3}


async def test_pages_neither_skip_nor_repeat_while_rows_move(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        all_ = [await begun(w, "Hi", name) for name in "ABCDE"]
        for id_ in all_:
            await olga.post(f"/sessions/{id_}/handover")
        for view, wanted in (("unassigned", all_), ("active", all_[::-1])):
            seen, page = list[str](), Got(status=200, body={"cursor": ""})
            while page.body["cursor"] is not None:
                cursor = page.body["cursor"]
                page = await olga.get("/sessions", view=view, limit="2", cursor=cursor)
                seen += [card["id"] for card in page.body["items"]]
                w.write("Still there?", "C")  # whoever writes keeps his place
                await olga.post(f"/sessions/{seen[0]}/takeover")  # and one leaves the list
            assert seen == wanted
        forged = [packed("all", *key) for key in (["\0"], ["\ud800"], [7], ["a", "b"], [["a"]])]
        for wrong in ("nonsense", "W10", "MQ", "\x00", "ÿ", *forged):
            got = await olga.get("/sessions", cursor=wrong)
            assert (got.status, got.code) == (422, "invalid")
        other = (await olga.get("/sessions", view="active", limit="1")).body["cursor"]
        assert (await olga.get("/sessions", view="unassigned", cursor=other)).status == 422


async def test_search_finds_names_addresses_and_words_as_they_stand(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        ivan = await begun(w, "I want 100% wool", "Иван")
        ann = await begun(w, "I want 100 sheep", "Ann_B")
        assert await ids(olga, q="Иван") == [ivan]
        assert await ids(olga, q="SHEEP") == [ann]
        assert await ids(olga, q="100%") == [ivan]
        assert await ids(olga, q="n_b") == [ann]
        assert await ids(olga, q="_") == [ann]
        assert await ids(olga, q="want", view="active", agent_id="support") == [ann, ivan]
        assert await ids(olga, q=str(w.person("Ann_B").id)) == [ann]
        assert await ids(olga, q="\\") == []
        for bad in ({"q": "\x00"}, {"view": "theirs"}, {"limit": "0"}, {"limit": "999"}):
            assert (await olga.get("/sessions", **bad)).status == 422


async def test_sqlite_finds_names_in_any_alphabet_in_any_case(
    sqlite_url: str, tmp_path: Path
) -> None:
    """PostgreSQL does so by the locale that its database was made with."""
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        ivan = await begun(w, "Hi", "Иван")
        assert await ids(olga, q="иВАН") == [ivan]


async def test_a_card_warns_of_what_does_not_run(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        await begun(w)

        def stop(tx: Tx) -> None:
            channels.set_agent_state(tx, "support", running=False)
            channels.set_state(tx, CHANNEL, channels.State.STOPPED)

        await w.runtime.store.write(stop)
        (card,) = await items(olga)
        assert card["warnings"] == ["agent_not_running", "channel_not_running"]
        assert (card["agent"]["state"], card["channel"]["state"]) == ("stopped", "stopped")


async def test_the_composer_says_what_a_message_would_be_refused_with(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
        desk(w, "vera", "viewer") as vera,
    ):
        id_ = await begun(w)

        async def told(one: Desk) -> tuple[str, str]:
            shown = (await one.get(f"/sessions/{id_}")).body["composer"]
            assert shown["may_write"] == (not shown["code"])
            said = await one.post(f"/sessions/{id_}/messages", text="Hi")
            assert shown["code"] == said.code
            assert shown["template"]["code"] == (shown["code"] or "template_not_taken")
            return shown["code"], shown["detail"]

        ai = "The AI answers. Take the conversation over to write."
        assert await told(olga) == ("not_in_control", ai)
        await olga.post(f"/sessions/{id_}/takeover")
        assert await told(olga) == ("", "")
        assert await told(paul) == ("not_in_control", "olga has this conversation.")
        assert (await told(vera))[0] == "forbidden"
        await w.runtime.store.write(
            lambda tx: channels.set_state(tx, CHANNEL, channels.State.STOPPED)
        )
        await w.until(lambda: not w.runtime.roster.places, "the channel has stopped")
        assert (await told(olga))[0] == "channel_not_running"


async def test_what_is_finished_or_unknown_says_so(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        id_ = await begun(w)
        await olga.post(f"/sessions/{id_}/resolve")
        shown = (await olga.get(f"/sessions/{id_}")).body["composer"]
        assert (shown["may_write"], shown["code"]) == (False, "session_finished")
        for path in ("/sessions/nothing", "/sessions/nothing/log", "/sessions/%00"):
            assert (await olga.get(path)).status == 404
        assert (await olga.get(f"/sessions/{id_}/log", after="1", before="3")).status == 422
        for number, status in ((2**31 - 1, 200), (2**31, 422), (10**30, 422)):
            assert (await olga.get(f"/sessions/{id_}/log", after=str(number))).status == status
            assert (await olga.get(f"/sessions/{id_}/log", before=str(number))).status == status


async def test_the_history_shows_who_said_what_and_what_became_of_it(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        number = w.write("Helo")["message_id"]
        await w.until(lambda: w.heard() == ["Hello!"], "the answer")
        w.platform.outside.edit(w.bot, w.person(), number, text="Hello")
        await w.until_rows(lambda rows: ("edit",) in rows, "log", "kind")
        ((id_,),) = await w.rows("sessions", "id")
        await olga.post(f"/sessions/{id_}/takeover")
        await olga.post(f"/sessions/{id_}/notes", text="A friendly one")
        await olga.post(f"/sessions/{id_}/messages", text="Good day.")
        await w.until_rows(lambda r: r == [("sent",)] * 2, "deliveries", "state")
        told = await items(olga, f"/sessions/{id_}/log")
        assert [(one["kind"], one["author"], one["author_name"]) for one in told] == [
            ("message", "customer", "Ann"),
            ("message", "agent", "Kestrel Support"),
            ("edit", "customer", "Ann"),
            ("control", "event", "olga"),
            ("note", "operator", "olga"),
            ("message", "operator", "olga"),
        ]
        assert (told[0]["text"], told[0]["edited_text"]) == ("Helo", "Hello")
        assert told[3]["data"]["operator_name"] == "olga"
        assert [[d["state"] for d in one["deliveries"]] for one in told[1::4]] == [["sent"]] * 2


async def test_the_history_is_read_in_pages_both_ways(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        id_ = await begun(w)
        for text in "123":
            await olga.post(f"/sessions/{id_}/notes", text=text)

        async def page(**query: str) -> tuple[list[int], int | None]:
            got = await olga.get(f"/sessions/{id_}/log", limit="2", **query)
            return [one["seq"] for one in got.body["items"]], got.body["cursor"]

        assert await page() == ([4, 5], 4)
        assert await page(before="4") == ([2, 3], 2)
        assert await page(before="2") == ([1], None)
        assert await page(after="0") == ([1, 2], 2)
        assert await page(after="2") == ([3, 4], 4)
        assert await page(after="4") == ([5], None)
        assert await page(after="5") == ([], None)


@pytest.mark.parametrize("goes_on", [False, True])
@pytest.mark.parametrize(
    ("view", "filters", "index"),
    [
        ("mine", (), "ix_sessions_workspace"),
        ("unassigned", (), "ix_sessions_waiting"),
        ("attended", (), "ix_sessions_attended"),
        ("active", (), "ix_sessions_active"),
        ("active", ("operator_id",), "ix_sessions_workspace"),
        ("finished", (), "ix_sessions_finished"),
        ("all", (), "sqlite_autoindex_sessions_1"),
        ("all", ("customer_id",), "ix_sessions_customer_id"),
    ],
)
async def test_no_list_is_sorted_or_scanned(
    sqlite_url: str, view: str, filters: tuple[str, ...], index: str, goes_on: bool
) -> None:
    sql, constants = lists.statement(view, filters, goes_on=goes_on).on("sqlite")
    names = dict.fromkeys(["me", "many", "key_0", "key_1", *filters], 1)
    connection = engine.database(sqlite_url).connect()
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", {**constants, **names}).fetchall()
    connection.close()
    plan = [row[3] for row in rows]
    assert f"sessions USING INDEX {index}" in plan[0]
    assert not [step for step in plan if "TEMP B-TREE" in step]
    assert not [step for step in plan[1:] if step.startswith("SCAN")]
