"""Answers that are too long to be held in memory, and tables for spreadsheets."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

from aiohttp import web

from runtime import errors

from .api import Call

CSV = "text/csv"
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")


async def streamed(
    call: Call, pieces: AsyncIterator[str], media: str, name: str = ""
) -> web.StreamResponse:
    """One piece after the other; with a name, browsers save it as a file and show nothing of it."""
    first = await anext(pieces, None)  # what fails at once is still an answer
    response = web.StreamResponse(
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    )
    response.content_type = media
    if not media.endswith("json"):
        response.charset = "utf-8"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    await response.prepare(call.request)
    try:
        if first is not None:
            await response.write(first.encode())
        async for piece in pieces:
            await response.write(piece.encode())
    except (errors.Unavailable, ConnectionError):
        if call.request.transport is not None:
            call.request.transport.abort()  # a torn answer must not look like a whole one
    else:
        await response.write_eof()
    return response


def row(cells: Iterable[Any]) -> str:
    """One line of CSV (RFC 4180). No cell is a formula to a spreadsheet, whoever wrote it."""
    line = io.StringIO()
    csv.writer(line).writerow([_cell(one) for one in cells])
    return line.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    if _FORMULA.match(text) and not _PLAIN.fullmatch(text):
        return f"'{text}"
    return text
