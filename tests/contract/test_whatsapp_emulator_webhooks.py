"""What Meta tells, and how: statuses, verification, signatures, batches, retries: rules WA36 to WA39."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from emulators.whatsapp import setup
from emulators.whatsapp.updates import OBJECT
from tests.phone import until
from tests.whatsapp import DAY, VERIFY, Hook, Shop, hooked, shops


async def test_wa36_a_message_is_sent_delivered_and_read(open_shop: Shop) -> None:
    wamid = (await open_shop.send(biz_opaque_callback_data="ours-7")).wamid
    await open_shop.becomes(wamid, "sent", "delivered")
    assert await open_shop.control("POST", "reads", {"person": open_shop.ann.id}) == {"read": 1}
    statuses = await open_shop.becomes(wamid, "sent", "delivered", "read")
    for status in statuses:
        assert status["biz_opaque_callback_data"] == "ours-7"
        assert status["recipient_id"] == "4915112345678"
        assert status["recipient_user_id"].startswith("DE.")
        assert status["timestamp"].isdigit()
        assert "conversation" not in status
    assert ["pricing" in status for status in statuses] == [True, True, False]
    assert statuses[0]["pricing"] == {
        "billable": False,
        "pricing_model": "PMP",
        "type": "free_customer_service",
        "category": "service",
    }
    assert all(value["contacts"][0]["user_id"] for value in open_shop.told())


async def test_wa36_a_failure_names_no_contacts(shop: Shop) -> None:
    answer = await shop.send(biz_opaque_callback_data="ours-8")
    await shop.fails(answer)
    (value,) = shop.told()
    assert "contacts" not in value
    (status,) = value["statuses"]
    assert "recipient_user_id" not in status
    assert (status["recipient_id"], status["biz_opaque_callback_data"]) == (
        "4915112345678",
        "ours-8",
    )


async def test_wa36_whoever_has_the_chat_open_only_reads(open_shop: Shop) -> None:
    open_shop.ann.reads = True
    (_, read) = await open_shop.becomes((await open_shop.send()).wamid, "sent", "read")
    assert "pricing" in read


async def test_wa36_a_phone_that_is_off_gets_it_later(open_shop: Shop) -> None:
    path = f"people/{open_shop.ann.id}"
    await open_shop.control("POST", path, {"is_on": False})
    wamid = (await open_shop.send()).wamid
    await open_shop.becomes(wamid, "sent")
    open_shop.pass_time(DAY)
    await open_shop.control("POST", path, {"is_on": True})
    await open_shop.becomes(wamid, "sent", "delivered")


async def test_wa36_who_blocked_us_never_gets_it_and_nobody_tells(open_shop: Shop) -> None:
    path = f"people/{open_shop.ann.id}"
    await open_shop.control("POST", f"{path}/block")
    wamid = (await open_shop.send()).wamid
    await open_shop.becomes(wamid, "sent")
    open_shop.pass_time(DAY - 60)
    await open_shop.becomes(wamid, "sent")


@pytest.mark.parametrize(
    "statuses",
    [
        ["sent", "read"],
        ["read", "delivered", "sent"],
        ["sent", "sent", "delivered", "delivered"],
        ["sent", "failed"],
        ["failed", "delivered"],
        ["delivered", "read", "played"],
        [],
    ],
    ids=",".join,
)
async def test_wa36_any_statuses_in_any_order(open_shop: Shop, statuses: list[str]) -> None:
    await open_shop.control("POST", "fates", {"statuses": statuses, "pause": 1, "code": 131026})
    wamid = (await open_shop.send()).wamid
    open_shop.pass_time(60)
    found = await open_shop.becomes(wamid, *statuses)
    failed = [one["errors"][0]["code"] for one in found if one["status"] == "failed"]
    assert failed == [131026] * statuses.count("failed")
    usual = (await open_shop.send()).wamid  # it was ordered for one message
    await open_shop.becomes(usual, "sent", "delivered")


async def test_wa36_before_version_24_there_are_conversations() -> None:
    async with shops(webhook_version=23) as shop:
        shop.write()
        (sent, _) = await shop.becomes((await shop.send()).wamid, "sent", "delivered")
        assert sent["conversation"]["origin"] == {"type": "service"}
        assert sent["conversation"]["expiration_timestamp"].isdigit()


async def test_wa36_an_advertisement_makes_a_free_entry_point(shop: Shop) -> None:
    shop.outside.sample(shop.number, shop.ann, "from_an_advertisement")
    (sent, _) = await shop.becomes((await shop.send()).wamid, "sent", "delivered")
    assert sent["conversation"]["origin"] == {"type": "referral_conversion"}
    assert sent["pricing"]["type"] == "free_entry_point"


async def test_wa37_a_callback_echoes_the_challenge(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    (query,) = callback.queries
    assert query["hub.mode"] == "subscribe"
    assert query["hub.verify_token"] == VERIFY
    assert query["hub.challenge"].isdigit()
    found = (await shop.ask("GET", f"{shop.app.id}/subscriptions", token=shop.app.token)).body
    assert found["data"][0]["callback_url"] == callback.url


async def test_wa37_a_wrong_token_gets_no_challenge(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    wrong = await shop.control("POST", "verify", {"token": "guessed"})
    assert wrong == {"status": 403, "answer": "", "verified": False}
    good = await shop.control("POST", "verify", {"token": VERIFY})
    assert (good["status"], good["verified"]) == (200, True)
    given = {"object": OBJECT, "callback_url": callback.url, "verify_token": "guessed"}
    path = f"{shop.app.id}/subscriptions"
    answer = await shop.ask("POST", path, token=shop.app.token, json=given)
    assert answer.code == (400, 2200)
    assert "HTTP Status Code = 403" in answer.error["message"]
    assert (await shop.ask("POST", path, json=given)).status == 400


async def test_wa37_callbacks_are_on_the_internet() -> None:
    async with shops(local_mode=False) as shop, hooked() as hook:
        given = {"object": OBJECT, "callback_url": hook.url, "verify_token": VERIFY}
        path = f"{shop.app.id}/subscriptions"
        assert (await shop.ask("POST", path, token=shop.app.token, json=given)).status == 400
        assert hook.queries == []


async def test_wa37_an_account_and_a_number_may_have_their_own(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    async with hooked() as account, hooked() as number:
        for one, path, nested in (
            (account, f"{shop.number.waba.id}/subscribed_apps", False),
            (number, shop.number.id, True),
        ):
            one.secret = shop.app.secret
            given = {"override_callback_uri": one.url, "verify_token": VERIFY}
            body = {"webhook_configuration": given} if nested else given
            assert (await shop.post(path, **body)).body == {"success": True}
            shop.write("Hello")
            await one.hears(1)
        shop.template()
        await shop.control("POST", "templates/hello", {"quality": "RED"})
        await callback.hears(1)  # what is about no message
        assert (account.texts, number.texts, callback.texts) == (["Hello"], ["Hello"], [])
    hooks = (await shop.get(shop.number.id, fields="webhook_configuration")).body
    assert set(hooks["webhook_configuration"]) == {
        "application",
        "whatsapp_business_account",
        "phone_number",
    }


async def test_wa38_the_exact_bytes_are_signed(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    shop.write("Grüße / 👋")
    await callback.hears(1)
    (raw,) = callback.raw
    assert b"\\u00fc" in raw
    assert b"\\/" in raw
    assert callback.texts == ["Grüße / 👋"]
    assert json.dumps(json.loads(raw)).encode() != raw
    mac = hmac.new(shop.app.secret.encode(), raw, hashlib.sha256).hexdigest()
    answer = await shop.control("POST", "raw", {"body": raw.decode()})
    assert (answer, len(mac)) == ({"status": 200}, 64)


@pytest.mark.parametrize(
    "how", ["bad", "missing", "malformed", "other_secret", "sha1", "reserialised"]
)
async def test_wa38_what_is_not_genuine_is_refused(shop: Shop, callback: Hook, how: str) -> None:
    await shop.listen(callback)
    given = {"body": {"object": OBJECT, "entry": [{"id": "1/2"}]}, "signature": how}
    assert await shop.control("POST", "raw", given) == {"status": 401}
    assert (len(callback.refused), callback.bodies) == (1, [])


async def test_wa38_a_body_may_have_three_megabytes(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    assert await shop.control("POST", "raw", {"padding": 3_000_000}) == {"status": 200}
    assert len(callback.raw[0]) > 3_000_000


def sizes(body: dict[str, Any]) -> tuple[int, int, int]:
    """How many entries, changes and messages."""
    changes = [change for entry in body["entry"] for change in entry["changes"]]
    messages = [one for change in changes for one in change["value"]["messages"]]
    return len(body["entry"]), len(changes), len(messages)


@pytest.mark.parametrize(
    ("how", "expected"),
    [("entries", (6, 6, 6)), ("changes", (2, 6, 6)), ("messages", (2, 3, 6))],
)
async def test_wa38_many_updates_in_one_body(
    shop: Shop, callback: Hook, how: str, expected: tuple[int, int, int]
) -> None:
    await shop.listen(callback, hold=True, batch=1000, how=how)
    second = setup.number(shop.meta, of=shop.number.id, name="Second")
    waba = shop.meta.add_waba(shop.app, name="Elsewhere")
    numbers = [shop.number, second, shop.meta.add_number(waba)]
    for place in range(6):
        shop.outside.write(numbers[place % 3], shop.ann, text=str(place))
    await shop.control("POST", "postman", {"hold": False})
    await callback.hears(1)
    assert sizes(callback.bodies[0]) == expected
    assert sorted(callback.texts) == [str(place) for place in range(6)]
    for change in callback.changes:
        value = change["value"]
        assert value["metadata"]["phone_number_id"] in {one.id for one in numbers}
        assert len(value["contacts"]) == 1


async def test_wa38_a_thousand_at_most(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback, hold=True, batch=1000)
    for place in range(1001):
        shop.write(str(place))
    shop.meta.postman.change(hold=False)
    await callback.hears(2)
    assert sorted(sizes(body)[2] for body in callback.bodies) == [1, 1000]


async def test_wa38_and_as_many_as_fit(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback, hold=True, batch=1000)
    for _ in range(3):
        shop.write("x" * 1_400_000)
    shop.meta.postman.change(hold=False)
    await callback.hears(2)
    assert all(len(raw) < 3 * 1024 * 1024 for raw in callback.raw)
    assert len(callback.texts) == 3


async def test_wa39_at_once_and_then_ever_later(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    callback.script = [503, 500, 201]
    shop.write("Hello")
    await callback.hears(2)  # at once
    for pause, many in ((15, 3), (30, 4)):
        await until(lambda: not shop.meta.postman.busy)
        shop.pass_time(pause - 10)
        assert len(callback.bodies) == many - 1
        shop.pass_time(10.1)
        await callback.hears(many)
    await until(lambda: shop.meta.postman.emitted[0].state == "delivered")
    assert callback.texts == ["Hello"] * 4


async def test_wa39_for_seven_days(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    callback.script = [500] * 1000
    shop.write("Hello")
    started, update = shop.meta.now, shop.meta.postman.emitted[0]
    while update.state == "pending":
        await until(lambda: not shop.meta.postman.busy)
        shop.pass_time(3600)
    assert update.state == "dropped"
    assert 6.5 * DAY < shop.meta.now - started < 7.5 * DAY
    assert 30 < len(callback.bodies) < 60


async def test_wa39_no_answer_is_no_yes() -> None:
    async with shops(answer_seconds=0.5) as shop, hooked() as hook:
        await shop.listen(hook)
        hook.gate.clear()
        shop.write("Hello")
        await hook.hears(2)
        hook.gate.set()
        await until(lambda: not shop.meta.postman.busy)
        shop.pass_time(16)
        await until(lambda: shop.meta.postman.emitted[0].state == "delivered")


async def tried(shop: Shop, times: int) -> None:
    """All that was told, so many times."""
    await until(lambda: {one.tries for one in shop.meta.postman.emitted} == {times})


async def test_wa39_a_retry_is_batched_differently(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    callback.script = [500] * 1000
    for text in ("one", "two", "three"):
        shop.write(text)
    for tries, pause in ((2, 15.1), (3, 30.1)):
        await tried(shop, tries)
        shop.pass_time(pause)
    await tried(shop, 4)
    assert [sizes(body)[2] for body in callback.bodies[-4:]] == [1, 1, 1, 3]


async def test_wa39_the_same_thing_again(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback, duplicates=1)
    (number,) = shop.outside.write(shop.number, shop.ann, text="Hello")["updates"]
    await callback.hears(2)
    await until(lambda: shop.meta.postman.emitted[0].state == "delivered")
    again = {"update": number, "times": 3, "concurrently": True}
    assert await shop.control("POST", "redeliver", again) == {"answers": [200] * 3}
    ids = {change["value"]["messages"][0]["id"] for change in callback.changes}
    assert (len(ids), len(callback.bodies)) == (1, 5)


async def test_wa39_every_subscribed_app_is_told(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback)
    other = shop.meta.add_app()
    async with hooked() as second:
        second.secret, other.callback_url = other.secret, second.url
        shop.number.waba.subscribed[other.id] = ""
        shop.write("Hello")
        await second.hears(1)
        await callback.hears(1)
    listed = (await shop.get(f"{shop.number.waba.id}/subscribed_apps")).body["data"]
    assert [one["whatsapp_business_api_data"]["id"] for one in listed] == [shop.app.id, other.id]


async def test_wa39_no_order_is_promised(shop: Shop, callback: Hook) -> None:
    await shop.listen(callback, hold=True, shuffle=True, parallel=1)
    written = [str(place) for place in range(20)]
    for text in written:
        shop.write(text)
    shop.meta.postman.change(hold=False)
    await callback.hears(20)
    assert callback.texts != written
    assert sorted(callback.texts, key=int) == written


async def test_only_wanted_fields_are_told(shop: Shop, callback: Hook) -> None:
    callback.secret = shop.app.secret
    given = {"object": OBJECT, "callback_url": callback.url, "verify_token": VERIFY}
    path = f"{shop.app.id}/subscriptions"
    for fields, status in (("colours", 400), ("messages,calls", 200)):
        body = {**given, "fields": fields}
        answer = await shop.ask("POST", path, token=shop.app.token, json=body)
        assert answer.status == status
    await shop.control("POST", "changes", {"field": "account_update"})
    shop.write("Hello")
    await callback.hears(1)
    assert [change["field"] for change in callback.changes] == ["messages"]
    states = [one["state"] for one in await shop.control("GET", "updates")]
    assert states[0] == "unheard"
