"""What a session knew and came to, by API: parameters, results, sources, and who had control when."""

from datetime import datetime
from typing import Literal, NamedTuple

from runtime import errors
from runtime.storage import customers, history, lists, log, sessions
from runtime.storage.operators import Role
from runtime.storage.sql import Tx, loads

from . import views
from .api import Call, Endpoint, Model
from .keys import STORE
from .suggestions import Source

ENTRIES = 1_000
"""Of the log, the newest ones, in which sources and changes of control are looked for."""


class TurnedView(Model):
    """One change of control. `by`: `agent`, `customer`, `operator`, `routing`, `clock` or `outside`."""

    at: datetime
    before: views.ModeName | Literal[""]
    """Empty: it was started by an operator."""
    after: views.ModeName
    by: str
    by_name: str
    operator_id: str | None
    """Who had it from then on."""
    operator_name: str
    reason: str


class HandedOver(Model):
    """When people were first wanted, who wanted it, and why."""

    at: datetime
    by: str
    by_name: str
    reason: str


class Parameters(Model):
    """What was known from outside. `facts`: those of the customer when it began."""

    channel: str
    channel_kind: str
    agent: str
    language: str
    facts: dict[str, str]


class Results(Model):
    """What came of it. `facts`: what was learnt of the customer in it."""

    facts: dict[str, str]
    summary: str
    sources: list[Source]
    """What the agent's words rest on, each once."""
    messages: int
    """From whomever, all of them."""


class DetailsView(Model):
    parameters: Parameters
    results: Results
    handed_over: HandedOver | None
    control: list[TurnedView]
    """Oldest first."""


class _Found(NamedTuple):
    card: lists.Card
    whose: customers.Customer | None
    page: history.History
    messages: int
    known: dict[str, str]
    learnt: dict[str, str]


async def details(call: Call) -> DetailsView:
    """Parameters and results of a conversation, and who had it when."""
    session_id = call.path["session_id"]

    def unit(tx: Tx) -> _Found | None:
        card = lists.card(tx, session_id)
        if card is None:
            return None
        return _Found(
            card,
            customers.get(tx, card.session.customer_id),
            history.page(tx, session_id, ENTRIES),
            history.messages(tx, session_id),
            *sessions.facts(tx, session_id),
        )

    found = await call.app[STORE].read(unit)
    if found is None:
        raise errors.NotFound("There is no such conversation.")
    card, whose, page = found.card, found.whose, found.page
    session = card.session
    by, name = _by(session.handed_over_by, page.names)
    return DetailsView(
        parameters=Parameters(
            channel=card.channel,
            channel_kind=card.channel_kind,
            agent=card.agent or session.agent_id,
            language=whose.language if whose else "",
            facts={} if session.grouped else found.known,
        ),
        results=Results(
            facts=found.learnt,
            summary=session.summary,
            sources=_sources(page),
            messages=found.messages,
        ),
        handed_over=None
        if session.handed_over_at is None
        else HandedOver(
            at=views.time(session.handed_over_at),
            by=by,
            by_name=name,
            reason=session.handover_reason,
        ),
        control=[_turned(one, page) for one in page.entries if one.kind == log.Kind.CONTROL],
    )


def _sources(page: history.History) -> list[Source]:
    found: dict[str, Source] = {}
    for entry in page.entries:
        if entry.kind == log.Kind.MESSAGE and entry.author != log.Author.CUSTOMER:
            for one in loads(entry.data).get("sources", ()):
                found.setdefault(one["source"], Source(source=one["source"], text=one["text"]))
    return list(found.values())


def _turned(entry: log.Entry, page: history.History) -> TurnedView:
    data = loads(entry.data)
    by, name = _by(entry.author_id, page.names)
    holder = data.get("operator_id")
    return TurnedView(
        at=views.time(entry.at),
        before=data["before"],
        after=data["after"],
        by=by,
        by_name=name,
        operator_id=holder,
        operator_name=page.names.get(holder, "") if holder else "",
        reason=entry.text,
    )


def _by(author: str, names: dict[str, str]) -> tuple[str, str]:
    """Who changed control, and his name where he has one."""
    kind, _, operator_id = author.partition(":")
    return kind, names.get(operator_id, "") if operator_id else ""


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/sessions/{session_id}/details",
        handler=details,
        least=Role.VIEWER,
        answer=DetailsView,
    )
]
