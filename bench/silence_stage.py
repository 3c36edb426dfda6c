"""Where the trials of `bench.silence` take place: the platforms, the servers, two operators, and a
note of everything that the platforms see. Nothing here knows what is right.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench.kills import Server
from bench.silence_plan import QUIET, Heard, Plan, answer, heard, is_last
from emulators import openai, telegram
from emulators.control import Call
from emulators.openai import Scripted
from emulators.telegram.state import Bot, Chat, User
from runtime import bootstrap, config
from runtime.accounts import New
from runtime.storage import operators
from runtime.storage.ids import new_id
from runtime.storage.sql import Tx
from tests.servers import free_port

BOTS = 8
"""Each may say thirty messages a second, and one that was told to wait waits alone."""
START_SECONDS = 90.0
KEY = "k" * 40


@dataclass(kw_only=True)
class Question:
    """One question to the model."""

    number: int
    about: Heard
    at: float
    written: float = 0.0
    """When the last of the answer was on its way; 0: never."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An answer to a takeover, and what the customer had been told when it came."""

    operator: str
    body: dict[str, Any]
    ai_before: frozenset[int]
    """Numbers of the model's messages in the chat."""
    seconds: float
    tries: int


@dataclass(kw_only=True)
class Trial:
    """What was seen of one trial."""

    plan: Plan
    bot: Bot
    person: User
    chat: Chat
    wrote: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    session: str = ""
    said: str = ""
    """The operator's words, once they were accepted."""
    troubles: list[str] = field(default_factory=list)
    signs: dict[str, asyncio.Event] = field(default_factory=dict)
    sends: int = 0
    missed: bool = False
    """The planned moment never came."""

    def sign(self, name: str) -> asyncio.Event:
        return self.signs.setdefault(name, asyncio.Event())


class Stage:
    """Built by `stage`."""

    def __init__(self, servers: Sequence[tuple[Server, str]], http: aiohttp.ClientSession) -> None:
        self.servers = servers
        self.up = [False] * len(servers)
        self.http = http
        self.bots: list[Bot] = []
        self.tokens: dict[str, str] = {}
        """Of each operator, by his id."""
        self.kills: list[float] = []
        self.trials: dict[int, Trial] = {}
        self._by_chat: dict[str, Trial] = {}
        self._killing = asyncio.Lock()
        self._questions: dict[int, tuple[Trial, Question]] = {}

    def enter(self, platform: telegram.Running, plan: Plan) -> Trial:
        """Somebody new, who will write to one of the bots."""
        bot = self.bots[plan.seed % len(self.bots)]
        person = platform.telegram.add_user("Ann")
        chat = platform.telegram.private_chat(bot, person)
        trial = Trial(plan=plan, bot=bot, person=person, chat=chat)
        self.trials[plan.seed] = self._by_chat[str(person.id)] = trial
        return trial

    def called(self, call: Call) -> None:
        """The platform's API was called."""
        trial = self._by_chat.get(str(call.parameters.get("chat_id", "")))
        if trial is not None and call.method == "sendmessage":
            trial.sends += 1
            trial.sign(f"send {trial.sends}").set()

    def answers(self, asked: dict[str, Any]) -> Scripted:
        """The model's server was asked."""
        about = heard(asked)
        trial = self.trials[about.seed]
        question = Question(number=len(trial.questions), about=about, at=time.monotonic())
        trial.questions.append(question)
        self._questions[id(asked)] = (trial, question)
        if about.for_customer and is_last(trial.plan, about):
            trial.sign("asked").set()
        return answer(trial.plan, about, question.number)

    def written(self, asked: dict[str, Any], _: Scripted) -> None:
        """The model's server has answered."""
        trial, question = self._questions.pop(id(asked))
        question.written = time.monotonic()
        if question.about.for_customer:
            last = is_last(trial.plan, question.about)
            trial.sign("answered" if last else "tool").set()

    async def start(self) -> None:
        for number in range(len(self.servers)):
            await self._start(number)

    async def _start(self, number: int) -> None:
        server, base = self.servers[number]
        await server.start()
        deadline = time.monotonic() + START_SECONDS
        while not self.up[number]:
            with contextlib.suppress(aiohttp.ClientError):
                async with self.http.get(f"{base}/healthz") as got:
                    self.up[number] = got.status == 200
            if time.monotonic() > deadline:
                raise TimeoutError("a server did not start")
            await asyncio.sleep(0.02)

    async def kill(self, number: int) -> None:
        """`kill -9`, and start it again."""
        async with self._killing:
            number %= len(self.servers)
            self.up[number] = False
            self.kills.append(time.monotonic())
            await self.servers[number][0].kill()
            await self._start(number)

    def base(self, number: int) -> str:
        """The address of a server that lives, if one does."""
        living = [base for up, (_, base) in zip(self.up, self.servers, strict=True) if up]
        living = living or [base for _, base in self.servers]
        return living[number % len(living)]


@contextlib.asynccontextmanager
async def stage(
    url: str, replicas: int, redis: str
) -> AsyncIterator[tuple[Stage, telegram.Running, bootstrap.Runtime]]:
    """Everything runs, on a migrated, empty database; the runtime is for looking only."""
    with tempfile.TemporaryDirectory() as name:
        async with (
            telegram.running(keep_messages=100) as platform,
            openai.running() as model,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
        ):
            more = {
                "BATON_REDIS_URL": redis,
                "BATON_QUIET_SECONDS": str(QUIET),
                "BATON_LEASE_SECONDS": "2",
                "BATON_AGENTS_PATH": str(Path(__file__).parent / "agents"),
                "OPENAI_BASE_URL": model.url,
                "OPENAI_API_KEY": "emulated",
            }
            ports = [free_port() for _ in range(replicas)]
            servers = [(Server(url, Path(name), p, **more), f"http://127.0.0.1:{p}") for p in ports]
            one = Stage(servers, http)
            platform.telegram.control.listeners.append(one.called)
            model.server.answers, model.server.written = one.answers, one.written
            model.server.asked = type(model.server.asked)(maxlen=1)  # they are long and many
            looking = bootstrap.build(config.Settings(database_url=url, secret_key=KEY))
            try:
                await _furnish(one, platform, looking)
                await one.start()
                await _connected(one)
                yield one, platform, looking
            finally:
                for server, _ in servers:
                    await server.kill()
                await looking.store.aclose()


async def _furnish(one: Stage, platform: telegram.Running, looking: bootstrap.Runtime) -> None:
    """Bots, and operators with tokens."""
    for number in range(1, BOTS + 1):
        token = f"{770 + number}:silence"
        one.bots.append(platform.telegram.add_bot(token, name=f"Silence {number}"))
        told = {"token": token, "api_base": platform.url}
        new = New(kind="telegram", name=f"Silence {number}", settings=told, agent_ids=["support"])
        await looking.accounts.connect(new)

    def hire(tx: Tx) -> None:
        for number in range(2):
            who = operators.Operator(
                id=new_id(), email=f"{number}@b.example", name=f"O{number}", role="operator"
            )
            operators.create(tx, who, "")
            one.tokens[who.id] = operators.new_token(tx, who, "silence")[1]

    await looking.store.write(hire)


async def _connected(one: Stage) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(bot.webhook for bot in one.bots):
        if time.monotonic() > deadline:
            raise TimeoutError("the bots were not connected")
        await asyncio.sleep(0.05)
