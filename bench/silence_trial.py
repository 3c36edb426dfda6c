"""One trial of `bench.silence`: a customer writes, and at the planned moment operators take over."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from sqlalchemy import bindparam, select

from bench.silence_plan import AI_WORDS, Moment, operator_words, plan, question
from bench.silence_stage import Stage, Taken, Trial
from emulators import telegram
from emulators.control import Fault
from emulators.telegram.chats import Chat
from emulators.telegram.delivery import SECRET_HEADER
from runtime import bootstrap
from runtime.storage.sql import Statement
from runtime.storage.tables import sessions

PATIENCE = 60.0
SIGN_SECONDS = 8.0
"""A moment that has not come by then never will: something else ended the turn."""
AGAIN = frozenset({503})
"""What a server says that cannot take anything now."""
_SESSION = Statement(
    select(sessions.c.id).where(
        sessions.c.channel_id == bindparam("channel_id"), sessions.c.chat == bindparam("chat")
    )
)


class Play:
    """Plays trials on a stage; `run` is one of them."""

    def __init__(
        self, stage: Stage, platform: telegram.Running, looking: bootstrap.Runtime
    ) -> None:
        self._stage = stage
        self._platform = platform
        self._looking = looking

    async def run(self, seed: int) -> None:
        """Whatever goes wrong in it is a trouble of the trial, and counted as such."""
        trial = self._stage.enter(self._platform, plan(seed))
        try:
            await self._play(trial)
        except Exception as error:
            trial.troubles.append(repr(error))

    async def _play(self, trial: Trial) -> None:
        self._misfortune(trial)
        others = [self._again(trial)]
        await self._write(trial, repeats=trial.plan.repeats)
        others.append(self._kill(trial))
        waiting = [asyncio.create_task(one) for one in others]
        try:
            await self._moment(trial)
            await self._take_over(trial)
        finally:
            trial.sign("taken").set()
            await asyncio.gather(*waiting)
        if trial.plan.speaks and trial.taken:
            await self._speak(trial)

    def _misfortune(self, trial: Trial) -> None:
        """What the platform does to the reply of this trial."""
        where: dict[str, Any] = {"method": "sendmessage", "chat_id": str(trial.chat.id)}
        faults = self._platform.telegram.control.faults
        if trial.plan.moment is Moment.RETRY:
            faults.append(Fault(kind="status", status=429, seconds=1, **where))
        if trial.plan.wire:
            times = trial.plan.parts
            faults.append(Fault(kind="delay", seconds=trial.plan.wire, times=times, **where))

    async def _write(self, trial: Trial, *, repeats: int = 0) -> None:
        """Returns when the platform has our 200."""
        trial.wrote.append(question(trial.plan.seed, len(trial.wrote) + 1))
        wrote = self._platform.outside.write(trial.bot, trial.person, text=trial.wrote[-1])
        update_id = wrote["update_id"]
        body = next(one.body for one in trial.bot.updates if one.id == update_id)
        posts = [self._repeat(trial, body, number) for number in range(repeats)]
        await asyncio.gather(*posts)
        await _until(lambda: update_id in trial.bot.delivered, "the platform was not heard")

    async def _repeat(self, trial: Trial, body: dict[str, Any], number: int) -> None:
        """The same update once more, to any server; what it answers is nobody's concern."""
        hook = trial.bot.webhook
        assert hook is not None
        await asyncio.sleep(0.01 * number)
        path = hook.url.partition("/webhooks/")[2]
        url = f"{self._stage.base(trial.plan.server + number)}/webhooks/{path}"
        headers = {SECRET_HEADER: hook.secret, "Content-Type": "application/json"}
        try:
            async with self._stage.http.post(url, data=json.dumps(body), headers=headers) as got:
                await got.read()
        except aiohttp.ClientError:
            pass

    async def _again(self, trial: Trial) -> None:
        if trial.plan.again is not None:
            await asyncio.sleep(trial.plan.again)
            await self._write(trial)

    async def _kill(self, trial: Trial) -> None:
        if trial.plan.kill is None:
            return
        sign = "ready" if trial.plan.kill < 0 else "taken"
        await asyncio.wait_for(trial.sign(sign).wait(), PATIENCE)
        if trial.plan.kill > 0:
            await asyncio.sleep(trial.plan.kill)
        await self._stage.kill(trial.plan.server)

    async def _moment(self, trial: Trial) -> None:
        """Wait for the sign of the planned moment, and then as long as is planned."""
        name = {
            Moment.QUIET: "",
            Moment.STREAM: "asked",
            Moment.TOOLS: "tool",
            Moment.COMMITTED: "answered",
            Moment.WIRE: "send 1",
            Moment.RETRY: "send 1",
            Moment.PARTS: f"send {trial.plan.part}",
        }[trial.plan.moment]
        if name:
            try:
                await asyncio.wait_for(trial.sign(name).wait(), SIGN_SECONDS)
            except TimeoutError:
                trial.missed = True
        early = max(0.0, -(trial.plan.kill or 0.0))
        await asyncio.sleep(max(0.0, trial.plan.after - early))
        trial.sign("ready").set()
        await asyncio.sleep(early)

    async def _take_over(self, trial: Trial) -> None:
        trial.session = await self._session(trial)
        operators = list(self._stage.tokens)
        if trial.plan.seed % 2:
            operators.reverse()
        many = 2 if trial.plan.both else 1
        both = (self._take(trial, who, n) for n, who in enumerate(operators[:many]))
        await asyncio.gather(*both)

    async def _session(self, trial: Trial) -> str:
        hook = trial.bot.webhook
        assert hook is not None
        at = {"channel_id": hook.url.rpartition("/")[2], "chat": str(trial.chat.id)}
        rows = await self._looking.store.read(lambda tx: tx.all(_SESSION, **at))
        assert len(rows) == 1, f"{len(rows)} sessions"
        return str(rows[0][0])

    async def _take(self, trial: Trial, who: str, number: int) -> None:
        """Until a server answers: whoever is killed while he does, answers nothing."""
        began = time.monotonic()
        tries = 0
        while True:
            tries += 1
            path = f"/sessions/{trial.session}/takeover"
            status, body = await self._post(who, path, trial.plan.server + number + tries)
            if status == 200:
                break
            assert status == 0 or status in AGAIN, f"takeover: {status} {body}"
            assert time.monotonic() - began < PATIENCE, "nobody answered the takeover"
            await asyncio.sleep(0.05)
        trial.taken.append(
            Taken(
                operator=who,
                body=body,
                ai_before=ai_messages(trial.chat),
                seconds=time.monotonic() - began,
                tries=tries,
            )
        )

    async def _post(self, who: str, path: str, server: int, **body: Any) -> tuple[int, Any]:
        """Status and body; 0 if there was no answer."""
        headers = {"Authorization": f"Bearer {self._stage.tokens[who]}"}
        url = f"{self._stage.base(server)}/api/v1{path}"
        try:
            async with self._stage.http.post(url, json=body, headers=headers) as got:
                return got.status, await got.json()
        except aiohttp.ClientError:
            return 0, None

    async def _speak(self, trial: Trial) -> None:
        """Who has it is heard, and nobody else."""
        holder = trial.taken[0].body["session"]["control"]["operator_id"]
        words = operator_words(trial.plan.seed)
        path = f"/sessions/{trial.session}/messages"
        for who in self._stage.tokens:
            status, body = await self._post(who, path, trial.plan.server, text=words)
            if who == holder and status == 202:
                trial.said = words
            elif who != holder and status:
                assert (status, body["code"]) == (409, "not_in_control"), f"{status} {body}"


def ai_messages(chat: Chat) -> frozenset[int]:
    """Numbers of the messages that the customer has from the model."""
    return frozenset(
        message["message_id"]
        for message in chat.messages
        if message["from"]["is_bot"] and AI_WORDS.search(str(message.get("text", "")))
    )


async def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.005)
