"""Buttons, replies, edits, topics and pace: rules TG24 to TG31 of the emulated Bot API."""

from typing import Any

import pytest

from tests.phone import Phone

SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
GONE = "query is too old and response timeout expired or query ID is invalid"


@pytest.mark.parametrize(
    ("data", "status"), [("y" * 64, 200), ("y" * 65, 400), ("é" * 33, 400), ("", 400)]
)
async def test_tg24_callback_data_has_64_bytes(started: Phone, data: str, status: int) -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
    answer = await started.say(reply_markup=keyboard)
    assert answer.status == status
    assert status == 200 or answer.said[1] == "Bad Request: BUTTON_DATA_INVALID"


async def test_tg25_a_reply_to_nothing(started: Phone) -> None:
    refused = (400, "Bad Request: message to be replied not found")
    assert (await started.say(reply_parameters={"message_id": 777})).said == refused
    anyway = {"message_id": 777, "allow_sending_without_reply": True}
    assert "reply_to_message" not in (await started.say(reply_parameters=anyway)).result
    asked = started.write("How?")["message_id"]
    reply = (await started.say(reply_parameters={"message_id": asked})).result
    assert reply["reply_to_message"]["text"] == "How?"


async def test_tg26_edits(started: Phone) -> None:
    async def edit(message_id: int, text: str) -> Any:
        to = {"chat_id": started.ann.id, "message_id": message_id}
        return await started.call("editMessageText", text=text, **to)

    own, theirs = (await started.say("Hi")).result["message_id"], started.write()["message_id"]
    assert (await edit(777, "x")).said == (400, "Bad Request: message to edit not found")
    assert (await edit(theirs, "x")).said == (400, "Bad Request: message can't be edited")
    assert (await edit(own, "Hi")).said == (400, SAME)
    edited = (await edit(own, "Ho")).result
    assert (edited["text"], edited["edit_date"] >= edited["date"]) == ("Ho", True)


async def test_tg26_an_edit_takes_away_what_it_does_not_repeat(started: Phone) -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    said = (await started.say("<b>Hi</b>", parse_mode="HTML", reply_markup=keyboard)).result
    to = {"chat_id": started.ann.id, "message_id": said["message_id"]}
    bare = (await started.call("editMessageReplyMarkup", **to)).result
    assert "reply_markup" not in bare
    assert "entities" in bare
    plain = (await started.call("editMessageText", text="Hi", **to)).result
    assert "entities" not in plain


async def test_tg27_deletions(started: Phone) -> None:
    async def delete(message_id: int) -> Any:
        to = {"chat_id": started.ann.id, "message_id": message_id}
        return await started.call("deleteMessage", **to)

    own, theirs = (await started.say()).result["message_id"], started.write()["message_id"]
    old = (await started.say()).result["message_id"]
    assert (await delete(777)).said == (400, "Bad Request: message to delete not found")
    assert (await delete(own)).result is True
    assert (await delete(theirs)).result is True
    started.pass_time(48 * 3600 + 1)
    assert (await delete(old)).said == (400, "Bad Request: message can't be deleted")


async def test_tg27_in_a_group_only_administrators_delete_what_others_say(started: Phone) -> None:
    groups = started.outside.groups
    group = groups.create(started.bot, started.ann, "Club")
    to = {"chat_id": group.id, "message_id": started.write(chat=group)["message_id"]}
    answer = await started.call("deleteMessage", **to)
    assert answer.said == (400, "Bad Request: message can't be deleted")
    groups.status(started.bot, started.ann, group, "administrator")
    assert (await started.call("deleteMessage", **to)).result is True


async def test_tg28_a_callback_is_answered_once_and_in_time(started: Phone) -> None:
    async def answer(query: str) -> tuple[int, str]:
        return (await started.call("answerCallbackQuery", callback_query_id=query)).said

    message = (await started.say()).result["message_id"]
    first, late = (
        started.outside.press(started.bot, started.ann, message, "yes")["id"] for _ in range(2)
    )
    assert await answer(first) == (200, "")
    assert await answer(first) == (400, f"Bad Request: {GONE}")
    assert await answer("1") == (400, f"Bad Request: {GONE}")
    started.platform.query_seconds = 15.0
    started.pass_time(16.0)
    assert await answer(late) == (400, f"Bad Request: {GONE}")


async def test_tg29_topics(phone: Phone) -> None:
    groups = phone.outside.groups
    forum = groups.create(phone.bot, phone.ann, "Forum", "supergroup")
    topic = groups.open_topic(phone.bot, phone.ann, forum)
    to = {"chat_id": forum.id, "text": "x"}
    said = (await phone.call("sendMessage", **to, message_thread_id=topic)).result
    assert (said["message_thread_id"], said["chat"]["is_forum"]) == (topic, True)
    answer = await phone.call("sendMessage", **to, message_thread_id=topic + 1)
    assert answer.said == (400, "Bad Request: message thread not found")


async def test_tg30_what_the_bot_is_doing(started: Phone) -> None:
    async def act(action: str) -> tuple[int, str]:
        to = {"chat_id": started.ann.id, "action": action}
        return (await started.call("sendChatAction", **to)).said

    assert await act("dance") == (400, "Bad Request: wrong parameter action in request")
    assert await act("typing") == (200, "")
    now = started.platform.clock.now()
    assert 4.0 < started.chat.typing_until - now <= 5.0
    await started.say()
    assert started.chat.typing_until == 0.0


async def test_tg31_one_message_a_second_in_a_chat_after_a_burst(started: Phone) -> None:
    answers = [await started.say(str(n)) for n in range(8)]
    assert [answer.status for answer in answers] == [200] * 5 + [429] * 3
    refused = answers[-1]
    assert refused.said == (429, "Too Many Requests: retry after 1")
    assert refused.body["parameters"] == {"retry_after": 1}
    assert refused.headers["Retry-After"] == "1"
    started.pass_time(1.0)
    assert (await started.say()).status == 200
    ben = started.platform.add_user("Ben")
    started.outside.start(started.bot, ben)
    assert (await started.call("sendMessage", chat_id=ben.id, text="x")).status == 200


async def test_tg31_twenty_messages_a_minute_in_a_group(phone: Phone) -> None:
    group = phone.outside.groups.create(phone.bot, phone.ann, "Club")
    for _ in range(20):
        phone.pass_time(1.0)
        assert (await phone.call("sendMessage", chat_id=group.id, text="x")).status == 200
    phone.pass_time(1.0)
    refused = await phone.call("sendMessage", chat_id=group.id, text="x")
    assert refused.status == 429
    after = refused.body["parameters"]["retry_after"]
    assert after == 40
    phone.pass_time(after - 2.0)
    assert (await phone.call("sendMessage", chat_id=group.id, text="x")).status == 429
    phone.pass_time(2.0)
    assert (await phone.call("sendMessage", chat_id=group.id, text="x")).status == 200


async def test_tg31_thirty_messages_a_second_of_one_bot(phone: Phone) -> None:
    people = [phone.platform.add_user(f"P{n}") for n in range(31)]
    for person in people:
        phone.outside.start(phone.bot, person)
    statuses = [
        (await phone.call("sendMessage", chat_id=person.id, text="x")).status for person in people
    ]
    assert statuses == [200] * 30 + [429]


async def test_tg31_an_album_counts_as_its_messages_and_limits_can_be_switched_off(
    phone: Phone,
) -> None:
    phone.outside.start(phone.bot, phone.ann)
    media = '[{"type":"photo","media":"attach://a"},{"type":"photo","media":"attach://b"}]'
    album = {"chat_id": phone.ann.id, "media": media, "a": b"1", "b": b"2"}
    answers = [await phone.form("sendMediaGroup", **album) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    phone.bot.limits = False
    assert (await phone.form("sendMediaGroup", **album)).status == 200
