"""Mails that no person wrote: automatic answers, lists, and reports on mails of ours."""

import pytest

from channels.email.own import Own
from channels.email.parse import parse
from channels.email.threads import message_id
from channels.messages import (
    ConsentChanged,
    Ignored,
    Inbound,
    Status,
    StatusChanged,
)
from tests.unit.test_email_parse import DELIVERY, OWN, message, raw

OURS = message_id(OWN, DELIVERY, "t1")
FORGED = message_id(Own(address=OWN.address, secret="another"), DELIVERY, "t1")

AUTOMATIC = {
    "Auto-Submitted": ({"Auto_Submitted": "auto-replied; owner=x"}, "auto-reply"),
    "generated": ({"Auto_Submitted": "auto-generated"}, "auto-reply"),
    "no return path": ({"Return_Path": "<>"}, "report"),
    "X-Autoreply": ({"X_Autoreply": "yes"}, "auto-reply"),
    "Apple": ({"X_Apple_Action": "VACATION"}, "auto-reply"),
    "Exchange": ({"X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"}, "auto-reply"),
    "precedence": ({"Precedence": "auto_reply"}, "auto-reply"),
    "bulk": ({"Precedence": "bulk"}, "bulk"),
    "list": ({"List_Id": "<shop.example.com>"}, "list"),
    "newsletter": ({"List_Unsubscribe": "<mailto:x@y.z>", "Precedence": "list"}, "list"),
    "newsletter of today": (
        {
            "List_Unsubscribe": "<https://x.y>",
            "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
        },
        "list",
    ),
    "a pressed button": ({"Content_Type": "text/calendar; method=REPLY"}, "calendar"),
    "daemon": ({"From": "MAILER-DAEMON@example.com"}, "robot"),
    "noreply": ({"From": "no-reply@example.com"}, "robot"),
    "away, German": ({"Subject": "Abwesenheitsnotiz: x", "In_Reply_To": "<a@b>"}, "auto-reply"),
    "away, Japanese": ({"Subject": "自動返信: x", "X_Auto_Response_Suppress": "All"}, "auto-reply"),
}


@pytest.mark.parametrize(("headers", "kind"), AUTOMATIC.values(), ids=AUTOMATIC)
def test_a_machine_is_known(headers: dict[str, str], kind: str) -> None:
    assert message(raw(**headers)).automatic == kind


PEOPLE: dict[str, dict[str, str]] = {
    "through a list of our own": {"List_Id": "Support <support.kestrel.example>"},
    "says so": {"Auto_Submitted": "no"},
    "wants no receipts": {"X_Auto_Response_Suppress": "OOF"},
    "speaks of it": {"Subject": "Out of office hours?"},
    "can be unsubscribed from": {"List_Unsubscribe": "<mailto:x@y.z>"},
    "is called like one": {"From": "Noreen Reply <noreen@example.com>"},
}


@pytest.mark.parametrize("headers", PEOPLE.values(), ids=PEOPLE)
def test_a_person_is_no_machine(headers: dict[str, str]) -> None:
    assert message(raw(**headers)).automatic == ""


def report(action: str = "failed", status: str = "5.1.1", ours: str = OURS, **more: str) -> bytes:
    told = {
        "diagnostic": "550 5.1.1 <ann@example.com>: User unknown",
        "part": "message/rfc822",
        **more,
    }
    body = f"""--b\r
Content-Type: text/plain\r
\r
Your message could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.com\r
\r
Final-Recipient: rfc822; ann@example.com\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; {told["diagnostic"]}\r
\r
--b\r
Content-Type: {told["part"]}\r
\r
From: support@kestrel.example\r
Message-ID: {ours}\r
Subject: My order\r
\r
Hello\r
--b--\r
"""
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    return raw(body, From="MAILER-DAEMON@example.com", Return_Path="<>", Content_Type=kind)


def heard(mail: bytes) -> Inbound:
    (found,) = parse(mail, OWN)
    return found


@pytest.mark.parametrize("part", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_says_which_mail_and_that_the_address_is_bad(part: str) -> None:
    found = heard(report(part=part))
    assert isinstance(found, StatusChanged)
    assert (found.status, found.code, found.delivery_id) == (Status.FAILED, "5.1.1", DELIVERY)
    assert found.message_id == OURS
    assert found.to is not None
    assert found.to.chat == "ann@example.com"
    assert "User unknown" in found.detail
    assert found.unreachable


def test_a_full_mailbox_or_a_policy_makes_no_address_bad() -> None:
    for status, why in (("5.2.2", "552 Mailbox full"), ("5.7.1", "550 Blocked by policy")):
        found = heard(report(status=status, diagnostic=why))
        assert isinstance(found, StatusChanged)
        assert (found.status, found.unreachable) == (Status.FAILED, "")


def test_late_is_not_lost_and_delivered_is_delivered() -> None:
    assert isinstance(heard(report("delayed", "4.4.1", diagnostic="later")), Ignored)
    found = heard(report("delivered", "2.0.0", diagnostic="250 ok"))
    assert isinstance(found, StatusChanged)
    assert (found.status, found.code, found.detail) == (Status.DELIVERED, "", "")


def test_a_report_about_a_mail_that_we_did_not_write_changes_nothing() -> None:
    assert isinstance(heard(report(ours=FORGED)), Ignored)
    assert isinstance(heard(report(ours="<a@b.c>")), Ignored)


def test_servers_that_write_only_for_people_are_understood() -> None:
    words = (
        f"I'm sorry to have to inform you.\n<ann@example.com>: user unknown\n\nMessage-ID: {OURS}\n"
    )
    found = heard(
        raw(words, From="MAILER-DAEMON@mx.example", Subject="failure notice", Return_Path="<>")
    )
    assert isinstance(found, StatusChanged)
    assert (found.status, bool(found.unreachable)) == (Status.FAILED, True)
    late = f"The delivery is delayed; we will keep trying.\n{OURS}"
    told = raw(late, From="postmaster@mx.example", Subject="Delivery Status", Return_Path="<>")
    assert isinstance(heard(told), Ignored)


def test_a_server_that_tells_only_people_why_is_understood() -> None:
    for words, gone in (
        ("550 5.1.1 <ann@example.com> User doesn't exist: ann", True),
        ("552 5.2.2 Mailbox is full", False),
    ):
        told = report(status="5.0.0", diagnostic="").replace(
            b"Your message could not be delivered.", words.encode()
        )
        found = heard(told)
        assert isinstance(found, StatusChanged)
        assert (found.code, bool(found.unreachable)) == (words.split()[1], gone)


def test_who_complains_gets_no_marketing_any_more() -> None:
    body = (
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
        "Original-Rcpt-To: <ann@example.com>\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "Message-ID: {}\r\nTo: Ann <ann@example.com>\r\n\r\nHello\r\n--b--\r\n"
    )
    kind = 'multipart/report; report-type=feedback-report; boundary="b"'
    found = heard(raw(body.format(OURS), From="fbl@isp.example", Content_Type=kind))
    assert isinstance(found, ConsentChanged)
    assert (found.marketing, found.address.chat) == (False, "ann@example.com")
    forged = raw(body.format(FORGED), From="fbl@isp.example", Content_Type=kind)
    assert isinstance(heard(forged), Ignored)


def test_whoever_fills_in_a_form_of_a_site_is_the_sender() -> None:
    for sender in ("support@kestrel.example", "no-reply@kestrel.example"):
        found = message(raw(From=sender, Reply_To="Ann Lee <ann@example.com>"))
        assert (found.address.chat, found.sender.name) == ("ann@example.com", "Ann Lee")
        assert (found.automatic, found.context["to"]) == ("", "ann@example.com")
    same = message(raw(From="no-reply@shop.example", Reply_To="help@shop.example"))
    assert (same.address.chat, same.automatic) == ("no-reply@shop.example", "robot")


def test_a_bounce_is_about_the_mail_that_came_back_and_not_about_those_it_refers_to() -> None:
    earlier = message_id(OWN, "0000f2a1b2c3d4e5f6a7b8c9", "t1")
    for part in ("message/rfc822", "text/rfc822-headers"):
        mail = report(part=part).replace(
            b"From: support@kestrel", f"References: {earlier}\r\nFrom: support@kestrel".encode()
        )
        found = heard(mail)
        assert isinstance(found, StatusChanged)
        assert found.delivery_id == DELIVERY


def test_a_receipt_that_somebody_asked_for_says_that_it_was_read() -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nI have read it.\r\n--b\r\n"
        "Content-Type: message/disposition-notification\r\n\r\n"
        f"Final-Recipient: rfc822; ann@example.com\r\nOriginal-Message-ID: {OURS}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n--b--\r\n"
    )
    kind = 'multipart/report; report-type=disposition-notification; boundary="b"'
    found = heard(raw(body, Content_Type=kind))
    assert isinstance(found, StatusChanged)
    assert (found.status, found.delivery_id) == (Status.READ, DELIVERY)
