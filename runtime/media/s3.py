"""Attachments in a bucket that speaks S3's protocol: two calls, signed with AWS Signature Version 4.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
from yarl import URL

from .base import MAX_BYTES

SECONDS = 60.0
"""For one file."""
CHUNK = 64 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """Where it is, and with which credentials."""

    endpoint: str
    """Such as `https://s3.eu-central-1.amazonaws.com`; the bucket is in the path."""
    name: str
    prefix: str
    region: str
    key_id: str
    secret: str = field(repr=False)


def bucket(url: str, key_id: str, secret: str) -> Bucket:
    """Of `s3://BUCKET/PREFIX?region=REGION&endpoint=URL`. Raises `ValueError` with a sentence."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("it must be s3://BUCKET/PREFIX?region=REGION&endpoint=URL")
    unknown = set(query) - {"region", "endpoint"}
    if unknown:
        raise ValueError(f"there is no {min(unknown)}; there are region and endpoint")
    if not key_id or not secret:
        raise ValueError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed too")
    region = query.get("region", "us-east-1")
    endpoint = query.get("endpoint", f"https://s3.{region}.amazonaws.com").rstrip("/")
    if not endpoint.startswith(("https://", "http://")):
        raise ValueError("endpoint begins with https:// (or http:// on loopback)")
    return Bucket(
        endpoint=endpoint,
        name=parts.netloc,
        prefix=parts.path.strip("/"),
        region=region,
        key_id=key_id,
        secret=secret,
    )


def signed(where: Bucket, method: str, path: str, digest: str, at: datetime) -> dict[str, str]:
    """The headers of a request without a query; `digest` is the SHA-256 of its body."""
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "host": urlsplit(where.endpoint).netloc,
        "x-amz-content-sha256": digest,
        "x-amz-date": stamp,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{digest}"
    scope = f"{stamp[:8]}/{where.region}/s3/aws4_request"
    text = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{where.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={where.key_id}/{scope}"
    headers["authorization"] = (
        f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


class S3Media:
    """The bucket checks what it is given by its hash; we check what it gives back."""

    def __init__(
        self, where: Bucket, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._where = where
        self._now = now
        self._http: aiohttp.ClientSession | None = None

    async def put(self, content: bytes) -> str:
        if len(content) > MAX_BYTES:
            raise ValueError(f"A file may have {MAX_BYTES} bytes, not {len(content)}.")
        sha256 = await asyncio.to_thread(_digest, content)
        status, _ = await self._ask("PUT", sha256, sha256, content)
        if status != HTTPStatus.OK:
            raise OSError(f"The bucket did not take a file: it answered {status}.")
        return sha256

    async def get(self, sha256: str) -> bytes:
        if not _HASH.fullmatch(sha256):
            raise KeyError(sha256)
        status, content = await self._ask("GET", sha256, _digest(b""))
        if status == HTTPStatus.NOT_FOUND:
            raise KeyError(sha256)
        if status != HTTPStatus.OK:
            raise OSError(f"The bucket did not give a file: it answered {status}.")
        if await asyncio.to_thread(_digest, content) != sha256:
            raise OSError("The bucket gave another file, or a part of it.")
        return content

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def _ask(
        self, method: str, sha256: str, digest: str, content: bytes | None = None
    ) -> tuple[int, bytes]:
        """Status and body. Raises `OSError` if there is no answer."""
        where = [part for part in (self._where.name, self._where.prefix, sha256) if part]
        path = quote(f"/{'/'.join(where)}", safe="/~")
        headers = signed(self._where, method, path, digest, self._now())
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS))
        url = URL(f"{self._where.endpoint}{path}", encoded=True)
        try:
            async with self._http.request(
                method, url, headers=headers, data=content, allow_redirects=False
            ) as answer:
                return answer.status, await _bounded(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OSError(
                f"The bucket cannot be reached: {error or 'no answer in time'}."
            ) from error


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > MAX_BYTES:
            raise OSError(f"The bucket gave more than {MAX_BYTES} bytes.")
    return bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
