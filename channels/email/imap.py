"""One logged-in connection to a folder of a mailbox. Everything here blocks, and belongs into one thread:
only `Wire.cut` may come from any other.
"""

import contextlib
import imaplib
import re
import select
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from typing import Any, cast

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError

from .login import xoauth2
from .refusals import FolderRefused, ImapRefused, LoginRefused, Lost, Silent
from .settings import Server

SIZE_LIMIT = 30_000_000
"""Of a larger mail only the header is fetched."""
LITERAL_LIMIT = SIZE_LIMIT + 5_000_000
"""What no server may send at once, whatever it said of the size."""
LITERAL_SECONDS = 300.0
CHUNK = 1 << 20
UNASKED = ("EXISTS", "RECENT", "EXPUNGE", "FETCH", "FLAGS")
_SIZED = re.compile(rb"UID (\d+)\b.*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)\b.*?UID (\d+)")
_MACHINERY = re.compile(r"^(command: \w+ => |\* BYE )+")
_DATED = re.compile(rb"UID (\d+)")

imaplib.Commands.setdefault("IDLE", ("AUTH", "SELECTED"))


class Wire:
    """A connected socket that may be cut while a thread waits at it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._handle = sock.dup()

    def cut(self) -> None:
        """Whoever reads or writes is told at once that the other side is gone."""
        with contextlib.suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        self._handle.close()
        self.sock.close()


class Client(imaplib.IMAP4):
    """imaplib over a socket that is there already, and with limits to what it believes."""

    def __init__(self, wire: Wire, server: Server, context: ssl.SSLContext | None) -> None:
        self._given = wire.sock
        self._context = context if server.tls == "ssl" else None
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        del timeout  # the socket has its own
        if self._context is None:
            return self._given
        return self._context.wrap_socket(self._given, server_hostname=self.host)

    def read(self, size: int) -> bytes:
        """A whole literal, and neither for ever nor of any size."""
        if size > LITERAL_LIMIT:
            raise self.abort(f"It sends {size} bytes at once.")
        found, until = bytearray(), time.monotonic() + LITERAL_SECONDS
        while len(found) < size:
            chunk = self._reader.read1(min(CHUNK, size - len(found)))
            if not chunk:
                raise self.abort("socket error: EOF")
            found += chunk
            if time.monotonic() > until:
                raise self.abort("It sends too slowly.")
        return bytes(found)

    @property
    def _reader(self) -> BufferedReader:
        return cast("BufferedReader", self.file)

    def begin(self, command: str) -> bytes:
        """Sent; its tag."""
        tag: bytes = self._command(command)
        return tag

    def until_told(self, tag: bytes, *, or_waited_for: bool = False) -> bool:
        """What was to be told comes first. Whether the server now waits for what we have to say."""
        while not self.tagged_commands[tag]:
            if self._get_response() is None and or_waited_for:
                return True
        return False

    def ended(self, tag: bytes) -> tuple[str, list[Any]]:
        """What became of a command."""
        return cast("tuple[str, list[Any]]", self.tagged_commands.pop(tag))

    def buffered(self) -> bool:
        """Whether something was read from the socket that nobody has looked at."""
        before = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            return bool(self._reader.peek(1))
        except OSError:
            return False
        finally:
            self.sock.settimeout(before)


class _Box(BaseMailBox):
    def __init__(self, client: Client) -> None:
        self._ready = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._ready


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """What the server says of the folder."""

    validity: int
    last: int
    """No mail has a greater UID yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One mail; `size` is there when only its header is."""

    raw: bytes
    size: int | None = None


class Mailbox:
    """Raises `Lost` when the connection is gone, `ImapRefused` and its kinds when the server says no."""

    def __init__(self, wire: Wire, server: Server, context: ssl.SSLContext) -> None:
        """Greets. Raises also what the TLS handshake raises."""
        with _told(ImapRefused, greeting=True):
            self._client = Client(wire, server, context)
            if server.tls == "starttls":
                if "STARTTLS" not in self._client.capabilities:
                    raise ImapRefused("It offers no encryption (STARTTLS).")
                self._client.starttls(context)
        self._box = _Box(self._client)
        self.idles = False

    def login(self, user: str, secret: str, *, by_token: bool) -> None:
        with _told(LoginRefused):
            if by_token:
                said = iter((xoauth2(user, secret).encode(),))
                # Refused, it explains itself in one more challenge, and wants to hear nothing.
                self._client.authenticate("XOAUTH2", lambda _: next(said, b""))
            elif user.isascii() and secret.isascii():
                self._box.login(user, secret, initial_folder=None)
            else:
                self._box.login_utf8(user, secret, initial_folder=None)
        with _told(ImapRefused):
            told = self._client.capability()[1]
            self.idles = b"IDLE" in (told[-1] or b"").upper().split()

    def select(self, folder: str) -> Selected:
        with _told(FolderRefused):
            self._box.folder.set(folder)
            validity = self._client.response("UIDVALIDITY")[1][-1]
            following = self._client.response("UIDNEXT")[1][-1]
            last = int(following) - 1 if following else max(self._uids("ALL"), default=0)
            return Selected(validity=int(validity or 0), last=last)

    def moved_on(self) -> bool:
        """Whether mail came while something else was asked."""
        return "EXISTS" in self._client.untagged_responses

    def unseen(self) -> list[int]:
        with _told(ImapRefused):
            self._forget()
            return self._uids("UNSEEN UNDELETED")

    def above(self, last: int) -> list[int]:
        """`n:*` is never empty: it has at least the last mail, whatever its UID."""
        with _told(ImapRefused):
            return [uid for uid in self._uids(f"UID {last + 1}:* UNDELETED") if uid > last]

    def since(self, moment: datetime) -> list[int]:
        """Came then or later, and says so itself: after a restore all mail may have come today."""
        day = f"{moment - timedelta(days=1):%d-%b-%Y}"
        with _told(ImapRefused):
            self._forget()
            uids = self._uids(f"SINCE {day} SENTSINCE {day} UNDELETED")
            if not uids:
                return []
            parts = self._fetch(uids, "(UID INTERNALDATE)")
        return sorted(uid for part in parts for uid in _if_since(part, moment))

    def sizes(self, uids: Iterable[int]) -> dict[int, int]:
        """Those that are still there."""
        with _told(ImapRefused):
            parts = self._fetch(uids, "(UID RFC822.SIZE)")
        found = (_SIZED.search(part) for part in parts if isinstance(part, bytes))
        pairs = ((one[1] or one[4], one[2] or one[3]) for one in found if one)
        return {int(uid): int(size) for uid, size in pairs}

    def fetch(self, uid: int) -> Letter | None:
        """None: it is gone. Its marks stay as they are."""
        size = self.sizes([uid]).get(uid)
        if size is None:
            return None
        part = "HEADER" if size > SIZE_LIMIT else ""
        with _told(ImapRefused):
            parts = self._fetch([uid], f"(UID BODY.PEEK[{part}])")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        return Letter(raw=raw, size=size if part else None)

    def mark_seen(self, uid: int) -> None:
        with _told(ImapRefused):
            self._forget()
            self._checked(self._client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))

    def wait(self, seconds: float) -> None:
        """Until something happens in the folder; at once when the server does not let us wait."""
        client = self._client
        with _told(ImapRefused):
            tag = client.begin("IDLE")
            if not client.until_told(tag, or_waited_for=True):
                self.idles = False
                client.ended(tag)
                return
            if not self.moved_on() and not client.buffered():
                _readable(client.sock, seconds)
            client.send(b"DONE\r\n")
            client.until_told(tag)
            self._checked(client.ended(tag))

    def close(self) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def _uids(self, wanted: str) -> list[int]:
        return sorted(int(uid) for uid in self._box.uids(wanted, charset=None))

    def _fetch(self, uids: Iterable[int], parts: str) -> list[Any]:
        self._forget()
        wanted = ",".join(map(str, uids))
        return self._checked(self._client.uid("FETCH", wanted, parts)) if wanted else []

    def _checked(self, answer: tuple[str, list[Any]]) -> list[Any]:
        if answer[0] != "OK":
            raise ImapRefused(_words(answer[1][-1]))
        return answer[1]

    def _forget(self) -> None:
        for kind in UNASKED:
            self._client.untagged_responses.pop(kind, None)


def _readable(sock: socket.socket, seconds: float) -> None:
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    poller.poll(seconds * 1000)


def _if_since(part: Any, moment: datetime) -> Iterable[int]:
    line = part if isinstance(part, bytes) else b""
    uid, came = _DATED.search(line), imaplib.Internaldate2tuple(line)
    if uid and came and datetime.fromtimestamp(time.mktime(came), UTC) >= moment:
        yield int(uid[1])


class _told(contextlib.AbstractContextManager[None]):  # noqa: N801 - reads like a function
    """In our own words what imaplib, imap-tools and the socket raise; a `no` is of kind `refused`."""

    def __init__(self, refused: type[ImapRefused], *, greeting: bool = False) -> None:
        self._refused = refused
        self._greeting = greeting

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, ImapRefused | Lost):
            return
        if self._greeting and isinstance(error, ssl.SSLError):
            return
        if isinstance(error, imaplib.IMAP4.readonly):
            raise FolderRefused("It may only be read.") from error
        if isinstance(error, TimeoutError):
            raise Silent from error
        if isinstance(error, imaplib.IMAP4.abort | OSError | EOFError):
            raise Lost(_words(error)) from error
        if isinstance(error, MailboxFolderSelectError):
            raise FolderRefused(_words(error)) from error
        if isinstance(error, imaplib.IMAP4.error | ImapToolsError):
            raise self._refused(_words(error)) from error


def _words(said: Any) -> str:
    """What a server said, without the machinery around it."""
    if isinstance(said, ImapToolsError) and hasattr(said, "command_result"):
        said = said.command_result[1][-1]
    elif isinstance(said, Exception):
        said = said.args[-1] if said.args else type(said).__name__
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    text = _MACHINERY.sub("", " ".join(text.split()))
    return "" if text.startswith("socket error") else text
