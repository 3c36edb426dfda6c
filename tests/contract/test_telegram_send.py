"""What becomes of each answer of Telegram: exact words in, one of our errors out; and nothing is said
twice that may have been heard.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from channels import errors
from channels.messages import (
    Address,
    ChoiceTaken,
    LocalFile,
    Outbound,
    Piece,
    RemoteFile,
    Seen,
    Typing,
)
from channels.telegram import client
from channels.telegram.send import DOWNLOAD_LIMIT, Sender
from emulators.control import listening
from tests.servers import free_port

TOKEN = "42:script"
SENT = {"message_id": 7, "date": 1795000000, "chat": {"id": 501, "type": "private"}, "text": "x"}


class Script:
    """A Bot API that answers what it is told, in order, and writes down what it is asked."""

    def __init__(self) -> None:
        self.answers: deque[web.Response | Exception] = deque()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.files: dict[str, bytes] = {}
        self.url = ""

    def will(self, status: int, description: str = "", **parameters: Any) -> None:
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.answers.append(web.json_response(body, status=status))

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]

    async def answer(self, request: web.Request) -> web.Response:
        form = {name: _read(value) for name, value in (await request.post()).items()}
        self.asked.append((request.match_info["method"], form))
        if not self.answers:
            return web.json_response({"ok": True, "result": SENT})
        answer = self.answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["path"])
        return web.Response(status=404) if found is None else web.Response(body=found)


def _read(value: Any) -> Any:
    return (value.filename, value.file.read()) if isinstance(value, web.FileField) else value


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    one, app = Script(), web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/bot{token}/{method}", one.answer)
    app.router.add_get("/file/bot{token}/{path:.+}", one.file)
    async with listening(app) as one.url:
        yield one


@pytest.fixture
async def sender(script: Script) -> AsyncIterator[Sender]:
    one = Sender(TOKEN, script.url)
    yield one
    await one.aclose()


def outbound(chat: str = "501", **more: Any) -> Outbound:
    piece = more.pop("piece", Piece(body="<b>Hi</b>", plain="Hi"))
    address = Address(chat=chat, thread=more.pop("thread", ""), via=more.pop("via", ""))
    return Outbound(delivery_id="d1", address=address, piece=piece, **more)


BAD, FORBIDDEN = "Bad Request: ", "Forbidden: "


@pytest.mark.parametrize(
    ("status", "words", "kind", "sentence"),
    [
        (403, FORBIDDEN + "bot was blocked by the user", "Unreachable", "blocked the bot"),
        (403, FORBIDDEN + "user is deactivated", "Unreachable", "account is deleted"),
        (
            403,
            FORBIDDEN + "bot can't initiate conversation with a user",
            "Unreachable",
            "never pressed Start",
        ),
        (403, FORBIDDEN + "the bot can't send messages to the bot", "Unreachable", "another bot"),
        (403, FORBIDDEN + "bot can't send messages to bots", "Unreachable", "another bot"),
        (403, FORBIDDEN + "bot was kicked from the supergroup chat", "Unreachable", "removed"),
        (403, FORBIDDEN + "bot is not a member of the channel chat", "Unreachable", "not in"),
        (403, FORBIDDEN + "the group chat was deleted", "Unreachable", "deleted"),
        (403, FORBIDDEN + "a reason of tomorrow", "Unreachable", "a reason of tomorrow"),
        (400, BAD + "chat not found", "Unreachable", "never written"),
        (400, BAD + "private chat not found", "Unreachable", "never written"),
        (400, BAD + "PEER_ID_INVALID", "Unreachable", "never written"),
        (400, BAD + "business connection not found", "Unreachable", "no longer connected"),
        (400, BAD + "chat_id is empty", "Rejected", "chat_id is empty"),
        (400, BAD + "message is too long", "Rejected", "too long"),
        (400, BAD + "message text is empty", "Rejected", "is empty"),
        (413, "Request Entity Too Large", "Rejected", "too large"),
        (401, "Unauthorized", "Unauthorised", "revoked"),
        (404, "Not Found", "Unauthorised", "does not know"),
        (409, "Conflict: terminated by other getUpdates request", "Unauthorised", "Conflict"),
        (500, "Internal Server Error: restart", "OutcomeUnknown", "failed"),
        (500, "Internal Server Error", "OutcomeUnknown", "failed"),
    ],
)
async def test_each_refusal_is_told_to_whom_it_concerns(
    script: Script, sender: Sender, status: int, words: str, kind: str, sentence: str
) -> None:
    script.will(status, words)
    with pytest.raises(errors.ChannelError) as raised:
        await sender.send(outbound())
    assert type(raised.value).__name__ == kind
    assert sentence in raised.value.detail
    assert script.methods() == ["sendMessage"]


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html"),
        web.Response(text="not json"),
        web.json_response({"ok": True, "result": {"shape": "of tomorrow"}}),
        web.json_response({"ok": False}, status=500),
        web.Response(body=b"\xff\xfe{", content_type="application/json"),
    ],
    ids=["html", "not json", "other shape", "no description", "no text"],
)
async def test_an_answer_that_says_nothing_leaves_the_outcome_unknown(
    script: Script, sender: Sender, answer: web.Response
) -> None:
    script.answers.append(answer)
    with pytest.raises(errors.OutcomeUnknown):
        await sender.send(outbound())
    assert script.methods() == ["sendMessage"]


async def test_who_cannot_be_reached_has_surely_heard_nothing() -> None:
    sender = Sender(TOKEN, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(errors.RetryLater) as raised:
        await sender.send(outbound())
    await sender.aclose()
    assert raised.value.after > 0
    assert raised.value.whole_account


async def test_a_line_that_breaks_after_the_request_leaves_the_outcome_unknown() -> None:
    heard: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    sender = Sender(TOKEN, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(errors.OutcomeUnknown):
        await sender.send(outbound())
    await sender.aclose()
    server.close()
    assert len(heard) == 1


async def test_a_wait_is_the_chats_until_a_second_chat_must_wait_too(
    script: Script, sender: Sender
) -> None:
    told = []
    for chat in ("501", "501", "502"):
        script.will(429, "Too Many Requests: retry after 9", retry_after=9)
        with pytest.raises(errors.RetryLater) as raised:
            await sender.send(outbound(chat))
        told.append((raised.value.after, raised.value.whole_account))
    assert told == [(9.0, False), (9.0, False), (9.0, True)]


async def test_a_group_that_moved_names_its_new_address(script: Script, sender: Sender) -> None:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    script.will(400, words, migrate_to_chat_id=-1001)
    with pytest.raises(errors.Moved) as raised:
        await sender.send(outbound("-5"))
    assert raised.value.new == Address(chat="-1001")


async def test_refused_markup_is_said_plainly_at_once(script: Script, sender: Sender) -> None:
    script.will(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x"')
    receipt = await sender.send(outbound())
    forms = [(form["text"], form.get("parse_mode")) for _, form in script.asked]
    assert forms == [("<b>Hi</b>", "HTML"), ("Hi", None)]
    assert receipt.message_id == "7"


async def test_a_lost_topic_is_left_and_other_words_stay(script: Script, sender: Sender) -> None:
    script.will(400, "Bad Request: message thread not found")
    script.will(400, "Bad Request: can't parse entities: Unexpected end tag at byte offset 5")
    await sender.send(outbound(thread="9", reply_to="3", via="conn1"))
    threads = [form.get("message_thread_id") for _, form in script.asked]
    assert threads == ["9", None, None]
    last = script.asked[-1][1]
    assert (last["text"], last["business_connection_id"]) == ("Hi", "conn1")
    assert json.loads(last["reply_parameters"]) == {
        "message_id": 3,
        "allow_sending_without_reply": True,
    }


async def test_what_is_refused_in_every_form_is_refused(script: Script, sender: Sender) -> None:
    for _ in range(2):
        script.will(400, "Bad Request: can't parse entities: no")
    with pytest.raises(errors.Rejected):
        await sender.send(outbound())
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("mime", "method", "field"),
    [
        ("image/png", "sendPhoto", "photo"),
        ("image/gif", "sendAnimation", "animation"),
        ("image/tiff", "sendDocument", "document"),
        ("audio/ogg", "sendVoice", "voice"),
        ("audio/mpeg", "sendAudio", "audio"),
        ("video/mp4", "sendVideo", "video"),
        ("application/pdf", "sendDocument", "document"),
    ],
)
async def test_a_file_is_shown_as_what_it_is(
    script: Script, sender: Sender, mime: str, method: str, field: str
) -> None:
    file = LocalFile(name="Счёт.bin", mime=mime, content=b"bytes")
    await sender.send(outbound(attachments=(file,)))
    ((asked, form),) = script.asked
    assert (asked, form["caption"], form["parse_mode"]) == (method, "<b>Hi</b>", "HTML")
    assert form[form[field].removeprefix("attach://")] == ("Счёт.bin", b"bytes")


async def test_a_picture_that_is_no_photo_goes_as_a_file(script: Script, sender: Sender) -> None:
    script.will(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    file = LocalFile(name="long.png", mime="image/png", content=b"bytes")
    await sender.send(outbound(attachments=(file,), piece=Piece(attachments=(0,))))
    assert script.methods() == ["sendPhoto", "sendDocument"]
    assert all("caption" not in form for _, form in script.asked)


async def test_a_chat_that_is_no_number_is_refused_before_it_is_sent(
    script: Script, sender: Sender
) -> None:
    with pytest.raises(errors.Rejected):
        await sender.send(outbound("ann@example.com"))
    assert script.asked == []


async def test_a_token_that_cannot_be_one_is_unauthorised() -> None:
    with pytest.raises(errors.Unauthorised):
        await Sender("no token").send(outbound())


async def test_courtesies_are_paid_and_never_fail(script: Script, sender: Sender) -> None:
    here = Address(chat="501", thread="9", via="conn1")
    for signal in (Typing(), ChoiceTaken(choice_id="991"), Seen(message_id="4")):
        script.answers.append(web.json_response({"ok": True, "result": True}))
        await sender.signal(here, signal)
    assert script.methods() == ["sendChatAction", "answerCallbackQuery", "readBusinessMessage"]
    script.will(400, "Bad Request: query is too old and response timeout expired")
    await sender.signal(here, ChoiceTaken(choice_id="991"))
    await sender.signal(Address(chat="not a number"), Typing())
    await Sender("no token").signal(here, Typing())


def found(path: str, size: int) -> web.Response:
    file = {"file_id": "f", "file_unique_id": "u", "file_size": size, "file_path": path}
    return web.json_response({"ok": True, "result": file})


async def test_a_customers_file_is_fetched(script: Script, sender: Sender) -> None:
    script.files["photos/1.jpg"] = content = b"x" * 300_000
    script.answers.append(found("photos/1.jpg", len(content)))
    assert await sender.fetch(RemoteFile(ref="f", kind="image")) == content


async def test_a_file_that_is_too_large_is_refused_as_soon_as_it_is_known(
    script: Script, sender: Sender
) -> None:
    with pytest.raises(errors.Rejected):
        await sender.fetch(RemoteFile(ref="f", kind="video", size=DOWNLOAD_LIMIT + 1))
    assert script.asked == []
    script.answers.append(found("big", DOWNLOAD_LIMIT + 1))
    script.will(400, "Bad Request: file is too big")
    for _ in range(2):
        with pytest.raises(errors.Rejected):
            await sender.fetch(RemoteFile(ref="f", kind="video"))


async def test_more_bytes_than_announced_are_not_read(script: Script, sender: Sender) -> None:
    script.files["big"] = b"x" * (DOWNLOAD_LIMIT + 1)
    script.answers.append(found("big", 5))
    with pytest.raises(errors.Rejected):
        await sender.fetch(RemoteFile(ref="f", kind="video"))


async def test_a_file_that_is_gone_may_be_asked_for_again(script: Script, sender: Sender) -> None:
    script.answers.append(found("nowhere", 5))
    with pytest.raises(errors.OutcomeUnknown):
        await sender.fetch(RemoteFile(ref="f", kind="video"))


async def test_bots_of_one_process_share_their_connections(script: Script) -> None:
    one, two = Sender(TOKEN, script.url), Sender("43:other", script.url)
    bots = await asyncio.gather(one.bot(), one.bot(), two.bot())
    assert bots[0] is bots[1]
    assert bots[0].session is bots[2].session
    await one.aclose()
    await one.aclose()
    assert (await two.send(outbound())).message_id == "7"
    await two.aclose()
    assert not [key for key in client._shared if key[1] == script.url]
