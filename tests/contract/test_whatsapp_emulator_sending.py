"""What a business may send and to whom: rules WA5 to WA12 and WA27 to WA30."""

from typing import Any

import pytest

from emulators.whatsapp import setup
from tests.whatsapp import Shop, shops


def rows(many: int) -> list[dict[str, str]]:
    return [{"id": str(n), "title": f"Row {n}"} for n in range(many)]


def buttons(*titles: str) -> dict[str, Any]:
    offered = [{"type": "reply", "reply": {"id": t, "title": t}} for t in titles]
    return {"type": "button", "body": {"text": "Well?"}, "action": {"buttons": offered}}


def listed(*sections: Any, button: str = "Choose") -> dict[str, Any]:
    action = {"button": button, "sections": list(sections)}
    return {"type": "list", "body": {"text": "Which?"}, "action": action}


LINK = {"link": "https://example.com/a"}
CARD = [{"name": {"formatted_name": "Bob Smith", "first_name": "Bob"}}]
URL = {
    "type": "cta_url",
    "body": {"text": "See"},
    "footer": {"text": "Shop"},
    "action": {
        "name": "cta_url",
        "parameters": {"display_text": "Open", "url": "https://example.com/"},
    },
}


async def test_wa5_the_product_must_be_named(shop: Shop) -> None:
    answer = await shop.send(messaging_product=None)
    assert answer.code == (400, 100)
    assert answer.error["message"] == "(#100) The parameter messaging_product is required."
    assert (await shop.send(messaging_product="telegram")).code == (400, 100)


async def test_wa6_somebody_must_be_written_to(shop: Shop) -> None:
    answer = await shop.send(to=None)
    assert answer.error["message"] == "(#100) The parameter to is required."
    assert (await shop.send(to="Ann")).code == (400, 131009)


async def test_wa7_unknown_types_and_missing_objects(shop: Shop) -> None:
    answer = await shop.send("hologram", {})
    assert (answer.code, "type" in answer.details) == ((400, 131009), True)
    for kind in ("text", "image", "interactive", "template", "contacts", "location"):
        answer = await shop.send(kind, "no object")
        assert (answer.code, kind in answer.details) == ((400, 100), True)
    answer = await shop.send(colour="red")
    assert answer.error["message"] == '(#100) Unexpected key "colour" on the request.'


async def test_wa8_nobody_writes_to_himself(shop: Shop) -> None:
    answer = await shop.send(to=f"+{shop.number.phone}")
    assert answer.code == (400, 131021)


async def test_wa9_test_numbers_write_to_their_list(open_shop: Shop) -> None:
    path = f"numbers/{open_shop.number.id}"
    await open_shop.control("POST", path, {"allowed": ["4915100000000"]})
    answer = await open_shop.send()
    assert answer.code == (400, 131030)
    assert answer.details.endswith("Add recipient phone number to recipient list and try again.")
    await open_shop.control("POST", path, {"allowed": [open_shop.ann.phone]})
    assert (await open_shop.send()).status == 200


async def test_wa10_what_is_accepted_gets_an_id(open_shop: Shop) -> None:
    answer = await open_shop.send(to="+49 (151) 1234-5678")
    (contact,) = answer.body["contacts"]
    assert contact == {"input": "+49 (151) 1234-5678", "wa_id": "4915112345678"}
    assert answer.body["messaging_product"] == "whatsapp"
    assert answer.wamid.startswith("wamid.")
    open_shop.template()
    (message,) = (await open_shop.offer("hello")).body["messages"]
    assert message["message_status"] == "accepted"


async def test_wa10_to_an_id_and_to_both(open_shop: Shop) -> None:
    user_id = open_shop.ann.bsuid(open_shop.number.waba.portfolio.id)
    answer = await open_shop.send(to=None, recipient=user_id)
    assert answer.body["contacts"] == [{"input": user_id, "user_id": user_id}]
    both = await open_shop.send(recipient=user_id)
    phone = {"input": "+4915112345678", "wa_id": "4915112345678", "user_id": user_id}
    assert both.body["contacts"] == [phone]


async def test_wa11_without_a_plus_it_is_a_number_at_home(shop: Shop) -> None:
    answer = await shop.send(to="4915112345678")
    assert answer.body["contacts"][0]["wa_id"] == "14915112345678"
    assert (await shop.fails(answer))["code"] == 131026


@pytest.mark.parametrize(
    ("dialed", "wa_id"),
    [
        ("+5511987654321", "551187654321"),
        ("+525512345678", "5215512345678"),
        ("+541123456789", "5491123456789"),
        ("+4915112345678", "4915112345678"),
    ],
)
async def test_wa12_whatsapp_writes_some_numbers_otherwise(dialed: str, wa_id: str) -> None:
    for normalise in (True, False):
        async with shops(normalise=normalise) as shop:
            person = shop.meta.add_person("Bob", phone=wa_id)
            shop.outside.write(shop.number, person, text="Hi")
            answer = await shop.send(to=dialed)
            expected = wa_id if normalise else dialed.removeprefix("+")
            assert answer.body["contacts"] == [{"input": dialed, "wa_id": expected}]
            await shop.becomes(answer.wamid, "sent", "delivered")  # it is the same person


@pytest.mark.parametrize(
    ("kind", "content", "named"),
    [
        ("text", {"body": "x" * 4097}, "text['body']"),
        ("text", {"body": ""}, "text['body']"),
        ("text", {"body": "x", "colour": 1}, "colour"),
        ("image", {**LINK, "caption": "x" * 1025}, "image['caption']"),
        ("image", {}, "image"),
        ("image", {"id": "1", **LINK}, "image"),
        ("image", {"link": "ftp://a"}, "image['link']"),
        ("image", {"id": "1"}, "image['id']"),
        ("audio", {**LINK, "caption": "x"}, "caption"),
        ("location", {"latitude": 1}, "location['longitude']"),
        ("location", {"latitude": 91, "longitude": 1}, "location['latitude']"),
        ("contacts", [], "contacts"),
        ("contacts", [{"name": {"formatted_name": "Bob"}}], "contacts[0]['name']"),
        ("reaction", {"message_id": "wamid.x", "emoji": "👍"}, "reaction['message_id']"),
        ("interactive", {"type": "poll"}, "interactive['type']"),
        ("interactive", buttons("1", "2", "3", "4"), "['buttons']"),
        ("interactive", buttons("x" * 21), "['title']"),
        ("interactive", buttons("1", "1"), "unique"),
        ("interactive", {**buttons("1"), "body": {"text": "x" * 1025}}, "['body']['text']"),
        ("interactive", {**buttons("1"), "footer": {"text": "x" * 61}}, "['footer']['text']"),
        ("interactive", listed({"rows": rows(11)}), "['rows']"),
        ("interactive", listed(*[{"title": "t", "rows": rows(6)}] * 2), "10 rows"),
        ("interactive", listed({"rows": rows(1)}, {"rows": rows(1)}), "['title']"),
        ("interactive", listed({"rows": rows(1)}, button="x" * 21), "['button']"),
        ("interactive", {**URL, "action": {"name": "cta_url", "parameters": {}}}, "display_text"),
    ],
)
async def test_wa27_limits_of_what_is_said(
    open_shop: Shop, kind: str, content: Any, named: str
) -> None:
    answer = await open_shop.send(kind, content)
    assert answer.status == 400
    assert answer.error["code"] in {100, 131009}
    assert named in f"{answer.error['message']} {answer.details}"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text", {"body": "x" * 4096, "preview_url": True}),
        ("image", {**LINK, "caption": "x" * 1024}),
        ("document", {**LINK, "filename": "a.pdf"}),
        ("audio", LINK),
        ("video", LINK),
        ("sticker", LINK),
        ("location", {"latitude": "52.5", "longitude": 13.3, "name": "Gate"}),
        ("contacts", CARD),
        ("interactive", buttons("1", "2", "3")),
        ("interactive", listed({"rows": rows(10)})),
        ("interactive", URL),
    ],
)
async def test_wa27_what_is_within_them_arrives(open_shop: Shop, kind: str, content: Any) -> None:
    answer = await open_shop.send(kind, content)
    await open_shop.becomes(answer.wamid, "sent", "delivered")
    seen = open_shop.thread.messages.find(answer.wamid)
    assert seen is not None
    assert seen.content == {"type": kind, kind: content}


async def test_wa28_ids_belong_to_one_business(open_shop: Shop) -> None:
    other = setup.number(open_shop.meta, name="Other")
    user_id = open_shop.ann.bsuid(other.waba.portfolio.id)
    assert user_id != open_shop.ann.bsuid(open_shop.number.waba.portfolio.id)
    assert (await open_shop.send(to=None, recipient=user_id)).code == (400, 131009)


async def test_wa28_codes_go_to_phones_only(open_shop: Shop) -> None:
    button = {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}
    components = [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [button]}]
    open_shop.template("code", category="AUTHENTICATION", components=components)
    code = [{"type": "text", "text": "1234"}]
    filled = (
        {"type": "body", "parameters": code},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": code},
    )
    user_id = open_shop.ann.bsuid(open_shop.number.waba.portfolio.id)
    answer = await open_shop.offer("code", *filled, to=None, recipient=user_id)
    assert answer.code == (400, 131062)
    assert answer.details.startswith("Business-scoped User ID (BSUID) recipients")
    assert (await open_shop.offer("code", *filled)).status == 200


async def test_wa29_a_reply_needs_a_message(open_shop: Shop) -> None:
    answer = await open_shop.send(context={"message_id": "wamid.nothing"})
    assert answer.code == (400, 131009)
    assert answer.details.startswith("Context message id wamid.nothing")
    asked = open_shop.write("Where?")
    replied = await open_shop.send(context={"message_id": asked})
    message = open_shop.thread.messages.find(replied.wamid)
    assert message is not None
    assert message.context == {"id": asked}


async def test_wa29_a_reaction_is_put_on_and_taken_off(open_shop: Shop) -> None:
    asked = open_shop.write("Thanks!")
    message = open_shop.thread.messages.find(asked)
    assert message is not None
    await open_shop.send("reaction", {"message_id": asked, "emoji": "👍"})
    assert message.json()["reactions"] == ["👍"]
    await open_shop.send("reaction", {"message_id": asked, "emoji": ""})
    assert message.json()["reactions"] == []


async def mark(shop: Shop, wamid: str, **more: Any) -> Any:
    given = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid, **more}
    return await shop.post(f"{shop.number.id}/messages", **given)


async def test_wa30_reading_marks_all_that_came_before(shop: Shop) -> None:
    first, second, third = (shop.write(text) for text in ("one", "two", "three"))
    assert (await mark(shop, second)).body == {"success": True}
    seen = {one.id: one.status for one in shop.thread.messages}
    assert seen == {first: "read", second: "read", third: "sent"}


async def test_wa30_only_what_was_received_can_be_read(open_shop: Shop) -> None:
    ours = (await open_shop.send()).wamid
    for wamid in ("wamid.nothing", ours):
        assert (await mark(open_shop, wamid)).code == (400, 100)
    assert (await mark(open_shop, ours, typing_indicator={"type": "voice"})).code == (400, 100)


async def test_wa30_typing_ends_after_25_seconds_or_with_our_message(shop: Shop) -> None:
    asked, path = shop.write("Where?"), f"chats/{shop.ann.id}/messages"
    for end in (shop.send, lambda: shop.control("POST", "clock", {"advance": 25.5})):
        await mark(shop, asked, typing_indicator={"type": "text"})
        assert (await shop.control("GET", path))["typing"] is True
        await end()
        assert (await shop.control("GET", path))["typing"] is False


async def test_opaque_data_is_limited(open_shop: Shop) -> None:
    answer = await open_shop.send(biz_opaque_callback_data="x" * 513)
    assert answer.code == (400, 100)


async def test_forms_are_read_as_json_is(open_shop: Shop) -> None:
    form = {
        "messaging_product": "whatsapp",
        "to": f"+{open_shop.ann.phone}",
        "type": "text",
        "text": '{"body": "Hi"}',
    }
    answer = await open_shop.ask("POST", f"{open_shop.number.id}/messages", data=form)
    assert answer.wamid
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {open_shop.token}"}
    url = f"{open_shop.running.url}/v26.0/{open_shop.number.id}/messages"
    for body in (b"{", b"[]"):
        async with open_shop.http.post(url, data=body, headers=headers) as got:
            assert (got.status, (await got.json())["error"]["code"]) == (400, 100)
