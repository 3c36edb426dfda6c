"""The portal's door: built files, one page for every other address, and nothing of other doors."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from runtime.http import errors, portal
from tests.servers import free_port

PAGE, SCRIPT = "<title>Baton</title>", "console.log(1)"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / ".vite").mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "icon.svg").write_text("<svg/>")
    (folder / ".vite/manifest.json").write_text("{}")
    (folder / "assets/index-1a.js").write_text(SCRIPT)
    (folder / "assets/index-1a.js.gz").write_bytes(b"packed")
    (tmp_path / "secret.key").write_text("secret")
    return folder


@contextlib.asynccontextmanager
async def served(dist: Path) -> AsyncIterator[tuple[ClientSession, str]]:
    app = web.Application(middlewares=[errors.middleware])
    app.add_routes(portal.routes(dist))
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with ClientSession(auto_decompress=False) as http:
        yield http, f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.mark.parametrize("path", ["/", "/human-agents/01J", "/apiary", "/login?next=/"])
async def test_every_address_of_the_portal_gets_its_one_page(dist: Path, path: str) -> None:
    async with served(dist) as (http, base), http.get(base + path) as answer:
        assert (answer.status, await answer.text()) == (200, PAGE)
        assert answer.headers["Cache-Control"] == "no-cache"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "script-src" not in policy  # so scripts are our own files, and never inline
        assert "frame-ancestors 'none'" in policy


async def test_files_with_a_hash_are_kept_for_ever_and_travel_packed(dist: Path) -> None:
    packed = {"Accept-Encoding": "gzip"}
    async with served(dist) as (http, base):
        async with http.get(f"{base}/assets/index-1a.js", headers=packed) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["Content-Encoding"] == "gzip"
            assert "javascript" in answer.headers["Content-Type"]
            assert await answer.read() == b"packed"
        async with http.get(f"{base}/icon.svg") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/v1/nothing", "/webhooks/x/y", "/healthz/x", "/metrics", "/assets/index-0z.js"],
)
async def test_what_belongs_to_others_is_not_found(dist: Path, path: str) -> None:
    async with served(dist) as (http, base), http.get(base + path) as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/../secret.key", "/%2e%2e/secret.key", "/.vite/manifest.json"])
async def test_nothing_beside_the_built_files_is_served(dist: Path, path: str) -> None:
    async with served(dist) as (http, base), http.get(base + path) as answer:
        assert await answer.text() == PAGE


async def test_without_a_build_a_plain_page_says_so(tmp_path: Path) -> None:
    async with served(tmp_path / "none") as (http, base), http.get(base) as answer:
        assert answer.status == 503
        assert "make portal" in await answer.text()
