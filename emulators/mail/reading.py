"""What a client does with the mails of the folder that it has selected."""

import asyncio
import re

from . import fetching, searching
from .state import Account, Folder, Mail

_ITEM = re.compile(rb"BODY(?:\.PEEK)?\[[^\]]*\](?:<\d+\.\d+>)?|[A-Z0-9.]+")


class No(Exception):
    """A command is refused: `NO`."""


class Bad(Exception):
    """A command is not understood: `BAD`."""


class Reading:
    """One client that has logged in, perhaps."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._account: Account | None = None
        self._folder: Folder | None = None
        self._told = 0

    def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode())

    @property
    def _mine(self) -> Account:
        if self._account is None:
            raise Bad("Log in first")
        return self._account

    @property
    def _here(self) -> Folder:
        if self._folder is None:
            raise Bad("Select a folder first")
        return self._folder

    def search(self, rest: bytes, *, by_uid: bool = False) -> None:
        folder = self._here
        try:
            found = searching.found(folder.mails, rest.decode("utf-8", "replace"))
        except (ValueError, IndexError) as error:
            raise Bad(str(error)) from error
        numbers = (str(one.uid if by_uid else folder.mails.index(one) + 1) for one in found)
        self._say(f"* SEARCH {' '.join(numbers)}".rstrip())

    def uid_search(self, rest: bytes) -> None:
        self.search(rest, by_uid=True)

    def fetch(self, rest: bytes, *, by_uid: bool = False) -> None:
        wanted, _, what = rest.partition(b" ")
        items = _ITEM.findall(what.upper())
        if by_uid and b"UID" not in items:
            items.insert(0, b"UID")
        for mail in self._chosen(wanted.decode(), by_uid=by_uid):
            self._fetched(mail, items)

    def uid_fetch(self, rest: bytes) -> None:
        self.fetch(rest, by_uid=True)

    def _fetched(self, mail: Mail, items: list[bytes]) -> None:
        said = bytearray()
        for item in items:
            if said:
                said += b" "
            said += self._item(mail, item.decode())
        number = self._here.mails.index(mail) + 1
        self._writer.write(b"* %d FETCH (" % number + bytes(said) + b")\r\n")

    def _item(self, mail: Mail, name: str) -> bytes:
        try:
            return fetching.item(mail, name)
        except ValueError as error:
            raise Bad(str(error)) from error

    def _chosen(self, wanted: str, *, by_uid: bool) -> list[Mail]:
        mails = self._here.mails
        numbers = [one.uid for one in mails] if by_uid else list(range(1, len(mails) + 1))
        last = max(numbers, default=0)
        ranges = searching.ranges(wanted, last)
        return [
            mail
            for number, mail in zip(numbers, mails, strict=True)
            if any(low <= number <= high for low, high in ranges)
        ]

    def store(self, rest: bytes, *, by_uid: bool = False) -> None:
        wanted, _, change = rest.decode("ascii", "replace").partition(" ")
        how, _, flags = change.partition(" ")
        names = set(re.findall(r"[\\$]?[\w.-]+", flags))
        for mail in self._chosen(wanted, by_uid=by_uid):
            if how.startswith("+"):
                mail.flags |= names
            elif how.startswith("-"):
                mail.flags -= names
            else:
                mail.flags = set(names)
            if "SILENT" not in how.upper():
                self._fetched(mail, [b"UID", b"FLAGS"] if by_uid else [b"FLAGS"])

    def uid_store(self, rest: bytes) -> None:
        self.store(rest, by_uid=True)

    def uid_copy(self, rest: bytes) -> None:
        self._copied(rest)

    def uid_move(self, rest: bytes) -> None:
        moved = self._copied(rest)
        self._gone(moved)

    def _copied(self, rest: bytes) -> list[Mail]:
        wanted, _, where = rest.partition(b" ")
        mails = self._chosen(wanted.decode(), by_uid=True)
        folder = self._mine.folder(fetching.text(where))
        for mail in mails:
            folder.add(mail.raw, mail.at, mail.flags)
        return mails

    def expunge(self, _: bytes) -> None:
        self._gone([one for one in self._here.mails if "\\Deleted" in one.flags])

    def _gone(self, mails: list[Mail]) -> None:
        """IM6: what follows gets other numbers, and keeps its UID."""
        folder = self._here
        for mail in mails:
            self._say(f"* {folder.mails.index(mail) + 1} EXPUNGE")
            folder.mails.remove(mail)
        self._told = len(folder.mails)
        folder.tell()
