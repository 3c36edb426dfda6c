"""Who people are to a business, and everything they can do: rules WA40 and WA41."""

from typing import Any

import pytest

from emulators.whatsapp import samples, setup
from emulators.whatsapp.accounts import FIELDS
from tests.whatsapp import DAY, Shop

Json = dict[str, Any]


def heard(shop: Shop) -> tuple[Json, Json]:
    """The contact and the message that were told last."""
    value = [one for one in shop.told() if "messages" in one][-1]
    return value["contacts"][0], value["messages"][0]


async def test_wa40_everybody_has_an_id_and_most_show_their_phone(shop: Shop) -> None:
    shop.write()
    contact, message = heard(shop)
    user_id = contact["user_id"]
    assert user_id.startswith("DE.")
    assert contact == {"profile": {"name": "Ann"}, "wa_id": "4915112345678", "user_id": user_id}
    assert (message["from"], message["from_user_id"]) == ("4915112345678", user_id)
    (value,) = shop.told()
    assert value["metadata"] == {
        "display_phone_number": shop.number.phone,
        "phone_number_id": shop.number.id,
    }


async def test_wa40_who_has_a_username_hides_the_phone(shop: Shop) -> None:
    shop.ann.username = "ann"
    shop.write()
    contact, message = heard(shop)
    assert contact["profile"] == {"name": "Ann", "username": "ann"}
    assert "wa_id" not in contact
    assert "from" not in message
    sent = await shop.send(to=None, recipient=contact["user_id"])
    first, second = await shop.becomes(sent.wamid, "sent", "delivered")
    assert "recipient_id" not in first
    assert first["recipient_user_id"] == contact["user_id"]
    contacts = [value["contacts"][0] for value in shop.told()[-2:]]
    assert ["username" in one["profile"] for one in contacts] == [False, True]
    assert second["status"] == "delivered"


async def test_wa40_for_thirty_days_after_the_phone_was_used(shop: Shop) -> None:
    shop.ann.username = "ann"
    shop.write()
    await shop.send()
    other = setup.number(shop.meta, of=shop.number.id, name="Second")
    shop.write()
    assert heard(shop)[0]["wa_id"] == "4915112345678"
    shop.outside.write(other, shop.ann, text="Hi")
    assert "wa_id" not in heard(shop)[0]  # the other number never had to do with it
    shop.pass_time(30 * DAY + 1)
    shop.write()
    assert "wa_id" not in heard(shop)[0]


async def test_wa40_or_for_ever_with_a_contact_book(shop: Shop) -> None:
    path = f"numbers/{shop.number.id}"
    given = {"portfolio": {"contact_book": True, "parent_ids": True}}
    await shop.control("POST", path, given)
    shop.write()
    shop.ann.username = "ann"
    shop.pass_time(300 * DAY)
    shop.write()
    contact, message = heard(shop)
    assert contact["wa_id"] == "4915112345678"
    assert contact["parent_user_id"].startswith("DE.ENT.")
    assert message["from_parent_user_id"] == contact["parent_user_id"]
    parent = await shop.send(to=None, recipient=contact["parent_user_id"])
    await shop.becomes(parent.wamid, "sent", "delivered")


async def test_wa40_another_phone_makes_another_id(shop: Shop) -> None:
    shop.write()
    before = heard(shop)[0]["user_id"]
    changed = await shop.control("POST", f"people/{shop.ann.id}", {"phone": "+4915187654321"})
    assert changed["wa_id"] == "4915187654321"
    value = shop.told()[-1]
    assert "contacts" not in value
    (message,) = value["messages"]
    assert (message["from"], message["from_user_id"]) == ("4915112345678", before)
    system = message["system"]
    assert (system["type"], system["wa_id"]) == ("user_changed_number", "4915187654321")
    assert system["user_id"] != before
    assert system["body"] == "User Ann changed from 4915112345678 to 4915187654321"
    assert (await shop.fails(await shop.send(to="+4915112345678")))["code"] == 131026
    assert (await shop.send(to=None, recipient=before)).code == (400, 131009)
    shop.write()
    assert heard(shop)[0]["user_id"] == system["user_id"]


async def test_wa40_a_hidden_phone_changes_in_silence(shop: Shop) -> None:
    shop.ann.username = "ann"
    shop.write()
    before = heard(shop)[0]["user_id"]
    shop.outside.change_phone(shop.ann, "4915187654321")
    (message,) = shop.told()[-1]["messages"]
    system = message["system"]
    assert (system["type"], "wa_id" in system) == ("user_changed_user_id", False)
    assert system["body"] == f"User Ann changed from {before} to {system['user_id']}"


async def test_wa40_another_device_is_told_to_those_who_check(shop: Shop) -> None:
    shop.number.identity_check = True
    shop.write()
    assert heard(shop)[0]["identity_key_hash"] == shop.ann.identity
    await shop.control("POST", f"people/{shop.ann.id}", {"identity": "new"})
    (message,) = shop.told()[-1]["messages"]
    assert message["system"]["type"] == "customer_identity_changed"


@pytest.mark.parametrize("name", samples.MESSAGES)
async def test_wa41_every_type_of_message(shop: Shop, name: str) -> None:
    before = int(shop.meta.now)
    await shop.control("POST", "messages", {"person": shop.ann.id, "sample": name})
    _, message = heard(shop)
    assert message["id"].startswith("wamid.")
    assert message["timestamp"] in map(str, range(before, int(shop.meta.now) + 1))
    sample = samples.MESSAGES[name]
    assert {key: message[key] for key in sample} == sample
    assert message["type"] in {*sample, sample.get("type")}


@pytest.mark.parametrize(
    ("kind", "name", "more"),
    [
        ("image", "a.jpg", {"caption": "Look"}),
        ("video", "a.mp4", {}),
        ("audio", "a.ogg", {"voice": True, "mime": "audio/ogg; codecs=opus"}),
        ("document", "a.pdf", {"caption": "Here"}),
        ("sticker", "a.webp", {"animated": True, "mime": "image/webp"}),
    ],
)
async def test_wa41_every_kind_of_file(shop: Shop, kind: str, name: str, more: Json) -> None:
    shop.outside.attach(shop.number, shop.ann, kind, (name, b"bytes"), **more)
    _, message = heard(shop)
    body = message[kind]
    assert message["type"] == kind
    assert {key: body[key] for key in more if key != "mime"} == {
        key: value for key, value in more.items() if key != "mime"
    }
    assert set(body) >= {"id", "mime_type", "sha256", "url"}
    assert body.get("filename") == (name if kind == "document" else None)


async def test_wa41_replies_reactions_edits_and_revocations(open_shop: Shop) -> None:
    shop, person = open_shop, {"person": open_shop.ann.id}
    ours = (await shop.send()).wamid
    await shop.control("POST", "messages", {**person, "text": "This one", "reply_to": ours})
    _, reply = heard(shop)
    assert reply["context"] == {"from": shop.number.phone, "id": ours}
    for emoji, told in (("👍", {"message_id": ours, "emoji": "👍"}), ("", {"message_id": ours})):
        await shop.control("POST", "reactions", {**person, "message": ours, "emoji": emoji})
        assert heard(shop)[1]["reaction"] == told
    await shop.control("POST", "messages", {**person, "edit_of": reply["id"], "text": "That one"})
    edit = heard(shop)[1]["edit"]
    assert edit["original_message_id"] == reply["id"]
    assert edit["message"] == {"type": "text", "text": {"body": "That one"}}
    await shop.control("POST", "revocations", {**person, "message": reply["id"]})
    assert heard(shop)[1]["revoke"] == {"original_message_id": reply["id"]}
    gone = shop.thread.messages.find(reply["id"])
    assert gone is not None
    assert (gone.edited, gone.revoked) == (True, True)
    assert "error" in await shop.control("POST", "revocations", {**person, "message": ours})


async def test_wa41_buttons_and_rows_are_pressed(open_shop: Shop) -> None:
    shop = open_shop
    reply = {"type": "reply", "reply": {"id": "yes", "title": "Yes, please"}}
    rows = [{"title": "How", "rows": [{"id": "fast", "title": "Fast", "description": "1 day"}]}]
    for action, choice, kind in (
        ({"buttons": [reply]}, "Yes, please", "button_reply"),
        ({"button": "Choose", "sections": rows}, "fast", "list_reply"),
    ):
        of = "list" if "sections" in action else "button"
        content = {"type": of, "body": {"text": "Well?"}, "action": action}
        sent = (await shop.send("interactive", content)).wamid
        shop.outside.press(shop.number, shop.ann, sent, choice)
        _, message = heard(shop)
        assert message["interactive"]["type"] == kind
        assert message["context"]["id"] == sent
        assert choice in message["interactive"][kind].values()
    buttons = [{"type": "QUICK_REPLY", "text": "Stop"}]
    parts = [{"type": "BODY", "text": "Hi."}, {"type": "BUTTONS", "buttons": buttons}]
    shop.template("stop", components=parts)
    sent = (await shop.offer("stop")).wamid
    pressed = {"person": shop.ann.id, "message": sent, "choice": "Stop"}
    await shop.control("POST", "presses", pressed)
    assert heard(shop)[1]["button"] == {"payload": "Stop", "text": "Stop"}
    assert "error" in await shop.control("POST", "presses", {**pressed, "choice": "Go"})


async def test_wa41_the_business_answers_on_its_own_phone(shop: Shop) -> None:
    shop.write()
    echo = {"person": shop.ann.id, "text": "I am at the counter"}
    assert "error" in await shop.control("POST", "echoes", echo)
    shop.number = setup.number(shop.meta, name="Small shop", coexistence=True)
    sent = await shop.control("POST", "echoes", {**echo, "number": shop.number.id})
    (value,) = shop.told("smb_message_echoes")
    (message,) = value["message_echoes"]
    assert (message["from"], message["to"]) == (shop.number.phone, "4915112345678")
    assert (message["id"], message["text"]["body"]) == (sent["id"], "I am at the counter")
    assert not shop.thread.window_open(shop.meta.now)
    gone = {"person": shop.ann.id, "number": shop.number.id}
    revoke = {"revoke": {"original_message_id": sent["id"]}}
    await shop.control("POST", "echoes", {**gone, **revoke})
    assert shop.told("smb_message_echoes")[-1]["message_echoes"][0]["type"] == "revoke"


@pytest.mark.parametrize("field", [*FIELDS, "field_of_tomorrow"])
async def test_wa41_every_other_field(shop: Shop, field: str) -> None:
    if field == "messages":
        given: Json = {"code": 130429}  # an account's own errors
    else:
        given = {"field": field}
    await shop.control("POST", "changes", given)
    (entry,) = [one["entry"] for one in await shop.control("GET", "updates")]
    (change,) = entry["changes"]
    assert (entry["id"], change["field"]) == (shop.number.waba.id, field)
    assert change["value"]
    if field == "messages":
        assert change["value"]["errors"][0]["code"] == 130429


async def test_wa41_and_what_is_said_of_us_can_be_anything(shop: Shop) -> None:
    value = {"anything": [1, None, {"deep": True}]}
    await shop.control("POST", "changes", {"field": "security", "value": value})
    assert shop.told("security") == [value]
