"""STATION. Tries an agent out: a conversation that nobody has, of which nothing is stored or sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agents import errors as agent_errors
from agents.turn import Line, Person, Reply, Suggestion, Surface, Turn
from runtime import errors, transcript
from runtime.clock import utc
from runtime.roster import Roster
from runtime.storage.ids import new_id
from runtime.storage.work import Clock, system_clock

AT_ONCE = 4
"""Conversations that one replica tries at the same time: a model is dear, and customers go first."""
RETRY_SECONDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What an agent is tried with."""

    lines: Sequence[Line]
    customer: Person
    instruction: str = ""
    """For a suggestion: what an operator would ask for."""
    as_if: Mapping[str, Any] = field(default_factory=dict)
    """Of the agent's `Guidance`: what is tried instead of what admins have set."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What came of it."""

    answer: Reply | Suggestion | None
    text: str = ""
    """All that the customer would read."""
    failed: str = ""
    """Why there is no answer; a customer would get a person, with this reason."""


class Playground:
    """`reply` and `suggest` as in a session, under the settings that admins have made."""

    def __init__(self, *, roster: Roster, clock: Clock = system_clock) -> None:
        self._roster = roster
        self._clock = clock
        self._running = 0

    async def reply(self, agent_id: str, trial: Trial) -> Tried:
        """What the agent would answer. Raises `NotFound`, `Conflict` or `TooMany`."""
        return await self._bounded(agent_id, trial, suggest=False)

    async def suggest(self, agent_id: str, trial: Trial) -> Tried:
        """What the agent would suggest to an operator. Raises as `reply` does."""
        return await self._bounded(agent_id, trial, suggest=True)

    async def _bounded(self, agent_id: str, trial: Trial, *, suggest: bool) -> Tried:
        if self._running >= AT_ONCE:
            raise errors.TooMany(
                "Others are trying agents out. Try again in a moment.", retry_after=RETRY_SECONDS
            )
        self._running += 1
        try:
            return await self._tried(agent_id, trial, suggest=suggest)
        finally:
            self._running -= 1

    async def _tried(self, agent_id: str, trial: Trial, *, suggest: bool) -> Tried:
        agent = self._roster.agents.get(agent_id)  # a stopped one too: to try is how it gets ready
        if agent is None:
            raise errors.NotFound("There is no such agent.")
        turn = Turn(
            turn_id=new_id(),
            session_id="",
            lines=tuple(replace(line, at=utc(self._clock())) for line in trial.lines),
            customer=trial.customer,
            surface=Surface(),
            now=utc(self._clock()),
            instruction=trial.instruction,
            guidance=replace(self._roster.guidance(agent_id), **trial.as_if),
            rehearsal=True,
        )
        try:
            if suggest:
                suggestion = await agent.suggest(turn)
                return Tried(answer=suggestion, text=suggestion.text)
            reply = await agent.reply(turn)
        except agent_errors.AgentError as error:
            return Tried(answer=None, failed=error.detail)
        except Exception as error:  # a developer's tool: whatever it raises is what he wants to see
            return Tried(answer=None, failed=f"The agent broke ({type(error).__name__}: {error})")
        return Tried(answer=reply, text=transcript.spoken(reply))
