"""Whom a bot may write to: rules TG7 to TG14 of the emulated Bot API."""

import pytest

from tests.phone import Phone


async def test_tg7_without_a_chat(phone: Phone) -> None:
    assert (await phone.call("sendMessage", text="x")).said == (
        400,
        "Bad Request: chat_id is empty",
    )


@pytest.mark.parametrize("chat", [12345, -100_777, "@somebody", "Ann"])
async def test_tg8_a_chat_that_the_bot_has_never_seen(phone: Phone, chat: object) -> None:
    answer = await phone.call("sendMessage", chat_id=chat, text="x")
    assert answer.said == (400, "Bad Request: chat not found")


async def test_tg9_somebody_met_in_a_group_has_not_pressed_start(phone: Phone) -> None:
    group = phone.outside.groups.create(phone.bot, phone.ann, "Club")
    phone.write(chat=group)
    refused = (403, "Forbidden: bot can't initiate conversation with a user")
    assert (await phone.say()).said == refused
    phone.outside.start(phone.bot, phone.ann)
    assert (await phone.say()).status == 200


async def test_tg10_who_blocks_the_bot_is_out_of_reach_and_the_bot_is_told(started: Phone) -> None:
    started.outside.block(started.bot, started.ann)
    assert (await started.say()).said == (403, "Forbidden: bot was blocked by the user")
    assert (
        await started.call("sendChatAction", chat_id=started.ann.id, action="typing")
    ).status == 403
    (update,) = started.bot.updates
    change = update.body["my_chat_member"]
    statuses = [change[name]["status"] for name in ("old_chat_member", "new_chat_member")]
    assert statuses == ["member", "kicked"]


async def test_tg10_writing_again_unblocks(started: Phone) -> None:
    started.outside.block(started.bot, started.ann)
    started.write()
    kinds = [update.kind for update in started.bot.updates]
    assert kinds == ["my_chat_member", "my_chat_member", "message"]
    assert (await started.say()).status == 200


async def test_tg11_a_deleted_account(started: Phone) -> None:
    started.ann.deleted = True
    assert (await started.say()).said == (403, "Forbidden: user is deactivated")


async def test_tg12_bots_do_not_write_to_bots(phone: Phone) -> None:
    phone.ann.is_bot = True
    phone.platform.private_chat(phone.bot, phone.ann)
    assert (await phone.say()).said == (403, "Forbidden: the bot can't send messages to the bot")


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("group", "kicked", "bot was kicked from the group chat"),
        ("supergroup", "kicked", "bot was kicked from the supergroup chat"),
        ("group", "left", "bot is not a member of the group chat"),
        ("supergroup", "left", "bot is not a member of the supergroup chat"),
    ],
)
async def test_tg13_out_of_the_group(phone: Phone, kind: str, status: str, words: str) -> None:
    groups = phone.outside.groups
    group = groups.create(phone.bot, phone.ann, "Club", kind)
    assert (await phone.call("sendMessage", chat_id=group.id, text="x")).status == 200
    groups.status(phone.bot, phone.ann, group, status)
    answer = await phone.call("sendMessage", chat_id=group.id, text="x")
    assert answer.said == (403, f"Forbidden: {words}")
    assert phone.bot.updates[-1].kind == "my_chat_member"


async def test_tg14_an_upgraded_group_names_its_new_id_and_both_tell(phone: Phone) -> None:
    group = phone.outside.groups.create(phone.bot, phone.ann, "Club")
    phone.bot.updates.clear()
    new = phone.outside.upgrade(phone.bot, group, phone.ann)
    answer = await phone.call("sendMessage", chat_id=group.id, text="x")
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer.said == (400, words)
    assert answer.body["parameters"] == {"migrate_to_chat_id": new.id}
    assert new.id < -1_000_000_000_000
    assert (await phone.call("sendMessage", chat_id=new.id, text="x")).status == 200
    old_tells, new_tells = (update.body["message"] for update in phone.bot.updates)
    assert (old_tells["chat"]["id"], old_tells["migrate_to_chat_id"]) == (group.id, new.id)
    assert (new_tells["chat"]["id"], new_tells["migrate_from_chat_id"]) == (new.id, group.id)
