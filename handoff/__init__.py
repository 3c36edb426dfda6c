"""The pure machine that decides who may speak to the customer. It reads like a law book.

Theory of operation
===================

One session has one `Control`: a mode, an operator or none, and an epoch. Everything that can
change who speaks is an event; `machine.step(control, event)` answers with the next control and a
tuple of effects, or raises and has changed nothing. There is no clock, no socket, no coroutine in
here: events carry their own time, and the trunk's hub (`runtime.session`) locks the session's row,
steps, carries out the effects and commits, all in one transaction. So each event happens wholly or
not at all, and events of one session happen one after the other.

The epoch is the fence. It grows by one whenever the mode or the operator changes. An agent that
starts to think notes the epoch; minutes may pass, an operator may take over, give it back and take
over again. Whatever the agent brings is an event that carries the epoch of its beginning, and the
machine compares: the same epoch means that nobody has taken control since, so the words may be
delivered; any other epoch means that they are too late. Too late is not wasted: the words become a
suggestion, marked as written before control moved. Comparing modes would not do: autonomous before
and autonomous now may have a person's whole conversation in between.

The same fence stands a second time at the door. A delivery notes the epoch of the commit that made
it, and the outbox claims it only while that epoch stands. This is why the parting words of an agent
("I'm passing you to a colleague") can leave although the session is already `waiting`: they note
the epoch *after* the hand-over. And it is why they stay behind if an operator takes over before
they have left. Being assigned is no wish to silence them, and routing does it in a moment: then they
are carried over to the new epoch. Words of operators are not fenced; a person may always finish a
sentence.

What wins when two things happen at once? The one whose transaction commits first; the other meets
the control that the first one left. An operator's event may name the epoch he saw
(`expected_epoch`); if control has moved since, `StaleEpoch` tells him who has it. Taking over a
session that another operator has is no error: it opens, and he keeps it.

Some choices that the table does not explain by itself:

* People's sessions never time out; only `autonomous` knows `TimedOut`.
* `waiting` is not idle: the customer sees the hand-over sentence, operators see the session, and
  routing may assign it at once. A message that arrives meanwhile starts nothing. For what an
  operator put back to nobody, no operator is sought: it would come back to the same desk.
* A human who answers in the platform's own app has no login here, so `HumanSpokeElsewhere` leads
  to `human` without an operator. The first operator who takes over becomes it.
* `finished` is final. Late results of an agent are still kept; everything else is refused, and the
  hub opens a new session for the customer's next message.
* A failing agent ends with a person. `AgentFailed` says a sentence to the customer (a notice, since
  the agent has none), `AgentUnheard` says nothing more, for saying is what just failed.

Beside the machine, and as pure: `routing` says which operator gets a session, `outreach` whether a
customer may be written to first. What is *not* here:
everything that remembers.
"""

from .errors import HandoffError, IllegalEvent, NotInControl, StaleEpoch
from .machine import TRANSITIONS, step
from .state import Control, Mode, opened_by_customer, opened_by_operator

__all__ = [
    "TRANSITIONS",
    "Control",
    "HandoffError",
    "IllegalEvent",
    "Mode",
    "NotInControl",
    "StaleEpoch",
    "opened_by_customer",
    "opened_by_operator",
    "step",
]
