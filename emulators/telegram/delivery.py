"""Brings updates to webhooks as Telegram does: queues, one in flight in each, retries, expiry (TG42).

Nothing polls here: a new update, a landing, the end of a pause and a jump of the clock each look again.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator

import aiohttp

from .api import Api
from .errors import Described, Refusal
from .parameters import Parameters
from .state import Bot, Telegram
from .updates import Update

LONGEST_RETRY_AFTER = 3600
GONE_SECONDS = 23 * 3600.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
IGNORED_IN_ANSWERS = frozenset({"", "setwebhook", "deletewebhook", "close", "logout"})


class Postman:
    """One task for each update in flight."""

    def __init__(self, telegram: Telegram, api: Api) -> None:
        self._telegram = telegram
        self._api = api
        self._flights: set[asyncio.Task[None]] = set()
        self._alarms: set[asyncio.TimerHandle] = set()
        self._http: aiohttp.ClientSession | None = None
        telegram.clock.watch(self._look_everywhere)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        timeout = aiohttp.ClientTimeout(total=self._telegram.answer_seconds)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
            self._http = http
            self._telegram.courier = self.look
            self._look_everywhere()
            try:
                yield
            finally:
                self._http = None
                for alarm in self._alarms:
                    alarm.cancel()
                for flight in self._flights:
                    flight.cancel()
                await asyncio.gather(*self._flights, return_exceptions=True)

    def _look_everywhere(self) -> None:
        for bot in self._telegram.bots.values():
            self.look(bot)

    def look(self, bot: Bot) -> None:
        """Start what may fly, and not more than the webhook allows at once."""
        if self._http is None:
            return
        now = self._telegram.clock.now()
        while bot.webhook is not None and bot.updates.flying < bot.webhook.max_connections:
            update = bot.updates.take(now)
            if update is None:
                return
            task = asyncio.create_task(self._deliver(bot, update))
            self._flights.add(task)
            task.add_done_callback(self._flights.discard)

    async def _deliver(self, bot: Bot, update: Update) -> None:
        error, asked = await self.post(bot, update)
        if not error:
            bot.updates.landed(update)
            bot.confirm(update)
            bot.wake()
        else:
            pause = asked or min(2.0**update.tries, random.uniform(60, 120))
            bot.updates.postpone(update, self._telegram.clock.now() + pause)
            self._wake_after(pause, bot)
        self.look(bot)

    def _wake_after(self, pause: float, bot: Bot) -> None:
        def ring() -> None:
            self._alarms.discard(alarm)
            self.look(bot)

        # A little later than the pause: a timer may ring early by the clock's grain.
        alarm = asyncio.get_running_loop().call_later(pause + 0.001, ring)
        self._alarms.add(alarm)

    async def post(self, bot: Bot, update: Update) -> tuple[str, int]:
        """One attempt: what went wrong, in Telegram's words, and how long it is asked to wait."""
        hook, http = bot.webhook, self._http
        if hook is None or http is None:
            return "Webhook is gone", 0
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers[SECRET_HEADER] = hook.secret
        body = json.dumps(update.body).encode()
        status, after, error, text = 0, "", "", ""
        try:
            async with http.post(
                hook.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                text, status = await answer.text(errors="replace"), answer.status
                after = answer.headers.get("Retry-After", "")
                if not 200 <= status < 300:
                    error = f"Wrong response from the webhook: {status} {answer.reason}"
        except TimeoutError:
            error = "Read timeout expired"
        except (aiohttp.ClientError, OSError):
            error = "Webhook connection closed"
        self._note(bot, error, status)
        if not error:
            await self._obey(bot, text)
        wait = int(after) if after.isdigit() else 0
        return error, min(wait, LONGEST_RETRY_AFTER)

    def _note(self, bot: Bot, error: str, status: int) -> None:
        """For getWebhookInfo; and a webhook that answers 410 for 23 hours is given up."""
        now, trouble = self._telegram.clock.now(), bot.trouble
        if error:
            trouble.date, trouble.message = int(now), error
        if status != 410:
            trouble.gone_since = 0.0
        elif not trouble.gone_since:
            trouble.gone_since = now
        elif now - trouble.gone_since > GONE_SECONDS:
            bot.webhook = None

    async def _obey(self, bot: Bot, text: str) -> None:
        """TG44: an answer may be a method call; what comes of it is thrown away."""
        try:
            call = json.loads(text)
            method = str(call.pop("method", "")).lower()
        except (ValueError, AttributeError, TypeError):
            return  # not a call, which is what most answers are
        if method in IGNORED_IN_ANSWERS or method.startswith("get"):
            return
        noted = self._telegram.control.heard(
            method, {**call, "_answer_to_webhook": True}, bot.token
        )
        try:
            noted.answer = await self._api.call(bot, method, Parameters(call))
            noted.status = 200
        except Described as described:
            noted.answer, noted.status = described.result, 200
        except Refusal as refusal:
            noted.answer, noted.status = refusal.description, refusal.status
