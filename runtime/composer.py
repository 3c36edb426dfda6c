"""What may this operator do with this session now, and if he may not, why? The codes of writing are those
with which the workspace refuses a message or a template.
"""

from dataclasses import dataclass, replace

from channels.base import Rich, Templated
from handoff.outreach import NO_TEMPLATES, TOO_SOON, Why
from handoff.state import Mode
from runtime import window
from runtime.roster import Place
from runtime.storage import sessions
from runtime.storage.ids import Millis
from runtime.storage.operators import Operator, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """Whether an approved message may be sent; no code: it may."""

    code: str = ""
    detail: str = ""
    again_at: Millis | None = None
    """When it may be again, unless the customer answers before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Composer:
    """What the input or button below a conversation says; no code: one may."""

    code: str = ""
    detail: str = ""
    closes_at: Millis | None = None
    """When nothing but a template may be written any more; none: never on this platform."""
    text_limit: int = 0
    """Characters of one message of the channel; longer text is cut into several. 0: it is not known."""
    rich_text: bool = False
    attachments: bool = False
    templates: bool = False
    template: Offer = Offer()


def state(
    session: sessions.Session,
    operator: Operator,
    place: Place | None,
    *,
    holder: str | None,
    again_at: Millis | None,
    now: Millis,
) -> Composer:
    """`holder` is the name of the operator who has the session, if somebody has; `again_at`, for how long
    the last approved message waits for an answer.
    """
    found = _state(session, operator, place, holder, now)
    if place is None:
        return replace(found, template=Offer(code=found.code, detail=found.detail))
    return replace(_able(found, place), template=_template(found, place, again_at, now))


def _template(found: Composer, place: Place, again_at: Millis | None, now: Millis) -> Offer:
    if found.code not in {"", window.CODE}:
        return Offer(code=found.code, detail=found.detail)
    if not isinstance(place.channel, Templated):
        return Offer(code=Why.TEMPLATE_NOT_TAKEN, detail=NO_TEMPLATES)
    if again_at is not None and now < again_at:
        return Offer(code=Why.TEMPLATE_TOO_SOON, detail=TOO_SOON, again_at=again_at)
    return Offer()


def _able(found: Composer, place: Place) -> Composer:
    """With what the channel takes."""
    return replace(
        found,
        text_limit=place.can.text_limit,
        rich_text=isinstance(place.channel, Rich),
        attachments=place.can.attachments,
        templates=isinstance(place.channel, Templated),
    )


def _state(
    session: sessions.Session,
    operator: Operator,
    place: Place | None,
    holder: str | None,
    now: Millis,
) -> Composer:
    refused = _refused(session, operator, holder)
    if refused is not None:
        return refused
    if place is None:
        return Composer(
            code="channel_not_running",
            detail="The channel does not run, so nothing can be delivered.",
        )
    wrote_at = session.customer_wrote_at
    closes_at = window.closes_at(place.window, wrote_at, session.opened_at)
    if window.shut(place.window, wrote_at, now):
        return Composer(code=window.CODE, detail=window.CLOSED, closes_at=closes_at)
    return Composer(closes_at=closes_at)


def _refused(session: sessions.Session, operator: Operator, holder: str | None) -> Composer | None:
    """Why somebody else than this operator speaks here, if he does not."""
    if session.mode == Mode.FINISHED:
        return Composer(code="session_finished", detail="This conversation is finished.")
    if operator.role == Role.VIEWER:
        return Composer(code="forbidden", detail="Your role may read, not write.")
    if session.operator_id is None:
        return Composer(code="not_in_control", detail=_FREE[Mode(session.mode)])
    if session.operator_id != operator.id:
        held = f"{holder} has this conversation." if holder else _HELD
        return Composer(code="not_in_control", detail=held)
    return None


def handover(session: sessions.Session, operator: Operator) -> Composer:
    """Whether this operator may hand the session over to people; if not, why."""
    if session.mode == Mode.FINISHED:
        return Composer(code="session_finished", detail="Session is already finished")
    if session.mode != Mode.AUTONOMOUS:
        return Composer(code="already_handled", detail="Session is already handled by an operator")
    if operator.role == Role.VIEWER:
        return Composer(code="forbidden", detail="You do not have permission to hand over sessions")
    return Composer()


_HELD = "A colleague has this conversation."
_FREE = {
    Mode.AUTONOMOUS: "The AI answers. Take the conversation over to write.",
    Mode.WAITING: "Nobody has this conversation yet. Take it over to write.",
    Mode.HUMAN: "Somebody answers outside of Baton. Take the conversation over to write.",
}
