"""What else happens on Telegram, through the whole runtime: buttons, edits, groups, topics, blocks."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.llm.scripted import Answer
from emulators.telegram.state import Chat
from tests.story import Held, World, world


def group_of_two(w: World, kind: str = "group") -> Chat:
    """A group with the bot, Ann and Ben."""
    groups = w.platform.outside.groups
    group = groups.create(w.bot, w.person("Ann"), "Club", kind)
    groups.join(w.bot, w.person("Ben"), group)
    return group


@contextlib.contextmanager
def unplugged(w: World) -> Iterator[None]:
    """For a while no update reaches us; then all that waited come."""
    hook, w.bot.webhook = w.bot.webhook, None
    yield
    w.bot.webhook = hook
    w.platform.telegram.courier(w.bot)


def texts(w: World, chat: Chat) -> list[str]:
    return [one["text"] for one in w.said(chat)]


async def names(w: World) -> list[tuple[str, str]]:
    """Who said what, as the log has it."""
    rows = await w.log("data", "text", kind="message")
    return [(json.loads(data or "{}").get("name", ""), text) for data, text in rows]


async def edits(w: World) -> list[dict[str, int]]:
    """What the log keeps of edits, as soon as there is one."""
    rows = await w.until_rows(lambda r: any(k == "edit" for k, _ in r), "log", "kind", "data")
    return [json.loads(data) for kind, data in rows if kind == "edit"]


async def test_a_pressed_button_is_answered_at_once_and_then_by_the_agent(
    database_url: str, tmp_path: Path
) -> None:
    llm = Held(["Monday it is."])
    async with world(database_url, tmp_path, llm) as w:
        ann = w.person()
        chat = w.platform.telegram.private_chat(w.bot, ann)
        chat.started = True
        rows = [
            [{"text": "On Monday", "callback_data": "day:1"}],
            [{"text": "?", "url": "http://a"}],
        ]
        offer = w.platform.telegram.message(
            chat, w.bot.user, text="When?", reply_markup={"inline_keyboard": rows}
        )
        pressed = w.platform.outside.press(w.bot, ann, offer["message_id"], "day:1")
        await w.until(lambda: w.calls("answercallbackquery"), "the spinning button is calmed")
        (call,) = w.calls("answercallbackquery")
        assert (call.parameters["callback_query_id"], call.status) == (pressed["id"], 200)
        assert w.heard() == ["When?"]
        llm.go.set()
        await w.until(lambda: w.heard() == ["When?", "Monday it is."], "the answer")
        assert w.seen() == ["On Monday"]
        ((said, data), _) = await w.log("text", "data", kind="message")
        assert (said, json.loads(data)["choice"]) == ("On Monday", "day:1")


async def test_a_button_under_a_message_that_is_gone_still_says_what_was_chosen(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, ["Noted."]) as w:
        w.write("Hi")
        await w.until(lambda: w.heard() == ["Noted."], "the first answer")
        w.platform.outside.press(w.bot, w.person(), 999, "day:1")
        await w.until(lambda: len(w.heard()) == 2, "the second answer")
        assert w.seen() == ["Hi", "day:1"]
        assert len(await w.modes()) == 1


@pytest.mark.parametrize("way", ["told before", "told after"])
async def test_a_group_is_one_session_also_when_it_becomes_a_supergroup(
    database_url: str, tmp_path: Path, way: str
) -> None:
    llm = Held(["At nine.", "Until six.", "Never."])
    async with world(database_url, tmp_path, llm) as w:
        outside, ann, ben = w.platform.outside, w.person("Ann"), w.person("Ben")
        group = group_of_two(w)
        outside.write(w.bot, ann, chat=group, text="@story_bot open when?")
        llm.go.set()
        await w.until(lambda: texts(w, group) == ["At nine."], "the answer in the group")
        llm.go.clear()
        outside.write(w.bot, ben, chat=group, text="Ann, lunch?")  # none of the bot's business
        answer = w.said(group)[0]["message_id"]
        outside.write(w.bot, ben, chat=group, text="Until when?", reply_to=answer)
        await w.until(lambda: len(llm.asked) == 2, "the second turn")
        with unplugged(w) if way == "told after" else contextlib.nullcontext():
            new = outside.upgrade(w.bot, group, ann)
            if way == "told before":
                await w.until_rows(lambda r: r == [(str(new.id),)], "sessions", "chat")
            llm.go.set()
            await w.until(lambda: texts(w, new) == ["Until six."], "the answer in the supergroup")
        outside.write(w.bot, ann, chat=new, text="/holidays")
        await w.until(lambda: texts(w, new) == ["Until six.", "Never."], "the next answer")
        assert w.seen() == ["Ann: @story_bot open when?", "Ben: Until when?", "Ann: /holidays"]
        assert await w.rows("sessions", "chat", "mode") == [(str(new.id), "autonomous")]
        await w.until_rows(lambda r: r == [("sent",)] * 3, "deliveries", "state")
        assert [who for who, _ in await names(w)] == ["Ann", "", "Ben", "", "Ann", ""]


async def test_an_edit_in_a_supergroup_is_not_taken_for_one_of_the_group_before(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, ["Yes."]) as w:
        outside, ann, group = w.platform.outside, w.person(), group_of_two(w)
        before = outside.write(w.bot, ann, chat=group, text="/one")["message_id"]
        await w.until(lambda: len(w.said(group)) == 1, "the answer in the group")
        new = outside.upgrade(w.bot, group, ann)
        number = 0
        while number < before:  # a supergroup numbers its messages from the start again
            number = outside.write(w.bot, ann, chat=new, text="/two")["message_id"]
        await w.until(lambda: w.llm.asked and "Ann: /two" in w.seen(), "the turn in the supergroup")
        outside.edit(w.bot, ann, number, chat=new, text="/three")
        (edit,) = await edits(w)
        assert (await w.log("text"))[edit["of"] - 1] == ("/two",)


async def test_what_a_group_said_before_it_moved_but_came_after_ends_with_a_person(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path, ["Yes."]) as w:
        outside, ann, group = w.platform.outside, w.person(), group_of_two(w)
        outside.write(w.bot, ann, chat=group, text="/one")
        await w.until(lambda: len(w.said(group)) == 1, "the answer in the group")
        with unplugged(w):
            outside.write(w.bot, ann, chat=group, text="/late")
            w.bot.updates.postpone(w.bot.updates[-1], w.platform.telegram.clock.now() + 60)
            new = outside.upgrade(w.bot, group, ann)
        await w.until_rows(lambda r: r == [(str(new.id),)], "sessions", "chat")
        w.platform.telegram.clock.advance(60)  # Telegram tries again, in the old chat's queue
        await w.until_rows(lambda r: ("waiting",) in r, "sessions", "mode")
        assert sorted(await w.rows("deliveries", "state")) == [("failed",), ("sent",)]
        outside.write(w.bot, ann, chat=new, text="/two")
        await w.until(lambda: texts(w, new) == ["Yes."], "the supergroup goes on")


async def test_each_topic_of_a_forum_is_a_session_answered_in_its_thread(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["One.", "Two.", "Three."]) as w:
        outside, ann, forum = w.platform.outside, w.person(), group_of_two(w, "supergroup")
        first, second = (
            outside.groups.open_topic(w.bot, ann, forum, name) for name in ("Orders", "Returns")
        )
        for many, topic in enumerate((first, second, first)):
            outside.write(w.bot, ann, chat=forum, topic=topic, text=f"/ask {topic}")
            await w.until(lambda many=many: len(w.said(forum)) > many, "the next answer")  # type: ignore[misc]  # mypy can't infer defaults of lambdas
        threads = [(one.get("message_thread_id"), one["text"]) for one in w.said(forum)]
        assert threads == [(first, "One."), (second, "Two."), (first, "Three.")]
        sessions = await w.rows("sessions", "thread", "last_seq")
        assert sorted(sessions) == sorted([(str(first), 4), (str(second), 2)])
        assert w.seen() == [f"Ann: /ask {first}", f"Ann: /ask {first}"]
        facts = [json.loads(data) for (data,) in await w.log("data") if '"name"' in data]
        assert not any("reply_to" in one for one in facts)


async def test_what_is_known_of_one_is_not_told_in_a_group(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path, ["Yes."]) as w:
        outside, group = w.platform.outside, group_of_two(w)
        outside.write(w.bot, w.person("Ann"), chat=group, text="/first")
        await w.until(lambda: len(w.said(group)) == 1, "the answer in the group")
        for name, phone in (("Ann", "+111"), ("Ben", "+222")):
            own = {"phone_number": phone, "first_name": name, "user_id": w.person(name).id}
            reply_to = w.said(group)[0]["message_id"]
            outside.write(w.bot, w.person(name), chat=group, reply_to=reply_to, contact=own)
        await w.until(lambda: "Ben: Contact: Ben, +222" in w.seen(), "Ben's card")
        await w.until(lambda: len(w.said(group)) > 1, "the answer to the cards")
        assert await w.rows("customers", "facts") == [('{"phone":"+111"}',)]
        assert not any(
            "phone" in str(m.content) for m in w.llm.asked[-1].messages if m.role == "system"
        )
        assert await w.rows("identities", "chat") == [(None,)]
        w.write("In private", "Ann")
        await w.until(lambda: w.heard("Ann") == ["Yes."], "the answer in private")
        assert await w.rows("identities", "chat") == [(str(w.person("Ann").id),)]
        assert any("+111" in str(m.content) for m in w.llm.asked[-1].messages)


async def test_an_edit_before_the_turn_is_what_the_agent_sees(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, ["For 42."], quiet_seconds=0.4) as w:
        number = w.write("Order 41")["message_id"]
        w.platform.outside.edit(w.bot, w.person(), number, text="Order 42")
        await w.until(lambda: w.heard() == ["For 42."], "the answer")
        assert (len(w.llm.asked), w.seen()) == (1, ["Order 42"])


async def test_an_edit_while_the_agent_thinks_is_what_it_answers(
    database_url: str, tmp_path: Path
) -> None:
    answers: list[Answer | str] = [Answer(text="For 41.", delay=30), "For 42."]
    async with world(database_url, tmp_path, answers) as w:
        number = w.write("Order 41")["message_id"]
        await w.until(lambda: len(w.llm.asked) == 1, "the first turn")
        w.platform.outside.edit(w.bot, w.person(), number, text="Order 42")
        await w.until(lambda: w.heard() == ["For 42."], "the answer to the edit")
        assert w.seen() == ["Order 42"]
        assert await w.log("kind", "text") == [
            ("message", "Order 41"),
            ("edit", "Order 42"),
            ("message", "For 42."),
        ]


async def test_an_edit_of_what_is_answered_is_only_kept(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path, ["For 41.", "Goodbye."]) as w:
        number = w.write("Order 41")["message_id"]
        await w.until(lambda: w.heard() == ["For 41."], "the answer")
        w.platform.outside.edit(w.bot, w.person(), number, text="Order 42")
        assert await edits(w) == [{"of": 1}]
        assert await w.rows("turns", "id") == []
        w.write("Thanks")
        await w.until(lambda: w.heard() == ["For 41.", "Goodbye."], "the next answer")
        assert w.seen() == ["Order 42", "Thanks"]


async def test_who_blocks_the_bot_is_left_alone_until_he_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    llm = Held(["Good day! " + "x" * 5000, "Welcome back!"])
    async with world(database_url, tmp_path, llm) as w:
        w.write("Hi")
        await w.until(lambda: len(llm.asked) == 1, "the turn")
        w.platform.outside.block(w.bot, w.person())
        ((_, why),) = await w.until_rows(
            lambda r: not r[0][0], "identities", "reachable", "unreachable_reason"
        )
        assert why == "The customer blocked the bot."
        llm.go.set()
        states = await w.until_rows(
            lambda r: len(r) == 2 and all(row[0] not in {"queued", "sending"} for row in r),
            "deliveries",
            "state",
            "attempts",
        )
        assert sorted(states) == [("failed", 1), ("withdrawn", 0)]
        assert [c.status for c in w.calls("sendmessage")] == [403]
        assert await w.log("text", kind="outcome") == [("The customer blocked the bot.",)]
        assert await w.modes() == ["autonomous"]
        w.platform.outside.start(w.bot, w.person())
        await w.until(lambda: w.heard() == ["Welcome back!"], "the answer")
        assert await w.rows("identities", "unreachable_reason") == [("",)]
        assert w.seen() == ["Hi", "/start"]
        assert not any(m.role == "assistant" for m in llm.asked[-1].messages)
