"""How a bot receives: webhooks set and deleted, and long polling, with Telegram's rules on both."""

import asyncio
import re
from urllib.parse import urlsplit

from .api import Api, Described, bad, nested
from .state import Bot, Json, Refusal, Webhook

_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_PORTS = frozenset({80, 88, 443, 8443})


async def set_webhook(api: Api, bot: Bot, parameters: Json) -> bool:
    url = str(parameters.get("url") or "")
    if not url:
        return await delete_webhook(api, bot, {})
    now = api.telegram.clock.now()
    if now - bot.webhook_set_at < 1.0:
        raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)  # TG37
    secret = str(parameters.get("secret_token") or "")
    if len(secret) > 256:
        raise bad("secret token is too long")  # TG36
    if not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    _check_url(api, url)
    allowed = nested(parameters, "allowed_updates", list)
    hook = Webhook(
        url=url,
        secret=secret,
        allowed=bot.allowed if allowed is None else allowed,
        max_connections=int(parameters.get("max_connections") or 40),
    )
    bot.webhook_set_at = now
    before, bot.webhook = bot.webhook, hook
    bot.allowed = hook.allowed
    bot.wake()
    same = before is not None and (before.url, before.secret) == (url, secret)
    raise Described(True, "Webhook is already set" if same else "Webhook was set")  # TG38


def _check_url(api: Api, url: str) -> None:
    """TG35; `local_mode` lifts it for a webhook on this machine."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise bad("invalid webhook URL specified")
    if api.telegram.local_mode and parts.hostname in {"127.0.0.1", "localhost"}:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if parts.hostname.startswith(("127.", "10.", "192.168.")):
        raise bad(f"bad webhook: IP address {parts.hostname} is reserved")


async def delete_webhook(api: Api, bot: Bot, parameters: Json) -> bool:
    before, bot.webhook = bot.webhook, None
    if str(parameters.get("drop_pending_updates", "")).lower() == "true":
        bot.updates.clear()
    bot.wake()
    raise Described(True, "Webhook was deleted" if before else "Webhook is already deleted")


async def get_webhook_info(api: Api, bot: Bot, _: Json) -> Json:
    hook = bot.webhook or Webhook(url="")
    info: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
        "max_connections": hook.max_connections,
        "allowed_updates": hook.allowed,
    }
    if hook.last_error_date:
        info["last_error_date"] = hook.last_error_date
        info["last_error_message"] = hook.last_error_message
    return info


async def get_updates(api: Api, bot: Bot, parameters: Json) -> list[Json]:
    if bot.webhook is not None:  # TG39
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
            "delete the webhook first",
        )
    bot.poller = me = object()  # TG40: the former one is thrown out
    bot.wake()
    allowed = nested(parameters, "allowed_updates", list)
    if allowed is not None:
        bot.allowed = allowed
    offset = int(parameters.get("offset") or 0)
    limit = min(100, max(1, int(parameters.get("limit") or 100)))
    deadline = asyncio.get_running_loop().time() + min(50, int(parameters.get("timeout") or 0))
    _confirm(bot, offset)
    while not bot.updates:
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            break
        try:
            await asyncio.wait_for(bot.changed.wait(), left)
        except TimeoutError:
            break
        if bot.poller is not me:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot "
                "instance is running",
            )
    return [update.body for update in list(bot.updates)[:limit]]


def _confirm(bot: Bot, offset: int) -> None:
    """TG41: everything below the offset is done; a negative one keeps only the last."""
    if offset < 0:
        while len(bot.updates) > -offset:
            bot.updates.popleft()
    while bot.updates and offset > 0 and bot.updates[0].id < offset:
        update = bot.updates.popleft()
        bot.delivered[update.id] = update
