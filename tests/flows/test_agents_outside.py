"""Agents that run outside speak under an epoch: said while it stands, else kept as a suggestion."""

import asyncio
from pathlib import Path

import pytest

from runtime.storage.sql import loads
from tests.copilot import listed, machine, states, taken, written
from tests.operators import desk
from tests.story import Held, world


async def test_it_speaks_while_its_epoch_stands(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ["Hello!"]) as w, desk(w) as olga:
        id_ = await written(w)
        token = await machine(w, olga)
        source = {"source": "carrier", "text": "Parcel 7 is in Graz."}
        words = {"text": "It is in Graz.", "sources": [source], "answers_seq": 1}
        path = f"/sessions/{id_}/agent-messages"
        got = await olga.ask("POST", path, words, headers={**token, "If-Match": '"1"'})
        assert (got.status, got.body["seq"]) == (202, 3), got.body
        assert got.body["session"]["control"]["epoch"] == 1
        await w.until(lambda: w.heard() == ["Hello!", "It is in Graz."], "it is said")
        author, author_id, data = (await w.log("author", "author_id", "data"))[-1]
        assert (author, author_id) == ("agent", "support")
        assert loads(data) == {"by": olga.id, "sources": [source], "answers_seq": 1}


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"If-Match": "*"}, 400)])
async def test_it_must_say_under_which_epoch(
    sqlite_url: str, tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async with (
        world(sqlite_url, tmp_path, ["Hello!"]) as w,
        desk(w) as olga,
        desk(w, "vera", "viewer") as vera,
    ):
        id_ = await written(w)
        for what in ("agent-messages", "agent-suggestions"):
            path = f"/sessions/{id_}/{what}"
            got = await olga.ask("POST", path, {"text": "Hi"}, headers=headers)
            assert got.status == status, got.body
            assert (await vera.ask("POST", path, {"text": "Hi"}, headers=headers)).status == 403
            empty = await olga.ask("POST", path, {"text": " "}, headers={"If-Match": '"1"'})
            assert empty.status == 422
            there = path.replace(id_, "nobody")
            missing = await olga.ask("POST", there, {"text": "Hi"}, headers={"If-Match": '"1"'})
            assert missing.status == 404
        assert await w.rows("suggestions", "id") == []


async def test_when_control_has_moved_its_words_are_kept(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ["Hello!", "Ours."]) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        await listed(olga, id_, 1)
        path, old = f"/sessions/{id_}/agent-messages", {"If-Match": '"1"'}
        got = await olga.ask("POST", path, {"text": "Theirs."}, headers=old)
        assert (got.status, got.code) == (409, "control_moved")
        assert got.body["control"] == {"mode": "copilot", "operator_id": olga.id, "epoch": 2}
        _, kept = await listed(olga, id_, 2)
        assert (kept["text"], kept["late"], kept["state"]) == ("Theirs.", True, "open")
        await olga.post(f"/sessions/{id_}/resolve")
        got = await olga.ask("POST", path, {"text": "Still."}, headers=old)
        assert (got.status, got.code) == (409, "session_finished")
        assert (await listed(olga, id_, 3))[-1]["text"] == "Still."
        assert w.heard() == ["Hello!"]


async def test_it_suggests_and_ours_needs_not(database_url: str, tmp_path: Path) -> None:
    llm = Held(["Ours."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        llm.go.set()
        id_ = await written(w)
        llm.go.clear()
        await olga.post(f"/sessions/{id_}/takeover")
        await w.until(lambda: len(llm.asked) == 2, "ours thinks")
        path = f"/sessions/{id_}/agent-suggestions"
        got = await olga.ask("POST", path, {"text": "Theirs."}, headers={"If-Match": '"2"'})
        assert got.status == 202, got.body
        late = await olga.ask("POST", path, {"text": "Older."}, headers={"If-Match": '"1"'})
        assert (late.status, late.code) == (409, "control_moved")
        found = await listed(olga, id_, 2)
        assert states(found) == [("Theirs.", "open"), ("Older.", "open")]
        assert [one["late"] for one in found] == [False, True]
        llm.go.set()
        await olga.post(f"/sessions/{id_}/suggestions", instruction="shorter")
        assert states(await listed(olga, id_, 3))[-1] == ("Ours.", "open")
        assert len(await w.rows("suggestions", "id")) == 3


async def test_a_wish_of_the_operator_is_still_answered_by_ours(
    database_url: str, tmp_path: Path
) -> None:
    llm = Held(["Ours."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        llm.go.set()
        id_ = await taken(w, olga)
        await listed(olga, id_, 1)
        llm.go.clear()
        await olga.post(f"/sessions/{id_}/suggestions", instruction="shorter")
        path = f"/sessions/{id_}/agent-suggestions"
        await olga.ask("POST", path, {"text": "Theirs."}, headers={"If-Match": '"2"'})
        llm.go.set()
        found = await listed(olga, id_, 3)
        assert states(found)[1:] == [("Theirs.", "overtaken"), ("Ours.", "open")]


async def test_the_customer_is_not_answered_twice(database_url: str, tmp_path: Path) -> None:
    llm = Held(["Ours."])
    async with world(database_url, tmp_path, llm) as w, desk(w) as olga:
        w.write("Hi")
        await w.until(lambda: llm.asked, "ours thinks")
        id_ = (await w.rows("sessions", "id"))[0][0]
        path = f"/sessions/{id_}/agent-messages"
        got = await olga.ask("POST", path, {"text": "Theirs."}, headers={"If-Match": '"1"'})
        assert got.status == 202
        assert await w.rows("turns", "id") == []
        llm.go.set()
        await w.until(lambda: w.heard() == ["Theirs."], "theirs is said")
        w.write("And now?")
        await w.until(lambda: len(w.heard()) == 2, "the next one is ours again")
        assert w.heard() == ["Theirs.", "Ours."]
        assert await w.modes() == ["autonomous"]


async def test_a_race_with_a_takeover_has_one_winner(database_url: str, tmp_path: Path) -> None:
    """Whoever comes first: what is in the log came before the takeover, the rest is a suggestion."""
    async with world(database_url, tmp_path, ["Hello!"]) as w, desk(w) as olga:
        for number in range(12):
            name = f"P{number}"
            w.write("Hi", name)
            await w.until(lambda name=name: w.heard(name), "the agent's answer")  # type: ignore[misc]
        ids = [row[0] for row in await w.rows("sessions", "id")]

        async def both(id_: str) -> int:
            path, headers = f"/sessions/{id_}/agent-messages", {"If-Match": '"1"'}
            said, taken = await asyncio.gather(
                olga.ask("POST", path, {"text": "Theirs."}, headers=headers),
                olga.post(f"/sessions/{id_}/takeover"),
            )
            assert taken.body["taken"]
            return said.status

        won = dict(zip(ids, await asyncio.gather(*(both(id_) for id_ in ids)), strict=True))
        log = await w.rows("log", "session_id", "seq", "kind", "text")
        for id_, status in won.items():
            moved = next(seq for of, seq, kind, _ in log if (of, kind) == (id_, "control"))
            said = [seq for of, seq, _, text in log if (of, text) == (id_, "Theirs.")]
            kept = [one for one in await listed(olga, id_, 0) if one["text"] == "Theirs."]
            if status == 202:
                assert said == [moved - 1]
            else:
                assert (status, said, len(kept)) == (409, [], 1)
