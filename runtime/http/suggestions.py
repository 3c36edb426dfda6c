"""Suggestions, by API: list, ask for another, dismiss; and the ledger of what became of them."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pydantic
from aiohttp import web

from prompts import DATA_LENGTH
from runtime import errors
from runtime.ledger import EVER, Selection
from runtime.storage import ledger, sessions, suggestions
from runtime.storage.operators import Role
from runtime.storage.sql import Tx, loads
from runtime.storage.suggestions import State as Stored
from runtime.storage.suggestions import Suggestion

from . import views
from .api import Call, Endpoint, Model, Nothing, Page
from .keys import LEDGER, STORE, WORKSPACE
from .streams import streamed
from .times import Time
from .workspace import SessionAnswer

NDJSON = "application/x-ndjson"
State = Literal["open", "used", "edited", "dismissed", "overtaken", "ignored"]


class Source(Model):
    """A passage of the knowledge that the words rest on."""

    source: str
    text: str


class SuggestionView(Model):
    """`late`: written as a reply, before control moved. `answers_seq`: the last entry of the log that
    the agent had seen. `proposed`: acts that it would do, for a person to decide. `refines`: the
    suggestion that an operator wanted otherwise, by `instruction`.
    """

    id: str
    session_id: str
    text: str
    state: State
    late: bool
    answers_seq: int
    agent_id: str
    instruction: str
    refines: str
    sources: list[Source] = pydantic.Field(default_factory=list)
    proposed: list[str] = pydantic.Field(default_factory=list)
    prompt_version: str
    usage: dict[str, object] = pydantic.Field(default_factory=dict)
    asked_at: datetime | None
    first_at: datetime | None
    created_at: datetime
    shown_at: datetime | None
    settled_at: datetime | None
    operator_id: str | None
    sent_seq: int | None
    distance: int | None


class SuggestionList(Model):
    items: list[SuggestionView]
    cursor: str | None
    """For the next page; none: this is the last."""


class Wish(Model):
    instruction: str = pydantic.Field(default="", max_length=DATA_LENGTH)


class Span(Model):
    since: Time = EVER
    until: Time | None = None
    by: ledger.By = ledger.By.AGENT


class Wanted(Model):
    since: Time = EVER
    agent_id: str = ""


class Outcomes(Model):
    """`key`: the agent, prompt version or operator. `distance`: words changed on average where it was
    edited. Seconds count from when the suggestion was asked for.
    """

    key: str | None
    made: int
    late: int
    shown: int
    used: int
    edited: int
    dismissed: int
    overtaken: int
    ignored: int
    distance: float | None
    first_seconds: float | None
    kept_seconds: float | None
    kept_seconds_at_most: float | None


class LedgerAnswer(Model):
    by: ledger.By
    rows: list[Outcomes]


async def list_(call: Call) -> SuggestionList:
    """The suggestions of a conversation, newest first. Whoever may answer has seen them now."""
    id_, page = call.path["session_id"], call.query
    sees = call.operator.role != Role.VIEWER

    def read(tx: Tx) -> list[Suggestion] | None:
        if sessions.get(tx, id_) is None:
            return None
        return suggestions.of_session(tx, id_, page.cursor or suggestions.NEWEST, page.limit + 1)

    found = await call.app[STORE].read(read)
    if found is None:
        raise errors.NotFound("There is no such conversation.")
    if sees and any(one.shown_at is None and one.state == Stored.OPEN for one in found):
        await call.app[STORE].write(lambda tx: suggestions.open_shown(tx, id_), id_)
    return SuggestionList(
        items=[view(one) for one in found[: page.limit]],
        cursor=found[page.limit - 1].id if len(found) > page.limit else None,
    )


async def ask(call: Call) -> SessionAnswer:
    """Ask the agent for another one than the last that is open, perhaps with a wish."""
    done = await call.app[WORKSPACE].ask_suggestion(
        call.path["session_id"], call.operator.id, call.body.instruction.strip()
    )
    return SessionAnswer(session=views.session(done.session))


async def dismiss(call: Call) -> Nothing:
    """It is not wanted. What is no longer open stays what it is."""
    await call.app[WORKSPACE].dismiss(call.path["suggestion_id"], call.operator.id)
    return Nothing()


async def shown(call: Call) -> Nothing:
    """You have it before your eyes; the first time counts."""
    await call.app[WORKSPACE].shown(call.path["suggestion_id"])
    return Nothing()


async def count(call: Call) -> LedgerAnswer:
    """What became of suggestions, by agent, prompt version or operator."""
    span: Span = call.query
    until = span.until or datetime.now(UTC) + timedelta(days=1)
    rows = await call.app[LEDGER].count(span.by, span.since, until)
    return LedgerAnswer(by=span.by, rows=[_outcomes(one) for one in rows])


async def export(call: Call) -> web.StreamResponse:
    """One line of JSON for each suggestion: `context`, what the agent was shown; `suggestion`; and
    `sent`, what the operator answered to the same question.
    """
    wanted: Wanted = call.query
    lines = call.app[LEDGER].lines(Selection(since=wanted.since, agent_id=wanted.agent_id))
    return await streamed(call, (f"{line}\n" async for line in lines), NDJSON)


def view(one: Suggestion) -> SuggestionView:
    stored = one._asdict()
    data = loads(stored.pop("data"))
    told = {name: data[name] for name in ("sources", "proposed", "usage") if name in data}
    times = {name: views.maybe(getattr(one, name)) for name in _TIMES}
    return SuggestionView.model_validate({**stored, **told, **times})


_TIMES = ("asked_at", "first_at", "created_at", "shown_at", "settled_at")


def _outcomes(one: ledger.Counts) -> Outcomes:
    counted = one._asdict()
    return Outcomes(
        first_seconds=_seconds(counted.pop("first_after")),
        kept_seconds=_seconds(counted.pop("kept_after")),
        kept_seconds_at_most=_seconds(counted.pop("kept_after_at_most")),
        **counted,
    )


def _seconds(after: float | None) -> float | None:
    return None if after is None else round(after / 1000, 3)


_OF_SESSION = "/sessions/{session_id}/suggestions"
_ONE = "/suggestions/{suggestion_id}"
ENDPOINTS = [
    Endpoint(
        method="GET",
        path=_OF_SESSION,
        handler=list_,
        least=Role.VIEWER,
        query=Page,
        answer=SuggestionList,
    ),
    Endpoint(
        method="POST",
        path=_OF_SESSION,
        handler=ask,
        least=Role.OPERATOR,
        body=Wish,
        answer=SessionAnswer,
        status=202,
        refusals=("not_possible", "session_finished"),
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/dismiss",
        handler=dismiss,
        least=Role.OPERATOR,
        answer=Nothing,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/shown",
        handler=shown,
        least=Role.OPERATOR,
        answer=Nothing,
    ),
    Endpoint(
        method="GET",
        path="/suggestions/ledger",
        handler=count,
        least=Role.VIEWER,
        query=Span,
        answer=LedgerAnswer,
    ),
    Endpoint(
        method="GET",
        path="/suggestions/export",
        handler=export,
        least=Role.ADMIN,
        query=Wanted,
        answer=str,
        gives=(NDJSON,),
    ),
]
