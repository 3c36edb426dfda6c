"""STATION. Agents that run outside, in any language: what they say and suggest, with the epoch that
they began under. While it stands their words take the place of what our own agent may be writing;
when it doesn't, the words are kept as a suggestion, and `Conflict` says who has control now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.messages import Piece
from handoff import events as ev
from handoff.state import Mode
from runtime.acts import channel_of, happen, locked, refused
from runtime.clock import utc
from runtime.roster import Roster
from runtime.session import Change, Words
from runtime.storage import sessions
from runtime.storage.sql import Tx
from runtime.storage.work import Store

KEPT = "Control has moved; the text is kept as a suggestion."


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """What an agent outside brings, with the epoch that it began under."""

    text: str
    epoch: int
    data: Mapping[str, Any] = field(default_factory=dict)
    answers_seq: int | None = None
    """The last entry of the log that it has seen; none: all that there is."""


class Outside:
    """One for the process. Every method raises `NotFound`, `Conflict` or `Unavailable`."""

    def __init__(self, *, store: Store, roster: Roster) -> None:
        self._store = store
        self._roster = roster

    async def message(self, session_id: str, offered: Offered) -> tuple[sessions.Session, int]:
        """To the customer; the session, and the log entry."""
        channel = await channel_of(self._store, self._roster, session_id)
        pieces = channel.compose(offered.text, ())

        def unit(tx: Tx) -> tuple[sessions.Session, int, bool]:
            change = locked(tx, self._roster, session_id)
            event = ev.AgentReplied(at=utc(tx.now), epoch=offered.epoch)
            happen(change, event, _words(change, offered, pieces))
            said = _stands(change, offered, Mode.AUTONOMOUS)
            return change.save(), change.seq, said

        session, seq, said = await self._store.write(unit, session_id)
        if not said:
            raise refused(KEPT, session.control)
        return session, seq

    async def suggestion(self, session_id: str, offered: Offered) -> sessions.Session:
        """For the operator; kept in any case."""

        def unit(tx: Tx) -> sessions.Session:
            change = locked(tx, self._roster, session_id)
            event = ev.AgentSuggested(at=utc(tx.now), epoch=offered.epoch)
            happen(change, event, _words(change, offered))
            _stands(change, offered, Mode.COPILOT)
            return change.save()

        session = await self._store.write(unit, session_id)
        if session.epoch != offered.epoch or session.control.mode is Mode.FINISHED:
            raise refused(KEPT, session.control)
        return session


def _words(change: Change, offered: Offered, pieces: tuple[Piece, ...] = ()) -> Words:
    session = change.session
    seen = session.last_seq
    if offered.answers_seq is not None:
        seen = min(seen, offered.answers_seq)
    return Words(
        text=offered.text,
        pieces=pieces,
        author_id=session.agent_id,
        data={**offered.data, "answers_seq": seen},
        asked={"answers_seq": seen},
    )


def _stands(change: Change, offered: Offered, mode: Mode) -> bool:
    """Whether control is where the agent outside believes it; then ours needs not answer too."""
    stands = change.control.mode is mode and change.control.epoch == offered.epoch
    if stands:
        change.answered_outside()
    return stands
