"""What is more than text, through the whole runtime: files both ways, albums, cards, places, polls."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from channels.messages import LocalFile
from handoff import events as ev
from runtime.clock import utc
from runtime.session import Change, Words
from runtime.storage import sessions
from runtime.storage.sql import Tx
from tests.servers import free_port
from tests.story import World, world

TOO_LARGE = b"\0" * (20 * 1024 * 1024 + 1)


async def settled(w: World, many: int = 1) -> list[tuple[Any, ...]]:
    """State, reason, and name of all attachments in their order, when none is under way."""
    columns = ("session_id", "seq", "part", "state", "detail", "name", "sha256")
    rows = await w.until_rows(
        lambda r: len(r) == many and all(row[3] != "remote" for row in r), "attachments", *columns
    )
    return [row[3:] for row in sorted(rows)]


async def fetched(w: World, many: int = 1) -> list[bytes]:
    """What was brought into the media store, in order."""
    return [await w.runtime.media.get(sha256) for *_, sha256 in await settled(w, many)]


async def test_an_album_is_one_turn_with_all_its_photos_in_order(
    database_url: str, tmp_path: Path
) -> None:
    contents = [b"first", b"second", b"third"]
    async with world(database_url, tmp_path, ["Lovely, all three."], quiet_seconds=0.5) as w:
        outside = w.platform.outside
        parts = [outside.file(w.bot, "photo", "a.jpg", content) for content in contents]
        parts[0]["caption"] = "Which is best?"
        outside.album(w.bot, w.person(), parts)
        await w.until(lambda: w.heard() == ["Lovely, all three."], "one answer")
        assert await fetched(w, 3) == contents
        assert len(w.llm.asked) == 1
        photo = "[Attached: photo.jpg (image)]"
        assert w.seen() == [f"Which is best?\n{photo}", photo, photo]
        facts = [json.loads(data) for (data,) in (await w.log("data"))[:3]]
        assert len({fact["album"] for fact in facts}) == 1
        stored = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        assert sorted(path.read_bytes() for path in stored) == sorted(contents)


@pytest.mark.parametrize(
    ("kind", "name", "more", "shown"),
    [
        ("voice", "v.ogg", {}, "[Attached: voice.ogg (voice)]"),
        ("document", "bill.pdf", {}, "[Attached: bill.pdf (document)]"),
        ("photo", "p.jpg", {"caption": "Look"}, "Look\n[Attached: photo.jpg (image)]"),
    ],
)
async def test_a_file_is_fetched_as_it_was_sent(
    database_url: str, tmp_path: Path, kind: str, name: str, more: dict[str, str], shown: str
) -> None:
    content = bytes(range(256)) * 5000
    async with world(database_url, tmp_path, ["Got it."]) as w:
        w.platform.outside.attach(w.bot, w.person(), kind, name, content, **more)
        await w.until(lambda: w.heard() == ["Got it."], "the answer")
        assert await fetched(w) == [content]
        assert w.seen() == [shown]


@pytest.mark.parametrize("told", [True, False])
async def test_a_file_that_telegram_does_not_hand_out_is_named_and_answered(
    database_url: str, tmp_path: Path, told: bool
) -> None:
    async with world(database_url, tmp_path, ["I can't open it."]) as w:
        part = w.platform.outside.file(w.bot, "document", "film.zip", TOO_LARGE)
        if not told:  # a size is optional in Telegram's answers
            del part["document"]["file_size"]
        w.platform.outside.write(w.bot, w.person(), caption="My film", **part)
        await w.until(lambda: w.heard() == ["I can't open it."], "the answer")
        ((state, detail, name, sha256),) = await settled(w)
        assert (state, name, sha256) == ("failed", "film.zip", "")
        assert detail == "Telegram hands out files of at most 20 MB."
        assert len(w.calls("getfile")) == (0 if told else 1)
        assert w.seen() == ["My film\n[Attached: film.zip (document)]"]


async def test_no_address_that_a_customer_names_is_ever_asked(
    database_url: str, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def trap(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=b"gotcha")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", trap)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}/x.png"
    async with world(database_url, tmp_path, ["Got it."]) as w:
        part = w.platform.outside.file(w.bot, "document", url, b"what was sent")
        part["document"] |= {"file_path": url, "url": url, "mime_type": url}
        w.platform.outside.write(w.bot, w.person(), caption=f"![]({url})", **part)
        assert await fetched(w) == [b"what was sent"]
        await w.until(lambda: w.heard() == ["Got it."], "the answer")
        assert await w.rows("attachments", "mime") == [("text/plain",)]
    await runner.cleanup()
    assert asked == []


async def test_what_has_no_words_becomes_a_sentence(database_url: str, tmp_path: Path) -> None:
    place = {"latitude": 52.5, "longitude": 13.4}
    options = [{"text": "Red", "voter_count": 0}, {"text": "Blue", "voter_count": 0}]
    async with world(database_url, tmp_path, ["I see."], quiet_seconds=0.6) as w:
        outside, ann = w.platform.outside, w.person()
        own = {"phone_number": "+49123", "first_name": "Ann", "user_id": ann.id}
        for content in (
            {"contact": own},
            {"contact": {"phone_number": "+49456", "first_name": "Ben", "last_name": "Noh"}},
            {"location": place},
            {"location": place, "venue": {"location": place, "title": "Zoo", "address": "Park 1"}},
            {"poll": {"id": "1", "question": "Colour?", "options": options, "type": "regular"}},
            {"dice": {"emoji": "🎲", "value": 6}},
            outside.file(w.bot, "sticker", "s.webp", b"wave"),
        ):
            outside.write(w.bot, ann, **content)
        await w.until(lambda: w.heard() == ["I see."], "the answer")
        assert w.seen() == [
            "Contact: Ann, +49123",
            "Contact: Ben Noh, +49456",
            "Location: 52.5, 13.4",
            "Place: Zoo, Park 1 (52.5, 13.4)",
            "Poll: Colour? (Red, Blue)",
            "🎲 6",
            "🙂\n[Attached: sticker.webp (sticker)]",
        ]
        assert await fetched(w) == [b"wave"]
        assert await w.rows("customers", "facts") == [('{"phone":"+49123"}',)]
        assert await w.rows("sessions", "known", "learnt") == [("", '{"phone":"+49123"}')]


async def hand_out(w: World, text: str, *files: LocalFile) -> None:
    """Anna takes the session over and says something with files."""
    kept = [
        {"sha256": await w.runtime.media.put(one.content), "name": one.name, "mime": one.mime}
        for one in files
    ]
    ((session_id,),) = await w.rows("sessions", "id")

    def unit(tx: Tx) -> None:
        row = sessions.lock(tx, session_id)
        assert row is not None
        place = w.runtime.roster.places[row.channel_id]
        change = Change(tx, row, w.runtime.roster.rules(row.channel_id, row.agent_id))
        change.happen(ev.OperatorTookOver(at=utc(tx.now), operator_id="anna"))
        pieces = place.channel.compose(text, files)
        words = Words(text=text, pieces=pieces, author_id="anna", files=kept)
        change.happen(ev.OperatorReplied(at=utc(tx.now), operator_id="anna"), words)
        change.save()

    await w.runtime.store.write(unit)


async def test_an_operators_files_arrive_with_names_bytes_and_caption(
    database_url: str, tmp_path: Path
) -> None:
    offer = LocalFile(name="Angebot № 7.pdf", mime="application/pdf", content=b"%PDF offer")
    terms = LocalFile(name="terms.txt", mime="text/plain", content=b"no returns")
    async with world(database_url, tmp_path, ["A moment."]) as w:
        w.write("An offer, please")
        await w.until(lambda: w.heard() == ["A moment."], "the agent's answer")
        await hand_out(w, "Your **offer**", offer, terms)
        await w.until(lambda: len(w.heard()) == 3, "both documents")
        first, second = w.said(w.bot.chats[w.person().id])[1:]
        assert (first["caption"], second.get("caption")) == ("Your offer", None)
        assert [entity["type"] for entity in first["caption_entities"]] == ["bold"]
        for message, sent in ((first, offer), (second, terms)):
            kept = w.bot.files.find(message["document"]["file_id"])
            assert kept is not None
            assert (message["document"]["file_name"], kept.content) == (sent.name, sent.content)
        await w.until_rows(lambda r: r == [("sent",)] * 3, "deliveries", "state")
        w.write("Thank you")
        await w.until(lambda: "Thank you" in w.seen(), "a suggestion is asked for")
        handed = [m.content for m in w.llm.asked[-1].messages if "Your **offer**" in str(m.content)]
        assert handed[0].endswith("[Attached: Angebot № 7.pdf, terms.txt]")


async def test_an_operators_file_that_is_gone_is_told_to_people(
    sqlite_url: str, tmp_path: Path
) -> None:
    offer = LocalFile(name="offer.pdf", mime="application/pdf", content=b"%PDF offer")
    async with world(sqlite_url, tmp_path, ["A moment."], limits=False) as w:
        w.write("An offer, please")
        await w.until(lambda: w.heard() == ["A moment."], "the agent's answer")
        real, w.runtime.media.get = w.runtime.media.get, nothing  # type: ignore[method-assign]
        await hand_out(w, "Your offer", offer)
        await w.until_rows(lambda r: ("failed",) in r, "deliveries", "state")
        w.runtime.media.get = real  # type: ignore[method-assign]
        assert await w.log("text", kind="outcome") == [("The attached file is gone.",)]
        assert await w.modes() == ["copilot"]


async def nothing(sha256: str) -> bytes:
    raise KeyError(sha256)
