"""Accounts, their folders, and the mail in them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulators.control import Control

MIB = 1024 * 1024
TOKEN_SECONDS = 3600.0
INBOX = "INBOX"


@dataclass(kw_only=True)
class Mail:
    """One mail in one folder. UIDs only grow, and are never used again (IM2)."""

    uid: int
    raw: bytes
    at: float
    flags: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Folder:
    name: str
    validity: int = 1
    next_uid: int = 1
    mails: list[Mail] = field(default_factory=list)
    watchers: list[Callable[[], None]] = field(default_factory=list)
    """Told when something has changed."""

    def add(self, raw: bytes, at: float, flags: set[str] | None = None) -> Mail:
        mail = Mail(uid=self.next_uid, raw=raw, at=at, flags=set(flags or ()))
        self.next_uid += 1
        self.mails.append(mail)
        self.tell()
        return mail

    def remove(self, mails: list[Mail]) -> None:
        self.mails = [one for one in self.mails if one not in mails]
        self.tell()

    def tell(self) -> None:
        for watcher in list(self.watchers):
            watcher()

    def renumber(self) -> None:
        """IM5: the server was restored, say: all UIDs mean something else now."""
        self.validity += 1
        self.next_uid += 1000
        for mail in self.mails:
            mail.uid = self.next_uid
            self.next_uid += 1
        self.tell()


@dataclass(kw_only=True)
class Account:
    """A mailbox, and who may use it."""

    address: str
    password: str
    name: str = ""
    folders: dict[str, Folder] = field(default_factory=dict)
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    tokens: dict[str, float] = field(default_factory=dict)
    """Access tokens, and until when they hold."""
    only_tokens: bool = False
    """SM2: a provider that takes no passwords any more."""
    connections: int = 0
    most_connections: int = 15
    full: bool = False

    @property
    def inbox(self) -> Folder:
        return self.folder(INBOX)

    def folder(self, name: str) -> Folder:
        key = INBOX if name.upper() == INBOX else name
        return self.folders.setdefault(key, Folder(name=key))


@dataclass(kw_only=True)
class Bounce:
    """SM11: what becomes of mail to an address, after it was accepted."""

    kind: str = "dsn"
    """dsn, delayed (and then a dsn), words (without a part for machines), vacation, lost."""
    code: str = "5.1.1"
    text: str = "550 5.1.1 User unknown"


@dataclass(kw_only=True)
class Switches:
    """How this provider is."""

    auth_required: bool = True
    tls: bool = False
    """STARTTLS is offered."""
    tls_required: bool = False
    own_senders_only: bool = True
    size_limit: int = 25 * MIB
    strict: bool = False
    """SM8: bare line feeds and long lines are refused."""
    rewrites_ids: bool = False
    """SM11: like some relays it gives mails ids of its own."""
    idle: bool = True
    idle_seconds: float = 0.0
    """IM4: how long an IDLE may last; 0: for ever."""


@dataclass(kw_only=True)
class Post:
    """One provider, with all its customers; mail between them arrives at once."""

    control: Control = field(default_factory=Control)
    switches: Switches = field(default_factory=Switches)
    accounts: dict[str, Account] = field(default_factory=dict)
    bounces: dict[str, Bounce] = field(default_factory=dict)
    """By recipient."""
    connections: list[Any] = field(default_factory=list)
    """Of IMAP, as long as they are open."""

    def cut_idle(self) -> int:
        """IM4: every client that waits loses its line, without a word; how many there were."""
        idling = [one for one in self.connections if one.idling]
        for one in idling:
            one.cut()
        return len(idling)

    def add(self, address: str, password: str = "secret", name: str = "") -> Account:  # noqa: S107 - an emulator's
        account = Account(address=address.lower(), password=password, name=name)
        self.accounts[account.address] = account
        return account

    def find(self, address: str) -> Account | None:
        """Also by an address with a plus."""
        local, _, domain = address.lower().rpartition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        return self.accounts.get(address.lower()) or self.accounts.get(plain)

    def token(self, account: Account, seconds: float = TOKEN_SECONDS) -> str:
        found = secrets.token_urlsafe(16)
        account.tokens[found] = self.control.clock.now() + seconds
        return found

    def may(self, user: str, password: str) -> Account | None:
        account = self.accounts.get(user.lower())
        if account is None or account.only_tokens or account.password != password:
            return None
        return account

    def holds(self, user: str, token: str) -> Account | None:
        """Who this access token is for, if it still holds."""
        account = self.accounts.get(user.lower())
        until = account.tokens.get(token, 0.0) if account else 0.0
        return account if until > self.control.clock.now() else None

    def put(self, account: Account, raw: bytes) -> Mail:
        """Into the inbox."""
        return account.inbox.add(raw, self.control.clock.now())
