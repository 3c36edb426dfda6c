"""An OpenAI-compatible chat-completions server: streams, tools, scripted answers, and every failure.

Without a script it answers at once with a fixed sentence, which makes it the stub of benches.
`python -m emulators.openai --port P` runs it alone.
"""

import argparse
import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

MODEL = "emulated-1"


@dataclass(kw_only=True)
class Scripted:
    """One answer to order. `fault`: status, html_502, not_json, cut, slow, empty, error_event."""

    text: str = "This is the emulated model."
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str = ""
    delay: float = 0.0
    """Seconds before each piece."""
    fault: str = ""
    status: int = 500
    code: str = ""
    without_ids: bool = False
    """Some local servers give their tool calls no ids."""


@dataclass
class Server:
    """What was ordered and what was asked."""

    key: str = ""
    script: deque[Scripted] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)


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
    server.script.extend(Scripted(**one) for one in await request.json())
    return web.json_response({"ordered": len(server.script)})


async def calls(request: web.Request) -> web.Response:
    return web.json_response(request.app[SERVER].asked)


async def completions(request: web.Request) -> web.StreamResponse:
    server = request.app[SERVER]
    if server.key and request.headers.get("Authorization") != f"Bearer {server.key}":
        return _error(401, "Incorrect API key provided.", "invalid_api_key")
    asked = await request.json()
    server.asked.append(asked)
    answer = server.script.popleft() if server.script else Scripted()
    spoilt = await _spoilt(answer)
    if spoilt is not None:
        return spoilt
    if asked.get("stream"):
        return await _stream(request, asked, answer)
    return web.json_response(_whole(answer))


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
    await response.prepare(request)
    deltas = [] if answer.fault == "empty" else _deltas(answer)
    for number, delta in enumerate(deltas):
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.fault == "cut" and number == len(deltas) // 2 and request.transport:
            request.transport.abort()
            return response
        await _event(response, {"index": 0, "delta": delta, "finish_reason": None})
    if answer.fault == "error_event":
        await response.write(b'data: {"error": {"message": "overloaded"}}\n\n')
    await _event(response, {"index": 0, "delta": {}, "finish_reason": _finish(answer)})
    if (asked.get("stream_options") or {}).get("include_usage"):
        last = {"id": "1", "model": MODEL, "choices": [], "usage": _usage(answer)}
        await response.write(f"data: {json.dumps(last)}\n\n".encode())
    await response.write(b"data: [DONE]\n\n")
    await response.write_eof()
    return response


async def _event(response: web.StreamResponse, choice: dict[str, Any]) -> None:
    chunk = {"id": "1", "object": "chat.completion.chunk", "model": MODEL, "choices": [choice]}
    await response.write(f"data: {json.dumps(chunk)}\n\n".encode())


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator that listens; `url` is what OPENAI_BASE_URL wants."""

    url: str
    server: Server


@contextlib.asynccontextmanager
async def running(port: int = 0, key: str = "") -> AsyncIterator[Running]:
    """On loopback; port 0 finds a free one."""
    server = Server(key=key)
    runner = web.AppRunner(create_app(server), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield Running(url=f"http://127.0.0.1:{site.port}/v1", server=server)
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    web.run_app(create_app(), host="127.0.0.1", port=parser.parse_args().port)
