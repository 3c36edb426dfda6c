"""What a lost delivery means: the log says so, and people hear of it if it was the agent who was not
heard, unless the customer is gone. Whether we learn it from the answer or from a later report.
"""

import structlog

from handoff import events as ev
from handoff.state import Mode
from runtime.clock import utc
from runtime.roster import Roster
from runtime.session import Change
from runtime.storage import customers, deliveries, feed, happenings, log, sessions
from runtime.storage.deliveries import Outcome, State
from runtime.storage.sql import Tx, dumps

_log = structlog.get_logger("outcomes")
_LOST = {
    State.FAILED: happenings.Kind.DELIVERY_FAILED,
    State.UNKNOWN: happenings.Kind.DELIVERY_UNKNOWN,
}


def lost(tx: Tx, roster: Roster, delivery_id: str, outcome: Outcome) -> None:
    """Failed or unknown, unless that would go backwards."""
    settled = deliveries.settle(tx, delivery_id, outcome)()
    row = sessions.lock(tx, settled.session_id) if settled else None
    if settled is None or row is None:
        return
    state, detail = outcome.state, outcome.detail
    _log.warning("a delivery was given up", action="delivery_lost", state=state, detail=detail)
    change = Change(tx, row, roster.rules(row.channel_id, row.agent_id))
    change.write(
        log.Kind.OUTCOME,
        log.Author.EVENT,
        detail,
        data=dumps({"of": settled.seq, "state": state.value, "code": outcome.code}),
    )
    feed.add(tx, "delivery", settled.session_id, settled.seq)
    if state is State.FAILED and _first_words(row, settled.seq):
        deliveries.call_off(tx, settled.session_id)
        change.happen(ev.OutreachRefused(at=utc(tx.now), reason=detail))
    elif not row.via and customers.is_gone(tx, row.channel_id, row.chat):
        # No work for people: he comes back by writing.
        deliveries.withdraw(tx, settled.session_id)
    elif settled.speaker == "agent":
        reason = f"A reply may not have reached the customer: {detail}"
        if state is State.FAILED:
            reason = f"A reply did not reach the customer: {detail}"
        change.happen(ev.AgentUnheard(at=utc(tx.now), epoch=settled.epoch, reason=reason))
    change.save()
    kind = _LOST[state]
    happenings.note(tx, row.channel_id, kind, detail, code=outcome.code, session_id=row.id)
    tx.ring("outbox")


def _first_words(row: sessions.Session, seq: int) -> bool:
    """Whether an operator began the session with them, and the customer has never written in it."""
    began_with = 2  # after the marker that says who began
    return row.mode == Mode.COPILOT and row.customer_wrote_at is None and seq == began_with
