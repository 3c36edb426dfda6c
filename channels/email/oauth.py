"""Access tokens of a mailbox that wants OAuth: fetched at the admin's token server, kept until shortly
before they end, and fetched once however many ask.

With a refresh token it is the mailbox's owner who lets us in (Gmail, Microsoft 365); without, the app itself
(client credentials, Microsoft 365).
"""

import asyncio
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec

from channels import errors

from .settings import OAuth

PATIENCE = aiohttp.ClientTimeout(total=15, connect=10)
MARGIN = 60.0
"""Seconds before its end from which a token counts as over."""
USUAL_LIFE = 3600.0
AWAY_SECONDS = 10.0
_DEAD = {
    "invalid_grant": "The refresh token is no longer valid: authorise the mailbox again.",
    "invalid_client": "The token server does not know the client id, or its secret is wrong.",
    "unauthorized_client": "The app may not ask for such tokens: its registration must allow it.",
    "invalid_scope": "The token server refuses the scope.",
}


class Tokens:
    """Of one mailbox."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._refresh_token = oauth.refresh_token
        self._fetching = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def access(self, refused: str = "") -> str:
        """One that is valid, and other than the one that was `refused`. Raises `Unauthorised`, or
        `RetryLater` while the token server is away.
        """
        async with self._fetching:
            if self._token in {"", refused} or time.monotonic() >= self._until:
                self._keep(await self._fetched())
            return self._token

    def _keep(self, answer: Mapping[str, Any]) -> None:
        self._token = str(answer["access_token"])
        life = answer.get("expires_in")
        seconds = float(life) if isinstance(life, int | float | str) and life else USUAL_LIFE
        self._until = time.monotonic() + max(seconds - MARGIN, seconds / 2)
        # Some hand out another one each time. It lives only as long as we do: the first must last.
        self._refresh_token = str(answer.get("refresh_token") or self._refresh_token)

    async def _fetched(self) -> Mapping[str, Any]:
        asked = {"client_id": self._oauth.client_id, "grant_type": "client_credentials"}
        if self._refresh_token:
            asked |= {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        if self._oauth.client_secret:
            asked["client_secret"] = self._oauth.client_secret
        if self._oauth.scope:
            asked["scope"] = self._oauth.scope
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as http,
                http.post(self._oauth.token_url, data=asked) as response,
            ):
                status, answer = response.status, _json(await response.read())
        except aiohttp.InvalidURL:
            raise errors.Rejected("oauth.token_url is not an address.") from None
        except (aiohttp.ClientError, OSError) as error:
            detail = f"The token server cannot be reached ({type(error).__name__})."
            raise errors.RetryLater(detail, after=AWAY_SECONDS, whole_account=True) from error
        if status == HTTPStatus.OK and answer.get("access_token"):
            return answer
        raise _refusal(status, answer)


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(status: int, answer: Mapping[str, Any]) -> errors.ChannelError:
    code = str(answer.get("error") or status)
    said = " ".join(str(answer.get("error_description") or "").split())
    sentence = _DEAD.get(code, "The token server refuses to hand out a token.")
    detail = f"{sentence} ({said})" if said else sentence
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = f"The token server cannot answer now ({status})."
        return errors.RetryLater(detail, after=AWAY_SECONDS, whole_account=True, code=code)
    return errors.Unauthorised(detail, code=code)
