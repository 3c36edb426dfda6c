"""Ask the llm, call the tools it wants, ask again: bounded in steps, tool calls, tokens and seconds.

The loop knows nothing of agents: it is given messages and tools, and brings back the text. After a
round of tools it asks `stopped`, for a tool may have ended the turn, as the hand-over does.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .errors import BadAnswer, LlmUnavailable
from .llm.base import Ask, Done, Llm, Message, Role, Text, ToolCall
from .tools import Tool
from .turn import Called, Usage

OnText = Callable[[str | None], None]
"""Told each piece as it is written; none: what came before only led to a tool, and is no answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Where a turn ends, whatever the model would like."""

    steps: int = 8
    tool_calls: int = 16
    same_call: int = 2
    """How often one and the same call is carried out."""
    output_tokens: int = 4_000
    """What the model may write in all steps together."""
    seconds: float = 90.0


@dataclass(kw_only=True, slots=True)
class Run:
    """One turn with the model, as it grows."""

    llm: Llm
    tools: Mapping[str, Tool]
    limits: Limits
    model: str = ""
    temperature: float | None = None
    propose: bool = False
    """A person is in control: tools that change something are only proposed."""
    on_text: OnText | None = None
    stopped: Callable[[], bool] = lambda: False
    """Asked after each round of tools: whether one of them has ended the turn."""
    messages: list[Message] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    _calls: dict[tuple[str, str], int] = field(default_factory=dict)

    async def answer(self) -> str:
        """The final text. Raises `LlmUnavailable`, `BadAnswer` or `Misconfigured`."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await self._rounds()
        except TimeoutError:
            raise LlmUnavailable(
                f"The agent took longer than {self.limits.seconds:g} seconds."
            ) from None
        finally:
            self._count(seconds=time.monotonic() - began)

    async def _rounds(self) -> str:
        for _ in range(self.limits.steps):
            text, done = await self._ask()
            self._complete(done)
            if not done.calls:
                return self._final(text)
            if self.usage.tool_calls + len(done.calls) > self.limits.tool_calls:
                raise BadAnswer(f"The agent called tools more than {self.limits.tool_calls} times.")
            self.messages.append(Message(role=Role.ASSISTANT, content=text, calls=done.calls))
            self.messages += await asyncio.gather(*(self._call(call) for call in done.calls))
            self._count(tool_calls=len(done.calls))
            if text and self.on_text:
                self.on_text(None)
            if self.stopped():
                return text.strip()
            if self.usage.output_tokens >= self.limits.output_tokens:
                raise BadAnswer("The agent wrote too much and came to no answer.")
        raise BadAnswer(f"The agent did not come to an answer within {self.limits.steps} steps.")

    async def _ask(self) -> tuple[str, Done]:
        pieces: list[str] = []
        done: Done | None = None
        ask = Ask(
            messages=tuple(self.messages),
            tools=tuple(tool.spec for tool in self.tools.values()),
            model=self.model,
            temperature=self.temperature,
            max_tokens=self.limits.output_tokens - self.usage.output_tokens,
            seconds=self.limits.seconds,
        )
        async for chunk in self.llm.stream(ask):
            if isinstance(chunk, Text):
                pieces.append(chunk.text)
                if self.on_text:
                    self.on_text(chunk.text)
            else:
                done = chunk
        if done is None:
            raise LlmUnavailable("The model's answer broke off.")
        self._count(
            steps=1,
            model=done.spent.model,
            input_tokens=done.spent.input_tokens,
            output_tokens=done.spent.output_tokens,
        )
        return "".join(pieces), done

    def _complete(self, done: Done) -> None:
        """A cut answer is none: neither its text nor its tool calls, whose arguments are torn."""
        if done.finish == "length":
            raise BadAnswer("The agent's answer was cut off: it grew too long.")
        if done.finish == "content_filter":
            raise BadAnswer("The model's content filter withheld the answer.")

    def _final(self, text: str) -> str:
        if not text.strip():
            raise BadAnswer("The agent answered nothing.")
        return text.strip()

    async def _call(self, call: ToolCall) -> Message:
        result = await self._result(call)
        self.called.append(Called(name=call.name, arguments=call.arguments, result=result))
        return Message(role=Role.TOOL, content=result, call_id=call.id)

    async def _result(self, call: ToolCall) -> str:
        tool = self.tools.get(call.name)
        if tool is None:
            return f"Error: there is no tool named {call.name!r}."
        key = (call.name, call.arguments)
        self._calls[key] = self._calls.get(key, 0) + 1
        if self._calls[key] > self.limits.same_call:
            return "Error: you have made this very call already; use its answer."
        if self.propose and tool.changes:
            self.proposed.append(tool.proposal(call.arguments))
            return "Not done: a person decides about it. Write the reply as if it will be done."
        return await tool.call(call.arguments)

    def _count(
        self,
        *,
        model: str = "",
        seconds: float = 0.0,
        **more: int,
    ) -> None:
        counted = {name: getattr(self.usage, name) + more.get(name, 0) for name in _COUNTED}
        self.usage = Usage(
            model=model or self.usage.model,
            seconds=round(self.usage.seconds + seconds, 3),
            **counted,
        )


_COUNTED = ("steps", "tool_calls", "input_tokens", "output_tokens")
