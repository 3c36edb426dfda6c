"""What aiogram and aiohttp raise, in the words of `channels.errors`: who must react, and may it go again?

The line that matters runs between `RetryLater`, surely not accepted, and `OutcomeUnknown`.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp

from channels import errors
from channels.messages import Address

T = TypeVar("T")
AWAY_SECONDS = 2.0
"""How soon to try again when the platform could not even be reached."""
_NO_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_UNREACHABLE = {
    "bot was blocked": "The customer blocked the bot.",
    "USER_IS_BLOCKED": "The customer blocked the bot.",
    "user is deactivated": "The customer's account is deleted.",
    "can't initiate conversation": "The customer has never pressed Start.",
    "chat not found": "The customer has never written to this bot.",
    "user not found": "The customer has never written to this bot.",
    "PEER_ID_INVALID": "The customer has never written to this bot.",
    "can't send messages to": "This is another bot.",
    "bot was kicked": "The bot was removed from the group.",
    "bot is not a member": "The bot is not in the group.",
    "chat was deleted": "The group is deleted.",
    "CHAT_WRITE_FORBIDDEN": "The bot may not write in this group.",
    "not enough rights": "The bot may not write in this group.",
    "have no rights": "The bot may not write in this group.",
    "business connection not found": "The business account is no longer connected to the bot.",
    "BUSINESS_PEER_USAGE_MISSING": "The customer has not written to the business account for 24 hours.",
}
"""Telegram's words, in whatever status they come, to a sentence for an operator."""


async def translated(call: Callable[[], Awaitable[T]]) -> T:
    """The one boundary to aiogram. Raises the errors of `channels.errors`."""
    try:
        return await call()
    except errors.ChannelError:
        raise
    except Exception as error:
        raise _ours(error) from error


def _ours(error: Exception) -> errors.ChannelError:
    return next(ours(error) for kind, ours in _table() if isinstance(error, kind))


@functools.cache
def _table() -> tuple[tuple[type[Exception], Callable[[Any], errors.ChannelError]], ...]:
    """The first kind that fits."""
    import pydantic
    from aiogram import exceptions as ex

    return (
        (ex.TelegramRetryAfter, _wait),
        (ex.TelegramMigrateToChat, _moved),
        (
            ex.TelegramUnauthorizedError,
            lambda _: _dead("The bot's token is revoked or wrong.", 401),
        ),
        (ex.TelegramNotFound, lambda _: _dead("Telegram does not know this bot.", 404)),
        (ex.TelegramConflictError, lambda error: _dead(error.message, 409)),
        (
            ex.TelegramEntityTooLarge,
            lambda _: errors.Rejected("The file is too large.", code="413"),
        ),
        (ex.TelegramForbiddenError, lambda error: _unreachable(error.message, 403)),
        (ex.TelegramServerError, lambda error: _unknown(f"Telegram failed: {error.message}")),
        (ex.TelegramNetworkError, _broken),
        (ex.TelegramAPIError, _refused),
        (aiohttp.ClientError, _broken),
        (OSError, _broken),  # a TimeoutError is one
        (pydantic.ValidationError, lambda _: errors.Rejected("Telegram has no such message.")),
        (Exception, lambda _: _unknown("Telegram's answer could not be understood.")),
    )


def _wait(error: Any) -> errors.RetryLater:
    after = float(error.retry_after)
    return errors.RetryLater(f"Telegram asks to wait {after:g} s.", after=after, code="429")


def _moved(error: Any) -> errors.Moved:
    new = Address(chat=str(error.migrate_to_chat_id))
    return errors.Moved("The group became a supergroup.", new=new)


def _dead(detail: str, code: int) -> errors.Unauthorised:
    return errors.Unauthorised(detail, code=str(code))


def _unknown(detail: str) -> errors.OutcomeUnknown:
    return errors.OutcomeUnknown(detail)


def _unreachable(message: str, code: int) -> errors.Unreachable:
    return errors.Unreachable(_sentence(message) or message, code=str(code))


def _refused(error: Any) -> errors.ChannelError:
    if _sentence(error.message):
        return _unreachable(error.message, 400)
    return errors.Rejected(error.message, code="400")


def _sentence(message: str) -> str:
    return next((told for words, told in _UNREACHABLE.items() if words in message), "")


def _broken(error: Exception) -> errors.ChannelError:
    """No answer. Without a connection it can't have been heard."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _NO_CONNECTION):
            return errors.RetryLater("Telegram cannot be reached.", after=AWAY_SECONDS)
        cause = cause.__cause__ or cause.__context__
    return _unknown("The connection to Telegram broke before its answer.")
