"""The AI is silent after a takeover: the short run of `python -m bench.silence`, and a thousand duels."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest

from agents.llm.scripted import ScriptedLlm
from bench import silence
from bench.silence_plan import plan
from emulators import telegram
from handoff.state import opened_by_customer
from runtime import bootstrap
from runtime.openings import Opening, opened
from runtime.storage import customers, operators
from runtime.storage.ids import new_id
from runtime.storage.sql import Tx
from tests.servers import free_port
from tests.story import CHANNEL, TOKEN, replica, settings

DUELS = 1000
Answer = tuple[bool, str]
"""Whether he has it, and who has it."""


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_no_ai_message_leaves_after_a_takeover(database: str) -> None:
    seeds = silence.seeds_of(15, 100)
    assert any(plan(seed).kill for seed in seeds)
    with silence.databases(database) as urls:
        result = await silence.prove(urls[database][0], seeds, urls[database][1])
    assert result.wrong == []
    assert len(result.moments) == 7
    assert sum(row["in flight"] for row in result.moments.values()) > 0
    assert result.replies["kept"] > 0


@contextlib.asynccontextmanager
async def replicas(url: str, folder: Path, redis_url: str) -> AsyncIterator[list[str]]:
    """One on SQLite, two on PostgreSQL; their addresses."""
    many = 1 if url.startswith("sqlite") else 2
    async with telegram.running() as platform, contextlib.AsyncExitStack() as stack:
        platform.telegram.add_bot(TOKEN, name="Story", limits=False)
        confs = [settings(url, folder, free_port(), redis_url=redis_url) for _ in range(many)]
        for conf in confs:
            one = replica(conf, platform.url, ScriptedLlm(["Try this."]))
            await stack.enter_async_context(one)
        yield [conf.public_url for conf in confs]


async def furnished(url: str, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Two operators with their tokens, and sessions that the agent has."""
    runtime = bootstrap.build(settings(url, folder, free_port()))
    people = [
        operators.Operator(id=new_id(), email=f"{name}@b.example", name=name, role="operator")
        for name in ("olga", "paul")
    ]

    def unit(tx: Tx) -> tuple[dict[str, str], list[str]]:
        for one in people:
            operators.create(tx, one, "")
        tokens = {one.id: operators.new_token(tx, one, "duel")[1] for one in people}
        customer = customers.create(tx, "Ann", "en")
        openings = [
            Opening(channel_id=CHANNEL, customer_id=customer, agent_id="support", chat=str(chat))
            for chat in range(DUELS)
        ]
        return tokens, [opened(tx, one, opened_by_customer()).id for one in openings]

    try:
        return await runtime.store.write(unit)
    finally:
        await runtime.store.aclose()


async def duel(
    http: aiohttp.ClientSession, bases: Sequence[str], tokens: dict[str, str], id_: str
) -> list[Answer]:
    """Both at the same time, each at a server of his own if there are two."""

    async def take(number: int, token: str) -> Answer:
        url = f"{bases[number % len(bases)]}/api/v1/sessions/{id_}/takeover"
        async with http.post(url, headers={"Authorization": f"Bearer {token}"}) as got:
            body = await got.json()
            assert got.status == 200, body
            return body["taken"], body["session"]["control"]["operator_id"]

    return list(await asyncio.gather(*(take(*one) for one in enumerate(tokens.values()))))


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_of_two_operators_at_once_one_has_it_and_the_other_learns_who(
    database_url: str, tmp_path: Path, redis_url: str
) -> None:
    async with (
        replicas(database_url, tmp_path, redis_url) as bases,
        aiohttp.ClientSession() as http,
    ):
        tokens, ids = await furnished(database_url, tmp_path)
        winners = set()
        for start in range(0, DUELS, 20):
            duels = (duel(http, bases, tokens, id_) for id_ in ids[start : start + 20])
            for answers in await asyncio.gather(*duels):
                (winner,) = {holder for _, holder in answers}
                assert [taken for taken, _ in answers] == [one == winner for one in tokens]
                winners.add(winner)
        assert winners == set(tokens)
