"""Every kind of update to its value, from complete bodies; and nothing makes the parser raise."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels import messages
from channels.errors import Malformed
from channels.telegram.parse import parse
from tests.mutation import mutated

PAYLOADS = Path(__file__).parent.parent / "payloads/telegram"
Facts = dict[str, Any]


def said(text: str, **facts: Any) -> Facts:
    rest = {"reply_to": "", "album": "", "choice": "", "start": "", "group": False, "facts": {}}
    return {"is": "CustomerMessage", "text": text, "file": "", **rest, **facts}


def human(text: str, **facts: Any) -> Facts:
    return {"is": "HumanSpokeElsewhere", "text": text, "file": "", **facts}


def edited(text: str, **facts: Any) -> Facts:
    return {"is": "MessageEdited", "text": text, **facts}


def reach(reachable: bool, **facts: Any) -> Facts:
    """`who`: how many identities it is said of; of a group nobody's."""
    return {"is": "ReachabilityChanged", "reachable": reachable, **facts}


def moved(old: str, new: str) -> Facts:
    return {"is": "AddressMoved", "old": old, "new": new}


def ignored(what: str) -> Facts:
    return {"is": "Ignored", "what": what}


def told(found: messages.Inbound, names: Facts) -> Facts:
    """The same facts of a parsed value; an address is `chat/thread/via`."""
    facts: Facts = {"is": type(found).__name__}
    for name in names.keys() - {"is"}:
        if name == "at":
            at = found.address  # type: ignore[union-attr]  # its kind has one
            facts[name] = f"{at.chat}/{at.thread}/{at.via}".rstrip("/")
        elif name == "file":
            files = found.attachments  # type: ignore[union-attr]  # its kind has them
            facts[name] = ", ".join(f"{file.kind} {file.name}" for file in files)
        elif name == "who":
            facts[name] = len(found.sender.identities)  # type: ignore[union-attr]  # its kind has one
        else:
            value = getattr(found, name)
            facts[name] = value.chat if isinstance(value, messages.Address) else value
    return facts


EXPECTED: dict[str, Facts] = {
    "added_to_group": reach(True, at="-4001", who=0),
    "album_part": said("", at="501", file="image photo.jpg", album="13900000000000001"),
    "animation": said("", at="501", file="animation cat.mp4"),
    "anonymous_admin": ignored("message of a bot or channel"),
    "audio": said("", at="501", file="audio Песня.mp3"),
    "auto_delete_timer": ignored("message without words: message_auto_delete_timer_changed"),
    "blocked": reach(False, at="501", who=1),
    "business_away_message": ignored("greeting or away message of the account"),
    "business_connection": ignored("business_connection"),
    "business_connection_disabled": ignored("business_connection"),
    "business_deleted": ignored("deleted_business_messages"),
    "business_edited": edited("二つください", at="502//conn1"),
    "business_edited_by_owner": ignored("edit by the account itself"),
    "business_message": said("Are you open?", at="501//conn1"),
    "business_own_echo": ignored("our own echo"),
    "business_owner_answers": human("Yes, until six", at="501//conn1"),
    "business_owner_pins": ignored("message without words: pinned_message"),
    "business_owner_sends_a_file": human("", at="502//conn1", file="document 見積.pdf"),
    "business_photo": said("これです", at="502//conn1", file="image photo.jpg"),
    "callback_in_topic": said("はい", at="-1001900000001/7", reply_to="6", choice="y", group=True),
    "callback_of_a_game": said("chess", at="501", reply_to="7", choice="chess"),
    "callback_of_inaccessible_message": said("no", at="501", reply_to="5", choice="no"),
    "callback_of_inline_message": ignored("button of an inline message"),
    "callback_query": said("Yes", at="501", reply_to="5", choice="yes"),
    "channel_post": ignored("channel_post"),
    "channel_post_in_discussion": ignored("message of a bot or channel"),
    "chat_join_request": ignored("chat_join_request"),
    "checklist": said("Checklist: Einkauf (Milch, Brot)", at="501"),
    "contact_of_somebody_else": said("Contact: Bob, +49309999999", at="501"),
    "custom_emoji_sticker": said("🥺", at="501", file="sticker sticker.webp"),
    "dice": said("🎯 4", at="501"),
    "document": said("", at="501", file="document invoice.pdf"),
    "edited_caption": edited("Красный, не синий", at="501"),
    "edited_channel_post": ignored("edited_channel_post"),
    "edited_in_topic": edited("訂正します", at="-1001900000001/7"),
    "edited_message": edited("How much is it?", at="501"),
    "forwarded": said("[Forwarded from Bob]\nold news", at="501"),
    "forwarded_from_a_channel": said("[Forwarded from Shop news]\nSale!", at="501", file="image photo.jpg"),
    "forwarded_from_a_hidden_user": said("[Forwarded from Кто-то]\nСмотри", at="501"),
    "forwarded_origin_of_tomorrow": said("[Forwarded from somebody]\nBeam", at="501"),
    "from_a_bot": ignored("message of a bot or channel"),
    "game": said("Game: Chess", at="501"),
    "general_topic_reply_thread": said("thread of replies, no topic", at="-1001900000001", reply_to="12", group=True),
    "gift": ignored("message without words: gift"),
    "group_migrated": moved("-55", "-1001234"),
    "group_migrated_from": moved("-4001", "-1001900000003"),
    "group_text": said("@shop_bot help", at="-4001", group=True),
    "guest_message": ignored("guest_message"),
    "inline_query": ignored("inline_query"),
    "joined_group": ignored("message without words: new_chat_member, new_chat_members, new_chat_participant"),
    "kind_of_tomorrow": ignored("hologram"),
    "left_group": ignored("message without words: left_chat_member, left_chat_participant"),
    "live_location": said("Location: 52.52, 13.405", at="501"),
    "live_location_step": ignored("step of a live location"),
    "live_photo": said("Moving", at="501", file="image photo.jpg"),
    "location": said("Location: 52.52, 13.405", at="501"),
    "message_of_tomorrow": ignored("message without words: hologram, hologram_effect"),
    "own_contact": said("Contact: Анна, +49301234567", at="501", facts={"phone": "+49301234567"}),
    "paid_media": said("Paid media", at="501"),
    "photo_with_caption": said("Look at this", at="501", file="image photo.jpg"),
    "photo_without_caption": said("", at="501", file="image photo.jpg"),
    "pinned_message": ignored("message without words: pinned_message"),
    "poll": said("Poll: Which size? (M, L)", at="501"),
    "poll_answer": ignored("poll_answer"),
    "pre_checkout_query": ignored("pre_checkout_query"),
    "private_topic": said("In a topic of our chat", at="501/88"),
    "reaction": ignored("message_reaction"),
    "reaction_count": ignored("message_reaction_count"),
    "removed_from_group": reach(False, at="-4001", who=0),
    "reply_to_a_story": said("[In answer to a story]\nNice!", at="501"),
    "reply_to_another_chat": said("> Sale until Friday\nThis one?", at="501"),
    "reply_with_quote": said("> until Friday\nreally?", at="501", reply_to="3"),
    "restricted_out_of_group": reach(False, at="-1001900000001", who=0),
    "rich_message": said("Order\nNumber 4711, thanks 🙏\n• red\n• blue\nSize | M", at="501"),
    "sent_via_an_inline_bot": said("🎵 Song", at="501"),
    "start_in_a_group": said("/start@shop_bot team-7", at="-4001", start="team-7", group=True),
    "start_with_payload": said("/start spring-sale", at="501", start="spring-sale"),
    "start_without_payload": said("/start", at="501"),
    "sticker": said("😀", at="501", file="sticker sticker.webp"),
    "stopped_message_generation": ignored("stopped_message_generation"),
    "story": said("Story", at="501"),
    "successful_payment": ignored("message without words: successful_payment"),
    "text": said("Привет 👋", at="501"),
    "text_arabic": said("مرحبا، كم السعر؟", at="503"),
    "text_hindi_with_emoji_family": said("नमस्ते 👨‍👩‍👧‍👦 ❤️‍🔥", at="504"),
    "text_japanese": said("注文はいつ届きますか？", at="502"),
    "text_with_entities": said("See https://a.example and /help or @shop_bot #sale", at="501"),
    "topic": said("in a topic", at="-1001234/9", group=True),
    "topic_created": ignored("message without words: forum_topic_created, is_topic_message"),
    "unblocked": reach(True, at="501", who=1),
    "venue": said("Place: Tour Eiffel, Champ de Mars, 5 Av. Anatole France (48.8584, 2.2945)", at="501"),
    "video": said("Так выглядит", at="501", file="video IMG_7.MOV"),
    "video_note": said("", at="501", file="video video note.mp4"),
    "voice": said("", at="501", file="voice voice.ogg"),
    "web_app_data": said('{"size":"L"}', at="501"),
    "write_access_allowed": ignored("message without words: write_access_allowed"),
}  # fmt: skip


def test_every_payload_has_an_expectation() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_payload_is_read_as_expected(name: str) -> None:
    (found,) = parse(payload(name))
    assert told(found, EXPECTED[name]) == EXPECTED[name]
    assert found.event_id == str(json.loads(payload(name))["update_id"])


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def test_no_two_payloads_are_the_same_event() -> None:
    ids = [json.loads(payload(name))["update_id"] for name in EXPECTED]
    assert len(set(ids)) == len(ids)


def test_who_wrote_and_when_is_told() -> None:
    (found,) = parse(payload("text"))
    assert isinstance(found, messages.CustomerMessage)
    assert found.sender == messages.Sender(
        identities=(messages.Identity(kind="telegram_user", value="501"),),
        name="Анна Søren",
        username="anna",
        language="ru",
    )
    assert found.sent_at == datetime.fromtimestamp(1795000000, UTC)


def test_a_file_is_told_with_all_that_telegram_knows_of_it() -> None:
    (found,) = parse(payload("audio"))
    assert isinstance(found, messages.CustomerMessage)
    assert found.attachments == (
        messages.RemoteFile(
            ref="CQACAgIAAxkBAAIS",
            kind="audio",
            name="Песня.mp3",
            mime="audio/mpeg",
            size=5060708,
        ),
    )


@pytest.mark.parametrize("name", ["photo_without_caption", "live_photo"])
def test_of_a_photo_the_largest_is_taken(name: str) -> None:
    (found,) = parse(payload(name))
    assert isinstance(found, messages.CustomerMessage)
    assert [file.ref for file in found.attachments] == ["AgACAgIAAxkBAAI1280"]


def test_a_press_is_of_now_and_its_id_is_kept_for_the_answer() -> None:
    before = datetime.now(UTC)
    (found,) = parse(payload("callback_query"))
    assert isinstance(found, messages.CustomerMessage)
    assert (found.choice_id, found.message_id) == ("991", "callback:991")
    assert found.sent_at >= before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"[]",
        b"1",
        b"null",
        b'{"update_id": "1"}',
        b'{"update_id": true}',
        b'{"update_id": 1.5}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b"\xff",
        b"[" * 9999,
        b'{"update_id": 1, "message": ' + b"[" * 9999 + b"]" * 9999 + b"}",
        '{"update_id": 1}'.encode("utf-16"),
    ],
)
def test_what_is_no_update_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)


def test_what_breaks_the_parser_is_kept() -> None:
    body = b'{"update_id": 1, "message": {"text": "x", "from": {"id": 1}}}'
    (found,) = parse(body)
    assert isinstance(found, messages.Unreadable)
    assert (found.event_id, found.raw) == ("1", body)


def test_half_a_surrogate_pair_costs_a_letter_and_not_the_message() -> None:
    body = payload("text").decode().replace("Привет 👋", "Hi \\ud83d!").encode()
    (found,) = parse(body)
    assert isinstance(found, messages.CustomerMessage)
    assert found.text == "Hi ?!"


SAMPLES = [json.loads(payload(name)) for name in EXPECTED]


@settings(max_examples=400, deadline=None, database=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_no_mutation_of_a_real_update_is_lost(sample: Facts, data: st.DataObject) -> None:
    (found,) = parse(mutated(data, sample, "update_id"))
    assert found.event_id == str(sample["update_id"])
