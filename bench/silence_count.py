"""What is wrong after the trials of `bench.silence`: the platforms' records against the database's."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bench.silence_plan import AI_WORDS
from bench.silence_stage import Question, Stage, Trial
from bench.silence_trial import ai_messages
from bench.silence_witness import Note, notes
from runtime.storage.engine import Database
from runtime.storage.tables import metadata

KILL_SECONDS = 1.0
"""So long after the model's last word a server may need to store it; killed before, it is gone."""
KINDS = (
    "claimed after control had moved",
    "more AI messages after the takeover than it said were in flight",
    "a suggestion sent by nobody",
    "replies lost",
    "said twice, or said though withdrawn",
    "sent, but not at the customer",
    "customer messages lost",
    "customer messages doubled",
    "control markers wrong",
    "two operators in control",
    "operator's words lost",
    "not at rest",
    "troubles",
)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One violation."""

    seed: int
    kind: str
    detail: str


@dataclass(kw_only=True)
class Counted:
    """What became of one trial."""

    in_flight: int = 0
    arrived_after: int = 0
    withdrawn: int = 0
    sent: int = 0
    unknown: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)


class Records:
    """Everything of one database, by session."""

    def __init__(self, database: Database) -> None:
        self.notes: dict[str, list[Note]] = defaultdict(list)
        for note in notes(database):
            self.notes[note.session_id].append(note)
        self.sessions = _rows(database, "sessions", "id", "chat", "mode", "operator_id", "epoch")
        self.log = _rows(database, "log", "session_id", "kind", "author", "text", "data", "seq")
        self.deliveries = _rows(
            database, "deliveries", "session_id", "speaker", "state", "plain", "message_id"
        )
        self.suggestions = _rows(database, "suggestions", "session_id", "text", "late")
        self.turns = _rows(database, "turns", "session_id")


def _rows(database: Database, table: str, *columns: str) -> dict[str, list[Any]]:
    of = metadata.tables[table].c
    found: dict[str, list[Any]] = defaultdict(list)
    statement = sa.select(*(of[name] for name in columns))
    if "seq" in columns:
        statement = statement.order_by(of.seq)
    with database.engine().connect() as connection:
        for row in connection.execute(statement):
            found[row[0]].append(row)
    return found


def count(trial: Trial, stage: Stage, records: Records) -> Counted:
    """Judge one trial."""
    counted = Counted()
    own = records.deliveries[trial.session]
    counted.withdrawn = sum(one.state == "withdrawn" for one in own)
    counted.unknown = sum(one.state == "unknown" for one in own)
    counted.sent = sum(one.speaker == "agent" and one.state == "sent" for one in own)
    if trial.taken:
        first = trial.taken[0]
        counted.in_flight = first.body["in_flight"]
        counted.arrived_after = len(ai_messages(trial.chat) - first.ai_before)
    found = [
        *((KINDS[12], trouble) for trouble in trial.troubles),
        *_silence(trial, records),
        *_replies(trial, stage, records, counted),
        *_said(trial, records),
        *_heard(trial, records),
        *_control(trial, records),
    ]
    counted.wrong = [Wrong(seed=trial.plan.seed, kind=k, detail=d) for k, d in found]
    return counted


Found = Iterator[tuple[str, str]]


def _silence(trial: Trial, records: Records) -> Found:
    """Nothing is claimed under an epoch that is over; the takeover says what is on the wire."""
    epoch = None
    for note in records.notes[trial.session]:
        if note.delivery_id is None:
            epoch = note.epoch
        elif note.epoch != epoch:
            yield KINDS[0], f"delivery {note.delivery_id} of epoch {note.epoch} in epoch {epoch}"
    now = ai_messages(trial.chat)
    for taken in trial.taken:
        after = now - taken.ai_before
        if len(after) > taken.body["in_flight"]:
            rows = records.deliveries[trial.session]
            states = [(one.speaker, one.state, one.message_id) for one in rows]
            said = f"in flight were {taken.body['in_flight']} of {states}"
            yield KINDS[1], f"{sorted(after)} arrived, {said}"
    for message in trial.chat.messages:
        words = AI_WORDS.search(str(message.get("text", "")))
        if words and words[1] == "suggestion" and message["from"]["is_bot"]:
            yield KINDS[2], message["text"]


def _replies(trial: Trial, stage: Stage, records: Records, counted: Counted) -> Found:
    """What the model wrote for the customer is said, kept, superseded, or died with a server."""
    log = records.log[trial.session]
    said = _names(one.text for one in log if one.author == "agent")
    suggested = [one.text for one in records.suggestions[trial.session]]
    kept = _names(suggested)
    moved = min((one.seq for one in log if one.kind == "control"), default=10**9)
    before = sum(one.author == "customer" and one.seq < moved for one in log)
    for question in _finished(trial):
        name = f"reply-{trial.plan.seed}-{question.number}"
        if name in said:
            outcome = "said"
        elif name in kept:
            outcome = "kept"
        elif len(question.about.saw) < before:
            outcome = "superseded"
        elif _answered_again(trial, question, said | kept):
            outcome = "answered again"
        elif any(question.at < at < question.written + KILL_SECONDS for at in stage.kills):
            outcome = "killed"
        else:
            outcome = "lost"
            yield KINDS[3], f"{name}: {_told(trial, question, stage)}"
        counted.replies[outcome] += 1
    for one in records.deliveries[trial.session]:
        if (
            one.speaker == "agent"
            and one.state == "withdrawn"
            and not any(one.plain in text for text in suggested)
        ):
            yield KINDS[3], f"withdrawn and not kept: {one.plain[:60]}"


def _names(texts: Iterable[str]) -> set[str]:
    return {found[0] for text in texts for found in AI_WORDS.finditer(text)}


def _answered_again(trial: Trial, lost: Question, known: set[str]) -> bool:
    """Another replica took this one for dead and answered the same messages, or more of them."""
    return any(
        f"reply-{trial.plan.seed}-{one.number}" in known and one.about.saw >= lost.about.saw
        for one in trial.questions
        if one.number > lost.number
    )


def _told(trial: Trial, lost: Question, stage: Stage) -> str:
    """What somebody needs who wants to know why."""
    others = [
        f"{one.number} {'reply' if one.about.for_customer else 'suggestion'}"
        f" {one.at - lost.written:+.2f} to {one.written - lost.written if one.written else 0:+.2f}"
        for one in trial.questions
    ]
    kills = [f"{at - lost.written:+.2f}" for at in stage.kills if abs(at - lost.written) < 10]
    return f"written at 0; questions: {'; '.join(others)}; kills: {', '.join(kills)}"


def _finished(trial: Trial) -> list[Question]:
    """Questions for a reply whose answer the model wrote to its end."""
    last = [one for one in trial.questions if one.about.for_customer and one.written]
    return [one for one in last if one.about.rounds >= trial.plan.rounds]


def _said(trial: Trial, records: Records) -> Found:
    """What the customer has against what deliveries say that he has."""
    has = Counter(m["text"] for m in trial.chat.messages if m["from"]["is_bot"])
    sent, perhaps = Counter[str](), Counter[str]()
    for one in records.deliveries[trial.session]:
        sent[one.plain] += one.state == "sent"
        perhaps[one.plain] += one.state == "unknown"
        if one.state in {"queued", "sending"}:
            yield KINDS[11], f"a delivery is {one.state}"
    for text in has | sent:
        if has[text] > sent[text] + perhaps[text]:
            yield KINDS[4], f"{has[text]} times: {text[:60]}"
        if has[text] < sent[text]:
            yield KINDS[5], text[:60]
    if records.turns[trial.session]:
        yield KINDS[11], "a turn waits"
    if trial.said and sent[trial.said] + perhaps[trial.said] != 1:
        yield KINDS[10], f"sent {sent[trial.said]} times"


def _heard(trial: Trial, records: Records) -> Found:
    entries = Counter(one.text for one in records.log[trial.session] if one.author == "customer")
    for text in trial.wrote:
        if entries[text] == 0:
            yield KINDS[6], text
    for text, many in entries.items():
        if many > 1 or text not in trial.wrote:
            yield KINDS[7], f"{many} times: {text}"


def _control(trial: Trial, records: Records) -> Found:
    """One marker for each change; whoever asked for it is told the same one who has it."""
    moves = [note for note in records.notes[trial.session] if note.delivery_id is None]
    log = records.log[trial.session]
    markers = [json.loads(one.data)["epoch"] for one in log if one.kind == "control"]
    if markers != [note.epoch for note in moves[1:]]:
        yield KINDS[8], f"markers {markers}, changes {[note.epoch for note in moves]}"
    holders = [note.operator_id for note in moves if note.operator_id]
    answers = [one.body["session"]["control"]["operator_id"] for one in trial.taken]
    if len(set(holders)) > 1 or set(answers) - set(holders):
        yield KINDS[9], f"had it: {holders}, were told: {answers}"
    winners = [one.operator for one in trial.taken if one.body["taken"]]
    if trial.taken and winners != holders[-1:]:
        yield KINDS[9], f"were told that they have it: {winners}; had it: {holders}"
    rows = records.sessions[trial.session]
    if trial.taken and [(row.mode, row.operator_id) for row in rows] != [("copilot", holders[-1])]:
        yield KINDS[8], f"in the end it is {[tuple(row) for row in rows]}"
