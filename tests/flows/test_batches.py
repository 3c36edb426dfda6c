"""A body with several events: one that cannot be stored takes nothing else with it."""

import copy
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from channels.memory import MemoryChannel
from channels.messages import Inbound, Request
from runtime import errors
from runtime.inbox import Accepted, Inbox
from runtime.storage import inbound
from tests.story import CHANNEL, World, world


class Batches(MemoryChannel):
    """A platform that sends several events in one body."""

    def receive(self, request: Request) -> Sequence[Inbound]:
        bodies = [json.dumps(event).encode() for event in json.loads(request.body)]
        read = super().receive
        return [one for body in bodies for one in read(Request(body=body, trusted=True))]


def event(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "kind": "message",
        "chat": f"c{number}",
        "text": f"{number}",
        **more,
    }


POISON = event(2, chat="\ud800")
"""No database can hold half a character."""


def inbox(w: World) -> Inbox:
    """One whose channel brings batches."""
    roster = copy.copy(w.runtime.roster)
    place = dataclasses.replace(roster.places[CHANNEL], channel=Batches())
    roster.places = {CHANNEL: place}
    return Inbox(
        store=w.runtime.store, roster=roster, metrics=w.runtime.metrics, media=w.runtime.media
    )


async def sent(to: Inbox, *events: dict[str, Any]) -> Accepted:
    body = json.dumps(events).encode()
    return await to.accept(CHANNEL, Request(body=body, trusted=True))


@pytest.mark.parametrize("seen", [(), (1,), (1, 3)])
async def test_only_what_cannot_be_stored_is_put_aside(
    database_url: str, tmp_path: Path, seen: tuple[int, ...]
) -> None:
    async with world(database_url, tmp_path, quiet_seconds=60.0) as w:
        door = inbox(w)
        for number in seen:
            await sent(door, event(number))
        got = await sent(door, event(1), POISON, event(3))
        assert (got.new, got.repeated) == (3 - len(seen), len(seen))
        assert sorted(await w.rows("log", "text")) == [("1",), ("3",)]
        ((kept_id, event_id),) = await w.rows("quarantine", "id", "event_id")
        assert event_id == "e2"
        again = await sent(door, event(1), POISON, event(3))
        assert (again.new, again.repeated) == (0, 3)
        kept = await w.runtime.store.read(lambda tx: inbound.one_quarantined(tx, kept_id))
        assert kept is not None
        assert json.loads(kept.body) == [event(1), POISON, event(3)]
        body = json.dumps([event(1), event(2), event(3), event(4)]).encode()
        await door.replay(dataclasses.replace(kept, body=body))
        assert sorted(await w.rows("log", "text")) == [("1",), ("2",), ("3",), ("4",)]
        with pytest.raises(errors.Conflict):
            await door.replay(kept)
