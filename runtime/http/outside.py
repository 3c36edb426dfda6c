"""The doors of agents that run outside. They speak under an epoch, as `If-Match: "7"`; the answer
and every refusal tell the current one.
"""

import re

import pydantic

from runtime import errors
from runtime.outside import Offered
from runtime.storage import sessions
from runtime.storage.operators import Role

from . import views
from .api import Answered, Call, Endpoint, Model
from .keys import OUTSIDE
from .workspace import TEXT, MessageAnswer, SessionAnswer

MAX_SOURCES = 20
EPOCH = r'^("[0-9]{1,9}"|[0-9]{1,9})$'
"""Of `If-Match`; an epoch has 32 bits."""


class Source(Model):
    """What the words rest on."""

    source: str = pydantic.Field(max_length=300)
    text: str = pydantic.Field(default="", max_length=2000)


class AgentWords(Model):
    """`answers_seq`: the last entry of the log that the agent has seen."""

    text: str = pydantic.Field(max_length=TEXT, pattern=r"\S")
    sources: list[Source] = pydantic.Field(default_factory=list, max_length=MAX_SOURCES)
    answers_seq: int | None = pydantic.Field(default=None, ge=0)


async def message(call: Call) -> Answered:
    """Say this to the customer, in the agent's name, while control is as in `If-Match`. Otherwise the
    text is kept as a suggestion for the operator, and the refusal says who has control.
    """
    session, seq = await call.app[OUTSIDE].message(call.path["session_id"], _offered(call))
    return _told(MessageAnswer(session=views.session(session), seq=seq), session)


async def suggestion(call: Call) -> Answered:
    """Suggest this to the operator. It is kept also when control has moved, and that is said."""
    session = await call.app[OUTSIDE].suggestion(call.path["session_id"], _offered(call))
    return _told(SessionAnswer(session=views.session(session)), session)


def _offered(call: Call) -> Offered:
    given: AgentWords = call.body
    data: dict[str, object] = {"by": call.operator.id}
    if given.sources:
        data["sources"] = [one.model_dump() for one in given.sources]
    return Offered(text=given.text, epoch=_epoch(call), data=data, answers_seq=given.answers_seq)


def _epoch(call: Call) -> int:
    given = call.request.headers.get("If-Match", "").strip()
    if not given:
        raise errors.Unconditional(
            'Say which control you believe in: If-Match: "EPOCH", from control.epoch.'
        )
    if not re.fullmatch(EPOCH, given):
        raise errors.Malformed('If-Match is the epoch as a number in quotes, such as "7".')
    return int(given.strip('"'))


def _told(body: Model, session: sessions.Session) -> Answered:
    return Answered(body=body, status=202, headers={"ETag": f'"{session.epoch}"'})


_REFUSALS = ("control_moved", "session_finished")
ENDPOINTS = [
    Endpoint(
        method="POST",
        path="/sessions/{session_id}/agent-messages",
        handler=message,
        least=Role.OPERATOR,
        body=AgentWords,
        answer=MessageAnswer,
        status=202,
        refusals=(*_REFUSALS, "channel_not_running"),
        headers={"If-Match": EPOCH},
    ),
    Endpoint(
        method="POST",
        path="/sessions/{session_id}/agent-suggestions",
        handler=suggestion,
        least=Role.OPERATOR,
        body=AgentWords,
        answer=SessionAnswer,
        status=202,
        refusals=_REFUSALS,
        headers={"If-Match": EPOCH},
    ),
]
