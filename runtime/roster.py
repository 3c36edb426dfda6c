"""Who is here: the channels and agents of this process, ready to be asked for by id.

Every replica has every running channel's object, to receive and to send. The connection itself
(polling, setting the webhook) is held by one replica at a time: `holders`, in the worker.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from agents import turn as agents_turn
from agents.facts import Field
from channels.base import AppWebhook, Capabilities, Channel, Pace
from handoff.state import Mode
from runtime import session
from runtime.storage import agents as stored_agents
from runtime.storage import channels as stored
from runtime.storage import paces, turns
from runtime.storage.ids import ChannelId

MINUTE = 60_000
BURST_ROUNDS = 10
"""However fast a customer writes, a turn begins after this many quiet times."""
PATIENCE = 20_000
"""Milliseconds after which a running turn is no longer superseded, so that somebody who never
stops writing is answered at all."""


class Agent(Protocol):
    """What the trunk asks of an agent; `agents.base.Agent` is one."""

    @property
    def name(self) -> str: ...

    @property
    def idle_minutes(self) -> float: ...

    async def reply(self, turn: agents_turn.Turn) -> agents_turn.Reply: ...

    async def suggest(
        self, turn: agents_turn.Turn, on_text: Callable[[str | None], None] | None = None
    ) -> agents_turn.Suggestion: ...


@runtime_checkable
class Described(Protocol):
    """Beside `Agent`: it says what its folder made it."""

    @property
    def description(self) -> str: ...

    @property
    def handoff_conditions(self) -> Sequence[str]: ...

    @property
    def shipped(self) -> Mapping[str, str]: ...


Factory = Callable[[Mapping[str, Any]], Channel]
"""Settings and opened secrets of a channel, joined, to the channel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A channel that is meant to run, and which agents answer on it."""

    id: ChannelId
    kind: str
    name: str
    channel: Channel
    settings: Mapping[str, Any]
    agent_ids: Sequence[str]
    quiet: int

    @property
    def can(self) -> Capabilities:
        return self.channel.capabilities

    @property
    def window(self) -> int | None:
        """Milliseconds for which free text may follow the customer's last message; none: for ever."""
        seconds = self.can.window_seconds
        return None if seconds is None else int(seconds * 1000)

    def buckets(self, chat: str, *, grouped: bool) -> tuple[paces.Bucket, ...]:
        """Which buckets a message to `chat` takes a token from."""
        pace = self.can.group_pace if grouped else self.can.chat_pace
        found = (self.account_bucket(), _bucket(f"{self.id}/{chat}", pace))
        return tuple(bucket for bucket in found if bucket)

    def account_bucket(self) -> paces.Bucket | None:
        return _bucket(self.id, self.can.account_pace)

    def chat_bucket(self, chat: str) -> paces.Bucket:
        """The bucket of one chat, even where the platform names no pace for it."""
        bucket = _bucket(f"{self.id}/{chat}", self.can.chat_pace)
        return bucket or paces.Bucket(key=f"{self.id}/{chat}", every=1.0, burst=1)


def _bucket(key: str, pace: Pace | None) -> paces.Bucket | None:
    if pace is None:
        return None
    return paces.Bucket(key=key, every=pace.seconds * 1000, burst=pace.burst)


_NO_DOCUMENTS: Mapping[str, str] = {}


@dataclass
class Roster:
    """Looked up on every message; replaced as a whole when an admin changes something."""

    agents: Mapping[str, Agent] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    stopped_agents: frozenset[str] = frozenset()
    states: dict[str, tuple[str, stored.State]] = field(default_factory=dict)
    """Kind and state of every channel, also of those that don't run."""
    settings: Mapping[str, stored_agents.Settings] = field(default_factory=dict)
    """Of agents that are in the database."""
    documents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What admins wrote for agents to know, by agent and name."""
    fields: Sequence[Field] = ()
    """What is to be known of customers."""

    def place(self, channel_id: str) -> Place | None:
        return self.places.get(channel_id)

    def sharing(self, account: str) -> list[Place]:
        """Channels that run and have this account of a platform among theirs."""
        return [
            place
            for place in self.places.values()
            if isinstance(place.channel, AppWebhook) and account in place.channel.accounts
        ]

    def agent(self, agent_id: str) -> Agent | None:
        """The agent, unless it is stopped or its folder is gone."""
        return None if agent_id in self.stopped_agents else self.agents.get(agent_id)

    def answering(self, place: Place) -> str | None:
        """Which agent a new session on this channel gets: the first that runs."""
        return next((id_ for id_ in place.agent_ids if self.agent(id_)), None)

    def begins_as(self, agent_id: str) -> Mode:
        """How a session of this agent begins for the operator whom routing gives it to."""
        return self._set(agent_id).assigned_mode

    def guidance(self, agent_id: str) -> agents_turn.Guidance:
        """What admins say to this agent."""
        set_ = self._set(agent_id)
        return agents_turn.Guidance(
            instructions=set_.instructions,
            copilot=set_.copilot_instructions,
            handoff_conditions=set_.handoff_conditions,
            hand_over=set_.allow_handoff,
            documents=self.documents.get(agent_id, _NO_DOCUMENTS),
            fields=tuple(self.fields),
        )

    def _set(self, agent_id: str) -> stored_agents.Settings:
        return self.settings.get(agent_id, stored_agents.DEFAULT)

    def rules(self, channel_id: str, agent_id: str) -> session.Rules:
        """What channel and agent say about time; sensible even for those that are gone."""
        place, agent = self.places.get(channel_id), self.agents.get(agent_id)
        quiet = place.quiet if place else 1000
        set_ = self._set(agent_id)
        idle = set_.idle_minutes or (agent.idle_minutes if agent else 24 * 60)
        return session.Rules(
            waiting=turns.Waiting(
                quiet=quiet, longest_burst=quiet * BURST_ROUNDS, patience=PATIENCE
            ),
            idle=int(idle * MINUTE),
            window=place.window if place else None,
            suggests=set_.suggests is stored_agents.Suggests.ALWAYS,
        )
