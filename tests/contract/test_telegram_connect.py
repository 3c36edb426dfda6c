"""How a bot begins to hear: webhooks set as Telegram wants it, and polling that stores before it confirms."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web

from channels import errors, messages
from channels.alongside import alongside
from channels.messages import Request
from channels.telegram import polling
from channels.telegram.channel import SECRET_HEADER, TelegramChannel, TelegramSettings
from channels.telegram.parse import HANDLED
from channels.telegram.polling import Poller
from emulators import telegram
from emulators.control import listening
from emulators.telegram.state import Bot, User
from tests.servers import free_port

TOKEN = "42:connect"
SECRET = "a-webhook-secret"
HOOK = "http://127.0.0.1:1/webhooks/telegram/tg"
PATIENCE = 40.0


class Stage:
    """One emulated platform with a bot and a person."""

    def __init__(self, running: telegram.Running) -> None:
        self.platform = running
        self.bot: Bot = running.telegram.add_bot(TOKEN, name="Connect", limits=False)
        self.ann: User = running.telegram.add_user("Ann")

    def channel(self, mode: str = "webhook", token: str = TOKEN) -> TelegramChannel:
        return TelegramChannel(
            TelegramSettings(token=token, secret=SECRET, api_base=self.platform.url, mode=mode)
        )

    def write(self, text: str) -> None:
        self.platform.outside.write(self.bot, self.ann, text=text)

    def asked(self, method: str) -> list[dict[str, Any]]:
        calls = self.platform.telegram.control.calls
        return [call.parameters for call in calls if call.method == method.lower()]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with telegram.running() as running:
        yield Stage(running)


class Inbox:
    """Takes what it is given, unless it is told to be out of order."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.failures = 0

    async def accept(self, request: Request) -> None:
        assert request.trusted
        if self.failures:
            self.failures -= 1
            raise OSError("The database is away.")
        self.bodies.append(request.body)

    def texts(self) -> list[str]:
        return [str(json.loads(body)["message"]["text"]) for body in self.bodies]


async def nobody(_: Request) -> None:
    """Nothing is expected."""


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_webhook_is_set_with_its_secret_and_what_we_handle(stage: Stage) -> None:
    channel = stage.channel()
    async with channel.connect(nobody, HOOK):
        ((asked),) = stage.asked("setWebhook")
    await channel.aclose()
    assert (asked["url"], asked["secret_token"]) == (HOOK, SECRET)
    assert json.loads(asked["allowed_updates"]) == list(HANDLED)
    assert stage.bot.webhook is not None


async def test_two_webhooks_in_a_second_are_waited_out(stage: Stage) -> None:
    one, two = stage.channel(), stage.channel()
    async with one.connect(nobody, HOOK), two.connect(nobody, HOOK):
        assert len(stage.asked("setWebhook")) > 2
    await one.aclose()
    await two.aclose()


async def test_a_dead_token_is_found_before_anything_is_set(stage: Stage) -> None:
    channel = stage.channel(token="43:other")
    with pytest.raises(errors.Unauthorised):
        async with channel.connect(nobody, HOOK):
            pass
    await channel.aclose()
    assert stage.asked("setWebhook") == []


@pytest.mark.parametrize(("url", "secret"), [(None, SECRET), (HOOK, ""), (HOOK, "not allowed!")])
async def test_a_webhook_that_cannot_be_is_refused(
    stage: Stage, url: str | None, secret: str
) -> None:
    channel = TelegramChannel(
        TelegramSettings(token=TOKEN, secret=secret, api_base=stage.platform.url)
    )
    with pytest.raises(errors.Rejected):
        async with channel.connect(nobody, url):
            pass
    await channel.aclose()


async def test_a_platform_that_is_away_is_tried_again_later() -> None:
    base = f"http://127.0.0.1:{free_port()}"
    channel = TelegramChannel(TelegramSettings(token=TOKEN, secret=SECRET, api_base=base))
    with pytest.raises(errors.RetryLater):
        async with channel.connect(nobody, HOOK):
            pass
    await channel.aclose()


def test_an_unknown_mode_is_no_setting() -> None:
    with pytest.raises(ValueError, match="webhook or polling"):
        TelegramSettings(token=TOKEN, mode="carrier pigeon")


def test_settings_show_no_secret() -> None:
    shown = repr(TelegramSettings(token=TOKEN, secret=SECRET))
    assert TOKEN not in shown
    assert SECRET not in shown


@pytest.mark.parametrize("given", ["", "wrong", SECRET + "x", "\udcff", "секрет"])
def test_a_body_without_the_secret_is_not_genuine(given: str) -> None:
    channel = TelegramChannel(TelegramSettings(token=TOKEN, secret=SECRET))
    body = b'{"update_id": 1}'
    with pytest.raises(errors.NotGenuine):
        channel.receive(Request(body=body, headers={SECRET_HEADER: given}))
    (genuine,) = channel.receive(Request(body=body, headers={SECRET_HEADER: SECRET}))
    assert genuine.event_id == "1"


def test_without_a_secret_nobody_is_genuine() -> None:
    channel = TelegramChannel(TelegramSettings(token=TOKEN))
    with pytest.raises(errors.NotGenuine):
        channel.receive(Request(body=b'{"update_id": 1}', headers={SECRET_HEADER: ""}))


def test_what_was_polled_is_kept_even_if_it_is_no_update() -> None:
    channel = TelegramChannel(TelegramSettings(token=TOKEN, mode="polling"))
    (kept,) = channel.receive(Request(body=b"{}", trusted=True))
    assert isinstance(kept, messages.Unreadable)


async def test_polling_takes_over_from_a_webhook_and_brings_everything_in_order(
    stage: Stage,
) -> None:
    inbox, channel = Inbox(), stage.channel("polling")
    for n in range(5):
        stage.write(f"before {n}")
    async with channel.connect(inbox.accept, None):
        await until(lambda: len(inbox.bodies) == 5)
        stage.write("while it listens")
        await until(lambda: len(inbox.bodies) == 6)
        await until(lambda: not stage.bot.updates)
    await channel.aclose()
    assert inbox.texts() == [*(f"before {n}" for n in range(5)), "while it listens"]
    assert stage.asked("deleteWebhook")


async def test_what_could_not_be_stored_is_asked_for_again(stage: Stage) -> None:
    inbox, channel = Inbox(), stage.channel("polling")
    inbox.failures = 1
    stage.write("one")
    stage.write("two")
    async with channel.connect(inbox.accept, None):
        await until(lambda: len(inbox.bodies) == 2)
    await channel.aclose()
    assert inbox.texts() == ["one", "two"]


async def test_a_token_revoked_while_it_polls_ends_the_connection(stage: Stage) -> None:
    channel = stage.channel("polling")

    async def hold() -> None:
        async with channel.connect(nobody, None):
            await until(lambda: stage.asked("getUpdates"))
            stage.bot.revoked = True
            stage.write("wakes the poller")
            await asyncio.Event().wait()

    with pytest.raises(errors.Unauthorised):
        await hold()
    await channel.aclose()


async def test_leaving_ends_the_polling_and_passes_errors_on(stage: Stage) -> None:
    channel, before = stage.channel("polling"), asyncio.all_tasks()

    async def hold() -> None:
        async with channel.connect(nobody, None):
            await until(lambda: stage.asked("getUpdates"))
            raise KeyError("of the body")

    with pytest.raises(KeyError):
        await hold()
    await channel.aclose()
    assert not [task for task in asyncio.all_tasks() - before if "Poller" in repr(task)]


async def test_a_cancelled_connection_is_cancelled(stage: Stage) -> None:
    channel = stage.channel("polling")

    async def hold() -> None:
        async with channel.connect(nobody, None):
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await until(lambda: stage.asked("getUpdates"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await channel.aclose()


class Updates:
    """A getUpdates that answers what it is told and then nothing; the offsets it was asked for."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self._answers = deque(answers)
        self.offsets: list[int] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.offsets.append((await request.json())["offset"])
        if not self._answers:
            await asyncio.Event().wait()
        status, body = self._answers.popleft()
        return web.Response(status=status, body=body, content_type="application/json")


async def polled(updates: Updates, inbox: Inbox) -> None:
    """Poll until everything has been answered and one more is asked for."""
    app, answers = web.Application(), len(updates._answers)
    app.router.add_post("/getUpdates", updates.answer)
    async with (
        listening(app) as url,
        alongside(Poller(f"{url}/getUpdates", HANDLED, inbox.accept).run()),
    ):
        await until(lambda: len(updates.offsets) > answers)


async def test_updates_stay_as_raw_as_they_came() -> None:
    strange = b'{"update_id": 5,  "hologram": {"n": 9e99, "s": "\\u0000", "deep": [[[]]]}}'
    inbox = Inbox()
    await polled(Updates((200, b'{"ok":true,"result":[' + strange + b"]}")), inbox)
    assert inbox.bodies == [strange]


async def test_half_a_surrogate_pair_does_not_stop_the_polling() -> None:
    updates, inbox = (
        Updates((200, b'{"ok":true,"result":[{"update_id":5,"x":"\\ud83d"}]}')),
        Inbox(),
    )
    await polled(updates, inbox)
    assert [json.loads(body) for body in inbox.bodies] == [{"update_id": 5, "x": "?"}]


async def test_numbers_may_begin_again_after_a_quiet_week() -> None:
    high, low = b'{"update_id": 900}', b'{"update_id": 7}'
    answers = [b'{"ok":true,"result":[' + part + b"]}" for part in (high, b"", low)]
    updates, inbox = Updates(*((200, answer) for answer in answers)), Inbox()
    await polled(updates, inbox)
    assert updates.offsets == [0, 901, 0, 8]
    assert inbox.bodies == [high, low]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (409, b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other"}'),
        (502, b"<html>Bad Gateway</html>"),
        (200, b'{"ok":true,"result":[{"update_id": 1}, {"hologram": 2}]}'),
        (429, b'{"ok":false,"error_code":429,"parameters":{"retry_after":1}}'),
    ],
    ids=["conflict", "html", "no number", "wait"],
)
async def test_polling_goes_on_after_trouble_from_where_it_was(status: int, body: bytes) -> None:
    later = b'{"ok":true,"result":[{"update_id": 3}]}'
    updates, inbox = Updates((status, body), (200, later)), Inbox()
    await polled(updates, inbox)
    assert updates.offsets[-1] == 4
    assert inbox.bodies[-1] == b'{"update_id": 3}'


async def test_somebody_else_who_keeps_polling_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "FIRST_PAUSE", 0.01)
    held = b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other"}'
    with pytest.raises(errors.RetryLater, match="Another program receives"):
        await polled(Updates(*[(409, held)] * polling.CONFLICTS), Inbox())
