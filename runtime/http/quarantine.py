"""The quarantine, by API: genuine bodies that could not be read; look, replay after the mend, dismiss."""

import unicodedata
from datetime import datetime
from typing import Any

from runtime import errors
from runtime.storage import inbound
from runtime.storage.operators import Role

from . import views
from .api import Call, Endpoint, Model, Nothing, Page
from .cursors import packed, unpacked
from .keys import INBOX, STORE

PREVIEW = 20_000
"""Characters."""


class KeptView(Model):
    """`error`: why it could not be read. `size` is bytes."""

    id: str
    channel_id: str
    event_id: str
    error: str
    size: int
    received_at: datetime
    replayed_at: datetime | None
    dismissed_at: datetime | None


class KeptListView(Model):
    """The newest first."""

    items: list[KeptView]
    cursor: str | None


class FullKeptView(KeptView):
    """`preview`: its first 20,000 characters as text; what cannot be shown is replaced."""

    preview: str
    whole: bool


async def many(call: Call) -> KeptListView:
    """What was put aside, and what became of it."""
    page: Page = call.query
    (before,) = unpacked(page.cursor, "quarantine", str) or ("",)
    found = await call.app[STORE].read(lambda tx: inbound.quarantined(tx, page.limit + 1, before))
    shown = found[: page.limit]
    return KeptListView(
        items=[KeptView(**_shown(one)) for one in shown],
        cursor=packed("quarantine", shown[-1].id) if len(found) > len(shown) else None,
    )


async def one(call: Call) -> FullKeptView:
    """One body, as text."""
    return _view(await _found(call))


async def replay(call: Call) -> FullKeptView:
    """Hand it to the inbox again, after the parser was mended. What is new of it is dealt with now."""
    await call.app[INBOX].replay(await _found(call), call.operator.id)
    return _view(await _found(call))


async def dismiss(call: Call) -> FullKeptView:
    """It is nothing. It stays here, and can be replayed still."""
    kept = await _found(call)
    by = call.operator.id
    await call.app[STORE].write(lambda tx: inbound.dismissed(tx, kept.id, by))
    return _view(await _found(call))


async def _found(call: Call) -> inbound.Quarantined:
    id_ = call.path["quarantine_id"]
    found = await call.app[STORE].read(lambda tx: inbound.one_quarantined(tx, id_))
    if found is None:
        raise errors.NotFound("There is no such message in the quarantine.")
    return found


def _shown(kept: inbound.Quarantined) -> dict[str, Any]:
    return {
        "id": kept.id,
        "channel_id": kept.channel_id,
        "event_id": kept.event_id,
        "error": kept.error,
        "size": len(kept.body),
        "received_at": views.time(kept.received_at),
        "replayed_at": views.maybe(kept.replayed_at),
        "dismissed_at": views.maybe(kept.dismissed_at),
    }


def _view(kept: inbound.Quarantined) -> FullKeptView:
    text = kept.body[: PREVIEW * 4].decode("utf-8", "replace")
    return FullKeptView(
        **_shown(kept),
        preview="".join(map(_visible, text[:PREVIEW])),
        whole=len(kept.body) <= PREVIEW * 4 and len(text) <= PREVIEW,
    )


def _visible(character: str) -> str:
    """Nothing that moves a cursor, turns a line around or cannot be stored."""
    if character in "\n\t" or unicodedata.category(character)[0] != "C":
        return character
    return "\ufffd"


_ONE = "/quarantine/{quarantine_id}"
ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/quarantine",
        handler=many,
        least=Role.ADMIN,
        query=Page,
        answer=KeptListView,
    ),
    Endpoint(method="GET", path=_ONE, handler=one, least=Role.ADMIN, answer=FullKeptView),
    Endpoint(
        method="POST",
        path=f"{_ONE}/replay",
        handler=replay,
        least=Role.ADMIN,
        body=Nothing,
        answer=FullKeptView,
        refusals=("conflict",),
        raises=(errors.ChannelStopped,),
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/dismiss",
        handler=dismiss,
        least=Role.ADMIN,
        body=Nothing,
        answer=FullKeptView,
    ),
]
