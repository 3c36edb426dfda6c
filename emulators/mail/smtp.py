"""The door for mail that goes out: rules SM1 to SM10."""

import asyncio
import base64
import json
import logging
import ssl
import warnings
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from emulators.control import Fault

from . import bounces
from .state import Post

LONGEST_LINE = 998
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's; it speaks of every line
CHALLENGE = {"status": "400", "schemes": "bearer", "scope": "https://mail.example/"}
INVALID = "535 5.7.8 Authentication credentials invalid"
NO_PASSWORDS = "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."
_WORDS = {
    "530 Must issue a STARTTLS command first": "530 5.7.0 Must issue a STARTTLS command first",
    "552 Error: message size exceeds fixed maximum message size": "552 5.3.4 Message size exceeds fixed limit",
    "552 Error: Too much mail data": "552 5.3.4 Message size exceeds fixed limit",
    "535 5.7.8 Authentication credentials invalid": INVALID,
}
"""What aiosmtpd says, and what providers say."""


class Server(SMTP):
    """aiosmtpd with the words of real providers."""

    async def push(self, status: Any) -> None:
        text = status.decode() if isinstance(status, bytes) else str(status)
        await super().push(_WORDS.get(text, text))


class Handler:
    """Hooks of aiosmtpd: each may refuse."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def _fault(self, method: str, who: str = "") -> Fault | None:
        return self._post.control.fault_for(method, who)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        """SM2: a wrong token is answered with a challenge, which wants an empty line."""
        given = args[1] if len(args) > 1 else await server.challenge_auth("", encode_to_b64=False)
        user, token = _bearer(given if isinstance(given, str | bytes) else "")
        account = self._post.holds(user, token)
        self._post.control.heard("auth", {"mechanism": "XOAUTH2", "user": user}, scope=user)
        if account is not None:
            return AuthResult(success=True, auth_data=account)
        challenge = base64.b64encode(json.dumps(CHALLENGE).encode()).decode()
        await server.push(f"334 {challenge}")
        await server._reader.readline()  # noqa: SLF001 - it has no other way to hear an empty line
        return AuthResult(success=False, handled=False)

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """PLAIN and LOGIN."""
        del server, session, envelope
        user, password = data.login.decode(), data.password.decode()
        self._post.control.heard("auth", {"mechanism": mechanism, "user": user}, scope=user)
        if self._fault("auth", user):
            return AuthResult(success=False, handled=False)
        account = self._post.may(user, password)
        return AuthResult(success=account is not None, handled=False, auth_data=account)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._fault("mail", address):
            return await _refused(server, fault)
        owner = self._post.find(address)
        owns = owner is not None and owner is session.auth_data
        if self._post.switches.own_senders_only and self._post.switches.auth_required and not owns:
            return "553 5.7.1 Sender address rejected: not owned by user"  # SM4
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del session, options
        if fault := self._fault("rcpt", address):
            return await _refused(server, fault)
        found = self._post.find(address)
        if found is None and address.lower() not in self._post.bounces:
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"  # SM5
        if found is not None and found.full:
            return "452 4.2.2 Mailbox full"  # SM6
        envelope.rcpt_tos.append(address)  # SM9: each is answered by itself
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        raw = envelope.original_content or b""
        call = self._post.control.heard(
            "send",
            {
                "from": envelope.mail_from,
                "to": list(envelope.rcpt_tos),
                "mail": raw.decode("utf-8", "replace"),
            },
            scope=str(envelope.mail_from),
        )
        fault = self._fault("data", str(envelope.mail_from))
        if fault is not None and not fault.carried_out:
            return await _refused(server, fault)
        if self._post.switches.strict and _is_loose(raw):
            return "550 5.6.0 Bare <LF> and lines over 998 octets are not allowed"  # SM8
        if session.extended_smtp is False and any(byte > 127 for byte in raw):
            return "550 5.6.1 8BITMIME is not possible after HELO"
        for address in envelope.rcpt_tos:
            bounces.accept(self._post, raw, str(envelope.mail_from), address)
        if fault is not None:
            return await _refused(server, fault)  # SM10: it was taken, and nobody hears of it
        call.status = 250
        return f"250 2.0.0 OK queued as {call.number:X}"


async def _refused(server: SMTP, fault: Fault) -> str:
    """What an ordered fault does: a reply, or a line that goes dead."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return "250 2.0.0 OK"
    if fault.kind == "status":
        return f"{fault.status} {fault.description}"
    if server.transport is not None:
        server.transport.abort()  # type: ignore[attr-defined]  # a socket's
    return "421 4.3.0 Bye"


def _bearer(given: str | bytes) -> tuple[str, str]:
    """User and token of `user=…^Aauth=Bearer …^A^A`."""
    raw = given if isinstance(given, bytes) else base64.b64decode(given)
    fields = dict(one.split("=", 1) for one in raw.decode().split("\x01") if "=" in one)
    return fields.get("user", ""), fields.get("auth", "").removeprefix("Bearer ")


def _is_loose(raw: bytes) -> bool:
    lines = raw.split(b"\r\n")
    return any(b"\n" in line or len(line) > LONGEST_LINE for line in lines)


def factory(post: Post, tls: ssl.SSLContext | None) -> Callable[[], SMTP]:
    """Makes the protocol of each connection, as the provider is at that moment."""

    def make() -> SMTP:
        handler, switches = Handler(post), post.switches
        with warnings.catch_warnings():
            # It warns of logins without TLS, which are what a provider on this machine has.
            warnings.simplefilter("ignore")
            return Server(
                handler,
                hostname="mail.example",
                ident="ESMTP",
                data_size_limit=switches.size_limit,
                enable_SMTPUTF8=True,
                tls_context=tls if switches.tls or switches.tls_required else None,
                require_starttls=switches.tls_required,
                auth_required=switches.auth_required,
                auth_require_tls=switches.tls_required,
                authenticator=handler.authenticate,
            )

    return make
