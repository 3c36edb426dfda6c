"""One WhatsApp number: `parse`, `markdown`, `send` and `templates`, joined.

dedupe: done (wamid, status) · signature: done (HMAC over the raw bytes) · retry-after: done (by code) ·
blocked user: done (131026) · attachments: done · edits: done · threading: done (replies) · rate limit:
done (capabilities) · templates: done · first contact: done (template)
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels import errors
from channels.base import Accept, Capabilities, FirstContact, Pace
from channels.messages import (
    Address,
    Inbound,
    LocalFile,
    Outbound,
    Piece,
    Receipt,
    RemoteFile,
    Request,
    Signal,
)
from channels.settings import setting
from channels.templates import Filled, Template

from . import markdown, signature, templates
from .client import DEFAULT_API, DEFAULT_VERSION, Client
from .parse import Own, parse
from .send import Sender

WEBHOOKS = {
    "app": "You, for the whole app in its dashboard",
    "number": "Baton, for this number only",
}
DAY = 24 * 60 * 60.0
MARGIN = 5 * 60.0
"""Meta looks at the window when our message arrives, which is later than we do."""
INBOUND_SHARE = 0.75
"""What customers write counts against the same limit: this much of it is ours."""
UNVERIFIED = "2200"
"""Meta asked our webhook, and did not hear its challenge back."""
PAGE = "100"
PAGES = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatsAppSettings:
    """What a number must be told."""

    phone_number_id: str = setting("The id of the number, from the app's dashboard.", account=True)
    waba_id: str = setting("The id of the WhatsApp Business account that the number belongs to.")
    access_token: str = setting(
        "The token of a system user who may send for the account.", secret=True
    )
    app_secret: str = setting("The secret of the Meta app, which signs each webhook.", secret=True)
    verify_token: str = setting(
        "Any text you choose; Meta sends it back when the webhook is set.", secret=True
    )
    api_base: str = setting("Another Graph API server, if you use one.", default=DEFAULT_API)
    api_version: str = setting("The version of the Graph API.", default=DEFAULT_VERSION)
    webhook: str = setting(
        "The webhook of an app gets what is for all its numbers, except for those that have their own.",
        default="app",
        choices=WEBHOOKS,
    )
    messages_per_second: int = setting(
        "How many the number may send; 20 if it is also used in the app on a phone.", default=80
    )

    def __post_init__(self) -> None:
        if self.webhook not in WEBHOOKS:
            raise ValueError(f"The webhook is {' or '.join(WEBHOOKS)}, not {self.webhook!r}.")
        if self.messages_per_second <= 0:
            raise ValueError("messages_per_second is above 0.")


class WhatsAppChannel:
    """Implements `channels.base.Channel`, `AppWebhook` and `Templated`."""

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._settings = settings
        self._own = Own(phone_number_id=settings.phone_number_id, waba_id=settings.waba_id)
        self._client = Client(settings.access_token, settings.api_base, settings.api_version)
        self._sender = Sender(self._client, settings.phone_number_id)
        self.capabilities = _capabilities(settings)
        self.accounts = frozenset({settings.phone_number_id, settings.waba_id})

    @contextlib.asynccontextmanager
    async def connect(self, accept: Accept, webhook_url: str | None) -> AsyncIterator[None]:  # noqa: ARG002 - webhooks come by HTTP
        """Raises `Unauthorised` when the token cannot see the number."""
        if not self._settings.app_secret:
            raise errors.Rejected("Webhooks need the app's secret, or anybody could write to us.")
        await self._client.get(self._own.phone_number_id, fields="id,display_phone_number")
        if self._settings.webhook == "number":
            await self._lead_here(webhook_url)
        yield

    async def _lead_here(self, url: str | None) -> None:
        if not url:
            raise errors.Rejected("Webhooks need BATON_PUBLIC_URL; or set the webhook to app.")
        if not self._settings.verify_token:
            raise errors.Rejected("Webhooks need a verify token, which Meta sends back to us.")
        here = {"override_callback_uri": url, "verify_token": self._settings.verify_token}
        apps = f"{self._own.waba_id}/subscribed_apps"
        if not (await self._client.get(apps)).get("data"):
            # Not otherwise: it would take back where the account's other numbers are led.
            await self._client.post(apps, {})
        try:
            await self._client.post(self._own.phone_number_id, {"webhook_configuration": here})
        except errors.Rejected as error:
            if error.code != UNVERIFIED:
                raise
            # Our doors may only be about to open.
            raise errors.RetryLater(error.detail, after=1, code=error.code) from error

    def receive(self, request: Request) -> Sequence[Inbound]:
        if not request.trusted:
            signature.check(request, self._settings.app_secret)
        return parse(request.body, self._own)

    def challenge(self, request: Request) -> bytes:
        return signature.challenge(request, self._settings.verify_token)

    def compose(self, text: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
        return markdown.compose(text, attachments)

    async def send(self, outbound: Outbound) -> Receipt:
        return await self._sender.send(outbound)

    async def signal(self, address: Address, signal: Signal) -> None:
        await self._sender.signal(address, signal)

    async def fetch(self, file: RemoteFile) -> bytes:
        return await self._sender.fetch(file)

    async def templates(self) -> Sequence[Template]:
        found: list[Template] = []
        query = {"fields": templates.FIELDS, "limit": PAGE}
        for _ in range(PAGES):
            page = await self._client.get(f"{self._own.waba_id}/message_templates", **query)
            data, paging = page.get("data"), page.get("paging")
            found += templates.read_all(data)
            after = templates.next_cursor(paging)
            if not after:
                break
            query["after"] = after
        return found

    def fill(self, definition: Mapping[str, Any], values: Mapping[str, str]) -> Filled:
        return templates.fill(definition, values)

    async def aclose(self) -> None:
        await self._client.aclose()


async def account(settings: WhatsAppSettings) -> str:
    """Which number it is. Raises `Unauthorised`, or what says that Meta cannot be asked now."""
    client = Client(settings.access_token, settings.api_base, settings.api_version)
    try:
        number = await client.get(
            settings.phone_number_id, fields="display_phone_number,verified_name"
        )
    finally:
        await client.aclose()
    told = (number.get("display_phone_number"), number.get("verified_name"))
    return ", ".join(str(one) for one in told if one) or settings.phone_number_id


def _capabilities(settings: WhatsAppSettings) -> Capabilities:
    ours = settings.messages_per_second * INBOUND_SHARE
    return Capabilities(
        text_limit=markdown.LIMIT,
        markup=True,
        attachments=True,
        typing_seconds=25.0,
        first_contact=FirstContact.TEMPLATE,
        quiet_seconds=1.5,
        reached_by={"wa_phone": "wa_phone", "phone": "wa_phone"},
        window_seconds=DAY - MARGIN,
        account_pace=Pace(seconds=1 / ours, burst=max(1, int(ours / 8))),
        # Meta lets 45 through at once, and then takes them off what follows.
        chat_pace=Pace(seconds=6.1, burst=40),
    )
