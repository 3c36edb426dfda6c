"""Operators see what happens as it happens, in order, each change once, whatever their connection does."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from agents.llm.scripted import ScriptedLlm
from emulators import telegram
from runtime import timers
from runtime.session import Change
from runtime.storage import channels, drafts, feed, log, presence, sessions
from runtime.storage.sql import Statement, Tx
from runtime.storage.tables import operators
from tests.operators import Desk, desk
from tests.portal import Portal, portal
from tests.servers import free_port
from tests.story import CHANNEL, TOKEN, World, replica, settings, world

UNIT = Callable[[Tx], None]


async def opened(w: World, name: str = "Ann") -> str:
    """A customer's session, answered and at rest; its id."""
    before = set(await w.rows("sessions", "id"))
    w.write("Hi", name)
    await w.until(lambda: w.heard(name), "the answer")
    await w.until_rows(lambda rows: {row[0] for row in rows} == {"sent"}, "deliveries", "state")
    (new,) = set(await w.rows("sessions", "id")) - before
    return str(new[0])


def noting(w: World, session_ids: list[str], texts: list[str]) -> UNIT:
    """A unit of work that writes a note into a session for each text, each a change of its own."""

    def unit(tx: Tx) -> None:
        for number, text in enumerate(texts):
            row = sessions.lock(tx, session_ids[number % len(session_ids)])
            assert row is not None
            change = Change(tx, row, w.runtime.roster.rules(row.channel_id, row.agent_id))
            change.write(log.Kind.NOTE, log.Author.OPERATOR, text)
            change.save()

    return unit


async def newest(w: World) -> int:
    return (await w.runtime.store.read(feed.bounds))[1]


async def caught_up(w: World, *portals: Portal) -> None:
    n = await newest(w)
    for one in portals:
        await one.until(lambda one=one: one.last >= n, f"everything up to {n}")  # type: ignore[misc]


async def test_who_is_told_of_an_agent_and_asks_at_once_hears_of_nothing_older(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        world(sqlite_url, tmp_path) as w,
        desk(w, role="admin") as boss,
        portal(boss) as window,
    ):
        await opened(w)
        ((ann,),) = await w.rows("customers", "id")
        async with w.runtime.holders.refreshing:
            await boss.post("/agents/support/stop")
            await asyncio.sleep(0.1)
            assert window.of_type("agent") == [], "this replica does not know it yet"
        await window.until(lambda: window.of_type("agent"), "the agent was stopped")
        (way,) = (await boss.get(f"/customers/{ann}/reachability")).body
        assert (way["available"], way["code"]) == (False, "no_running_agents")


async def test_a_message_comes_with_its_session_its_words_and_its_delivery(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path, ["Hello!"]) as w,
        desk(w, role="viewer") as vera,
        portal(vera) as window,
    ):
        assert window.hello["n"] >= window.hello["oldest"] > 0
        id_ = await opened(w)
        await caught_up(w, window)
        assert [entry["text"] for entry in window.logs[id_].values()] == ["Hi", "Hello!"]
        assert window.sessions[id_]["control"]["mode"] == "autonomous"
        assert window.sessions[id_]["last_seq"] == 2
        (sent,) = window.of_type("delivery")
        assert (sent["session_id"], sent["seq"], sent["state"]) == (id_, 2, "sent")


async def test_a_takeover_reaches_the_other_operator_with_the_new_control(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
        portal(paul) as window,
    ):
        id_ = await opened(w)
        await olga.post(f"/sessions/{id_}/takeover")
        await olga.post(f"/sessions/{id_}/notes", text="I know her.")
        await caught_up(w, window)
        control = window.sessions[id_]["control"]
        assert control == {"mode": "copilot", "operator_id": olga.id, "epoch": 2}
        assert window.sessions[id_]["unread"] == 0
        assert "I know her." in [entry["text"] for entry in window.logs[id_].values()]


async def test_changes_of_channels_and_operators_are_told(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        portal(olga) as window,
        desk(w, "paul") as paul,
    ):
        stop = channels.State.STOPPED
        await w.runtime.store.write(lambda tx: channels.set_state(tx, CHANNEL, stop))
        await caught_up(w, window)
        assert [one["id"] for one in window.of_type("operator")] == [paul.id]
        assert window.of_type("channel")[-1]["id"] == CHANNEL


@pytest.mark.slow
async def test_who_lost_the_connection_a_hundred_times_ends_where_who_never_did(
    database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(4)
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        portal(olga) as steady,
        portal(olga) as shaky,
    ):
        ids = [await opened(w, name) for name in ("Ann", "Ben", "Cem")]
        for batch in range(100):
            texts = [f"{batch}/{number}" for number in range(100)]
            if chance.random() < 0.5:
                await asyncio.sleep(0)
            writing = asyncio.create_task(w.runtime.store.write(noting(w, ids, texts)))
            if chance.random() < 0.5:
                await writing
            await shaky.lose()
            await shaky.connect()
            await writing
        await caught_up(w, steady, shaky)
        assert shaky.state() == steady.state()
        assert sum(len(entries) for entries in steady.logs.values()) == 10_000 + 2 * len(ids)
        for entries in steady.logs.values():
            assert sorted(entries) == list(range(1, len(entries) + 1))
        assert shaky.resyncs == 0


@contextlib.asynccontextmanager
async def two_replicas(
    url: str, redis: str, folder: Path, **more: Any
) -> AsyncIterator[tuple[World, str]]:
    """A world on the first replica, and the address of the second."""
    llm = ScriptedLlm(["Hello!"])
    async with telegram.running() as platform:
        bot = platform.telegram.add_bot(TOKEN, name="Story", limits=False)
        first, second = (settings(url, folder, free_port(), redis_url=redis, **more) for _ in "ab")
        async with replica(first, platform.url, llm) as one, replica(second, platform.url, llm):
            base = first.public_url
            yield (
                World(runtime=one, platform=platform, bot=bot, base=base, llm=llm),
                second.public_url,
            )


async def test_a_portal_goes_on_at_another_replica_where_it_was(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with (
        two_replicas(database_url, redis_url, tmp_path) as (w, other),
        desk(w) as olga,
        portal(olga) as steady,
        portal(olga) as moving,
    ):
        id_ = await opened(w)
        await caught_up(w, steady, moving)
        await moving.lose()
        await w.runtime.store.write(noting(w, [id_], ["one", "two", "three"]))
        moving.base = other
        await moving.connect()
        await w.runtime.store.write(noting(w, [id_], ["four"]))
        await caught_up(w, steady, moving)
        assert moving.state() == steady.state()
        assert [entry["text"] for entry in moving.logs[id_].values()][-2:] == ["three", "four"]


async def test_a_portal_that_is_ahead_of_its_replica_gets_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        two_replicas(database_url, "", tmp_path, poll_seconds=60.0) as (w, deaf),
        desk(w) as olga,
        portal(olga) as steady,
        portal(olga, deaf) as waiting,
    ):
        id_ = await opened(w)
        await w.runtime.store.write(noting(w, [id_], ["one", "two"]))
        await caught_up(w, steady)
        async with portal(olga, deaf, last=0) as ahead:
            await caught_up(w, ahead)
            assert waiting.logs == {}
            there = Desk(id=olga.id, email=olga.email, base=deaf, http=olga.http, csrf=olga.csrf)
            assert (await there.post(f"/sessions/{id_}/notes", text="three")).status == 201
            await caught_up(w, ahead, waiting)
            assert ahead.logs == waiting.logs


async def test_who_reads_too_slowly_is_sent_away_and_nobody_else_notices(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        world(sqlite_url, tmp_path, lease_seconds=30.0) as w,
        desk(w) as olga,
        portal(olga) as quick,
        portal(olga) as slow,
    ):
        id_ = await opened(w)
        await caught_up(w, quick, slow)
        slow.ws._response.connection.transport.pause_reading()
        for _ in range(12):
            await w.runtime.store.write(noting(w, [id_], ["x" * 15_000] * 100))
            await caught_up(w, quick)
        slow.ws._response.connection.transport.resume_reading()
        await slow.read_to_the_end()
        assert slow.code == 4008
        assert slow.last is not None
        assert slow.last < await newest(w)
        await slow.connect()
        await caught_up(w, slow)
        assert (slow.state(), slow.resyncs) == (quick.state(), 0)


async def test_who_reads_nothing_at_all_is_cut_off(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        world(sqlite_url, tmp_path, lease_seconds=0.2) as w,
        desk(w) as olga,
        portal(olga) as stuck,
    ):
        stuck.ws._response.connection.transport.pause_reading()
        followers = w.runtime.live.followers
        await w.until(lambda: not followers, "its heartbeat is missed")
        stuck.ws._response.connection.transport.resume_reading()


async def test_who_was_away_too_long_is_told_to_fetch_afresh(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, portal(olga) as window:
        id_ = await opened(w)
        await caught_up(w, window)
        await window.lose()
        await w.runtime.store.write(noting(w, [id_], ["one", "two", "three"]))
        await w.runtime.store.write(lambda tx: feed.forget(tx, 0, keep=1, many=timers.MANY_OLD))
        await window.connect()
        await window.until(lambda: window.resyncs == 1, "it is told")
        await w.runtime.store.write(noting(w, [id_], ["four"]))
        await caught_up(w, window)
        assert [entry["text"] for entry in window.logs[id_].values()] == ["Hi", "Hello!", "four"]


async def test_only_the_newest_changes_are_kept(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w:
        store, last = w.runtime.store, await newest(w)
        now = store.clock()
        assert await store.write(lambda tx: feed.forget(tx, now - timers.KEEP_FEED, 1000, 10)) == 0
        assert await store.write(lambda tx: feed.forget(tx, now + timers.DAY, 1000, 1)) == 1
        while await store.write(lambda tx: feed.forget(tx, now + timers.DAY, 1000, 10)):
            pass
        assert await store.read(feed.bounds) == (last, last)


async def refused(one: Desk, **more: Any) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await one.http.ws_connect(f"{one.base}/api/v1/live", **more)
    return caught.value.status


async def test_only_who_is_logged_in_may_listen_and_only_from_our_own_pages(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        foreign = ["https://evil.example", "null", f"{w.base}.evil.example"]
        assert [await refused(olga, headers={"Origin": o}) for o in foreign] == [403] * 3
        assert await refused(olga, params={"after": "x"}) == 422
        got = await olga.get("/live")
        assert (got.status, got.code) == (400, "malformed")
        async with olga.http.ws_connect(f"{w.base}/api/v1/live", headers={"Origin": w.base}) as ws:
            assert (await ws.receive_json())["type"] == "hello"
        await olga.post("/logout")
        assert await refused(olga) == 401


@pytest.mark.parametrize("way", ["logout", "disabled"])
async def test_a_login_that_ends_loses_its_socket(
    sqlite_url: str, tmp_path: Path, way: str
) -> None:
    async with (
        world(sqlite_url, tmp_path, lease_seconds=0.2) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
        portal(olga) as window,
        portal(paul) as other,
    ):
        if way == "logout":
            await olga.post("/logout")
        else:
            disable = update(operators).where(operators.c.id == olga.id).values(state="disabled")
            await w.runtime.store.write(lambda tx: tx.put(Statement(disable)))
        await window.until(lambda: window.code is not None, "it is closed")
        assert (window.code, other.code) == (4401, None)


async def test_what_is_not_understood_closes_the_socket(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga, portal(olga) as window:
        await window.say(type="shout", session_id="s")
        await window.until(lambda: window.code, "it is closed")
        assert window.code == 4400


async def test_operators_see_who_looks_and_types_until_he_leaves(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with (
        two_replicas(database_url, redis_url, tmp_path) as (w, other),
        desk(w) as olga,
        desk(w, "paul") as paul,
        portal(olga) as window,
        portal(paul, other) as his,
    ):
        await window.until(lambda: (paul.id, None, False) in window.present(), "he is here")
        await his.say(type="looking", session_id="s1")
        await window.until(lambda: (paul.id, "s1", False) in window.present(), "he looks")
        await his.say(type="typing", session_id="s1")
        await window.until(lambda: (paul.id, "s1", True) in window.present(), "he types")
        await his.say(type="looking", session_id=None)
        await window.until(lambda: (paul.id, None, False) in window.present(), "he looks away")
        assert (olga.id, None, False) in his.present()
        await his.lose()
        await window.until(lambda: len(window.present()) == 1, "he is gone")


async def test_signs_run_out_by_themselves(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, portal(olga) as window:
        soon = w.runtime.store.clock() + 300
        stopped = presence.Here(
            operator_id="paul", session_id="s1", typing_until=soon, seen_until=soon + 60_000
        )
        died = presence.Here(operator_id="quin", session_id=None, typing_until=0, seen_until=soon)

        def unit(tx: Tx) -> None:
            presence.put(tx, "a socket", stopped)
            presence.put(tx, "a socket of a replica that died", died)
            tx.ring("presence")

        await w.runtime.store.write(unit)
        left = sorted([(olga.id, None, False), ("paul", "s1", False)])
        await window.until(lambda: sorted(window.present()) == left, "he neither types nor is here")


async def test_only_who_looks_sees_what_the_agent_writes(database_url: str, tmp_path: Path) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        portal(olga) as looking,
        portal(olga) as elsewhere,
    ):
        id_ = await opened(w)
        await looking.say(type="looking", session_id=id_)
        await looking.until(lambda: (olga.id, id_, False) in looking.present(), "she looks")
        for text in ("We", "We ship", "We ship today."):
            await w.runtime.store.write(partial(drafts.put, session_id=id_, turn_id="t", text=text))
        await looking.until(
            lambda: [one["text"] for one in looking.of_type("draft")][-1:] == ["We ship today."],
            "the whole draft",
        )
        await w.runtime.store.write(partial(drafts.end, session_id=id_))
        assert elsewhere.of_type("draft") == []


async def test_sockets_are_told_when_the_replica_stops(sqlite_url: str, tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        async with world(sqlite_url, tmp_path) as w:
            olga = await stack.enter_async_context(desk(w))
            window = await stack.enter_async_context(portal(olga))
        await window.read_to_the_end()
        assert window.code == 1001
