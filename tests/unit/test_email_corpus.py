"""Whole mails as the world's programs write them, each with the text that an agent is to read."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.own import Own
from channels.email.parse import parse
from channels.messages import CustomerMessage, Inbound, Unreadable

MAILS = Path(__file__).parents[1] / "payloads/email"
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(MAILS.glob("*.txt"))}
OWN = Own(address="support@kestrel.example", name="Kestrel", secret="a secret of ours")


def octets(name: str) -> bytes:
    """As a server hands it out."""
    return (MAILS / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


RAW = {name: octets(name) for name in TEXTS}


def read(name: str) -> CustomerMessage:
    (found,) = parse(RAW[name], OWN)
    assert isinstance(found, CustomerMessage), found
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_of_a_mail_is_read_what_is_new_in_it(name: str) -> None:
    found = read(name)
    assert found.text == TEXTS[name].rstrip("\n")
    assert found.automatic == ""


@pytest.mark.parametrize("name", TEXTS)
def test_operators_see_all_of_it_and_nothing_that_acts(name: str) -> None:
    original = read(name).original
    assert original is not None
    words = "".join(original.text.split())
    assert all(
        "".join(line.split()).lstrip(">") in words for line in read(name).text.split("\n")
    ) or (not words)
    for evil in ("<script", "<style", "src=", "url(", "http-equiv", "javascript:", "onclick"):
        assert evil not in original.html


def test_the_corpus_is_of_many_programs() -> None:
    assert len(TEXTS) >= 100
    assert len({RAW[name] for name in TEXTS}) == len(TEXTS)
    assert len({read(name).event_id for name in TEXTS}) == len(TEXTS)


FILES = {
    "apple_mail_photo_between": [("IMG_1.jpeg", "image", "image/jpeg")],
    "calendar_invitation": [("invite.ics", "document", "text/calendar")],
    "mail_attached": [("Invoice.eml", "document", "message/rfc822")],
    "missing_boundary": [("a.png", "image", "image/png")],
    "smime_signed": [],
    "winmail": [("winmail.dat", "document", "application/ms-tnef")],
}


@pytest.mark.parametrize("name", FILES)
def test_what_comes_with_a_mail(name: str) -> None:
    files = read(name).attachments
    assert [(one.name, one.kind, one.mime) for one in files] == FILES[name]
    assert all(one.content and one.size == len(one.content) for one in files)


def test_headers_with_letters_that_nobody_encoded() -> None:
    found = read("eight_bit_headers")
    assert (found.sender.name, found.subject) == ("Jörg Müller", "Grüße")


def told(found: Inbound) -> tuple[object, ...]:
    """All but when a mail without any date was sent, which is when it is read."""
    if isinstance(found, CustomerMessage):
        return (found.event_id, found.address, found.sender, found.text, found.subject)
    return (found.event_id, type(found), getattr(found, "error", ""))


@given(st.data())
@settings(max_examples=400, deadline=None, database=None)
def test_no_damage_makes_it_raise_and_the_same_octets_give_the_same(data: st.DataObject) -> None:
    mail = bytearray(RAW[data.draw(st.sampled_from(sorted(RAW)))])
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(mail)))
        length = data.draw(st.integers(0, 40) | st.integers(0, len(mail)))
        mail[start : start + length] = data.draw(st.binary(max_size=12) | SPOILERS)
    once, again = parse(bytes(mail), OWN), parse(bytes(mail), OWN)
    assert [told(one) for one in once] == [told(one) for one in again]
    assert once
    for one in once:
        if isinstance(one, CustomerMessage):
            # What no database takes as text is not in it.
            assert one.address.chat.count("@")
            words = (one.text, one.subject, one.address.chat, one.sender.name, one.message_id)
            assert not any("\0" in word for word in words)
            for word in (*words, *(file.name for file in one.attachments)):
                word.encode()


SPOILERS = st.sampled_from(
    [
        b"\r\n\r\n",
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"=?utf-8?b?//8=?=",
        b"=?utf-16?q?=D8=00?=",
        b"charset=utf-7",
        b"charset=unicode_escape",
        b"charset=punycode",
        b"boundary=",
        b"<blockquote>",
        b"<!--",
        b"&#xD800;",
        b"--",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n",
        b'"',
        b"(",
        b"<",
    ]
)


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None, database=None)
def test_any_octets_at_all_are_survived(octets: bytes) -> None:
    assert parse(octets, OWN)
    assert parse(b"From: a@b.c\r\n" + octets, OWN)
    found = parse(b"From: a@b.c\r\nContent-Type: text/html\r\n\r\n" + octets, OWN)
    assert not isinstance(found[0], Unreadable)
