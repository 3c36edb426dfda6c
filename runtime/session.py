"""The hub: every station changes a session only here, by events, inside one transaction.

A `Change` locks nothing by itself: its caller has the session's row locked. It steps the machine,
turns effects into rows, and `save` writes the session back with one line in the feed. Nothing here
talks to a channel, an agent or the bus; rings leave with the commit.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from channels.messages import Original, Piece
from handoff import effects as ef
from handoff import machine
from handoff.events import (
    AgentSuggested,
    AgentUnheard,
    CustomerWrote,
    Event,
    OutreachRefused,
    SuggestionAsked,
)
from handoff.state import Control, Mode
from runtime import errors, window
from runtime.storage import (
    deliveries,
    drafts,
    feed,
    log,
    originals,
    sessions,
    suggestions,
    turns,
)
from runtime.storage.ids import new_id
from runtime.storage.sql import Tx, dumps, loads

_OVERTAKING = (AgentSuggested, CustomerWrote, OutreachRefused)
"""Events that leave no choice to the operator who has a suggestion before him; other events that
end it are a person's decision.
"""
_AUTHOR = {
    ef.Speaker.AGENT: log.Author.AGENT,
    ef.Speaker.OPERATOR: log.Author.OPERATOR,
    ef.Speaker.NOTICE: log.Author.NOTICE,
}

_FIRST = {log.Author.AGENT: "first_agent_at", log.Author.OPERATOR: "first_human_at"}
_MARKS = (
    *_FIRST.values(),
    "resolved_by",
    "handed_over_at",
    "handed_over_by",
    "handover_reason",
    "summary",
)
_AI = (Mode.AUTONOMOUS, Mode.FINISHED)
"""Modes in which no person is wanted."""
_ASKED = {ef.RunTurn: turns.Kind.REPLY, ef.RunSuggestion: turns.Kind.SUGGESTION}


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What an event brings to be said, or to be kept for the operator."""

    text: str
    pieces: tuple[Piece, ...] = ()
    """The same as the channel wants it; what is only kept needs none."""
    author_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Mapping[str, str]] = ()
    """Stored attachments `{sha256, name, mime}`, to which the pieces' indexes refer."""
    reply_to: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What only some platforms have, such as a filled template; it goes with the first piece."""
    original: Original | None = None
    """None: `text` is all there is."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """Of an agent's words, if they become a suggestion: `answers_seq`, the last entry of the log that
    it was shown, `instruction`, `refines`, `asked_at`, `first_at`.
    """


NOTHING = Words(text="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a session's channel and agent say; times are milliseconds."""

    waiting: turns.Waiting
    idle: int
    window: int | None = None
    """How long after the customer's last message free text may be sent; none: always."""
    suggests: bool = True
    """Whether the agent suggests without being asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """Words in the log that still need deliveries, under the epoch that this change ends with."""

    seq: int
    speaker: ef.Speaker
    words: Words


class Change:
    """Everything that happens to one session in one transaction."""

    def __init__(self, tx: Tx, session: sessions.Session, rules: Rules) -> None:
        self.tx = tx
        self._rules = rules
        self._said: list[_Said] = []
        self._answered_at = session.answered_at
        self._customer_wrote_at = session.customer_wrote_at
        self._unread = session.unread
        self._sought_since = session.sought_since
        self._marks: dict[str, Any] = {name: getattr(session, name) for name in _MARKS}
        self.wish = turns.NO_WISH
        """What an operator wants of the suggestion that this change may ask for."""
        self.session = session
        self.control: Control = session.control
        self.seq = session.last_seq

    def write(self, kind: log.Kind, author: log.Author, text: str, **more: Any) -> int:
        """Append to the log; the entry's number in the session."""
        self.seq += 1
        entry = log.Entry(
            session_id=self.session.id,
            seq=self.seq,
            kind=kind.value,
            author=author.value,
            text=text,
            at=self.tx.now,
            **more,
        )
        log.append(self.tx, entry)
        if kind is log.Kind.MESSAGE and author in _FIRST:
            self._marks[_FIRST[author]] = self._marks[_FIRST[author]] or self.tx.now
        return self.seq

    def customer_wrote(self) -> None:
        """What the row remembers of a message from outside."""
        self._customer_wrote_at = self.tx.now
        self._unread += 1

    def continues(self, subject: str, context: Mapping[str, Any]) -> None:
        """What the channel wants to see again with what is said from now on."""
        self._marks["subject"] = self.session.subject or subject
        self._marks["context"] = dumps(context)

    def opened(self) -> None:
        """An operator has seen what the customer wrote."""
        self._unread = 0

    def customer_edited(self, at: datetime) -> None:
        """An agent that has not answered yet is asked again, so that it answers what stands there now;
        what is answered is answered.
        """
        if turns.asked(self.tx, self.session.id):
            self.happen(CustomerWrote(at=at))

    def tell(self, words: Words) -> None:
        """A notice that answers nothing: whoever gets the session still owes the customer an answer."""
        if not self._too_late(words):
            answered_at = self._answered_at
            self._say(ef.Speaker.NOTICE, words)
            self._answered_at = answered_at

    def happen(self, event: Event, words: Words = NOTHING) -> None:
        """Step the machine. Raises `HandoffError`, and then nothing has changed."""
        self.control, effects = machine.step(self.control, event)
        for effect in effects:
            self._carry_out(effect, words, event)

    def answered_outside(self) -> None:
        """An agent that runs outside has answered, so ours needs not, unless an operator asked it."""
        turns.drop_unwished(self.tx, self.session.id)
        drafts.end(self.tx, self.session.id)

    def save(self) -> sessions.Session:
        """Queue what was said, write the row back, and tell the feed; the row as it is now."""
        for said in self._said:
            self._queue(said)
        speaks = self.control.mode is Mode.AUTONOMOUS
        finished = self.control.mode is Mode.FINISHED
        waiting = self.control.mode is Mode.WAITING
        changed: dict[str, Any] = {
            "mode": self.control.mode.value,
            "operator_id": self.control.operator_id,
            "epoch": self.control.epoch,
            "last_seq": self.seq,
            "unread": self._unread,
            "customer_wrote_at": self._customer_wrote_at,
            "answered_at": self._answered_at,
            "idle_at": self.tx.now + self._rules.idle if speaks else None,
            "finished_at": (self.session.finished_at or self.tx.now) if finished else None,
            "waiting_since": (self.session.waiting_since or self.tx.now) if waiting else None,
            "sought_since": self._sought_since if waiting else None,
            "look_at": (self.session.look_at or self.tx.now) if waiting else None,
            "reminded_at": self.session.reminded_at if waiting else None,
            **self._marks,
        }
        saved = sessions.save(self.tx, self.session, changed)
        if self.session.operator_id not in {None, self.control.operator_id}:
            self.tx.ring("routing")  # he has one less, so another may be his
        feed.add(self.tx, "session", self.session.id, self.seq, since=self.session.last_seq)
        return saved

    def _carry_out(self, effect: ef.Effect, words: Words, event: Event) -> None:
        match effect:
            case ef.RunTurn() | ef.RunSuggestion():
                self._ask(_ASKED[type(effect)], event)
            case ef.DropTurn():
                turns.drop(self.tx, self.session.id)
                drafts.end(self.tx, self.session.id)
            case ef.Deliver():
                self._deliver(effect.speaker, words, event)
            case ef.KeepAsSuggestion():
                self._keep(words, late=effect.late)
            case ef.WithdrawPending():
                withdraw(self.tx, self.session.id, self.control.operator_id)
            case ef.KeepPending():
                deliveries.carry(self.tx, self.session.id, self.control.epoch)
            case ef.OvertakeSuggestions():
                self._overtake(event)
            case ef.FindOperator():
                self._sought_since = self.tx.now
                self.tx.ring("routing")
            case ef.Announce():
                self._announce(effect)
            case _:
                assert_never(effect)

    def _ask(self, kind: turns.Kind, event: Event) -> None:
        """Only a customer may still be writing: what people ask for begins at once and anew."""
        waiting = self._rules.waiting
        suggests = kind is turns.Kind.SUGGESTION
        if not isinstance(event, CustomerWrote):
            waiting = dataclasses.replace(waiting, quiet=0)
            turns.drop(self.tx, self.session.id)
        if suggests and not (self._rules.suggests or isinstance(event, SuggestionAsked)):
            return
        if suggests:
            drafts.end(self.tx, self.session.id)
        turns.ask(self.tx, self.session.id, kind, self.control.epoch, waiting, self.wish)
        self.tx.ring("turns")

    def _overtake(self, event: Event) -> None:
        if isinstance(event, _OVERTAKING):
            suggestions.overtake(self.tx, self.session.id)
        else:
            suggestions.ignore(self.tx, self.session.id)

    def _deliver(self, speaker: ef.Speaker, words: Words, event: Event) -> None:
        """Unless it is too late for free words. Then an operator is refused, a notice is left unsaid, and
        what the agent would have said is kept for the people who get the session.
        """
        if not self._too_late(words):
            self._say(speaker, words)
            return
        if speaker is ef.Speaker.OPERATOR:
            raise errors.Conflict(window.CLOSED, code=window.CODE)
        if speaker is ef.Speaker.AGENT:
            self._keep(words, late=True)
        if self.control.mode is Mode.AUTONOMOUS:
            self.happen(AgentUnheard(at=event.at, epoch=self.control.epoch, reason=window.CLOSED))

    def _too_late(self, words: Words) -> bool:
        shut = window.shut(self._rules.window, self._customer_wrote_at, self.tx.now)
        return bool(words.pieces) and shut and not window.may_pass(words.extra)

    def _say(self, speaker: ef.Speaker, words: Words) -> None:
        if not words.text and not words.pieces:
            return
        more = {"files": list(words.files), "original": words.original is not None}
        seq = self.write(
            log.Kind.MESSAGE,
            _AUTHOR[speaker],
            words.text,
            author_id=words.author_id,
            data=dumps({**words.data, **{name: it for name, it in more.items() if it}}),
        )
        if words.original is not None:
            originals.keep(self.tx, self.session.id, seq, words.original)
        self._said.append(_Said(seq=seq, speaker=speaker, words=words))
        self._answered_at = self.tx.now

    def _queue(self, said: _Said) -> None:
        for part, piece in enumerate(said.words.pieces):
            files = [said.words.files[index] for index in piece.attachments]
            new = deliveries.New(
                id=new_id(),
                session_id=self.session.id,
                seq=said.seq,
                part=part,
                channel_id=self.session.channel_id,
                speaker=said.speaker.value,
                epoch=self.control.epoch,
                body=piece.body,
                plain=piece.plain,
                attachments=dumps(files) if files else "",
                reply_to=said.words.reply_to if part == 0 else "",
                extra=dumps(said.words.extra) if part == 0 and said.words.extra else "",
            )
            deliveries.queue(self.tx, new)
        self.tx.ring("outbox")

    def _keep(self, words: Words, *, late: bool) -> None:
        if words.text:
            new = suggestions.New(
                session_id=self.session.id,
                text=words.text,
                late=late,
                operator_id=self.control.operator_id,
                data=dumps(words.data),
                agent_id=self.session.agent_id,
                prompt_version=words.data.get("prompt_version", ""),
                **{"answers_seq": self.seq, **words.asked},
            )
            suggestions.keep(self.tx, new)

    def _announce(self, effect: ef.Announce) -> None:
        if effect.after is Mode.FINISHED:
            self._marks["resolved_by"] = effect.by
        if effect.before in _AI and effect.after not in _AI and not self._marks["handed_over_at"]:
            self._marks |= {
                "handed_over_at": self.tx.now,
                "handed_over_by": effect.by,
                "handover_reason": effect.reason,
            }
        if effect.summary:
            self._marks["summary"] = effect.summary
        self.write(
            log.Kind.CONTROL,
            log.Author.EVENT,
            effect.reason,
            author_id=effect.by,
            data=dumps(
                {
                    "before": effect.before.value,
                    "after": effect.after.value,
                    "operator_id": self.control.operator_id,
                    "epoch": self.control.epoch,
                }
            ),
        )


def withdraw(tx: Tx, session_id: str, operator_id: str | None) -> int:
    """Words of the agent that no channel has are taken back and kept as suggestions, with what they
    rest on; how many.
    """
    taken = deliveries.withdraw(tx, session_id)
    for seq, speaker, text in taken:
        said = log.one(tx, session_id, seq) if speaker == ef.Speaker.AGENT else None
        if said is None:
            continue
        data = loads(said.data)
        new = suggestions.New(
            session_id=session_id,
            answers_seq=data.get("answers_seq", seq - 1),
            text=text,
            late=True,
            operator_id=operator_id,
            data=said.data,
            agent_id=said.author_id,
            prompt_version=data.get("prompt_version", ""),
        )
        suggestions.keep(tx, new)
    return len(taken)
