"""The words between the trunk and every agent: what a turn knows, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .facts import Field


class Author(StrEnum):
    """Who wrote a line, or what happened in between."""

    CUSTOMER = "customer"
    AGENT = "agent"
    OPERATOR = "operator"
    EVENT = "event"
    """Not said to anybody: a change of control, as a sentence (`Anna (operator) took over.`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One entry of the conversation, oldest first in a turn."""

    author: Author
    text: str
    at: datetime
    name: str = ""
    attachments: tuple[str, ...] = ()
    """Names of what came with it, such as `photo.jpg (image)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surface:
    """Limits of the channel, as plain facts; never its name."""

    text_limit: int = 4096
    markup: bool = True
    attachments: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """What is known of the customer."""

    name: str = ""
    language: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guidance:
    """What admins say to an agent, beside what its folder says."""

    instructions: str = ""
    """Added to those of its template."""
    copilot: str = ""
    """Added to both, where it only suggests."""
    handoff_conditions: tuple[str, ...] = ()
    """Instead of its own; none: its own."""
    hand_over: bool = True
    """Whether it may pass a conversation to a person."""
    documents: Mapping[str, str] = field(default_factory=dict)
    """Markdown by name, beside the files of its knowledge; the same name takes a file's place."""
    fields: tuple[Field, ...] = ()
    """What people want to know of every customer."""

    @property
    def words(self) -> tuple[str, ...]:
        """All that shapes its answers as instructions do."""
        alone = () if self.hand_over else ("alone",)
        return (self.instructions, self.copilot, *self.handoff_conditions, *alone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Everything an agent may know while it answers."""

    turn_id: str
    session_id: str
    lines: tuple[Line, ...]
    customer: Person
    surface: Surface
    now: datetime
    subject: str = ""
    """Of the conversation, as whoever began it wrote it; empty: it is a chat."""
    instruction: str = ""
    """For a suggestion: what the operator asked for (`shorter`, `in Spanish`)."""
    refines: str = ""
    """For a suggestion: the one that the operator has and wants otherwise."""
    guidance: Guidance = field(default_factory=Guidance)
    rehearsal: bool = False
    """Nobody is served: tools of the agent that change something are only proposed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A piece of knowledge that an answer rests on."""

    source: str
    """File and heading, such as `shipping.md#Returns`."""
    text: str
    score: float
    fit: float = 0.0
    """How much of what was asked it speaks of, from 0 to 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What the answer cost."""

    model: str = ""
    steps: int = 0
    tool_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """A tool that the model called, what with, and what it was told."""

    name: str
    arguments: str
    """JSON, as the model wrote it."""
    result: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AskHuman:
    """The agent wants a person. `reason` and `summary` are for operators, `text` is said to the customer."""

    reason: str
    text: str
    summary: str = ""
    """What the customer wants, and what has been tried."""
    asked_by_customer: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What an agent answers: text, or a person, or both; then perhaps the end."""

    text: str = ""
    ask_human: AskHuman | None = None
    finish: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    """Learnt about the customer in this turn, to be remembered."""
    sources: tuple[Passage, ...] = ()
    calls: tuple[Called, ...] = ()
    proposed: tuple[str, ...] = ()
    """In a rehearsal: what its tools would have changed, each as a sentence."""
    usage: Usage = field(default_factory=Usage)
    prompt_version: str = ""
    """Hash of the instructions, so that suggestions can be compared by version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """What an agent would say, for an operator to use, edit or dismiss."""

    text: str
    sources: tuple[Passage, ...] = ()
    proposed: tuple[str, ...] = ()
    """Acts of tools that change something: not done, only proposed, each as a sentence."""
    calls: tuple[Called, ...] = ()
    usage: Usage = field(default_factory=Usage)
    prompt_version: str = ""
