"""What one event from outside does to rows, in the transaction that accepts it. Rules are the hub's."""

from collections.abc import Callable

import structlog

from channels import messages
from handoff import events as ev
from handoff.state import Mode, opened_by_customer
from runtime import arrivals, notices, outcomes, persons
from runtime.openings import Opening, opened
from runtime.roster import Place, Roster
from runtime.session import Change
from runtime.storage import (
    customers,
    deliveries,
    feed,
    happenings,
    inbound,
    log,
    originals,
    sessions,
    templates,
)
from runtime.storage.sql import Tx, dumps

_log = structlog.get_logger("intake")
_STATES = {
    messages.Status.SENT: deliveries.State.SENT,
    messages.Status.DELIVERED: deliveries.State.DELIVERED,
    messages.Status.READ: deliveries.State.READ,
    messages.Status.FAILED: deliveries.State.FAILED,
}


HOUR = 60 * 60 * 1000
CIRCLE = (
    "The agent has answered this sender many times within an hour; it may be talking to a machine."
)


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
            case messages.HumanSpokeElsewhere():
                self._human_spoke(tx, place, one, session())
            case messages.StatusChanged():
                self._status(tx, place, one)
            case _:
                self._learn(tx, place, one)

    def _learn(self, tx: Tx, place: Place, one: messages.Inbound) -> None:
        """What is about no conversation, but about people, and about our account."""
        match one:
            case messages.ReachabilityChanged():
                persons.reachability(tx, place, one)
            case messages.AddressMoved():
                persons.moved(tx, place, one)
            case messages.ConsentChanged():
                persons.consent(tx, place, one)
            case messages.AccountChanged():
                self._account(tx, place, one)
            case messages.TemplateChanged():
                for concerned in self._roster.sharing(one.account) or [place]:
                    templates.changed(tx, concerned.id, one)
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
        if message.automatic and session is None:
            happenings.note(tx, place.id, happenings.Kind.AUTOMATIC, _machine(message))
            return
        begins = session is None
        if session is None:
            session = self._open(tx, place, message)
        persons.wrote(tx, place, session.customer_id, message)
        if begins:
            customers.talks(tx, session.customer_id)
        if message.facts:
            writer = persons.scoped(place, message.sender.identities[0])
            whose = customers.find(tx, writer) if message.group else session.customer_id
            learnt = customers.remember(tx, whose or "", dict(message.facts))
            if not message.group:
                sessions.learn(tx, session.id, learnt)
        change = Change(tx, session, self._roster.rules(place.id, session.agent_id))
        seq = change.write(
            log.Kind.MESSAGE,
            log.Author.CUSTOMER,
            arrivals.clean(message.text),
            message_id=message.message_id,
            data=dumps(arrivals.facts_of(message)),
        )
        arrivals.attach(tx, place, session.id, seq, message.attachments)
        if message.original is not None:
            originals.keep(tx, session.id, seq, arrivals.original(message.original))
        if not message.automatic:  # a machine waits for no answer
            self._wants_an_answer(change, message, place)
        change.save()

    def _wants_an_answer(
        self, change: Change, message: messages.CustomerMessage, place: Place
    ) -> None:
        change.customer_wrote()
        if message.context:
            subject = arrivals.clean(message.subject, arrivals.MAX_SUBJECT)
            change.continues(subject, message.context)
        if not change.session.agent_id:
            self._nobody_answers(change, message, place)
        elif change.control.mode is Mode.AUTONOMOUS and _circles(change, place):
            epoch = change.control.epoch
            change.happen(ev.AgentFailed(at=message.sent_at, epoch=epoch, reason=CIRCLE))
        else:
            change.happen(ev.CustomerWrote(at=message.sent_at))

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
            subject=arrivals.clean(message.subject, arrivals.MAX_SUBJECT),
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

    def _status(self, tx: Tx, place: Place, status: messages.StatusChanged) -> None:
        found = deliveries.reported(tx, place.id, status.delivery_id, status.message_id)
        if found is None:
            return
        delivery_id, chat = found
        outcome = deliveries.Outcome(
            state=_STATES[status.status],
            message_id=status.message_id,
            code=status.code,
            detail=status.detail,
        )
        if status.unreachable:
            customers.set_reachable_by_chat(
                tx, place.id, chat, reachable=False, reason=status.unreachable
            )
        if outcome.state is deliveries.State.FAILED:
            outcomes.lost(tx, self._roster, delivery_id, outcome)
        elif (settled := deliveries.settle(tx, delivery_id, outcome)()) is not None:
            feed.add(tx, "delivery", settled.session_id, settled.seq)
        if status.to is not None and chat in status.to.also:
            sessions.move(tx, place.id, chat, status.to.chat)

    def _account(self, tx: Tx, place: Place, told: messages.AccountChanged) -> None:
        """For admins, at each channel that it concerns."""
        for one in self._roster.sharing(told.account) or [place]:
            happenings.note(tx, one.id, happenings.Kind.ACCOUNT, told.detail, code=told.what)


def _circles(change: Change, place: Place) -> bool:
    """Whether our agent may be talking with a machine that answers each answer."""
    most, session = place.can.answers_per_hour, change.session
    if most is None:
        return False
    since = change.tx.now - HOUR
    return log.answers(change.tx, session.customer_id, session.channel_id, since) >= most


def _machine(message: messages.CustomerMessage) -> str:
    who = arrivals.clean(message.address.chat, arrivals.MAX_SUBJECT)
    return f"Left alone, for a machine wrote it ({message.automatic}): {who}"


def session_of(tx: Tx, place: Place, one: messages.Inbound) -> _Session:
    """Asks for the open session that this is about, and locks it."""
    match one:
        case (
            messages.CustomerMessage(address=at)
            | messages.MessageEdited(address=at)
            | messages.HumanSpokeElsewhere(address=at)
        ):
            asked = sessions.ask_open(tx, place.id, at.chat, at.thread, at.via)
            return lambda: asked() or _renamed(tx, place, at)
        case _:
            return lambda: None


def _renamed(tx: Tx, place: Place, at: messages.Address) -> sessions.Session | None:
    """The session that was opened under another name of this chat, which it has no more."""
    for name in at.also:
        if sessions.move(tx, place.id, name, at.chat):
            return sessions.ask_open(tx, place.id, at.chat, at.thread, at.via)()
    return None
