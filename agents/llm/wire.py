"""Chat completions as JSON: our values to a request's body, and an answer's pieces to our values.

Pure: no client, no network. What is missing or doubled on some servers is mended here: tool calls
without ids or indexes, names that are repeated in each piece, usage without numbers.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from agents.errors import LlmUnavailable

from .base import Ask, Done, Message, Spent, ToolCall, ToolSpec


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Body(msgspec.Struct):
    """One event of a stream, or one whole answer."""

    choices: list[_Choice] = []
    usage: _Usage | None = None
    model: str | None = None
    error: Any = None


ENDED = Body(choices=[_Choice(finish_reason="stop")])
"""What a stream's last event, `[DONE]`, stands for: some servers give no other reason to finish."""
_decoder = msgspec.json.Decoder(Body)
_encoder = msgspec.json.Encoder()


def read(data: bytes) -> Body:
    """The data of one event, or a whole answer. Raises `msgspec.DecodeError`."""
    return ENDED if data == b"[DONE]" else _decoder.decode(data)


@dataclass(slots=True)
class _Growing:
    """A tool call whose arguments come in pieces."""

    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """An answer as its pieces come in."""

    _prefix: str
    """Of the ids we give where the server gives none: unique in the conversation."""
    _calls: list[_Growing] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)
    """Which of `_calls` grows at an index."""
    _finish: str = ""
    _spent: Spent = field(default_factory=Spent)

    def take(self, body: Body) -> str:
        """Note everything but the text, which is returned."""
        if body.error is not None:
            raise LlmUnavailable("The model's server reported an error in its answer.")
        if body.usage is not None:
            self._spent = Spent(
                model=body.model or "",
                input_tokens=body.usage.prompt_tokens or 0,
                output_tokens=body.usage.completion_tokens or 0,
            )
        text = ""
        for choice in body.choices[:1]:
            self._finish = self._finish or choice.finish_reason or ""
            piece = choice.delta or choice.message or _Delta()
            text = piece.content or ""
            for position, call in enumerate(piece.tool_calls or ()):
                self._grow(call, position if call.index is None else call.index)
        return text

    def done(self) -> Done:
        """The end. Raises `LlmUnavailable` if the server never said that it is one."""
        if not self._finish:
            raise LlmUnavailable("The model's answer broke off.")
        calls = tuple(
            ToolCall(id=call.id, name=call.name, arguments="".join(call.arguments))
            for call in self._calls
        )
        return Done(calls=calls, finish=self._finish, spent=self._spent)

    def _grow(self, piece: _Call, index: int) -> None:
        place = self._places.get(index)
        # Some servers count every call as number 0: a second id there is a second call.
        if place is None or (piece.id and piece.id != self._calls[place].id):
            place = self._places[index] = len(self._calls)
            self._calls.append(_Growing(id=piece.id or f"{self._prefix}_{place}"))
        call = self._calls[place]
        if piece.function is not None:
            call.name = call.name or piece.function.name or ""
            call.arguments.append(piece.function.arguments or "")


def written(ask: Ask, *, model: str, token_limit: str) -> bytes:
    """The request's body. `token_limit` is the name of that parameter on this server."""
    body: dict[str, Any] = {
        "model": ask.model or model,
        "messages": [_message(message) for message in ask.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.tools:
        body["tools"] = [_tool(tool) for tool in ask.tools]
    if ask.temperature is not None:
        body["temperature"] = ask.temperature
    if ask.max_tokens is not None:
        body[token_limit] = ask.max_tokens
    return _encoder.encode(body)


def _message(message: Message) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role.value, "content": message.content}
    if message.calls:
        wire["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.calls
        ]
    if message.call_id:
        wire["tool_call_id"] = message.call_id
    return wire


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.schema,
        },
    }
