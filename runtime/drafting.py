"""A suggestion while the agent writes it: stored for operators now and then, never waited for."""

import asyncio
import contextlib
import functools
from typing import Self

from runtime import errors
from runtime.storage import drafts, sessions, turns
from runtime.storage.ids import Millis
from runtime.storage.sql import Tx
from runtime.storage.work import Store

PACE = 0.15
"""Seconds between two writes: as often as an eye can follow."""


class Draft:
    """Give `write` to the agent. The first piece is stored at once; leaving the block stops writing,
    for then the suggestion itself is there.
    """

    def __init__(self, store: Store, turn: turns.Turn) -> None:
        self._store = store
        self._turn = turn
        self._text = ""
        self._changed = False
        self._writing: asyncio.Task[None] | None = None
        self.first_at: Millis | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writing is not None:
            self._writing.cancel()

    def write(self, piece: str | None) -> None:
        """The next piece; none: what came before was only said on the way to a tool."""
        self._text = "" if piece is None else self._text + piece
        if not self._text.strip():
            return
        self._changed = True
        if self.first_at is None:
            self.first_at = self._store.clock()
        if self._writing is None or self._writing.done():
            name = f"draft {self._turn.id}"
            self._writing = asyncio.create_task(self._keep_up(), name=name)

    async def _keep_up(self) -> None:
        while self._changed:
            self._changed = False
            unit = functools.partial(put, turn=self._turn, text=self._text)
            with contextlib.suppress(errors.Unavailable):  # a draft is no more than a courtesy
                await self._store.write(unit, key=self._turn.session_id)
            await asyncio.sleep(PACE)


def put(tx: Tx, *, turn: turns.Turn, text: str) -> None:
    """Under the session's lock, so that nothing appears after what ended the turn."""
    sessions.ask_lock(tx, turn.session_id)
    if turns.stands(tx, turn):
        drafts.put(tx, turn.session_id, turn.id, text)
