"""The platforms' door: what is genuine is stored once, what is not changes nothing, never a 500."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.messages import Request
from runtime.errors import Unavailable
from runtime.storage import inbound
from tests.story import CHANNEL, SECRET, World, replica, world
from tests.story import settings as story_settings

HEADER = "X-Telegram-Bot-Api-Secret-Token"


def update(number: int, text: str = "Hi", chat: int = 7, **more: Any) -> bytes:
    person = {"id": chat, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    message = {
        "message_id": number,
        "from": person,
        "chat": {"id": chat, "type": "private", "first_name": "Ann"},
        "date": 1_795_000_000 + number,
        "text": text,
        **more,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def post(w: World, body: bytes, secret: str | None = SECRET, path: str = "") -> int:
    headers = {} if secret is None else {HEADER: secret}
    url = w.base + (path or f"/webhooks/telegram/{CHANNEL}")
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=BytesIO(body), headers=headers) as got,
    ):
        await got.read()
        return got.status


@pytest.fixture
async def w(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, quiet_seconds=0.01) as found:
        yield found


async def test_each_kind_of_request_gets_its_status(w: World) -> None:
    assert await post(w, update(1), secret="wrong") == 401
    assert await post(w, update(1), secret=None) == 401
    assert await post(w, b"{nonsense") == 400
    assert await post(w, b"[]") == 400
    assert await post(w, b"{}") == 400
    assert await post(w, update(1), path="/webhooks/telegram/nothing") == 404
    assert await post(w, update(1), path=f"/webhooks/whatsapp/{CHANNEL}") == 404
    assert await w.rows("events", "event_id") == []
    assert await post(w, b'{"update_id": 5, "poll_of_tomorrow": {}}') == 200
    assert await post(w, update(6)) == 200
    assert sorted(await w.rows("events", "event_id")) == [("5",), ("6",)]


async def test_an_oversized_body_is_refused(w: World) -> None:
    assert await post(w, update(1, "x" * (5 * 1024 * 1024))) == 413
    assert await w.rows("events", "event_id") == []


async def test_what_is_genuine_but_unreadable_is_kept_and_can_be_replayed(w: World) -> None:
    assert (
        await post(w, b'{"update_id": 9, "message": {"text": "x", "chat": 1, "from": {"id": 1}}}')
        == 200
    )
    ((kept_id, error),) = await w.rows("quarantine", "id", "error")
    assert "Error" in error
    kept = await w.runtime.store.read(lambda tx: inbound.one_quarantined(tx, kept_id))
    assert kept is not None
    mended = inbound.Quarantined(
        **{name: getattr(kept, name) for name in kept.__dataclass_fields__ if name != "body"},
        body=update(9, "mended"),
    )
    await w.runtime.inbox.replay(mended)
    assert ("mended",) in await w.rows("log", "text")


async def test_the_same_update_five_times_is_one_entry_and_one_turn(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, quiet_seconds=0.01) as w:
        assert await asyncio.gather(*(post(w, update(1)) for _ in range(5))) == [200] * 5
        await w.until_rows(bool, "deliveries", "id")
        async with replica(
            story_settings(database_url, tmp_path, w.runtime.settings.port + 1),
            w.platform.url,
            w.llm,
            mode="polling",
        ) as restarted:
            body = Request(body=update(1), trusted=True)
            assert (await restarted.inbox.accept(CHANNEL, body)).repeated == 1
        entries = await w.rows("log", "author", "text")
        assert entries.count(("customer", "Hi")) == 1
        assert len(w.llm.asked) == 1


async def test_a_thousand_shuffled_updates_are_in_order_in_each_chat(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path, quiet_seconds=30.0) as w:
        bodies = {
            chat: [update(chat * 100 + n, str(n), chat) for n in range(20)] for chat in range(1, 51)
        }
        chance = random.Random(7)

        async def one_chat(chat: int) -> None:
            """A platform sends one chat's updates one after the other, some of them twice."""
            for body in bodies[chat]:
                for _ in range(chance.choice((1, 1, 1, 2, 3))):
                    await asyncio.sleep(chance.random() / 100)
                    await w.runtime.inbox.accept(CHANNEL, Request(body=body, trusted=True))

        await asyncio.gather(*(one_chat(chat) for chat in bodies))
        rows = await w.rows("log", "session_id", "seq", "text")
        by_session: dict[str, list[tuple[int, str]]] = {}
        for session_id, seq, text in rows:
            by_session.setdefault(session_id, []).append((seq, text))
        assert len(by_session) == 50
        for told in by_session.values():
            assert [text for _, text in sorted(told)] == [str(n) for n in range(20)]


async def test_a_database_that_is_down_asks_for_a_retry_that_then_succeeds(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = w.runtime.store.write

    async def down(*_: Any, **__: Any) -> Any:
        raise Unavailable("The database is away.")

    monkeypatch.setattr(w.runtime.store, "write", down)
    assert await post(w, update(1)) == 503
    monkeypatch.setattr(w.runtime.store, "write", real)
    assert await post(w, update(1)) == 200
    assert ("Hi",) in await w.rows("log", "text")


async def test_health_and_figures_need_no_login(w: World) -> None:
    async with aiohttp.ClientSession() as http:
        for path, words in (("/healthz", "alive"), ("/readyz", "ok"), ("/metrics", "baton_turns")):
            async with http.get(w.base + path) as got:
                assert got.status == 200
                assert words in await got.text()
        async with http.get(w.base + "/api/nowhere") as got:
            assert got.status == 404
            assert got.content_type == "application/problem+json"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    "chat from id date text photo document contact callback_query data message message_id entities"
    " forward_origin reply_to_message quote caption sticker poll new_chat_member status".split()
)
UPDATES = st.dictionaries(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "x"]),
    st.dictionaries(KEYS, st.dictionaries(KEYS, JSON, max_size=4) | JSON, max_size=6) | JSON,
    max_size=2,
)


async def test_no_update_whatsoever_makes_it_answer_500(w: World) -> None:
    """Anything at all as an update, in the body of a genuine request: 200, or 400, never 500."""
    samples: list[bytes] = []

    @settings(max_examples=300, database=None, suppress_health_check=list(HealthCheck))
    @given(UPDATES)
    def collect(found: dict[str, Any]) -> None:
        samples.append(json.dumps({"update_id": 1_000 + len(samples), **found}).encode())

    collect()
    samples += [b"", b"\xff\xfe", b"[" * 5000, b'{"update_id": 1e400}', update(1, "\0 \ud800 x")]
    statuses = {await post(w, body) for body in samples}
    assert statuses <= {200, 400}
    assert await post(w, update(999_999, "still alive")) == 200


async def test_headers_of_any_kind_are_survived(w: World) -> None:
    async with aiohttp.ClientSession() as http:
        for value in ("", "é", "x" * 5000, SECRET + " "):
            headers = {HEADER: value}
            url = f"{w.base}/webhooks/telegram/{CHANNEL}"
            async with http.post(url, data=update(3), headers=headers) as got:
                assert got.status in {200, 401}
