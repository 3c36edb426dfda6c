"""Bringing updates to a webhook: rules TG42 to TG46 of the emulated Bot API."""

import asyncio

import pytest
from aiohttp import web

from emulators.telegram.updates import Update
from tests.phone import Hook, Phone, phoned, until

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def failing(status: int = 503, **headers: str) -> web.Response:
    return web.Response(status=status, headers=headers)


async def tried(update: Update, times: int) -> None:
    await until(lambda: update.tries == times)


async def test_tg42_an_update_arrives_with_the_secret(started: Phone, hook: Hook) -> None:
    await started.listen(hook, secret_token="s3cret")
    sent = started.write("Hi")
    await hook.hears(1)
    assert hook.headers[0][SECRET_HEADER] == "s3cret"
    assert hook.heard[0]["update_id"] == sent["update_id"]
    assert hook.heard[0]["message"]["text"] == "Hi"
    await until(lambda: not started.bot.updates)


async def test_tg42_one_at_a_time_in_a_chat_and_chats_at_the_same_time(
    started: Phone, hook: Hook
) -> None:
    await started.listen(hook)
    hook.gate.clear()
    ben = started.platform.add_user("Ben")
    ann = [started.write(str(n))["update_id"] for n in range(3)]
    bens = started.outside.start(started.bot, ben)["update_id"]
    pressed = started.outside.press(started.bot, started.ann, 1, "x")["update_id"]
    await hook.hears(3)
    assert sorted(hook.numbers) == [ann[0], bens, pressed]
    hook.gate.set()
    await hook.hears(5)
    assert [number for number in hook.numbers if number in ann] == ann


async def test_tg42_no_more_connections_than_allowed(started: Phone, hook: Hook) -> None:
    await started.listen(hook, max_connections=2)
    hook.gate.clear()
    for n in range(5):
        started.outside.start(started.bot, started.platform.add_user(f"P{n}"))
    await hook.hears(2)
    hook.gate.set()
    await hook.hears(5)
    assert hook.most_at_once == 2


async def test_tg42_a_failure_is_retried_and_blocks_only_its_own_queue(
    started: Phone, hook: Hook
) -> None:
    await started.listen(hook)
    hook.script = [failing()]
    first, second = started.write("one")["update_id"], started.write("two")["update_id"]
    await hook.hears(1)
    other = started.outside.start(started.bot, started.platform.add_user("Ben"))["update_id"]
    await hook.hears(2)
    await until(lambda: started.bot.updates.flying == 0)
    started.pass_time(1.0)
    await hook.hears(4)
    assert hook.numbers == [first, other, first, second]


async def test_tg42_pauses_double_until_a_minute_or_two(started: Phone, hook: Hook) -> None:
    await started.listen(hook)
    hook.script = [failing() for _ in range(9)]
    started.write()
    (update,) = started.bot.updates
    pauses = []
    for tries in range(1, 10):
        await tried(update, tries)
        pauses.append(update.not_before - started.platform.clock.now())
        started.pass_time(pauses[-1])
    assert pauses[:6] == pytest.approx([1, 2, 4, 8, 16, 32], abs=0.5)
    assert all(59 < pause < 121 for pause in pauses[6:])
    await hook.hears(10)


async def test_tg42_retry_after_is_honoured(started: Phone, hook: Hook) -> None:
    await started.listen(hook)
    hook.script = [failing(429, **{"Retry-After": "77"})]
    started.write()
    (update,) = started.bot.updates
    await tried(update, 1)
    assert update.not_before - started.platform.clock.now() == pytest.approx(77, abs=0.5)
    started.pass_time(77)
    await hook.hears(2)


async def test_tg42_the_webhooks_health_is_shown(started: Phone, hook: Hook) -> None:
    await started.listen(hook, max_connections=7, allowed_updates=["message"])
    hook.script = [failing()]
    started.write("one")
    started.write("two")
    await until(lambda: started.bot.trouble.date)
    info = (await started.call("getWebhookInfo")).result
    assert info["pending_update_count"] == 2
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert abs(info["last_error_date"] - started.platform.clock.now()) < 5
    assert (info["url"], info["max_connections"]) == (hook.url, 7)
    assert info["allowed_updates"] == ["message"]


@pytest.mark.parametrize(("kind", "seconds"), [("message", 24 * 3600), ("callback", 150)])
async def test_tg42_what_is_too_old_is_dropped(
    started: Phone, hook: Hook, kind: str, seconds: float
) -> None:
    if kind == "message":
        started.write()
    else:
        started.outside.press(started.bot, started.ann, 1, "x")
    started.pass_time(seconds + 1)
    await started.listen(hook)
    fresh = started.outside.start(started.bot, started.platform.add_user("Ben"))["update_id"]
    await hook.hears(1)
    assert hook.numbers == [fresh]
    assert (await started.call("getWebhookInfo")).result["pending_update_count"] == 0


async def test_tg42_nobody_home_and_no_answer_are_failures(hook: Hook) -> None:
    async with phoned(answer_seconds=0.05) as phone:
        await phone.call("setWebhook", url="http://127.0.0.1:9/")
        phone.write()
        await until(lambda: phone.bot.trouble.message == "Webhook connection closed")
        hook.gate.clear()
        await phone.listen(hook)
        await until(lambda: phone.bot.trouble.message == "Read timeout expired")


async def test_tg42_a_webhook_that_is_gone_for_a_day_is_given_up(
    started: Phone, hook: Hook
) -> None:
    await started.listen(hook)
    hook.script = [failing(410), failing(410)]
    started.write()
    (update,) = started.bot.updates
    await tried(update, 1)
    started.pass_time(23 * 3600 + 10)
    await until(lambda: started.bot.webhook is None)
    assert len(hook.heard) == 2


async def test_tg43_an_update_comes_again_although_it_was_accepted(
    started: Phone, hook: Hook
) -> None:
    await started.listen(hook)
    number = started.write()["update_id"]
    await until(lambda: number in started.bot.delivered)
    order = {"update_id": number, "times": 2}
    assert await started.control("POST", "redeliver", order) == {"errors": ["", ""]}
    hook.gate.clear()
    again = asyncio.create_task(started.outside.redeliver(started.bot, number, 3, at_once=True))
    await until(lambda: hook.at_once == 3)
    hook.gate.set()
    assert await again == [""] * 3
    assert hook.numbers == [number] * 6
    assert hook.most_at_once == 3


async def test_tg44_an_answer_may_be_a_call(started: Phone, hook: Hook) -> None:
    await started.listen(hook)
    call = {"method": "sendMessage", "chat_id": started.ann.id, "text": "Thrown away"}
    hook.script = [web.json_response(call), web.json_response({**call, "method": "getMe"})]
    started.write("one")
    started.write("two")
    await hook.hears(2)
    await until(lambda: not started.bot.updates)
    said = [m["text"] for m in started.chat.messages if m["from"]["is_bot"]]
    assert said == ["Thrown away"]
    calls = [call.method for call in started.platform.control.calls]
    assert calls == ["setwebhook", "sendmessage"]


async def test_tg45_only_allowed_updates(started: Phone) -> None:
    def kinds() -> list[str]:
        return [update.kind for update in started.bot.updates]

    react = started.outside.react
    message = started.write()["message_id"]
    assert react(started.bot, started.ann, message, "👍")["update_id"] is None
    await started.call("getUpdates", allowed_updates=["message_reaction"])
    assert react(started.bot, started.ann, message, "👍")["update_id"]
    assert started.write()["update_id"] is None
    assert kinds() == ["message", "message_reaction"]
    await started.call("getUpdates", offset=1)
    assert started.write()["update_id"] is None
    await started.call("getUpdates", allowed_updates=[])
    assert started.write()["update_id"]


async def test_tg46_numbers_only_grow_and_dates_are_seconds(started: Phone) -> None:
    first, second = started.write("one"), started.write("two")
    assert second["update_id"] == first["update_id"] + 1
    ours = (await started.say()).result
    third = started.write("three")
    numbers = [first["message_id"], second["message_id"], ours["message_id"], third["message_id"]]
    assert numbers == sorted(set(numbers))
    assert third["update_id"] == second["update_id"] + 1
    assert isinstance(ours["date"], int)
    assert abs(ours["date"] - started.platform.clock.now()) < 5
