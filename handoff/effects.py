"""What must be done, returned by the machine and carried out by the hub in the same transaction."""

from dataclasses import dataclass
from enum import StrEnum

from .state import Mode


class Speaker(StrEnum):
    """On whose behalf something is said to the customer."""

    AGENT = "agent"
    OPERATOR = "operator"
    NOTICE = "notice"
    """The runtime's own words: that the agent failed, that a person will come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunTurn:
    """Ask the agent for a reply; supersedes a turn that has not spoken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSuggestion:
    """Ask the agent for a suggestion."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DropTurn:
    """A turn that is due is no longer wanted. One that runs may end; it will come too late."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deliver:
    """Say what the event brought. It may leave only while the epoch of this commit stands."""

    speaker: Speaker


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepAsSuggestion:
    """Keep what the event brought for the operator; it is not said."""

    late: bool
    """Written as a reply, before control moved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawPending:
    """Words of the agent that no channel has yet are withdrawn and become suggestions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepPending:
    """Words of the hand-over that no channel has yet still leave, although control moves on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OvertakeSuggestions:
    """Open suggestions answer something that has been answered or has changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindOperator:
    """Routing may assign an operator now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Announce:
    """Control changed: write it into the log and the feed, with who and why."""

    before: Mode
    after: Mode
    by: str
    """`agent`, `customer`, `routing`, `clock`, `outside`, or `operator:ID`."""
    reason: str = ""
    summary: str = ""
    """Of the conversation until now; empty: nobody made one."""


Effect = (
    RunTurn
    | RunSuggestion
    | DropTurn
    | Deliver
    | KeepAsSuggestion
    | WithdrawPending
    | KeepPending
    | OvertakeSuggestions
    | FindOperator
    | Announce
)
