"""Queries on what customers attached: remote until a replica has fetched it into the media store."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, update

from .ids import Millis
from .sql import Statement, Tx, const, insert_row
from .tables import attachments


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One file of one log entry."""

    session_id: str
    seq: int
    part: int
    channel_id: str
    kind: str
    name: str
    mime: str
    size: int | None
    ref: str
    attempts: int


_FIELDS = tuple(Attachment.__dataclass_fields__)
_a = attachments.c
_INSERT = insert_row(attachments)
_DUE = Statement(
    select(*[_a[name] for name in _FIELDS])
    .where(_a.state == const("remote"), _a.due_at <= bindparam("now"))
    .order_by(_a.due_at)
    .limit(bindparam("many"))
    .with_for_update(skip_locked=True)
)
_one = (
    _a.session_id == bindparam("of_session"),
    _a.seq == bindparam("of_seq"),
    _a.part == bindparam("of_part"),
)
_POSTPONE = Statement(
    update(attachments).where(*_one).values(due_at=bindparam("until"), attempts=_a.attempts + 1)
)
_SETTLE = Statement(
    update(attachments)
    .where(*_one)
    .values({name: bindparam(name) for name in ("state", "sha256", "detail", "mime", "size")})
)
_NEXT_DUE = Statement(select(func.min(_a.due_at)).where(_a.state == const("remote")))


def add(tx: Tx, attachment: Attachment) -> None:
    tx.put(
        _INSERT,
        **{name: getattr(attachment, name) for name in _FIELDS},
        state="remote",
        sha256="",
        detail="",
        due_at=tx.now,
    )


def claim(tx: Tx, many: int, until: Millis) -> list[Attachment]:
    """Those that are due; another replica may try again after `until`."""
    rows = tx.all(_DUE, now=tx.now, many=many)
    found = [Attachment(**dict(zip(_FIELDS, row, strict=True))) for row in rows]
    for one in found:
        tx.put(_POSTPONE, of_session=one.session_id, of_seq=one.seq, of_part=one.part, until=until)
    return found


def settle(tx: Tx, one: Attachment, state: str, *, sha256: str = "", detail: str = "") -> None:
    tx.put(
        _SETTLE,
        of_session=one.session_id,
        of_seq=one.seq,
        of_part=one.part,
        state=state,
        sha256=sha256,
        detail=detail,
        mime=one.mime,
        size=one.size,
    )


def next_due(tx: Tx) -> Millis | None:
    row = tx.one(_NEXT_DUE)
    return row[0] if row else None
