"""The emulated Bot API refuses what Telegram refuses, in Telegram's words. Names begin with the rule."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from emulators import telegram
from emulators.telegram.state import Bot, User

TOKEN = "99:rules"


class Phone:
    """A bot's calls and a person, against one emulator."""

    def __init__(self, running: telegram.Running, http: aiohttp.ClientSession) -> None:
        self.outside = running.outside
        self.platform = running.telegram
        self.bot: Bot = running.telegram.add_bot(TOKEN, name="Rules")
        self.ann: User = running.telegram.add_user("Ann")
        self._url, self._http = running.url, http

    async def call(self, method: str, token: str = TOKEN, **parameters: Any) -> tuple[int, Any]:
        url = f"{self._url}/bot{token}/{method}"
        async with self._http.post(url, json=parameters) as got:
            answer = await got.json()
            assert answer["ok"] == (got.status == 200)
            return got.status, answer.get("description", answer.get("result"))

    async def say(self, text: str = "Hi", **more: Any) -> tuple[int, Any]:
        return await self.call("sendMessage", chat_id=self.ann.id, text=text, **more)


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    async with telegram.running() as running, aiohttp.ClientSession() as http:
        yield Phone(running, http)


@pytest.fixture
async def started(phone: Phone) -> Phone:
    phone.outside.start(phone.bot, phone.ann)
    return phone


@pytest.mark.parametrize(
    ("rule", "token", "method", "status", "words"),
    [
        ("tg2", "nocolon", "getMe", 401, "Unauthorized: invalid token specified"),
        ("tg2", "0:x", "getMe", 401, "Unauthorized: invalid token specified"),
        ("tg3", "98:other", "getMe", 401, "Unauthorized"),
        ("tg4", TOKEN, "sendNothing", 404, "Not Found: method not found"),
    ],
)
async def test_tg2_to_tg4_tokens_and_methods(
    phone: Phone, rule: str, token: str, method: str, status: int, words: str
) -> None:
    assert await phone.call(method, token) == (status, words), rule


async def test_tg5_names_are_not_case_sensitive(phone: Phone) -> None:
    status, me = await phone.call("GETME")
    assert (status, me["username"]) == (200, "rules_bot")


async def test_tg6_unknown_parameters_and_broken_json_are_refused(started: Phone) -> None:
    assert (await started.say(colour="red"))[1] == "Bad Request: unknown parameter colour"
    assert "can't parse reply markup" in (await started.say(reply_markup="{"))[1]


async def test_tg7_and_tg8_the_chat_must_be_known(phone: Phone) -> None:
    assert await phone.call("sendMessage", text="x") == (400, "Bad Request: chat_id is empty")
    assert await phone.say() == (400, "Bad Request: chat not found")


async def test_tg9_a_bot_never_writes_first(phone: Phone) -> None:
    phone.platform.private_chat(phone.bot, phone.ann)
    status, words = await phone.say()
    assert (status, words) == (403, "Forbidden: bot can't initiate conversation with a user")


async def test_tg10_blocking_is_obeyed_and_told(started: Phone) -> None:
    started.outside.block(started.bot, started.ann)
    assert await started.say() == (403, "Forbidden: bot was blocked by the user")
    assert started.bot.updates[-1].kind == "my_chat_member"


async def test_tg11_deleted_accounts(started: Phone) -> None:
    started.ann.deleted = True
    assert await started.say() == (403, "Forbidden: user is deactivated")


async def test_tg14_an_upgraded_group_names_its_new_id(started: Phone) -> None:
    group = started.platform.add_group(started.bot, "Club")
    new = started.outside.upgrade(started.bot, group, started.ann)
    status, words = await started.call("sendMessage", chat_id=group.id, text="x")
    assert (status, "upgraded to a supergroup" in words) == (400, True)
    assert (await started.call("sendMessage", chat_id=new.id, text="x"))[0] == 200


@pytest.mark.parametrize(
    ("rule", "text", "words"),
    [
        ("tg15", "  ", "message text is empty"),
        ("tg16", "x" * 4097, "message is too long"),
        ("tg17", "é" * 16_385, "text is too long"),
    ],
)
async def test_tg15_to_tg17_texts(started: Phone, rule: str, text: str, words: str) -> None:
    assert await started.say(text) == (400, f"Bad Request: {words}"), rule


@pytest.mark.parametrize(
    ("rule", "text", "words"),
    [
        ("tg20", "<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("tg21", "a</b>", "Unexpected end tag at byte offset 1"),
        ("tg21", "<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("tg21", "<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ],
)
async def test_tg20_and_tg21_html(started: Phone, rule: str, text: str, words: str) -> None:
    refused = (400, f"Bad Request: can't parse entities: {words}")
    assert await started.say(text, parse_mode="HTML") == refused, rule


async def test_tg19_parse_mode(started: Phone) -> None:
    assert (await started.say(parse_mode="Word"))[1] == "Bad Request: unsupported parse_mode"


async def test_tg24_to_tg30_small_rules(started: Phone) -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "y" * 65}]]}
    assert (await started.say(reply_markup=keyboard))[1] == "Bad Request: BUTTON_DATA_INVALID"
    reply = {"message_id": 777}
    assert (await started.say(reply_parameters=reply))[1].endswith("replied not found")
    late = await started.call("answerCallbackQuery", callback_query_id="1")
    assert late[1].startswith("Bad Request: query is too old")
    assert (await started.say(message_thread_id=5))[1].endswith("thread not found")
    action = await started.call("sendChatAction", chat_id=started.ann.id, action="dance")
    assert action[1] == "Bad Request: wrong parameter action in request"


async def test_tg31_one_message_a_second_after_a_burst(started: Phone) -> None:
    statuses = [(await started.say(str(n)))[0] for n in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert (await started.say())[1] == "Too Many Requests: retry after 1"
    started.platform.clock.advance(1.5)
    assert (await started.say())[0] == 200


async def test_tg32_files(started: Phone) -> None:
    assert (await started.call("getFile", file_id="no"))[1].startswith("Bad Request: wrong file_id")


async def test_tg35_to_tg38_webhooks(phone: Phone) -> None:
    phone.platform.local_mode = False
    refused = await phone.call("setWebhook", url="http://a.example")
    assert refused[1].endswith("An HTTPS URL must be provided for webhook")
    refused = await phone.call("setWebhook", url="https://a.example:99")
    assert "80, 88, 443 or 8443" in refused[1]
    refused = await phone.call("setWebhook", url="https://a.example", secret_token="a b")
    assert refused[1] == "Bad Request: secret token contains unallowed characters"
    assert await phone.call("setWebhook", url="https://a.example") == (200, "Webhook was set")
    assert (await phone.call("setWebhook", url="https://b.example"))[0] == 429
    assert await phone.call("deleteWebhook") == (200, "Webhook was deleted")
    assert await phone.call("deleteWebhook") == (200, "Webhook is already deleted")


async def test_tg39_and_tg41_long_polling(started: Phone) -> None:
    status, updates = await started.call("getUpdates")
    assert (status, len(updates)) == (200, 1)
    started.outside.write(started.bot, started.ann, text="two")
    offset = updates[0]["update_id"] + 1
    status, updates = await started.call("getUpdates", offset=offset)
    assert [u["message"]["text"] for u in updates] == ["two"]
    await started.call("setWebhook", url="http://127.0.0.1:9/")
    assert (await started.call("getUpdates"))[0] == 409


async def test_tg45_reactions_are_not_sent_unless_asked_for(started: Phone) -> None:
    before = len(started.bot.updates)
    started.platform.emit(started.bot, "message_reaction", {}, "x")
    assert len(started.bot.updates) == before


async def test_tg46_numbers_only_grow(started: Phone) -> None:
    numbers = [started.outside.write(started.bot, started.ann, text="x") for _ in range(3)]
    updates = [n["update_id"] for n in numbers]
    assert updates == list(range(updates[0], updates[0] + 3))
    messages = [n["message_id"] for n in numbers]
    assert messages == list(range(messages[0], messages[0] + 3))
