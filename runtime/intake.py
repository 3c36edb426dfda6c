"""What one event from outside does to rows, in the transaction that accepts it. Rules are the hub's."""

from collections.abc import Callable

import structlog

from channels import messages
from handoff import events as ev
from handoff.state import opened_by_customer
from runtime import arrivals, notices, persons
from runtime.roster import Place, Roster
from runtime.session import Change, Opening, opened
from runtime.storage import customers, deliveries, feed, happenings, inbound, log, sessions
from runtime.storage.sql import Tx, dumps

_log = structlog.get_logger("intake")
_STATES = {
    messages.Status.SENT: deliveries.State.SENT,
    messages.Status.DELIVERED: deliveries.State.DELIVERED,
    messages.Status.READ: deliveries.State.READ,
    messages.Status.FAILED: deliveries.State.FAILED,
}


_Session = Callable[[], sessions.Session | None]


class Intake:
    """One for the process."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def take(self, tx: Tx, place: Place, one: messages.Inbound, session: _Session) -> None:
        """`session` asks for the one that this is about."""
        match one:
            case messages.CustomerMessage():
                self._customer_wrote(tx, place, one, session())
            case messages.MessageEdited():
                self._edited(tx, place, one, session())
            case messages.ReachabilityChanged():
                persons.reachability(tx, place, one)
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
        writer = persons.scoped(place, message.sender.identities[0])
        customers.wrote(tx, writer, persons.own_chat(message))
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
            customer_id=persons.customer_of(tx, place, message),
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


def session_of(tx: Tx, place: Place, one: messages.Inbound) -> _Session:
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
