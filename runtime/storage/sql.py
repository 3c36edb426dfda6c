"""Statements that are compiled once for each database and then run on the bare driver.

SQLAlchemy Core writes the SQL, so that tables are typed and both dialects are served; what it
would cost at every execution is saved. `Tx` is all that a unit of work ever sees of the database.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Protocol

import msgspec
from sqlalchemy import ColumnElement, Dialect, Executable, Table, Text, bindparam, literal_column
from sqlalchemy.dialects import postgresql, sqlite

Insert = Any
"""`sqlite.insert` or `postgresql.insert`: the same methods, unrelated types."""

Row = tuple[Any, ...]


Cursor = Any
"""A `sqlite3.Cursor` or a `psycopg.Cursor`: what we need of them is the same."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


@cache
def dialect_of(name: str) -> Dialect:
    """The dialect that renders named parameters as its driver wants them."""
    if name == "sqlite":
        return sqlite.dialect(paramstyle="named")
    from sqlalchemy.dialects.postgresql import psycopg

    return psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy types all but this


class Statement:
    """A Core statement, or a function from the dialect's `insert` to one."""

    def __init__(self, build: Executable | Callable[[Insert], Executable]) -> None:
        self._build = build
        self._compiled: dict[str, tuple[str, dict[str, Any]]] = {}

    def on(self, dialect: str) -> tuple[str, dict[str, Any]]:
        """The SQL text and the values of its constants."""
        ready = self._compiled.get(dialect)
        if ready is None:
            ready = self._compiled[dialect] = self._compile(dialect)
        return ready

    def _compile(self, dialect: str) -> tuple[str, dict[str, Any]]:
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        build = self._build
        executable = build(insert) if callable(build) else build
        compiled = executable.compile(  # type: ignore[attr-defined]  # every Core statement has it
            dialect=dialect_of(dialect)
        )
        constants = {
            name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required
        }
        return str(compiled), constants


def const(value: str) -> ColumnElement[str]:
    """A constant as SQL text and not as a parameter: only so can it match a partial index."""
    if not value.replace("_", "").isalpha():
        raise ValueError(value)
    return literal_column(f"'{value}'", Text)


def insert_row(table: Table, *names: str) -> Statement:
    """`INSERT` of these columns, or of all; parameters are named as the columns."""
    chosen = names or tuple(column.name for column in table.columns)
    return Statement(lambda insert: insert(table).values({n: bindparam(n) for n in chosen}))


class Asked(Protocol):
    """The rows of a statement, each called for once."""

    def fetchone(self) -> Row | None: ...
    def fetchall(self) -> list[Row]: ...


class _Rows:
    """What has been read already."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def fetchone(self) -> Row | None:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[Row]:
        return self._rows


class Tx:
    """One transaction, as a unit of work sees it. Rings leave only after the commit.

    On PostgreSQL statements travel in a pipeline: only those whose answer somebody wants cost a
    round trip. So `put` what needs no answer, and `ask` before you need it.
    """

    __slots__ = ("_cursor", "_dialect", "_sync", "ends", "now", "rings")

    def __init__(
        self,
        cursor: Callable[[], Cursor],
        dialect: str,
        now: int,
        sync: Callable[[], None] | None = None,
    ) -> None:
        """`cursor` gives one for the next statement; `sync` is there in a pipeline, and waits until
        everything has been answered.
        """
        self._cursor = cursor
        self._dialect = dialect
        self._sync = sync
        self.now = now
        self.rings: set[str] = set()
        self.ends: list[tuple[Statement, dict[str, Any]]] = []

    def last(self, statement: Statement, /, **values: Any) -> None:
        """Execute at the end of the whole transaction, where all writers queue up: what is numbered
        there is numbered in the order of the commits.
        """
        self.ends.append((statement, values))

    def put(self, statement: Statement, /, **values: Any) -> Cursor:
        """Execute. An error may show at a later statement, or at the commit."""
        sql, constants = statement.on(self._dialect)
        cursor = self._cursor()
        cursor.execute(sql, {**constants, **values} if constants else values)
        return cursor

    def run(self, statement: Statement, /, **values: Any) -> int:
        """Execute; how many rows it touched."""
        cursor = self.put(statement, **values)
        if self._sync:
            self._sync()
        rows: int = cursor.rowcount
        return rows

    def ask(self, statement: Statement, /, **values: Any) -> "Asked":
        """Execute; its rows can be had later, and only then somebody waits for them."""
        cursor = self.put(statement, **values)
        return cursor if self._sync else _Rows(cursor.fetchall())

    def one(self, statement: Statement, /, **values: Any) -> Row | None:
        """The first row, or none."""
        row: Row | None = self.put(statement, **values).fetchone()
        return row

    def all(self, statement: Statement, /, **values: Any) -> list[Row]:
        """Every row."""
        rows: list[Row] = self.put(statement, **values).fetchall()
        return rows

    def ring(self, *topics: str) -> None:
        """Wake whoever waits for these topics, once this is committed."""
        self.rings.update(topics)


def dumps(value: Mapping[str, Any] | Iterable[Any]) -> str:
    """JSON as it is stored; empty stays short."""
    return _encode(value).decode() if value else ""


def loads(stored: str) -> Any:
    """What `dumps` stored; empty text is an empty object."""
    return _decode(stored) if stored else {}
