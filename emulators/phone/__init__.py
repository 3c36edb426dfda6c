"""A page on which you are the customer, on every emulated channel that exists."""

from pathlib import Path

from aiohttp import web

PAGE = Path(__file__).parent / "index.html"


async def page(_: web.Request) -> web.Response:
    return web.Response(text=PAGE.read_text(encoding="utf-8"), content_type="text/html")


def routes() -> list[web.RouteDef]:
    """Served by the emulator itself, so that the page and `/_control` have one origin."""
    return [web.get("/phone", page)]
