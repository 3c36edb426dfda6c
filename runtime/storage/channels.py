"""Queries on channels, on agents, and on which agents answer on which channel."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.sql.dml import Insert as AnyInsert

from . import feed, happenings
from .ids import ChannelId
from .sql import Insert, Statement, Tx, const, dumps, insert_row, loads
from .tables import agents, channel_agents, channels, sessions, workers


class State(StrEnum):
    """What a channel is, and (STARTING) what an admin wants it to become."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """One row; `secrets` are still encrypted."""

    id: ChannelId
    kind: str
    name: str
    state: str
    error: str
    settings: dict[str, object]
    secrets: bytes
    worker: str | None


_FIELDS = tuple(Channel.__dataclass_fields__)
_c = channels.c
_columns = [_c[name] for name in _FIELDS]
_ALL = Statement(select(*_columns).order_by(_c.created_at, _c.id))
_GET = Statement(select(*_columns).where(_c.id == bindparam("id")))
_LOCK = Statement(select(*_columns).where(_c.id == bindparam("id")).with_for_update())
_INSERT = insert_row(channels)
_SAVE = Statement(
    update(channels)
    .where(_c.id == bindparam("of"))
    .values(
        name=bindparam("name"),
        settings=bindparam("settings"),
        secrets=bindparam("secrets"),
        state=bindparam("state"),
        error=bindparam("error"),
    )
)
_USED = Statement(select(sessions.c.id).where(sessions.c.channel_id == bindparam("id")).limit(1))
_DELETE = Statement(delete(channels).where(_c.id == bindparam("id")))
_SET_STATE = Statement(
    update(channels)
    .where(_c.id == bindparam("of"))
    .values(state=bindparam("state"), error=bindparam("error"))
)
_wanted = _c.state.in_([const(State.STARTING), const(State.RUNNING)])
_REPORT = Statement(
    update(channels)
    .where(_c.id == bindparam("of"), _wanted)
    .values(state=bindparam("state"), error=bindparam("error"))
)
_alive = select(workers.c.id).where(workers.c.alive_until > bindparam("now"))
_HOLD = Statement(
    update(channels)
    .where(
        _c.id == bindparam("of"),
        _wanted,
        or_(_c.worker.is_(None), _c.worker == bindparam("me"), _c.worker.not_in(_alive)),
    )
    .values(worker=bindparam("me"))
)
_LET_GO = Statement(update(channels).where(_c.worker == bindparam("me")).values(worker=None))
_AGENTS_OF = Statement(
    select(channel_agents.c.channel_id, channel_agents.c.agent_id).order_by(
        channel_agents.c.channel_id, channel_agents.c.position
    )
)
_DETACH = Statement(
    delete(channel_agents).where(channel_agents.c.channel_id == bindparam("channel_id"))
)
_ATTACH = insert_row(channel_agents)


_HAPPENED = {
    State.STARTING: happenings.Kind.STARTED,
    State.RUNNING: happenings.Kind.CONNECTED,
    State.STOPPED: happenings.Kind.STOPPED,
    State.ERROR: happenings.Kind.REFUSED,
}


def _upsert_agent(insert: Insert) -> AnyInsert:
    names = ("id", "name", "state", "error", "settings")
    row = insert(agents).values({name: bindparam(name) for name in names})
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["id"],
        set_={"name": row.excluded.name, "error": row.excluded.error},
    )
    return statement


_UPSERT_AGENT = Statement(_upsert_agent)
_SET_AGENT = Statement(
    update(agents).where(agents.c.id == bindparam("of")).values(state=bindparam("state"))
)


def _channel(row: tuple[object, ...]) -> Channel:
    values = dict(zip(_FIELDS, row, strict=True))
    values["settings"] = loads(str(values["settings"]))
    values["secrets"] = bytes(values["secrets"])  # type: ignore[call-overload]  # a blob
    return Channel(**values)  # type: ignore[arg-type]  # the columns are the fields


def every(tx: Tx) -> list[Channel]:
    return [_channel(row) for row in tx.all(_ALL)]


def get(tx: Tx, channel_id: str) -> Channel | None:
    row = tx.one(_GET, id=channel_id)
    return _channel(row) if row else None


def lock(tx: Tx, channel_id: str) -> Channel | None:
    row = tx.one(_LOCK, id=channel_id)
    return _channel(row) if row else None


def save(tx: Tx, channel: Channel) -> None:
    """Write back what an admin may have changed."""
    tx.put(
        _SAVE,
        of=channel.id,
        name=channel.name,
        settings=dumps(channel.settings),
        secrets=channel.secrets,
        state=channel.state,
        error=channel.error,
    )
    _changed(tx, channel.id)


def used(tx: Tx, channel_id: str) -> bool:
    """Whether there has ever been a session on it."""
    return tx.one(_USED, id=channel_id) is not None


def insert(tx: Tx, channel: Channel) -> None:
    tx.put(
        _INSERT,
        id=channel.id,
        kind=channel.kind,
        name=channel.name,
        state=channel.state,
        error=channel.error,
        settings=dumps(channel.settings),
        secrets=channel.secrets,
        worker=channel.worker,
        created_at=tx.now,
    )
    _changed(tx, channel.id)


def remove(tx: Tx, channel_id: str) -> None:
    """Raises the driver's IntegrityError when the channel has a history."""
    tx.put(_DELETE, id=channel_id)
    _changed(tx, channel_id)


def set_state(tx: Tx, channel_id: str, state: State, error: str = "") -> int:
    _changed(tx, channel_id)
    _note(tx, channel_id, state, error)
    return tx.run(_SET_STATE, of=channel_id, state=state.value, error=error)


def _changed(tx: Tx, channel_id: str) -> None:
    """Holders and portals look again."""
    tx.ring("channels")
    feed.add(tx, "channel", id=channel_id)


def report(tx: Tx, channel_id: str, state: State, error: str = "") -> None:
    """What became of a connection; an admin who stopped the channel meanwhile has the last word."""
    _changed(tx, channel_id)
    if tx.run(_REPORT, of=channel_id, state=state.value, error=error):
        _note(tx, channel_id, state, error)


def _note(tx: Tx, channel_id: str, state: State, error: str) -> None:
    kind = _HAPPENED[state]
    if state is State.STARTING and error:
        kind = happenings.Kind.RETRYING
    happenings.note(tx, channel_id, kind, error)


def hold(tx: Tx, channel_id: str, worker: str) -> bool:
    """Become, or stay, the one replica that holds this channel's connection."""
    return tx.run(_HOLD, of=channel_id, me=worker, now=tx.now) == 1


def let_go(tx: Tx, worker: str) -> None:
    tx.put(_LET_GO, me=worker)
    tx.ring("channels")


def agents_by_channel(tx: Tx) -> dict[str, list[str]]:
    """For each channel its agents; the first answers inbound."""
    found: dict[str, list[str]] = {}
    for channel_id, agent_id in tx.all(_AGENTS_OF):
        found.setdefault(channel_id, []).append(agent_id)
    return found


def attach(tx: Tx, channel_id: str, agent_ids: list[str]) -> None:
    tx.put(_DETACH, channel_id=channel_id)
    for position, agent_id in enumerate(agent_ids):
        tx.put(_ATTACH, channel_id=channel_id, position=position, agent_id=agent_id)
    _changed(tx, channel_id)


def put_agent(tx: Tx, agent_id: str, name: str, error: str = "") -> None:
    """What was found in the folders at start; a stopped agent stays stopped."""
    tx.put(_UPSERT_AGENT, id=agent_id, name=name, state="running", error=error, settings="")
    feed.add(tx, "agent", id=agent_id)


def set_agent_state(tx: Tx, agent_id: str, *, running: bool) -> int:
    tx.ring("channels")
    feed.add(tx, "agent", id=agent_id)
    return tx.run(_SET_AGENT, of=agent_id, state="running" if running else "stopped")
