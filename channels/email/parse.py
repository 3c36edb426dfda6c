"""One mail to what the trunk hears of it. Pure, and it never raises."""

import hashlib
import html as escaping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.messages import (
    Address,
    CustomerMessage,
    Identity,
    Ignored,
    Inbound,
    Original,
    RemoteFile,
    Sender,
    Unreadable,
)

from . import automatic, bounces, html, lines, quotes, threads
from .mime import Bodies, Broken, File, Mail
from .own import Own

EVENT_ID = 32
MOST_REFERENCES = 20
MOST_TEXT = 100_000
MIB = 1024 * 1024
_KINDS = ("image", "video", "audio")
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")


def parse(body: bytes, own: Own, size: int | None = None) -> Sequence[Inbound]:
    """`size`: the mail has so many octets, too many, and `body` is only its header."""
    try:
        return _parse(body, own, size)
    except Broken as error:
        return (Unreadable(event_id=_hash(body), error=str(error), raw=body),)
    except Exception as error:  # whatever a sender thought of, the others' mails go on
        name = type(error).__name__
        return (Unreadable(event_id=_hash(body), error=f"{name} while it was read", raw=body),)


def _parse(body: bytes, own: Own, size: int | None) -> Sequence[Inbound]:
    mail = Mail(body)
    message_id = next(iter(threads.ids(mail.header("Message-ID"))), "")
    event_id = _event_id(body, mail, message_id)
    reported = bounces.read(mail, own, event_id)
    if reported is not None:
        return reported
    if automatic.is_own(mail, own):
        return (Ignored(event_id=event_id, what="our own mail"),)
    sender = _sender(mail, own)
    if sender is None:
        return (Unreadable(event_id=event_id, error="Nobody sent it.", raw=body),)
    kept = _Known(
        event_id=event_id, message_id=message_id or f"<{event_id}@{own.domain}>", size=size
    )
    return (_message(mail, own, sender, kept),)


def _sender(mail: Mail, own: Own) -> tuple[str, str] | None:
    named = mail.addresses("From") or mail.addresses("Sender", "Reply-To")
    return automatic.form(mail, own) or next(iter(named), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """How a mail is told from others; `size` if it is too large."""

    event_id: str
    message_id: str
    size: int | None


def _message(mail: Mail, own: Own, sender: tuple[str, str], known: _Known) -> CustomerMessage:
    name, address = sender
    bodies = mail.bodies()
    said = _lines(bodies)
    whole, subject = quotes.full(said), mail.header("Subject")
    text = quotes.new(said, forwarded=quotes.is_forward(subject))[:MOST_TEXT]
    if known.size is not None:
        text = f"(This mail was too large to be fetched: {max(1, known.size // MIB)} MB.)"
    answers, references = _chain(mail)
    thread = _thread(mail, own, answers, references[0] if references else known.message_id)
    return CustomerMessage(
        event_id=known.event_id,
        address=Address(chat=address, thread=thread),
        sender=Sender(identities=(Identity(kind="email", value=address),), name=name),
        message_id=known.message_id,
        sent_at=mail.date() or datetime.now(UTC),
        text=text or subject,
        attachments=tuple(_file(one) for one in bodies.files),
        reply_to=answers[0] if answers else "",
        subject=subject,
        original=Original(
            subject=subject,
            sender=mail.header("From"),
            recipients=", ".join(filter(None, (mail.header("To"), mail.header("Cc")))),
            html=_shown(bodies),
            text=whole,
        ),
        automatic=automatic.reason(mail, own, address),
        context={
            "message_id": known.message_id,
            "references": _trimmed([*references, known.message_id]),
            "to": _reply_to(mail, own, address),
        },
    )


def _hash(*parts: bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()[:EVENT_ID]


def _event_id(body: bytes, mail: Mail, message_id: str) -> str:
    """The same for the same mail, by whichever way it came: servers add headers on the way."""
    split = body.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip()
    if not message_id:
        return _hash(body.replace(b"\r\n", b"\n").rstrip())
    who = mail.header("From").encode("utf-8", "surrogatepass")
    return _hash(message_id.encode("utf-8", "surrogatepass"), who, split)


def _chain(mail: Mail) -> tuple[list[str], list[str]]:
    """What it answers, the nearest first; and what has been said before, in its order."""
    parents = threads.ids(mail.header("In-Reply-To"))
    before = threads.ids(mail.header("References"))
    nearest = list(dict.fromkeys((*parents, *reversed(before))))
    chain = [*before, *(one for one in parents if one not in before)]
    return nearest, chain


def _trimmed(chain: list[str]) -> list[str]:
    """The first one stays: mail programs know a thread by it."""
    return chain if len(chain) <= MOST_REFERENCES else [chain[0], *chain[1 - MOST_REFERENCES :]]


def _thread(mail: Mail, own: Own, answers: list[str], root: str) -> str:
    where = [address for _, address in mail.addresses("To", "Cc", *_DELIVERED)]
    return threads.thread_of(own, answers, root, where)


def _reply_to(mail: Mail, own: Own, sender: str) -> str:
    """Where he wants answers; never ourselves."""
    wanted = [address for _, address in mail.addresses("Reply-To")]
    return next((one for one in wanted if not threads.is_ours(own, one)), sender)


def _lines(bodies: Bodies) -> list[lines.Line]:
    """HTML says better what is quoted than plain text does; only there hidden words are known."""
    found: list[lines.Line] = []
    for one in bodies.texts:
        told = lines.lines(html.tree(one.html)) if one.html else []
        if not any(line.text.strip() for line in told):
            told = quotes.read(one.plain)
        found += [lines.Line(""), *told] if found else told
    return found


def _shown(bodies: Bodies) -> str:
    """For operators; empty if nothing of it was HTML."""
    if not any(one.html for one in bodies.texts):
        return ""
    return "\n".join(
        html.shown(one.html) if one.html else f"<pre>{escaping.escape(one.plain)}</pre>"
        for one in bodies.texts
    )


def _file(one: File) -> RemoteFile:
    kind = one.mime.partition("/")[0]
    return RemoteFile(
        ref="",
        kind=kind if kind in _KINDS else "document",
        name=one.name,
        mime=one.mime,
        size=len(one.content),
        content=one.content,
    )
