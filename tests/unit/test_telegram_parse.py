"""Every kind of update to its value, from complete bodies; and nothing makes the parser raise."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels import messages
from channels.errors import Malformed
from channels.telegram.parse import parse

PAYLOADS = Path(__file__).parent.parent / "payloads/telegram"

EXPECTED: dict[str, tuple[type, dict[str, Any]]] = {
    "text": (messages.CustomerMessage, {"text": "Привет 👋", "message_id": "11"}),
    "start_with_payload": (messages.CustomerMessage, {"start": "spring-sale"}),
    "photo_with_caption": (messages.CustomerMessage, {"text": "Look at this"}),
    "album_part": (messages.CustomerMessage, {"album": "13900000000000001"}),
    "voice": (messages.CustomerMessage, {"text": ""}),
    "document": (messages.CustomerMessage, {"text": ""}),
    "sticker": (messages.CustomerMessage, {"text": "😀"}),
    "location": (messages.CustomerMessage, {"text": "Location: 52.52, 13.405"}),
    "own_contact": (messages.CustomerMessage, {"facts": {"phone": "+49301234567"}}),
    "contact_of_somebody_else": (messages.CustomerMessage, {"facts": {}}),
    "poll": (messages.CustomerMessage, {"text": "Poll: Which size? (M, L)"}),
    "forwarded": (messages.CustomerMessage, {"text": "[Forwarded from Bob]\nold news"}),
    "reply_with_quote": (messages.CustomerMessage, {"text": "> until Friday\nreally?", "reply_to": "3"}),
    "topic": (messages.CustomerMessage, {"group": True}),
    "edited_message": (messages.MessageEdited, {"text": "How much is it?"}),
    "callback_query": (messages.CustomerMessage, {"text": "Yes", "choice": "yes", "choice_id": "991"}),
    "callback_of_inaccessible_message": (messages.CustomerMessage, {"text": "no", "choice": "no"}),
    "blocked": (messages.ReachabilityChanged, {"reachable": False}),
    "unblocked": (messages.ReachabilityChanged, {"reachable": True}),
    "group_migrated": (messages.AddressMoved, {}),
    "joined_group": (messages.Ignored, {"what": "service message"}),
    "from_a_bot": (messages.Ignored, {}),
    "business_message": (messages.CustomerMessage, {"text": "Are you open?"}),
    "business_owner_answers": (messages.HumanSpokeElsewhere, {"text": "Yes, until six"}),
    "business_own_echo": (messages.Ignored, {"what": "our own echo"}),
    "reaction": (messages.Ignored, {"what": "reaction"}),
    "kind_of_tomorrow": (messages.Ignored, {"what": "hologram"}),
}  # fmt: skip


def test_every_payload_has_an_expectation() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_payload_is_read_as_expected(name: str) -> None:
    (found,) = parse((PAYLOADS / f"{name}.json").read_bytes())
    kind, facts = EXPECTED[name]
    assert type(found) is kind
    assert {fact: getattr(found, fact) for fact in facts} == facts
    assert found.event_id.isdigit()


def test_of_a_photo_the_largest_is_taken() -> None:
    (found,) = parse((PAYLOADS / "photo_with_caption.json").read_bytes())
    assert isinstance(found, messages.CustomerMessage)
    assert [(file.ref, file.kind) for file in found.attachments] == [("large", "image")]


def test_a_business_message_is_answered_through_its_connection() -> None:
    (found,) = parse((PAYLOADS / "business_message.json").read_bytes())
    assert isinstance(found, messages.CustomerMessage)
    assert found.address == messages.Address(chat="501", via="conn1")


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b"1", b'{"update_id": "1"}', b"\xff", b"[" * 9999]
)
def test_what_is_no_update_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)


def test_what_breaks_the_parser_is_kept() -> None:
    body = b'{"update_id": 1, "message": {"text": "x", "from": {"id": 1}}}'
    (found,) = parse(body)
    assert isinstance(found, messages.Unreadable)
    assert (found.event_id, found.raw) == ("1", body)


SAMPLES = [json.loads(path.read_bytes()) for path in sorted(PAYLOADS.glob("*.json"))]


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_no_mutation_of_a_real_update_is_lost(sample: dict[str, Any], data: st.DataObject) -> None:
    mutated = json.loads(json.dumps(sample))
    node = mutated
    while isinstance(node, dict) and node:
        key = data.draw(st.sampled_from(sorted(node)))
        if key == "update_id" or not isinstance(node[key], dict) or data.draw(st.booleans()):
            node[key if key != "update_id" else "other"] = data.draw(
                st.none() | st.integers() | st.text(max_size=3) | st.just({}) | st.just([])
            )
            break
        node = node[key]
    (found,) = parse(json.dumps(mutated).encode())
    assert found.event_id == str(sample["update_id"])
