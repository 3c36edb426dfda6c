"""Statements that are compiled once for each database and then run on the bare driver.

SQLAlchemy Core writes the SQL, so that tables are typed and both dialects are served; what it
would cost at every execution is saved. `Tx` is all that a unit of work ever sees of the database.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Dialect, Executable, Table, Text, bindparam, literal_column
from sqlalchemy.dialects import postgresql, sqlite

Insert = Any
"""`sqlite.insert` or `postgresql.insert`: the same methods, unrelated types."""

Row = tuple[Any, ...]


class Cursor(Protocol):
    """What both drivers' cursors have in common, as far as we need it."""

    rowcount: int

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def fetchone(self) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


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


class Tx:
    """One transaction, as a unit of work sees it. Rings leave only after the commit."""

    __slots__ = ("_cursor", "_dialect", "now", "rings")

    def __init__(self, cursor: Cursor, dialect: str, now: int) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self.now = now
        self.rings: set[str] = set()

    def _execute(self, statement: Statement, values: Mapping[str, Any]) -> Cursor:
        sql, constants = statement.on(self._dialect)
        self._cursor.execute(sql, {**constants, **values} if constants else values)
        return self._cursor

    def run(self, statement: Statement, **values: Any) -> int:
        """Execute; how many rows it touched."""
        return self._execute(statement, values).rowcount

    def one(self, statement: Statement, **values: Any) -> Row | None:
        """The first row, or none."""
        cursor = self._execute(statement, values)
        row = cursor.fetchone()
        return None if row is None else tuple(row)

    def all(self, statement: Statement, **values: Any) -> list[Row]:
        """Every row."""
        return self._execute(statement, values).fetchall()

    def ring(self, *topics: str) -> None:
        """Wake whoever waits for these topics, once this is committed."""
        self.rings.update(topics)


def dumps(value: Mapping[str, Any] | Iterable[Any]) -> str:
    """JSON as it is stored; empty stays short."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


def loads(stored: str) -> Any:
    """What `dumps` stored; empty text is an empty object."""
    return json.loads(stored) if stored else {}
