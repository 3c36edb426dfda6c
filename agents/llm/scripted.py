"""The shipped double: answers from a script, remembers what it was asked. No network, ever."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from .base import Ask, Chunk, Done, Spent, Text, ToolCall


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One scripted answer."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish: str = "stop"
    delay: float = 0.0
    """Seconds before anything is said."""
    error: Exception | None = None


class ScriptedLlm:
    """Takes the answers in turn; when they are used up, the last one serves for ever."""

    def __init__(self, answers: Sequence[Answer | str]) -> None:
        self._answers = [Answer(text=one) if isinstance(one, str) else one for one in answers]
        self.asked: list[Ask] = []

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(ask)
        await asyncio.sleep(answer.delay)
        if answer.error is not None:
            raise answer.error
        for word in answer.text.split(" ") if answer.text else ():
            yield Text(text=word if word is answer.text.split(" ")[0] else f" {word}")
        yield Done(
            calls=answer.calls, finish=answer.finish, spent=Spent(model="scripted", output_tokens=1)
        )

    async def aclose(self) -> None:
        """Nothing to close."""
