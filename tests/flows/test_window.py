"""The 24 hours after a customer's last message, where a platform has such a rule: then nothing but an
approved template goes out, from anybody.
"""

import json
from datetime import datetime
from pathlib import Path

from channels.whatsapp import templates
from emulators.control import Fault
from handoff import events as ev
from runtime.acts import happen, locked
from runtime.clock import utc
from runtime.session import Words
from runtime.storage.sql import Tx
from runtime.storage.work import system_clock
from tests.number import Line, line
from tests.operators import Desk, desk

DAY = 24 * 3600
HOUR = 3600


class Watch:
    """A clock that can be put forward, on our side and on Meta's."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return system_clock() + self.ahead * 1000

    def pass_time(self, s: Line, seconds: int) -> None:
        self.ahead += seconds
        s.shop.pass_time(seconds)


async def taken(s: Line, olga: Desk) -> str:
    """A conversation that was answered, and that Olga has taken over since."""
    s.says("Hello")
    await s.hears("Good day!")
    ((id_,),) = await s.rows("sessions", "id")
    assert (await olga.post(f"/sessions/{id_}/takeover")).status == 200
    return str(id_)


async def offer(s: Line, olga: Desk, id_: str) -> None:
    """A template, as outreach queues it."""
    s.shop.template("hello", "Hello {{1}}, are you still interested?")
    place = s.runtime.roster.places[s.runtime.roster.place("tg").id]  # type: ignore[union-attr]  # it runs
    (found,) = await place.channel.templates()  # type: ignore[attr-defined]  # it is Templated
    filled = templates.fill(found.definition, {"body.1": "Ann"})
    assert not filled.problems
    words = Words(
        text=filled.piece.plain, pieces=(filled.piece,), author_id=olga.id, extra=filled.extra
    )

    def unit(tx: Tx) -> None:
        change = locked(tx, s.runtime.roster, id_)
        happen(change, ev.OperatorReplied(at=utc(tx.now), operator_id=olga.id), words)
        change.save()

    await s.runtime.store.write(unit)


async def test_after_a_day_people_may_send_nothing_but_templates(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    async with line(database_url, tmp_path, ["Good day!"], clock=watch) as s, desk(s) as olga:
        id_ = await taken(s, olga)
        before = (await olga.get(f"/sessions/{id_}")).body["composer"]
        assert before["may_write"]
        left = datetime.fromisoformat(before["window_closes_at"]).timestamp() - watch() / 1000
        assert 23 * HOUR < left < DAY
        watch.pass_time(s, DAY)
        after = (await olga.get(f"/sessions/{id_}")).body["composer"]
        assert (after["may_write"], after["code"]) == (False, "window_closed")
        assert "template" in after["detail"]
        assert after["window_closes_at"] == before["window_closes_at"]
        refused = await olga.post(f"/sessions/{id_}/messages", text="Still there?")
        assert (refused.status, refused.code) == (409, "window_closed")
        await offer(s, olga, id_)
        await s.until(lambda: len(s.phone()) == 2, "the template")
        assert s.phone()[1].kind == "template"
        s.says("Yes, I am")
        await s.until_rows(lambda rows: ("Yes, I am",) in rows, "log", "text")
        assert (await olga.post(f"/sessions/{id_}/messages", text="Good.")).status == 202
        await s.until(lambda: s.read_there()[-1] == "Good.", "free text again")
        assert "131047" not in {code for (code,) in await s.rows("deliveries", "code")}


async def test_an_agent_who_is_asked_too_late_hands_over_to_people(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    answers = ["Good day!", "A suggestion.", "Sorry for the wait."]
    async with line(database_url, tmp_path, answers, clock=watch) as s, desk(s) as olga:
        id_ = await taken(s, olga)
        s.says("And now?")
        await s.until_rows(lambda rows: ("And now?",) in rows, "log", "text")
        watch.pass_time(s, DAY)
        assert (await olga.post(f"/sessions/{id_}/return")).status == 200
        await s.until_rows(lambda rows: rows == [("waiting",)], "sessions", "mode")
        *_, (reason,) = await s.log("text", kind="control")
        assert "only an approved template" in reason
        assert s.read_there() == ["Good day!"]
        late = [text for text, late in await s.rows("suggestions", "text", "late") if late]
        assert len(late) == 1
        assert late[0] in answers


async def test_free_text_that_waited_too_long_is_not_sent_and_says_so(
    database_url: str, tmp_path: Path
) -> None:
    watch = Watch()
    async with line(database_url, tmp_path, ["Good day!"], clock=watch) as s, desk(s) as olga:
        id_ = await taken(s, olga)
        busy = Fault(kind="status", method="messages", status=400, code=130429)
        s.shop.meta.control.faults.append(busy)
        watch.pass_time(s, DAY - 5 * 60 - 5)
        assert (await olga.post(f"/sessions/{id_}/messages", text="In the nick")).status == 202
        await s.until_rows(lambda rows: ("130429",) in rows, "deliveries", "code")
        watch.pass_time(s, 60)
        s.runtime.bus.ring({"outbox"})
        await s.until_rows(lambda rows: ("window_closed",) in rows, "deliveries", "code")
        ((data, text),) = await s.log("data", "text", kind="outcome")
        assert json.loads(data)["state"] == "failed"
        assert "only an approved template" in text
        assert s.read_there() == ["Good day!"]
