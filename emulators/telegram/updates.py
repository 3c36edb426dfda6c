"""Updates on their way to a bot: which it wants, in which queue, and how long they are kept.

Nothing is sent from here: `delivery` brings them to webhooks, `receiving` hands them to pollers.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from .chats import Json

DAY = 24 * 3600.0
LIFETIME = {"callback_query": 150.0, "shipping_query": 150.0, "pre_checkout_query": 150.0}
"""Seconds that an update is kept for delivery (TG42); a day where nothing is said."""
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


def wanted(kind: str, allowed: Sequence[str]) -> bool:
    """TG45: an empty list is the default set."""
    return kind in allowed if allowed else kind not in NOT_BY_DEFAULT


@dataclass(eq=False, kw_only=True)
class Update:
    """One update; `not_before` moves with every failed attempt."""

    id: int
    kind: str
    queue: str
    body: Json
    expires: float
    not_before: float = 0.0
    tries: int = 0


@dataclass(kw_only=True)
class Webhook:
    """What setWebhook set."""

    url: str
    secret: str = ""
    ip_address: str = ""
    max_connections: int = 40
    has_certificate: bool = False


@dataclass(kw_only=True)
class Trouble:
    """What went wrong with a webhook; it stays when the webhook goes well again."""

    date: int = 0
    message: str = ""
    gone_since: float = 0.0
    """Since when it answers 410 and nothing else; after 23 hours Telegram gives it up."""


class Backlog(Sequence[Update]):
    """What is not confirmed yet, in order; and in queues, of each of which only the head may fly."""

    def __init__(self) -> None:
        self._all: dict[int, Update] = {}
        self._queues: dict[str, deque[Update]] = {}
        self._ready: dict[str, None] = {}
        self._late: set[str] = set()
        self._flying: set[str] = set()

    @overload
    def __getitem__(self, index: int) -> Update: ...
    @overload
    def __getitem__(self, index: slice) -> list[Update]: ...
    def __getitem__(self, index: int | slice) -> Update | list[Update]:
        return list(self._all.values())[index]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Update]:
        return iter(list(self._all.values()))

    @property
    def flying(self) -> int:
        return len(self._flying)

    def append(self, update: Update) -> None:
        self._all[update.id] = update
        queue = self._queues.setdefault(update.queue, deque())
        queue.append(update)
        if len(queue) == 1 and update.queue not in self._flying:
            self._ready[update.queue] = None

    def take(self, now: float) -> Update | None:
        """The next update that may fly, which then keeps its queue busy."""
        for name in [n for n in self._late if self._queues[n][0].not_before <= now]:
            self._late.discard(name)
            self._ready[name] = None
        while self._ready:
            name = next(iter(self._ready))
            del self._ready[name]
            head = self._queues[name][0]
            if head.expires > now:
                self._flying.add(name)
                return head
            self.remove(head)
        return None

    def landed(self, update: Update) -> None:
        """It was accepted."""
        self._flying.discard(update.queue)
        self.remove(update)

    def postpone(self, update: Update, until: float) -> None:
        """TG42: its queue waits with it; what would expire before is dropped."""
        self._flying.discard(update.queue)
        update.not_before = until
        update.tries += 1
        if until > update.expires:
            self.remove(update)
        else:
            self._release(update.queue)

    def remove(self, update: Update) -> None:
        self._all.pop(update.id, None)
        queue = self._queues.get(update.queue)
        if queue is not None and update in queue:
            queue.remove(update)
        self._release(update.queue)

    def expire(self, now: float) -> None:
        for update in [one for one in self._all.values() if one.expires <= now]:
            if update.queue not in self._flying:
                self.remove(update)

    def clear(self) -> None:
        for update in self:
            self.remove(update)

    def _release(self, name: str) -> None:
        """A queue whose head may have changed: empty and forgotten, busy, late or ready."""
        self._ready.pop(name, None)
        self._late.discard(name)
        queue = self._queues.get(name)
        if not queue:
            self._queues.pop(name, None)
        elif name in self._flying:
            return
        elif queue[0].not_before:
            self._late.add(name)
        else:
            self._ready[name] = None
