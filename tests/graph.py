"""A small Graph API that answers what it is told, in order, and writes down what it is asked."""

import contextlib
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from emulators.control import listening

NUMBER, WABA, TOKEN = "106540352242922", "102290129340398", "token"
TITLES = {131056: "(Business Account, Consumer Account) pair rate limit hit"}


class Graph:
    """Without orders it takes everything."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: deque[web.Response | Exception] = deque()
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        """Method, path after the version, and the body or the query."""
        self.heard: list[str] = []
        """What was taken, and would be shown to the customer."""
        self.files: dict[str, bytes] = {}
        self.pages: list[list[dict[str, Any]]] = [[]]
        self.revoked = False
        self.deaf = False
        """The next message is taken, and its answer lost."""
        self._ids = itertools.count(1)

    def will(self, status: int, code: int, details: str = "", **more: Any) -> None:
        """The next call is refused."""
        words = {"message": f"(#{code}) {TITLES.get(code, 'No')}", "type": "OAuthException"}
        data = {"messaging_product": "whatsapp", "details": details}
        error = {**words, "code": code, "fbtrace_id": "A", **more}
        body = {"error": {**error, "error_data": data} if details else error}
        self.answers.append(web.json_response(body, status=status))

    def said(self) -> list[dict[str, Any]]:
        """The messages that were handed over, whatever the answer."""
        bodies = [body for _, path, body in self.asked if path == f"{NUMBER}/messages"]
        return [body for body in bodies if "status" not in body]

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        path, body = request.match_info["path"], await _body(request)
        self.asked.append((request.method, path, body))
        if self.revoked or request.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answers.clear()
            self.will(401, 190)
        if self.deaf:
            self.deaf = False
            assert request.transport is not None
            request.transport.abort()
        if self.answers:
            answer = self.answers.popleft()
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self._usual(request, path, body)

    def _usual(self, request: web.Request, path: str, body: dict[str, Any]) -> web.Response:
        if path == f"{NUMBER}/messages" and "status" not in body:
            to = body.get("to") or body.get("recipient", "")
            name = {"wa_id": to.removeprefix("+")} if "to" in body else {"user_id": to}
            said = [{"id": f"wamid.{next(self._ids)}"}]
            self.heard.append(str(body.get("text", {}).get("body", body.get("type"))))
            return web.json_response({"contacts": [{"input": to, **name}], "messages": said})
        if path == f"{NUMBER}/media":
            return web.json_response({"id": f"media{next(self._ids)}"})
        if path == f"{WABA}/message_templates":
            return self._page(body)
        if path in self.files:
            url = f"{self.url}/files/{path}"
            return web.json_response({"url": url, "file_size": len(self.files[path])})
        if request.method == "GET" and path != NUMBER:
            self.will(400, 100, error_subcode=33)
            answer = self.answers.popleft()
            assert isinstance(answer, web.Response)
            return answer
        return web.json_response({"success": True})

    def _page(self, query: dict[str, Any]) -> web.Response:
        number = int(query.get("after", 0))
        paging: dict[str, Any] = {"cursors": {"before": "0", "after": str(number + 1)}}
        if number + 1 < len(self.pages):
            paging["next"] = f"{self.url}/next"
        return web.json_response({"data": self.pages[number], "paging": paging})

    async def _file(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        found = self.files.get(request.match_info["ref"])
        return web.Response(status=404) if not found else web.Response(body=found)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=200 * 1024 * 1024)
        app.router.add_get("/files/{ref}", self._file)
        app.router.add_route("*", "/v26.0/{path:.+}", self._call)
        return app


async def _body(request: web.Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query)
    if request.content_type == "application/json":
        body: dict[str, Any] = json.loads(await request.read() or b"{}")
        return body
    form = await request.post()
    return {
        name: (value.filename, value.content_type, value.file.read())
        if isinstance(value, web.FileField)
        else value
        for name, value in form.items()
    }


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Graph]:
    graph = Graph()
    async with listening(graph.app()) as graph.url:
        yield graph
