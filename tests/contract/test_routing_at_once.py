"""Two replicas look at the same instant: nobody gets more than his limit, and nothing is left over."""

import asyncio

from handoff import events as ev
from handoff.state import opened_by_customer
from runtime.clock import utc
from runtime.observe import Metrics
from runtime.openings import Opening, opened
from runtime.roster import Roster
from runtime.routing import Routing
from runtime.session import Change
from runtime.storage import agents, channels, customers, engine, operators, sessions
from runtime.storage.ids import ChannelId
from runtime.storage.sql import Tx
from runtime.storage.work import Store
from tests.contract.test_feed import Silent
from tests.operators import HASHED

AGENTS = [f"agent{n:02}" for n in range(24)]
LIMIT = 12


def everybody_waits(tx: Tx) -> None:
    """One session of each of many agents, which all have the same one operator."""
    olga = operators.Operator(id="olga", email="o@b.example", name="Olga", role="operator")
    operators.create(tx, olga, HASHED)
    channel = channels.Channel(
        id=ChannelId("c"),
        kind="memory",
        name="C",
        state="stopped",
        error="",
        settings={},
        secrets=b"",
        worker=None,
    )
    channels.insert(tx, channel)
    customer_id = customers.create(tx, "Ann", "en")
    for agent_id in AGENTS:
        channels.put_agent(tx, agent_id, agent_id)
        chosen = agents.Settings(default_operators=("olga",), max_open=LIMIT)
        agents.set_settings(tx, agent_id, chosen)
        opening = Opening(channel_id="c", customer_id=customer_id, agent_id=agent_id, chat=agent_id)
        session = opened(tx, opening, opened_by_customer())
        change = Change(tx, session, Roster().rules("c", agent_id))
        change.happen(ev.HandedOver(at=utc(tx.now), operator_id="paul"))
        change.save()


def free(tx: Tx) -> list[str]:
    """Those that still wait."""
    asked = [sessions.ask_open(tx, "c", agent_id, "", "") for agent_id in AGENTS]
    found = [one() for one in asked]
    return [one.id for one in found if one is not None and one.operator_id is None]


async def test_replicas_that_look_at_once_fill_nobody_above_his_limit(database_url: str) -> None:
    stores = [Store(engine.database(database_url), Silent()) for _ in range(3)]
    try:
        await stores[0].write(everybody_waits)
        replicas = [Routing(store=s, roster=Roster(), metrics=Metrics().routing) for s in stores]
        for _ in range(4):
            await asyncio.gather(*(one.round() for one in replicas))
        assert len(await stores[0].write(free)) == len(AGENTS) - LIMIT
    finally:
        for store in stores:
            await store.aclose()
