"""The shipped double: answers from a script, remembers what it was asked. No network, ever."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from .base import Ask, Chunk, Done, Spent, Text, ToolCall

_PIECE = re.compile(r"\s*\S+|\s+$")
"""A word with the space before it, as models stream them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One scripted answer."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish: str = "stop"
    tokens: int = 1
    """What writing it costs."""
    delay: float = 0.0
    """Seconds before anything is said."""
    error: Exception | None = None
    """Raised instead of the end."""


class ScriptedLlm:
    """Takes the answers in turn; when they are used up, the last one serves for ever."""

    def __init__(self, answers: Sequence[Answer | str]) -> None:
        if not answers:
            raise ValueError("a script has at least one answer")
        self._answers = [Answer(text=one) if isinstance(one, str) else one for one in answers]
        self.asked: list[Ask] = []

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(ask)
        await asyncio.sleep(answer.delay)
        for piece in _PIECE.findall(answer.text):
            yield Text(text=piece)
        if answer.error is not None:  # after what it has written: an answer may break off
            raise answer.error
        spent = Spent(model="scripted", output_tokens=answer.tokens)
        yield Done(calls=answer.calls, finish=answer.finish, spent=spent)

    async def aclose(self) -> None:
        """Nothing to close."""
