"""One mail to what the trunk hears of it, whatever the mail is."""

import dataclasses
import random
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email import html, lines
from channels.email.build import build
from channels.email.format import compose, compose_rich
from channels.email.own import Own
from channels.email.parse import parse
from channels.email.threads import message_id, reply_address
from channels.errors import Rejected
from channels.messages import Address, CustomerMessage, Ignored, LocalFile, Outbound, Unreadable

OWN = Own(address="support@kestrel.example", name="Kestrel", secret="a secret of ours")
OTHER = Own(address="support@kestrel.example", secret="of somebody else")
DELIVERY = "0199f2a1b2c3d4e5f6a7b8c9"


def raw(body: str = "Where is my order?", **headers: str) -> bytes:
    """A mail of Ann's; `None` leaves a header out, `_` stands for a hyphen."""
    told = {
        "From": "Ann Lee <Ann@Example.com>",
        "To": "support@kestrel.example",
        "Subject": "My order",
        "Message-ID": "<one@example.com>",
        "Date": "Thu, 26 Nov 2026 10:04:00 +0100",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    return (head + "\r\n" + body).encode("utf-8", "surrogateescape")


def message(mail: bytes, own: Own = OWN) -> CustomerMessage:
    (found,) = parse(mail, own)
    assert isinstance(found, CustomerMessage), found
    return found


def outbound(thread: str = "t1", **more: Any) -> Outbound:
    values = {"piece": compose("Hello", ())[0], "subject": "My order", **more}
    return Outbound(
        delivery_id=DELIVERY, address=Address(chat="ann@example.com", thread=thread), **values
    )


def test_a_mail_has_its_sender_its_words_and_when_it_was_sent() -> None:
    found = message(raw())
    assert (found.address.chat, found.sender.name) == ("ann@example.com", "Ann Lee")
    assert (found.text, found.subject) == ("Where is my order?", "My order")
    assert found.sent_at == datetime(2026, 11, 26, 9, 4, tzinfo=UTC)
    assert found.original is not None
    assert found.original.sender == "Ann Lee <Ann@Example.com>"
    assert not found.automatic


def test_a_mail_that_has_only_a_subject_says_that() -> None:
    assert message(raw("")).text == "My order"


# Threads


def replied(sent: bytes, *keep: str, **headers: str) -> CustomerMessage:
    """Ann answers; her program keeps these of what it should."""
    from email import message_from_bytes, policy

    ours = message_from_bytes(sent, policy=policy.default)
    known = {
        "In_Reply_To": ours["Message-ID"],
        "References": f"{ours['References'] or ''} {ours['Message-ID']}",
        "To": ours["Reply-To"] or ours["From"],
    }
    kept = {name: known[name] for name in keep}
    return message(raw("Thanks", Message_ID="<two@example.com>", **{**kept, **headers}))


@pytest.mark.parametrize(
    "keep", [("In_Reply_To",), ("References",), ("To",), ("In_Reply_To", "References", "To")]
)
@given(thread=st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=26))
@settings(max_examples=30, deadline=None, database=None)
def test_an_answer_lands_in_its_thread_whatever_the_program_drops(
    keep: tuple[str, ...], thread: str
) -> None:
    sent, _ = build(outbound(thread), OWN)
    assert replied(sent, *keep).address.thread == thread
    assert replied(sent, *keep, Subject="Something else").address.thread == thread


def test_our_answer_and_his_answer_to_it_stay_in_the_thread_of_his_first_mail() -> None:
    first = message(raw())
    answer, _ = build(outbound(first.address.thread, context=first.context), OWN)
    again = replied(answer, "References")
    assert again.address == first.address
    follow_up = message(raw(Message_ID="<3@example.com>", In_Reply_To="<one@example.com>"))
    assert follow_up.address == first.address
    # A relay renamed our mail; his own first one is still named.
    renamed = raw(Message_ID="<4@x>", References="<one@example.com> <ses-0001@relay.example>")
    assert message(renamed).address == first.address
    assert message(raw(Message_ID="<other@example.com>")).address != first.address


def test_the_subject_never_joins_two_mails() -> None:
    one, two = message(raw()), message(raw(Message_ID="<2@example.com>", Subject="Re: My order"))
    assert one.address.thread != two.address.thread


def test_another_person_in_the_same_thread_is_another_conversation() -> None:
    sent, _ = build(outbound("t1"), OWN)
    ann = replied(sent, "In_Reply_To")
    bob = replied(sent, "In_Reply_To", From="Bob <bob@example.com>")
    assert ann.address.thread == bob.address.thread
    assert ann.address != bob.address


@pytest.mark.parametrize(
    "forged",
    [
        {"In_Reply_To": message_id(OTHER, DELIVERY, "t1")},
        {"References": f"<{DELIVERY}.t1.aaaaaaaaaaaaaaaa@kestrel.example>"},
        {"To": reply_address(OTHER, "t1")},
        {"To": "support+t1.@kestrel.example"},
        {"In_Reply_To": message_id(OWN, DELIVERY, "t1").replace("t1", "t2", 1)},
        {"In_Reply_To": message_id(OWN, DELIVERY, "t1").replace("kestrel", "falcon")},
    ],
)
def test_a_forged_thread_is_none(forged: dict[str, str]) -> None:
    assert message(raw(**forged)).address.thread not in {"t1", "t2"}


def test_the_same_mail_is_the_same_event_by_whatever_way_it_comes() -> None:
    one, again = (
        message(raw()),
        message(raw(Received="from a by b; Thu, 26 Nov 2026 10:05:00 +0000")),
    )
    assert one.event_id == again.event_id
    assert message(raw().replace(b"\r\n", b"\n")).event_id == one.event_id
    assert message(raw("Something else")).event_id != one.event_id
    assert message(raw(From="bob@example.com")).event_id != one.event_id


# What it may look like


CHARSETS = {
    "said": ("Grüße", "iso-8859-1", "Grüße".encode("latin-1")),
    "not said": ("Grüße", "", "Grüße".encode()),
    "wrong": ("Grüße", "utf-8", "Grüße".encode("latin-1")),
    "unknown": ("Grüße", "X-UNKNOWN", "Grüße".encode()),
    "Korean": ("안녕하세요", "ks_c_5601-1987", "안녕하세요".encode("cp949")),
    "Japanese": ("こんにちは", "x-sjis", "こんにちは".encode("cp932")),
    "Hebrew": ("שלום", "iso-8859-8-i", "שלום".encode("iso-8859-8")),
    "Chinese": ("您好", "gb2312", "您好".encode("gb18030")),
}


@pytest.mark.parametrize(("text", "charset", "octets"), CHARSETS.values(), ids=CHARSETS)
def test_letters_of_every_charset(text: str, charset: str, octets: bytes) -> None:
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    assert message(raw("", Content_Type=kind) + octets).text == text


def test_headers_that_are_broken_are_read_as_well_as_can_be() -> None:
    found = message(
        raw(
            From="=?utf-8?q?J=C3=B6rg_=28Sales=29?= <joerg@example.com>",
            Subject="=?utf-8?b?R3LDvMOfZQ==?= =?broken?q?x?=",
            Date="yesterday",
            References="<a@b> no id <c@d> <<>>",
        )
    )
    assert found.sender.name == "Jörg (Sales)"
    assert found.subject.startswith("Grüße")
    assert found.context["references"][:2] == ["<a@b>", "<c@d>"]
    assert message(raw(Subject="Grüße ohne Kodierung")).subject == "Grüße ohne Kodierung"


def test_files_come_with_it_and_logos_and_signatures_do_not() -> None:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "ann@example.com", "<f@example.com>"
    mail.set_content("See the photo")
    mail.add_attachment(b"x" * 10_000, maintype="image", subtype="png", filename="../../photo.png")
    mail.add_attachment(
        b"GIF89a", maintype="image", subtype="gif", cid="<logo>", filename="logo.gif"
    )
    mail.add_attachment(
        b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s"
    )
    mail.add_attachment(
        b"%PDF", maintype="application", subtype="pdf", filename="a\u202efdp.exe" + "x" * 500
    )
    found = message(mail.as_bytes())
    assert [(one.name[:12], one.kind, one.size) for one in found.attachments] == [
        ("photo.png", "image", 10_000),
        ("afdp.exexxxx", "document", 4),
    ]
    assert all(len(one.name) <= 120 for one in found.attachments)


def test_a_mail_in_the_mail_is_a_file_and_says_nothing_itself() -> None:
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "Inner", "bob@example.com"
    inner.set_content("Not Ann's words")
    mail = EmailMessage()
    mail["From"] = "ann@example.com"
    mail.set_content("See attached")
    mail.add_attachment(inner)
    found = message(mail.as_bytes())
    assert found.text == "See attached"
    assert [(one.name, one.mime) for one in found.attachments] == [
        ("message.eml", "message/rfc822")
    ]
    assert b"Not Ann's words" in (found.attachments[0].content or b"")


SEEN = (
    '<div style="font-size:0"><p style="font-size:13px">Hello</p></div>',
    '<body bgcolor="#000000" style="color:#fff"><p>Hello</p></body>',
    "<style>body{background:#123456;color:white}</style><body><p>Hello</p></body>",
    '<table bgcolor="navy"><tr><td><font color="#ffffff">Hello</font></td></tr></table>',
    '<div style="background:url(x.png);color:#fff">Hello</div>',
    '<div style="visibility:hidden"><p style="visibility:visible">Hello</p></div>',
    "<style>@media print{p{display:none}} a:hover{display:none}</style><p>Hello</p>",
    '<style>.m .x{display:none}</style><p class="x">Hello</p>',
    '<div style="max-width:600px;overflow:hidden;opacity:1">Hello</div>',
)


def test_what_cannot_be_seen_is_not_told_to_the_agent() -> None:
    hidden = [
        '<div style="display:none">X</div>',
        '<span style="font-size:0px">X</span>',
        '<p style="color:#ffffff">X</p>',
        '<div style="background:#123;color:#112233">X</div>',
        '<font color="white">X</font>',
        '<div style="position:absolute;left:-9999px">X</div>',
        '<div style="max-height:0;overflow:hidden">X</div>',
        "<p hidden>X</p>",
        "<!-- X --><template>X</template><title>X</title><script>X</script>",
        '<style>.q{display:none !important}</style><div class="q">X</div>',
        "<style>@media all{#q{color:#fefefe}}</style><p id=q>X</p>",
        "<style>.m p.x{font-size:0}</style><div class=m><p class=x>X</p></div>",
        '<p style="font:0/0 a">X</p><p style="color:hsl(0, 0%, 100%)">X</p>',
        '<p style="clip:rect(0,0,0,0);position:absolute">X</p><dialog>X</dialog>',
        '<div style="opacity:0">X</div><div style="visibility:hidden">X</div>',
    ]
    for one in hidden:
        assert lines.text(f"<div>Hello{one}</div>") == "Hello", one
    for one in SEEN:
        assert lines.text(one) == "Hello", one
    shown = '<style>@media (max-width:600px){.d{display:none}}</style><p class="d">Seen</p>'
    assert lines.text(shown) == "Seen"


def test_operators_see_html_that_does_nothing_and_fetches_nothing() -> None:
    shown = html.shown(
        '<p onclick="x()" style="color:red;background:url(http://t/x);position:fixed">Hi</p>'
        '<img src="http://tracker/x.gif" alt="Logo"><script>x()</script>'
        '<a href="javascript:x()">a</a><a href="https://b.c">b</a><iframe src="//x"></iframe>'
        '<form action="//x"><input></form><svg onload=x()></svg>'
    )
    for evil in (
        "onclick",
        "url(",
        "fixed",
        "tracker",
        "script",
        "javascript",
        "iframe",
        "form",
        "svg",
    ):
        assert evil not in shown, shown
    assert 'alt="Logo"' in shown
    assert 'href="https://b.c"' in shown
    assert 'rel="noopener noreferrer nofollow"' in shown


def test_html_reads_as_text_with_its_lists_tables_and_links() -> None:
    text = lines.text(
        "<h1>Order</h1><ul><li>One<ul><li>Deep</li></ul></li><li>Two</li></ul>"
        "<table><tr><th>Size</th><th>Colour</th></tr><tr><td>42</td><td>Blue</td></tr></table>"
        '<p>See <a href="https://a.b/c">here</a> or <a href="https://a.b">https://a.b</a></p>'
        "<blockquote>Quoted</blockquote>"
    )
    assert text == (
        "Order\n\n- One\n  - Deep\n- Two\n\nSize | Colour\n42 | Blue\n\n"
        "See here (https://a.b/c) or https://a.b\n\n> Quoted"
    )


# What we write


def sent(text: str = "Hello", **more: Any) -> str:
    return build(outbound(piece=compose(text, ())[0], **more), OWN)[0].decode("ascii")


def test_only_what_no_person_wrote_says_that_it_is_automatic() -> None:
    assert "Auto-Submitted" not in sent()
    assert "Auto-Submitted: auto-replied" in sent(automatic=True)


def test_a_delivery_has_one_message_id_however_often_it_is_tried() -> None:
    assert build(outbound(), OWN)[1] == build(outbound(), OWN)[1]
    assert build(outbound(), OWN)[1] != build(outbound("t2"), OWN)[1]


def test_nobody_writes_headers_of_his_own() -> None:
    text = sent(subject="Hi\r\nBcc: everybody@example.com")
    assert "\r\nBcc:" not in text
    evil = Own(address=OWN.address, name="K\r\nBcc: x@y.z", secret="s")
    assert b"\r\nBcc:" not in build(outbound(), evil)[0]
    with pytest.raises(Rejected):
        build(outbound(context={"to": "a@b.c\r\nBcc: x@y.z"}), OWN)


@pytest.mark.parametrize(
    "wrong",
    ["a@b@c.d", "ann@example.com, bob@example.com", "ann", "@example.com", "ann@",
     "<ann@example.com>", "ann@example.com\r\nBcc: bob@example.com", "ann@" + "ü" * 300 + ".de"],
)  # fmt: skip
def test_a_mail_goes_to_one_person_only(wrong: str) -> None:
    for told in ({"address": Address(chat=wrong, thread="t1")}, {"context": {"to": wrong}}):
        with pytest.raises(Rejected):
            build(dataclasses.replace(outbound(), **told), OWN)


def test_letters_of_all_kinds_in_an_address_are_written_as_machines_want_them() -> None:
    octets, _ = build(outbound(context={"to": "ann@exämple.de"}), OWN)
    assert b"To: ann@xn--exmple-cua.de\r\n" in octets
    octets, _ = build(outbound(context={"to": "jörg@exämple.de"}), OWN)
    assert "To: jörg@xn--exmple-cua.de\r\n".encode() in octets


def test_an_answer_names_what_it_answers_and_its_subject_once() -> None:
    first = message(raw(References="<zero@example.com>"))
    text = sent(context=first.context)
    assert "In-Reply-To: <one@example.com>" in text
    assert "References: <zero@example.com>\r\n <one@example.com>\r\n" in text
    assert "Subject: Re: My order" in text
    assert "Subject: Re: My order" in sent(context=first.context, subject="Re: My order")
    assert "Subject: My order" in sent()


def test_ids_that_are_longer_than_a_line_are_never_encoded() -> None:
    one = f"<{'DB9PR04MB1234' * 9}@DB9PR04MB1234.eurprd04.prod.outlook.com>"
    text = sent(context=message(raw(Message_ID=one, References=one.replace("DB9", "AB1"))).context)
    assert f"In-Reply-To: {one}\r\n" in text
    assert f" {one}\r\n" in text.partition("References: ")[2]
    assert max(map(len, text.split("\r\n"))) <= 998


def test_what_operators_format_is_cleaned_and_said_in_words_too() -> None:
    (piece,) = compose_rich('<p onclick="x">Hi <b>Ann</b></p><script>x</script>', ())
    assert piece.body == "<p>Hi <b>Ann</b></p>"
    assert piece.plain == "Hi Ann"
    for nothing in ("", "<p> </p>", "<script>x</script>"):
        with pytest.raises(Rejected):
            compose_rich(nothing, ())
    file = LocalFile(name="a", mime="text/plain", content=b"a")
    assert compose_rich("<p>a</p>", [file, file])[0].attachments == (0, 1)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None, database=None)
def test_whatever_is_said_becomes_a_mail_that_can_be_read_again(text: str) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    for piece in compose(clean, ()):
        octets, _ = build(outbound(piece=piece), OWN)
        assert max(map(len, octets.split(b"\r\n"))) <= 998  # RFC 5322
        (found,) = parse(
            octets.replace(b"X-Baton-Mailbox", b"X-Other"), Own(address="o@x.y", secret="s")
        )
        assert isinstance(found, CustomerMessage)


def test_lists_of_an_editor_keep_their_bullets_and_numbers_in_words() -> None:
    (piece,) = compose_rich(
        "<ul><li><p>One</p></li><li><p>Two</p><ul><li><p>Deep</p></li></ul></li></ul>"
        '<ol start="3"><li><p>Three</p></li></ol><blockquote><p>Said</p></blockquote><p>Bye</p>',
        (),
    )
    assert piece.plain == "- One\n- Two\n  - Deep\n\n3. Three\n\n> Said\n\nBye"


def test_a_date_that_cannot_be_is_that_of_our_own_server() -> None:
    came = "from a by b; Thu, 26 Nov 2026 10:05:00 +0000"
    wrong = ("Fri, 1 Jan 1999 10:00:00 +0000", "Fri, 1 Jan 2099 10:00:00 +0000", "yesterday", "")
    for date in wrong:
        found = message(raw(Date=date, Received=came))
        assert found.sent_at == datetime(2026, 11, 26, 10, 5, tzinfo=UTC), date


def test_own_mail_is_nothing_to_us() -> None:
    octets, _ = build(outbound(), OWN)
    assert isinstance(parse(octets, OWN)[0], Ignored)
    assert isinstance(parse(raw(From="support@kestrel.example"), OWN)[0], Ignored)


# Anything at all


def test_what_is_no_mail_goes_to_the_quarantine() -> None:
    for nothing in (b"", b"\0\0\0", b"no headers here"):
        (found,) = parse(nothing, OWN)
        assert isinstance(found, Unreadable), nothing
        assert found.raw == nothing


def test_a_hundred_parts_within_each_other_are_survived() -> None:
    body = raw("deep")
    for n in range(100):
        head = f'From: a@b.c\r\nContent-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n'
        body = head.encode() + body + f"\r\n--{n}--\r\n".encode()
    assert len(parse(body, OWN)) == 1


SEEDS = (
    raw(),
    build(outbound(attachments=(LocalFile(name="a", mime="a/b", content=b"x"),)), OWN)[0],
)


@given(st.integers(0, 2**32), st.binary(max_size=30))
@settings(max_examples=400, deadline=None, database=None)
def test_no_octets_whatsoever_raise_and_the_same_give_the_same(seed: int, junk: bytes) -> None:
    chance = random.Random(seed)
    mail = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(0, 12)):
        at = chance.randrange(len(mail))
        mail[at : at + chance.randint(0, 9)] = (
            junk if chance.random() < 0.5 else bytes([chance.randrange(256)])
        )
    one, again = parse(bytes(mail), OWN), parse(bytes(mail), OWN)
    assert [event.event_id for event in one] == [event.event_id for event in again]
    assert one
