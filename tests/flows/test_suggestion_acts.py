"""What operators make of suggestions: use, edit, dismiss, ignore; each is recorded."""

from pathlib import Path
from typing import Any

import pytest

from agents.llm.scripted import Answer
from runtime.storage.sql import loads
from runtime.storage.suggestions import distance
from tests.copilot import listed, taken
from tests.operators import Desk, desk
from tests.portal import portal
from tests.story import World, world

ANSWERS = ["Hello!", "It comes on Monday.", "On Tuesday then."]


async def send(one: Desk, id_: str, text: str, suggestion: str | None = None) -> None:
    got = await one.post(f"/sessions/{id_}/messages", text=text, suggestion_id=suggestion)
    assert got.status == 202, got.body


async def origin(w: World) -> dict[str, Any]:
    """What the log keeps beside the operator's last message."""
    rows = [row for row in await w.rows("log", "seq", "author", "data") if row[1] == "operator"]
    found: dict[str, Any] = loads(max(rows)[2])
    return found


async def told(w: World) -> dict[str, list[str]]:
    """What portals heard of each suggestion: its state at each change."""
    found: dict[str, list[str]] = {}
    for _, kind, data in sorted(await w.rows("feed", "n", "type", "data")):
        if kind == "suggestion":
            change = loads(data)
            found.setdefault(change["id"], []).append(change["state"])
    return found


@pytest.mark.parametrize(
    ("sent", "state", "words"),
    [("It comes  on Monday.", "used", 0), ("It comes early on Tuesday!", "edited", 2)],
)
async def test_one_is_used_as_it_is_or_edited(
    database_url: str, tmp_path: Path, sent: str, state: str, words: int
) -> None:
    async with world(database_url, tmp_path, ANSWERS) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        (one,) = await listed(olga, id_, 1)
        await send(olga, id_, sent, one["id"])
        (one,) = await listed(olga, id_, 1)
        assert (one["state"], one["distance"], one["sent_seq"]) == (state, words, 4)
        assert (one["operator_id"], bool(one["settled_at"])) == (olga.id, True)
        assert await origin(w) == (
            {"suggestion_id": one["id"]} | ({"distance": words} if words else {})
        )
        await w.until(lambda: w.heard() == ["Hello!", sent], "the customer has it")


async def test_what_was_overtaken_or_dismissed_can_still_be_used(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ANSWERS) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        await listed(olga, id_, 1)
        w.write("Really?")
        first, second = await listed(olga, id_, 2)
        assert (await olga.post(f"/suggestions/{second['id']}/dismiss")).status == 200
        await send(olga, id_, first["text"], first["id"])
        assert (await origin(w))["was"] == "overtaken"
        await send(olga, id_, second["text"], second["id"])
        assert (await origin(w))["was"] == "dismissed"
        await send(olga, id_, "The first again, longer", first["id"])
        assert (await origin(w))["was"] == "used"
        first, second = await listed(olga, id_, 2)
        assert (first["state"], second["state"]) == ("used", "used")
        assert (first["sent_seq"], second["sent_seq"]) == (5, 6)


async def test_dismissing_tells_the_others_and_changes_only_what_is_open(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ANSWERS) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        (one,) = await listed(olga, id_, 1)
        for _ in range(2):
            assert (await olga.post(f"/suggestions/{one['id']}/dismiss")).status == 200
        assert (await told(w))[one["id"]] == ["open", "open", "dismissed"]
        (one,) = await listed(olga, id_, 1)
        assert (one["state"], one["operator_id"]) == ("dismissed", olga.id)
        for act in ("dismiss", "shown"):
            assert (await olga.post(f"/suggestions/nothing/{act}")).status == 404


async def test_what_an_operator_saw_and_did_not_send_is_ignored(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path, ANSWERS) as w,
        desk(w) as olga,
        desk(w, "vera", "viewer") as vera,
    ):
        id_ = await taken(w, olga)
        (one,) = await listed(vera, id_, 1)
        await send(olga, id_, "My own words")
        (one,) = await listed(vera, id_, 1)
        assert (one["state"], one["shown_at"]) == ("overtaken", None)  # she had not seen it
        w.write("Really?")
        _, second = await listed(vera, id_, 2)
        assert (await vera.post(f"/suggestions/{second['id']}/shown")).status == 403
        assert (await olga.post(f"/suggestions/{second['id']}/shown")).status == 200
        await olga.post(f"/sessions/{id_}/resolve")
        _, second = await listed(vera, id_, 2)
        assert second["state"] == "ignored"
        assert second["created_at"] <= second["shown_at"] <= second["settled_at"]
        for path in (f"/sessions/{id_}/suggestions", f"/suggestions/{second['id']}/dismiss"):
            assert (await vera.post(path)).status == 403


async def test_listing_them_shows_them_to_an_operator(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ANSWERS) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        await listed(olga, id_, 1)
        await olga.post(f"/sessions/{id_}/suggestions")
        await listed(olga, id_, 2)
        page = await olga.get(f"/sessions/{id_}/suggestions", limit="1")
        assert [one["text"] for one in page.body["items"]] == ["On Tuesday then."]
        assert page.body["items"][0]["shown_at"]
        rest = await olga.get(f"/sessions/{id_}/suggestions", cursor=page.body["cursor"])
        assert [one["text"] for one in rest.body["items"]] == ["It comes on Monday."]
        assert rest.body["cursor"] is None


async def test_a_suggestion_of_another_conversation_cannot_be_used(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ANSWERS) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        (one,) = await listed(olga, id_, 1)
        w.write("Hi", "Bob")
        await w.until(lambda: w.heard("Bob"), "Bob's answer")
        other = next(row[0] for row in await w.rows("sessions", "id") if row[0] != id_)
        await olga.post(f"/sessions/{other}/takeover")
        got = await olga.post(f"/sessions/{other}/messages", text="x", suggestion_id=one["id"])
        assert got.status == 404


def test_words_are_counted_and_very_long_texts_are_not_compared_for_ever() -> None:
    assert distance("a b c d".split(), "a x c d e".split()) == 2
    assert distance([], ["a"]) == distance(["a"], []) == 1
    assert distance(["same"] * 5000, ["same"] * 5000) == 0
    assert distance(["one"] * 5000, ["two"] * 4000) == 5000


async def test_each_change_of_each_suggestion_is_told_to_portals_once(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path, ["Hello!", "One", "Two", "Three", "Four"]) as w,
        desk(w) as olga,
        portal(olga) as window,
    ):
        id_ = await taken(w, olga)
        await listed(olga, id_, 1)
        w.write("Really?")
        _, second = await listed(olga, id_, 2)
        for _ in range(2):
            await olga.post(f"/suggestions/{second['id']}/shown")
        await send(olga, id_, "Two!", second["id"])
        w.write("And when?")
        await listed(olga, id_, 3)
        await send(olga, id_, "Let me see.")
        await send(olga, id_, "Two", second["id"])
        got = {one["text"]: one["id"] for one in await listed(olga, id_, 3)}
        shown = await told(w)
        assert shown[got["One"]] == ["open", "open", "overtaken"]
        assert shown[got["Two"]] == ["open", "open", "edited"]
        assert shown[got["Three"]] == ["open", "open", "ignored"]
        many = sum(len(states) for states in shown.values())
        await window.until(lambda: len(window.of_type("suggestion")) >= many, "all are told")
        last = window.of_type("suggestion")[-1]
        assert (last["session_id"], last["id"]) == (id_, got["Three"])
        assert last["data"] == {"state": "ignored"}


async def test_portals_hear_that_there_will_be_no_suggestion(
    database_url: str, tmp_path: Path
) -> None:
    broken = Answer(error=RuntimeError("the model is away"))
    async with (
        world(database_url, tmp_path, ["Hello!", broken]) as w,
        desk(w) as olga,
        portal(olga) as window,
    ):
        id_ = await taken(w, olga)
        await window.until(lambda: window.of_type("suggestion_failed"), "it is told")
        (failed,) = window.of_type("suggestion_failed")
        assert (failed["session_id"], bool(failed["data"]["reason"])) == (id_, True)
