"""Paths, tokens, methods and parameters: rules TG1 to TG6 of the emulated Bot API."""

import json
from typing import Any

import aiohttp
import pytest

from tests.phone import TOKEN, Phone


@pytest.mark.parametrize("path", ["/", "/bots/1:x/getMe", f"/bot{TOKEN}", f"/bot{TOKEN}/"])
async def test_tg1_other_paths_are_not_found(phone: Phone, path: str) -> None:
    assert (await phone.post(path)).said == (404, "Not Found")


@pytest.mark.parametrize("token", ["nocolon", "0:x", "9%2F9:x", f"9:{'x' * 79}"])
async def test_tg2_malformed_tokens(phone: Phone, token: str) -> None:
    answer = await phone.post(f"/bot{token}/getMe")
    assert answer.said == (401, "Unauthorized: invalid token specified")


async def test_tg3_unknown_and_revoked_tokens(phone: Phone) -> None:
    assert (await phone.post("/bot98:other/getMe")).said == (401, "Unauthorized")
    phone.bot.revoked = True
    assert (await phone.call("getMe")).said == (401, "Unauthorized")


async def test_tg4_unknown_methods_and_names_in_any_case(phone: Phone) -> None:
    assert (await phone.call("sendNothing")).said == (404, "Not Found: method not found")
    assert (await phone.call("GETME")).result["username"] == "rules_bot"


async def test_tg5_a_success_says_ok_and_the_result(started: Phone) -> None:
    answer = await started.say("Hi")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.body) == {"ok", "result"}
    message = answer.result
    assert (message["text"], message["chat"]["id"]) == ("Hi", started.ann.id)
    assert message["from"]["is_bot"]


async def test_tg6_the_same_call_in_every_encoding(started: Phone) -> None:
    fields = {"chat_id": str(started.ann.id), "text": "Hi"}
    path = f"/bot{TOKEN}/sendMessage"
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    answers = [
        await started.ask("GET", path, params=fields),
        await started.post(path, data=fields),
        await started.post(path, data=multipart),
        await started.post(path, json=fields),
    ]
    assert [answer.result["text"] for answer in answers] == ["Hi"] * 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("reply_markup", "can't parse reply keyboard markup JSON object"),
        ("reply_parameters", "can't parse reply parameters JSON object"),
        ("entities", "can't parse entities JSON object"),
    ],
)
async def test_tg6_nested_values_are_json_in_forms(started: Phone, name: str, words: str) -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    to = {"chat_id": str(started.ann.id), "text": "Hi"}
    good = await started.form("sendMessage", **to, reply_markup=json.dumps(keyboard))
    assert good.result["reply_markup"] == keyboard
    bad = await started.form("sendMessage", **to, **{name: "{"})
    assert bad.said == (400, f"Bad Request: {words}")


async def test_tg6_a_body_that_is_no_object_is_refused(phone: Phone) -> None:
    for body in (b"[]", b"{", b"\xff"):
        headers = {"Content-Type": "application/json"}
        answer = await phone.post(f"/bot{TOKEN}/getMe", data=body, headers=headers)
        assert answer.said == (400, "Bad Request: can't parse JSON object")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"colour": "red"}, "unknown parameter colour"),
        ({"reply_parameters": {"message_id": 1, "id": 2}}, "unknown field id"),
        ({"reply_markup": {"inline": []}}, "unknown field inline"),
        ({"reply_markup": {"inline_keyboard": [{}]}}, "must be an Array of Arrays"),
        ({"reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}, "Text buttons are unallowed"),
    ],
)
async def test_tg6_what_telegram_does_not_know_is_refused(
    started: Phone, given: dict[str, Any], words: str
) -> None:
    status, description = (await started.say(**given)).said
    assert status == 400
    assert description.startswith("Bad Request: ")
    assert words in description
