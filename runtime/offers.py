"""What stations that write first, or outside of a window, share: an approved message with its values,
and whether another one may follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.base import Templated
from channels.templates import Filled, Template
from handoff import outreach
from runtime import errors
from runtime.clock import utc
from runtime.roster import Place
from runtime.session import Words
from runtime.storage import reach, sessions, templates
from runtime.storage.ids import Millis
from runtime.storage.sql import Tx

_APPROVED = "approved"
_PAUSE = int(outreach.PAUSE.total_seconds() * 1000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """An approved message, and what to put into its gaps, by their keys."""

    name: str
    language: str
    variables: Mapping[str, str]


def filled(tx: Tx, place: Place, wanted: Wanted) -> tuple[Template, Filled]:
    """Looked up and filled, whatever is wrong with it. Raises `NotFound`, or `Conflict` where the channel
    has no templates.
    """
    if not isinstance(place.channel, Templated):
        raise errors.Conflict(outreach.NO_TEMPLATES, code=outreach.Why.TEMPLATE_NOT_TAKEN)
    found = templates.get(tx, place.id, templates.Key(wanted.name, wanted.language))
    if found is None:
        raise errors.NotFound("There is no such template in this language.")
    return found, place.channel.fill(found.definition, wanted.variables)


def words(tx: Tx, place: Place, by: str, wanted: Wanted) -> Words:
    """Ready to be sent. Raises `Conflict` if it is not approved, and `Invalid`, which names each variable
    that is missing or wrong.
    """
    template, filling = filled(tx, place, wanted)
    if template.status != _APPROVED:
        status = template.status.replace("_", " ") or "unknown"
        raise errors.Conflict(
            f"The template is not approved: it is {status}.", code="template_not_approved"
        )
    if filling.problems:
        wrong = [
            {
                "field": f"template.variables.{one.key}" if one.key else "template",
                "message": one.detail,
            }
            for one in filling.problems
        ]
        first = wrong[0]
        raise errors.Invalid(f"{first['field']}: {first['message']}", errors=wrong)
    return Words(
        text=filling.piece.plain,
        pieces=(filling.piece,),
        author_id=by,
        data={
            "template": {
                "name": wanted.name,
                "language": wanted.language,
                "variables": dict(wanted.variables),
            }
        },
        extra=filling.extra,
    )


def past(tx: Tx, customer_id: str, channel_id: str, agent_id: str) -> outreach.Past:
    """What there has been between this customer and us on the channel."""
    offered = reach.unanswered(tx, customer_id, channel_id, tx.now - _PAUSE)
    return outreach.Past(
        active=reach.active(tx, customer_id, channel_id, agent_id),
        template_at=utc(offered.at) if offered else None,
        template_session=offered.session_id if offered else "",
    )


def again_at(tx: Tx, session: sessions.Session, place: Place | None) -> Millis | None:
    """When another one may follow the last, which was not answered; none: it need not wait."""
    if place is None or not isinstance(place.channel, Templated):
        return None
    since = tx.now - _PAUSE
    offered = reach.unanswered(tx, session.customer_id, session.channel_id, since)
    return offered.at + _PAUSE if offered else None
