"""Copilot: suggestions are made when they are wanted, bound to what they answer, and acted upon."""

from pathlib import Path

from agents.llm.base import ToolCall
from agents.llm.scripted import Answer
from agents.turn import Reply, Suggestion, Turn
from tests.copilot import listed, nothing_leaves, states, taken
from tests.operators import desk
from tests.story import Held, world


async def test_one_is_made_at_takeover_and_one_for_each_message(
    database_url: str, tmp_path: Path
) -> None:
    answers = ["Hello!", "It is on its way.", "Tomorrow."]
    async with world(database_url, tmp_path, answers) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        (first,) = await listed(olga, id_, 1)
        assert (first["text"], first["state"]) == ("It is on its way.", "open")
        assert (first["late"], first["answers_seq"]) == (False, 3)
        assert (first["agent_id"], first["operator_id"]) == ("support", olga.id)
        assert len(first["prompt_version"]) == 12
        assert first["usage"]["model"] == "scripted"
        assert first["asked_at"] <= first["first_at"] <= first["created_at"]
        w.write("When does it come?")
        first, second = await listed(olga, id_, 2)
        assert (first["state"], second["state"]) == ("overtaken", "open")
        assert (second["text"], second["answers_seq"]) == ("Tomorrow.", 4)
        assert w.seen()[-1] == "When does it come?"
        assert w.heard() == ["Hello!"]


async def test_only_the_customers_own_words_wait_for_a_quiet_moment(
    database_url: str, tmp_path: Path
) -> None:
    hour = 3600.0
    async with (
        world(database_url, tmp_path, ["One", "All"], quiet_seconds=hour) as w,
        desk(w) as olga,
    ):
        w.write("Hi")
        ((id_,),) = await w.until_rows(bool, "sessions", "id")
        await olga.post(f"/sessions/{id_}/takeover")
        assert states(await listed(olga, id_, 1)) == [("One", "open")]
        w.write("When?")
        ((asked, due),) = await w.until_rows(bool, "turns", "asked_at", "due_at")
        assert due == asked + hour * 1000
        await olga.post(f"/sessions/{id_}/suggestions")
        assert states(await listed(olga, id_, 2)) == [("One", "overtaken"), ("All", "open")]
        assert w.seen() == ["Hi", "When?"]


class Clerk:
    """An agent that writes in one go, and would do something."""

    name = "Clerk"
    idle_minutes = 60.0

    async def reply(self, turn: Turn) -> Reply:
        return Reply(text="Hello!")

    async def suggest(self, turn: Turn, on_text: object = None) -> Suggestion:
        return Suggestion(text="It will be cancelled.", proposed=("Cancel order (number: 7).",))


async def test_what_it_would_do_is_proposed_with_it(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        w.runtime.roster.agents = {"support": Clerk()}
        (one,) = await listed(olga, await taken(w, olga, "Cancel order 7"), 1)
        assert one["proposed"] == ["Cancel order (number: 7)."]
        assert one["asked_at"] <= one["first_at"] <= one["created_at"]
        assert (one["sources"], one["usage"]["steps"]) == ([], 0)


async def test_a_burst_of_messages_ends_with_one_that_has_seen_all(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!", "Let me see."]) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        for text in ("One", "Two", "Three"):
            w.write(text)
        await w.until(lambda: w.seen()[-3:] == ["One", "Two", "Three"], "all are seen")
        await w.until_rows(lambda rows: not rows, "turns", "id")
        *earlier, last = await listed(olga, id_, 1)
        assert {one["state"] for one in earlier} <= {"overtaken"}
        assert (last["state"], last["answers_seq"]) == ("open", 6)


async def test_what_was_in_the_outbox_is_kept_with_what_it_rests_on(
    database_url: str, tmp_path: Path
) -> None:
    search = ToolCall(id="1", name="search_knowledge", arguments='{"query": "delivery"}')
    answers = [Answer(calls=(search,)), Answer(text="Three days."), Answer(text="Later", delay=30)]
    async with world(database_url, tmp_path, answers) as w, desk(w) as olga:
        nothing_leaves(w)
        w.write("How long is delivery?")
        await w.until_rows(lambda r: r == [("queued", 1)], "deliveries", "state", "attempts")
        id_ = str((await w.rows("sessions", "id"))[0][0])
        await olga.post(f"/sessions/{id_}/takeover")
        (kept,) = await listed(olga, id_, 1)
        assert (kept["text"], kept["late"], kept["answers_seq"]) == ("Three days.", True, 1)
        assert (kept["agent_id"], kept["operator_id"]) == ("support", olga.id)
        source = kept["sources"][0]
        assert "#" in source["source"]
        assert 0 < len(source["text"]) <= 400
        assert kept["prompt_version"]
        assert w.heard() == []


async def test_a_reply_that_comes_too_late_answers_what_it_has_seen(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, Held(["Too late!"])) as w, desk(w) as olga:
        w.write("Hi")
        await w.until(lambda: w.llm.asked, "the agent thinks")
        id_ = str((await w.rows("sessions", "id"))[0][0])
        await olga.post(f"/sessions/{id_}/takeover")
        w.llm.go.set()
        late = next(one for one in await listed(olga, id_, 2) if one["late"])
        assert (late["text"], late["answers_seq"]) == ("Too late!", 1)
        assert (late["first_at"], late["operator_id"]) == (None, olga.id)


async def test_another_one_is_asked_for_with_a_wish(database_url: str, tmp_path: Path) -> None:
    answers = ["Hello!", "A long one.", "Short.", "Corto."]
    async with world(database_url, tmp_path, answers) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        (long,) = await listed(olga, id_, 1)
        got = await olga.post(f"/sessions/{id_}/suggestions", instruction="shorter")
        assert (got.status, got.body["session"]["control"]["mode"]) == (202, "copilot")
        _, short = await listed(olga, id_, 2)
        assert (short["text"], short["instruction"]) == ("Short.", "shorter")
        assert short["refines"] == long["id"]
        told = w.llm.asked[-1].messages
        assert 'not seen it: "A long one."' in told[0].content
        assert 'They ask for this: "shorter"' in told[0].content
        assert not any("shorter" in m.content or "A long" in m.content for m in told[1:])
        await olga.post(f"/sessions/{id_}/suggestions", instruction="in Spanish")
        found = await listed(olga, id_, 3)
        assert [one["state"] for one in found] == ["overtaken", "overtaken", "open"]
        assert found[-1]["refines"] == short["id"]
        assert 'not seen it: "Short."' in w.llm.asked[-1].messages[0].content


async def test_what_is_open_stays_until_there_is_another(database_url: str, tmp_path: Path) -> None:
    broken = Answer(error=RuntimeError("the model is away"))
    async with world(database_url, tmp_path, ["Hello!", "Good.", broken]) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        await listed(olga, id_, 1)
        await olga.post(f"/sessions/{id_}/suggestions", instruction="shorter")
        feed = await w.until_rows(
            lambda rows: any(kind == "suggestion_failed" for kind, _ in rows),
            "feed",
            "type",
            "data",
        )
        told = [data for kind, data in feed if kind == "suggestion_failed"]
        assert told == ['{"reason":"The agent broke (RuntimeError)"}']
        assert states(await listed(olga, id_, 1)) == [("Good.", "open")]
        assert await w.modes() == ["copilot"]


async def test_without_copilot_nobody_asks(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ["Hello!", "One"]) as w, desk(w) as olga:
        id_ = await taken(w, olga)
        await listed(olga, id_, 1)
        await olga.post(f"/sessions/{id_}/mode", mode="human")
        refused = await olga.post(f"/sessions/{id_}/suggestions")
        assert (refused.status, refused.code) == (409, "not_possible")
        too_long = await olga.post(f"/sessions/{id_}/suggestions", instruction="x" * 301)
        assert too_long.status == 422
        w.write("Anybody?")
        await w.until_rows(lambda rows: rows == [(5,)], "sessions", "last_seq")
        assert await w.rows("turns", "id") == []
        assert (await olga.get("/sessions/nobody/suggestions")).status == 404
