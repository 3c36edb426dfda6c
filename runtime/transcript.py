"""The one translator: from the stored log to what an agent may know of a turn, and to its words."""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agents import turn as agents_turn
from channels.base import Capabilities
from runtime.storage import customers, log, sessions, suggestions, turns
from runtime.storage.sql import Tx, loads

LINES = 80
"""Entries of the log that a turn sees at most; the agent trims further to its model's budget."""
EXCERPT = 400
"""Characters that are kept of each passage that an answer rests on."""

_AUTHORS = {
    log.Author.CUSTOMER: agents_turn.Author.CUSTOMER,
    log.Author.AGENT: agents_turn.Author.AGENT,
    log.Author.OPERATOR: agents_turn.Author.OPERATOR,
    log.Author.NOTICE: agents_turn.Author.AGENT,
    log.Author.EVENT: agents_turn.Author.EVENT,
}
_CHANGES = {
    "autonomous": "The conversation is yours again.",
    "waiting": "The conversation was handed over to people.",
    "copilot": "A person took the conversation over.",
    "human": "A person took the conversation over.",
    "finished": "The conversation ended.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What is read of a session when a turn begins."""

    session: sessions.Session
    customer: customers.Customer
    entries: Sequence[log.Entry]
    unheard: frozenset[int]
    refines: str
    """The suggestion that an operator wants otherwise."""

    @property
    def answers(self) -> str:
        """The platform's id of the customer's last message; empty: it has none."""
        said = (e.message_id for e in reversed(self.entries) if e.author == log.Author.CUSTOMER)
        return next(filter(None, said), "")

    @property
    def seen(self) -> int:
        """The last entry of the log that the agent is shown."""
        return self.entries[-1].seq if self.entries else 0


def ask_context(tx: Tx, turn: turns.Turn) -> Callable[[], Context | None]:
    """Everything a turn needs, called for when needed; none if there is no such session."""
    session = sessions.ask(tx, turn.session_id)
    customer = customers.ask_of_session(tx, turn.session_id)
    entries = log.ask_newest(tx, turn.session_id, LINES)
    unheard = log.ask_unheard(tx, turn.session_id)
    refines = suggestions.ask_text(tx, turn.refines) if turn.refines else str

    def answered() -> Context | None:
        found, whose = session(), customer()
        if found is None or whose is None:
            return None
        return Context(
            session=found,
            customer=whose,
            entries=entries(),
            unheard=unheard(),
            refines=refines(),
        )

    return answered


def to_turn(
    turn: turns.Turn, known: Context, can: Capabilities, guidance: agents_turn.Guidance
) -> agents_turn.Turn:
    """What the agent sees: every message once, as last edited, in the server's order."""
    return agents_turn.Turn(
        turn_id=turn.id,
        session_id=turn.session_id,
        lines=tuple(lines(known.entries, known.unheard)),
        customer=_person(known),
        surface=agents_turn.Surface(
            text_limit=can.text_limit, markup=can.markup, attachments=can.attachments
        ),
        now=datetime.now(UTC),
        subject=known.session.subject,
        instruction=turn.instruction,
        refines=known.refines,
        guidance=guidance,
    )


def _person(known: Context) -> agents_turn.Person:
    """In a group nobody is the customer alone: what is known of one is not for the others."""
    language = known.customer.language
    if known.session.grouped:
        return agents_turn.Person(language=language)
    return agents_turn.Person(
        name=known.customer.name, language=language, facts=known.customer.facts
    )


def lines(entries: Sequence[log.Entry], unheard: Collection[int]) -> list[agents_turn.Line]:
    """The log as an agent may read it: no notes, no outcomes, nothing that was never heard."""
    edits = {
        loads(entry.data)["of"]: entry.text for entry in entries if entry.kind == log.Kind.EDIT
    }
    told = []
    for entry in entries:
        if entry.kind == log.Kind.CONTROL:
            told.append(_event(entry))
        elif entry.kind == log.Kind.MESSAGE and entry.seq not in unheard:
            told.append(_line(entry, edits.get(entry.seq, entry.text)))
    return told


def _line(entry: log.Entry, text: str) -> agents_turn.Line:
    data = loads(entry.data)
    return agents_turn.Line(
        author=_AUTHORS[log.Author(entry.author)],
        text=text,
        at=_time(entry.at),
        name=data.get("name", ""),
        attachments=(*data.get("attachments", ()), *(f["name"] for f in data.get("files", ()))),
    )


def _event(entry: log.Entry) -> agents_turn.Line:
    sentence = _CHANGES[loads(entry.data)["after"]]
    if entry.text:
        sentence = f"{sentence} Reason: {entry.text}"
    return agents_turn.Line(author=agents_turn.Author.EVENT, text=sentence, at=_time(entry.at))


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def spoken(reply: agents_turn.Reply) -> str:
    """Everything that is said to the customer in this reply."""
    parted = reply.ask_human.text if reply.ask_human else ""
    return "\n\n".join(part for part in (reply.text.strip(), parted.strip()) if part)


def provenance(answer: agents_turn.Reply | agents_turn.Suggestion) -> dict[str, Any]:
    """What the log keeps beside an agent's words: what they rest on and what they cost."""
    kept: dict[str, Any] = {"usage": dataclasses.asdict(answer.usage)}
    if answer.sources:
        kept["sources"] = [
            {"source": source.source, "text": source.text[:EXCERPT]} for source in answer.sources
        ]
    if answer.prompt_version:
        kept["prompt_version"] = answer.prompt_version
    if isinstance(answer, agents_turn.Suggestion) and answer.proposed:
        kept["proposed"] = list(answer.proposed)
    return kept
