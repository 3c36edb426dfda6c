"""Every kind of webhook to its value, from complete bodies; a thousand at once; and nothing makes the
parser raise, or lose what stands beside the one that it cannot read.
"""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels import messages as m
from channels.errors import Malformed
from channels.whatsapp.parse import Own, parse
from tests.mutation import mutated

PAYLOADS = Path(__file__).parent.parent / "payloads/whatsapp"
NUMBER, WABA = "106540352242922", "102290129340398"
OWN = Own(phone_number_id=NUMBER, waba_id=WABA)
UID, PHONE = "US.13491208655302741918", "+16505551234"
HIDDEN = "DE.7120934857203948571"
GROUP = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD"
Facts = dict[str, Any]


def said(text: str, **facts: Any) -> Facts:
    rest = {"reply_to": "", "choice": "", "start": "", "group": False, "facts": {}, "at": UID}
    return {"is": "CustomerMessage", "text": text, "file": "", **rest, **facts}


def human(text: str, **facts: Any) -> Facts:
    return {"is": "HumanSpokeElsewhere", "text": text, "file": "", "at": UID, **facts}


def edited(text: str) -> Facts:
    return {"is": "MessageEdited", "text": text, "at": UID, "message_id": "wamid.ORIGINAL"}


def status(status: m.Status, to: str = f"{UID} {PHONE}", **facts: Any) -> Facts:
    return {"is": "StatusChanged", "status": status, "to": to, "code": "", **facts}


def failed(code: str) -> Facts:
    return status(m.Status.FAILED, PHONE, code=code)


def moved(old: str, new: str) -> Facts:
    return {"is": "AddressMoved", "old": old, "new": new}


def consent(marketing: bool, at: str = UID) -> Facts:
    return {"is": "ConsentChanged", "marketing": marketing, "at": at}


def template(status: str = "", category: str = "", **facts: Any) -> Facts:
    rest = {"account": WABA, "language": "en_US", "quality": "", "reason": ""}
    return {"is": "TemplateChanged", "status": status, "category": category, **rest, **facts}


def news(what: str, account: str = WABA) -> Facts:
    return {"is": "AccountChanged", "what": what, "account": account}


def ignored(what: str) -> Facts:
    return {"is": "Ignored", "what": what}


def told(found: m.Inbound, names: Facts) -> Facts:
    """The same facts of a parsed value; an address is all its names."""
    facts: Facts = {"is": type(found).__name__}
    for name in names.keys() - {"is"}:
        if name == "at":
            facts[name] = found.address.chat  # type: ignore[union-attr]  # its kind has one
        elif name == "file":
            files = found.attachments  # type: ignore[union-attr]  # its kind has them
            facts[name] = ", ".join(f"{one.kind} {one.name}" for one in files)
        else:
            value = getattr(found, name)
            names_of = isinstance(value, m.Address)
            facts[name] = " ".join((value.chat, *value.also)) if names_of else value
    return facts


def not_shown(kind: str) -> str:
    return f"[A message that WhatsApp does not hand on: {kind}]"


NEW, NEW_PHONE = "US.98765432101234567890", "+12195555358"
EXPECTED: dict[str, Sequence[Facts]] = {
    "about_a_product": [said("[About product di9ozbzfi4]\nIs this still there?", reply_to="wamid.P")],
    "account_alert": [news("account_alerts")],
    "account_capability": [news("business_capability_update")],
    "account_error": [news("error 130429", NUMBER)],
    "account_review": [news("account_review_update APPROVED")],
    "account_violation": [news("account_update ACCOUNT_VIOLATION")],
    "app_state": [ignored("smb_app_state_sync")],
    "audio": [said("", file="audio audio.mp3")],
    "business_username": [ignored("business_username_updates")],
    "button_reply": [said("Cancel", choice="cancel-button", reply_to="wamid.B")],
    "call": [ignored("calls")],
    "call_permission": [said("Permission to call: accept")],
    "contacts": [said("Contact: Barbara J. Johnson, +1 (650) 555-9999, bj@example.com")],
    "document": [said("見積", file="document invoice.pdf")],
    "echo_edit": [ignored("edit from the business's phone")],
    "echo_image": [human("The red one", file="image image.jpg")],
    "echo_text": [human("This is Ben, I will help you")],
    "echo_to_a_hidden_phone": [human("Guten Tag", at=HIDDEN)],
    "edit": [edited("I meant two")],
    "edit_of_a_caption": [edited("Updated caption")],
    "failed_marketing_limit": [failed("131049")],
    "failed_of_tomorrow": [failed("139999")],
    "failed_opted_out": [consent(False, PHONE), failed("131050")],
    "failed_undeliverable": [{"is": "ReachabilityChanged", "reachable": False, "at": PHONE}, failed("131026")],
    "failed_window_closed": [failed("131047")],
    "failed_without_a_reason": [{**failed(""), "to": None, "delivery_id": ""}],
    "field_of_tomorrow": [ignored("holograms")],
    "first_open_of_a_chat": [ignored("request_welcome")],
    "form": [said("Sent\ndate: 2026-12-01\nguests: 4")],
    "form_that_is_no_json": [said("Sent")],
    "forwarded": [said("[Forwarded]\n50 % off today")],
    "from_an_advertisement": [said("[In answer to an advertisement: Chat with us]\nCan I get more info?", start="120226305854810726")],
    "history": [ignored("history")],
    "identity_changed": [ignored("customer_identity_changed")],
    "image": [said("Look at this", file="image image.jpg")],
    "image_without_caption": [said("", file="image image.jpg")],
    "in_a_group": [said("We are five", at=GROUP, group=True)],
    "interactive_with_an_error": [said(not_shown("interactive"))],
    "kind_of_tomorrow": [said(not_shown("hologram"))],
    "list_reply": [said("Priority Mail Express: Next Day to 2 Days", choice="priority_express", reply_to="wamid.L")],
    "location": [said("Location: 37.483872680664, -122.14896392822")],
    "marketing_resumed": [consent(True)],
    "marketing_stopped": [consent(False)],
    "not_available": [said(not_shown("unsupported"))],
    "number_changed": [moved(PHONE, NEW_PHONE)],
    "number_name": [news("phone_number_name_update REJECTED")],
    "number_quality": [news("phone_number_quality_update DOWNGRADE")],
    "order": [said("Order:\n2 × di9ozbzfi4 (30 USD)\n1 × nqryix03ez (25.5 USD)\nLove these!")],
    "own_contact_card": [said("Contact: +49 30 1234567", at=HIDDEN, facts={"phone": "+49 30 1234567"})],
    "place": [said("Place: Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301 (37.44211676562361, -122.16155960083124)")],
    "reaction": [ignored("reaction")],
    "reaction_removed": [ignored("reaction")],
    "reply": [said("Yes, that one", reply_to="wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QQ==")],
    "revoke": [edited("[The customer deleted this message.]")],
    "security": [news("security PIN_CHANGED")],
    "status_delivered": [status(m.Status.DELIVERED)],
    "status_in_a_group": [status(m.Status.READ, GROUP)],
    "status_of_a_hidden_phone": [status(m.Status.DELIVERED, HIDDEN)],
    "status_of_tomorrow": [ignored("status teleported")],
    "status_played": [status(m.Status.READ)],
    "status_read": [status(m.Status.READ)],
    "status_sent": [status(m.Status.SENT)],
    "status_with_a_conversation": [status(m.Status.SENT)],
    "sticker": [said("", file="sticker sticker.webp")],
    "template_approved": [template("approved", "utility")],
    "template_archived": [template("archived", "utility")],
    "template_button": [said("Yes, please", choice="yes-1", reply_to="wamid.T")],
    "template_category": [template(category="marketing")],
    "template_deleted": [template("deleted", "utility")],
    "template_disabled": [template("disabled", "utility")],
    "template_flagged": [template("approved", "utility")],
    "template_in_appeal": [template("in_appeal", "utility")],
    "template_limit_exceeded": [template("limit_exceeded", "utility")],
    "template_locked": [template("", "utility")],
    "template_paused": [template("paused", "utility", reason="Your template has been paused for 3 hours because of low quality.")],
    "template_pending": [template("pending", "utility")],
    "template_pending_deletion": [template("pending_deletion", "utility")],
    "template_quality": [template(quality="yellow")],
    "template_reinstated": [template("approved", "utility")],
    "template_rejected": [template("rejected", "utility", reason="Your template has parameters placed next to each other. Separate parameters with descriptive text.")],
    "template_words": [template(name="welcome_template")],
    "text": [said("Hi there 👋")],
    "text_before_user_ids": [said("Does it come in another color?", at=PHONE)],
    "text_of_a_hidden_phone": [said("Привет, сколько стоит?", at=HIDDEN)],
    "text_with_a_parent_id": [said("Hola")],
    "text_with_a_user_id_as_from": [said("Where is my order?")],
    "unsupported": [said(not_shown("poll creation"))],
    "user_id_changed": [moved(UID, f"{NEW} {NEW_PHONE}"), moved(PHONE, f"{NEW} {NEW_PHONE}")],
    "user_id_changed_of_a_hidden_phone": [moved(HIDDEN, "DE.5555555555555555555")],
    "video": [said("Так выглядит", file="video video.mp4")],
    "voice": [said("", file="voice audio.ogg")],
}  # fmt: skip


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def test_every_payload_has_an_expectation() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_payload_is_read_as_expected(name: str) -> None:
    found = parse(payload(name), OWN)
    expected = EXPECTED[name]
    assert [told(one, names) for one, names in zip(found, expected, strict=True)] == list(expected)
    assert parse(payload(name), OWN) == found


def test_no_two_payloads_are_the_same_event() -> None:
    ids = [one.event_id for name in EXPECTED for one in parse(payload(name), OWN) if one.event_id]
    assert len(set(ids)) == len(ids)


def test_a_status_names_the_message_and_our_own_id_of_it() -> None:
    (found,) = parse(payload("status_read"), OWN)
    assert isinstance(found, m.StatusChanged)
    assert (found.message_id, found.delivery_id) == ("wamid.status_read", "delivery-1")


def test_who_wrote_and_when_is_told_by_the_id_that_lasts_longest() -> None:
    (found,) = parse(payload("text_with_a_parent_id"), OWN)
    assert isinstance(found, m.CustomerMessage)
    assert found.sender == m.Sender(
        identities=(
            m.Identity(kind="wa_bsuid", value=UID),
            m.Identity(kind="wa_parent_bsuid", value="US.ENT.11815799212886844830"),
            m.Identity(kind="wa_phone", value=PHONE),
        ),
        name="Sheena Nelson",
    )
    assert found.address.also == (PHONE,)
    assert found.sent_at == datetime.fromtimestamp(1795000005, UTC)


def test_a_person_without_a_phone_has_a_username() -> None:
    (found,) = parse(payload("text_of_a_hidden_phone"), OWN)
    assert isinstance(found, m.CustomerMessage)
    assert (found.sender.name, found.sender.username) == ("Анна", "anna.k")
    assert [one.kind for one in found.sender.identities] == ["wa_bsuid"]


def test_a_new_number_says_who_it_is_now() -> None:
    found = parse(payload("user_id_changed"), OWN)[0]
    assert isinstance(found, m.AddressMoved)
    assert [one.value for one in found.sender.identities] == [NEW, NEW_PHONE]


def test_a_file_is_told_with_all_that_whatsapp_knows_of_it() -> None:
    (found,) = parse(payload("voice"), OWN)
    assert isinstance(found, m.CustomerMessage)
    assert found.attachments == (
        m.RemoteFile(ref="1908647269898588", kind="voice", name="audio.ogg", mime="audio/ogg"),
    )


def test_a_failure_says_why_in_our_words_and_in_metas() -> None:
    (found,) = parse(payload("failed_window_closed"), OWN)
    assert isinstance(found, m.StatusChanged)
    assert found.detail.startswith("The customer has not written for 24 hours")
    assert "more than 24 hours have passed" in found.detail


# Many at once


def body(*changes: Facts, waba: str = WABA) -> bytes:
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": list(changes)}]}
    ).encode()


def change(number: str = NUMBER, **lists: Any) -> Facts:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}, **lists}
    return {"field": "messages", "value": value}


def text(number: int, at: int = 1795000000) -> Facts:
    word = {"body": f"message {number}"}
    who = {"from": f"4930{number:08}", "from_user_id": f"DE.{number:010}"}
    return {**who, "id": f"wamid.{number}", "timestamp": str(at), "type": "text", "text": word}


def read(number: int) -> Facts:
    return {"id": f"wamid.out.{number}", "status": "read", "timestamp": "1795000000", "recipient_user_id": f"DE.{number:010}"}  # fmt: skip


def test_a_thousand_mixed_updates_of_two_numbers_are_read_at_once() -> None:
    contacts = [{"profile": {"name": f"N{n}"}, "user_id": f"DE.{n:010}"} for n in range(100)]
    mixed = [
        change(
            NUMBER if part % 2 else "another",
            contacts=contacts,
            messages=[text(part * 100 + n) for n in range(50)],
            statuses=[read(part * 100 + n) for n in range(50)],
        )
        for part in range(10)
    ]
    began = time.process_time()
    found = parse(body(*mixed), OWN)
    assert time.process_time() - began < 1
    assert sum(isinstance(one, m.CustomerMessage) for one in found) == 250
    assert sum(isinstance(one, m.StatusChanged) for one in found) == 250
    assert [one.account for one in found if isinstance(one, m.Unreadable)] == ["another"] * 5


def test_what_is_for_another_number_can_be_read_by_its_channel() -> None:
    mixed = body(change("another", messages=[text(1)]), change(messages=[text(2)]))
    other, ours = parse(mixed, OWN)
    assert isinstance(other, m.Unreadable)
    assert other.account == "another"
    assert isinstance(ours, m.CustomerMessage)
    assert ours.text == "message 2"
    (there,) = parse(other.raw, Own(phone_number_id="another", waba_id=WABA))
    assert isinstance(there, m.CustomerMessage)
    assert there.text == "message 1"


def test_what_is_about_another_account_is_not_ours() -> None:
    raw = payload("template_paused").replace(WABA.encode(), b"999")
    (found,) = parse(raw, OWN)
    assert isinstance(found, m.Unreadable)
    assert found.account == "999"


def test_one_unreadable_update_loses_nothing_else_and_can_be_read_again_alone() -> None:
    broken = {**text(2), "timestamp": "soon"}
    contacts = [{"profile": {"name": "Bo"}, "user_id": f"DE.{n:010}"} for n in (1, 2, 3)]
    together = change(
        contacts=contacts, messages=[text(1), broken, text(3)], statuses=[read(4), {}]
    )
    found = parse(body(together), OWN)
    assert [one.text for one in found if isinstance(one, m.CustomerMessage)] == [
        "message 1",
        "message 3",
    ]
    assert [one.message_id for one in found if isinstance(one, m.StatusChanged)] == ["wamid.out.4"]
    first, second = (one for one in found if isinstance(one, m.Unreadable))
    assert {first.event_id, second.event_id} != {""}
    (mended,) = parse(first.raw.replace(b"soon", b"1795000000"), OWN)
    assert isinstance(mended, m.CustomerMessage)
    assert (mended.text, mended.sender.name) == ("message 2", "Bo")


def test_a_batch_is_put_in_the_order_in_which_it_was_written() -> None:
    late, early = text(1, at=1795000009), text(2, at=1795000001)
    found = parse(body(change(messages=[late]), change(messages=[early])), OWN)
    assert [one.event_id for one in found] == ["wamid.2", "wamid.1"]


def test_a_thousand_unreadable_updates_stay_as_large_as_they_were() -> None:
    many = 500
    contacts = [{"profile": {"name": "N" * 50}, "user_id": f"DE.{n:010}"} for n in range(many)]
    broken = [{**text(n), "timestamp": None} for n in range(many)]
    whole = body(change(contacts=contacts, messages=broken))
    found = parse(whole, OWN)
    assert len(found) == many
    assert sum(len(one.raw) for one in found if isinstance(one, m.Unreadable)) < 5 * len(whole)


# Rubbish


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        b"[]",
        b"1",
        b"null",
        b"{}",
        b'{"object": 1, "entry": []}',
        b'{"object": "whatsapp_business_account"}',
        b'{"object": "whatsapp_business_account", "entry": 1}',
        b"\xff",
        b"[" * 9999,
    ],
)
def test_what_is_no_webhook_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw, OWN)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"object": "page", "entry": [{"id": "1"}]}',
        b'{"object": "whatsapp_business_account", "entry": []}',
        body(change()),
    ],
)
def test_what_says_nothing_is_ignored(raw: bytes) -> None:
    (found,) = parse(raw, OWN)
    assert isinstance(found, m.Ignored)


def test_half_a_surrogate_pair_costs_a_letter_and_not_the_message() -> None:
    raw = payload("text").decode().replace("Hi there 👋", "Hi \\ud83d!").encode()
    (found,) = parse(raw, OWN)
    assert isinstance(found, m.CustomerMessage)
    assert found.text == "Hi ?!"


def test_what_is_nested_deeper_than_we_look_is_kept_whole() -> None:
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    raw = payload("text").replace(b'"Hi there', deep + b', "x": "Hi there')
    for one in parse(raw, OWN):
        assert isinstance(one, m.CustomerMessage | m.Unreadable)


SAMPLES = [json.loads(payload(name)) for name in EXPECTED]


@settings(max_examples=600, deadline=None, database=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_no_mutation_of_a_real_body_raises_or_is_lost(sample: Facts, data: st.DataObject) -> None:
    try:
        found = parse(mutated(data, sample), OWN)
    except Malformed:
        return
    assert found
    for one in found:
        if isinstance(one, m.Unreadable):
            assert one.event_id
            assert json.loads(one.raw)


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_raise_anything_but_malformed(raw: bytes) -> None:
    for candidate in (raw, payload("text")[:100] + raw, payload("text") + raw):
        try:
            assert parse(candidate, OWN)
        except Malformed:
            continue
