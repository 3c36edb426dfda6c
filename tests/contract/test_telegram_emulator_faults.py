"""Faults (rule TG51), what the control API offers, and whether every rule has a test."""

import asyncio
import base64
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.phone import TOKEN, Hook, Phone, phoned, until


async def order(phone: Phone, kind: str, **more: Any) -> None:
    fault = {"kind": kind, "method": "sendMessage", **more}
    assert await phone.control("POST", "faults", fault) == {"ordered": 1}


def said(phone: Phone) -> list[str]:
    return [m["text"] for m in phone.chat.messages if m["from"]["is_bot"]]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ({}, (500, "Internal Server Error")),
        ({"status": 403, "description": "Forbidden: no"}, (403, "Forbidden: no")),
        ({"status": 429, "seconds": 9}, (429, "Too Many Requests: retry after 9")),
    ],
)
async def test_tg51_a_status_to_order(
    started: Phone, fault: dict[str, Any], answer: tuple[int, str]
) -> None:
    await order(started, "status", **fault)
    assert (await started.say("one")).said == answer
    assert (await started.say("two")).status == 200
    assert said(started) == ["two"]


@pytest.mark.parametrize(
    ("kind", "stored"), [("drop_before", []), ("drop_after", ["one"]), ("truncate", ["one"])]
)
async def test_tg51_the_connection_breaks(started: Phone, kind: str, stored: list[str]) -> None:
    await order(started, kind)
    with pytest.raises(aiohttp.ClientError):
        await started.say("one")
    assert said(started) == stored


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(("kind", "status"), [("html_502", 502), ("not_json", 200)])
async def test_tg51_answers_that_are_no_json(
    started: Phone, kind: str, status: int, committed: bool
) -> None:
    await order(started, kind, committed=committed)
    url, given = f"{started.running.url}/bot{TOKEN}/sendMessage", {"chat_id": started.ann.id}
    async with started.http.post(url, json={**given, "text": "one"}) as got:
        assert got.status == status
        assert not (await got.text()).startswith("{")
    assert said(started) == (["one"] if committed else [])


async def test_tg51_a_late_answer_and_faults_for_one_chat(started: Phone) -> None:
    await order(started, "delay", seconds=0.2, chat_id=started.ann.id)
    late = asyncio.create_task(started.say("one"))
    await until(lambda: not started.platform.control.faults)
    assert said(started) == []
    assert (await late).result["text"] == "one"
    await order(started, "status", chat_id=12345, times=3)
    assert (await started.say("two")).status == 200
    assert await started.control("DELETE", "faults") == {"ordered": 0}


async def test_a_person_over_http(phone: Phone) -> None:
    bob = await phone.control("POST", "users", {"first_name": "Bob", "username": "bob"})
    me = {"bot": TOKEN, "user": bob["id"]}
    await phone.control("POST", f"users/{bob['id']}/start", {"bot": TOKEN, "payload": "promo"})
    photo = {"name": "a.jpg", "base64": base64.b64encode(b"pixels").decode()}
    sent = await phone.control("POST", "messages", {**me, "photo": photo, "caption": "Look"})
    await phone.control("POST", "messages", {**me, "edit_of": sent["message_id"], "caption": "!"})
    await phone.control("POST", "callbacks", {**me, "message_id": 1, "data": "yes"})
    await phone.control("POST", f"users/{bob['id']}/block", {"bot": TOKEN})
    kinds = [update.kind for update in phone.bot.updates]
    expected = ["message", "message", "edited_message", "callback_query", "my_chat_member"]
    assert kinds == expected
    assert phone.bot.updates[0].body["message"]["text"] == "/start promo"
    assert phone.bot.updates[2].body["edited_message"]["caption"] == "!"
    await phone.control("DELETE", f"users/{bob['id']}")
    answer = await phone.call("sendMessage", chat_id=bob["id"], text="x")
    assert answer.said == (403, "Forbidden: user is deactivated")


async def test_files_of_both_sides_can_be_seen(started: Phone) -> None:
    form = aiohttp.FormData({"user": str(started.ann.id), "caption": "Look"})
    form.add_field("document", b"content", filename="a.txt")
    url = f"{started.running.url}/_control"
    async with started.http.post(f"{url}/messages", data=form) as got:
        assert got.status == 200
    document = started.chat.messages[-1]["document"]
    assert (document["file_name"], document["mime_type"]) == ("a.txt", "text/plain")
    async with started.http.get(f"{url}/files/{document['file_id']}?bot={TOKEN}") as got:
        assert await got.read() == b"content"


async def test_groups_and_businesses_over_http(phone: Phone) -> None:
    me = {"bot": TOKEN, "user": phone.ann.id}
    group = await phone.control("POST", "groups", {**me, "title": "Club", "kind": "supergroup"})
    path = f"groups/{group['id']}"
    topic = (await phone.control("POST", f"{path}/topics", me))["message_thread_id"]
    await phone.control("POST", f"{path}/users", me)
    await phone.control("POST", f"{path}/bots", {**me, "status": "administrator"})
    sent = {**me, "chat": group["id"], "text": "Hi", "message_thread_id": topic}
    assert (await phone.control("POST", "messages", sent))["update_id"]
    upgraded = await phone.control("POST", f"{path}/upgrade", me)
    assert upgraded["type"] == "supergroup"
    owner = phone.platform.add_user("Owner")
    business = await phone.control("POST", "business", {"bot": TOKEN, "user": owner.id})
    path = f"business/{business['id']}"
    asked = await phone.control("POST", f"{path}/messages", {**me, "text": "Open?"})
    gone = {**me, "message_ids": [asked["message_id"]]}
    assert (await phone.control("DELETE", f"{path}/messages", gone))["update_id"]
    assert (await phone.control("POST", path, {"bot": TOKEN, "enabled": False}))["update_id"]


async def test_a_chat_can_be_followed(started: Phone) -> None:
    path = f"chats/{started.ann.id}/messages?bot={TOKEN}"
    begin = await started.control("GET", path)
    waiting = asyncio.create_task(
        started.control("GET", f"{path}&since={begin['revision']}&wait=20")
    )
    sent = (await started.say("<b>Hi</b>", parse_mode="HTML")).result
    (seen,) = (await waiting)["messages"]
    assert (seen["text"], seen["from_bot"]) == ("Hi", True)
    assert seen["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    typing = asyncio.create_task(started.control("GET", f"{path}&after=99&wait=20&typing=false"))
    await started.call("sendChatAction", chat_id=started.ann.id, action="typing")
    assert (await typing)["typing"] is True
    revision = (await started.control("GET", path))["revision"]
    await started.call("deleteMessage", chat_id=started.ann.id, message_id=sent["message_id"])
    after = await started.control("GET", f"{path}&since={revision}")
    assert after["deleted"] == [sent["message_id"]]


async def test_every_call_is_noted(started: Phone) -> None:
    await started.call("getMe")
    await started.say("Hi")
    await started.call("sendMessage", text="x")
    calls = await started.control("GET", f"calls?bot={TOKEN}&method=sendMessage")
    assert [call["status"] for call in calls] == [200, 400]
    assert calls[0]["parameters"] == {"chat_id": started.ann.id, "text": "Hi"}
    assert calls[0]["answer"]["text"] == "Hi"
    assert calls[1]["answer"] == "Bad Request: chat_id is empty"
    later = await started.control("GET", f"calls?after={calls[0]['number']}")
    assert [call["number"] for call in later] == [calls[1]["number"]]


@pytest.mark.parametrize("update", [{"message": {"no": "fields"}}, {}, [1, 2], "text", None])
async def test_anything_can_be_sent_as_an_update(started: Phone, hook: Hook, update: Any) -> None:
    await started.listen(hook)
    number = await started.control("POST", "raw", {"bot": TOKEN, "update": update})
    await hook.hears(1)
    expected = {**number, **update} if isinstance(update, dict) else update
    assert hook.heard == [expected]


async def test_the_clock_and_a_fresh_start(started: Phone) -> None:
    before = started.platform.clock.now()
    assert (await started.control("POST", "clock", {"advance": 100}))["now"] >= before + 100
    assert await started.control("DELETE", "state") == {}
    assert (await started.say()).said == (400, "Bad Request: chat not found")
    assert "error" in await started.control("POST", f"users/{started.ann.id}/start", {})


async def test_a_chat_keeps_only_so_many_messages() -> None:
    async with phoned(keep_messages=3) as phone:
        for n in range(5):
            phone.write(str(n))
        assert [message["text"] for message in phone.chat.messages] == ["2", "3", "4"]


def test_every_rule_has_a_test() -> None:
    folder = Path(__file__).parent
    written = "".join(p.read_text() for p in folder.glob("test_telegram_emulator_*.py"))
    tested = {int(number) for number in re.findall(r"def test_tg(\d+)_", written)}
    assert tested == set(range(1, 52))
