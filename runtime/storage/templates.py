"""Queries on templates: what each channel's platform has approved, as it last told us."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, func, select, update

from channels.messages import TemplateChanged
from channels.templates import Template, Variable

from .sql import Statement, Tx, dumps, insert_row
from .tables_inside import templates

_encode = msgspec.json.Encoder().encode
_variables = msgspec.json.Decoder(tuple[Variable, ...]).decode
_definition = msgspec.json.Decoder().decode
_t = templates.c
_FIELDS = (
    "name",
    "language",
    "status",
    "category",
    "quality",
    "reason",
    "fillable",
    "variables",
    "preview",
    "definition",
)
_columns = [_t[name] for name in _FIELDS]
_of = _t.channel_id == bindparam("channel_id")
_EVERY = Statement(select(*_columns).where(_of).order_by(_t.position))
_GET = Statement(
    select(*_columns).where(_of, _t.name == bindparam("name"), _t.language == bindparam("language"))
)
_DELETE = Statement(delete(templates).where(_t.channel_id == bindparam("of_channel")))
_INSERT = insert_row(templates)
_STALE = Statement(select(_t.channel_id).where(_t.stale).distinct())


def _or_as_it_was(name: str) -> object:
    return func.coalesce(func.nullif(bindparam(f"new_{name}"), ""), _t[name])


_CHANGE = Statement(
    update(templates)
    .where(
        _t.channel_id == bindparam("of_channel"),
        _t.name == bindparam("of_name"),
        _t.language == bindparam("of_language"),
    )
    .values(stale=True, **{name: _or_as_it_was(name) for name in ("status", "category", "quality")})
)


class Key(NamedTuple):
    """Which template of a channel."""

    name: str
    language: str


def replace(tx: Tx, channel_id: str, found: Sequence[Template]) -> None:
    """What the platform has now; what it no longer has is forgotten."""
    tx.put(_DELETE, of_channel=channel_id)
    newest = {Key(one.name, one.language): one for one in found}
    for position, one in enumerate(newest.values()):
        tx.put(
            _INSERT,
            channel_id=channel_id,
            position=position,
            stale=False,
            name=one.name,
            language=one.language,
            status=one.status,
            category=one.category,
            quality=one.quality,
            reason=one.reason,
            fillable=one.fillable,
            variables=_encode(one.variables).decode(),
            preview=one.preview,
            definition=dumps(one.definition),
        )


def every(tx: Tx, channel_id: str) -> list[Template]:
    """In the platform's order."""
    return [_template(row) for row in tx.all(_EVERY, channel_id=channel_id)]


def get(tx: Tx, channel_id: str, key: Key) -> Template | None:
    row = tx.one(_GET, channel_id=channel_id, name=key.name, language=key.language)
    return _template(row) if row else None


def changed(tx: Tx, channel_id: str, told: TemplateChanged) -> None:
    """What the platform says of one counts at once; the rest is asked for."""
    tx.put(
        _CHANGE,
        of_channel=channel_id,
        of_name=told.name,
        of_language=told.language,
        new_status=told.status,
        new_category=told.category,
        new_quality=told.quality,
    )
    tx.ring("templates")


def stale(tx: Tx) -> set[str]:
    """Channels of which a template has changed since they were asked."""
    return {row[0] for row in tx.all(_STALE)}


def _template(row: tuple[object, ...]) -> Template:
    values = dict(zip(_FIELDS, row, strict=True))
    values["fillable"] = bool(values["fillable"])
    values["variables"] = _variables(str(values["variables"]))
    values["definition"] = _definition(str(values["definition"]) or "{}")
    return Template(**values)  # type: ignore[arg-type]  # the columns are the fields
