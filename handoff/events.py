"""What happened, in the past tense. Events carry their own time: the machine reads no clock.

Events of an agent carry the `epoch` it began with. `expected_epoch` of an operator's event is
the control he saw on his screen; where it is given, a control that moved since refuses him.
"""

from dataclasses import dataclass
from datetime import datetime

from .state import Mode


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened to one session."""

    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentEvent(Event):
    """An agent finished something that it began under `epoch`."""

    epoch: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorEvent(Event):
    """An operator did something."""

    operator_id: str
    expected_epoch: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerWrote(Event):
    """A message arrived."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerAskedForHuman(Event):
    """The customer asked for a person in a way that needs no agent to understand (a button)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentReplied(AgentEvent):
    """The agent has an answer for the customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentSuggested(AgentEvent):
    """The agent has a suggestion for the operator."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentAskedForHuman(AgentEvent):
    """The agent wants a person to go on; its sentence to the customer goes with it."""

    reason: str
    by_customer: bool = False
    """The customer wanted it, and the agent understood."""
    summary: str = ""
    """What it has been about, for whoever gets it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentFailed(AgentEvent):
    """No answer will come: error, timeout, empty, out of steps, model down."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentUnheard(AgentEvent):
    """The agent's words surely or possibly never reached the customer."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentFinished(AgentEvent):
    """The agent considers the conversation done; its parting words go with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorTookOver(OperatorEvent):
    """An operator stepped in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorReplied(OperatorEvent):
    """An operator wrote to the customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestionAsked(OperatorEvent):
    """An operator wants a (new) suggestion."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver(OperatorEvent):
    """An operator took the session from the agent without taking it himself."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assigned(Event):
    """Routing, or an operator, gave the session to `operator_id`, or to nobody."""

    operator_id: str | None
    by: str | None = None
    """The operator who assigned it; none: routing."""
    mode: Mode = Mode.HUMAN
    """How it begins for a session that was waiting: `human`, or `copilot` by the agent's settings."""
    expected_epoch: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModeChosen(OperatorEvent):
    """An operator switched Copilot on or off."""

    mode: Mode


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnedToAgent(OperatorEvent):
    """An operator gave the session back."""

    customer_waits: bool
    """The customer's last message has no answer yet, so the agent must give it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved(OperatorEvent):
    """An operator closed the session."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HumanSpokeElsewhere(Event):
    """Somebody of ours answered in the platform's own app."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutreachRefused(Event):
    """The platform refused the first message of a session that an operator started."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TimedOut(Event):
    """Nothing happened for as long as the agent's settings allow."""
