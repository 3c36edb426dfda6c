"""STATION. Accepts what platforms send: each event once, in order, in one transaction with all that
follows from it. It answers only when that is durable; parsing is the channel's, rules the hub's.
"""

import asyncio
import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from channels import errors as channel_errors
from channels import messages
from handoff import events as ev
from handoff.state import opened_by_customer
from runtime import arrivals, errors, notices
from runtime.observe import Metrics
from runtime.roster import Place, Roster
from runtime.session import Change, Opening, opened
from runtime.storage import (
    customers,
    deliveries,
    feed,
    happenings,
    inbound,
    log,
    sessions,
)
from runtime.storage.audit import SHELL
from runtime.storage.sql import Tx, dumps
from runtime.storage.work import Store

_log = structlog.get_logger("inbox")
_STATES = {
    messages.Status.SENT: deliveries.State.SENT,
    messages.Status.DELIVERED: deliveries.State.DELIVERED,
    messages.Status.READ: deliveries.State.READ,
    messages.Status.FAILED: deliveries.State.FAILED,
}

_Session = Callable[[], sessions.Session | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """What became of one body."""

    new: int
    repeated: int


class Inbox:
    """One for the process; `accept` is called by webhooks and by pollers alike."""

    def __init__(self, *, store: Store, roster: Roster, metrics: Metrics) -> None:
        self._store = store
        self._roster = roster
        self._metrics = metrics
        self._signals: set[asyncio.Task[None]] = set()

    async def accept(self, channel_id: str, request: messages.Request) -> Accepted:
        """Store one body and what follows from it.

        Raises `NotFound`, `ChannelStopped`, `NotGenuine`, `Malformed`, or `Unavailable`; in each
        case nothing is stored, and only the last and `ChannelStopped` are worth a retry.
        """
        began = time.perf_counter()
        place = self._place(channel_id)
        received = self._parsed(place, request)
        if not received:
            return Accepted(new=0, repeated=0)
        try:
            accepted = await self._store.write(
                lambda tx: self._take(tx, place, received), key=_key(channel_id, received[0])
            )
        except errors.BatonError:
            raise
        except Exception:
            accepted = await self._one_by_one(place, received, request.body)
        self._courtesies(place, received)
        self._metrics.accept_seconds.observe(time.perf_counter() - began)
        self._metrics.inbound.labels(place.kind, "new").inc(accepted.new)
        self._metrics.inbound.labels(place.kind, "repeated").inc(accepted.repeated)
        return accepted

    def _courtesies(self, place: Place, received: Sequence[messages.Inbound]) -> None:
        """A pressed button spins until it is answered: at once, and long before any agent."""
        for one in received:
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
        received = self._parsed(place, messages.Request(body=kept.body, trusted=True))
        ours = [one for one in received if one.event_id == kept.event_id]
        if any(isinstance(one, messages.Unreadable) for one in ours):
            raise errors.Conflict("It still cannot be read.")

        def unit(tx: Tx) -> None:
            fresh = inbound.one_quarantined(tx, kept.id)
            if fresh is None or fresh.replayed_at is not None:
                raise errors.Conflict("It was replayed already.")
            for one in ours:
                self._dispatch(tx, place, one, _session_of(tx, place, one))
            self._take(tx, place, [one for one in received if one not in ours and one.event_id])
            inbound.replayed(tx, kept.id, by)

        await self._store.write(unit, key=_key(kept.channel_id, received[0]))

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

    async def _one_by_one(
        self, place: Place, received: Sequence[messages.Inbound], body: bytes
    ) -> Accepted:
        """What cannot be stored takes nothing else of its body with it."""
        new = 0
        for one in received:
            take = functools.partial(self._take, place=place, received=[one])
            try:
                new += (await self._store.write(take, key=_key(place.id, one))).new
            except errors.BatonError:
                raise
            except Exception as error:
                new += await self._set_aside(place, one.event_id, body, error)
        return Accepted(new=new, repeated=len(received) - new)

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

    def _take(self, tx: Tx, place: Place, received: Sequence[messages.Inbound]) -> Accepted:
        new = 0
        for one in received:
            first = inbound.ask_first(tx, place.id, one.event_id) if one.event_id else None
            session = _session_of(tx, place, one)
            if first is not None and not first():
                continue
            new += 1
            self._dispatch(tx, place, one, session)
        return Accepted(new=new, repeated=len(received) - new)

    def _dispatch(self, tx: Tx, place: Place, one: messages.Inbound, session: _Session) -> None:
        match one:
            case messages.CustomerMessage():
                self._customer_wrote(tx, place, one, session())
            case messages.MessageEdited():
                self._edited(tx, place, one, session())
            case messages.ReachabilityChanged():
                _reachability(tx, place, one)
            case messages.AddressMoved():
                sessions.move(tx, place.id, one.old.chat, one.new.chat)
            case messages.HumanSpokeElsewhere():
                self._human_spoke(tx, place, one, session())
            case messages.StatusChanged():
                _status(tx, place, one)
            case messages.Unreadable():
                inbound.put_aside(tx, place.id, one.event_id, one.raw, one.error)
            case messages.Ignored():
                _log.debug("nothing to us", action="ignored", what=one.what, channel=place.id)

    def _customer_wrote(
        self,
        tx: Tx,
        place: Place,
        message: messages.CustomerMessage,
        session: sessions.Session | None,
    ) -> None:
        if session is None:
            session = self._open(tx, place, message)
        writer = _scoped(place, message.sender.identities[0])
        customers.wrote(tx, writer, _own_chat(message))
        if message.facts:
            whose = customers.find(tx, writer) if message.group else session.customer_id
            customers.remember(tx, whose or "", dict(message.facts))
        change = Change(tx, session, self._roster.rules(place.id, session.agent_id))
        seq = change.write(
            log.Kind.MESSAGE,
            log.Author.CUSTOMER,
            arrivals.clean(message.text),
            message_id=message.message_id,
            data=dumps(arrivals.facts_of(message)),
        )
        arrivals.attach(tx, place, session.id, seq, message.attachments)
        change.customer_wrote()
        if session.agent_id:
            change.happen(ev.CustomerWrote(at=message.sent_at))
        else:
            self._nobody_answers(change, message, place)
        change.save()

    def _nobody_answers(
        self, change: Change, message: messages.CustomerMessage, place: Place
    ) -> None:
        """No agent runs on this channel: people see it at once, and the customer is told."""
        if change.control.operator_id is None and change.session.last_seq == 0:
            failed = ev.AgentFailed(
                at=message.sent_at, epoch=change.control.epoch, reason="No running agents"
            )
            change.happen(failed, notices.words(place, notices.NO_AGENT, message.sender.language))
        else:
            change.happen(ev.CustomerWrote(at=message.sent_at))

    def _open(self, tx: Tx, place: Place, message: messages.CustomerMessage) -> sessions.Session:
        opening = Opening(
            channel_id=place.id,
            customer_id=_customer(tx, place, message),
            agent_id=self._roster.answering(place) or "",
            chat=message.address.chat,
            thread=message.address.thread,
            via=message.address.via,
            grouped=message.group,
        )
        return opened(tx, opening, opened_by_customer())

    def _edited(
        self,
        tx: Tx,
        place: Place,
        edit: messages.MessageEdited,
        session: sessions.Session | None,
    ) -> None:
        seq = session and log.seq_of(tx, session.id, edit.message_id)
        if session is None or seq is None:
            return
        change = Change(tx, session, self._roster.rules(place.id, session.agent_id))
        change.write(
            log.Kind.EDIT,
            log.Author.CUSTOMER,
            arrivals.clean(edit.text),
            message_id=edit.message_id,
            data=dumps({"of": seq}),
        )
        change.customer_edited(edit.sent_at)
        change.save()

    def _human_spoke(
        self,
        tx: Tx,
        place: Place,
        spoke: messages.HumanSpokeElsewhere,
        session: sessions.Session | None,
    ) -> None:
        if session is None:
            return
        change = Change(tx, session, self._roster.rules(place.id, session.agent_id))
        change.happen(ev.HumanSpokeElsewhere(at=spoke.sent_at))
        attached = [arrivals.named(file) for file in spoke.attachments]
        seq = change.write(
            log.Kind.MESSAGE,
            log.Author.OPERATOR,
            arrivals.clean(spoke.text),
            message_id=spoke.message_id,
            data=dumps({"elsewhere": True} | ({"attachments": attached} if attached else {})),
        )
        arrivals.attach(tx, place, change.session.id, seq, spoke.attachments)
        change.save()


def _session_of(tx: Tx, place: Place, one: messages.Inbound) -> _Session:
    """Asks for the open session that this is about, and locks it."""
    match one:
        case (
            messages.CustomerMessage(address=at)
            | messages.MessageEdited(address=at)
            | messages.HumanSpokeElsewhere(address=at)
        ):
            return sessions.ask_open(tx, place.id, at.chat, at.thread, at.via)
        case _:
            return lambda: None


def _key(channel_id: str, one: messages.Inbound) -> str:
    address = getattr(one, "address", None)
    return f"{channel_id}/{address.chat}" if address else channel_id


def _customer(tx: Tx, place: Place, message: messages.CustomerMessage) -> str:
    """Who wrote: known by one of the identities, or new."""
    keys = [_scoped(place, identity) for identity in message.sender.identities]
    for key in keys:
        customer_id = customers.find(tx, key)
        if customer_id is not None:
            return customer_id
    customer_id = customers.create(tx, arrivals.clean(message.sender.name), message.sender.language)
    for key in keys:
        customers.add_identity(
            tx,
            customer_id,
            key,
            username=message.sender.username,
            chat=_own_chat(message) or None,
        )
    return customer_id


def _own_chat(message: messages.CustomerMessage) -> str:
    """Where we reach the writer alone and in our own name; not in a group, nor on a business account."""
    return "" if message.group or message.address.via else message.address.chat


def _scoped(place: Place, identity: messages.Identity) -> customers.Key:
    """Platforms number their users per account; phones and email addresses are the world's."""
    shared = identity.kind in {"email", "phone"}
    return customers.Key(scope="" if shared else place.id, kind=identity.kind, value=identity.value)


def _reachability(tx: Tx, place: Place, change: messages.ReachabilityChanged) -> None:
    for identity in change.sender.identities:
        customers.set_reachable(
            tx, _scoped(place, identity), reachable=change.reachable, reason=change.reason
        )
    if not change.sender.identities:  # a whole group: whoever acted on it is not concerned
        customers.set_reachable_by_chat(
            tx, place.id, change.address.chat, reachable=change.reachable, reason=change.reason
        )


def _status(tx: Tx, place: Place, status: messages.StatusChanged) -> None:
    delivery_id = deliveries.by_message(tx, place.id, status.message_id)
    if delivery_id is not None:
        outcome = deliveries.Outcome(
            state=_STATES[status.status], code=status.code, detail=status.detail
        )
        settled = deliveries.settle(tx, delivery_id, outcome)()
        if settled is None:
            return
        feed.add(tx, "delivery", settled.session_id, settled.seq)
        if status.status is messages.Status.FAILED:
            happenings.note(
                tx,
                place.id,
                happenings.Kind.DELIVERY_FAILED,
                status.detail,
                code=status.code,
                session_id=settled.session_id,
            )
