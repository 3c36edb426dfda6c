"""May this customer be written to first, on this channel, now? And if we have spoken already, where?

Pure: facts in, an answer out. The trunk reads the facts in the transaction that acts on the answer, so
what was true then is what happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PAUSE = timedelta(hours=24)
"""How long an approved message waits for an answer before another one may follow."""
TOO_SOON = (
    "You submitted WhatsApp template less than 24 hours ago. Please wait before resubmitting."
)
NO_TEMPLATES = "This channel has no templates."


class Opens(StrEnum):
    """What a first message to somebody is on a channel."""

    NEVER = "never"
    """Nobody is written to first: only who has written to this very channel."""
    TEMPLATE = "template"
    """A message that the platform has approved."""
    FREE = "free"
    """Anything."""


class Why(StrEnum):
    """Why not; the codes of the API."""

    CHANNEL_NOT_RUNNING = "channel_not_running"
    NO_RUNNING_AGENTS = "no_running_agents"
    AGENT_REQUIRED = "agent_required"
    CUSTOMER_UNREACHABLE = "customer_unreachable"
    TEMPLATE_REQUIRED = "template_required"
    TEMPLATE_NOT_TAKEN = "template_not_taken"
    TEMPLATE_TOO_SOON = "template_too_soon"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """One address under which the customer might be reached."""

    address: str
    met: bool = False
    """He has written to this very channel from there."""
    reachable: bool = True
    reason: str = ""
    """Why he is not reachable, as the platform said it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One channel, as seen from one customer."""

    running: bool
    agents: Sequence[str]
    """Those that run and answer there, the first one first."""
    opens: Opens
    reaches: Sequence[Reach]


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """He can be written to there."""

    address: str
    agents: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """He can't; `detail` is a sentence for the operator."""

    code: Why
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What there has been between us on the channel."""

    active: str | None = None
    """The session with the wanted agent that is not finished."""
    template_at: datetime | None = None
    """When the last approved message went out, if nothing was answered since."""
    template_session: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """Go on there instead of beginning anew."""

    session_id: str
    notice: str = ""


def offer(line: Line) -> Offer | Refusal:
    """Whether the channel is offered for this customer, and under which address."""
    if not line.running:
        return Refusal(code=Why.CHANNEL_NOT_RUNNING, detail="The channel is not running.")
    if not line.agents:
        return Refusal(code=Why.NO_RUNNING_AGENTS, detail="No running agents")
    known = [one for one in line.reaches if one.met or line.opens is not Opens.NEVER]
    for one in sorted(known, key=lambda reach: not reach.met):
        if one.reachable:
            return Offer(address=one.address, agents=line.agents)
    return Refusal(code=Why.CUSTOMER_UNREACHABLE, detail=_unreachable(line.opens, known))


def _unreachable(opens: Opens, known: Sequence[Reach]) -> str:
    if known:
        return known[0].reason or "The customer cannot be reached there."
    if opens is Opens.NEVER:
        return "A bot cannot write first, and the customer has never written to this channel."
    return "The customer has no known address that this channel can write to."


def agent(offered: Offer, wanted: str | None) -> str | Refusal:
    """Which agent the session gets: asked for only if there is a choice."""
    if wanted is None and len(offered.agents) > 1:
        return Refusal(
            code=Why.AGENT_REQUIRED, detail="Several agents can answer there; choose one."
        )
    if wanted is None:
        return offered.agents[0]
    if wanted not in offered.agents:
        return Refusal(
            code=Why.NO_RUNNING_AGENTS, detail="This agent does not run on this channel."
        )
    return wanted


def existing(past: Past, now: datetime) -> Existing | None:
    """The session to go on with, if there is one."""
    notice = too_soon(past, now)
    if past.active is not None:
        return Existing(session_id=past.active, notice=notice)
    if notice:
        return Existing(session_id=past.template_session, notice=notice)
    return None


def too_soon(past: Past, now: datetime) -> str:
    """What to say instead of sending another approved message; empty if it may go."""
    if past.template_at is not None and now - past.template_at < PAUSE:
        return TOO_SOON
    return ""


def first_message(opens: Opens, *, templated: bool) -> Refusal | None:
    """Whether this kind of message may be the first one."""
    if opens is Opens.TEMPLATE and not templated:
        return Refusal(
            code=Why.TEMPLATE_REQUIRED,
            detail="The first message on this channel is an approved template.",
        )
    if opens is not Opens.TEMPLATE and templated:
        return Refusal(code=Why.TEMPLATE_NOT_TAKEN, detail=NO_TEMPLATES)
    return None
