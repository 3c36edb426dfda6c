"""What operators read of sessions, by API: the lists, one session, its history, figures for badges."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

import pydantic

from runtime import composer, errors, offers
from runtime.ledger import millis
from runtime.storage import history, lists, log, originals
from runtime.storage.operators import Role
from runtime.storage.sql import Tx, loads

from . import cards, views
from .api import BASE, Call, Endpoint, Model, Page
from .cursors import packed, unpacked
from .keys import ROSTER, STORE
from .times import Time

_BESIDE = {"attachments", "files", "original"}
"""Of an entry's data: what is shown beside it, or not at all."""
DIGITS = 9
QUERY = 200
"""Characters of a search."""


class Listing(Page):
    """`view`: mine; unassigned, who waits longest first; attended, all that people have or wait for;
    active; finished, the last one first. Without it all, the newest first. `q` is searched in names,
    addresses, subjects and recent messages.
    """

    view: Literal["mine", "unassigned", "attended", "active", "finished", "all"] = "all"
    agent_id: str = ""
    operator_id: str = ""
    channel_id: str = ""
    customer_id: str = ""
    q: str = pydantic.Field(default="", max_length=QUERY)
    mode: views.ModeName | Literal[""] = ""
    responsible: str = pydantic.Field(default="", max_length=50)
    """`ai`, `nobody`, or an operator's id: who has it, or who had it when it finished."""
    since: Time | None = None
    """Opened from then on; without a zone it is UTC."""
    until: Time | None = None
    """Opened before."""
    order: Literal["newest", "oldest"] = "newest"
    """When it was opened; for lists that are not `unassigned` or `finished`."""


class OfferView(Model):
    """Whether you may send an approved template now; if not, `code` and `detail` say why, and `again_at`
    when you may, unless the customer answers before.
    """

    may: bool
    code: str
    detail: str
    again_at: datetime | None


class ComposerView(Model):
    """Whether you may write to the customer now; if not, `code` and `detail` say why. From
    `window_closes_at` on only an approved template may be sent, until they write again; null: the platform
    has no such rule. `rich_text`: messages may be `html`. Text beyond `text_limit` characters goes as
    several messages.
    """

    may_write: bool
    code: str
    detail: str
    window_closes_at: datetime | None
    rich_text: bool
    attachments: bool
    templates: bool
    text_limit: int
    template: OfferView


class HandoverView(Model):
    """Whether you may hand the conversation over to people now; if not, `code` and `detail` say why."""

    may: bool
    code: str
    detail: str


class FullSessionView(cards.CardView):
    composer: ComposerView
    handover: HandoverView


class SessionCountsView(Model):
    """Conversations that nobody has yet, that you have, and that are not finished."""

    waiting: int
    mine: int
    active: int


class LogPage(Model):
    """`after` and `before` are numbers of entries; with neither you get the newest ones."""

    after: int | None = pydantic.Field(default=None, ge=0, le=history.END)
    before: int | None = pydantic.Field(default=None, ge=1, le=history.END)
    limit: int = pydantic.Field(default=50, ge=1, le=200)


class DeliveryView(Model):
    part: int
    state: Literal[
        "queued", "sending", "sent", "delivered", "read", "failed", "unknown", "withdrawn"
    ]
    code: str
    detail: str
    """Why, for an operator."""
    settled_at: datetime | None


class AttachmentView(Model):
    """`url` downloads it, once its state is `stored`."""

    name: str
    mime: str
    kind: str
    size: int | None
    state: Literal["remote", "stored", "failed"]
    detail: str
    url: str | None


class LineView(views.EntryView):
    """An entry with what belongs to it. `has_original`: there is more of it than `text`. A message that was edited keeps its `text`; what it says now is
    `edited_text`. The edit is an entry of its own, so that whoever follows by `after` hears of it.
    """

    author_name: str
    edited_text: str | None
    has_original: bool
    deliveries: list[DeliveryView]
    attachments: list[AttachmentView]


class OriginalView(Model):
    """All of a message, as it was written. `html` is sanitised, and empty for plain text."""

    subject: str
    sender: str
    recipients: str
    html: str
    text: str


class LinesView(Model):
    """Oldest first. `cursor` goes on in the same direction, as `after` or `before`; null: the end."""

    items: list[LineView]
    cursor: int | None


async def many(call: Call) -> cards.CardsView:
    """Conversations, page by page."""
    asked: Listing = call.query
    filters = {name: getattr(asked, name) for name in lists.FILTERS if getattr(asked, name)}
    return await listed(call, asked, asked.view, filters)


async def listed(call: Call, page: Page, view: str, filters: Mapping[str, str]) -> cards.CardsView:
    """One page of cards."""
    wanted = selection(call, page, view, filters)._replace(many=page.limit + 1)
    found = await call.app[STORE].read(lambda tx: lists.page(tx, wanted))
    shown = found[: page.limit]
    return cards.CardsView(
        items=[cards.card(one, call.app[ROSTER]) for one in shown],
        cursor=packed(view, *shown[-1].key(view)) if len(found) > len(shown) else None,
    )


def selection(call: Call, page: Page, view: str, filters: Mapping[str, str]) -> lists.Wanted:
    """Which sessions a query asks for."""
    kinds = (int, str) if view in {"unassigned", "finished"} else (str,)
    wanted = lists.Wanted(
        view=view,
        me=call.operator.id,
        filters=filters,
        words=getattr(page, "q", "").strip(),
        after=unpacked(page.cursor, view, *kinds),
        many=page.limit,
    )
    if not isinstance(page, Listing):
        return wanted
    return wanted._replace(
        responsible=page.responsible,
        since=None if page.since is None else millis(page.since),
        until=None if page.until is None else millis(page.until),
        oldest=page.order == "oldest" and view not in {"unassigned", "finished"},
    )


async def counts(call: Call) -> SessionCountsView:
    """Figures for badges."""
    found = await call.app[STORE].read(lambda tx: lists.counts(tx, call.operator.id))
    return SessionCountsView(**found._asdict())


async def one(call: Call) -> FullSessionView:
    """One conversation: who has control, and whether you may write."""
    roster = call.app[ROSTER]

    def unit(tx: Tx) -> tuple[lists.Card, composer.Composer]:
        found = lists.card(tx, call.path["session_id"])
        if found is None:
            raise errors.NotFound("There is no such conversation.")
        session, place = found.session, roster.place(found.session.channel_id)
        may = composer.state(
            session,
            call.operator,
            place,
            holder=found.operator,
            again_at=offers.again_at(tx, session, place),
            now=tx.now,
        )
        return found, may

    found, may = await call.app[STORE].read(unit)
    over = composer.handover(found.session, call.operator)
    return FullSessionView(
        **dict(cards.card(found, roster)),
        composer=_composer(may),
        handover=HandoverView(may=not over.code, code=over.code, detail=over.detail),
    )


def _composer(may: composer.Composer) -> ComposerView:
    template = may.template
    return ComposerView(
        may_write=not may.code,
        code=may.code,
        detail=may.detail,
        window_closes_at=views.maybe(may.closes_at),
        rich_text=may.rich_text,
        attachments=may.attachments,
        templates=may.templates,
        text_limit=may.text_limit,
        template=OfferView(
            may=not template.code,
            code=template.code,
            detail=template.detail,
            again_at=views.maybe(template.again_at),
        ),
    )


async def lines(call: Call) -> LinesView:
    """Everything that happened in a conversation: messages, notes, who had control, what went wrong."""
    asked: LogPage = call.query
    if asked.after is not None and asked.before is not None:
        raise errors.Invalid("before: give it or `after`, not both.")
    session_id = call.path["session_id"]

    def unit(tx: Any) -> tuple[lists.Card | None, history.History]:
        return lists.card(tx, session_id), history.page(
            tx, session_id, asked.limit, after=asked.after, before=asked.before
        )

    found, page = await call.app[STORE].read(unit)
    if found is None:
        raise errors.NotFound("There is no such conversation.")
    cursor = None
    if page.more:
        cursor = page.entries[-1 if asked.after is not None else 0].seq
    return LinesView(
        items=[line(entry, page, found.customer) for entry in page.entries], cursor=cursor
    )


async def original(call: Call) -> OriginalView:
    """A whole mail: with what it quotes, and formatted as it was."""
    session_id, seq = call.path["session_id"], call.path["seq"]
    found = None
    if seq.isdecimal() and len(seq) <= DIGITS:
        found = await call.app[STORE].read(lambda tx: originals.get(tx, session_id, int(seq)))
    if found is None:
        raise errors.NotFound("There is no more to it than its text.")
    return OriginalView(**dataclasses.asdict(found))


def line(entry: log.Entry, page: history.History, customer: str) -> LineView:
    view = views.entry(entry)
    data = {name: value for name, value in view.data.items() if name not in _BESIDE}
    if data.get("operator_id"):
        data["operator_name"] = page.names.get(str(data["operator_id"]), "")
    return LineView(
        **{**dict(view), "data": data},
        author_name=_author(entry, data, page.names, customer),
        edited_text=page.edited.get(entry.seq),
        has_original=bool(view.data.get("original")),
        deliveries=[
            DeliveryView(
                part=sent.part,
                state=sent.state,  # type: ignore[arg-type]  # a stored word
                code=sent.code,
                detail=sent.detail,
                settled_at=views.maybe(sent.settled_at),
            )
            for sent in page.deliveries.get(entry.seq, ())
        ],
        attachments=[
            *(_file(file._asdict()) for file in page.files.get(entry.seq, ())),
            *(_file({**file, "state": "stored"}) for file in loads(entry.data).get("files", ())),
        ],
    )


def _author(
    entry: log.Entry, data: Mapping[str, Any], names: Mapping[str, str], customer: str
) -> str:
    """Empty where nobody has a name: the clock, the platform, our own notices."""
    if entry.author == log.Author.CUSTOMER:
        return str(data.get("name") or customer)
    return names.get(entry.author_id.removeprefix("operator:"), "")


def _file(file: Mapping[str, Any]) -> AttachmentView:
    url = None
    if file["state"] == "stored":
        named = urlencode({"name": file["name"], "mime": file["mime"]})
        url = f"{BASE}/files/{file['sha256']}?{named}"
    return AttachmentView(
        name=file["name"],
        mime=file["mime"],
        kind=file.get("kind", "document"),
        size=file.get("size"),
        state=file["state"],
        detail=file.get("detail", ""),
        url=url,
    )


_V = Role.VIEWER
ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/sessions",
        handler=many,
        least=_V,
        query=Listing,
        answer=cards.CardsView,
    ),
    Endpoint(
        method="GET", path="/sessions/counts", handler=counts, least=_V, answer=SessionCountsView
    ),
    Endpoint(
        method="GET", path="/sessions/{session_id}", handler=one, least=_V, answer=FullSessionView
    ),
    Endpoint(
        method="GET",
        path="/sessions/{session_id}/log",
        handler=lines,
        least=_V,
        query=LogPage,
        answer=LinesView,
    ),
    Endpoint(
        method="GET",
        path="/sessions/{session_id}/log/{seq}/original",
        handler=original,
        least=_V,
        answer=OriginalView,
    ),
]
