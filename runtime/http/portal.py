"""The portal's door: the built files of `portal/`, and its one page for every address that is no file.

Not served: what belongs to other doors (`/api`, `/webhooks`, `/healthz` …) is unknown there too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

DIST = Path(__file__).resolve().parents[2] / "portal" / "dist"
ASSETS = "assets"
"""The folder of files whose names carry a hash of their content."""
CSP = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; "
    "style-src 'self' 'unsafe-inline'"  # Mantine and the editor write style tags
)
OTHERS = "api|webhooks|healthz|readyz|metrics"
SAFE = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
NOT_BUILT = """<!doctype html><meta charset="utf-8"><title>Baton</title>
<h1>The portal is not built</h1>
<p>Baton works: its API is there. <code>make portal</code> builds the portal; then load this page again.</p>
"""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _door(dist: Path) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        found = await asyncio.to_thread(_file, dist, path)
        if found is None:
            return web.Response(
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                text=NOT_BUILT,
                content_type="text/html",
                headers=SAFE,
            )
        kept = FOR_EVER if found.parent.name == ASSETS else ASK_FIRST
        return web.FileResponse(found, headers={**SAFE, "Cache-Control": kept})

    return serve


def _file(dist: Path, path: str) -> Path | None:
    """The file that answers; None: nothing is built. Raises `HTTPNotFound` for an asset of an older build."""
    index = dist / "index.html"
    asked = (dist / path).resolve()
    hidden = any(part.startswith(".") for part in Path(path).parts)
    if not hidden and asked.is_relative_to(dist.resolve()) and asked.is_file():
        return asked
    if path.startswith(f"{ASSETS}/"):
        raise web.HTTPNotFound
    return index if index.is_file() else None


def routes(dist: Path = DIST) -> list[web.RouteDef]:
    return [web.get(f"/{{path:(?!(?:{OTHERS})(?:/|$)).*}}", _door(dist))]
