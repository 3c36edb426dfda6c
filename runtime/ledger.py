"""STATION. The ledger of suggestions: counted, and written out to evaluate agents with.

It only reads. What is written out is what the agent was shown, what it suggested, and what the
operator sent, one suggestion for each line of JSON.
"""

import functools
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agents import turn as agents_turn
from runtime import transcript
from runtime.clock import utc
from runtime.storage import ledger, log
from runtime.storage.ids import Millis
from runtime.storage.sql import Tx, loads
from runtime.storage.suggestions import Suggestion
from runtime.storage.work import Store

EVER = datetime.fromtimestamp(0, UTC)
PAGE = 50
"""Suggestions that are read at a time."""
ANSWER_WITHIN = 50
"""Entries of the log after a suggestion in which an operator's answer is looked for."""
_TIMES = ("asked_at", "first_at", "created_at", "shown_at", "settled_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which suggestions; an empty `agent_id` means all."""

    since: datetime = EVER
    agent_id: str = ""


class Ledger:
    """One for the process. Every method raises `Unavailable`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def count(self, by: ledger.By, since: datetime, before: datetime) -> list[ledger.Counts]:
        """Grouped; of what was suggested from `since` to just before `before`."""
        return await self._store.read(
            lambda tx: ledger.count(tx, by, millis(since), millis(before))
        )

    async def lines(self, selection: Selection) -> AsyncIterator[str]:
        """Lines of JSON, oldest suggestion first, a page at a time."""
        at, last = millis(selection.since), ""
        while True:
            unit = functools.partial(_page, at=at, last=last, agent_id=selection.agent_id)
            page = await self._store.read(unit)
            for one, line in page:
                at, last = one.created_at, one.id
                yield line
            if len(page) < PAGE:
                return


def millis(time: datetime) -> Millis:
    """A time without a zone is UTC."""
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)


def _page(tx: Tx, *, at: Millis, last: str, agent_id: str) -> list[tuple[Suggestion, str]]:
    found = ledger.after(tx, at, last, agent_id, PAGE)
    return [(one, json.dumps(_told(tx, one), ensure_ascii=False)) for one in found]


def _told(tx: Tx, one: Suggestion) -> dict[str, Any]:
    entries = log.until(tx, one.session_id, one.answers_seq, transcript.LINES)
    unheard = log.ask_unheard(tx, one.session_id)()
    return {
        "context": [_line(line) for line in transcript.lines(entries, unheard)],
        "suggestion": _suggestion(one),
        "sent": _sent(tx, one),
    }


def _line(line: agents_turn.Line) -> dict[str, Any]:
    told: dict[str, Any] = {"author": line.author.value, "text": line.text}
    told["at"] = line.at.isoformat()
    if line.name:
        told["name"] = line.name
    if line.attachments:
        told["attachments"] = list(line.attachments)
    return told


def _suggestion(one: Suggestion) -> dict[str, Any]:
    told = {**one._asdict(), **loads(one.data), "late": bool(one.late)}
    del told["data"]
    for name in _TIMES:
        told[name] = None if told[name] is None else utc(told[name]).isoformat()
    return told


def _sent(tx: Tx, one: Suggestion) -> dict[str, Any] | None:
    """What it became, or what the operator answered to the same question in his own words."""
    if one.sent_seq is not None:
        entry = log.one(tx, one.session_id, one.sent_seq)
    else:
        entry = _answer(log.after(tx, one.session_id, one.answers_seq, ANSWER_WITHIN))
    if entry is None:
        return None
    return {
        "text": entry.text,
        "seq": entry.seq,
        "operator_id": entry.author_id,
        "from_suggestion": one.sent_seq is not None,
    }


def _answer(entries: Sequence[log.Entry]) -> log.Entry | None:
    """The operator's first message, unless the customer has written again before it."""
    messages = (entry for entry in entries if entry.kind == log.Kind.MESSAGE)
    people = {log.Author.CUSTOMER.value, log.Author.OPERATOR.value}
    first = next((entry for entry in messages if entry.author in people), None)
    return first if first and first.author == log.Author.OPERATOR else None
