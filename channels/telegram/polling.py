"""Long polling: store, then confirm. The offset moves only past what has been accepted.

Updates stay raw, for aiogram's strict models would lose those that they don't know.
"""

import asyncio

import aiohttp
import msgspec
import structlog

from channels import errors
from channels.base import Accept
from channels.messages import Request

from .parse import mended

WAIT_SECONDS = 25
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
_DEAD = frozenset({401, 404})
_CONFLICT = 409
CONFLICTS = 3
"""In a row: one or two come from a replica that is just leaving."""

HELD_ELSEWHERE = (
    "Another program receives this bot's messages. Stop it, or give it a bot of its own."
)
_log = structlog.get_logger("telegram")


class _Parameters(msgspec.Struct, frozen=True):
    retry_after: float = 0.0


class _Answer(msgspec.Struct):
    ok: bool
    result: list[msgspec.Raw] = []
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = _Parameters()


class _Numbered(msgspec.Struct):
    update_id: int


_answer = msgspec.json.Decoder(_Answer).decode
_numbered = msgspec.json.Decoder(_Numbered).decode


class Poller:
    """One bot's ear. `url` is that of getUpdates, and has the token in it: never log it."""

    def __init__(self, url: str, allowed: tuple[str, ...], accept: Accept) -> None:
        self._url = url
        self._allowed = allowed
        self._accept = accept
        self._offset = 0

    async def run(self) -> None:
        """For ever. Raises `Unauthorised` when the token has died, and `RetryLater` when somebody else
        keeps polling this bot.
        """
        pause, conflicts = FIRST_PAUSE, 0
        timeout = aiohttp.ClientTimeout(total=WAIT_SECONDS + 10)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                try:
                    await self._round(http)
                    pause, conflicts = FIRST_PAUSE, 0
                except errors.Unauthorised:
                    raise
                except Exception as error:
                    # Whatever it is, Telegram keeps what is not confirmed for a day.
                    conflicts += getattr(error, "code", "") == str(_CONFLICT)
                    if conflicts == CONFLICTS:
                        raise errors.RetryLater(HELD_ELSEWHERE, after=pause) from error
                    wait = max(pause, getattr(error, "after", 0.0))
                    _log.warning("polling paused", action="poll_paused", error=_named(error))
                    await asyncio.sleep(wait)
                    pause = min(LONGEST_PAUSE, pause * 2)

    async def _round(self, http: aiohttp.ClientSession) -> None:
        updates = await self._updates(http)
        for update in updates:
            number = _numbered(update).update_id
            await self._accept(Request(body=bytes(update), trusted=True))
            self._offset = number + 1
        if not updates:
            # All is confirmed. After a quiet week Telegram counts from anywhere, also from below.
            self._offset = 0

    async def _updates(self, http: aiohttp.ClientSession) -> list[msgspec.Raw]:
        asked = {
            "offset": self._offset,
            "timeout": WAIT_SECONDS,
            "allowed_updates": self._allowed,
        }
        async with http.post(self._url, json=asked) as response:
            answer = _read(await response.read())
        if answer.ok:
            return answer.result
        if answer.error_code in _DEAD:
            raise errors.Unauthorised("The bot's token is revoked or wrong.", code="401")
        after = answer.parameters.retry_after
        raise errors.RetryLater(answer.description, after=after, code=str(answer.error_code))


def _read(body: bytes) -> _Answer:
    try:
        return _answer(body)
    except msgspec.DecodeError:
        return _answer(mended(body))


def _named(error: Exception) -> str:
    """A sentence without the URL."""
    return error.detail if isinstance(error, errors.ChannelError) else type(error).__name__
