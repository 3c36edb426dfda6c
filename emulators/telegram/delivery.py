"""Brings updates to webhooks as Telegram does: queues, one in flight in each, retries, expiry (TG42)."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from .api import Api, Described
from .state import Bot, Refusal, Telegram, Update

ANSWER_SECONDS = 60.0
IGNORED_IN_ANSWERS = frozenset({"setwebhook", "deletewebhook", "close", "logout"})


class Postman:
    """One task for each update in flight, and one that finds what may fly."""

    def __init__(self, telegram: Telegram, api: Api) -> None:
        self._telegram = telegram
        self._api = api
        self._flights: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
            self._http = http
            task = asyncio.create_task(self._forever())
            try:
                yield
            finally:
                tasks = [task, *self._flights]
                for one in tasks:
                    one.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _forever(self) -> None:
        while True:
            waits = [bot.changed.wait() for bot in self._telegram.bots.values()]
            for bot in self._telegram.bots.values():
                self._dispatch(bot)
            tasks = [asyncio.ensure_future(wait) for wait in waits]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await asyncio.wait(tasks or [asyncio.ensure_future(asyncio.sleep(0.05))])
            for one in tasks:
                one.cancel()

    def _dispatch(self, bot: Bot) -> None:
        """Start what may fly: the first of each queue, not more than the webhook allows at once."""
        hook, now = bot.webhook, self._telegram.clock.now()
        for update in [one for one in bot.updates if one.expires <= now and not one.in_flight]:
            bot.updates.remove(update)
        if hook is None:
            return
        flying = sum(update.in_flight for update in bot.updates)
        busy: set[str] = set()
        for update in list(bot.updates):
            first, update_queue = update.queue not in busy, update.queue
            busy.add(update_queue)
            if first and not update.in_flight and update.not_before <= now:
                if flying >= hook.max_connections:
                    return
                flying += 1
                update.in_flight = True
                task = asyncio.create_task(self._deliver(bot, update))
                self._flights.add(task)
                task.add_done_callback(self._flights.discard)

    async def _deliver(self, bot: Bot, update: Update) -> None:
        error, after = await self.post(bot, update)
        update.in_flight = False
        if not error:
            with contextlib.suppress(ValueError):
                bot.updates.remove(update)
            bot.delivered[update.id] = update
        else:
            now = self._telegram.clock.now()
            pause = min(2.0**update.tries, random.uniform(60, 120))
            update.tries += 1
            update.not_before = now + (after or pause)
            if bot.webhook:
                bot.webhook.last_error_date = int(now)
                bot.webhook.last_error_message = error
        bot.wake()

    async def post(self, bot: Bot, update: Update) -> tuple[str, float]:
        """One attempt: what went wrong, in Telegram's words, and how long it is asked to wait."""
        hook = bot.webhook
        if hook is None or self._http is None:
            return "Webhook is gone", 0.0
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with self._http.post(
                hook.url, json=update.body, headers=headers, allow_redirects=False
            ) as answer:
                text = await answer.text()
                if 200 <= answer.status < 300:
                    await self._obey(bot, text)
                    return "", 0.0
                after = answer.headers.get("Retry-After", "")
                wait = float(after) if after.isdigit() and 1 <= int(after) <= 3600 else 0.0
                return f"Wrong response from the webhook: {answer.status} {answer.reason}", wait
        except (aiohttp.ClientError, TimeoutError, OSError):
            return "Webhook connection closed", 0.0

    async def _obey(self, bot: Bot, text: str) -> None:
        """TG44: an answer may be a method call; its result is thrown away."""
        if not text.startswith("{"):
            return
        import json

        call: dict[str, Any] = json.loads(text)
        method = str(call.pop("method", "")).lower()
        if method and not method.startswith("get") and method not in IGNORED_IN_ANSWERS:
            with contextlib.suppress(Refusal, Described):
                await self._api.call(bot, method, call)
