"""What every media store promises: a folder, and a bucket of a real S3 server."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from runtime import bootstrap, config
from runtime.errors import Misconfigured
from runtime.media import base, s3
from runtime.media.base import Media
from runtime.media.folder import FolderMedia
from tests.bucket import running_bucket
from tests.operators import begun, desk
from tests.servers import free_port
from tests.story import world

BYTES = bytes(range(256)) * 300
UNKNOWN = "0" * 64


@pytest.fixture(scope="module")
def settings() -> Iterator[dict[str, str]]:
    with running_bucket() as told:
        yield told


def bucket(told: dict[str, str], **more: str) -> s3.Bucket:
    told = told | more
    return s3.bucket(told["media_url"], told["aws_access_key_id"], told["aws_secret_access_key"])


@pytest.fixture(params=["folder", "s3"])
async def media(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Media]:
    store: Media = FolderMedia(tmp_path)
    if request.param == "s3":
        store = s3.S3Media(bucket(request.getfixturevalue("settings")))
    yield store
    await store.aclose()


async def test_what_is_stored_comes_back_by_its_hash_however_often_it_is_stored(
    media: Media,
) -> None:
    sha256 = await media.put(BYTES)
    assert sha256 == hashlib.sha256(BYTES).hexdigest()
    assert await media.put(BYTES) == sha256
    assert await media.get(sha256) == BYTES


async def test_what_is_not_there_is_a_key_error(media: Media) -> None:
    for name in (UNKNOWN, "../../etc/passwd", "", "?x=1"):
        with pytest.raises(KeyError):
            await media.get(name)


async def test_too_much_is_refused_before_anything_is_stored(media: Media) -> None:
    content = bytes(base.MAX_BYTES + 1)
    with pytest.raises(ValueError, match="bytes"):
        await media.put(content)
    with pytest.raises(KeyError):
        await media.get(hashlib.sha256(content).hexdigest())


async def test_a_wrong_secret_is_no_missing_file(settings: dict[str, str]) -> None:
    store = s3.S3Media(bucket(settings, aws_secret_access_key="wrong"))
    with pytest.raises(OSError, match="403"):
        await store.put(BYTES)
    with pytest.raises(OSError, match="403"):
        await store.get(UNKNOWN)
    await store.aclose()


async def test_a_bucket_that_is_away_is_no_missing_file(settings: dict[str, str]) -> None:
    away = f"s3://shop?endpoint=http://127.0.0.1:{free_port()}"
    store = s3.S3Media(bucket(settings, media_url=away))
    with pytest.raises(OSError, match="cannot be reached"):
        await store.get(UNKNOWN)
    await store.aclose()


@pytest.mark.parametrize("path", ["torn", "redirect"])
async def test_what_a_bucket_gives_is_checked_and_never_fetched_elsewhere(path: str) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if path == "redirect":
            raise web.HTTPFound("/elsewhere")
        return web.Response(body=b"another file")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    store = s3.S3Media(s3.bucket(f"s3://b?endpoint=http://127.0.0.1:{port}", "k", "s"))
    with pytest.raises(OSError, match=r"another file|302"):
        await store.get(UNKNOWN)
    assert asked == [f"/b/{UNKNOWN}"]
    await store.aclose()
    await runner.cleanup()


def test_our_signature_is_that_of_aws() -> None:
    where = s3.bucket("s3://b/a%20~ü?region=eu-west-1", "AKIA", "secret")
    at = datetime(2026, 11, 24, 13, 0, 1, tzinfo=UTC)
    ours = s3.signed(where, "PUT", "/b/a%20~%C3%BC/x", UNKNOWN, at)
    request = AWSRequest("PUT", f"{where.endpoint}/b/a%20~%C3%BC/x")
    request.headers["X-Amz-Content-SHA256"] = UNKNOWN
    request.context["timestamp"] = ours["x-amz-date"]
    request.headers["X-Amz-Date"] = ours["x-amz-date"]
    auth = S3SigV4Auth(Credentials("AKIA", "secret"), "s3", "eu-west-1")
    auth.payload = lambda _: UNKNOWN
    signed = auth.string_to_sign(request, auth.canonical_request(request))
    assert ours["authorization"].endswith(f"Signature={auth.signature(signed, request)}")


@pytest.mark.parametrize(
    "url",
    ["https://b", "s3://", "s3://b?bucket=x", "s3://b?endpoint=shop.example", "s3:b"],
)
def test_an_address_that_cannot_be_is_said_at_the_start(url: str, tmp_path: Path) -> None:
    told = config.Settings(
        database_url=f"sqlite:///{tmp_path / 'b.db'}",
        secret_key="k" * 40,
        media_url=url,
        aws_access_key_id="k",
        aws_secret_access_key="s",
    )
    with pytest.raises(Misconfigured, match="BATON_MEDIA_URL"):
        bootstrap.build(told)


async def test_an_operators_file_goes_through_the_bucket_to_the_customer(
    sqlite_url: str, tmp_path: Path, settings: dict[str, str]
) -> None:
    more: dict[str, Any] = {**settings}
    async with world(sqlite_url, tmp_path, **more) as w, desk(w) as olga:
        session = await begun(w)
        await olga.post(f"/sessions/{session}/takeover")
        got = await olga.ask("POST", "/uploads?name=a.txt", data=BytesIO(b"Order 7"))
        file = {name: got.body[name] for name in ("sha256", "name", "mime")}
        sent = await olga.post(f"/sessions/{session}/messages", attachments=[file])
        assert sent.status == 202, sent.body
        await w.until(lambda: w.calls("senddocument"), "it is sent")
        assert (await olga.get(f"/files/{file['sha256']}", mime="text/plain")).body == "Order 7"
        assert not (tmp_path / "media").exists()
