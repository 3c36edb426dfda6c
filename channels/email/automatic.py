"""Which mails no person wrote. They are kept, but nobody answers them (RFC 3834)."""

import re

from .mime import Mail
from .own import Own
from .threads import is_ours

LOOP = "X-Baton-Mailbox"
"""In every mail that we send: whose it is."""
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_MARKS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponse",
    "X-Auto-Reply-From",
    "X-Mail-Autoreply",
    "X-MS-Exchange-Inbox-Rules-Loop",
    "X-Vacation",
)
_ROBOTS = re.compile(
    r"^(mailer-daemon|postmaster|bounces?([+-].*)?|no-?_?reply([+-].*)?|do-?not-?reply)$"
)
_SUBJECTS = re.compile(
    r"^\s*(automatic reply|out of (the )?office|auto(matic)?[ -]?(reply|response)|autoreply|"
    r"abwesenheitsnotiz|abwesend|automatische antwort|réponse automatique|absence du bureau|"
    r"respuesta automática|fuera de la oficina|resposta automática|risposta automatica|fuori sede|"
    r"automatisch antwoord|afwezig|автоответ|автоматический ответ|автоматична відповідь|"
    r"autosvar|automatisk(t)? svar|automaattinen vastaus|odpowiedź automatyczna|"
    r"automatická odpověď|automatikus válasz|otomatik yanıt|自動返信|自动回复|自動回覆|자동 회신)",
    re.IGNORECASE,
)


def reason(mail: Mail) -> str:
    """What kind of machine wrote it; empty: a person, as far as anybody can tell."""
    return _answers(mail) or _spreads(mail) or _weak(mail)


def _answers(mail: Mail) -> str:
    """As the programs say that write by themselves."""
    said = mail.header("Auto-Submitted").lower().partition(";")[0].strip()
    source = mail.header("X-MS-Exchange-Generated-Message-Source").lower()
    vacation = mail.header("X-Apple-Action").strip().upper() == "VACATION"
    if said not in {"", "no"} or vacation or source == "mailbox rules agent":
        return "auto-reply"
    if any(mail.header(name) for name in _MARKS):
        return "auto-reply"
    if mail.kind == "multipart/report" or mail.header("Return-Path").replace(" ", "") == "<>":
        return "report"
    return ""


def _spreads(mail: Mail) -> str:
    """To many at once."""
    precedence = mail.header("Precedence").strip().lower()
    if mail.header("List-Id") or (mail.header("List-Unsubscribe") and precedence in _BULK):
        return "list"
    if precedence in _BULK:
        return "auto-reply" if "auto" in precedence else "bulk"
    return ""


def _weak(mail: Mail) -> str:
    """Signs that are enough only together, but for senders whom nobody can answer."""
    senders = [address.rpartition("@")[0] for _, address in mail.addresses("From")]
    if any(_ROBOTS.match(one) for one in senders):
        return "robot"
    suppressed = mail.header("X-Auto-Response-Suppress")
    if _SUBJECTS.match(mail.header("Subject")) and (suppressed or mail.header("In-Reply-To")):
        return "auto-reply"
    return ""


def is_own(mail: Mail, own: Own) -> bool:
    """Whether this mailbox wrote it: never an answer to ourselves."""
    if mail.header(LOOP).strip().lower() == own.address:
        return True
    return any(is_ours(own, address) for _, address in mail.addresses("From"))
