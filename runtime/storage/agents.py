"""Queries on agents: what admins set of them. What their folders say is in their folders."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from sqlalchemy import bindparam, select, update

from handoff.state import Mode

from . import feed
from .sql import Row, Statement, Tx, dumps, loads
from .tables import agents


class Fallback(StrEnum):
    """Who else may get a session that its default operators leave waiting."""

    NOBODY = "nobody"
    ANYBODY = "anybody"


class Suggests(StrEnum):
    """When the agent suggests to an operator in Copilot mode."""

    ALWAYS = "always"
    ASKED = "asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How the agent works, who gets its sessions when it hands them over, and how."""

    default_operators: tuple[str, ...] = ()
    assigned_mode: Mode = Mode.HUMAN
    """`human`, or `copilot`."""
    max_open: int | None = None
    """Whoever has so many open sessions, of whatever agent, gets no more from routing."""
    remind_minutes: int = 10
    fallback: Fallback = Fallback.NOBODY
    instructions: str = ""
    """Beside those of its folder."""
    allow_handoff: bool = True
    """Whether it may hand over by itself; people take over all the same."""
    handoff_conditions: tuple[str, ...] = ()
    """Instead of its own; none: its own."""
    idle_minutes: int | None = None
    """Instead of its own."""
    suggests: Suggests = Suggests.ALWAYS
    copilot_instructions: str = ""
    """Only for suggestions."""


DEFAULT = Settings()


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """One row."""

    id: str
    name: str
    state: str
    error: str
    settings: Settings = field(default=DEFAULT)


_a = agents.c
_columns = (_a.id, _a.name, _a.state, _a.error, _a.settings)
_ALL = Statement(select(*_columns).order_by(_a.id))
_GET = Statement(select(*_columns).where(_a.id == bindparam("id")))
_LOCK = Statement(select(*_columns).where(_a.id == bindparam("id")).with_for_update())
_SET = Statement(
    update(agents).where(_a.id == bindparam("of")).values(settings=bindparam("settings"))
)


def every(tx: Tx) -> list[Agent]:
    return [_agent(row) for row in tx.all(_ALL)]


def get(tx: Tx, agent_id: str) -> Agent | None:
    row = tx.one(_GET, id=agent_id)
    return _agent(row) if row else None


def lock(tx: Tx, agent_id: str) -> Agent | None:
    """The agent, locked until this transaction ends."""
    row = tx.one(_LOCK, id=agent_id)
    return _agent(row) if row else None


def set_settings(tx: Tx, agent_id: str, settings: Settings) -> None:
    said = {name: value for name, value in asdict(settings).items() if value is not None}
    tx.put(_SET, of=agent_id, settings=dumps(said))
    feed.add(tx, "agent", id=agent_id)
    tx.ring("channels", "routing")


def _agent(row: Row) -> Agent:
    return Agent(id=row[0], name=row[1], state=row[2], error=row[3], settings=_settings(row[4]))


def _settings(stored: str) -> Settings:
    said = loads(stored)
    return Settings(
        default_operators=tuple(said.get("default_operators", ())),
        assigned_mode=Mode(said.get("assigned_mode", DEFAULT.assigned_mode)),
        max_open=said.get("max_open"),
        remind_minutes=said.get("remind_minutes", DEFAULT.remind_minutes),
        fallback=Fallback(said.get("fallback", DEFAULT.fallback)),
        instructions=said.get("instructions", ""),
        allow_handoff=said.get("allow_handoff", True),
        handoff_conditions=tuple(said.get("handoff_conditions", ())),
        idle_minutes=said.get("idle_minutes"),
        suggests=Suggests(said.get("suggests", DEFAULT.suggests)),
        copilot_instructions=said.get("copilot_instructions", ""),
    )
