"""Conversations as files, by API: those of a list for spreadsheets or programs, and one to read or to process."""

from collections.abc import AsyncIterator
from typing import Any, Literal

from aiohttp import web

from runtime import errors
from runtime.storage import history, lists
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from . import views
from .api import Call, Endpoint, Model
from .keys import STORE
from .sessions import LineView, Listing, line, selection
from .streams import CSV, row, streamed

PAGE = 200
TEXT, JSON, NDJSON = "text/plain", "application/json", "application/x-ndjson"
COLUMNS = (
    "id",
    "opened_at",
    "finished_at",
    "customer_id",
    "customer",
    "channel",
    "agent",
    "mode",
    "operator",
    "resolved_by",
    "handed_over_at",
    "handover_reason",
    "summary",
    "last_message",
)
_AFTER = {
    "autonomous": "The AI has it",
    "waiting": "It waits for an operator",
    "copilot": "{} has it, the AI suggests",
    "human": "{} has it",
    "finished": "Finished",
}


class Conversation(Model):
    """As JSON. As text it is to be read."""

    session: views.SessionView
    log: list[LineView]


class Table(Listing):
    """`csv`: a line for each conversation. `ndjson`: a line of JSON for each, with its whole log."""

    format: Literal["csv", "ndjson"] = "csv"


class Download(Model):
    format: Literal["text", "json"] = "text"


async def many(call: Call) -> web.StreamResponse:
    """The conversations that a list shows, all its pages. In CSV, cells are never formulas."""
    asked: Table = call.query
    filters = {name: getattr(asked, name) for name in lists.FILTERS if getattr(asked, name)}
    wanted = selection(call, asked, asked.view, filters)._replace(many=PAGE)
    if asked.format == "ndjson":
        return await streamed(call, _whole(call, wanted), NDJSON, "conversations.ndjson")
    return await streamed(call, _table(call, wanted), CSV, "conversations.csv")


async def _pages(call: Call, wanted: lists.Wanted) -> AsyncIterator[list[lists.Card]]:
    while True:
        asked = wanted
        page = await call.app[STORE].read(lambda tx: lists.page(tx, asked))  # noqa: B023 - awaited
        yield page
        if len(page) < PAGE:
            return
        wanted = wanted._replace(after=page[-1].key(wanted.view))


async def _table(call: Call, wanted: lists.Wanted) -> AsyncIterator[str]:
    yield row(COLUMNS)
    async for page in _pages(call, wanted):
        yield "".join(row(_cells(one)) for one in page)


async def _whole(call: Call, wanted: lists.Wanted) -> AsyncIterator[str]:
    async for page in _pages(call, wanted):
        for card in page:
            async for piece in _json(call, card):
                yield piece
            yield "\n"


def _cells(one: lists.Card) -> list[Any]:
    s = one.session
    return [
        s.id,
        _time(s.opened_at),
        _time(s.finished_at),
        s.customer_id,
        one.customer,
        one.channel,
        one.agent or s.agent_id,
        s.mode,
        one.operator,
        s.resolved_by.partition(":")[0],
        _time(s.handed_over_at),
        s.handover_reason,
        s.summary,
        one.last_text,
    ]


def _time(at: int | None) -> str:
    return "" if at is None else views.time(at).isoformat(timespec="seconds")


async def one(call: Call) -> web.StreamResponse:
    """One conversation from its beginning, to read (`text`) or for other programs (`json`)."""
    session_id = call.path["session_id"]
    card = await call.app[STORE].read(lambda tx: lists.card(tx, session_id))
    if card is None:
        raise errors.NotFound("There is no such conversation.")
    if call.query.format == "json":
        return await streamed(call, _json(call, card), JSON, f"conversation-{session_id}.json")
    return await streamed(call, _text(call, card), TEXT, f"conversation-{session_id}.txt")


async def _lines(call: Call, card: lists.Card) -> AsyncIterator[LineView]:
    after = 0
    while True:
        page = await call.app[STORE].read(_page(card.session.id, after))
        for entry in page.entries:
            after = entry.seq
            yield line(entry, page, card.customer)
        if not page.more:
            return


def _page(session_id: str, after: int) -> Any:
    def unit(tx: Tx) -> history.History:
        return history.page(tx, session_id, PAGE, after=after)

    return unit


async def _json(call: Call, card: lists.Card) -> AsyncIterator[str]:
    session = views.session(card.session).model_dump_json()
    yield f'{{"session":{session},"log":['
    comma = ""
    async for entry in _lines(call, card):
        yield comma + entry.model_dump_json()
        comma = ","
    yield "]}"


async def _text(call: Call, card: lists.Card) -> AsyncIterator[str]:
    agent = card.agent or card.session.agent_id
    yield f"{card.customer or 'Unknown'}, {card.channel}, {agent}\nTimes are UTC.\n\n"
    async for entry in _lines(call, card):
        told = _told(entry)
        if told:
            yield f"[{entry.at:%Y-%m-%d %H:%M:%S}] {told}\n"


def _told(entry: LineView) -> str:
    """One line as people read it; empty for what says nothing to them."""
    name = entry.author_name or entry.author
    if entry.kind == "control":
        after = _AFTER[str(entry.data["after"])].format(
            entry.data.get("operator_name") or "Somebody"
        )
        return f"-- {after}{f': {entry.text}' if entry.text else ''} --"
    if entry.kind == "note":
        return f"Private note of {name}: {entry.text}"
    if entry.kind == "outcome":
        return f"-- {entry.text} --" if entry.text else ""
    if entry.kind == "edit":
        return ""  # what it says now stands where it was said
    files = "".join(f" [{file.name or file.kind}]" for file in entry.attachments)
    return f"{name}: {entry.edited_text if entry.edited_text is not None else entry.text}{files}"


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/sessions/export",
        handler=many,
        least=Role.OPERATOR,
        query=Table,
        answer=str,
        gives=(CSV, NDJSON),
    ),
    Endpoint(
        method="GET",
        path="/sessions/{session_id}/export",
        handler=one,
        least=Role.VIEWER,
        query=Download,
        answer=Conversation,
        gives=(TEXT, JSON),
    ),
]
