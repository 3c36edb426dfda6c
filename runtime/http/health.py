"""The machines' door: alive, ready, and figures. No login, no secrets."""

from aiohttp import web

from runtime import errors
from runtime.storage import workers

from .keys import METRICS, PULSE, STORE


async def healthz(_: web.Request) -> web.Response:
    """The process answers; nothing more is promised."""
    return web.json_response({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """Whether work can be done here now: the database answers, our lease stands, the bus rings."""
    pulse = request.app[PULSE]
    checks = {"database": "ok", "loops": "ok" if pulse.alive else "lease lost"}
    checks["bus"] = "ok" if pulse.bus_healthy else "down: slower, nothing is lost"
    try:
        await request.app[STORE].read(workers.alive)
    except errors.Unavailable as error:
        checks["database"] = error.detail
    ready = checks["database"] == "ok" and pulse.alive
    return web.json_response(checks, status=200 if ready else 503)


async def metrics(request: web.Request) -> web.Response:
    return web.Response(
        body=request.app[METRICS].text(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )


def routes() -> list[web.RouteDef]:
    return [
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
        web.get("/metrics", metrics),
    ]
