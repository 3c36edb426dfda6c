"""The port to a language model, in chat-completions terms: our own few values, no SDK's classes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolCall:
    """The model wants a tool. `arguments` is JSON as the model wrote it, perhaps invalid."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message of the conversation with the model."""

    role: Role
    content: str = ""
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    """For a tool's answer: which call it answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolSpec:
    """A tool as the model sees it; `schema` is JSON Schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One question to the model."""

    messages: Sequence[Message]
    tools: Sequence[ToolSpec] = ()
    model: str = ""
    """Empty: the one of the settings."""
    temperature: float | None = None
    max_tokens: int | None = None
    seconds: float = 60.0
    """How long the model may take for this one answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """What it cost, where the model says so."""

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A piece of the answer, as it is written."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """The end of an answer: which tools it wants, why it stopped, what it cost."""

    calls: tuple[ToolCall, ...] = ()
    finish: str = "stop"
    """`stop`, `length`, `tool_calls`, `content_filter`."""
    spent: Spent = Spent()


Chunk = Text | Done


class Llm(Protocol):
    """A model that can be asked."""

    def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        """Texts as they come, then exactly one `Done`. Raises the errors of `agents.errors`."""
        ...

    async def aclose(self) -> None: ...
