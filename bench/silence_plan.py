"""What happens in one trial of `bench.silence`, all of it from one seed; and what is said in it."""

import json
import random
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from emulators.openai import Scripted

QUIET = 0.12
"""Seconds of quiet time that the servers wait before a turn."""
MARK = re.compile(r"\[(\d+)\.(\d+)\]")
"""In what customers write: the trial and the number of the message."""
AI_WORDS = re.compile(r"(reply|suggestion)-(\d+)-(\d+)\b")
"""In whatever the model writes: for what, of which trial, and the number of the question."""


class Moment(StrEnum):
    """Where in a turn the operator takes over."""

    QUIET = "before the turn is claimed"
    STREAM = "while the model streams"
    TOOLS = "while tools run"
    COMMITTED = "after the reply is committed"
    WIRE = "on the wire"
    RETRY = "while a 429 is waited out"
    PARTS = "between parts of a long reply"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One trial. Times are seconds; `server` is the one that is asked, counted over all."""

    seed: int
    moment: Moment
    after: float
    """From the sign of the moment to the takeover."""
    rounds: int
    """Of tool calls before the answer."""
    words: int
    pause: float
    """Before each word of the model."""
    parts: int
    """Messages of the reply."""
    part: int
    """The takeover comes when this one is on the wire."""
    wire: float
    """How long the platform takes to answer sendMessage."""
    asks_human: bool
    """The model hands over instead of answering."""
    again: float | None
    """When the customer writes once more: after the first message."""
    repeats: int
    """How often the platform says the first message again, at the same time."""
    both: bool
    """A second operator takes over at the same moment."""
    kill: float | None
    """A server dies: this long before (or after) the takeover."""
    speaks: bool
    """The operator writes to the customer afterwards."""
    server: int


def plan(seed: int) -> Plan:
    """The same for ever."""
    chance = random.Random(seed)
    moment = chance.choice(list(Moment))
    words, pause = chance.randint(3, 8), chance.uniform(0.004, 0.015)
    wire = chance.uniform(0.05, 0.3) if moment in {Moment.WIRE, Moment.PARTS} else 0.0
    parts = chance.randint(2, 4) if moment is Moment.PARTS else 1
    within = {
        Moment.QUIET: QUIET,
        Moment.STREAM: words * pause,
        Moment.TOOLS: 0.08,
        Moment.COMMITTED: 0.03,
        Moment.WIRE: wire,
        Moment.RETRY: 1.2,
        Moment.PARTS: wire,
    }[moment]
    return Plan(
        seed=seed,
        moment=moment,
        after=chance.random() * within,
        rounds=chance.randint(1, 2) if moment is Moment.TOOLS else chance.choice((0, 0, 1)),
        words=words,
        pause=pause,
        parts=parts,
        part=chance.randint(1, parts),
        wire=wire,
        asks_human=parts == 1 and chance.random() < 0.1,
        again=chance.random() * 0.4 if chance.random() < 0.15 else None,
        repeats=chance.randint(1, 3) if chance.random() < 0.3 else 0,
        both=chance.random() < 0.2,
        kill=chance.uniform(-0.2, 0.2) if chance.random() < 0.005 else None,
        speaks=chance.random() < 0.2,
        server=chance.randrange(1000),
    )


def question(seed: int, number: int) -> str:
    """What the customer writes."""
    return f"Where is my order KO-10425? [{seed}.{number}]"


def operator_words(seed: int) -> str:
    return f"operator-{seed}: I look into it."


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a question to the model is about."""

    seed: int
    for_customer: bool
    """A reply; otherwise a suggestion."""
    saw: frozenset[int]
    """Which of the customer's messages it contains."""
    rounds: int
    """Of tools that were called in this turn."""


def heard(asked: dict[str, Any]) -> Heard:
    """Read a question as the model's server gets it."""
    said = [one for one in asked["messages"] if one["role"] == "user"]
    marks = [MARK.search(str(one["content"])) for one in said]
    found = [(int(mark[1]), int(mark[2])) for mark in marks if mark]
    tools = {tool["function"]["name"] for tool in asked.get("tools", ())}
    return Heard(
        seed=found[0][0],
        for_customer="hand_over" in tools,
        saw=frozenset(number for _, number in found),
        rounds=sum(one["role"] == "tool" for one in asked["messages"]),
    )


def is_last(plan: Plan, about: Heard) -> bool:
    """Whether the model answers now, and does not call a tool first."""
    return about.rounds >= plan.rounds or not about.for_customer


def answer(plan: Plan, about: Heard, number: int) -> Scripted:
    """What the model says to question `number` of this trial."""
    if not about.for_customer:
        return Scripted(text=f"suggestion-{plan.seed}-{number}")
    if not is_last(plan, about):
        article = {"article": f"tent {about.rounds}"}
        call = {"name": "stock", "arguments": json.dumps(article), "id": f"c{about.rounds}"}
        return Scripted(tool_calls=[call], delay=plan.pause)
    text = _reply(plan, f"reply-{plan.seed}-{number}")
    if plan.asks_human:
        given = {"reason": "He wants a person.", "message": text, "customer_asked": True}
        call = {"name": "hand_over", "arguments": json.dumps(given), "id": "h"}
        return Scripted(tool_calls=[call], delay=plan.pause)
    return Scripted(text=text, delay=plan.pause)


def _reply(plan: Plan, name: str) -> str:
    """Its name stands in each message of it; a long one is few words, so that it streams fast."""
    if plan.parts == 1:
        return " ".join([name, *["word"] * plan.words])
    lines = [f"{name}:{number}:{'.' * 160}" for number in range(24 * plan.parts - 8)]
    return "\n".join(lines)
