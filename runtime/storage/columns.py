"""What columns have in common on both databases."""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Text, text

# SQLite numbers rows by itself only where the type is exactly INTEGER.
Serial = BigInteger().with_variant(Integer, "sqlite")


def text_(name: str, *, null: bool = False) -> "Column[str]":
    return Column(name, Text, nullable=null)


def bytewise_(name: str, **more: Any) -> "Column[str]":
    """Text that is ordered by its bytes on both databases, so that what begins alike stands together."""
    type_ = Text().with_variant(Text(collation="C"), "postgresql")
    return Column(name, type_, nullable=False, **more)


def time_(name: str, *, null: bool = False) -> "Column[int]":
    return Column(name, BigInteger, nullable=null)


def where_(clause: str) -> dict[str, Any]:
    return {"sqlite_where": text(clause), "postgresql_where": text(clause)}
