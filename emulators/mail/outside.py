"""What people outside do: write, answer in the manner of their mail programs, be away."""

import email.utils
import html as escaping
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from .bounces import accept
from .state import Account, Bounce, Mail, Post

MANNERS = ("gmail", "outlook", "apple", "phone", "plain")


@dataclass(frozen=True, kw_only=True)
class File:
    """What is attached."""

    name: str
    mime: str
    content: bytes


class Outside:
    """Everybody who has an account here, and fate."""

    def __init__(self, post: Post) -> None:
        self.post = post

    def person(self, name: str, address: str = "") -> Account:
        """Who has an account here, from now on if not before."""
        wanted = address or f"{name.lower()}@customers.example"
        return self.post.find(wanted) or self.post.add(wanted, name=name)

    def write(
        self,
        who: Account,
        to: str,
        text: str,
        *,
        subject: str = "Hello",
        files: Sequence[File] = (),
        **headers: str,
    ) -> bytes:
        """A new mail. `headers` by name, with `_` for hyphens; an empty one is left out."""
        mail = self._begun(who, to, subject, headers)
        mail.set_content(f"{text}\n")
        for file in files:
            kind, _, subtype = file.mime.partition("/")
            mail.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
        return self._sent(who, mail)

    def answer(
        self,
        who: Account,
        uid: int,
        text: str,
        *,
        manner: str = "gmail",
        drops: Sequence[str] = (),
        **headers: str,
    ) -> bytes:
        """To a mail in the inbox, as this mail program writes it; `drops`: what it forgets, of In-Reply-To,
        References and the address with a plus.
        """
        received = message_from_bytes(self.mail(who, uid).raw, policy=policy.default)
        sender, wanted = str(received["From"]), str(received["Reply-To"] or received["From"])
        to = sender if "plus" in drops else wanted
        subject = str(received["Subject"] or "")
        told = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        chain = f"{received['References'] or ''} {received['Message-ID']}".strip()
        known = {"In_Reply_To": str(received["Message-ID"]), "References": chain}
        kept = {name: value for name, value in known.items() if name.replace("_", "-") not in drops}
        mail = self._begun(who, to, told, {**kept, **headers})
        body = received.get_body(("plain", "html"))
        quoted = str(body.get_content()) if body else ""
        _ANSWERS[manner](mail, text, sender, quoted)
        self.mail(who, uid).flags |= {"\\Seen", "\\Answered"}
        return self._sent(who, mail)

    def away(self, who: Account) -> None:
        """Everything is answered by a machine."""
        self.post.bounces[who.address] = Bounce(kind="vacation")

    def mail(self, who: Account, uid: int) -> Mail:
        found = next((one for one in who.inbox.mails if one.uid == uid), None)
        if found is None:
            raise LookupError(f"There is no mail {uid}.")
        return found

    def got(self, who: Account) -> list[dict[str, Any]]:
        """What lies in the inbox, readable, the oldest first."""
        return [shown(one) for one in who.inbox.mails]

    def again(self, who: Account, uid: int) -> Mail:
        """IM10: the same mail lies there twice."""
        return self.post.put(who, self.mail(who, uid).raw)

    def _begun(self, who: Account, to: str, subject: str, headers: dict[str, str]) -> EmailMessage:
        mail = EmailMessage(policy=policy.SMTP)
        told = {
            "From": email.utils.formataddr((who.name, who.address)),
            "To": to,
            "Subject": subject,
            "Date": email.utils.formatdate(self.post.control.clock.now()),
            "Message-ID": email.utils.make_msgid(domain=who.address.rpartition("@")[2]),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        for name, value in told.items():
            if value:
                mail[name] = value
        return mail

    def _sent(self, who: Account, mail: EmailMessage) -> bytes:
        raw = mail.as_bytes()
        who.folder("Sent").add(raw, self.post.control.clock.now(), {"\\Seen"})
        for address in dict.fromkeys(
            address
            for _, address in email.utils.getaddresses([str(mail["To"]), str(mail["Cc"] or "")])
            if address
        ):
            accept(self.post, raw, who.address, address)
        return raw


def shown(mail: Mail) -> dict[str, Any]:
    """As a mail program shows it."""
    parsed = message_from_bytes(mail.raw, policy=policy.default)
    plain, rich = parsed.get_body(("plain",)), parsed.get_body(("html",))
    return {
        "uid": mail.uid,
        "from": str(parsed["From"] or ""),
        "to": str(parsed["To"] or ""),
        "reply_to": str(parsed["Reply-To"] or ""),
        "subject": str(parsed["Subject"] or ""),
        "message_id": str(parsed["Message-ID"] or ""),
        "in_reply_to": str(parsed["In-Reply-To"] or ""),
        "references": str(parsed["References"] or "").split(),
        "automatic": str(parsed["Auto-Submitted"] or ""),
        "text": str(plain.get_content()).replace("\r\n", "\n").rstrip("\n") if plain else "",
        "html": str(rich.get_content()) if rich else "",
        "files": [
            {
                "name": part.get_filename() or "file",
                "mime": part.get_content_type(),
                "size": len(part.get_payload(decode=True) or b""),
            }
            for part in parsed.iter_attachments()
        ],
        "seen": "\\Seen" in mail.flags,
        "at": mail.at,
    }


def _said(sender: str) -> str:
    return f"On Thu, Nov 26, 2026 at 10:04 AM {sender} wrote:"


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def _both(mail: EmailMessage, plain: str, rich: str) -> None:
    mail.set_content(plain)
    mail.add_alternative(rich, subtype="html")


def _lines(text: str) -> str:
    return "<br>".join(escaping.escape(line) for line in text.split("\n"))


def _gmail(mail: EmailMessage, text: str, sender: str, quoted: str) -> None:
    _both(
        mail,
        f"{text}\n\n{_said(sender)}\n\n{_marked(quoted)}\n",
        f'<div dir="ltr">{_lines(text)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{escaping.escape(_said(sender))}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{_lines(quoted)}'
        "</blockquote></div>",
    )


def _outlook(mail: EmailMessage, text: str, sender: str, quoted: str) -> None:
    head = f"From: {sender}\nSent: Thursday, November 26, 2026 10:04 AM\nTo: {mail['From']}\nSubject: {mail['Subject']}"
    mail["Thread-Topic"] = re.sub(r"(?i)^re:\s*", "", str(mail["Subject"]))
    _both(
        mail,
        f"{text}\n\n________________________________\n{head}\n\n{quoted}\n",
        f'<div class="WordSection1"><p class="MsoNormal">{_lines(text)}</p></div><div id="appendonsend"></div><hr '
        'style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f"{_lines(head)}</div><div>{_lines(quoted)}</div>",
    )


def _apple(mail: EmailMessage, text: str, sender: str, quoted: str) -> None:
    said = f"On 26 Nov 2026, at 10:04, {sender} wrote:"
    _both(
        mail,
        f"{text}\n\n> {said}\n> \n{_marked(quoted)}\n",
        f'<html><body>{_lines(text)}<br><div><br><blockquote type="cite"><div>{escaping.escape(said)}</div><br>'
        f"<div>{_lines(quoted)}</div></blockquote></div></body></html>",
    )


def _phone(mail: EmailMessage, text: str, sender: str, quoted: str) -> None:
    mail.set_content(f"{text}\n\nSent from my iPhone\n\n> {_said(sender)}\n> \n{_marked(quoted)}\n")


def _plain(mail: EmailMessage, text: str, sender: str, quoted: str) -> None:
    mail.set_content(f"{_said(sender)}\n{_marked(quoted)}\n\n{text}\n")


_ANSWERS = {"gmail": _gmail, "outlook": _outlook, "apple": _apple, "phone": _phone, "plain": _plain}
