"""A page on which you are the customer, on every emulated channel that exists."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

_HERE = Path(__file__).parent
_KINDS = {".css": "text/css", ".js": "text/javascript", ".html": "text/html"}


def routes(platform: str) -> list[web.RouteDef]:
    """Served by the emulator itself, so that the page and `/_control` have one origin. What differs
    between platforms stands in `telegram.js` and `whatsapp.js`, which the page asks for as platform.js.
    """
    return _served(
        {
            "/phone": "index.html",
            "/phone/phone.css": "phone.css",
            "/phone/phone.js": "phone.js",
            "/phone/platform.js": f"{platform}.js",
        }
    )


def mail_routes() -> list[web.RouteDef]:
    """A mail program instead of a chat."""
    return _served(
        {
            "/phone": "mail.html",
            "/phone/phone.css": "phone.css",
            "/phone/mail.css": "mail.css",
            "/phone/mail.js": "mail.js",
        }
    )


def _served(files: dict[str, str]) -> list[web.RouteDef]:
    return [web.get(path, _serving(_HERE / name)) for path, name in files.items()]


def _serving(file: Path) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(_: web.Request) -> web.Response:
        return _read(file)

    return serve


def _read(file: Path) -> web.Response:
    """Each time anew, so that a reload shows what was changed."""
    text = file.read_text(encoding="utf-8")
    return web.Response(text=text, content_type=_KINDS[file.suffix])
