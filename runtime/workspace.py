"""STATION. What operators do to a session: take over, speak, note, hand on, give back, resolve.

Each act is one transaction through the hub. What the machine refuses leaves as `Conflict` with the
control that refused, so that whoever came second learns who was first.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.messages import LocalFile, Piece
from handoff import errors as handoff_errors
from handoff import events as ev
from handoff.state import Control, Mode
from runtime import errors
from runtime.clock import utc
from runtime.media.base import Media
from runtime.roster import Roster
from runtime.session import Change, Words
from runtime.storage import deliveries, log, operators, sessions, suggestions
from runtime.storage.sql import Tx
from runtime.storage.work import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A session after an act."""

    session: sessions.Session
    seq: int | None = None
    """The log entry that the act wrote, if it wrote words."""
    in_flight: int = 0
    """Of a takeover: words of the agent that a channel had been given already. The log has them
    before the takeover; nothing of the agent's leaves after it.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What an operator says."""

    text: str = ""
    files: Sequence[dict[str, str]] = ()
    """Stored uploads, `{sha256, name, mime}`."""
    suggestion_id: str | None = None
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """What an agent outside brings, with the epoch that it began under."""

    text: str
    epoch: int
    data: dict[str, Any] = field(default_factory=dict)


Act = Callable[[Change], None]


class Workspace:
    """One for the process. Every method raises `NotFound`, `Conflict` or `Unavailable`."""

    def __init__(self, *, store: Store, roster: Roster, media: Media) -> None:
        self._store = store
        self._roster = roster
        self._media = media

    async def take_over(self, session_id: str, by: str, epoch: int | None = None) -> Done:
        """The agent falls silent; `by` gets the session unless an operator has it already, who then
        keeps it: look at the session's `operator_id`.
        """

        def unit(tx: Tx) -> Done:
            change = self._locked(tx, session_id)
            before = change.control
            _happen(change, ev.OperatorTookOver(at=_now(tx), operator_id=by, expected_epoch=epoch))
            in_flight = 0
            if before.mode is Mode.AUTONOMOUS:
                in_flight = deliveries.in_flight(tx, session_id)
            change.opened()
            return Done(session=change.save(), in_flight=in_flight)

        return await self._store.write(unit, session_id)

    async def hand_over(self, session_id: str, by: str, reason: str = "") -> Done:
        """To people, without taking it; routing may assign somebody."""
        return await self._event(
            session_id, lambda at: ev.HandedOver(at=at, operator_id=by, reason=reason)
        )

    async def return_to_agent(self, session_id: str, by: str, epoch: int | None = None) -> Done:
        """The agent speaks again; it answers at once if the customer waits for an answer."""

        def act(change: Change) -> None:
            session = change.session
            wrote, answered = session.customer_wrote_at or 0, session.answered_at or 0
            event = ev.ReturnedToAgent(
                at=_now(change.tx),
                operator_id=by,
                expected_epoch=epoch,
                customer_waits=wrote > answered,
            )
            _happen(change, event)

        return await self._act(session_id, act)

    async def resolve(self, session_id: str, by: str) -> Done:
        """Finished; the customer's next message opens a new session with the agent."""
        return await self._event(session_id, lambda at: ev.Resolved(at=at, operator_id=by))

    async def choose_mode(self, session_id: str, by: str, mode: Mode) -> Done:
        """Copilot on (`copilot`) or off (`human`)."""
        return await self._event(
            session_id, lambda at: ev.ModeChosen(at=at, operator_id=by, mode=mode)
        )

    async def assign(
        self, session_id: str, by: str | None, to: str | None, epoch: int | None = None
    ) -> Done:
        """To an operator, or to nobody. A session that the agent has must be taken over first."""

        def act(change: Change) -> None:
            if to is not None:
                _assignable(change.tx, to)
            mode = self._roster.begins_as(change.session.agent_id)
            event = ev.Assigned(
                at=_now(change.tx), operator_id=to, by=by, mode=mode, expected_epoch=epoch
            )
            _happen(change, event)

        return await self._act(session_id, act)

    async def reply(self, session_id: str, by: str, said: Said) -> Done:
        """Words of the operator, on their way to the customer. The seq of their log entry."""
        session = await self._store.read(lambda tx: sessions.get(tx, session_id))
        if session is None:
            raise errors.NotFound("There is no such conversation.")
        pieces = await self._composed(session, said)
        distance = await self._distance(session_id, said)
        data: dict[str, Any] = {"suggestion_id": said.suggestion_id} if said.suggestion_id else {}
        if distance:
            data["distance"] = distance
        words = Words(
            text=said.text,
            pieces=pieces,
            author_id=by,
            data=data,
            files=said.files,
            reply_to=said.reply_to,
        )

        def unit(tx: Tx) -> Done:
            change = self._locked(tx, session_id)
            _happen(change, ev.OperatorReplied(at=_now(tx), operator_id=by), words)
            seq = change.seq
            change.opened()
            if said.suggestion_id:
                state = "edited" if distance else "used"
                suggestions.settle(
                    tx, said.suggestion_id, state, by, sent_seq=seq, distance=distance
                )
            return Done(session=change.save(), seq=seq)

        return await self._store.write(unit, session_id)

    async def note(self, session_id: str, by: str, text: str) -> Done:
        """For colleagues only: no channel and no agent ever gets it."""

        def unit(tx: Tx) -> Done:
            change = self._locked(tx, session_id)
            seq = change.write(log.Kind.NOTE, log.Author.OPERATOR, text, author_id=by)
            return Done(session=change.save(), seq=seq)

        return await self._store.write(unit, session_id)

    async def open(self, session_id: str) -> Done:
        """An operator looks at it: nothing is unread any more."""
        return await self._act(session_id, Change.opened)

    async def ask_suggestion(self, session_id: str, by: str, instruction: str = "") -> Done:
        """Another one, perhaps with a wish such as "shorter"; only in Copilot mode."""

        def act(change: Change) -> None:
            change.instruction = instruction
            _happen(change, ev.SuggestionAsked(at=_now(change.tx), operator_id=by))

        return await self._act(session_id, act)

    async def dismiss(self, suggestion_id: str, by: str) -> None:
        """It is not wanted. What was used, edited or overtaken stays so."""

        def unit(tx: Tx) -> None:
            found = suggestions.ask(tx, suggestion_id)()
            if found is None:
                raise errors.NotFound("There is no such suggestion.")
            if found[2] == "open":
                suggestions.settle(tx, suggestion_id, "dismissed", by)

        await self._store.write(unit)

    async def agent_message(self, session_id: str, offered: Offered) -> Done:
        """Words of an agent that runs outside: sent while its epoch stands. Otherwise they are kept
        as a suggestion, and `Conflict` says who has control now.
        """
        session = await self._store.read(lambda tx: sessions.get(tx, session_id))
        if session is None:
            raise errors.NotFound("There is no such conversation.")
        words = Words(
            text=offered.text,
            pieces=await self._composed(session, Said(text=offered.text)),
            author_id=session.agent_id,
            data=offered.data,
        )

        def unit(tx: Tx) -> tuple[Done, Control]:
            change = self._locked(tx, session_id)
            _happen(change, ev.AgentReplied(at=_now(tx), epoch=offered.epoch), words)
            return Done(session=change.save(), seq=change.seq), change.control

        done, control = await self._store.write(unit, session_id)
        if control.epoch != offered.epoch or control.mode is not Mode.AUTONOMOUS:
            raise _refused("Control has moved; the text is kept as a suggestion.", control)
        return done

    async def agent_suggestion(self, session_id: str, offered: Offered) -> Done:
        """A suggestion of an agent that runs outside."""
        words = Words(text=offered.text, data=offered.data)

        def act(change: Change) -> None:
            _happen(change, ev.AgentSuggested(at=_now(change.tx), epoch=offered.epoch), words)

        return await self._act(session_id, act)

    async def _event(self, session_id: str, event: Callable[[Any], ev.Event]) -> Done:
        return await self._act(session_id, lambda change: _happen(change, event(_now(change.tx))))

    async def _act(self, session_id: str, act: Act) -> Done:
        def unit(tx: Tx) -> Done:
            change = self._locked(tx, session_id)
            act(change)
            return Done(session=change.save())

        return await self._store.write(unit, session_id)

    def _locked(self, tx: Tx, session_id: str) -> Change:
        session = sessions.lock(tx, session_id)
        if session is None:
            raise errors.NotFound("There is no such conversation.")
        return Change(tx, session, self._roster.rules(session.channel_id, session.agent_id))

    async def _composed(self, session: sessions.Session, said: Said) -> tuple[Piece, ...]:
        place = self._roster.place(session.channel_id)
        if place is None:
            raise errors.Conflict(
                "The channel does not run, so nothing can be delivered.", code="channel_not_running"
            )
        files = [
            LocalFile(
                name=file["name"],
                mime=file["mime"],
                content=await self._stored(file["sha256"]),
            )
            for file in said.files
        ]
        return place.channel.compose(said.text, files)

    async def _stored(self, sha256: str) -> bytes:
        try:
            return await self._media.get(sha256)
        except (KeyError, OSError):
            raise errors.NotFound("There is no such uploaded file.") from None

    async def _distance(self, session_id: str, said: Said) -> int:
        """Words changed between the suggestion and what is sent; 0 when it is sent as it is."""
        suggestion_id = said.suggestion_id
        if suggestion_id is None:
            return 0
        found = await self._store.read(lambda tx: suggestions.ask(tx, suggestion_id)())
        if found is None or found[0] != session_id:
            raise errors.NotFound("There is no such suggestion in this conversation.")
        return await asyncio.to_thread(distance, found[1].split(), said.text.split())


def distance(before: Sequence[str], after: Sequence[str]) -> int:
    """Levenshtein's, over words."""
    row = list(range(len(after) + 1))
    for i, one in enumerate(before, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(after, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
            diagonal, row[j] = row[j], cost
    return row[-1]


def _now(tx: Tx) -> Any:
    return utc(tx.now)


def _assignable(tx: Tx, operator_id: str) -> None:
    found = operators.get(tx, operator_id)
    if found is None or found.state != "active" or found.role == operators.Role.VIEWER:
        raise errors.Conflict(
            "This colleague cannot have conversations.", code="operator_unavailable"
        )


def _happen(change: Change, event: ev.Event, words: Words | None = None) -> None:
    try:
        if words is None:
            change.happen(event)
        else:
            change.happen(event, words)
    except handoff_errors.HandoffError as error:
        refused = error
        if isinstance(event, ev.OperatorReplied) and error.control.operator_id is None:
            refused = handoff_errors.NotInControl(
                "Take the conversation over first.", control=error.control
            )
        raise _refused(refused.detail, refused.control, refused) from error


def _refused(
    detail: str, control: Control, error: handoff_errors.HandoffError | None = None
) -> errors.Conflict:
    if control.mode is Mode.FINISHED:
        code, detail = "session_finished", "This conversation is finished."
    elif isinstance(error, handoff_errors.NotInControl):
        code = "not_in_control"
    elif isinstance(error, handoff_errors.IllegalEvent):
        code = "not_possible"
    else:
        code = "control_moved"
    return errors.Conflict(
        detail,
        code=code,
        control={
            "mode": control.mode.value,
            "operator_id": control.operator_id,
            "epoch": control.epoch,
        },
    )
