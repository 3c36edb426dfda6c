"""Customers from a spreadsheet, by API: a CSV file whose first line names the columns."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pydantic
from aiohttp import web

from agents.facts import Field, named
from runtime import errors
from runtime.storage import audit, customers, fields, profiles
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from .api import Call, Endpoint, Model
from .customers import Changes, NewCustomer
from .keys import STORE
from .streams import CSV

AT_ONCE = 100
"""Lines in one transaction."""
TOLD = 100
_DELIMITERS = ",;\t"
_SEVERAL = re.compile(r"[;,|]")
_ESCAPED = re.compile(r"'(?=[=+\-@\t\r\n])")
_PLAIN = ("id", "name", "language", "email", "phone", "tags")


class Trying(Model):
    dry_run: bool = False
    """Nothing is stored, and the answer is what would have been."""


class LineProblemView(Model):
    line: int
    reason: str


class ImportedView(Model):
    """Lines with a problem are left out; the first hundred are told. A file may be brought again: who is
    known by one of their addresses, or by the id of an export, is changed and not added twice.
    """

    added: int
    changed: int
    failed: int
    problems: list[LineProblemView]
    ignored: list[str]
    """Columns that are neither `name`, `language`, `email`, `phone` nor `tags`, and no field."""


class _Wrong(ValueError):
    """A line that cannot be taken; the text says why."""


async def bring(call: Call) -> ImportedView:
    """Add and change customers from CSV (UTF-8, with commas, semicolons or tabs). Several addresses or tags
    of one customer stand in one cell, with semicolons. An empty cell changes nothing.
    """
    asked: Trying = call.query
    known = await call.app[STORE].read(fields.many)
    lines, ignored = _lines(await _text(call.request), known)
    counted = {"added": 0, "changed": 0, "failed": 0}
    problems: list[LineProblemView] = []
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        told = await _some(call, some, dry_run=asked.dry_run)
        for (number, _), outcome in zip(some, told, strict=True):
            counted[outcome if outcome in counted else "failed"] += 1
            if outcome not in counted and len(problems) < TOLD:
                problems.append(LineProblemView(line=number, reason=outcome))
    if not asked.dry_run:
        by = call.operator.id
        await call.app[STORE].write(lambda tx: audit.note(tx, by, "customer.import", "", counted))
    return ImportedView(**counted, problems=problems, ignored=ignored)


async def _some(
    call: Call, lines: Sequence[tuple[int, Mapping[str, str]]], *, dry_run: bool
) -> list[str]:
    """What became of each: `added`, `changed`, or what is wrong with it."""

    def unit(tx: Tx) -> list[str]:
        return [_one(tx, cells, dry_run=dry_run) for _, cells in lines]

    store = call.app[STORE]
    return await (store.read(unit) if dry_run else store.write(unit))


def _one(tx: Tx, cells: Mapping[str, str], *, dry_run: bool) -> str:
    try:
        new, changes = _read(cells)
        customer_id = _known(tx, cells.get("id", ""), new)
        if dry_run:
            return "changed" if customer_id else "added"
        outcome = "changed" if customer_id else "added"
        customer_id = customer_id or customers.create(tx, new.name.strip(), new.language)
        profiles.change(tx, customer_id, changes)
        for one in new.identities:
            customers.claim(tx, customer_id, one.key)
    except ValueError as wrong:
        return str(wrong)
    return outcome


def _read(cells: Mapping[str, str]) -> tuple[NewCustomer, dict[str, Any]]:
    """Who it is, and what is said of him. Raises `_Wrong`."""
    addresses = [
        {"kind": kind, "value": value}
        for kind in ("email", "phone")
        for value in _parts(cells.get(kind, ""))
    ]
    plain = {name: cells[name] for name in ("name", "language") if cells.get(name)}
    facts = {name: value for name, value in cells.items() if name not in _PLAIN and value}
    told = {
        **plain,
        "facts": facts,
        "tags": dict.fromkeys(_parts(cells.get("tags", "")), True),
    }
    if not plain.get("name") and addresses:
        plain["name"] = addresses[0]["value"]
    try:
        new = NewCustomer.model_validate({**plain, "identities": addresses})
        changes = Changes.model_validate({name: value for name, value in told.items() if value})
    except pydantic.ValidationError as error:
        raise _Wrong(_told(error.errors()[0], addresses)) from None
    if len(changes.tags or ()) > profiles.MAX_TAGS:
        raise _Wrong(f"tags: a customer has at most {profiles.MAX_TAGS}")
    return new, changes.model_dump(exclude_none=True)


def _told(wrong: Any, addresses: Sequence[Mapping[str, str]]) -> str:
    """What is wrong with a line, and with which of its values."""
    what = ".".join(str(part) for part in wrong["loc"]) or "line"
    match wrong["loc"]:
        case ("identities", int(number), *_):
            what = addresses[number]["value"]
    return f"{what}: {wrong['msg'].removeprefix('Value error, ')}"


def _known(tx: Tx, id_: str, new: NewCustomer) -> str | None:
    found: set[str] = {one for i in new.identities if (one := customers.find(tx, i.key))}
    if id_ and customers.get(tx, id_) is not None:
        found.add(id_)
    if len(found) > 1:
        raise _Wrong("its addresses belong to different customers: merge them first")
    return next(iter(found), None)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _SEVERAL.split(cell) if part.strip()]


async def _text(request: web.Request) -> str:
    if request.content_type != CSV:
        raise errors.Malformed(f"The body must be CSV, with Content-Type: {CSV}.")
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise errors.TooLarge(
            f"The file may have at most {request.client_max_size} bytes: divide it."
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.Malformed("The file is not UTF-8: save it as CSV UTF-8.") from None
    if "\0" in text:
        raise errors.Malformed("The file is not a text file.")
    return text


def _lines(text: str, known: Sequence[Field]) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Each line's number and cells by column; and the columns that mean nothing."""
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(_DELIMITERS, key=head.count), strict=True)
    try:
        names = [_column(title, known) for title in next(reader, [])]
        if not {"name", "email", "phone"} & set(names):
            raise errors.Invalid("The first line must name the columns: name, email or phone.")
        found = list(_cells(reader, names))
    except csv.Error as error:
        raise errors.Malformed(f"Line {reader.line_num}: {error}.") from None
    ignored = [name[1:] for name in names if name.startswith("?") and name != "?"]
    return found, ignored


def _cells(reader: Any, names: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for row in reader:
        cells = {
            name: _ESCAPED.sub("", cell, count=1).strip()
            for name, cell in zip(names, row, strict=False)
            if not name.startswith("?")
        }
        if any(cells.values()):
            yield reader.line_num, cells


def _column(title: str, known: Sequence[Field]) -> str:
    """Its name; after a question mark where it means nothing."""
    title = title.strip()
    if title.casefold() in _PLAIN:
        return title.casefold()
    name = named(title, known)
    return name if name in {one.name for one in known} else f"?{title}"


ENDPOINTS = [
    Endpoint(
        method="POST",
        path="/customers/import",
        handler=bring,
        least=Role.OPERATOR,
        query=Trying,
        answer=ImportedView,
        takes={CSV: {"type": "string"}},
        raises=(errors.Malformed, errors.TooLarge),
    )
]
