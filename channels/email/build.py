"""A message of ours to the octets of a mail."""

import email.utils
import re
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP

from channels import errors
from channels.messages import LocalFile, Outbound

from . import threads
from .automatic import LOOP
from .own import Own

MOST_REFERENCES = 20
MAX_BYTES = 25 * 1024 * 1024
"""What most providers take, with everything encoded."""
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"></head>'
    '<body dir="auto" style="font-family: sans-serif; line-height: 1.5">{}</body></html>'
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_MIME = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}")


def recipient(outbound: Outbound) -> str:
    """Whom it goes to."""
    return str(outbound.context.get("to") or outbound.address.chat)


def build(outbound: Outbound, own: Own) -> tuple[bytes, str]:
    """The mail, and its Message-ID: always the same for one delivery. Raises `Rejected`."""
    thread = outbound.address.thread
    message_id = threads.message_id(own, outbound.delivery_id, thread)
    mail = EmailMessage(policy=SMTP)
    try:
        _head(mail, outbound, own, message_id)
        _body(mail, outbound)
        octets = mail.as_bytes()
    except (ValueError, IndexError, UnicodeError, LookupError) as error:
        raise errors.Rejected(f"No mail can be made of it: {error}") from error
    if len(octets) > MAX_BYTES:
        raise errors.Rejected(
            "The mail is too large: with its files it may have 18 MB.", code="too_big"
        )
    return octets, message_id


def _head(mail: EmailMessage, outbound: Outbound, own: Own, message_id: str) -> None:
    thread = outbound.address.thread
    mail["From"] = Mailbox(_line(own.name), addr_spec=own.address)
    mail["To"] = recipient(outbound)
    mail["Subject"] = _subject(outbound)
    mail["Date"] = email.utils.localtime()
    mail["Message-ID"] = message_id
    answered = str(outbound.context.get("message_id") or "")
    if answered:
        mail["In-Reply-To"] = answered
    mail["References"] = " ".join(_references(outbound, threads.root_id(own, thread)))
    where = threads.reply_address(own, thread)
    if where != own.address:
        mail["Reply-To"] = Mailbox(_line(own.name), addr_spec=where)
    mail[LOOP] = own.address
    if outbound.automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"


def _line(text: str) -> str:
    """Nobody's words begin a header of their own."""
    return _CONTROLS.sub(" ", text).strip()


def _subject(outbound: Outbound) -> str:
    subject = _line(outbound.subject)
    if not outbound.context or re.match(r"(?i)(re|aw|sv|antw|odp|ynt|vs)\s?:", subject):
        return subject
    return f"Re: {subject}".strip()


def _references(outbound: Outbound, root: str) -> list[str]:
    said = [str(one) for one in outbound.context.get("references", ())]
    return said[-MOST_REFERENCES:] or [root]


def _body(mail: EmailMessage, outbound: Outbound) -> None:
    mail.set_content(f"{outbound.piece.plain}\n", cte="quoted-printable")
    if outbound.piece.body:
        mail.add_alternative(
            PAGE.format(outbound.piece.body), subtype="html", cte="quoted-printable"
        )
    for file in outbound.attachments:
        _attach(mail, file)


def _attach(mail: EmailMessage, file: LocalFile) -> None:
    mime = file.mime if _MIME.fullmatch(file.mime) else "application/octet-stream"
    kind, _, subtype = mime.partition("/")
    if kind in {"message", "multipart"}:
        kind, subtype = "application", "octet-stream"
    mail.add_attachment(
        file.content, maintype=kind, subtype=subtype, filename=_line(file.name) or "file"
    )
