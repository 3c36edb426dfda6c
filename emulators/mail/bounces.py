"""What becomes of a mail that was accepted: it arrives, or comes back (SM11)."""

import email.utils
import re
from email.message import EmailMessage

from .state import Account, Bounce, Post

_ID = re.compile(rb"(?im)^Message-ID:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*")


def accept(post: Post, raw: bytes, sender: str, recipient: str) -> None:
    """From an accepted DATA."""
    if post.switches.rewrites_ids:
        raw = _ID.sub(
            f"Message-ID: <{email.utils.make_msgid(domain='relay.example')[1:-1]}>\r\n".encode(),
            raw,
            count=1,
        )
    fate = post.bounces.get(recipient.lower())
    account, writer = post.find(recipient), post.find(sender)
    arrived = (
        b"Return-Path: <"
        + sender.encode()
        + b">\r\nDelivered-To: "
        + recipient.encode()
        + b"\r\n"
        + raw
    )
    if account is not None and (fate is None or fate.kind == "vacation"):
        post.put(account, arrived)
    if fate is not None and writer is not None and fate.kind != "lost":
        come_back(post, writer, recipient, raw, fate)


def come_back(post: Post, writer: Account, recipient: str, raw: bytes, fate: Bounce) -> None:
    """What the writer gets instead of an answer."""
    if fate.kind == "vacation":
        post.put(writer, _vacation(recipient, writer.address, raw))
        return
    if fate.kind == "delayed":
        post.put(
            writer,
            report(
                recipient, writer.address, raw, Bounce(code="4.4.1", text="451 later"), "delayed"
            ),
        )
    if fate.kind == "words":
        post.put(writer, _words(recipient, writer.address, raw, fate))
        return
    post.put(writer, report(recipient, writer.address, raw, fate, "failed"))


def _headers(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].replace(b"\n", b"\r\n")


def _field(raw: bytes, name: str) -> str:
    found = re.search(
        rf"(?im)^{name}:\s*((?:[^\n]|\n[ \t])*)",
        _headers(raw).decode("utf-8", "replace").replace("\r\n", "\n"),
    )
    return " ".join(found.group(1).split()) if found else ""


def report(recipient: str, writer: str, raw: bytes, fate: Bounce, action: str) -> bytes:
    """RFC 3464: for people, for machines, and our headers."""
    parts = (
        "--b0unce\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        f"This is the mail system. Your message to <{recipient}>: {fate.text}\r\n"
        "--b0unce\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {fate.code}\r\n"
        f"Diagnostic-Code: smtp; {fate.text}\r\n\r\n"
        "--b0unce\r\nContent-Type: text/rfc822-headers\r\n\r\n"
    ).encode()
    head = (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mail.example>\r\n"
        f"To: {writer}\r\nSubject: Undelivered Mail Returned to Sender\r\nDate: {email.utils.formatdate()}\r\n"
        f"Message-ID: {email.utils.make_msgid(domain='mail.example')}\r\nAuto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b0unce"\r\n\r\n'
    ).encode()
    return head + parts + _headers(raw) + b"\r\n--b0unce--\r\n"


def _words(recipient: str, writer: str, raw: bytes, fate: Bounce) -> bytes:
    """As some servers write: for people only."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "MAILER-DAEMON@mail.example", writer
    mail["Subject"], mail["Return-Path"] = "failure notice", "<>"
    mail["Message-ID"] = email.utils.make_msgid(domain="mail.example")
    mail.set_content(
        f"Sorry.\n<{recipient}>:\n{fate.text}\n\nMessage-ID: {_field(raw, 'Message-ID')}\n"
    )
    return mail.as_bytes()


def _vacation(recipient: str, writer: str, raw: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = recipient, _field(raw, "Reply-To") or writer
    mail["Subject"] = f"Automatic reply: {_field(raw, 'Subject')}"[:200]
    mail["In-Reply-To"] = mail["References"] = _field(raw, "Message-ID")
    mail["Auto-Submitted"], mail["Message-ID"] = (
        "auto-replied",
        email.utils.make_msgid(domain="mail.example"),
    )
    mail.set_content("I am away until Monday.\n")
    return mail.as_bytes()
