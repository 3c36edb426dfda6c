"""Groups, edits, albums, accounts of businesses and drafts: rules TG47 to TG50 of the emulated Bot API."""

from typing import Any

import pytest

from emulators.telegram.state import Bot, Connection, User
from tests.phone import Phone


def texts(bot: Bot) -> list[str]:
    messages = (update.body.get("message", {}) for update in bot.updates)
    return [message["text"] for message in messages if "text" in message]


async def test_tg47_with_privacy_a_bot_hears_only_what_concerns_it(phone: Phone) -> None:
    group = phone.outside.groups.create(phone.bot, phone.ann, "Club")
    said = await phone.call("sendMessage", chat_id=group.id, text="Hello all")
    own = said.result["message_id"]
    phone.write("between us", chat=group)
    phone.write("/help", chat=group)
    phone.write("/help@other_bot", chat=group)
    phone.write("😀 /help@rules_bot", chat=group)
    phone.write("what says @rules_bot?", chat=group)
    phone.write("thanks", chat=group, reply_to=own)
    expected = ["/help", "😀 /help@rules_bot", "what says @rules_bot?", "thanks"]
    assert texts(phone.bot) == expected


@pytest.mark.parametrize("way", ["no privacy", "administrator"])
async def test_tg47_who_may_hear_everything(phone: Phone, way: str) -> None:
    groups = phone.outside.groups
    group = groups.create(phone.bot, phone.ann, "Club")
    phone.bot.privacy = way != "no privacy"
    if way == "administrator":
        groups.status(phone.bot, phone.ann, group, way)
    phone.write("between us", chat=group)
    assert texts(phone.bot) == ["between us"]


async def test_tg47_bots_do_not_hear_bots(phone: Phone) -> None:
    group = phone.outside.groups.create(phone.bot, phone.ann, "Club")
    other = phone.platform.add_bot("77:other", name="Other", privacy=False)
    phone.outside.groups.add(other, phone.ann, group)
    await phone.call("sendMessage", chat_id=group.id, text="/help")
    assert texts(other) == texts(phone.bot) == []
    phone.write("/help", chat=group)
    assert texts(other) == texts(phone.bot) == ["/help"]


async def test_tg48_an_edit_is_an_update_of_its_own(started: Phone) -> None:
    number = started.write("Helo")["message_id"]
    started.outside.edit(started.bot, started.ann, number, text="Hello")
    first, second = (update.body for update in started.bot.updates)
    assert first["message"]["text"] == "Helo"
    edited = second["edited_message"]
    assert (edited["message_id"], edited["text"]) == (number, "Hello")
    assert edited["edit_date"] >= edited["date"]


async def test_tg48_an_album_is_several_updates_perhaps_with_others_between(started: Phone) -> None:
    ben = started.platform.add_user("Ben")
    photo = started.outside.file(started.bot, "photo", "a.jpg", b"pixels")
    started.outside.album(
        started.bot,
        started.ann,
        [{**photo, "caption": "Look"}, photo],
        lambda: started.outside.start(started.bot, ben),
    )
    messages = [update.body["message"] for update in started.bot.updates]
    groups = [message.get("media_group_id") for message in messages]
    assert groups[0] == groups[2] is not None
    assert groups[1] is None
    assert [message.get("caption") for message in messages] == ["Look", None, None]


def connected(phone: Phone, **rights: bool) -> tuple[Connection, User]:
    owner = phone.platform.add_user("Owner")
    return phone.outside.business.connect(phone.bot, owner, **rights), owner


async def test_tg49_a_bot_speaks_from_the_account_while_it_may(phone: Phone) -> None:
    connection, owner = connected(phone)
    phone.outside.business.write(phone.bot, connection, phone.ann, text="Open?")
    message = (await phone.say("Yes", business_connection_id=connection.id)).result
    assert (message["from"]["id"], message["sender_business_bot"]["id"]) == (owner.id, 99)
    read = {"chat_id": phone.ann.id, "message_id": 1, "business_connection_id": connection.id}
    assert (await phone.call("readBusinessMessage", **read)).result is True
    kinds = [update.kind for update in phone.bot.updates]
    assert kinds == ["business_connection", "business_message", "business_message"]
    refused = (400, "Bad Request: business connection not found")
    assert (await phone.say(business_connection_id="none")).said == refused
    phone.outside.business.enable(phone.bot, connection, enabled=False)
    assert (await phone.say(business_connection_id=connection.id)).said == refused


async def test_tg49_only_within_a_day_of_the_customers_last_message(phone: Phone) -> None:
    connection, _ = connected(phone)
    business, via = phone.outside.business, {"business_connection_id": connection.id}
    business.write(phone.bot, connection, phone.ann, text="Open?")
    phone.pass_time(24 * 3600 + 1)
    assert (await phone.say(**via)).said == (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING")
    business.write(phone.bot, connection, phone.ann, text="I write myself", by_owner=True)
    assert (await phone.say(**via)).status == 400
    business.write(phone.bot, connection, phone.ann, text="Still?")
    assert (await phone.say(**via)).status == 200


async def test_tg49_what_happens_on_the_account(phone: Phone) -> None:
    connection, owner = connected(phone, can_reply=False)
    business = phone.outside.business
    number = business.write(phone.bot, connection, phone.ann, text="Opn?")["message_id"]
    business.edit(phone.bot, connection, phone.ann, number, text="Open?")
    business.write(phone.bot, connection, phone.ann, text="Yes", by_owner=True)
    business.delete(phone.bot, connection, phone.ann, [number])
    _, asked, edited, answered, deleted = (update.body for update in phone.bot.updates)
    assert asked["business_message"]["from"]["id"] == phone.ann.id
    assert edited["edited_business_message"]["text"] == "Open?"
    answer = answered["business_message"]
    assert (answer["from"]["id"], answer["chat"]["id"]) == (owner.id, phone.ann.id)
    assert deleted["deleted_business_messages"]["message_ids"] == [number]
    refused = await phone.say(business_connection_id=connection.id)
    assert refused.said == (400, "Bad Request: BUSINESS_CONNECTION_NOT_ALLOWED")


async def draft(phone: Phone, chat_id: int, **more: Any) -> tuple[int, str]:
    given = {"draft_id": 7, "text": "Let me s", **more}
    return (await phone.call("sendMessageDraft", chat_id=chat_id, **given)).said


async def test_tg50_drafts_are_for_private_chats_and_have_a_number(started: Phone) -> None:
    refused = (400, "Bad Request: DRAFT_ID_INVALID")
    group = started.outside.groups.create(started.bot, started.ann, "Club")
    assert await draft(started, group.id) == refused
    assert await draft(started, started.ann.id, draft_id=0) == refused
    assert await draft(started, started.ann.id, text="") == (200, "")


async def test_tg50_a_draft_goes_with_the_message_or_after_30_seconds(started: Phone) -> None:
    async def shown() -> Any:
        seen = await started.control("GET", f"chats/{started.ann.id}/messages?bot=99")
        return seen["draft"] and seen["draft"]["text"]

    await draft(started, started.ann.id)
    assert await shown() == "Let me s"
    await started.say("Let me see.")
    assert await shown() is None
    await draft(started, started.ann.id)
    started.pass_time(31)
    assert await shown() is None


async def test_tg50_people_may_stop_a_draft_that_offers_it(started: Phone) -> None:
    order = {"bot": "99", "chat": started.ann.id, "draft_id": 7}
    await draft(started, started.ann.id)
    assert "error" in await started.control("POST", "stop_button", order)
    await draft(started, started.ann.id, can_stop=True)
    assert (await started.control("POST", "stop_button", order))["update_id"]
    (update,) = started.bot.updates
    stopped = update.body["stopped_message_generation"]
    assert (stopped["chat"]["id"], stopped["draft_id"]) == (started.ann.id, 7)
    assert started.chat.draft is None
