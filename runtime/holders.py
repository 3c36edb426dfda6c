"""Keeps the roster equal to the database, and holds the connections that are this replica's to hold.

A channel is wanted when its state is starting or running. Every replica builds its object; the one
that holds the row connects (sets the webhook, or polls). A channel that can't connect says why in
its row: what may pass by itself is tried again, what an admin must mend is not.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from agents.facts import Field
from channels import errors as channel_errors
from channels.base import Channel
from channels.messages import Request
from channels.settings import grouped
from runtime import errors
from runtime.inbox import Inbox
from runtime.roster import Factory, Place, Roster
from runtime.storage import agents as stored_agents
from runtime.storage import channels as stored
from runtime.storage import documents, fields, workers
from runtime.storage.sealed import Safe
from runtime.storage.sql import Tx
from runtime.storage.work import Store

RETRY_SECONDS = 5.0

_log = structlog.get_logger("holders")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """How to build channels, and where platforms reach us."""

    factories: Mapping[str, Factory]
    safe: Safe
    webhook_base: str
    """Such as `https://baton.example`; empty: webhooks cannot be set."""
    quiet: int | None = None
    """Milliseconds, instead of the channel's own quiet time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    rows: list[stored.Channel]
    agents_of: Mapping[str, list[str]]
    agents: Sequence[stored_agents.Agent]
    alive: set[str]
    documents: documents.Versions
    fields: Sequence[Field]


class Holders:
    """`round` compares what is with what is wanted."""

    def __init__(
        self, *, store: Store, roster: Roster, inbox: Inbox, ways: Ways, worker: str
    ) -> None:
        self._store = store
        self._roster = roster
        self._inbox = inbox
        self._ways = ways
        self._worker = worker
        self.refreshing = asyncio.Lock()
        self._built: dict[str, tuple[stored.Channel, Place]] = {}
        self._documents: documents.Versions = ()
        self._connections: dict[str, tuple[Channel, asyncio.Task[None]]] = {}

    async def round(self) -> float | None:
        """Refresh the roster, then take and let go of connections."""
        known, wanted = await self.refresh()
        for channel_id, (channel, task) in list(self._connections.items()):
            place = self._roster.place(channel_id)
            same = place is not None and place.channel is channel and not task.done()
            if not same or not self._mine(channel_id, wanted):
                await self._disconnect(channel_id)
        for row in wanted:
            if row.id in self._built and row.id not in self._connections:
                await self._hold(row, known.alive)
        return None

    async def refresh(self) -> tuple[_Known, list[stored.Channel]]:
        """Make the roster equal to the database; what is known, and which channels are wanted."""
        async with self.refreshing:
            return await self._refresh()

    async def _refresh(self) -> tuple[_Known, list[stored.Channel]]:
        known = await self._store.read(_read)
        wanted = [row for row in known.rows if row.state in _WANTED]
        self._roster.stopped_agents = frozenset(
            one.id for one in known.agents if one.state != "running"
        )
        self._roster.fields = known.fields
        self._roster.settings = {one.id: one.settings for one in known.agents}
        if known.documents != self._documents:
            self._roster.documents = await self._store.read(documents.texts)
            self._documents = known.documents
        self._roster.states = {row.id: (row.kind, stored.State(row.state)) for row in known.rows}
        await self._build(wanted, known)
        return known, wanted

    async def close(self) -> None:
        """Leave every connection and let others take it."""
        for channel_id in list(self._connections):
            await self._disconnect(channel_id)
        for _, place in self._built.values():
            await place.channel.aclose()
        try:
            await self._store.write(lambda tx: stored.let_go(tx, self._worker))
        except errors.Unavailable:
            _log.info("others will notice by the lease", action="let_go_unheard")

    async def _build(self, wanted: list[stored.Channel], known: _Known) -> None:
        before = {id_: place.channel for id_, (_, place) in self._built.items()}
        ids = {row.id for row in wanted}
        self._built = {id_: built for id_, built in self._built.items() if id_ in ids}
        for row in wanted:
            try:
                channel = self._channel(row)
            except Exception as error:
                self._built.pop(row.id, None)
                await self._fail(row.id, f"This channel cannot be built: {error}")
            else:
                agent_ids = tuple(known.agents_of.get(row.id, ()))
                self._built[row.id] = (row, self._place(row, channel, agent_ids))
        self._roster.places = {id_: place for id_, (_, place) in self._built.items()}
        for id_, channel in before.items():
            place = self._roster.places.get(id_)
            if place is None or place.channel is not channel:
                await channel.aclose()

    def _channel(self, row: stored.Channel) -> Channel:
        """The one that is there, unless its settings have changed."""
        before = self._built.get(row.id)
        if before and (before[0].settings, before[0].secrets) == (row.settings, row.secrets):
            return before[1].channel
        secrets = self._ways.safe.open(row.secrets)
        return self._ways.factories[row.kind](grouped({**row.settings, **secrets}))

    def _place(self, row: stored.Channel, channel: Channel, agent_ids: tuple[str, ...]) -> Place:
        quiet = self._ways.quiet
        return Place(
            id=row.id,
            kind=row.kind,
            name=row.name,
            channel=channel,
            settings=row.settings,
            agent_ids=agent_ids,
            quiet=int(channel.capabilities.quiet_seconds * 1000) if quiet is None else quiet,
        )

    def _mine(self, channel_id: str, wanted: list[stored.Channel]) -> bool:
        return any(row.id == channel_id and row.worker == self._worker for row in wanted)

    async def _hold(self, row: stored.Channel, alive: set[str]) -> None:
        if row.worker != self._worker and row.worker in alive:
            return
        if await self._store.write(lambda tx: stored.hold(tx, row.id, self._worker)):
            place = self._built[row.id][1]
            task = asyncio.create_task(self._connection(place), name=f"channel {row.id}")
            self._connections[row.id] = (place.channel, task)

    async def _disconnect(self, channel_id: str) -> None:
        _, task = self._connections.pop(channel_id)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _connection(self, place: Place) -> None:
        """Hold one connection until cancelled, or until an admin must react."""

        async def accept(request: Request) -> None:
            await self._inbox.accept(place.id, request)

        url = ""
        if self._ways.webhook_base:
            url = f"{self._ways.webhook_base}/webhooks/{place.kind}/{place.id}"
        while True:
            try:
                async with place.channel.connect(accept, url or None):
                    _log.info("connected", action="channel_running", channel=place.name)
                    await self._say(place.id, stored.State.RUNNING)
                    await asyncio.Event().wait()
            except (channel_errors.Unauthorised, channel_errors.Rejected) as error:
                await self._fail(place.id, error.detail)
                return
            except Exception as error:
                detail = getattr(error, "detail", repr(error))
                _log.warning(
                    "no connection", action="channel_retry", channel=place.name, detail=detail
                )
                await self._say(place.id, stored.State.STARTING, str(detail))
                await asyncio.sleep(RETRY_SECONDS)

    async def _fail(self, channel_id: str, detail: str) -> None:
        _log.error(
            "a channel cannot run", action="channel_error", channel=channel_id, detail=detail
        )
        await self._say(channel_id, stored.State.ERROR, detail)

    async def _say(self, channel_id: str, state: stored.State, detail: str = "") -> None:
        try:
            await self._store.write(lambda tx: stored.report(tx, channel_id, state, detail))
        except errors.Unavailable as error:
            _log.warning("a state went unsaid", action="state_unsaid", detail=error.detail)


_WANTED = {stored.State.STARTING.value, stored.State.RUNNING.value}


def _read(tx: Tx) -> _Known:
    return _Known(
        rows=stored.every(tx),
        agents_of=stored.agents_by_channel(tx),
        agents=stored_agents.every(tx),
        alive=workers.alive(tx),
        documents=documents.versions(tx),
        fields=fields.many(tx),
    )
