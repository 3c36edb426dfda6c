"""A message of ours to the octets of a mail."""

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

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
LONGEST_NAME = 100
LONGEST_SUBJECT = 500
_OF_IDS = frozenset({"Message-ID", "In-Reply-To", "References"})
_OF_PEOPLE = frozenset({"From", "To", "Reply-To"})
_OTHER = re.compile(r"[^\W\d_a-zA-Z]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_MIME = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}")


class _Policy(EmailPolicy):
    """As SMTP wants it. The library's own would encode ids that are longer than a line, and then no mail
    program knows them.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in _OF_IDS:
            return f"{name}: {f'{self.linesep} '.join(value.split())}{self.linesep}".encode("ascii")
        if name == "To" or (name in _OF_PEOPLE and value.isascii()):
            # An address must not be encoded as words are: SMTPUTF8 carries it as it is.
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


_FOLDED = _Policy(linesep=SMTP.linesep, raise_on_defect=False)


def recipient(outbound: Outbound) -> str:
    """Whom it goes to: one person. Letters before the @ may be any, if the server can. Raises `Rejected`."""
    wanted = str(outbound.context.get("to") or outbound.address.chat)
    local, _, domain = wanted.rpartition("@")
    try:
        named = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        # The library takes other letters only in parts, and does not look at them then.
        Mailbox(addr_spec=f"{_OTHER.sub('x', local)}@{named}")
    except (ValueError, IndexError, MessageError) as error:
        raise errors.Rejected(f"This is no mail address: {wanted[:LONGEST_NAME]!r}.") from error
    return f"{local}@{named}"


def build(outbound: Outbound, own: Own) -> tuple[bytes, str]:
    """The mail, and its Message-ID: always the same for one delivery. Raises `Rejected`."""
    thread = outbound.address.thread
    message_id = threads.message_id(own, outbound.delivery_id, thread)
    mail = EmailMessage(policy=_FOLDED)
    try:
        _head(mail, outbound, own, message_id)
        _body(mail, outbound)
        octets = mail.as_bytes()
    except (ValueError, IndexError, UnicodeError, LookupError) as error:
        raise errors.Rejected(f"No mail can be made of it: {error}") from error
    if len(octets) > MAX_BYTES:
        raise errors.Rejected(
            "The mail is too large: with its files it may have at most 18 MB.", code="too_big"
        )
    return octets, message_id


def _head(mail: EmailMessage, outbound: Outbound, own: Own, message_id: str) -> None:
    thread = outbound.address.thread
    name = _line(own.name)[:LONGEST_NAME]
    mail["From"] = Mailbox(name, addr_spec=own.address)
    mail["To"] = recipient(outbound)
    mail["Subject"] = _subject(outbound)
    mail["Date"] = datetime.now(UTC)
    mail["Message-ID"] = message_id
    answered = threads.ids(str(outbound.context.get("message_id") or ""))
    if answered:
        mail["In-Reply-To"] = answered[0]
    mail["References"] = " ".join(_references(outbound, threads.root_id(own, thread)))
    where = threads.reply_address(own, thread)
    if where != own.address:
        mail["Reply-To"] = Mailbox(name, addr_spec=where)
    mail[LOOP] = own.address
    if outbound.automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"


def _line(text: str) -> str:
    """Nobody's words begin a header of their own."""
    return _CONTROLS.sub(" ", text).strip()


def _subject(outbound: Outbound) -> str:
    subject = _line(outbound.subject)[:LONGEST_SUBJECT]
    if not outbound.context or re.match(r"(?i)(re|aw|sv|antw|odp|ynt|vs)\s?:", subject):
        return subject
    return f"Re: {subject}".strip()


def _references(outbound: Outbound, root: str) -> list[str]:
    said = threads.ids(" ".join(str(one) for one in outbound.context.get("references", ())))
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
