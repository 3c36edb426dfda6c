"""A customer writes on Telegram and an agent answers: the stories that must always come true."""

from pathlib import Path

import pytest
from sqlalchemy import update

from agents.errors import LlmUnavailable
from agents.llm.base import ToolCall
from agents.llm.offline import OfflineLlm
from agents.llm.scripted import Answer
from emulators.control import Fault
from handoff import events as ev
from runtime.clock import utc
from runtime.roster import Agent
from runtime.session import Change
from runtime.storage import deliveries, sessions, suggestions
from runtime.storage.sql import Statement, Tx
from runtime.storage.tables import turns
from runtime.storage.turns import free_orphans
from runtime.storage.workers import beat
from tests.story import Held, World, world


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_a_customer_is_answered(database_url: str, tmp_path: Path, mode: str) -> None:
    async with world(database_url, tmp_path, ["Good **day**!"], mode=mode) as w:
        w.write("Hello")
        await w.until(lambda: w.heard() == ["Good day!"], "the answer")
        assert await w.modes() == ["autonomous"]
        assert await w.until_rows(lambda r: r == [("sent",)], "deliveries", "state")
        assert await w.rows("turns", "id") == []


async def test_asking_for_a_person_gets_the_sentence_and_the_session_waits(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, OfflineLlm()) as w:
        w.write("How long is delivery?")
        await w.until(lambda: len(w.heard()) == 1, "the answer from the knowledge")
        assert "2 to 3 working days" in w.heard()[0]
        w.write("I want to talk to a human")
        await w.until(lambda: len(w.heard()) == 2, "the hand-over sentence")
        assert "colleague" in w.heard()[1]
        assert await w.modes() == ["waiting"]
        w.write("Are you there?")
        await w.until_rows(lambda r: len(r) == 3, "events", "event_id")
        assert len(w.heard()) == 2


async def test_three_quick_messages_are_one_turn_that_has_seen_all(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["All three!"], quiet_seconds=0.4) as w:
        for text in ("one", "two", "three"):
            w.write(text)
        await w.until(lambda: w.heard() == ["All three!"], "one answer")
        assert len(w.llm.asked) == 1
        seen = [m.content for m in w.llm.asked[0].messages if m.role == "user"]
        assert seen == ["one", "two", "three"]


async def test_a_newer_message_supersedes_a_turn_that_has_not_spoken(
    database_url: str, tmp_path: Path
) -> None:
    answers: list[Answer | str] = [Answer(text="too early", delay=30), "Both seen."]
    async with world(database_url, tmp_path, answers) as w:
        w.write("one")
        await w.until(lambda: len(w.llm.asked) == 1, "the first turn")
        w.write("two")
        await w.until(lambda: w.heard() == ["Both seen."], "the second turn's answer")
        assert [m.content for m in w.llm.asked[1].messages if m.role == "user"] == ["one", "two"]


async def test_a_turn_whose_lease_ran_out_is_claimed_again_and_answers_once(
    database_url: str, tmp_path: Path
) -> None:
    """A replica that stood still for a while is taken for dead, and finds its own turn free."""
    llm = Held(["Hello!"])
    async with world(database_url, tmp_path, llm) as w:
        w.write("Hi")
        await w.until(lambda: llm.asked, "the agent thinks")

        def taken_for_dead(tx: Tx) -> None:
            tx.run(Statement(update(turns).values(worker=None)))
            tx.ring("turns")

        await w.runtime.store.write(taken_for_dead)
        await w.until(lambda: len(llm.asked) == 2, "it is claimed again")
        held = await w.rows("turns", "worker", "attempts")
        llm.go.set()
        await w.until(lambda: w.heard() == ["Hello!"], "the answer")
        assert held == [(w.runtime.worker.id, 2)]
        assert len(llm.asked) == 2
        assert await w.rows("turns", "id") == []


async def test_of_two_replicas_with_one_turn_the_first_that_comes_back_is_heard(
    database_url: str, tmp_path: Path
) -> None:
    """Another one took it for dead and has the turn now; but here is the answer already."""
    llm = Held(["Hello!"])
    async with world(database_url, tmp_path, llm) as w:
        w.write("Hi")
        await w.until(lambda: llm.asked, "the agent thinks")

        def another_has_it(tx: Tx) -> int:
            beat(tx, "another", tx.now + 60_000)
            return tx.run(Statement(update(turns).values(worker="another")))

        assert await w.runtime.store.write(another_has_it) == 1
        llm.go.set()
        await w.until(lambda: w.heard() == ["Hello!"], "the answer")
        assert await w.rows("turns", "id") == []


async def test_a_replica_never_takes_itself_for_dead(database_url: str, tmp_path: Path) -> None:
    llm = Held(["Hello!"])
    async with world(database_url, tmp_path, llm) as w:
        slow = Fault(kind="delay", method="sendmessage", seconds=1.0)
        w.platform.telegram.control.faults.append(slow)
        me = w.runtime.worker.id

        def stood_still(tx: Tx) -> tuple[int, list[str]]:
            beat(tx, me, 0)
            found = free_orphans(tx, me), deliveries.orphans(tx, me, 10)
            beat(tx, me, tx.now + 60_000)
            return found

        w.write("Hi")
        await w.until(lambda: llm.asked, "the agent thinks")
        assert await w.runtime.store.write(stood_still) == (0, [])
        llm.go.set()
        await w.until_rows(lambda rows: rows == [("sending",)], "deliveries", "state")
        assert await w.runtime.store.write(stood_still) == (0, [])
        await w.until_rows(lambda rows: rows == [("sent",)], "deliveries", "state")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(error=LlmUnavailable("The model did not answer in time.")), "in time"),
        (Answer(text="  "), "answered nothing"),
        (Answer(error=RuntimeError("boom")), "The agent broke (RuntimeError)"),
        (Answer(calls=(ToolCall(id="1", name="nonsense", arguments="{"),)), "steps"),
    ],
)
async def test_a_failing_agent_ends_with_a_person_and_the_reason(
    sqlite_url: str, tmp_path: Path, answer: Answer, reason: str
) -> None:
    answers: list[Answer | str] = [answer]
    async with world(sqlite_url, tmp_path, answers) as w:
        w.write("Hello?")
        await w.until(lambda: len(w.heard()) == 1, "the notice")
        assert "colleague" in w.heard()[0]
        assert await w.modes() == ["waiting"]
        rows = await w.rows("log", "kind", "text")
        assert any(kind == "control" and reason in text for kind, text in rows)


class Hasty:
    """An agent whose sessions are idle after a second."""

    idle_minutes = 0.02
    name = "Hasty"

    def __init__(self, real: Agent) -> None:
        self.reply, self.suggest = real.reply, real.suggest


async def test_an_idle_session_finishes_and_the_next_message_opens_a_new_one(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hi"]) as w:
        agents = dict(w.runtime.roster.agents)
        w.runtime.roster.agents = {"support": Hasty(agents["support"])}
        w.write("one")
        await w.until_rows(lambda r: r == [("finished",)], "sessions", "mode")
        w.runtime.roster.agents = agents
        w.write("two")
        await w.until(lambda: len(w.heard()) == 2, "the second session's answer")
        assert sorted(await w.modes()) == ["autonomous", "finished"]
        assert len(await w.rows("customers", "id")) == 1


async def take_over(w: World, operator: str = "anna") -> None:
    def unit(tx: Tx) -> None:
        (session_id,) = [row[0] for row in rows]
        row = sessions.lock(tx, session_id)
        assert row is not None
        change = Change(tx, row, w.runtime.roster.rules(row.channel_id, row.agent_id))
        change.happen(ev.OperatorTookOver(at=utc(tx.now), operator_id=operator))
        change.save()

    rows = await w.rows("sessions", "id")
    await w.runtime.store.write(unit)


async def test_a_reply_that_comes_after_a_takeover_is_kept_as_a_suggestion(
    database_url: str, tmp_path: Path
) -> None:
    answers = [Answer(text="I would have said this.", delay=0.5), Answer(text="Later", delay=30)]
    async with world(database_url, tmp_path, answers) as w:
        w.write("Hello")
        await w.until(lambda: len(w.llm.asked) == 1, "the turn")
        await take_over(w)
        found = await w.until_rows(bool, "suggestions", "session_id", "text", "late")
        assert [(text, bool(late)) for _, text, late in found] == [
            ("I would have said this.", True)
        ]
        assert w.heard() == []
        session_id = found[0][0]
        assert await w.runtime.store.read(lambda tx: suggestions.of_session(tx, session_id))


async def test_a_reply_that_waits_in_the_outbox_is_withdrawn_by_a_takeover(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Good day!"]) as w:
        w.platform.telegram.control.faults.append(
            telegram_fault("sendmessage", status=429, seconds=30)
        )
        w.write("Hello")
        await w.until_rows(lambda r: r == [("queued", 1)], "deliveries", "state", "attempts")
        await take_over(w)
        assert await w.rows("deliveries", "state") == [("withdrawn",)]
        found = await w.rows("suggestions", "text", "late")
        assert [text for text, late in found if late] == ["Good day!"]
        assert w.heard() == []


def telegram_fault(method: str, **more: object) -> Fault:
    return Fault(kind="status", method=method, **more)  # type: ignore[arg-type]
