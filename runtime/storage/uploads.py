"""Queries on files: what operators uploaded, and whether a content belongs to anything here."""

from typing import NamedTuple

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.sql.dml import Insert as AnyInsert

from .sql import Insert, Statement, Tx, const
from .tables import attachments, uploads


class Upload(NamedTuple):
    """One content, as it was first brought."""

    sha256: str
    name: str
    mime: str
    size: int
    operator_id: str


def _once(insert: Insert) -> AnyInsert:
    row = insert(uploads).values({column.name: bindparam(column.name) for column in uploads.c})
    statement: AnyInsert = row.on_conflict_do_nothing(index_elements=["sha256"])
    return statement


_ADD = Statement(_once)
_KNOWN = Statement(
    select(literal_column("1"))
    .where(uploads.c.sha256 == bindparam("sha256"))
    .union_all(
        select(literal_column("1")).where(
            attachments.c.sha256 == bindparam("sha256"), attachments.c.state == const("stored")
        )
    )
    .limit(1)
)


def add(tx: Tx, upload: Upload) -> None:
    """The same content again keeps its first name here; messages name it as they like."""
    tx.put(_ADD, **upload._asdict(), created_at=tx.now)


def known(tx: Tx, sha256: str) -> bool:
    """Whether somebody uploaded it, or a customer attached it."""
    return tx.one(_KNOWN, sha256=sha256) is not None
