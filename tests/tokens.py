"""A token server as Google and Microsoft have one, for one mailbox of the real mail servers: Dovecot asks
it whose a token is, and Exim is told.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.mailbox import Mailbox

CREDENTIALS = {"client_id": "app", "client_secret": "app-secret", "refresh_token": "refresh-1"}


@dataclass(kw_only=True)
class Tokens:
    """The last one is valid, until it is withdrawn."""

    box: Mailbox
    url: str
    life: float = 3600.0
    asked: list[dict[str, str]] = field(default_factory=list)
    refusal: tuple[int, Any] | None = None
    valid: str = ""

    def withdraw(self) -> None:
        self.valid = ""
        self.box.servers.let_in(self.box.ours, "")

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        if self.refusal is not None:
            status, body = self.refusal
            return web.json_response(body, status=status)
        self.valid = f"token-{len(self.asked)}"
        self.box.servers.let_in(self.box.ours, self.valid)
        answer = {"access_token": self.valid, "token_type": "Bearer", "expires_in": self.life}
        return web.json_response(answer)

    async def whose(self, request: web.Request) -> web.Response:
        if request.query["access_token"] != self.valid:
            return web.json_response({"error": "invalid_token"}, status=401)
        return web.json_response({"email": self.box.address})

    def settings(self) -> dict[str, Any]:
        """Changes for `Mailbox.channel`."""
        oauth = {f"oauth__{name}": value for name, value in CREDENTIALS.items()}
        return {"auth": "xoauth2", "oauth__token_url": f"{self.url}/token", **oauth}


@contextlib.asynccontextmanager
async def serving(box: Mailbox) -> AsyncIterator[Tokens]:
    port = box.servers.token_port
    tokens = Tokens(box=box, url=f"http://127.0.0.1:{port}")
    app = web.Application()
    app.router.add_post("/token", tokens.token)
    app.router.add_get("/tokeninfo", tokens.whose)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield tokens
    finally:
        await runner.cleanup()
