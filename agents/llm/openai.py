"""Any OpenAI-compatible server, by chat completions, streamed.

The official client keeps authentication, retries and its error tree; its typed calls are not used,
for they cost many times what the rest of a turn does (see docs/adr). `AsyncOpenAI.post` over the
aiohttp transport brings bytes, and the few values we need are read here. Every failure leaves as
one of `agents.errors`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from agents.errors import AgentError, BadAnswer, LlmUnavailable, Misconfigured

from .base import Ask, Chunk, Done, Message, Spent, Text, ToolCall

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ALLOW_REAL_CALLS = True
"""Tests set it to False: then only a server on loopback can be asked, whatever the settings say."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CONNECT_SECONDS = 5.0
RETRIES = 1


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int = 0
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
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Body(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    model: str = ""
    error: Any = None


_decoder = msgspec.json.Decoder(_Body)


@dataclass(kw_only=True, slots=True)
class _Reading:
    """An answer as its pieces come in."""

    calls: dict[int, ToolCall] = field(default_factory=dict)
    finish: str = ""
    spent: Spent = field(default_factory=Spent)

    def take(self, body: _Body) -> str:
        """Note everything but the text, which is returned."""
        if body.error is not None:
            raise LlmUnavailable(
                "The model's server reported an error in the middle of its answer."
            )
        if body.usage is not None:
            self.spent = Spent(
                model=body.model,
                input_tokens=body.usage.prompt_tokens,
                output_tokens=body.usage.completion_tokens,
            )
        text = ""
        for choice in body.choices[:1]:
            self.finish = choice.finish_reason or self.finish
            delta = choice.delta or choice.message or _Delta()
            text = delta.content or ""
            for position, call in enumerate(delta.tool_calls or ()):
                self._grow(call, call.index if choice.delta else position)
        return text

    def _grow(self, piece: _Call, index: int) -> None:
        function = piece.function or _Function()
        known = self.calls.get(index) or ToolCall(id=f"call_{index}", name="", arguments="")
        self.calls[index] = ToolCall(
            id=piece.id or known.id,
            name=known.name + (function.name or ""),
            arguments=known.arguments + (function.arguments or ""),
        )

    def done(self) -> Done:
        calls = tuple(self.calls[index] for index in sorted(self.calls))
        return Done(calls=calls, finish=self.finish or "stop", spent=self.spent)


class OpenAiLlm:
    """One client for the process, made when it is first needed."""

    def __init__(
        self,
        *,
        model: str,
        api_key: str = "",
        base_url: str | None = None,
        token_limit: str = "max_completion_tokens",  # noqa: S107 - a parameter's name, no secret
    ) -> None:
        """`token_limit`: how the server names it; many local ones only know `max_tokens`."""
        self._model = model
        self._api_key = api_key or "none"
        self._base_url = base_url
        self._token_limit = token_limit
        self._client: AsyncOpenAI | None = None

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        """Raises `LlmUnavailable`, `BadAnswer` or `Misconfigured`, with no secret in the sentence."""
        reading = _Reading()
        try:
            async with asyncio.timeout(ask.seconds):
                async for body in self._bodies(ask):
                    text = reading.take(body)
                    if text:
                        yield Text(text=text)
        except (AgentError, GeneratorExit, asyncio.CancelledError):
            raise
        except Exception as error:
            raise _translated(error) from error
        if not reading.finish and not reading.calls:
            raise LlmUnavailable("The model's answer broke off.")
        yield reading.done()

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _bodies(self, ask: Ask) -> AsyncIterator[_Body]:
        """What the server says: the events of a stream, or one whole answer if it doesn't stream."""
        import httpx2

        response: httpx2.Response = await self._made().post(
            "/chat/completions",
            cast_to=httpx2.Response,
            body=self._body(ask),
            options={"timeout": httpx2.Timeout(ask.seconds, connect=CONNECT_SECONDS)},
            stream=True,
            stream_cls=_raw_stream(),
        )
        try:
            if "text/event-stream" not in response.headers.get("content-type", ""):
                yield _decoder.decode(await response.aread())
                return
            async for line in _lines(response.aiter_bytes()):
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    if data == b"[DONE]":
                        return
                    yield _decoder.decode(data)
        finally:
            await response.aclose()

    def _made(self) -> "AsyncOpenAI":
        if self._client is None:
            host = urlsplit(self._base_url or "https://api.openai.com").hostname
            if not ALLOW_REAL_CALLS and host not in LOOPBACK:
                raise Misconfigured("Real model calls are switched off in this process.")
            from openai import AsyncOpenAI, DefaultAioHttpClient

            self._client = AsyncOpenAI(
                api_key=self._api_key,
                base_url=self._base_url,
                max_retries=RETRIES,
                http_client=DefaultAioHttpClient(),
            )
        return self._client

    def _body(self, ask: Ask) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": ask.model or self._model,
            "messages": [_wire(message) for message in ask.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if ask.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": tool.schema,
                    },
                }
                for tool in ask.tools
            ]
        if ask.temperature is not None:
            body["temperature"] = ask.temperature
        if ask.max_tokens is not None:
            body[self._token_limit] = ask.max_tokens
        return body


def _wire(message: Message) -> dict[str, Any]:
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


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
    if rest:
        yield rest


def _raw_stream() -> Any:
    """A stream class that hands the response through unread; made late, as `openai` loads slowly."""
    from openai import AsyncStream

    class Raw(AsyncStream[Any]):
        def __new__(cls, *, response: Any, **_: Any) -> Any:
            return response

    return Raw


def _translated(error: Exception) -> AgentError:
    """The one boundary: whatever an SDK, a proxy or a server comes up with, to our tree."""
    import openai

    if isinstance(error, openai.BadRequestError):
        if _code(error) == "context_length_exceeded":
            return BadAnswer("The conversation has grown too long for the model.")
        return BadAnswer("The model's server refused the question.")
    refused = (openai.AuthenticationError, openai.PermissionDeniedError)
    unreadable = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError)
    table: list[tuple[Any, AgentError]] = [  # the first that fits
        (
            (TimeoutError, openai.APITimeoutError),
            LlmUnavailable("The model did not answer in time."),
        ),
        (openai.APIConnectionError, LlmUnavailable("The model's server cannot be reached.")),
        (refused, Misconfigured("The model's server refuses our key.")),
        (
            openai.NotFoundError,
            Misconfigured("The model's server does not know this model or address."),
        ),
        (
            openai.RateLimitError,
            LlmUnavailable("The model's server is over its rate limit or quota."),
        ),
        (openai.APIStatusError, LlmUnavailable("The model's server failed.")),
        (unreadable, LlmUnavailable("The model's server answered something unreadable.")),
    ]
    for kinds, answer in table:
        if isinstance(error, kinds):
            return answer
    return LlmUnavailable(f"Asking the model failed ({type(error).__name__}).")


def _code(error: Any) -> str:
    body = error.body if isinstance(error.body, Mapping) else {}
    return str(error.code or body.get("code") or "")
