"""An OpenAI-compatible chat-completions server: streams, tools, scripted answers, and every failure.

It refuses what the real one refuses: no key, no messages, tool calls that nobody answered. Without a
script it answers at once with a fixed sentence, which makes it the stub of benches.
`python -m emulators.openai --port P` runs it alone.
"""

import argparse
import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .control import listening

MODEL = "emulated-1"
KEPT_CALLS = 10_000
FAULTS = frozenset(
    {"", "status", "html_502", "not_json", "cut", "slow", "empty", "error_event", "whole"}
)


@dataclass(kw_only=True)
class Scripted:
    """One answer to order. `fault` is one of FAULTS; `whole`: streams nothing, though asked to."""

    text: str = "This is the emulated model."
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str = ""
    delay: float = 0.0
    """Seconds before each piece; for `slow`, before anything."""
    fault: str = ""
    status: int = 500
    code: str = ""
    without_ids: bool = False
    """Some local servers give their tool calls no ids."""

    def __post_init__(self) -> None:
        if self.fault not in FAULTS:
            raise ValueError(f"no fault {self.fault!r}; there are {', '.join(sorted(FAULTS))}")


@dataclass
class Server:
    """What was ordered and what was asked."""

    key: str = ""
    script: deque[Scripted] = field(default_factory=deque)
    asked: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    answers: Callable[[dict[str, Any]], Scripted] = lambda _: Scripted()
    """What it says to a question when nothing is ordered."""
    written: Callable[[dict[str, Any], Scripted], None] = lambda *_: None
    """Told of each streamed answer whose last event was written."""


SERVER = web.AppKey("server", Server)


def create_app(server: Server | None = None) -> web.Application:
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app[SERVER] = server or Server()
    app.router.add_post("/v1/chat/completions", completions)
    app.router.add_get("/v1/models", models)
    app.router.add_post("/_control/script", order)
    app.router.add_get("/_control/calls", calls)
    return app


async def models(_: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}]})


async def order(request: web.Request) -> web.Response:
    server = request.app[SERVER]
    try:
        server.script.extend([Scripted(**one) for one in await request.json()])
    except (TypeError, ValueError) as error:
        return _error(400, f"This is no list of answers: {error}", "")
    return web.json_response({"ordered": len(server.script)})


async def calls(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[SERVER].asked))


async def completions(request: web.Request) -> web.StreamResponse:
    server = request.app[SERVER]
    stranger = _stranger(server, request.headers.get("Authorization", ""))
    if stranger is not None:
        return stranger
    try:
        asked = await request.json()
    except ValueError:
        return _error(400, "We could not parse the JSON body of your request.", "")
    server.asked.append(asked)
    wrong = _wrong(asked)
    if wrong:
        return _error(400, wrong, "")
    answer = server.script.popleft() if server.script else server.answers(asked)
    if answer.fault == "empty":
        answer = Scripted(text="")
    spoilt = await _spoilt(answer)
    if spoilt is not None:
        return spoilt
    if not asked.get("stream") or answer.fault == "whole":
        return web.json_response(_whole(answer))
    return await _stream(request, asked, answer)


def _stranger(server: Server, header: str) -> web.Response | None:
    key = header.removeprefix("Bearer ").strip()
    if not key:
        return _error(401, "You didn't provide an API key.", "")
    if server.key and key != server.key:
        return _error(401, "Incorrect API key provided.", "invalid_api_key")
    return None


def _wrong(asked: dict[str, Any]) -> str:
    """What the real server says to such a question; empty if nothing is wrong with it."""
    if not asked.get("model"):
        return "you must provide a model parameter"
    if not asked.get("messages"):
        return "Invalid 'messages': empty array. Expected an array with minimum length 1."
    waiting: set[str] = set()
    for message in asked["messages"]:
        if message["role"] == "tool":
            if message.get("tool_call_id") not in waiting:
                return (
                    "Invalid parameter: messages with role 'tool' must be a response to a "
                    "preceding message with 'tool_calls'."
                )
            waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            break
        waiting = {call["id"] for call in message.get("tool_calls", ())}
    if waiting:
        return (
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            f"to each 'tool_call_id'. The following did not have any: {', '.join(sorted(waiting))}"
        )
    return ""


async def _spoilt(answer: Scripted) -> web.Response | None:
    match answer.fault:
        case "status":
            return _error(answer.status, "The server says no.", answer.code)
        case "html_502":
            page = "<html>Bad Gateway</html>"
            return web.Response(status=502, text=page, content_type="text/html")
        case "not_json":
            return web.Response(text="well, actually", content_type="application/json")
        case "slow":
            await asyncio.sleep(answer.delay)
    return None


def _error(status: int, message: str, code: str) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return web.json_response({"error": error}, status=status)


def _finish(answer: Scripted) -> str:
    return answer.finish_reason or ("tool_calls" if answer.tool_calls else "stop")


def _usage(answer: Scripted) -> dict[str, int]:
    many = max(1, len(answer.text.split()))
    return {"prompt_tokens": 10, "completion_tokens": many, "total_tokens": 10 + many}


def _calls(answer: Scripted) -> list[dict[str, Any]]:
    found = []
    for index, call in enumerate(answer.tool_calls):
        function = {"name": call["name"], "arguments": call.get("arguments", "{}")}
        one: dict[str, Any] = {"index": index, "type": "function", "function": function}
        if not answer.without_ids:
            one["id"] = call.get("id", f"call_{index}")
        found.append(one)
    return found


def _whole(answer: Scripted) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.tool_calls:
        message["tool_calls"] = _calls(answer)
    choice = {"index": 0, "message": message, "finish_reason": _finish(answer)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": MODEL,
        "choices": [choice],
        "usage": _usage(answer),
    }


def _deltas(answer: Scripted) -> list[dict[str, Any]]:
    """The answer in pieces: words, and tool calls whose arguments come in two halves."""
    words = answer.text.split(" ") if answer.text else []
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": f" {word}" if n else word} for n, word in enumerate(words)]
    for call in _calls(answer):
        arguments = call["function"]["arguments"]
        half = len(arguments) // 2
        first = {**call, "function": {**call["function"], "arguments": arguments[:half]}}
        rest = {"index": call["index"], "function": {"arguments": arguments[half:]}}
        deltas += [{"tool_calls": [first]}, {"tool_calls": [rest]}]
    return deltas


async def _stream(
    request: web.Request, asked: dict[str, Any], answer: Scripted
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    events = _events(asked, answer)
    with contextlib.suppress(ConnectionResetError):  # whoever asked may have gone
        await response.prepare(request)
        if answer.fault == "cut":
            await response.write(b"".join(events[: len(events) // 2]))
            assert request.transport is not None  # noqa: S101 - it was there to be written to
            request.transport.abort()
            return response
        if answer.delay:
            for event in events:
                await asyncio.sleep(answer.delay)
                await response.write(event)
        else:
            await response.write(b"".join(events))
        request.app[SERVER].written(asked, answer)
        await response.write_eof()
    return response


def _events(asked: dict[str, Any], answer: Scripted) -> list[bytes]:
    choices = [{"delta": delta, "finish_reason": None} for delta in _deltas(answer)]
    events = [_event(choices=[{"index": 0, **choice}]) for choice in choices]
    if answer.fault == "error_event":
        return [*events, b'data: {"error": {"message": "overloaded"}}\n\n']
    events.append(_event(choices=[{"index": 0, "delta": {}, "finish_reason": _finish(answer)}]))
    if (asked.get("stream_options") or {}).get("include_usage"):
        events.append(_event(choices=[], usage=_usage(answer)))
    return [*events, b"data: [DONE]\n\n"]


def _event(**more: Any) -> bytes:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": MODEL, **more}
    return f"data: {json.dumps(chunk)}\n\n".encode()


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator that listens; `url` is what OPENAI_BASE_URL wants."""

    url: str
    server: Server


@contextlib.asynccontextmanager
async def running(port: int = 0, key: str = "") -> AsyncIterator[Running]:
    """On loopback; port 0 finds a free one."""
    server = Server(key=key)
    async with listening(create_app(server), port) as url:
        yield Running(url=f"{url}/v1", server=server)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    web.run_app(create_app(), host="127.0.0.1", port=parser.parse_args().port)
