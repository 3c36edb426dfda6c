"""Which mails of a folder are still to be handed over: pure, and kept while connections come and go.

Picked up is what nobody has read, and whatever came since we first looked, read or not: a colleague who
opens a mail hides nothing. UIDs mean something only under one UIDVALIDITY; under another, everything since
the last time that nothing was left is handed over again, and whoever accepts knows it by its event.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

MARGIN = timedelta(minutes=10)
"""By so much the server's clock may be behind ours."""


class Cursor:
    """Of one folder."""

    def __init__(self) -> None:
        self.last = 0
        """Everything up to this UID was looked at."""
        self.waiting: set[int] = set()
        self.unmarked: set[int] = set()
        """Handed over, but the server did not mark them as read."""
        self.again_since: datetime | None = None
        """Everything that came since is to be handed over again."""
        self._validity: int | None = None
        self._clean_at = datetime.now(UTC)

    def selected(self, validity: int, last: int) -> None:
        if self._validity == validity:
            return
        if self._validity is not None:
            self.waiting.clear()
            self.unmarked.clear()
            self.again_since = self._clean_at - MARGIN
        self._validity, self.last = validity, last

    def found(self, unseen: Iterable[int], above: Iterable[int]) -> None:
        """What the server lists; the second may have been read by somebody."""
        unread = set(unseen)
        self.unmarked &= unread
        self.waiting |= (unread | set(above)) - self.unmarked
        self.last = max((self.last, *self.waiting, *self.unmarked))

    def again(self, uids: Iterable[int]) -> None:
        self.waiting |= set(uids)
        self.again_since = None

    def done(self, uid: int, *, marked: bool) -> None:
        self.waiting.discard(uid)
        if not marked:
            self.unmarked.add(uid)

    def settled(self, now: datetime) -> None:
        """A look at the folder is over: if nothing is left of it, nothing before needs another."""
        if not self.waiting and self.again_since is None:
            self._clean_at = now
