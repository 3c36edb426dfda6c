"""Setting webhooks and long polling: rules TG35 to TG41 of the emulated Bot API."""

import asyncio
from typing import Any

import pytest

from tests.phone import Phone, phoned, until

URL = "https://a.example/hook"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://a.example", "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "https://a.example:99",
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ("https://127.0.0.1", "bad webhook: IP address 127.0.0.1 is reserved"),
        ("https://10.1.2.3:8443/x", "bad webhook: IP address 10.1.2.3 is reserved"),
        ("https://[2001:db8::1]/x", "bad webhook: IPv6-only addresses are not allowed"),
        ("nonsense", "invalid webhook URL specified"),
    ],
)
async def test_tg35_where_a_webhook_may_be(url: str, words: str) -> None:
    async with phoned(local_mode=False) as phone:
        assert (await phone.call("setWebhook", url=url)).said == (400, f"Bad Request: {words}")


async def test_tg35_local_mode_lets_it_be_on_this_machine_and_nowhere_else(phone: Phone) -> None:
    assert (await phone.call("setWebhook", url="http://127.0.0.1:9/x")).status == 200
    phone.pass_time(1.0)
    assert (await phone.call("setWebhook", url="http://10.1.2.3/x")).status == 400


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("x" * 257, "secret token is too long"),
        ("a b", "secret token contains unallowed characters"),
        ("é", "secret token contains unallowed characters"),
    ],
)
async def test_tg36_secrets(phone: Phone, secret: str, words: str) -> None:
    answer = await phone.call("setWebhook", url=URL, secret_token=secret)
    assert answer.said == (400, f"Bad Request: {words}")


async def test_tg37_once_a_second(phone: Phone) -> None:
    assert (await phone.call("setWebhook", url=URL)).status == 200
    refused = await phone.call("setWebhook", url=f"{URL}2")
    assert refused.said == (429, "Too Many Requests: retry after 1")
    assert refused.body["parameters"] == {"retry_after": 1}
    phone.pass_time(1.0)
    assert (await phone.call("setWebhook", url=f"{URL}2")).status == 200


async def test_tg38_what_setting_and_deleting_say(phone: Phone) -> None:
    async def said(method: str, **more: Any) -> str:
        phone.pass_time(1.0)
        answer = await phone.call(method, **more)
        assert answer.result is True
        return answer.said[1]

    assert await said("setWebhook", url=URL) == "Webhook was set"
    assert await said("setWebhook", url=URL) == "Webhook is already set"
    assert await said("setWebhook", url=URL, secret_token="x") == "Webhook was set"
    assert await said("deleteWebhook") == "Webhook was deleted"
    assert await said("deleteWebhook") == "Webhook is already deleted"
    assert await said("setWebhook", url=URL) == "Webhook was set"
    assert await said("setWebhook", url="") == "Webhook was deleted"


async def test_tg39_no_polling_beside_a_webhook(phone: Phone) -> None:
    await phone.call("setWebhook", url=URL)
    words = (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
        "the webhook first"
    )
    assert (await phone.call("getUpdates")).said == (409, words)


async def test_tg40_the_second_poller_throws_out_the_first(started: Phone) -> None:
    words = (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
        "running"
    )
    first = asyncio.create_task(started.call("getUpdates", timeout=30))
    await until(lambda: started.bot.poller is not None)
    former = started.bot.poller
    second = asyncio.create_task(started.call("getUpdates", timeout=30, offset=1))
    assert (await first).said == (409, words)
    await until(lambda: started.bot.poller not in {None, former})
    started.write("Hi")
    (update,) = (await second).result
    assert update["message"]["text"] == "Hi"


async def test_tg40_setting_a_webhook_ends_polling(started: Phone) -> None:
    polling = asyncio.create_task(started.call("getUpdates", timeout=30))
    await until(lambda: started.bot.poller is not None)
    await started.call("setWebhook", url=URL)
    assert (await polling).said == (409, "Conflict: terminated by setWebhook request")


async def test_tg41_the_offset_confirms_what_is_below_it(started: Phone) -> None:
    numbers = [started.write(str(n))["update_id"] for n in range(5)]

    async def polled(**more: Any) -> list[int]:
        return [update["update_id"] for update in (await started.call("getUpdates", **more)).result]

    assert await polled(limit=2) == numbers[:2]
    assert await polled(offset=numbers[2]) == numbers[2:]
    assert await polled(offset=-2) == numbers[3:]
    assert await polled(offset=numbers[4] + 1) == []


async def test_tg41_the_same_offset_at_once_gets_one_update(started: Phone) -> None:
    for n in range(3):
        started.write(str(n))
    first = (await started.call("getUpdates")).result
    assert len((await started.call("getUpdates")).result) == 1
    started.pass_time(0.6)
    assert (await started.call("getUpdates")).result == first


async def test_tg41_updates_older_than_a_day_are_gone(started: Phone) -> None:
    started.write("old")
    started.pass_time(24 * 3600 + 1)
    started.write("new")
    (update,) = (await started.call("getUpdates")).result
    assert update["message"]["text"] == "new"
