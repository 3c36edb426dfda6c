"""Hands one mail to the SMTP server, step by step, so that it is always known whether it can have been
taken: before the final dot it surely was not, after it only the server's answer tells.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import cast

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from channels import errors

from . import refusals
from .login import Login
from .refusals import Reply, Step
from .settings import Server

LINES = 3
"""Connections at once; each is used by one mail at a time."""
KEEP_SECONDS = 15.0
"""How long a connection is kept for the next mail."""
ALTOGETHER = 55.0
"""For one mail; whoever sends gives up a little later."""
PATIENCE = 20.0
LEAVE_SECONDS = 1.0
CHUNK = 1 << 16
AHEAD = 1 << 18
"""Bytes that may lie before the socket: when the dot follows, nearly all has left."""
GO_ON = 354
CLOSING = 421
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_DOTTED = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """Who writes to whom, as the servers are told."""

    sender: str
    recipient: str


class Line:
    """One connection. `step` tells how far it is; whoever gets an error throws it away."""

    def __init__(self, server: Server, domain: str) -> None:
        self.step = Step.HELLO
        self._server = server
        self._smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=_ascii(domain),
            use_tls=server.tls == "ssl",
            start_tls=server.tls == "starttls",
            timeout=PATIENCE,
        )

    async def open(self, user: str, secret: str, *, by_token: bool) -> None:
        """Connected, encrypted, logged in. A relay that offers no login takes our mail without."""
        await self._smtp.connect()
        if self._smtp.is_ehlo_or_helo_needed:
            await self._smtp.ehlo()
        self.step = Step.LOGIN
        if by_token:
            await self._smtp.auth_xoauth2(user, secret)
        elif self._smtp.supports_extension("auth"):
            await self._smtp.login(user, secret)

    async def begin(self, envelope: Envelope, mail: bytes) -> None:
        self.step = Step.SENDER
        sender, recipient = map(_with_ascii_domain, (envelope.sender, envelope.recipient or "@"))
        options, encoding = self._options(sender + recipient, mail)
        await self._smtp.mail(sender, options=options, encoding=encoding)
        self.step = Step.RECIPIENT
        if not envelope.recipient:
            return
        try:
            await self._smtp.rcpt(recipient, encoding=encoding)
        except ValueError:
            raise errors.Unreachable("This is no address that mail can be sent to.") from None

    async def transfer(self, mail: bytes) -> None:
        self.step = Step.DATA
        answer = await self._smtp.execute_command(b"DATA")
        if answer.code != GO_ON:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        protocol = self._protocol()
        body = _stuffed(mail)
        for start in range(0, len(body), CHUNK):
            protocol.write(body[start : start + CHUNK])
            await self._drained(protocol)
        protocol.write(b".\r\n")
        self.step = Step.DOT
        answer = await protocol.read_response()
        if answer.code // 100 != 2:  # noqa: PLR2004 - RFC 5321, 4.2.1
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)

    def _protocol(self) -> SMTPProtocol:
        if self._smtp.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        return self._smtp.protocol

    async def _drained(self, protocol: SMTPProtocol) -> None:
        while True:
            transport = _writes(protocol.transport)
            if transport is None or transport.is_closing():
                raise aiosmtplib.SMTPServerDisconnected("Connection lost")
            if transport.get_write_buffer_size() <= AHEAD:
                return
            await asyncio.sleep(0.01)

    def _options(self, addresses: str, mail: bytes) -> tuple[list[str], str]:
        """Raises `Rejected` for what this server surely won't take, `Unreachable` for an address."""
        limit = self._smtp.esmtp_extensions.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < len(mail):
            raise errors.Rejected(
                f"The mail is too large: {self._server.host} takes {int(limit) // 1_000_000} MB.",
                code="too_large",
            )
        options = []
        if not mail.isascii() and self._smtp.supports_extension("8bitmime"):
            options.append("BODY=8BITMIME")
        header = re.split(rb"\r?\n\r?\n", mail, maxsplit=1)[0]
        if header.isascii() and addresses.isascii():
            return options, "ascii"
        if not self._smtp.supports_extension("smtputf8"):
            raise errors.Unreachable(
                f"{self._server.host} cannot send to addresses with such letters.", code="smtputf8"
            )
        return [*options, "SMTPUTF8"], "utf-8"

    def drop(self) -> None:
        """At once, whatever is still on its way."""
        transport = _writes(self._smtp.transport)
        self._smtp.close()
        if transport is not None:
            transport.abort()

    async def leave(self) -> None:
        """Politely, if it can be had at once; under TLS the server's farewell is not waited for."""
        transport = self._smtp.transport
        with contextlib.suppress(Exception):
            await self._smtp.quit(timeout=LEAVE_SECONDS)
        self.drop()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


class Sender:
    """Sends for one mailbox. Raises the errors of `channels.errors`."""

    def __init__(
        self, server: Server, login: Login, domain: str, altogether: float = ALTOGETHER
    ) -> None:
        self._server = server
        self._altogether = altogether
        self._login = login
        self._domain = domain
        self._turns = asyncio.Semaphore(LINES)
        self._idle: dict[Line, asyncio.TimerHandle] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    async def send(self, mail: bytes, envelope: Envelope) -> None:
        """Once."""
        async with self._turn() as deadline:
            line = await self._begun(envelope, mail, deadline)
            async with self._watched(line, deadline):
                await line.transfer(mail)
            self._keep(line)

    async def check(self, address: str) -> None:
        """Whether we may log in, and send as this address; nothing is sent."""
        async with self._turn() as deadline:
            line = await self._begun(Envelope(sender=address, recipient=""), b"", deadline)
            await line.leave()

    async def aclose(self) -> None:
        lines, self._idle = self._idle, {}
        for timer in lines.values():
            timer.cancel()
        await asyncio.gather(*self._leaving, *(line.leave() for line in lines))

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[float]:
        """When it is over, too."""
        deadline = asyncio.get_running_loop().time() + self._altogether
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.acquire()
        except TimeoutError as error:
            raise refusals.smtp_lost(error, Step.HELLO, self._server.host) from error
        try:
            yield deadline
        finally:
            self._turns.release()

    @contextlib.asynccontextmanager
    async def _watched(self, line: Line, deadline: float) -> AsyncIterator[None]:
        """Whatever goes wrong, the line is not used again."""
        try:
            async with asyncio.timeout_at(deadline):
                yield
        except (aiosmtplib.SMTPException, OSError) as error:
            line.drop()
            raise _ours(error, line.step, self._server.host) from error
        except BaseException:
            line.drop()
            raise

    async def _begun(self, envelope: Envelope, mail: bytes, deadline: float) -> Line:
        """With the envelope accepted. A line that was idle may be dead by now: then another."""
        while self._idle:
            line, timer = self._idle.popitem()
            timer.cancel()
            try:
                async with self._watched(line, deadline):
                    await line.begin(envelope, mail)
            except errors.RetryLater as error:
                if error.code not in {"", str(CLOSING)}:
                    raise
            else:
                return line
        line = await self._opened(deadline)
        async with self._watched(line, deadline):
            await line.begin(envelope, mail)
        return line

    async def _opened(self, deadline: float) -> Line:
        """A token may have been withdrawn before its time: then once more with another."""
        refused = ""
        while True:
            line = Line(self._server, self._domain)
            try:
                async with self._watched(line, deadline):
                    secret = await self._login.secret(refused)
                    await line.open(self._login.user, secret, by_token=self._login.by_token)
            except errors.Unauthorised:
                if line.step is not Step.LOGIN or refused or not self._login.by_token:
                    raise
                refused = secret
            else:
                return line

    def _keep(self, line: Line) -> None:
        later = asyncio.get_running_loop().call_later
        self._idle[line] = later(KEEP_SECONDS, self._let_go, line)

    def _let_go(self, line: Line) -> None:
        del self._idle[line]
        task = asyncio.create_task(line.leave())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


def _ours(error: Exception, step: Step, host: str) -> errors.ChannelError:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        text = " ".join(error.message.split())
        return refusals.smtp(Reply(code=error.code, text=text), step, host)
    return refusals.smtp_lost(error, step, host)


def _writes(transport: asyncio.BaseTransport | None) -> asyncio.WriteTransport | None:
    """Every loop's own kind of transport can, whatever it descends from."""
    return cast("asyncio.WriteTransport | None", transport)


def _stuffed(mail: bytes) -> bytes:
    """Lines end as SMTP wants it, and none is taken for the end."""
    body = _LINE_ENDS.sub(b"\r\n", mail)
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    return _DOTTED.sub(b"..", body)


def _with_ascii_domain(address: str) -> str:
    """What is before the @ is the recipient's own affair."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_ascii(domain)}"


def _ascii(domain: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        raise errors.Unreachable("There is no such domain.") from None
