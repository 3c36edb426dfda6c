"""A mailbox of ours at real mail servers, a customer who has one too, and the channel between."""

import asyncio
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from channels import messages as m
from channels.email.channel import EmailChannel
from channels.email.listening import Tempo
from channels.email.settings import of
from tests.mailservers import DOMAIN, PASSWORD, MailServers
from tests.story import PATIENCE

QUICK = Tempo(idle=1.0, poll=0.2, patience=3.0, connect=2.0, pause=0.05, longest=0.4, aside=0.5)


@dataclass(kw_only=True)
class Mailbox:
    """`support…` is ours, `ann…` is the customer's."""

    servers: MailServers
    ours: str
    ann: str
    number: int = 0

    @property
    def address(self) -> str:
        return f"{self.ours}@{DOMAIN}"

    @property
    def customer(self) -> str:
        return f"{self.ann}@{DOMAIN}"

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Grouped; `changes` by dotted name, with `__` for the dot."""
        found: dict[str, Any] = {
            "address": self.address,
            "secret": "s" * 32,
            "imap": {
                "host": "127.0.0.1",
                "port": self.servers.imap,
                "tls": "none",
                "password": PASSWORD,
            },
            "smtp": {"host": "127.0.0.1", "port": self.servers.smtp, "tls": "none"},
        }
        for name, value in changes.items():
            group, _, last = name.rpartition("__")
            (found.setdefault(group, {}) if group else found)[last] = value
        return found

    def channel(self, tempo: Tempo = QUICK, **changes: Any) -> EmailChannel:
        return EmailChannel(of(self.settings(**changes)), tempo)

    def mail(self, text: str, **headers: str) -> bytes:
        """As the customer's mail program writes it."""
        self.number += 1
        head = {
            "From": f"Ann <{self.customer}>",
            "To": self.address,
            "Subject": "Delivery",
            "Message-ID": f"<{self.number}.{self.ann}@phone.example>",
            "Date": formatdate(),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"{lines}\r\n{text}\r\n".encode()

    async def comes(self, text: str, *, flags: str = "", **headers: str) -> bytes:
        """Such a mail lies in our mailbox."""
        mail = self.mail(text, **headers)
        await asyncio.to_thread(self.servers.deliver, self.ours, mail, flags)
        return mail

    async def sends(self, text: str, **headers: str) -> None:
        """The customer sends it: by SMTP, as everybody does."""
        mail = self.mail(text, **headers)
        await asyncio.to_thread(self.servers.send, self.ann, self.address, mail)

    def got(self) -> list[bytes]:
        """What the customer has got."""
        return self.servers.mail(self.ann)

    async def unread(self) -> int:
        return await asyncio.to_thread(self._unread)

    def _unread(self) -> int:
        with self.servers.login(self.ours) as box:
            box.select("INBOX", readonly=True)
            return len(box.search(None, "UNSEEN")[1][0].split())

    async def colleague_reads_all(self) -> None:
        def read() -> None:
            with self.servers.login(self.ours) as box:
                box.select("INBOX")
                box.store("1:*", "+FLAGS", r"(\Seen)")

        await asyncio.to_thread(read)


def mailbox(servers: MailServers) -> Mailbox:
    return Mailbox(servers=servers, ours=servers.added("support"), ann=servers.added("ann"))


@dataclass
class Accepting:
    """Accepts mail, keeps it, and does not accept what it is told to refuse."""

    channel: EmailChannel
    refusing: str = ""
    """Mails with these words; `*` is all."""
    requests: list[m.Request] = field(default_factory=list)
    read: list[m.Inbound] = field(default_factory=list)
    refused: int = 0

    async def accept(self, request: m.Request) -> None:
        await asyncio.sleep(0)
        if self.refusing and (self.refusing == "*" or self.refusing.encode() in request.body):
            self.refused += 1
            raise OSError("The database is away.")
        self.requests.append(request)
        self.read += self.channel.receive(request)

    def texts(self) -> list[str]:
        return [one.text for one in self.read if isinstance(one, m.CustomerMessage)]

    async def until(self, *texts: str) -> None:
        """Exactly these, in this order."""
        try:
            async with asyncio.timeout(PATIENCE):
                while len(self.texts()) < len(texts):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"only {self.texts()} came") from None
        assert self.texts() == list(texts)
