"""STATION. Accepts what platforms send: each event once, in order, in one transaction with all that
follows from it. It answers only when that is durable; parsing is the channel's, what
follows is the intake's.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from channels import errors as channel_errors
from channels import messages
from channels.base import AppWebhook
from runtime import arrivals, errors
from runtime.intake import Intake, session_of
from runtime.media.base import Media
from runtime.observe import Metrics
from runtime.roster import Place, Roster
from runtime.storage import inbound
from runtime.storage.audit import SHELL
from runtime.storage.sql import Tx
from runtime.storage.work import Store

_log = structlog.get_logger("inbox")
LARGE = 64 * 1024
"""Octets of one body."""
_Event = tuple[Place, messages.Inbound]
"""With the channel that it is for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """What became of one body."""

    new: int
    repeated: int


class Inbox:
    """One for the process; `accept` is called by webhooks and by pollers alike."""

    def __init__(self, *, store: Store, roster: Roster, metrics: Metrics, media: Media) -> None:
        self._store = store
        self._media = media
        self._roster = roster
        self._metrics = metrics
        self._intake = Intake(roster)
        self._signals: set[asyncio.Task[None]] = set()

    async def accept(self, channel_id: str, request: messages.Request) -> Accepted:
        """Store one body and what follows from it.

        Raises `NotFound`, `ChannelStopped`, `NotGenuine`, `Malformed`, or `Unavailable`; in each
        case nothing is stored, and only the last and `ChannelStopped` are worth a retry.
        """
        began = time.perf_counter()
        place = self._place(channel_id)
        received = self._addressed(place, request, await self._read(place, request))
        if not received:
            return Accepted(new=0, repeated=0)
        received = [(at, await self._kept(one)) for at, one in received]
        accepted = await self._stored(received, request.body)
        self._courtesies(received)
        self._metrics.accept_seconds.observe(time.perf_counter() - began)
        self._metrics.inbound.labels(place.kind, "new").inc(accepted.new)
        self._metrics.inbound.labels(place.kind, "repeated").inc(accepted.repeated)
        return accepted

    async def _read(self, place: Place, request: messages.Request) -> Sequence[messages.Inbound]:
        """What is large is read beside the loop, on which others wait."""
        if len(request.body) < LARGE:
            return self._parsed(place, request)
        return await asyncio.to_thread(self._parsed, place, request)

    async def _kept(self, one: messages.Inbound) -> messages.Inbound:
        """Files that came with a message are durable before it is accepted."""
        if not isinstance(one, messages.CustomerMessage) or not one.attachments:
            return one
        return replace(one, attachments=await arrivals.keep(self._media, one.attachments))

    def challenge(self, kind: str, channel_id: str, request: messages.Request) -> bytes:
        """What a platform wants to read that asks whether a webhook is ours. Raises `NotFound`,
        `ChannelStopped`, or `Forbidden` for who does not know our token.
        """
        place = self._place(channel_id)
        if place.kind != kind or not isinstance(place.channel, AppWebhook):
            raise errors.NotFound("There is no such webhook.")
        try:
            return place.channel.challenge(request)
        except channel_errors.NotGenuine as error:
            raise errors.Forbidden(error.detail, code="not_genuine") from error

    def _courtesies(self, received: Sequence[_Event]) -> None:
        """A pressed button spins until it is answered: at once, and long before any agent."""
        for place, one in received:
            if isinstance(one, messages.CustomerMessage) and one.choice_id:
                taken = messages.ChoiceTaken(choice_id=one.choice_id)
                task = asyncio.create_task(place.channel.signal(one.address, taken))
                self._signals.add(task)
                task.add_done_callback(self._signals.discard)

    async def replay(self, kept: inbound.Quarantined, by: str = SHELL) -> None:
        """Take an event from the quarantine as if it came now, and of its body what is new. Raises
        `Conflict` if it can't be read still, or was replayed already.
        """
        place = self._place(kept.channel_id)
        again = messages.Request(body=kept.body, trusted=True)
        received = self._addressed(place, again, self._parsed(place, again))
        received = [(at, await self._kept(one)) for at, one in received]
        ours = [
            event for event in received if event[0] is place and event[1].event_id == kept.event_id
        ]
        if any(isinstance(one, messages.Unreadable) for _, one in ours):
            raise errors.Conflict("It still cannot be read.")

        def unit(tx: Tx) -> None:
            fresh = inbound.one_quarantined(tx, kept.id)
            if fresh is None or fresh.replayed_at is not None:
                raise errors.Conflict("It was replayed already.")
            for at, one in ours:
                self._intake.take(tx, at, one, session_of(tx, at, one))
            self._take(tx, [event for event in received if event not in ours and event[1].event_id])
            inbound.replayed(tx, kept.id, by)

        await self._store.write(unit, key=_key(received[0]))

    def _place(self, channel_id: str) -> Place:
        place = self._roster.place(channel_id)
        if place is not None:
            return place
        if channel_id in self._roster.states:
            raise errors.ChannelStopped("This channel does not run now.")
        raise errors.NotFound("There is no such channel.")

    def _parsed(self, place: Place, request: messages.Request) -> Sequence[messages.Inbound]:
        try:
            return place.channel.receive(request)
        except channel_errors.NotGenuine as error:
            self._metrics.inbound.labels(place.kind, "not_genuine").inc()
            raise errors.NotGenuine(error.detail) from error
        except channel_errors.Malformed as error:
            self._metrics.inbound.labels(place.kind, "malformed").inc()
            raise errors.Malformed(error.detail) from error

    def _addressed(
        self, place: Place, request: messages.Request, received: Sequence[messages.Inbound]
    ) -> list[_Event]:
        """Each with its channel: where one webhook serves several accounts of ours, what is for another
        is read by the channel that has it, which believes only what is genuine to it.
        """
        found: list[_Event] = []
        asked: dict[str, bool] = {}
        for one in received:
            account = one.account if isinstance(one, messages.Unreadable) else ""
            others = self._roster.sharing(account) if account else []
            if not others:
                found.append((place, one))
                continue
            other = others[0]
            if other.id not in asked:
                theirs = self._read_by(other, request)
                asked[other.id] = theirs is not None
                found += theirs or ()
            if not asked[other.id]:
                found.append((place, one))
        return found

    def _read_by(self, place: Place, request: messages.Request) -> list[_Event] | None:
        """What of this is for this account; none if it is not genuine."""
        try:
            received = place.channel.receive(request)
        except channel_errors.ChannelError:
            return None
        return [
            (place, one)
            for one in received
            if not (isinstance(one, messages.Unreadable) and one.account)
        ]

    async def _stored(self, received: Sequence[_Event], body: bytes) -> Accepted:
        """In one transaction; what cannot be stored is looked for by halves, and takes nothing else of
        its body with it.
        """
        try:
            return await self._store.write(
                lambda tx: self._take(tx, received), key=_key(received[0])
            )
        except errors.BatonError:
            raise
        except Exception as error:
            if len(received) == 1:
                ((place, one),) = received
                new = int(await self._set_aside(place, one.event_id, body, error))
                return Accepted(new=new, repeated=1 - new)
        middle = len(received) // 2
        halves = [await self._stored(half, body) for half in (received[:middle], received[middle:])]
        return Accepted(
            new=sum(half.new for half in halves), repeated=sum(half.repeated for half in halves)
        )

    async def _set_aside(self, place: Place, event_id: str, body: bytes, error: Exception) -> bool:
        """Our own bug must not lose a genuine body, nor be repeated for ever. Whether it is new."""
        _log.error("quarantined", action="quarantined", channel=place.id, exc_info=error)
        self._metrics.inbound.labels(place.kind, "quarantined").inc()
        sentence = f"{type(error).__name__} while it was being stored"

        def unit(tx: Tx) -> bool:
            first = not event_id or inbound.first_time(tx, place.id, event_id)
            if first:
                inbound.put_aside(tx, place.id, event_id, body, sentence)
            return first

        return await self._store.write(unit)

    def _take(self, tx: Tx, received: Sequence[_Event]) -> Accepted:
        new = 0
        for place, one in received:
            first = inbound.ask_first(tx, place.id, one.event_id) if one.event_id else None
            session = session_of(tx, place, one)
            if first is not None and not first():
                continue
            new += 1
            self._intake.take(tx, place, one, session)
        return Accepted(new=new, repeated=len(received) - new)


def _key(event: _Event) -> str:
    place, one = event
    address = getattr(one, "address", None)
    return f"{place.id}/{address.chat}" if address else place.id
