"""How a bot receives: webhooks set and deleted, and long polling, with Telegram's rules on both."""

import asyncio
import contextlib
import ipaddress
import re
from urllib.parse import urlsplit

from .api import Call
from .chats import Json
from .errors import Described, bad, conflict, too_many
from .state import Bot
from .updates import Update, Webhook

LONGEST_POLL = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_PORTS = frozenset({80, 88, 443, 8443})
_OURSELVES = frozenset({"127.0.0.1", "localhost", "::1"})


async def set_webhook(call: Call) -> bool:
    bot, given, url = call.bot, call.parameters, call.parameters.text("url")
    if not url:
        return await delete_webhook(call)
    if call.now < bot.webhook_after:
        raise too_many(1)  # TG37
    bot.webhook_after = call.now + 1.0
    hook = Webhook(
        url=url,
        secret=given.text("secret_token"),
        ip_address=given.text("ip_address"),
        max_connections=given.within("max_connections", 40, 1, 100),
        has_certificate="certificate" in given.names,
    )
    _check(hook, local=call.telegram.local_mode)
    _allow(call)
    if given.flag("drop_pending_updates"):
        bot.updates.clear()
    elif bot.webhook == hook:
        raise Described(True, "Webhook is already set")  # TG38
    _end_poll(bot, "terminated by setWebhook request")
    bot.webhook = hook
    call.telegram.courier(bot)
    bot.wake()
    raise Described(True, "Webhook was set")


def _check(hook: Webhook, *, local: bool) -> None:
    """TG35 and TG36; `local` lifts the first for a webhook on this machine."""
    try:
        parts = urlsplit(hook.url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if not host or parts.scheme not in {"http", "https"}:
        raise bad("invalid webhook URL specified")
    if len(hook.secret) > 256:
        raise bad("secret token is too long")
    if not _SECRET.fullmatch(hook.secret):
        raise bad("secret token contains unallowed characters")
    if local and host in _OURSELVES:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    with contextlib.suppress(ValueError):  # a name, which is not looked up here
        address = ipaddress.ip_address(
            hook.ip_address or ("127.0.0.1" if host == "localhost" else host)
        )
        if address.version == 6:
            raise bad("bad webhook: IPv6-only addresses are not allowed")
        if not address.is_global:
            raise bad(f"bad webhook: IP address {address} is reserved")


async def delete_webhook(call: Call) -> bool:
    bot = call.bot
    before, bot.webhook = bot.webhook, None
    if call.parameters.flag("drop_pending_updates"):
        bot.updates.clear()
    bot.wake()
    raise Described(True, "Webhook was deleted" if before else "Webhook is already deleted")


def _allow(call: Call) -> None:
    """TG45: not given keeps what was; an empty list is the default set."""
    allowed = call.parameters.array("allowed_updates")
    if allowed is not None:
        call.bot.allowed = [str(kind) for kind in allowed]


async def get_webhook_info(call: Call) -> Json:
    bot = call.bot
    bot.updates.expire(call.now)
    hook = bot.webhook or Webhook(url="")
    info: Json = {
        "url": hook.url,
        "has_custom_certificate": hook.has_certificate,
        "pending_update_count": len(bot.updates),
    }
    if hook.url:
        info |= {"max_connections": hook.max_connections}
        info |= {"ip_address": hook.ip_address} if hook.ip_address else {}
        if bot.trouble.date:
            info |= {"last_error_date": bot.trouble.date, "last_error_message": bot.trouble.message}
    if bot.allowed:
        info["allowed_updates"] = bot.allowed
    return info


async def get_updates(call: Call) -> list[Json]:
    bot, given = call.bot, call.parameters
    if bot.webhook is not None:  # TG39
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
            "webhook first"
        )
    _allow(call)
    offset = given.number("offset")
    limit = given.within("limit", 100, 1, 100)
    timeout = given.within("timeout", 0, 0, LONGEST_POLL)
    before, at = bot.last_poll
    bot.last_poll = (offset, call.now)
    if offset == before and call.now < at + 3.0:
        timeout = max(timeout, 3)
    if offset == before and call.now < at + 0.5:
        limit = 1
    bot.updates.expire(call.now)
    _confirm(bot, offset)
    _end_poll(  # TG40
        bot,
        "terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    if timeout and not bot.updates:
        await _wait(bot, timeout)
    return [update.body for update in bot.updates[:limit]]


def _end_poll(bot: Bot, why: str) -> None:
    if bot.poller is not None and not bot.poller.done():
        bot.poller.set_result(why)


async def _wait(bot: Bot, seconds: float) -> None:
    """Until there is an update, the time is over, or somebody else takes the place."""
    bot.poller = ended = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.timeout(seconds):
            while not bot.updates and not ended.done():
                changed = asyncio.ensure_future(bot.changed.wait())
                try:
                    await asyncio.wait({changed, ended}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    changed.cancel()
    except TimeoutError:
        return
    finally:
        if bot.poller is ended:
            bot.poller = None
    if ended.done():
        raise conflict(ended.result())


def _confirm(bot: Bot, offset: int) -> None:
    """TG41: everything below the offset is done; a negative one keeps only the last."""
    done: list[Update] = bot.updates[:offset] if offset < 0 else []
    done += [update for update in bot.updates if offset > 0 and update.id < offset]
    for update in done:
        bot.updates.remove(update)
        bot.confirm(update)
