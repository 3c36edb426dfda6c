"""The door for mail that has come: IMAP4rev1 as far as mail clients need it, rules IM1 to IM10."""

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable

from . import fetching
from .reading import Bad, No, Reading
from .state import INBOX, Account, Post

CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS MOVE SASL-IR AUTH=XOAUTH2 AUTH=PLAIN"
LONGEST_LINE = 65536
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n$")


class _Bye(Exception):
    """The server ends the connection."""


class Connection(Reading):
    """One client."""

    def __init__(
        self, post: Post, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._post = post
        super().__init__(writer)
        self._reader = reader
        self._token = ""
        self._changed = asyncio.Event()
        self.idling = False

    async def serve(self) -> None:
        self._say(f"* OK [CAPABILITY {CAPABILITIES}] ready")
        try:
            while await self._one():
                pass
        except _Bye as bye:
            self._say(f"* BYE {bye}")
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._leave()
            if self._account is not None:
                self._account.connections -= 1
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()
            self._writer.close()

    def cut(self) -> None:
        self._writer.transport.abort()

    async def _one(self) -> bool:
        """One command; false: it was the last."""
        line = await self._line()
        if not line:
            return False
        tag, _, rest = line.partition(b" ")
        name, _, rest = rest.strip().partition(b" ")
        command = name.decode("ascii", "replace").upper()
        if command == "UID":
            name, _, rest = rest.partition(b" ")
            command = f"UID {name.decode('ascii', 'replace').upper()}"
        said = rest.decode("utf-8", "replace") if command not in {"LOGIN", "AUTHENTICATE"} else "…"
        self._post.control.heard(
            f"imap {command}", {"said": said}, scope=self._account.address if self._account else ""
        )
        self._still()
        try:
            return await self._carry_out(tag.decode("ascii", "replace"), command, rest)
        except No as no:
            self._say(f"{tag.decode()} NO {no}")
        except Bad as bad:
            self._say(f"{tag.decode()} BAD {bad}")
        await self._writer.drain()
        return True

    async def _line(self) -> bytes:
        """With its literals in place."""
        line = b""
        while True:
            part = await self._reader.readline()
            if not part:
                return b""
            found = _LITERAL.search(part)
            if found is None:
                return (line + part).rstrip(b"\r\n")
            if not found.group(2):
                self._say("+ go on")
                await self._writer.drain()
            content = await self._reader.readexactly(int(found.group(1)))
            line += (
                part[: found.start()]
                + b"{%d}" % len(content)
                + b"\0"
                + base64.b64encode(content)
                + b"\0"
            )

    def _still(self) -> None:
        """IM8: a token that has run out ends the connection."""
        if (
            self._account is not None
            and self._token
            and self._post.holds(self._account.address, self._token) is None
        ):
            raise _Bye("Session expired, please login again.")

    async def _carry_out(self, tag: str, command: str, rest: bytes) -> bool:
        fault = self._post.control.fault_for(
            f"imap {command.lower()}", self._account.address if self._account else ""
        )
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault is not None and fault.kind == "status":
            raise No(fault.description)
        elif fault is not None:
            self._writer.transport.abort()
            return False
        if command == "LOGOUT":
            self._say("* BYE bye")
            self._say(f"{tag} OK LOGOUT completed")
            return False
        act = _ACTS.get(command)
        if act is None:
            raise Bad(f"Unknown command {command}")
        if command not in _BEFORE and self._account is None:
            raise Bad("Log in first")
        if command in _SELECTED and self._folder is None:
            raise Bad("Select a folder first")
        done = act(self, rest)
        answer = await done if asyncio.iscoroutine(done) else done
        self._news()
        self._say(f"{tag} OK {answer or f'{command} completed'}")
        await self._writer.drain()
        return True

    # Who it is

    def capability(self, _: bytes) -> None:
        self._say(f"* CAPABILITY {CAPABILITIES}")

    def noop(self, _: bytes) -> None:
        """News come with every answer."""

    def login(self, rest: bytes) -> str:
        user, password = (fetching.text(one) for one in fetching.words(rest)[:2])
        return self._enter(self._post.may(user, password))

    async def authenticate(self, rest: bytes) -> str:
        mechanism, _, given = rest.partition(b" ")
        if not given:
            self._say("+ ")
            await self._writer.drain()
            given = (await self._reader.readline()).strip()
        raw = base64.b64decode(given)
        if mechanism.upper() == b"PLAIN":
            _, user, password = (one.decode() for one in raw.split(b"\0"))
            return self._enter(self._post.may(user, password))
        if mechanism.upper() != b"XOAUTH2":
            raise No("[CANNOT] Unsupported mechanism")
        fields = dict(one.split("=", 1) for one in raw.decode().split("\x01") if "=" in one)
        self._token = fields.get("auth", "").removeprefix("Bearer ")
        account = self._post.holds(fields.get("user", ""), self._token)
        if account is None:
            self._say("+ " + base64.b64encode(b'{"status":"400","schemes":"bearer"}').decode())
            await self._writer.drain()
            await self._reader.readline()
        return self._enter(account)

    def _enter(self, account: Account | None) -> str:
        if account is None:
            raise No("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        if account.connections >= account.most_connections:
            raise No("[ALERT] Too many simultaneous connections. (Failure)")  # IM7
        account.connections += 1
        self._account = account
        return f"[CAPABILITY {CAPABILITIES}] authenticated"

    # Folders

    def folders(self, _: bytes) -> None:
        for name in self._mine.folders or [INBOX]:
            self._say(f'* LIST (\\HasNoChildren) "/" "{name}"')

    def select(self, rest: bytes) -> str:
        name = fetching.text(fetching.words(rest)[0])
        if name.upper() != INBOX and name not in self._mine.folders:
            raise No("[NONEXISTENT] Unknown Mailbox")
        self._leave()
        self._folder = self._mine.folder(name)
        self._folder.watchers.append(self._changed.set)
        self._told = len(self._folder.mails)
        self._say(f"* {self._told} EXISTS")
        self._say("* 0 RECENT")
        self._say("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)")
        self._say("* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] ok")
        self._say(f"* OK [UIDVALIDITY {self._folder.validity}] ok")
        self._say(f"* OK [UIDNEXT {self._folder.next_uid}] ok")
        return "[READ-WRITE] selected"

    def close(self, _: bytes) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._folder is not None:
            with contextlib.suppress(ValueError):
                self._folder.watchers.remove(self._changed.set)
        self._folder = None

    def _news(self) -> None:
        if self._folder is not None and len(self._folder.mails) != self._told:
            self._told = len(self._folder.mails)
            self._say(f"* {self._told} EXISTS")

    async def idle(self, _: bytes) -> str:
        """IM4: pushes at once; may be refused, may end, may fall silent."""
        if not self._post.switches.idle:
            raise Bad("Unknown command IDLE")
        self._say("+ idling")
        await self._writer.drain()
        done = asyncio.ensure_future(self._reader.readline())
        limit = self._post.switches.idle_seconds or None
        ends = asyncio.get_running_loop().time() + limit if limit else None
        self.idling = True
        try:
            while not done.done():
                self._changed.clear()
                self._news()
                await self._writer.drain()
                changed = asyncio.ensure_future(self._changed.wait())
                left = None if ends is None else max(0.0, ends - asyncio.get_running_loop().time())
                await asyncio.wait(
                    {done, changed}, timeout=left, return_when=asyncio.FIRST_COMPLETED
                )
                changed.cancel()
                self._still()
                if left == 0.0:
                    raise _Bye("IDLE has lasted long enough.")
            if not done.result():
                raise ConnectionResetError
        finally:
            self.idling = False
            done.cancel()
        return "IDLE terminated"

    def append(self, rest: bytes) -> str:
        name, literal = fetching.words(rest)[0], re.search(rb"\{\d+\}\0([^\0]*)\0", rest)
        if literal is None:
            raise Bad("Where is the mail?")
        folder = self._mine.folder(fetching.text(name))
        flags = re.search(rb"\(([^)]*)\)", rest.partition(b"\0")[0])
        names = set(flags.group(1).decode().split()) if flags else set()
        mail = folder.add(base64.b64decode(literal.group(1)), self._post.control.clock.now(), names)
        return f"[APPENDUID {folder.validity} {mail.uid}] APPEND completed"


_Act = Callable[[Connection, bytes], object]
_BEFORE = frozenset({"CAPABILITY", "NOOP", "LOGIN", "AUTHENTICATE", "LOGOUT"})
_SELECTED = frozenset(
    {
        "SEARCH",
        "UID SEARCH",
        "FETCH",
        "UID FETCH",
        "STORE",
        "UID STORE",
        "UID COPY",
        "UID MOVE",
        "EXPUNGE",
        "IDLE",
    }
)
_ACTS: dict[str, _Act] = {
    "CAPABILITY": Connection.capability,
    "NOOP": Connection.noop,
    "CHECK": Connection.noop,
    "LOGIN": Connection.login,
    "AUTHENTICATE": Connection.authenticate,
    "LIST": Connection.folders,
    "SELECT": Connection.select,
    "EXAMINE": Connection.select,
    "CLOSE": Connection.close,
    "UNSELECT": Connection.close,
    "IDLE": Connection.idle,
    "SEARCH": Connection.search,
    "UID SEARCH": Connection.uid_search,
    "FETCH": Connection.fetch,
    "UID FETCH": Connection.uid_fetch,
    "STORE": Connection.store,
    "UID STORE": Connection.uid_store,
    "UID COPY": Connection.uid_copy,
    "UID MOVE": Connection.uid_move,
    "EXPUNGE": Connection.expunge,
    "APPEND": Connection.append,
}
