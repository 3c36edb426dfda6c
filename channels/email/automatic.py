"""Which mails no person wrote. They are kept, but nobody answers them (RFC 3834)."""

import re
from email.message import Message

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


def reason(mail: Mail, own: Own, sender: str) -> str:
    """What kind of machine wrote it; empty: a person, as far as anybody can tell."""
    return _answers(mail) or _spreads(mail, own) or _weak(mail, sender)


def _answers(mail: Mail) -> str:
    """As the programs say that write by themselves."""
    said = mail.header("Auto-Submitted").lower().partition(";")[0].strip()
    source = mail.header("X-MS-Exchange-Generated-Message-Source").lower()
    vacation = mail.header("X-Apple-Action").strip().upper() == "VACATION"
    if said not in {"", "no"} or vacation or source == "mailbox rules agent":
        return "auto-reply"
    if any(mail.header(name) for name in _MARKS):
        return "auto-reply"
    if any(_is_calendar_answer(part) for part in mail.parts()):
        return "calendar"
    if mail.kind == "multipart/report" or mail.header("Return-Path").replace(" ", "") == "<>":
        return "report"
    return ""


def _is_calendar_answer(part: Message) -> bool:
    """Somebody pressed Accept or Decline; an invitation is by a person."""
    try:
        if part.get_content_type() != "text/calendar":
            return False
        said = str(part.get_param("method", "") or "")
    except Exception:  # a header that cannot be taken apart says nothing
        return False
    return said.lower() in {"reply", "counter", "refresh", "declinecounter"}


def _spreads(mail: Mail, own: Own) -> str:
    """To many at once. A list of our own domain is how some companies hand customers' mails on."""
    listed = mail.header("List-Id").strip().rstrip(">").lower()
    if listed.endswith(f".{own.domain}"):
        return ""
    precedence = mail.header("Precedence").strip().lower()
    leaves = mail.header("List-Unsubscribe")
    if listed or (leaves and (precedence in _BULK or mail.header("List-Unsubscribe-Post"))):
        return "list"
    if precedence in _BULK:
        return "auto-reply" if "auto" in precedence else "bulk"
    return ""


def is_robot(address: str) -> bool:
    """Nobody reads what is sent there."""
    return _ROBOTS.match(address.rpartition("@")[0]) is not None


def _weak(mail: Mail, sender: str) -> str:
    """Signs that are enough only together, but for senders whom nobody can answer."""
    if is_robot(sender):
        return "robot"
    suppressed = mail.header("X-Auto-Response-Suppress")
    if _SUBJECTS.match(mail.header("Subject")) and (suppressed or mail.header("In-Reply-To")):
        return "auto-reply"
    return ""


def is_own(mail: Mail, own: Own) -> bool:
    """Whether this mailbox wrote it: never an answer to ourselves."""
    if mail.header(LOOP).strip().lower() == own.address:
        return True
    return any(is_ours(own, address) for _, address in mail.addresses("From")) and not form(
        mail, own
    )


def form(mail: Mail, own: Own) -> tuple[str, str] | None:
    """Who filled a form in on a site, which sends it as ourselves or as nobody; none: this is none."""
    senders = [address for _, address in mail.addresses("From")]
    domains = {address.rpartition("@")[2] for address in senders}
    if not all(is_ours(own, one) or is_robot(one) for one in senders):
        return None
    return next(
        (
            (name, address)
            for name, address in mail.addresses("Reply-To")
            if not is_ours(own, address)
            and not is_robot(address)
            and address.rpartition("@")[2] not in domains
        ),
        None,
    )
