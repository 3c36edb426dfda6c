"""Mails of mail servers about mails of ours (RFC 3464), and complaints (RFC 5965)."""

import email
import email.utils
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message
from email.policy import compat32

from channels.messages import (
    Address,
    ConsentChanged,
    Identity,
    Ignored,
    Inbound,
    Sender,
    Status,
    StatusChanged,
)

from . import threads
from .mime import Mail, decode
from .own import Own

MOST_VERDICTS = 100
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
    }
)
LONGEST = 200_000
"""Characters of a report in which our id is looked for."""
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_GONE = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.310"})
"""The address is wrong, and will be."""
_UNKNOWN = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|recipient)|does not exist|doesn't exist|"
    r"address (not found|rejected)|couldn't be found|recipient address rejected|invalid recipient|"
    r"mailbox unavailable|unrouteable address|unknown recipient|domain not found",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mailerdaemon)$")
_FAILED = re.compile(
    r"undeliver|delivery (status|failure|has failed|incomplete)|returned mail|failure notice|"
    r"mail delivery (failed|system)|unzustellbar|non remis|no entregado|could not be delivered|"
    r"message not delivered|rejected",
    re.IGNORECASE,
)


_MESSAGE_ID = re.compile(
    r"^[ \t>]{0,20}message-id:\s{0,5}(<[^<>\s]{3,500}>)", re.IGNORECASE | re.MULTILINE
)
_STATUSES = {
    "failed": Status.FAILED,
    "delivered": Status.DELIVERED,
    "relayed": Status.SENT,
    "displayed": Status.READ,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of one recipient."""

    action: str
    code: str = ""
    detail: str = ""
    recipient: str = ""


def read(mail: Mail, own: Own, event_id: str) -> Sequence[Inbound] | None:
    """None: it is no report. One about nothing of ours is ignored."""
    if _is_complaint(mail):
        return _complaint(mail, own, event_id)
    verdicts = _verdicts(mail)
    if not verdicts and not _is_loose_bounce(mail):
        return None
    found = _about(mail, own)
    if found is None:
        return (Ignored(event_id=event_id, what="a report about no mail of ours"),)
    message_id, ours = found
    verdicts = [_clearer(one, mail) for one in verdicts] or [_guessed(mail)]
    return tuple(_event(one, f"{event_id}/{n}", message_id, ours) for n, one in enumerate(verdicts))


def _event(one: Verdict, event_id: str, message_id: str, ours: threads.Ours) -> Inbound:
    status = _STATUSES.get(one.action)
    if status is None:
        return Ignored(event_id=event_id, what=f"a report: {one.action}")
    gone = status is Status.FAILED and (one.code in _GONE or bool(_UNKNOWN.search(one.detail)))
    return StatusChanged(
        event_id=event_id,
        message_id=message_id,
        status=status,
        code=one.code if status is Status.FAILED else "",
        detail=_sentence(one) if status is Status.FAILED else "",
        delivery_id=ours.delivery_id,
        to=Address(chat=one.recipient) if one.recipient else None,
        unreachable="Mail to this address comes back: there is no such mailbox." if gone else "",
    )


def _sentence(one: Verdict) -> str:
    said = " ".join(one.detail.split())[:300]
    return f"The mail came back: {said}" if said else "The mail came back."


def _verdicts(mail: Mail) -> list[Verdict]:
    """Of each recipient, as a machine wrote it down."""
    return [
        verdict
        for part in mail.parts()
        if _type(part) in _REPORTS
        for group in _groups(part)
        if (verdict := _verdict(group)) is not None
    ][:MOST_VERDICTS]


def _type(part: Message) -> str:
    try:
        return part.get_content_type()
    except Exception:
        return ""


def _groups(part: Message) -> list[Message]:
    """The parser makes a mail of each group of fields."""
    found = part.get_payload()
    if isinstance(found, list):
        return [one for one in found if isinstance(one, Message)]
    text = str(found)[:LONGEST].replace("\r\n", "\n")
    return [email.message_from_string(one, policy=compat32) for one in text.split("\n\n")]


def _field(group: Message, name: str) -> str:
    try:
        return " ".join(str(group.get(name, "")).split())[:1000]
    except Exception:
        return ""


def _verdict(group: Message) -> Verdict | None:
    read = _field(group, "Disposition").lower().rpartition(";")[2].strip()
    action = read or _field(group, "Action").lower().partition(" ")[0]
    if not action:
        return None
    told = _field(group, "Original-Recipient") or _field(group, "Final-Recipient")
    detail = _field(group, "Diagnostic-Code").partition(";")[2].strip()
    code = _STATUS.search(_field(group, "Status")) or _STATUS.search(detail)
    return Verdict(
        action=action,
        code=code.group(0) if code else "",
        detail=detail,
        recipient=told.partition(";")[2].strip(" <>").lower(),
    )


def _is_loose_bounce(mail: Mail) -> bool:
    """Some servers write only for people: no sender to answer, and a daemon, and its words."""
    senders = [address.rpartition("@")[0] for _, address in mail.addresses("From")]
    daemon = any(_DAEMON.match(one) for one in senders)
    nobody = mail.header("Return-Path").replace(" ", "") == "<>" or bool(
        mail.header("X-Failed-Recipients")
    )
    return (daemon or nobody) and bool(
        _FAILED.search(mail.header("Subject")) or mail.header("X-Failed-Recipients")
    )


def _clearer(one: Verdict, mail: Mail) -> Verdict:
    """Some servers tell only people why: for machines they write that it failed, and 5.0.0."""
    if one.action != "failed" or one.detail or not one.code.endswith(".0.0"):
        return one
    told = _guessed(mail)
    return replace(one, code=told.code or one.code, detail=told.detail)


def _guessed(mail: Mail) -> Verdict:
    text = _words(mail)
    late = re.search(
        r"delay|will (keep|continue) (on )?trying|not yet been delivered", text, re.IGNORECASE
    )
    code = _STATUS.search(text)
    why = _UNKNOWN.search(text)
    failed = mail.header("X-Failed-Recipients").partition(",")[0].strip().lower()
    return Verdict(
        action="delayed" if late and not why else "failed",
        code=code.group(0) if code else "",
        detail=why.group(0) if why else "",
        recipient=failed,
    )


def _about(mail: Mail, own: Own) -> tuple[str, threads.Ours] | None:
    """The mail of ours that it is about: from the headers that came back, else from the words."""
    named = threads.ids(mail.header("In-Reply-To"))
    before = reversed(threads.ids(mail.header("References")))
    words = _words(mail)
    copied = _MESSAGE_ID.findall(words)
    for one in (*_returned(mail), *named, *copied, *before, *threads.ids(words)):
        ours = threads.read(own, one)
        if ours is not None and ours.delivery_id:
            return one, ours
    return None


def _returned(mail: Mail) -> list[str]:
    """The id in what came back of our mail; ids that it refers to are of other mails."""
    found: list[str] = []
    for part in mail.parts():
        kind, inside = _type(part), part.get_payload()
        if kind == "message/disposition-notification":
            found += [_field(one, "Original-Message-ID") for one in _groups(part)]
        elif kind in {"message/rfc822", "message/global"} and isinstance(inside, list):
            found += [_field(one, "Message-ID") for one in inside[:3] if isinstance(one, Message)]
        elif kind in {"text/rfc822-headers", "message/global-headers", "message/rfc822"}:
            found += _MESSAGE_ID.findall(_content(part))
    return [one for told in found for one in threads.ids(told)]


def _words(mail: Mail) -> str:
    texts = [_content(part) for part in mail.parts() if _type(part).startswith("text/")]
    return "\n".join(texts)[:LONGEST]


def _content(part: Message) -> str:
    try:
        found = part.get_payload(decode=True)
    except Exception:
        return ""
    return decode(found, "utf-8")[:LONGEST] if isinstance(found, bytes) else ""


def _is_complaint(mail: Mail) -> bool:
    said = (
        str(mail.root.get_param("report-type", "") or "") if mail.kind == "multipart/report" else ""
    )
    return said.lower() == "feedback-report"


def _complaint(mail: Mail, own: Own, event_id: str) -> Sequence[Inbound]:
    """He said that it was spam: nothing more of our own accord. Only about a mail that was ours, for
    anybody can write such reports.
    """
    told = next((found for part in mail.parts() if (found := _complainer(part))), "")
    if not told or _about(mail, own) is None:
        return (Ignored(event_id=event_id, what="a complaint about no mail of ours"),)
    return (
        ConsentChanged(
            event_id=event_id,
            address=Address(chat=told),
            sender=Sender(identities=(Identity(kind="email", value=told),)),
            marketing=False,
            sent_at=mail.date() or datetime.now(UTC),
        ),
    )


def _complainer(part: Message) -> str:
    """To whom our mail went: as the report says, else as the mail itself does."""
    inside = part.get_payload()
    match _type(part):
        case "message/feedback-report":
            told = [_field(one, "Original-Rcpt-To") for one in _groups(part)]
        case "message/rfc822" if isinstance(inside, list):
            told = [_field(one, "To") for one in inside[:1] if isinstance(one, Message)]
        case _:
            return ""
    found = (address.lower() for _, address in email.utils.getaddresses(told))
    return next((one for one in found if "@" in one), "")
