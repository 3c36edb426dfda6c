"""Files in both directions, albums and places: rules TG32 to TG34 of the emulated Bot API."""

import io
from typing import Any

import aiohttp
import pytest

from tests.phone import TOKEN, Phone

KINDS = ("photo", "document", "audio", "voice", "video", "animation", "sticker", "video_note")


def method_of(kind: str) -> str:
    return f"send{kind.title().replace('_', '')}"


def id_of(message: dict[str, Any], kind: str) -> str:
    file = message[kind][-1] if kind == "photo" else message[kind]
    return str(file["file_id"])


@pytest.mark.parametrize("kind", KINDS)
async def test_tg32_what_was_sent_can_be_sent_again_and_fetched(started: Phone, kind: str) -> None:
    to = {"chat_id": started.ann.id}
    first = (await started.form(method_of(kind), **to, **{kind: b"content"})).result
    again = (await started.call(method_of(kind), **to, **{kind: id_of(first, kind)})).result
    file = (await started.call("getFile", file_id=id_of(again, kind))).result
    assert file["file_size"] == 7
    async with started.http.get(
        f"{started.running.url}/file/bot{TOKEN}/{file['file_path']}"
    ) as got:
        assert await got.read() == b"content"


async def test_tg32_unknown_and_large_files(started: Phone) -> None:
    refused = "Bad Request: wrong file_id or the file is temporarily unavailable"
    assert (await started.call("getFile", file_id="no")).said == (400, refused)
    large = started.bot.files.keep("document", "a.bin", bytes(20 * 1024 * 1024 + 1))
    answer = await started.call("getFile", file_id=large.id)
    assert answer.said == (400, "Bad Request: file is too big")
    other = started.platform.add_bot("77:other").files.keep("document", "a.bin", b"a")
    assert (await started.call("getFile", file_id=other.id)).said == (400, refused)


async def test_tg33_a_path_is_good_for_an_hour_and_for_its_bot(started: Phone) -> None:
    async def fetched(token: str, path: str) -> int:
        async with started.http.get(f"{started.running.url}/file/bot{token}/{path}") as got:
            if got.status == 404:
                assert (await got.json())["description"] == "Not Found"
            return got.status

    stored = started.bot.files.keep("photo", "a.jpg", b"pixels")
    path = (await started.call("getFile", file_id=stored.id)).result["file_path"]
    assert path.startswith("photos/")
    assert await fetched(TOKEN, path) == 200
    assert await fetched("98:other", path) == 404
    assert await fetched(TOKEN, "photos/none.jpg") == 404
    started.pass_time(3601)
    assert await fetched(TOKEN, path) == 404


async def test_tg34_uploads_end_at_50_megabytes(started: Phone) -> None:
    async def sent(size: int) -> tuple[int, str]:
        form = aiohttp.FormData({"chat_id": str(started.ann.id)})
        form.add_field("document", io.BytesIO(bytes(size)), filename="a.bin")
        return (await started.post(f"/bot{TOKEN}/sendDocument", data=form)).said

    assert await sent(50 * 1024 * 1024) == (200, "")
    assert await sent(50 * 1024 * 1024 + 1) == (413, "Request Entity Too Large")


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        ("nonsense", "wrong file identifier/HTTP URL specified"),
        ("https://a.example/a.jpg", "failed to get HTTP URL content"),
        ("", "there is no photo in the request"),
        (b"", "file must be non-empty"),
        (bytes(10 * 1024 * 1024 + 1), "too big for a photo"),
    ],
)
async def test_photos_that_cannot_be_sent(started: Phone, photo: object, words: str) -> None:
    answer = await started.form("sendPhoto", chat_id=started.ann.id, photo=photo)
    assert answer.status == 400
    assert words in answer.said[1]


async def test_an_album_is_several_messages_with_one_number(started: Phone) -> None:
    stored = started.bot.files.keep("photo", "a.jpg", b"pixels")
    media = [
        {"type": "photo", "media": stored.id, "caption": "<b>Look</b>", "parse_mode": "HTML"},
        {"type": "photo", "media": stored.id},
    ]
    album = (await started.call("sendMediaGroup", chat_id=started.ann.id, media=media)).result
    assert len({message["media_group_id"] for message in album}) == 1
    assert [message.get("caption") for message in album] == ["Look", None]
    one = await started.call("sendMediaGroup", chat_id=started.ann.id, media=media[:1])
    assert one.status == 400


async def test_places_and_contacts(started: Phone) -> None:
    to = {"chat_id": started.ann.id}
    place = (await started.form("sendLocation", **to, latitude=55.5, longitude=37)).result
    assert place["location"] == {"latitude": 55.5, "longitude": 37.0}
    card = {"phone_number": "+100", "first_name": "Ann"}
    assert (await started.call("sendContact", **to, **card)).result["contact"] == card
    without = await started.call("sendLocation", **to, latitude=55.5)
    assert without.said == (400, "Bad Request: longitude is empty")


async def test_small_methods(started: Phone) -> None:
    commands = [{"command": "start", "description": "Begin"}]
    assert (await started.call("setMyCommands", commands=commands)).result is True
    assert (await started.call("getMyCommands")).result == commands
    chat = (await started.call("getChat", chat_id=started.ann.id)).result
    assert (chat["type"], chat["first_name"]) == ("private", "Ann")
    assert (await started.call("close")).result is True
    assert (await started.call("logOut")).result is True
