"""Writing to a customer first, by API: where it can be done, and doing it."""

from typing import Literal

import pydantic

from handoff.outreach import Opens, Refusal, Why
from runtime import outreach
from runtime.outreach import Way
from runtime.storage.operators import Role

from . import views
from .api import Answered, Call, Endpoint, Model
from .keys import OUTREACH, ROSTER
from .templates import TemplateWanted
from .workspace import HTML, TEXT

SUBJECT = 500


class WayChannel(Model):
    id: str
    kind: str
    name: str


class WayAgent(Model):
    id: str
    name: str


class ReachabilityView(Model):
    """`reason` says why the channel is not available. `first_message`: what it must be."""

    channel: WayChannel
    available: bool
    code: Literal["", "channel_not_running", "no_running_agents", "customer_unreachable"]
    reason: str
    agents: list[WayAgent]
    """Those that run there; the operator chooses if there are several."""
    first_message: Literal["text", "template"] | None
    subject: bool
    """It has a subject."""
    rich_text: bool
    """It may be `html`."""


class NewConversation(Model):
    """`agent_id` may be left out if only one agent runs there. `text`, `html` or `template`, as the
    channel wants it; a subject where it has one.
    """

    model_config = pydantic.ConfigDict(
        json_schema_extra={
            "anyOf": [{"properties": {one: {"maxLength": 0}}} for one in ("text", "html")]
        }
    )

    channel_id: str = pydantic.Field(min_length=1, max_length=100)
    agent_id: str | None = pydantic.Field(default=None, max_length=100)
    text: str = pydantic.Field(default="", max_length=TEXT)
    subject: str = pydantic.Field(default="", max_length=SUBJECT)
    html: str = pydantic.Field(default="", max_length=HTML)
    template: TemplateWanted | None = None

    @pydantic.model_validator(mode="after")
    def _one_message(self) -> "NewConversation":
        if self.text and self.html:
            raise ValueError("the first message is text or html, not both")
        return self


class ConversationAnswer(Model):
    """`existing`: there is one already, and nothing was sent; `notice` says why, if there is more to say."""

    outcome: Literal["started", "existing"]
    notice: str
    session: views.SessionView


async def reachability(call: Call) -> list[ReachabilityView]:
    """Every channel, and whether this customer can be written to there first."""
    agents = call.app[ROSTER].agents

    def shown(way: Way) -> ReachabilityView:
        refused = isinstance(way.found, Refusal)
        found = [] if isinstance(way.found, Refusal) else way.found.agents
        return ReachabilityView(
            channel=WayChannel(id=way.channel.id, kind=way.channel.kind, name=way.channel.name),
            available=not refused,
            code=way.found.code.value if isinstance(way.found, Refusal) else "",  # type: ignore[arg-type]  # those that an offer can have
            reason=way.found.detail if isinstance(way.found, Refusal) else "",
            agents=[WayAgent(id=one, name=agents[one].name) for one in found],
            first_message=_FIRST[way.opens] if way.opens else None,
            subject=way.subject,
            rich_text=way.rich_text,
        )

    return [shown(way) for way in await call.app[OUTREACH].ways(call.path["customer_id"])]


async def start(call: Call) -> Answered:
    """Start a conversation, or open the one that there is. 201: the message is on its way, and the
    conversation is yours, in Copilot mode. What the platform refuses leaves no open conversation.
    """
    given: NewConversation = call.body
    started = await call.app[OUTREACH].start(
        call.path["customer_id"],
        call.operator.id,
        outreach.Wanted(
            channel_id=given.channel_id,
            agent_id=given.agent_id,
            text=given.text,
            subject=given.subject,
            html=given.html,
            template=given.template.wanted() if given.template else None,
        ),
    )
    answer = ConversationAnswer(
        outcome="existing" if started.existing else "started",
        notice=started.notice,
        session=views.session(started.session),
    )
    return Answered(body=answer, status=200 if started.existing else 201)


_FIRST: dict[Opens, Literal["text", "template"]] = {
    Opens.NEVER: "text",
    Opens.FREE: "text",
    Opens.TEMPLATE: "template",
}
_ONE = "/customers/{customer_id}"
ENDPOINTS = [
    Endpoint(
        method="GET",
        path=f"{_ONE}/reachability",
        handler=reachability,
        least=Role.VIEWER,
        answer=list[ReachabilityView],
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/conversations",
        handler=start,
        least=Role.OPERATOR,
        body=NewConversation,
        answer=ConversationAnswer,
        status=201,
        refusals=(*(one.value for one in Why), "template_not_approved", "refused_by_platform"),
    ),
]
