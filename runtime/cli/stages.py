"""The emulated platforms of the demo, each with one account. Their credentials are always the same, so
that a second start goes on with the channels of the first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

NAME = "Kestrel Support"
TEMPLATES: Sequence[Mapping[str, Any]] = (
    {
        "name": "order_shipped",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Your order is on its way"},
            {
                "type": "BODY",
                "text": "Hello {{1}}, order {{2}} left our warehouse today.",
                "example": {"body_text": [["Robin", "KS-1042"]]},
            },
            {"type": "FOOTER", "text": "Kestrel"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "I have a question"}]},
        ],
    },
    {"name": "may_we_help", "body": "Hello, you asked us something. May we go on with it?"},
    {
        "name": "autumn_offer",
        "body": "Ten percent off until Sunday.",
        "category": "MARKETING",
        "status": "PENDING",
    },
)
"""What the business has submitted to Meta."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One platform on this machine."""

    kind: str
    """Of the channel that is connected to it."""
    label: str
    """What the page is on which you are the customer."""
    app: web.Application
    settings: Callable[[str], Mapping[str, Any]]
    """Of the channel, given where the platform listens."""
    page: str = "/phone"
    hook: Callable[[str], None] = lambda _: None
    """Tells the platform where its webhooks go, as an admin does where a channel cannot do it itself."""
    begin: Callable[[], None] = lambda: None
    """Called when Baton listens."""


def telegram(_: int) -> Stage:
    from emulators.telegram import Telegram, create_app

    token = "100001:demo-token"  # noqa: S105 - of an emulator on this machine
    platform = Telegram()
    platform.add_bot(token, name=NAME)
    return Stage(
        kind="telegram",
        label="Telegram",
        app=create_app(platform),
        settings=lambda api: {"token": token, "api_base": api},
    )


def whatsapp(_: int) -> Stage:
    from emulators.whatsapp import Meta, create_app, setup

    meta = Meta()
    own = {"access_token": "EAAdemo", "app_secret": "demo-app-secret", "waba_id": "200002"}
    ids = {"number_id": "200001", "portfolio_id": "200003"}
    number = setup.number(meta, name=NAME, phone="15550200001", **ids, **own)
    app = setup.app_of(meta, number)
    app.verify_token = "demo-verify-token"  # noqa: S105 - of an emulator on this machine
    for template in TEMPLATES:
        setup.template(meta, number.waba, **template)
    told = {**own, "phone_number_id": number.id, "verify_token": app.verify_token}

    def hook(url: str) -> None:
        app.callback_url = url
        meta.postman.change(hold=True)  # a webhook that fails comes again only after a while

    def begin() -> None:
        meta.postman.change(hold=False)

    return Stage(
        kind="whatsapp",
        label="WhatsApp",
        app=create_app(meta),
        settings=lambda api: {**told, "api_base": api},
        hook=hook,
        begin=begin,
    )


def mail(port: int) -> Stage:
    """Its two other doors are at the ports that follow."""
    from emulators.mail import Post, create_app
    from emulators.mail.app import Ports

    post, address = Post(), "support@kestrel.example"
    account = post.add(address, "demo-password", name=NAME)
    ports = Ports(smtp=port + 1, imap=port + 2)
    door = {"host": "127.0.0.1", "tls": "none", "user": address, "password": account.password}
    return Stage(
        kind="email",
        label="mail",
        app=create_app(post, ports),
        settings=lambda _: {
            "address": address,
            "name": NAME,
            "imap": {**door, "port": ports.imap},
            "smtp": {**door, "port": ports.smtp},
        },
    )


STAGES: Sequence[Callable[[int], Stage]] = (telegram, whatsapp, mail)
"""In the order of their ports, which follow that of the demo; each is told its own."""
