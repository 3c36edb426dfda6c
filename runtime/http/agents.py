"""Agents, by API: which there are, whether they run, what they are told, who gets what they hand over."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import pydantic

from handoff.state import Mode
from runtime import errors
from runtime.roster import Described
from runtime.storage import agents, audit, channels, operators
from runtime.storage.agents import Fallback, Settings, Suggests
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from .api import Call, Endpoint, Model, Nothing
from .keys import ROSTER, STORE

MANY = 100
DAY = 24 * 60
AssignedMode = Literal["human", "copilot"]
FallbackName = Literal["nobody", "anybody"]
SuggestsName = Literal["always", "asked"]
WORDS = 20_000
"""Characters of instructions."""
Condition = Annotated[str, pydantic.Field(min_length=1, max_length=500, pattern=r"\S")]
Conditions = Annotated[list[Condition], pydantic.Field(max_length=30)]


class AgentView(Model):
    """An agent, and who gets what it hands over."""

    id: str
    name: str
    state: Literal["running", "stopped", "error"]
    error: str
    """Why it cannot run; empty if it can."""
    default_operators: list[str]
    assigned_mode: AssignedMode
    """How a session begins for the operator whom routing gives it to."""
    max_open: int | None
    """Whoever has so many open conversations gets no more from routing."""
    remind_minutes: int
    """After so long a waiting session is said again, then after twice as long, and so on."""
    fallback: FallbackName
    """Whether anybody on shift may get a session after its second reminder."""
    description: str
    """Half a sentence, from its folder."""
    instructions: str
    """Added to those of its folder."""
    allow_handoff: bool
    """Whether it may hand over by itself. If not, no condition counts; people can still take a conversation
    over, and get it where the agent fails.
    """
    handoff_conditions: list[str]
    """When it hands over. Empty: as its folder says, which is `own_handoff_conditions`."""
    own_handoff_conditions: list[str]
    idle_minutes: int | None
    """After so long without anything new its conversations finish. null: `own_idle_minutes`."""
    own_idle_minutes: float | None
    suggests: SuggestsName
    """In Copilot mode: with each message of the customer, or only when an operator asks."""
    copilot_instructions: str
    """Added to `instructions` where it suggests."""


class AgentsAnswer(Model):
    items: list[AgentView]
    cursor: str


class AgentSettings(Model):
    """All that admins say of an agent."""

    default_operators: list[str] = pydantic.Field(default_factory=list, max_length=MANY)
    assigned_mode: AssignedMode = "human"
    max_open: Annotated[int, pydantic.Field(ge=1, le=10_000)] | None = None
    remind_minutes: int = pydantic.Field(default=agents.DEFAULT.remind_minutes, ge=1, le=7 * DAY)
    fallback: FallbackName = "nobody"
    instructions: str = pydantic.Field(default="", max_length=WORDS)
    allow_handoff: pydantic.StrictBool = True
    handoff_conditions: Conditions = pydantic.Field(default_factory=list)
    idle_minutes: Annotated[int, pydantic.Field(ge=1, le=365 * DAY)] | None = None
    suggests: SuggestsName = "always"
    copilot_instructions: str = pydantic.Field(default="", max_length=WORDS)


class AgentChange(AgentSettings):
    """What is left out stays as it is."""

    was: AgentSettings | None = None
    """What you have seen before you changed it. Where one that stands in it is otherwise by now, the
    refusal names it in `fields`, and nothing is changed.
    """


async def every(call: Call) -> AgentsAnswer:
    """Every agent; there are few, so this is always the whole list."""
    found = await call.app[STORE].read(agents.every)
    return AgentsAnswer(items=[_view(call, one) for one in found], cursor="")


async def one(call: Call) -> AgentView:
    """One agent."""
    id_ = call.path["agent_id"]
    return _answer(call, await call.app[STORE].read(lambda tx: agents.get(tx, id_)))


async def change(call: Call) -> AgentView:
    """What it is told, who gets what it hands over, and how. It holds from the next turn on."""
    given = call.body.model_dump(include=call.body.model_fields_set - {"was"})
    id_, by = call.path["agent_id"], call.operator.id
    was = call.body.was.model_dump(exclude_unset=True) if call.body.was else {}

    def unit(tx: Tx) -> agents.Agent | None:
        found = agents.lock(tx, id_)
        if found is None:
            return None
        _check_seen(was, _view(call, found))
        changed = replace(found, settings=_changed(tx, found.settings, given))
        agents.set_settings(tx, id_, changed.settings)
        audit.note(tx, by, "agent.change", id_, given)
        return changed

    return _answer(call, await call.app[STORE].write(unit))


async def start(call: Call) -> AgentView:
    """Let it answer again."""
    return await _run(call, running=True)


async def stop(call: Call) -> AgentView:
    """It answers nobody any more; whoever writes gets a person."""
    return await _run(call, running=False)


async def _run(call: Call, *, running: bool) -> AgentView:
    id_, by = call.path["agent_id"], call.operator.id

    def unit(tx: Tx) -> agents.Agent | None:
        found = agents.lock(tx, id_)
        if found is None:
            return None
        error = _error(call, found)
        if running and error:
            raise errors.Conflict(f"This agent cannot run: {error}", code="agent_broken")
        channels.set_agent_state(tx, id_, running=running)
        audit.note(tx, by, "agent.start" if running else "agent.stop", id_)
        return agents.get(tx, id_)

    return _answer(call, await call.app[STORE].write(unit))


def _changed(tx: Tx, settings: Settings, given: dict[str, Any]) -> Settings:
    if "default_operators" in given:
        ids = tuple(dict.fromkeys(given["default_operators"]))
        _check_operators(tx, ids)
        settings = replace(settings, default_operators=ids)
    if "assigned_mode" in given:
        settings = replace(settings, assigned_mode=Mode(given["assigned_mode"]))
    if "fallback" in given:
        settings = replace(settings, fallback=Fallback(given["fallback"]))
    if "suggests" in given:
        settings = replace(settings, suggests=Suggests(given["suggests"]))
    if "handoff_conditions" in given:
        settings = replace(settings, handoff_conditions=tuple(given["handoff_conditions"]))
    plain = {name: given[name] for name in _PLAIN if name in given}
    return replace(settings, **plain)


def _check_seen(was: dict[str, Any], now: AgentView) -> None:
    moved = [name for name, value in was.items() if getattr(now, name) != value]
    if moved:
        raise errors.Conflict(
            "Somebody else has changed this meanwhile.", code="changed_meanwhile", fields=moved
        )


_PLAIN = (
    "max_open",
    "remind_minutes",
    "instructions",
    "allow_handoff",
    "idle_minutes",
    "copilot_instructions",
)


def _check_operators(tx: Tx, ids: Sequence[str]) -> None:
    """Who is disabled may come back; a viewer never gets a session."""
    for number, id_ in enumerate(ids):
        found = operators.get(tx, id_)
        if found is None:
            _refuse(number, f"There is no operator {id_!r}.")
        elif found.role == Role.VIEWER:
            _refuse(number, f"{found.name} is a viewer, and viewers cannot have conversations.")


def _refuse(number: int, message: str) -> None:
    field = f"default_operators.{number}"
    raise errors.Invalid(f"{field}: {message}", errors=[{"field": field, "message": message}])


def _error(call: Call, agent: agents.Agent) -> str:
    if agent.error or agent.id in call.app[ROSTER].agents:
        return agent.error
    return "This agent is no longer installed."


def _answer(call: Call, found: agents.Agent | None) -> AgentView:
    if found is None:
        raise errors.NotFound("There is no such agent.")
    return _view(call, found)


def _view(call: Call, agent: agents.Agent) -> AgentView:
    error = _error(call, agent)
    here = call.app[ROSTER].agents.get(agent.id)
    described = here if isinstance(here, Described) else None
    settings = agent.settings
    return AgentView(
        id=agent.id,
        name=agent.name,
        state="error" if error else agent.state,  # type: ignore[arg-type]  # stored words
        error=error,
        default_operators=list(agent.settings.default_operators),
        assigned_mode=agent.settings.assigned_mode.value,  # type: ignore[arg-type]  # one of two
        max_open=agent.settings.max_open,
        remind_minutes=agent.settings.remind_minutes,
        fallback=agent.settings.fallback.value,
        description=described.description if described else "",
        instructions=settings.instructions,
        allow_handoff=settings.allow_handoff,
        handoff_conditions=list(settings.handoff_conditions),
        own_handoff_conditions=list(described.handoff_conditions) if described else [],
        idle_minutes=settings.idle_minutes,
        own_idle_minutes=here.idle_minutes if here else None,
        suggests=settings.suggests.value,
        copilot_instructions=settings.copilot_instructions,
    )


_AGENT = "/agents/{agent_id}"
ENDPOINTS = [
    Endpoint(method="GET", path="/agents", handler=every, least=Role.VIEWER, answer=AgentsAnswer),
    Endpoint(method="GET", path=_AGENT, handler=one, least=Role.VIEWER, answer=AgentView),
    Endpoint(
        method="PATCH",
        path=_AGENT,
        handler=change,
        least=Role.ADMIN,
        body=AgentChange,
        answer=AgentView,
        refusals=("changed_meanwhile",),
    ),
    Endpoint(
        method="POST",
        path=f"{_AGENT}/start",
        handler=start,
        least=Role.ADMIN,
        body=Nothing,
        answer=AgentView,
        refusals=("agent_broken",),
    ),
    Endpoint(
        method="POST",
        path=f"{_AGENT}/stop",
        handler=stop,
        least=Role.ADMIN,
        body=Nothing,
        answer=AgentView,
    ),
]
