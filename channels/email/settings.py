"""What a mailbox must be told, and what follows from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.settings import setting

TLS = {
    "auto": "As usual for the port",
    "ssl": "TLS from the start",
    "starttls": "STARTTLS",
    "none": "None",
}
AUTH = {"password": "Password", "xoauth2": "OAuth (XOAUTH2)"}
LAST_PORT = 65535
AT_ONCE = frozenset({465, 993})
"""Ports on which TLS begins with the first byte."""
_SAID_OF_TLS = {"true": "auto", "yes": "auto", "false": "none", "no": "none"}
_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\"\\]+@[^@\s<>()\[\],;:\"\\]+")


def _tls(given: Any) -> str:
    """Also yes and no."""
    said = str(given).lower()
    return _SAID_OF_TLS.get(said, said)


def _address(given: Any) -> str:
    """In lower case: nobody has two mailboxes that differ in nothing else."""
    said = str(given).strip().lower()
    if not _ADDRESS.fullmatch(said):
        raise ValueError("It is an address, such as support@example.com.")
    return said


def _port(given: Any) -> str:
    said = str(given)
    if not said.isdecimal() or not 0 < int(said) <= LAST_PORT:
        raise ValueError(f"It is a number from 1 to {LAST_PORT}.")
    return said


def _above_zero(given: Any) -> str:
    said = str(given)
    if not said.isdecimal() or not int(said):
        raise ValueError("It is a number above 0.")
    return said


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """One of the two servers, as the rest of the channel sees it."""

    host: str
    port: int
    tls: str
    """`ssl`, `starttls` or `none`."""
    user: str
    password: str

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Imap:
    """Where mail is read."""

    host: str = setting("The server on which mail is read, such as imap.example.com.")
    port: int = setting("993, or 143 for STARTTLS.", default=993, read=_port)
    tls: str = setting(
        "None is only safe on the same machine or in a network that you trust.",
        default="auto",
        choices=TLS,
        read=_tls,
    )
    user: str = setting("The user name on that server; if empty, the address.", default="")
    password: str = setting(
        "Often an app password; leave it empty with OAuth.", default="", secret=True
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Smtp:
    """Where mail is sent."""

    host: str = setting("The server by which mail is sent, such as smtp.example.com.")
    port: int = setting("465, or 587 for STARTTLS.", default=465, read=_port)
    tls: str = setting(
        "None is only safe on the same machine or in a network that you trust.",
        default="auto",
        choices=TLS,
        read=_tls,
    )
    user: str = setting("The user name on that server; if empty, the one for reading.", default="")
    password: str = setting("If empty, the one for reading.", default="", secret=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class OAuth:
    """Where access tokens come from, when the mailbox wants them instead of a password."""

    token_url: str = setting("Where access tokens are handed out.", default="")
    client_id: str = setting("The id of the app that you registered.", default="")
    client_secret: str = setting("The app's secret.", default="", secret=True)
    refresh_token: str = setting(
        "The token of the mailbox's owner; if empty, the app reads the mailbox in its own name.",
        default="",
        secret=True,
    )
    scope: str = setting(
        "What the token is to be good for, if the token server wants to be told.", default=""
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailSettings:
    """What a mailbox must be told."""

    address: str = setting(
        "The mailbox's address, as customers know it.", account=True, read=_address
    )
    name: str = setting("The name that customers see beside the address.", default="")
    secret: str = setting("Marks which mail is an answer to ours.", default="", ours=True)
    imap: Imap
    smtp: Smtp
    auth: str = setting(
        "OAuth where the provider wants it, such as Microsoft 365.",
        default="password",
        choices=AUTH,
    )
    oauth: OAuth = OAuth()
    folder: str = setting("Which folder is read.", default="INBOX")
    messages_per_minute: int = setting(
        "How many are sent at most; providers allow 30 and more.", default=30, read=_above_zero
    )
    plus_addresses: bool = setting(
        "Mail to name+anything@ arrives at name@: then replies find their conversation more reliably.",
        default=True,
    )

    def reading(self) -> Server:
        """Where mail is read, with all that is left open filled in."""
        one = self.imap
        return _server(one, one.user or self.address, one.password)

    def sending(self) -> Server:
        """Where mail is sent, with all that is left open filled in."""
        one, reading = self.smtp, self.reading()
        return _server(one, one.user or reading.user, one.password or reading.password)


def of(values: Mapping[str, Any]) -> EmailSettings:
    """Of grouped values, as they are stored. Raises `ValueError` for what fits no mailbox."""
    groups = {
        "imap": Imap(**values["imap"]),
        "smtp": Smtp(**values["smtp"]),
        "oauth": OAuth(**values.get("oauth", {})),
    }
    settings = EmailSettings(**{**values, **groups})
    if settings.auth == "xoauth2" and not settings.oauth.token_url:
        raise ValueError("OAuth needs oauth.token_url, where access tokens are handed out.")
    return settings


def _server(one: Imap | Smtp, user: str, password: str) -> Server:
    tls = one.tls
    if tls == "auto":
        tls = "ssl" if one.port in AT_ONCE else "starttls"
    return Server(host=one.host, port=one.port, tls=tls, user=user, password=password)
