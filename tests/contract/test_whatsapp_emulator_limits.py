"""What is accepted and fails later, and what is too much: rules WA13 to WA19."""

from typing import Any

import pytest

from emulators.whatsapp import setup
from tests.whatsapp import DAY, Shop, shops


async def test_wa13_outside_the_window_free_text_is_accepted_and_fails(shop: Shop) -> None:
    error = await shop.fails(await shop.send())
    assert (error["code"], error["title"]) == (131047, "Re-engagement message")
    assert error["message"] == "Re-engagement message"
    assert error["error_data"]["details"].startswith("Message failed to send because more than 24")
    assert error["href"].startswith("https://developers.facebook.com/")


async def test_wa13_or_is_refused_at_once() -> None:
    async with shops(sync_window=True) as shop:
        assert (await shop.send()).code == (400, 131047)
        shop.template()
        await shop.becomes((await shop.offer("hello")).wamid, "sent", "delivered")


async def test_wa13_a_template_may_go_out_at_any_time(shop: Shop) -> None:
    shop.template()
    (first, _) = await shop.becomes((await shop.offer("hello")).wamid, "sent", "delivered")
    assert first["pricing"]["type"] == "regular"


async def test_wa14_every_message_opens_the_window_for_a_day(shop: Shop) -> None:
    for _ in range(2):
        shop.write()
        shop.pass_time(DAY - 60)
        await shop.becomes((await shop.send()).wamid, "sent", "delivered")
    shop.pass_time(120)
    assert (await shop.fails(await shop.send()))["code"] == 131047


async def test_wa14_each_number_has_windows_of_its_own(open_shop: Shop) -> None:
    open_shop.number = setup.number(open_shop.meta, of=open_shop.number.id, name="Second")
    assert (await open_shop.fails(await open_shop.send()))["code"] == 131047


@pytest.mark.parametrize("opens", [False, True])
async def test_wa14_reactions_open_it_only_if_told_to(opens: bool) -> None:
    async with shops(reactions_open=opens) as shop:
        shop.template()
        sent = (await shop.offer("hello")).wamid
        shop.outside.react(shop.number, shop.ann, sent, "👍")
        assert shop.thread.window_open(shop.meta.now) == opens


async def test_wa14_a_call_opens_the_window(shop: Shop) -> None:
    await shop.control("POST", "rings", {"person": shop.ann.id})
    await shop.becomes((await shop.send()).wamid, "sent", "delivered")


async def test_wa15_who_has_no_whatsapp_gets_nothing(shop: Shop) -> None:
    shop.template()
    answer = await shop.offer("hello", to="+4915100000000")
    assert answer.body["contacts"][0]["wa_id"] == "4915100000000"
    error = await shop.fails(answer)
    assert (error["code"], error["title"]) == (131026, "Message undeliverable")
    assert error["error_data"]["details"] == "Message Undeliverable."


async def test_wa16_a_pair_has_a_burst_of_45_and_then_one_in_six_seconds(open_shop: Shop) -> None:
    pace, now = open_shop.thread.pace, open_shop.meta.now
    assert pace.wait(now) == 0.0
    pace.take(now, 44)  # as said in a burst just now
    answers = [await open_shop.send() for _ in range(2)]
    assert [one.status for one in answers] == [200, 400]
    words = "(#131056) (Business Account, Consumer Account) pair rate limit hit"
    assert answers[-1].error["message"] == words
    bob = open_shop.meta.add_person("Bob", phone="4915187654321")
    assert (await open_shop.send(to=f"+{bob.phone}")).status == 200  # only this pair waits
    open_shop.pass_time(6.5)
    answers = [await open_shop.send() for _ in range(2)]
    assert [one.status for one in answers] == [200, 400]


@pytest.mark.parametrize(("coexistence", "most"), [(False, 80), (True, 20)])
async def test_wa17_a_number_says_and_hears_so_many_a_second(
    shop: Shop, coexistence: bool, most: int
) -> None:
    shop.number = setup.number(shop.meta, name="Busy", coexistence=coexistence)
    now = shop.meta.now
    shop.number.pace.take(now + 5, most - 1)  # as heard and said within this moment
    assert (await shop.send()).status == 200
    answer = await shop.send()
    assert answer.code == (400, 130429)
    assert answer.details == "Cloud API message throughput has been reached."
    shop.pass_time(6.1)
    assert (await shop.send()).status == 200


async def test_wa17_what_people_write_counts(shop: Shop) -> None:
    frozen = shop.meta.now + 5
    shop.number.pace.take(frozen, 79)
    shop.write()
    assert (await shop.send()).code == (400, 130429)
    shop.number.limits = False
    assert (await shop.send()).status == 200


@pytest.mark.parametrize("code", [131064, 131048])
async def test_wa18_a_business_may_begin_with_so_many_people_a_day(code: int) -> None:
    async with shops(limit_code=code) as shop:
        shop.template()
        shop.number.waba.portfolio.limit = 2
        people = [
            shop.meta.add_person(f"P{n}", phone=f"49151100000{n}", country="DE") for n in range(3)
        ]
        answers = [await shop.offer("hello", to=f"+{one.phone}") for one in people]
        assert (await shop.fails(answers[2]))["code"] == code
        again = await shop.offer("hello", to=f"+{people[0].phone}")
        await shop.becomes(again.wamid, "sent", "delivered")
        shop.outside.write(shop.number, people[2], text="Hi")  # whoever writes is not counted
        inside = await shop.offer("hello", to=f"+{people[2].phone}")
        await shop.becomes(inside.wamid, "sent", "delivered")
        shop.pass_time(DAY + 1)
        later = await shop.offer("hello", to=f"+{people[2].phone}")
        await shop.becomes(later.wamid, "sent", "delivered")


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ({"capped": True}, 131049),
        ({"country": "US"}, 131049),
        ({"stopped_marketing": True}, 131050),
        ({"in_experiment": True}, 130472),
    ],
)
async def test_wa19_marketing_is_not_for_everybody(
    open_shop: Shop, person: dict[str, Any], code: int
) -> None:
    open_shop.template("offer", category="MARKETING")
    open_shop.template("order", category="UTILITY")
    await open_shop.control("POST", f"people/{open_shop.ann.id}", person)
    error = await open_shop.fails(await open_shop.offer("offer"))
    assert error["code"] == code
    order = await open_shop.offer("order")
    await open_shop.becomes(order.wamid, "sent", "delivered")


async def test_wa19_the_words_of_the_common_refusal(open_shop: Shop) -> None:
    open_shop.template("offer", category="MARKETING")
    open_shop.ann.capped = True
    error = await open_shop.fails(await open_shop.offer("offer"))
    words = "This message was not delivered to maintain healthy ecosystem engagement."
    assert error["title"] == error["message"] == words
    assert error["error_data"]["details"].startswith("In order to maintain a healthy ecosystem")


async def test_wa19_stopping_is_told_and_can_be_taken_back(open_shop: Shop) -> None:
    open_shop.template("offer", category="MARKETING")
    path = f"people/{open_shop.ann.id}/preferences"
    await open_shop.control("POST", path, {"marketing": "stop"})
    (told,) = open_shop.told("user_preferences")
    (wish,) = told["user_preferences"]
    assert (wish["value"], wish["category"]) == ("stop", "marketing_messages")
    assert (await open_shop.fails(await open_shop.offer("offer")))["code"] == 131050
    await open_shop.control("POST", path, {"marketing": "resume"})
    await open_shop.becomes((await open_shop.offer("offer")).wamid, "sent", "delivered")
