"""Customers write mails, agents and people answer, and operators write first."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agents.llm.scripted import ScriptedLlm
from emulators.mail.outside import File
from emulators.mail.state import Bounce
from tests.operators import desk
from tests.post import OURS, office


async def test_a_mail_is_answered_in_its_thread_by_a_mail_that_says_it_is_automatic(
    database_url: str, tmp_path: Path
) -> None:
    async with office(database_url, tmp_path, ["It takes **two days**.", "Bye."]) as o:
        o.write("How long is delivery?", subject="Delivery")
        (got,) = await o.until_heard(1)
        assert (got["text"], got["subject"]) == ("It takes two days.", "Re: Delivery")
        assert "<strong>two days</strong>" in got["html"]
        assert got["automatic"] == "auto-replied"
        o.answer("Thank you")
        again = (await o.until_heard(2))[1]
        assert again["references"][0] == got["references"][0]
        (session,) = await o.sessions()
        assert (session["chat"], session["subject"]) == ("ann@customers.example", "Delivery")
        said = await o.world.log("author", "text", kind="message")
        assert said == [
            ("customer", "How long is delivery?"),
            ("agent", "It takes **two days**."),
            ("customer", "Thank you"),
            ("agent", "Bye."),
        ]


DROPPED = [(), ("References", "plus"), ("In-Reply-To", "plus"), ("References", "In-Reply-To")]


@pytest.mark.parametrize("manner", ["gmail", "outlook", "apple", "phone"])
async def test_an_answer_lands_in_its_conversation_and_says_only_what_is_new(
    sqlite_url: str, tmp_path: Path, manner: str
) -> None:
    async with office(sqlite_url, tmp_path, ScriptedLlm(["Two days."] * 8)) as o:
        for number, drops in enumerate(DROPPED):
            name = f"Ann{number}"
            o.write("How long?", name)
            await o.until_heard(1, name)
            o.answer("Really so long?", name, manner=manner, drops=drops)
            await o.until_heard(2, name)
        assert len(await o.sessions()) == len(DROPPED)
        said = await o.world.log("author", "text", kind="message")
        texts = [text for author, text in said if author == "customer"]
        assert sorted(texts) == ["How long?"] * len(DROPPED) + ["Really so long?"] * len(DROPPED)


async def test_two_customers_never_share_a_conversation(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, ["Hello Ann", "Hello Bob", "More"]) as o:
        o.write("Hello", subject="Order 7")
        (got,) = await o.until_heard(1)
        # Ann forwards it; Bob answers from his own mailbox, in her thread, under her subject.
        chain = {"In_Reply_To": got["message_id"], "References": got["message_id"]}
        o.provider.outside.write(
            o.person("Bob"), got["reply_to"], "I am Bob", subject="Re: Order 7", **chain
        )
        await o.until_heard(1, "Bob")
        sessions = await o.sessions()
        assert [one["chat"] for one in sessions] == [
            "ann@customers.example",
            "bob@customers.example",
        ]
        o.write("Same subject", "Cleo", subject="Order 7")
        await o.until_heard(1, "Cleo")
        assert len(await o.sessions()) == 3
        assert len(o.got()) == 1


async def test_an_operator_starts_with_a_subject_and_rich_text_and_the_answer_lands_there(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        office(database_url, tmp_path, ["Hello!", "Suggested"]) as o,
        desk(o.world) as olga,
    ):
        o.write("Hi", subject="First")
        await o.until_heard(1)
        assert (await olga.post(f"/sessions/{await o.session()}/resolve")).status == 200
        ann = await o.customer()
        way = await o.way(olga, ann)
        assert (way["available"], way["subject"], way["rich_text"]) == (True, True, True)
        refused = await o.start(olga, ann, html="<p>Hi</p>")
        assert (refused.status, refused.body["detail"]) == (422, "subject: it is missing.")
        html = '<p>Your parcel is <b>here</b>.</p><script>x()</script><img src="//t/x.gif">'
        got = await o.start(olga, ann, subject="Your  parcel", html=html)
        assert (got.status, got.body["outcome"]) == (201, "started"), got.body
        session = got.body["session"]
        assert session["control"] == {"mode": "copilot", "operator_id": olga.id, "epoch": 1}
        assert session["subject"] == "Your parcel"
        _is_clean((await o.until_heard(2))[1])
        o.answer("Thank you", manner="outlook")
        await o.world.until_rows(lambda rows: ("Suggested",) in rows, "suggestions", "text")
        (wrote,) = [row for row in await o.world.log("session_id", "text") if row[1] == "Thank you"]
        assert wrote[0] == session["id"]
        again = await o.start(olga, ann, subject="Another", text="Hi")
        assert (again.status, again.body["outcome"]) == (200, "existing")
        assert again.body["session"]["id"] == session["id"]
        assert len(o.got()) == 2


def _is_clean(first: dict[str, Any]) -> None:
    assert (first["text"], first["subject"]) == ("Your parcel is here.", "Your parcel")
    assert "<b>here</b>" in first["html"]
    assert "script" not in first["html"]
    assert "x.gif" not in first["html"]
    assert first["automatic"] == ""


async def test_email_reaches_whose_address_is_on_record_and_nobody_else(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with office(sqlite_url, tmp_path) as o, desk(o.world) as olga:
        got = await olga.post("/customers", name="Dan", identities=[])
        way = await o.way(olga, got.body["id"])
        assert (way["available"], way["code"]) == (False, "customer_unreachable")
        known = [{"kind": "email", "value": "Cleo@Customers.example"}]
        o.person("Cleo")
        cleo = (await olga.post("/customers", name="Cleo", identities=known)).body["id"]
        assert (await o.way(olga, cleo))["available"]
        assert (await o.start(olga, cleo, subject="Hi", text="Hello Cleo")).status == 201
        await o.until_heard(1, "Cleo")
        o.answer("Hello!", "Cleo")
        await o.world.until_rows(lambda rows: ("Hello!",) in rows, "log", "text")
        assert sorted(await o.world.rows("customers", "name")) == [("Cleo",), ("Dan",)]


async def test_an_address_that_does_not_exist_is_marked_and_no_conversation_is_left(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with office(sqlite_url, tmp_path) as o, desk(o.world) as olga:
        known = [{"kind": "email", "value": "nobody@customers.example"}]
        nobody = (await olga.post("/customers", name="N", identities=known)).body["id"]
        got = await o.start(olga, nobody, subject="Hi", text="Hello")
        assert (got.status, got.code) == (409, "customer_unreachable"), got.body
        assert [one["mode"] for one in await o.sessions()] == ["finished"]
        way = await o.way(olga, nobody)
        assert not way["available"]
        assert way["reason"]


async def test_a_bounce_marks_the_mail_and_the_address_until_he_writes_again(
    database_url: str, tmp_path: Path
) -> None:
    async with office(database_url, tmp_path, ["Hello!"] * 2) as o, desk(o.world) as olga:
        o.provider.post.bounces["ann@customers.example"] = Bounce(kind="delayed")
        o.write("Hi")
        failed = ("failed", "5.1.1")
        await o.world.until_rows(lambda rows: failed in rows, "deliveries", "state", "code")
        way = await o.way(olga, await o.customer())
        assert (way["available"], "no such mailbox" in way["reason"]) == (False, True)
        del o.provider.post.bounces["ann@customers.example"]
        o.write("I am back", subject="Again")
        await o.until_heard(1)
        assert (await o.way(olga, await o.customer()))["available"]


async def test_a_first_mail_that_comes_back_at_once_is_refused(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with office(sqlite_url, tmp_path) as o, desk(o.world) as olga:
        o.provider.post.bounces["gone@customers.example"] = Bounce()
        known = [{"kind": "email", "value": "gone@customers.example"}]
        gone = (await olga.post("/customers", name="G", identities=known)).body["id"]
        await o.start(olga, gone, subject="Hi", text="Hello")
        await o.world.until_rows(lambda rows: ("finished",) in rows, "sessions", "mode")
        assert not (await o.way(olga, gone))["available"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"List_Id": "<news.example>", "Precedence": "list"},
        {"From": "MAILER-DAEMON@customers.example"},
        {"Precedence": "bulk"},
    ],
)
async def test_what_a_machine_wrote_begins_nothing_and_is_in_the_channels_log(
    sqlite_url: str, tmp_path: Path, headers: dict[str, str]
) -> None:
    async with office(sqlite_url, tmp_path) as o, desk(o.world, "boss", "admin") as boss:
        o.write("I am away", **headers)
        o.write("A person", "Bob")
        await o.until_heard(1, "Bob")
        assert o.got() == []
        assert len(await o.sessions()) == 1
        told = (await boss.get(f"/channels/{o.channel_id}/log")).body["items"]
        assert [one["kind"] for one in told if one["kind"] == "automatic"] == ["automatic"]


async def test_an_out_of_office_reply_is_kept_in_its_conversation_and_answered_by_nobody(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with office(sqlite_url, tmp_path, ["Two days.", "Never said"]) as o:
        o.provider.outside.away(o.person())
        o.write("How long?")
        await o.until_heard(1)
        await o.world.until_rows(lambda rows: ("I am away until Monday.",) in rows, "log", "text")
        (data,) = [row[0] for row in await o.world.log("data") if "automatic" in row[0]]
        assert '"automatic":"auto-reply"' in data
        o.write("Are you there?", "Bob")
        await o.until_heard(1, "Bob")
        assert len(o.got()) == 1


async def test_a_machine_that_hides_it_is_given_to_people_after_some_answers(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with office(sqlite_url, tmp_path, ScriptedLlm(["Hello!"] * 40)) as o:
        most = o.world.runtime.roster.places[o.channel_id].can.answers_per_hour
        assert most is not None
        for n in range(most):
            o.write("Ping", subject=f"New thread {n}")
            await o.until_heard(n + 1)
        o.write("Ping", subject="Once more")
        await o.world.until_rows(lambda rows: ("waiting",) in rows, "sessions", "mode")
        assert len(o.got()) == most
        reasons = [row[0] for row in await o.world.log("text", kind="control")]
        assert any("machine" in one for one in reasons)


PHOTO = File(name="photo.png", mime="image/png", content=b"\x89PNG\r\n\x1a\n" + b"x" * 9000)


async def test_operators_see_all_of_a_mail_and_its_files(database_url: str, tmp_path: Path) -> None:
    async with office(database_url, tmp_path, ["Hello!", "S"]) as o, desk(o.world) as olga:
        o.write("See the photo", subject="Broken", files=[PHOTO])
        await o.until_heard(1)
        session_id = await o.session()
        o.answer("It is this one", manner="gmail")
        await o.world.until_rows(lambda rows: ("It is this one",) in rows, "log", "text")
        lines = (await olga.get(f"/sessions/{session_id}/log")).body["items"]
        first, answer = [one for one in lines if one["author"] == "customer"]
        (file,) = first["attachments"]
        assert (file["name"], file["mime"], file["state"]) == ("photo.png", "image/png", "stored")
        async with olga.http.get(f"{olga.base}{file['url']}") as downloaded:
            assert await downloaded.read() == PHOTO.content
        assert answer["has_original"]
        whole = (await olga.get(f"/sessions/{session_id}/log/{answer['seq']}/original")).body
        assert "Hello!" in whole["text"]
        assert whole["sender"] == "Ann <ann@customers.example>"
        assert "gmail_quote" not in answer["text"]


async def test_operators_answer_in_rich_text_with_files_in_one_mail(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with office(sqlite_url, tmp_path, ["Hello!", "S"]) as o, desk(o.world) as olga:
        o.write("Hi")
        await o.until_heard(1)
        session_id = await o.session()
        assert (await olga.post(f"/sessions/{session_id}/takeover")).status == 200
        up = await upload(olga, b"%PDF-1.7 invoice", "invoice.pdf")
        composer = (await olga.get(f"/sessions/{session_id}")).body["composer"]
        assert composer["may_write"]
        assert composer["rich_text"]
        assert composer["attachments"]
        said = {"html": "<p>Two <b>files</b></p>", "attachments": [up, up]}
        got = await olga.post(f"/sessions/{session_id}/messages", **said)
        assert got.status == 202, got.body
        sent = (await o.until_heard(2))[1]
        assert sent["text"] == "Two files"
        assert [one["name"] for one in sent["files"]] == ["invoice.pdf"] * 2
        assert sent["automatic"] == ""


async def upload(olga: Any, content: bytes, name: str) -> dict[str, str]:
    url = f"{olga.base}/api/v1/uploads?name={name}"
    async with olga.http.post(url, data=content, headers={"X-CSRF-Token": olga.csrf}) as got:
        body = await got.json()
        assert got.status in {200, 201}, body
    return {key: body[key] for key in ("sha256", "name", "mime")}


async def test_after_a_takeover_the_agent_writes_no_mail(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, ["Hello!", "Suggested"]) as o, desk(o.world) as olga:
        o.write("Hi")
        await o.until_heard(1)
        session_id = await o.session()
        assert (await olga.post(f"/sessions/{session_id}/takeover")).body["taken"]
        o.answer("Are you a person?")
        await o.world.until_rows(lambda rows: len(rows) >= 1, "suggestions", "text")
        got = await olga.post(f"/sessions/{session_id}/messages", text="Yes, I am **Olga**.")
        assert got.status == 202
        (_, mine) = await o.until_heard(2)
        assert (mine["text"], mine["automatic"]) == ("Yes, I am Olga.", "")
        await asyncio.sleep(0.2)
        assert len(o.got()) == 2


async def test_our_own_mail_in_our_own_mailbox_begins_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with office(sqlite_url, tmp_path) as o:
        o.provider.outside.write(o.ours, OURS, "A note to myself")
        o.write("Hi")
        await o.until_heard(1)
        assert len(await o.sessions()) == 1
