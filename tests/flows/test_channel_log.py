"""What admins see of a channel that has problems, and of bodies that could not be read."""

from pathlib import Path
from typing import Any

from emulators.control import Fault
from runtime.storage import happenings, inbound
from runtime.storage.ids import new_id
from runtime.storage.sql import Tx
from runtime.timers import KEEP_HAPPENINGS
from tests.flows.test_doors import update
from tests.operators import Desk, begun, desk
from tests.story import CHANNEL, World, world

LOG = f"/channels/{CHANNEL}/log"


async def happened(one: Desk, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await one.get(LOG, **query)).body["items"]
    return items


async def put_aside(w: World, body: bytes, error: str = "not yet") -> str:
    return await w.runtime.store.write(
        lambda tx: inbound.put_aside(tx, CHANNEL, new_id(), body, error)
    )


async def test_a_channels_log_tells_of_its_connection_and_of_lost_deliveries(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "root", "admin") as root:
        assert [one["kind"] for one in await happened(root)] == ["connected"]
        w.platform.telegram.control.faults.append(
            Fault(kind="status", method="sendmessage", status=400)
        )
        w.write("Hi")
        await w.until_rows(lambda rows: rows == [("failed",)], "deliveries", "state")
        lost = (await happened(root))[0]
        ((session,),) = await w.rows("sessions", "id")
        assert (lost["kind"], lost["level"]) == ("delivery_failed", "warning")
        assert (lost["session_id"], lost["times"]) == (session, 1)
        assert lost["detail"]
        await root.post(f"/channels/{CHANNEL}/stop")
        await put_aside(w, b"{}", "KeyError in it")
        kinds = [(one["kind"], one["detail"]) for one in await happened(root)][:2]
        assert kinds == [("unreadable", "KeyError in it"), ("stopped", "")]
        page = (await root.get(LOG, limit="2")).body
        rest = await happened(root, cursor=page["cursor"])
        assert [one["kind"] for one in rest] == ["delivery_failed", "connected"]


async def test_the_same_again_only_counts_and_what_is_old_is_forgotten(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "root", "admin") as root:
        store = w.runtime.store

        def many(tx: Tx) -> None:
            for number in range(happenings.KEEP + 20):
                happenings.note(tx, CHANNEL, happenings.Kind.REFUSED, f"no {number}")
            for _ in range(3):
                happenings.note(tx, CHANNEL, happenings.Kind.RETRYING, "no route")

        await store.write(many)
        await store.write(lambda tx: happenings.forget(tx, tx.now - KEEP_HAPPENINGS))
        assert len(await w.rows("happenings", "n")) == happenings.KEEP
        newest = (await happened(root))[0]
        assert (newest["detail"], newest["times"], newest["level"]) == ("no route", 3, "warning")
        await store.write(lambda tx: happenings.forget(tx, tx.now + 1))
        assert await happened(root) == []


async def test_a_channel_says_which_webhook_address_its_platform_must_be_told(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        found = (await olga.get(f"/channels/{CHANNEL}")).body
        assert found["webhook"] == f"{w.base}/webhooks/telegram/{CHANNEL}"
        assert (await olga.get("/channels/nothing/log")).status == 404


async def test_what_is_in_quarantine_is_looked_at_replayed_or_dismissed(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "root", "admin") as root:
        await begun(w)
        evil = "\u202e\x1b[2J" + "é" * 30_000
        first = await put_aside(w, update(77, "Read at last"))
        second = await put_aside(w, evil.encode() + b"\xff")
        listed = (await root.get("/quarantine", limit="1")).body
        rest = (await root.get("/quarantine", cursor=listed["cursor"])).body
        assert {one["id"] for one in (*listed["items"], *rest["items"])} == {first, second}
        assert (len(rest["items"]), rest["cursor"]) == (1, None)
        shown = (await root.get(f"/quarantine/{second}")).body
        assert shown["preview"] == "\ufffd\ufffd[2J" + "é" * (20_000 - 5)
        assert (shown["whole"], shown["error"]) == (False, "not yet")
        done = await root.post(f"/quarantine/{second}/dismiss")
        assert (done.status, done.body["dismissed_at"] is None) == (200, False)
        got = await root.post(f"/quarantine/{first}/replay")
        assert (got.status, got.body["replayed_at"] is None) == (200, False)
        again = await root.post(f"/quarantine/{first}/replay")
        assert (again.status, again.code) == (409, "conflict")
        assert (await root.get("/quarantine/nothing")).status == 404
