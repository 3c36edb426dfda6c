"""Versions, tokens, objects and permissions: rules WA1 to WA4; accounts in trouble and broken servers:
WA33 and WA34.
"""

import asyncio
from typing import Any

import aiohttp
import pytest

from emulators.whatsapp.accounts import MANAGEMENT, MESSAGING
from emulators.whatsapp.graph import V21_ENDS
from tests.phone import until
from tests.whatsapp import Shop


@pytest.mark.parametrize("token", ["", "EAAwrong"])
async def test_wa1_without_a_good_token_nothing_is_told(shop: Shop, token: str) -> None:
    answer = await shop.ask("GET", shop.number.id, token=token)
    assert answer.code == (401, 190)
    assert answer.error["type"] == "OAuthException"
    words = "Invalid OAuth access token - Cannot parse access token"
    assert answer.error["message"] == words


async def test_wa1_a_token_expires_and_can_be_revoked(shop: Shop) -> None:
    given = await shop.control("POST", "tokens", {"expires_in": 60})
    token = given["access_token"]
    assert (await shop.ask("GET", shop.number.id, token=token)).status == 200
    shop.pass_time(61)
    answer = await shop.ask("GET", shop.number.id, token=token)
    assert (answer.code, answer.error["error_subcode"]) == ((401, 190), 463)
    assert "Session has expired on" in answer.error["message"]
    shop.meta.tokens[shop.token].revoked = True
    assert (await shop.get(shop.number.id)).error["error_subcode"] == 460


async def test_wa2_a_token_without_the_permission(shop: Shop) -> None:
    shop.meta.tokens[shop.token].permissions = {MANAGEMENT}
    answer = await shop.send()
    assert answer.code == (403, 200)
    words = "(#200) You do not have the necessary permissions to send messages on behalf of this"
    assert answer.error["message"].startswith(words)
    shop.meta.tokens[shop.token].permissions = {MESSAGING}
    assert (await shop.get(f"{shop.number.waba.id}/message_templates")).code == (403, 200)


@pytest.mark.parametrize(("verb", "path"), [("POST", "1/messages"), ("GET", "1"), ("POST", "1/x")])
async def test_wa3_what_does_not_exist(shop: Shop, verb: str, path: str) -> None:
    answer = await shop.ask(verb, path, json={})
    assert answer.code == (400, 100)
    assert answer.error["error_subcode"] == 33
    assert answer.error["type"] == "GraphMethodException"
    words = f"Unsupported {verb.lower()} request. Object with ID '1' does not exist"
    assert answer.error["message"].startswith(words)


async def test_wa3_what_is_not_ours_does_not_exist_either(shop: Shop) -> None:
    shop.meta.tokens[shop.token].wabas = set()
    for path in (shop.number.id, shop.number.waba.id, shop.app.id):
        assert (await shop.get(path)).error["error_subcode"] == 33


async def test_wa4_old_versions_are_refused(shop: Shop) -> None:
    shop.version = "v20.0"
    answer = await shop.send()
    assert answer.code == (400, 2635)
    assert "deprecated version" in answer.error["message"]
    shop.version = "v21.0"
    assert (await shop.send()).status == 200
    shop.pass_time(V21_ENDS - shop.meta.now + 1)
    assert (await shop.send()).code == (400, 2635)
    shop.version = "v99.0"
    assert (await shop.send()).code == (400, 2500)


async def test_wa4_or_silently_upgraded(shop: Shop) -> None:
    await shop.control("POST", "switches", {"old_versions": "upgrade"})
    shop.version = "v19.0"
    answer = await shop.send()
    assert (answer.status, answer.headers["facebook-api-version"]) == (200, "v21.0")


@pytest.mark.parametrize(
    ("code", "status"),
    [(368, 403), (131031, 403), (131057, 500), (131042, 400), (131045, 500), (131037, 400)],
)
async def test_wa33_an_account_in_trouble_sends_nothing(
    open_shop: Shop, code: int, status: int
) -> None:
    path = f"numbers/{open_shop.number.id}"
    await open_shop.control("POST", path, {"waba": {"trouble": code}})
    assert (await open_shop.send()).code == (status, code)
    await open_shop.control("POST", path, {"waba": {"trouble": 0}, "registered": False})
    assert (await open_shop.send()).code == (400, 133010)
    await open_shop.post(f"{open_shop.number.id}/register", messaging_product="whatsapp", pin="1")
    assert (await open_shop.send()).status == 200


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({}, (500, 131000)),
        ({"code": 2}, (503, 2)),
        ({"code": 131016}, (500, 131016)),
        ({"code": 131056}, (400, 131056)),
        ({"status": 429}, (429, 80007)),
        ({"status": 503}, (503, 2)),
        ({"code": 130429, "chat_id": "4915112345678"}, (400, 130429)),
    ],
)
async def test_wa34_a_refusal_to_order(
    open_shop: Shop, fault: dict[str, Any], code: tuple[int, int]
) -> None:
    ordered = {"kind": "status", "method": "messages", **fault}
    assert await open_shop.control("POST", "faults", ordered) == {"ordered": 1}
    assert (await open_shop.send()).code == code
    assert (await open_shop.send()).status == 200


async def test_wa34_throttles_may_answer_429(open_shop: Shop) -> None:
    await open_shop.control("POST", "switches", {"throttle_status": 429})
    for ordered, code in ((131056, (429, 131056)), (131009, (400, 131009))):
        await open_shop.control("POST", "faults", {"kind": "status", "code": ordered})
        assert (await open_shop.send()).code == code


@pytest.mark.parametrize(
    ("kind", "stored"), [("drop_before", 0), ("drop_after", 1), ("truncate", 1)]
)
async def test_wa34_the_connection_breaks(open_shop: Shop, kind: str, stored: int) -> None:
    await open_shop.control("POST", "faults", {"kind": kind, "method": "messages"})
    with pytest.raises(aiohttp.ClientError):
        await open_shop.send()
    assert len([one for one in open_shop.thread.messages if one.by_business]) == stored


@pytest.mark.parametrize(("kind", "status"), [("html_502", 502), ("not_json", 200)])
async def test_wa34_answers_that_are_no_json(open_shop: Shop, kind: str, status: int) -> None:
    await open_shop.control("POST", "faults", {"kind": kind, "method": "messages"})
    url = f"{open_shop.running.url}/v26.0/{open_shop.number.id}/messages"
    async with open_shop.http.post(url, json={}) as got:
        assert got.status == status
        assert not (await got.text()).startswith("{")


async def test_wa34_a_late_answer(open_shop: Shop) -> None:
    await open_shop.control("POST", "faults", {"kind": "delay", "seconds": 0.2})
    late = asyncio.create_task(open_shop.send())
    await until(lambda: not open_shop.meta.control.faults)
    assert (await open_shop.send()).status == 200
    assert (await late).status == 200


async def test_management_has_a_pace_of_its_own(shop: Shop) -> None:
    shop.number.registered = False
    path = f"{shop.number.waba.id}/phone_numbers"
    answers = [(await shop.get(path)).status for _ in range(201)]
    assert answers == [200] * 200 + [400]
    assert (await shop.get(path)).code == (400, 80007)
    shop.pass_time(3601)
    assert (await shop.get(path)).status == 200
