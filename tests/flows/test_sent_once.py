"""What an operator's browser sends again, because the answer was lost, is written once."""

import asyncio
from pathlib import Path

from runtime.storage import channels
from tests.operators import begun, desk
from tests.story import CHANNEL, world


async def test_what_is_sent_again_is_said_once_and_answers_the_same(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        id_ = await begun(w)
        await olga.post(f"/sessions/{id_}/takeover")
        many = [olga.post(f"/sessions/{id_}/messages", text="Hi", client_id="a") for _ in range(5)]
        first, *others = await asyncio.gather(*many)
        assert first.status == 202
        assert {one.body["seq"] for one in others} == {first.body["seq"]}
        noted = [
            (await olga.post(f"/sessions/{id_}/notes", text="Note", client_id="b")).body["seq"]
            for _ in range(2)
        ]
        assert noted == [first.body["seq"] + 1] * 2
        other = await olga.post(f"/sessions/{id_}/messages", text="Hi", client_id="c")
        assert other.body["seq"] == noted[0] + 1
        await w.until(lambda: w.heard() == ["Hello!", "Hi", "Hi"], "both, and no more")
        log = await w.log("author", "text", kind="message")
        assert log[2:] == [("operator", "Hi"), ("operator", "Hi")]


async def test_it_answers_the_same_whatever_has_become_of_the_conversation(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        id_, other = await begun(w), await begun(w, "Hi", "Bob")
        for session in (id_, other):
            await olga.post(f"/sessions/{session}/takeover")
        path = f"/sessions/{id_}/messages"
        seq = (await olga.post(path, text="Bye", client_id="a")).body["seq"]
        await olga.post(f"/sessions/{id_}/resolve")
        await w.runtime.store.write(
            lambda tx: channels.set_state(tx, CHANNEL, channels.State.STOPPED)
        )
        await w.until(lambda: not w.runtime.roster.places, "the channel has stopped")
        again = await olga.post(path, text="Bye", client_id="a")
        assert (again.status, again.body["seq"]) == (202, seq)
        assert again.body["session"]["control"]["mode"] == "finished"
        for new in ({"client_id": "b"}, {}):
            assert (await olga.post(path, text="Bye", **new)).code == "channel_not_running"
        elsewhere = await olga.post(f"/sessions/{other}/messages", text="Bye", client_id="a")
        assert elsewhere.code == "channel_not_running"
