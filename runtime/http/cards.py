"""A session as lists show it: everything of a card, without further calls."""

from datetime import datetime
from typing import Literal

from runtime.roster import Roster
from runtime.storage import channels, lists

from . import views
from .api import Model


class CustomerRef(Model):
    id: str
    name: str


class ChannelRef(Model):
    id: str
    kind: str
    name: str
    state: Literal["stopped", "starting", "running", "error"]


class AgentRef(Model):
    id: str
    name: str
    state: Literal["running", "stopped", "error"]


class OperatorRef(Model):
    id: str
    name: str


class LastMessage(Model):
    author: views.AuthorName
    text: str
    """Its first 200 characters."""
    at: datetime


class CardView(views.SessionView):
    """A session, and who and what belongs to it. `warnings` are for people: `channel_not_running`
    (replies cannot be delivered), `agent_not_running` (nobody suggests, and nobody answers).
    """

    customer: CustomerRef
    channel: ChannelRef
    agent: AgentRef | None
    operator: OperatorRef | None
    last_message: LastMessage | None
    warnings: list[Literal["agent_not_running", "channel_not_running"]]


class CardsView(Model):
    """`cursor` asks for the next page; null: this is the last one."""

    items: list[CardView]
    cursor: str | None


def card(one: lists.Card, roster: Roster) -> CardView:
    session = one.session
    agent = agent_ref(session.agent_id, one.agent, one.agent_state, roster)
    last = None
    if one.last_at is not None:
        last = LastMessage(
            author=one.last_author,  # type: ignore[arg-type]  # a stored word
            text=one.last_text or "",
            at=views.time(one.last_at),
        )
    warnings = {
        "agent_not_running": agent is None or agent.state != "running",
        "channel_not_running": one.channel_state != channels.State.RUNNING,
    }
    return CardView(
        **dict(views.session(session)),
        customer=CustomerRef(id=session.customer_id, name=one.customer),
        channel=ChannelRef(
            id=session.channel_id,
            kind=one.channel_kind,
            name=one.channel,
            state=one.channel_state,  # type: ignore[arg-type]  # a stored word
        ),
        agent=agent,
        operator=OperatorRef(id=session.operator_id, name=one.operator or "")
        if session.operator_id
        else None,
        last_message=last,
        warnings=[name for name, true in warnings.items() if true],  # type: ignore[misc]  # the keys
    )


def agent_ref(
    agent_id: str, name: str | None, state: str | None, roster: Roster
) -> AgentRef | None:
    """None where there never was one. What is stored as running, but is not there, is an error."""
    if not agent_id:
        return None
    gone = state != "stopped" and agent_id not in roster.agents
    return AgentRef(
        id=agent_id,
        name=name or agent_id,
        state="error" if gone or state is None else state,  # type: ignore[arg-type]  # a stored word
    )
