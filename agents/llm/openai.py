"""Any OpenAI-compatible server, by chat completions, streamed.

The official client keeps authentication, retries and its error tree; its typed calls are not used,
for they cost many times what the rest of a turn does (see docs/adr). `AsyncOpenAI.post` over the
aiohttp transport brings bytes, which `wire` reads. Every failure leaves as one of `agents.errors`.
"""

import asyncio
import contextlib
import importlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from agents.errors import AgentError, BadAnswer, LlmUnavailable, Misconfigured

from . import wire
from .base import Ask, Chunk, Text

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ALLOW_REAL_CALLS = True
"""Tests set it to False: then only a server on loopback can be asked, whatever the settings say."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
OPENAI = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
RETRIES = 1


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
        # Never left to the client, which would look into the environment.
        self._base_url = base_url or OPENAI
        self._token_limit = token_limit
        self._client: AsyncOpenAI | None = None

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        """Raises `LlmUnavailable`, `BadAnswer` or `Misconfigured`, with no secret in the sentence."""
        answer = wire.Answer(f"call_{len(ask.messages)}")
        deadline = asyncio.get_running_loop().time() + ask.seconds
        async with contextlib.aclosing(self._bodies(ask)) as bodies:
            while (body := await _next(bodies, deadline)) is not None:
                text = answer.take(body)
                if text:
                    yield Text(text=text)
        yield answer.done()

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _bodies(self, ask: Ask) -> AsyncGenerator[wire.Body]:
        """What the server says: the events of a stream, or one whole answer if it doesn't stream."""
        client = self._client or await self._made()
        import httpx2

        response: httpx2.Response = await client.post(
            "/chat/completions",
            cast_to=httpx2.Response,
            content=wire.written(ask, model=self._model, token_limit=self._token_limit),
            options={"timeout": httpx2.Timeout(ask.seconds, connect=CONNECT_SECONDS)},
            stream=True,  # a raw response needs no class of events
        )
        try:
            if "text/event-stream" not in response.headers.get("content-type", ""):
                yield wire.read(await response.aread())
                return
            async for line in _lines(response.aiter_bytes()):
                if line.startswith(b"data:"):
                    body = wire.read(line[5:].strip())
                    yield body
                    if body is wire.ENDED:
                        return
        finally:
            await response.aclose()

    async def _made(self) -> "AsyncOpenAI":
        host = urlsplit(self._base_url).hostname
        if not ALLOW_REAL_CALLS and host not in LOOPBACK:
            raise Misconfigured("Real model calls are switched off in this process.")
        # Importing it takes seconds, in which every other conversation would stand still.
        openai = await asyncio.to_thread(importlib.import_module, "openai")
        if self._client is None:  # another turn may have been first
            self._client = openai.AsyncOpenAI(
                api_key=self._api_key,
                base_url=self._base_url,
                max_retries=RETRIES,
                http_client=openai.DefaultAioHttpClient(),
            )
        return self._client


async def _next(bodies: AsyncIterator[wire.Body], deadline: float) -> wire.Body | None:
    """The next piece, or none at the end. The one boundary: all that fails, fails in here.

    The deadline is around each wait and not around the whole stream: it must not cancel whoever
    reads us while he does something else.
    """
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(bodies, None)
    except AgentError:
        raise
    except Exception as error:
        raise _translated(error) from error


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
    if rest:
        yield rest


def _translated(error: Exception) -> AgentError:
    """Whatever an SDK, a proxy or a server comes up with, to our tree."""
    import httpx2
    import openai

    if isinstance(error, openai.BadRequestError):
        return _refused(_code(error))
    if isinstance(error.__cause__, httpx2.ConnectTimeout):
        # The aiohttp transport calls every connection that fails so, a refused one as well.
        return LlmUnavailable("The model's server cannot be reached.")
    too_slow = (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException)
    unreadable = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError)
    ours = (openai.AuthenticationError, openai.PermissionDeniedError)
    table: list[tuple[Any, AgentError]] = [  # the first that fits
        (too_slow, LlmUnavailable("The model did not answer in time.")),
        (openai.APIConnectionError, LlmUnavailable("The model's server cannot be reached.")),
        (httpx2.RequestError, LlmUnavailable("The model's answer broke off.")),
        (ours, Misconfigured("The model's server refuses our key.")),
        (openai.NotFoundError, Misconfigured("The model's server knows no such model or address.")),
        (
            openai.RateLimitError,
            LlmUnavailable("The model's server is over its rate limit or quota."),
        ),
        (
            openai.APIStatusError,
            LlmUnavailable(f"The model's server failed ({getattr(error, 'status_code', '')})."),
        ),
        (unreadable, LlmUnavailable("The model's server answered something unreadable.")),
    ]
    for kinds, answer in table:
        if isinstance(error, kinds):
            return answer
    return LlmUnavailable(f"Asking the model failed ({type(error).__name__}).")


def _refused(code: str) -> AgentError:
    match code:
        case "context_length_exceeded":
            return BadAnswer("The conversation has grown too long for the model.")
        case "content_filter" | "content_policy_violation":
            return BadAnswer("The model's content filter withheld the answer.")
        case "model_not_found" | "invalid_model":
            return Misconfigured("The model's server knows no such model or address.")
        case _:
            return BadAnswer("The model's server refused the question.")


def _code(error: Any) -> str:
    body = error.body if isinstance(error.body, Mapping) else {}
    return str(error.code or body.get("code") or "")
