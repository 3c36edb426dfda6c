"""A page on which you are the customer, on every emulated channel that exists."""

from pathlib import Path

from aiohttp import web

_HERE = Path(__file__).parent
_FILES = {
    "/phone": ("index.html", "text/html"),
    "/phone/phone.css": ("phone.css", "text/css"),
    "/phone/phone.js": ("phone.js", "text/javascript"),
}


async def serve(request: web.Request) -> web.Response:
    name, kind = _FILES[request.path]
    return web.Response(text=(_HERE / name).read_text(encoding="utf-8"), content_type=kind)


def routes() -> list[web.RouteDef]:
    """Served by the emulator itself, so that the page and `/_control` have one origin."""
    return [web.get(path, serve) for path in _FILES]
