"""STATION. What operators do to a session: take over, speak, note, hand on, give back, resolve.

Each act is one transaction through the hub. What the machine refuses leaves as `Conflict` with the
control that refused, so that whoever came second learns who was first.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.messages import Address, LocalFile, Seen
from handoff import events as ev
from handoff import outreach
from handoff.state import Mode
from runtime import errors, offers
from runtime.acts import channel_of, happen, locked, rich, running
from runtime.clock import utc
from runtime.media.base import Media
from runtime.roster import Roster
from runtime.session import Change, Words
from runtime.storage import accepted, deliveries, log, operators, sessions, suggestions, turns
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
    html: str = ""
    """Instead of text, where the channel shows it."""
    files: Sequence[dict[str, str]] = ()
    """Stored uploads, `{sha256, name, mime}`."""
    suggestion_id: str | None = None
    reply_to: str = ""
    client_id: str = ""


Act = Callable[[Change], None]


class Workspace:
    """One for the process. Every method raises `NotFound`, `Conflict` or `Unavailable`."""

    def __init__(self, *, store: Store, roster: Roster, media: Media) -> None:
        self._store = store
        self._roster = roster
        self._media = media
        self._signals: set[asyncio.Task[None]] = set()

    async def take_over(self, session_id: str, by: str, epoch: int | None = None) -> Done:
        """The agent falls silent; `by` gets the session unless an operator has it already, who then
        keeps it: look at the session's `operator_id`.
        """

        def unit(tx: Tx) -> Done:
            change = self._locked(tx, session_id)
            happen(
                change, ev.OperatorTookOver(at=utc(tx.now), operator_id=by, expected_epoch=epoch)
            )
            change.opened()
            return Done(session=change.save(), in_flight=deliveries.in_flight(tx, session_id))

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
                at=utc(change.tx.now),
                operator_id=by,
                expected_epoch=epoch,
                customer_waits=wrote > answered,
            )
            happen(change, event)

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
                at=utc(change.tx.now), operator_id=to, by=by, mode=mode, expected_epoch=epoch
            )
            happen(change, event)

        return await self._act(session_id, act)

    async def reply(self, session_id: str, by: str, said: Said) -> Done:
        """Words of the operator, on their way to the customer. The seq of their log entry."""
        done = await self._done(session_id, said.client_id)
        if done is not None:
            return done
        channel = await channel_of(self._store, self._roster, session_id)
        files = [await self._file(one) for one in said.files]
        if said.html:
            words = rich(channel, said.html, by, list(zip(said.files, files, strict=True)))
        else:
            pieces = channel.compose(said.text, files)
            words = Words(text=said.text, pieces=pieces, author_id=by, files=said.files)
        distance = await self._distance(session_id, said.suggestion_id, words.text)

        def act(change: Change) -> None:
            tx = change.tx
            used = suggestions.lock(tx, said.suggestion_id) if said.suggestion_id else None
            told = dataclasses.replace(words, data=_origin(used, distance), reply_to=said.reply_to)
            new = used if used is not None and used.state not in suggestions.SENT else None
            if new is not None:  # before the rest of the open ones is ignored
                state = suggestions.State.EDITED if distance else suggestions.State.USED
                suggestions.settle(tx, new.id, state, by)
            happen(change, ev.OperatorReplied(at=utc(tx.now), operator_id=by), told)
            change.opened()
            if new is not None:
                suggestions.sent(tx, new.id, change.seq, distance)

        return await self._write(session_id, said.client_id, act)

    async def offer(
        self, session_id: str, by: str, wanted: offers.Wanted, client_id: str = ""
    ) -> Done:
        """An approved message, which may go out when nothing else may; not before the last one was
        answered, or a day is over.
        """

        def act(change: Change) -> None:
            tx, at = change.tx, change.session
            place = running(self._roster, at.channel_id)
            past = offers.past(tx, at.customer_id, at.channel_id, at.agent_id)
            notice = outreach.too_soon(past, utc(tx.now))
            if notice:
                raise errors.Conflict(notice, code=outreach.Why.TEMPLATE_TOO_SOON)
            words = offers.words(tx, place, by, wanted)
            happen(change, ev.OperatorReplied(at=utc(tx.now), operator_id=by), words)
            change.opened()

        return await self._write(session_id, client_id, act)

    async def note(self, session_id: str, by: str, text: str, client_id: str = "") -> Done:
        """For colleagues only: no channel and no agent ever gets it."""

        def act(change: Change) -> None:
            change.write(log.Kind.NOTE, log.Author.OPERATOR, text, author_id=by)

        return await self._write(session_id, client_id, act)

    async def open(self, session_id: str) -> Done:
        """An operator looks at it: nothing is unread any more, and the customer may see that."""

        def unit(tx: Tx) -> tuple[Done, str]:
            change = self._locked(tx, session_id)
            seen = log.heard(tx, session_id) if change.session.unread else ""
            change.opened()
            return Done(session=change.save()), seen

        done, seen = await self._store.write(unit, session_id)
        if seen:
            self._mark_read(done.session, seen)
        return done

    def _mark_read(self, session: sessions.Session, message_id: str) -> None:
        """A courtesy, which nobody waits for."""
        place = self._roster.place(session.channel_id)
        if place is not None:
            at = Address(chat=session.chat, thread=session.thread, via=session.via)
            task = asyncio.create_task(place.channel.signal(at, Seen(message_id=message_id)))
            self._signals.add(task)
            task.add_done_callback(self._signals.discard)

    async def ask_suggestion(self, session_id: str, by: str, instruction: str = "") -> Done:
        """Another one than the last that is open, perhaps with a wish such as "shorter"; only in
        Copilot mode.
        """

        def act(change: Change) -> None:
            refines = suggestions.last_open(change.tx, session_id)
            change.wish = turns.Wish(instruction=instruction, refines=refines)
            happen(change, ev.SuggestionAsked(at=utc(change.tx.now), operator_id=by))

        return await self._act(session_id, act)

    async def dismiss(self, suggestion_id: str, by: str) -> None:
        """It is not wanted. What was used, edited or overtaken stays so."""

        def unit(tx: Tx) -> None:
            found = suggestions.lock(tx, suggestion_id)
            if found is None:
                raise errors.NotFound("There is no such suggestion.")
            if found.state == suggestions.State.OPEN:
                suggestions.settle(tx, found.id, suggestions.State.DISMISSED, by)

        await self._store.write(unit)

    async def shown(self, suggestion_id: str) -> None:
        """An operator sees it."""

        def unit(tx: Tx) -> None:
            if suggestions.get(tx, suggestion_id) is None:
                raise errors.NotFound("There is no such suggestion.")
            suggestions.shown(tx, suggestion_id)

        await self._store.write(unit)

    async def _done(self, session_id: str, client_id: str) -> Done | None:
        """What came of it the first time, however the session is now."""

        def unit(tx: Tx) -> Done | None:
            seq = accepted.find(tx, session_id, client_id)
            session = sessions.get(tx, session_id) if seq is not None else None
            return None if session is None else Done(session=session, seq=seq)

        return await self._store.read(unit) if client_id else None

    async def _write(self, session_id: str, client_id: str, act: Act) -> Done:
        """An act whose last entry is what was sent; under one `client_id` it is done once."""

        def unit(tx: Tx) -> Done:
            change = self._locked(tx, session_id)
            before = accepted.find(tx, session_id, client_id)
            if before is not None:
                return Done(session=change.session, seq=before)
            act(change)
            seq = change.seq
            accepted.add(tx, session_id, client_id, seq)
            return Done(session=change.save(), seq=seq)

        return await self._store.write(unit, session_id)

    async def _event(self, session_id: str, event: Callable[[Any], ev.Event]) -> Done:
        return await self._act(session_id, lambda change: happen(change, event(utc(change.tx.now))))

    async def _act(self, session_id: str, act: Act) -> Done:
        def unit(tx: Tx) -> Done:
            change = self._locked(tx, session_id)
            act(change)
            return Done(session=change.save())

        return await self._store.write(unit, session_id)

    def _locked(self, tx: Tx, session_id: str) -> Change:
        return locked(tx, self._roster, session_id)

    async def _file(self, stored: Mapping[str, str]) -> LocalFile:
        try:
            content = await self._media.get(stored["sha256"])
        except KeyError:
            raise errors.NotFound("There is no such uploaded file.") from None
        except OSError as error:
            raise errors.Unavailable("The storage for files does not answer.") from error
        return LocalFile(name=stored["name"], mime=stored["mime"], content=content)

    async def _distance(self, session_id: str, suggestion_id: str | None, text: str) -> int:
        """Words changed between the suggestion and what is sent; 0 when it is sent as it is."""
        if suggestion_id is None:
            return 0
        found = await self._store.read(lambda tx: suggestions.get(tx, suggestion_id))
        if found is None or found.session_id != session_id:
            raise errors.NotFound("There is no such suggestion in this conversation.")
        return await asyncio.to_thread(suggestions.distance, found.text.split(), text.split())


def _origin(used: suggestions.Suggestion | None, words_changed: int) -> dict[str, Any]:
    """What the log keeps of a message that came from a suggestion; `was` if it was not open."""
    if used is None:
        return {}
    origin: dict[str, Any] = {"suggestion_id": used.id}
    if words_changed:
        origin["distance"] = words_changed
    if used.state != suggestions.State.OPEN:
        origin["was"] = used.state
    return origin


def _assignable(tx: Tx, operator_id: str) -> None:
    found = operators.get(tx, operator_id)
    if found is None or found.state != "active" or found.role == operators.Role.VIEWER:
        raise errors.Conflict(
            "This colleague cannot have conversations.", code="operator_unavailable"
        )
