"""The Graph API over aiohttp: one account's token, its answers as dictionaries, its refusals as
`channels.errors`. The token goes to Meta and to nobody else, and is never logged.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from yarl import URL

from channels import errors
from channels.messages import LocalFile

from . import refusals

DEFAULT_API = "https://graph.facebook.com"
DEFAULT_VERSION = "v26.0"
AWAY_SECONDS = 2.0
"""How soon to try again when Meta could not even be reached."""
# Time to connect is its own: who has no connection has surely said nothing.
PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)
FILE_PATIENCE = aiohttp.ClientTimeout(total=50, connect=10)
CONNECTIONS = 64
CHUNK = 256 * 1024
_MEDIA_HOSTS = (".facebook.com", ".fbcdn.net", ".fbsbx.com", ".whatsapp.net")
_NO_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Client:
    """Made at once, connected when first used."""

    def __init__(self, token: str, api_base: str, version: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        self._base = URL(api_base)
        self._root = f"{api_base.rstrip('/')}/{version}"
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._call("POST", path, json=body)

    async def upload(self, path: str, file: LocalFile) -> dict[str, Any]:
        """Its name is said by the message, where any alphabet fits."""
        form = aiohttp.FormData({"messaging_product": "whatsapp", "type": file.mime})
        form.add_field("file", file.content, filename="file", content_type=file.mime)
        return await self._call("POST", path, data=form, timeout=FILE_PATIENCE)

    async def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            async with self._open().request(
                method, f"{self._root}/{path}", allow_redirects=False, **more
            ) as answer:
                status, body = answer.status, _json(await answer.read())
        except (aiohttp.ClientError, OSError) as error:
            raise _broken(error) from error
        if status == HTTPStatus.OK and isinstance(body, dict) and "error" not in body:
            return body
        raise refusals.of(status, body)

    async def download(self, url: str, limit: int) -> bytes:
        """At most `limit` bytes. Raises `Rejected` for what is gone, too large, or not Meta's."""
        if not self._is_metas(url):
            raise errors.Rejected("WhatsApp keeps this file in a place that we do not know.")
        content = bytearray()
        try:
            async with self._open().get(url, timeout=FILE_PATIENCE) as answer:
                if answer.status == HTTPStatus.NOT_FOUND:
                    raise errors.Rejected("WhatsApp no longer has this file.", code="404")
                if answer.status != HTTPStatus.OK:
                    raise refusals.of(answer.status, _json(await answer.content.read(CHUNK)))
                async for chunk in answer.content.iter_chunked(CHUNK):
                    content += chunk
                    if len(content) > limit:
                        raise errors.Rejected("The file is too large.", code="too_big")
        except (aiohttp.ClientError, OSError) as error:
            raise _broken(error) from error
        return bytes(content)

    def _is_metas(self, url: str) -> bool:
        """Where our token may go: to the API itself, or by TLS to where Meta keeps files."""
        try:
            where = URL(url).origin()
        except ValueError:
            return False
        if where == self._base.origin():
            return True
        return where.scheme == "https" and f".{where.host}".endswith(_MEDIA_HOSTS)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                timeout=PATIENCE,
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def aclose(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _broken(error: Exception) -> errors.ChannelError:
    """No answer. Without a connection it can't have been heard."""
    if isinstance(error, _NO_CONNECTION):
        return errors.RetryLater(
            "WhatsApp cannot be reached.", after=AWAY_SECONDS, whole_account=True
        )
    return errors.OutcomeUnknown("The connection to WhatsApp broke before its answer.")
