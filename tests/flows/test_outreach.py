"""Operators write to customers first, from a profile, under each platform's rules."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from emulators.control import Fault
from emulators.whatsapp.setup import template
from runtime.storage.work import system_clock
from tests.number import Line, line
from tests.operators import Desk, Got, begun, desk
from tests.story import CHANNEL, World, world

TOO_SOON = (
    "You submitted WhatsApp template less than 24 hours ago. Please wait before resubmitting."
)
DAY_MS = 24 * 3600 * 1000


async def customer(olga: Desk, **identity: str) -> str:
    """Added by hand."""
    got = await olga.post("/customers", name="Cleo", identities=[identity] if identity else [])
    assert got.status == 201, got.body
    return str(got.body["id"])


async def way(olga: Desk, customer_id: str) -> dict[str, Any]:
    got = await olga.get(f"/customers/{customer_id}/reachability")
    assert got.status == 200, got.body
    (found,) = got.body
    return dict(found)


async def start(olga: Desk, customer_id: str, **more: Any) -> Got:
    return await olga.post(f"/customers/{customer_id}/conversations", channel_id=CHANNEL, **more)


async def written_by(w: World) -> str:
    """Ann wrote, was answered, and the conversation is over; who she is."""
    session_id = await begun(w)
    async with desk(w, "ende") as boss:
        assert (await boss.post(f"/sessions/{session_id}/resolve")).status == 200
    ((customer_id,),) = await w.rows("customers", "id")
    return str(customer_id)


async def test_telegram_starts_in_copilot_with_whoever_started_and_the_answer_lands_there(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["Hello!", "Suggested"]) as w, desk(w) as olga:
        ann = await written_by(w)
        assert (await way(olga, ann))["available"]
        got = await start(olga, ann, text="Your parcel is **here**.")
        assert (got.status, got.body["outcome"]) == (201, "started"), got.body
        session = got.body["session"]
        assert session["control"] == {"mode": "copilot", "operator_id": olga.id, "epoch": 1}
        await w.until(lambda: w.heard()[-1] == "Your parcel is here.", "the first message")
        w.write("Thank you")
        await w.until_rows(lambda rows: ("Suggested",) in rows, "suggestions", "text")
        said = await w.rows("log", "session_id", "text", "seq")
        assert [row[1] for row in sorted(said, key=lambda row: row[2]) if row[0] == session["id"]][
            1:
        ] == ["Your parcel is **here**.", "Thank you"]
        assert len(w.heard()) == 2


async def test_who_never_wrote_to_this_bot_is_not_offered_and_the_reason_is_said(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        cleo = await customer(olga, kind="phone", value="+49 30 123456")
        found = await way(olga, cleo)
        assert (found["available"], found["code"]) == (False, "customer_unreachable")
        assert "has never written to this channel" in found["reason"]
        got = await start(olga, cleo, text="Hi")
        assert (got.status, got.code) == (409, "customer_unreachable")
        assert await w.rows("sessions", "id") == []


async def test_who_blocked_the_bot_is_not_offered_until_he_unblocks(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        ann = await written_by(w)
        w.platform.outside.block(w.bot, w.person())
        await w.until_rows(lambda rows: rows == [(False,)], "identities", "reachable")
        found = await way(olga, ann)
        assert not found["available"]
        assert "blocked" in found["reason"]
        w.platform.outside.block(w.bot, w.person(), blocked=False)
        await w.until_rows(lambda rows: rows == [(True,)], "identities", "reachable")
        assert (await way(olga, ann))["available"]


async def test_a_refusal_of_the_platform_flips_it_and_leaves_no_open_session(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        ann = await written_by(w)
        w.bot.chats[w.person().id].blocked = True  # and we have not been told
        got = await start(olga, ann, text="Hello again")
        assert (got.status, got.code) == (409, "customer_unreachable"), got.body
        assert await w.modes() == ["finished", "finished"]
        assert not (await way(olga, ann))["available"]


async def test_of_a_long_message_whose_beginning_is_refused_nothing_more_is_sent(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        ann = await written_by(w)
        w.bot.chats[w.person().id].blocked = True
        assert (await start(olga, ann, text="Long. " * 1500)).status == 409
        seen = [row for row in await w.rows("deliveries", "state", "part", "seq") if row[2] == 2]
        states = {part: state for state, part, _ in seen}
        assert states.pop(0) == "failed"
        assert set(states.values()) == {"withdrawn"}


async def test_asked_twice_at_once_it_is_one_session_and_one_message(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        ann = await written_by(w)
        many = await asyncio.gather(*(start(olga, ann, text="Only once") for _ in range(5)))
        assert sorted(got.status for got in many) == [200, 200, 200, 200, 201]
        assert len({got.body["session"]["id"] for got in many}) == 1
        assert w.heard().count("Only once") == 1


async def test_what_does_not_run_is_not_offered(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "boss", "admin") as boss:
        ann = await written_by(w)
        assert (await boss.post("/agents/support/stop")).status == 200
        await w.until(lambda: w.runtime.roster.agent("support") is None, "the agent stops")
        found = await way(boss, ann)
        assert (found["code"], found["reason"]) == ("no_running_agents", "No running agents")
        assert (await start(boss, ann, text="Hi")).code == "no_running_agents"
        assert (await boss.post(f"/channels/{CHANNEL}/stop")).status == 200
        await w.until(lambda: w.runtime.roster.place(CHANNEL) is None, "the channel stops")
        assert (await way(boss, ann))["code"] == "channel_not_running"
        assert (await start(boss, ann, text="Hi")).code == "channel_not_running"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid"),
        ({"text": "  "}, 422, "invalid"),
        ({"text": "Hi", "agent_id": "nobody"}, 409, "no_running_agents"),
        ({"template": {"name": "x", "language": "en"}}, 409, "template_not_taken"),
    ],
)
async def test_rubbish_is_refused_and_starts_nothing(
    sqlite_url: str, tmp_path: Path, body: dict[str, Any], status: int, code: str
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        ann = await written_by(w)
        got = await start(olga, ann, **body)
        assert (got.status, got.code) == (status, code), got.body
        assert await w.modes() == ["finished"]
        assert (await start(olga, "nobody", text="Hi")).status == 404


class Time:
    """As the replica sees it; it can be moved."""

    ahead = 0

    def __call__(self) -> int:
        return system_clock() + self.ahead


def hello(
    s: Line, name: str = "hello", body: str = "Good day, {{1}}.", **more: Any
) -> dict[str, Any]:
    template(s.shop.meta, s.shop.number.waba, name, body, **more)
    return {"name": name, "language": "en_US", "variables": {"body.1": "Ann"}}


async def ready(s: Line, olga: Desk) -> str:
    """The templates are known here, and Ann by her phone."""
    got = await olga.post(f"/channels/{CHANNEL}/templates/sync")
    assert got.status == 200, got.body
    return await customer(olga, kind="phone", value=f"+{s.shop.ann.phone}")


async def test_whatsapp_starts_with_an_approved_template_and_nothing_else(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["Suggested"]) as s, desk(s) as olga:
        wanted = hello(s)
        ann = await ready(s, olga)
        assert (await way(olga, ann))["first_message"] == "template"
        got = await start(olga, ann, text="Hello")
        assert (got.status, got.code) == (409, "template_required")
        missing = {**wanted, "variables": {}}
        got = await start(olga, ann, template=missing)
        assert (got.status, got.body["errors"][0]["field"]) == (422, "template.variables.body.1")
        assert s.shop.meta.control.calls[-1].method != "messages"
        assert s.phone() == []
        got = await start(olga, ann, template=wanted)
        assert (got.status, got.body["outcome"]) == (201, "started"), got.body
        assert [message.kind for message in s.phone()] == ["template"]
        s.says("Yes?")
        await s.until_rows(lambda rows: ("Suggested",) in rows, "suggestions", "text")
        assert await s.modes() == ["copilot"]
        assert len(await s.rows("customers", "id")) == 1


async def test_a_template_that_is_not_approved_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with line(sqlite_url, tmp_path) as s, desk(s) as olga:
        wanted = hello(s, status="PENDING")
        ann = await ready(s, olga)
        got = await start(olga, ann, template=wanted)
        assert (got.status, got.code) == (409, "template_not_approved"), got.body
        assert await s.rows("sessions", "id") == []


@contextlib.asynccontextmanager
async def offered(
    url: str, folder: Path
) -> AsyncIterator[tuple[Line, Desk, str, dict[str, Any], Time]]:
    """Olga has begun with Ann, by a template, and nobody has answered."""
    time = Time()
    async with line(url, folder, clock=time) as s, desk(s) as olga:
        wanted = hello(s)
        ann = await ready(s, olga)
        assert (await start(olga, ann, template=wanted)).status == 201
        yield s, olga, ann, wanted, time


async def test_a_second_template_within_a_day_opens_the_conversation_that_there_is(
    database_url: str, tmp_path: Path
) -> None:
    async with offered(database_url, tmp_path) as (s, olga, ann, wanted, time):
        ((first,),) = await s.rows("sessions", "id")
        got = await start(olga, ann, template=wanted)
        assert (got.status, got.body["outcome"], got.body["notice"]) == (200, "existing", TOO_SOON)
        assert got.body["session"]["id"] == first
        assert (await olga.post(f"/sessions/{first}/resolve")).status == 200
        got = await start(olga, ann, template=wanted)
        assert (got.body["notice"], got.body["session"]["id"]) == (TOO_SOON, first)
        assert len(s.phone()) == 1
        time.ahead = DAY_MS
        got = await start(olga, ann, template=wanted)
        assert (got.status, got.body["outcome"]) == (201, "started")
        assert len(s.phone()) == 2


async def composer(olga: Desk, session_id: str) -> dict[str, Any]:
    return dict((await olga.get(f"/sessions/{session_id}")).body["composer"])


MAY = {"may": True, "code": "", "detail": "", "again_at": None}


async def test_a_conversation_that_nobody_answers_goes_on_with_a_template_after_a_day(
    database_url: str, tmp_path: Path
) -> None:
    async with offered(database_url, tmp_path) as (s, olga, _, wanted, time):
        ((session,),) = await s.rows("sessions", "id")
        now = await composer(olga, session)
        assert (now["may_write"], now["code"]) == (False, "window_closed")
        template = now["template"]
        assert (template["may"], template["code"]) == (False, "template_too_soon")
        assert template["detail"] == TOO_SOON
        left = datetime.fromisoformat(template["again_at"]).timestamp() * 1000 - time()
        assert DAY_MS - 60_000 < left <= DAY_MS
        time.ahead = DAY_MS
        later = await composer(olga, session)
        assert (later["code"], later["template"]) == ("window_closed", MAY)
        here = f"/sessions/{session}/messages"
        assert (await olga.post(here, template=wanted)).status == 202
        await s.hears("template", "template")
        assert not (await composer(olga, session))["template"]["may"]
        s.says("Yes?")
        await s.until_rows(lambda rows: ("Yes?",) in rows, "log", "text")
        answered = await composer(olga, session)
        assert (answered["may_write"], answered["template"]) == (True, MAY)


async def test_a_template_that_failed_may_be_sent_again_at_once(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with a_day_later(sqlite_url, tmp_path) as (s, olga, here, wanted):
        no = Fault(kind="status", method="messages", status=400, code=132015)
        s.shop.meta.control.faults.append(no)
        seq = (await olga.post(here, template=wanted)).body["seq"]
        await s.until_rows(lambda rows: ("failed",) in rows, "deliveries", "state")
        assert (await composer(olga, here.split("/")[2]))["template"] == MAY
        lines = (await olga.get(here.replace("messages", "log"))).body["items"]
        (sent,) = [one["data"]["template"] for one in lines if one["seq"] == seq]
        assert sent == wanted
        assert (await olga.post(here, template=sent)).status == 202
        await s.hears("Hello!", "template")


async def test_how_a_template_reads_is_shown_before_it_is_sent(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with line(sqlite_url, tmp_path) as s, desk(s) as olga:
        wanted = hello(s)
        await ready(s, olga)
        listed = (await olga.get(f"/channels/{CHANNEL}/templates")).body["items"]
        mine = next(one for one in listed if one["name"] == "hello")
        assert (mine["status"], mine["preview"]) == ("approved", "Good day, {{body.1}}.")
        here = f"/channels/{CHANNEL}/templates/preview"
        assert (await olga.post(here, **wanted)).body == {"text": "Good day, Ann.", "problems": []}
        wrong = (await olga.post(here, **{**wanted, "variables": {}})).body
        assert [one["key"] for one in wrong["problems"]] == ["body.1"]


@contextlib.asynccontextmanager
async def a_day_later(
    url: str, folder: Path
) -> AsyncIterator[tuple[Line, Desk, str, dict[str, Any]]]:
    """Ann wrote a day ago, and Olga has the conversation: where messages go, and a template."""
    time = Time()
    async with line(url, folder, ["Hello!"], clock=time) as s, desk(s) as olga:
        wanted = hello(s)
        await ready(s, olga)
        s.says("Hi")
        await s.hears("Hello!")
        ((session_id,),) = await s.rows("sessions", "id")
        assert (await olga.post(f"/sessions/{session_id}/takeover")).body["taken"]
        time.ahead = DAY_MS
        s.shop.pass_time(DAY_MS / 1000)
        yield s, olga, f"/sessions/{session_id}/messages", wanted


async def test_after_a_day_only_a_template_with_all_its_values_goes_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with a_day_later(sqlite_url, tmp_path) as (s, olga, here, wanted):
        assert (await olga.post(here, text="Still there?")).code == "window_closed"
        missing = await olga.post(here, template={**wanted, "variables": {}})
        assert (missing.status, missing.code) == (422, "invalid")
        both = await olga.post(here, template=wanted, text="Still there?")
        assert (both.status, both.code) == (422, "invalid")
        assert (await olga.post(here, template=wanted)).status == 202
        await s.hears("Hello!", "template")


async def test_within_a_conversation_too_the_next_template_waits_for_an_answer(
    database_url: str, tmp_path: Path
) -> None:
    async with a_day_later(database_url, tmp_path) as (s, olga, here, wanted):
        assert (await olga.post(here, template=wanted)).status == 202
        again = await olga.post(here, template=wanted)
        assert (again.status, again.code) == (409, "template_too_soon")
        assert again.body["detail"] == TOO_SOON
        s.says("Yes, I am")
        await s.until_rows(lambda rows: ("Yes, I am",) in rows, "log", "text")
        assert (await olga.post(here, text="Good.")).status == 202
        await s.hears("Hello!", "template", "Good.")
