"""What mail servers say, in the words of `channels.errors`: who must react, and may it go again?

The line that matters when sending is the final dot: before it a mail was surely not accepted.
"""

import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from channels import errors

AWAY_SECONDS = 5.0
"""How soon to try again when a server could not even be reached."""


class Lost(Exception):
    """The connection to the IMAP server is gone, and with what it said at last."""


class Silent(Lost):
    """It did not answer in time."""


class ImapRefused(Exception):
    """The IMAP server says no, or something that is no IMAP."""


class LoginRefused(ImapRefused):
    """To the user, the password, or the token."""


class FolderRefused(ImapRefused):
    """To the folder."""


_PASSING = re.compile(
    r"\[(UNAVAILABLE|LIMIT|INUSE|SERVERBUG|OVERQUOTA)\]|too many|try (again|later)|temporar|timeout",
    re.IGNORECASE,
)
_HINTS = (
    ("application-specific password", "Gmail wants an app password here, or OAuth."),
    ("basic authentication is disabled", "Microsoft 365 wants OAuth: set auth to xoauth2."),
    ("basicauthblocked", "Microsoft 365 wants OAuth: set auth to xoauth2."),
    ("privacyrequired", "It wants encryption: set imap.tls to ssl or starttls."),
)


def imap(error: Exception, host: str) -> errors.ChannelError:
    """Of what was raised while mail was to be read at `host`."""
    said, what = str(error), "Reading mail (IMAP):"
    passing = _PASSING.search(said)
    match error:
        case LoginRefused() if not passing:
            sentence = f"{what} {host} refuses the user or the password."
            return errors.Unauthorised(_with(sentence, said), code="imap_login")
        case FolderRefused() if not passing:
            sentence = f"{what} {host} does not open the folder."
            return errors.Rejected(_with(sentence, said), code="imap_folder")
        case ssl.SSLError():
            detail = _tls_sentence(error, host, "imap")
        case ImapRefused():
            detail = _with(f"{what} {host} refuses.", said)
        case Silent():
            detail = f"{what} {host} does not answer. Check imap.port and imap.tls."
        case Lost():
            detail = _with(f"{what} {host} ended the connection.", said)
        case _:
            detail = f"{what} {host} cannot be reached{_why(error)}."
    return _later(detail)


def _later(detail: str) -> errors.RetryLater:
    return errors.RetryLater(detail, after=AWAY_SECONDS, whole_account=True)


def _with(sentence: str, said: str) -> str:
    hint = next((hint for words, hint in _HINTS if words in said.lower()), "")
    parts = (sentence, f"It says: {said.rstrip('.')}." if said else "", hint)
    return " ".join(filter(None, parts))


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return " in time"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return f": {os.strerror(error.errno)}"
    strerror = getattr(error, "strerror", None)
    return f": {strerror}" if strerror else ""


def _tls_sentence(error: ssl.SSLError, host: str, group: str) -> str:
    what = {"imap": "Reading mail (IMAP)", "smtp": "Sending mail (SMTP)"}[group]
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{what}: the certificate of {host} cannot be trusted: {error.verify_message}. Check"
            f" {group}.host; a certificate of your own is trusted by SSL_CERT_FILE."
        )
    return f"{what}: {host} does not speak TLS here. Check {group}.port and {group}.tls."


class Step(StrEnum):
    """How far a mail had come."""

    HELLO = "hello"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    DOT = "dot"
    """All of it was sent, the final dot too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What an SMTP server answered."""

    code: int
    text: str

    @property
    def status(self) -> str:
        """The enhanced status, such as `5.1.1`; empty where it gives none."""
        found = _STATUS.match(self.text)
        return found[0] if found else ""


_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
TRANSIENT, PERMANENT = 4, 5
"""The first digit of a reply (RFC 5321, 4.2.1)."""
_BUSY = 421
_NO_ADDRESS = frozenset({550, 551, 553})
_NOT_OURS = ("5.7.60", "sendas", "send as", "not owned", "not permitted to send")
GREYLISTED = 120.0
FULL_SECONDS = 900.0
BUSY_SECONDS = 60.0
SOON_SECONDS = 30.0


def smtp(reply: Reply, step: Step, host: str) -> errors.ChannelError:
    """Of an answer that is no success."""
    if reply.code // 100 != PERMANENT:
        return _transient(reply, step, host)
    what = "Sending mail (SMTP):"
    if step is Step.HELLO:
        return _later(_with(f"{what} {host} takes no mail from us.", reply.text))
    kind: type[errors.ChannelError] = errors.Rejected
    sentence = _sentence(reply)
    if step is Step.LOGIN or reply.code in _LOGIN_WANTED:
        kind, sentence = errors.Unauthorised, f"{what} {host} refuses the user or the password."
    elif step is Step.SENDER and any(words in reply.text.lower() for words in _NOT_OURS):
        sentence = f"{what} at {host}, this user may not send as this address."
        kind = errors.Unauthorised
    elif _is_of_address(reply, step):
        kind, sentence = errors.Unreachable, "There is no such mailbox."
    return kind(_with(sentence, reply.text), code=reply.status or str(reply.code))


def _is_of_address(reply: Reply, step: Step) -> bool:
    """Nobody can be written to there. 5.1.7 and 5.1.8 are of the one who writes."""
    if step not in {Step.RECIPIENT, Step.DOT} or reply.status in {"5.1.7", "5.1.8"}:
        return False
    if not reply.status:
        return step is Step.RECIPIENT and reply.code in _NO_ADDRESS
    return reply.status.startswith("5.1.") or reply.status in {"5.2.1", "5.4.4"}


def _sentence(reply: Reply) -> str:
    if reply.status == "5.2.2":
        return "The customer's mailbox is full."
    if reply.status in {"5.3.4", "5.2.3"} or reply.code == 552:  # noqa: PLR2004
        return "The mail is too large for the mail server."
    if reply.status.startswith("5.7."):
        return "The mail server refuses this mail by its policy."
    return "The mail server refuses this mail."


def _transient(reply: Reply, step: Step, host: str) -> errors.ChannelError:
    """Also after the final dot: it says that it has not taken it."""
    if reply.code // 100 != TRANSIENT:
        return _puzzled(reply, step, host)
    status = reply.status
    of_account = step in {Step.HELLO, Step.LOGIN, Step.SENDER} or status.startswith("4.7.")
    after = SOON_SECONDS
    if reply.code == _BUSY or status.startswith("4.7."):
        after, of_account = BUSY_SECONDS, True
    elif status == "4.2.2":
        after = FULL_SECONDS
    elif step is Step.RECIPIENT and reply.code in {450, 451}:
        after = GREYLISTED
    sentence = f"Sending mail (SMTP): {host} does not take it now."
    return errors.RetryLater(
        _with(sentence, reply.text),
        after=after,
        whole_account=of_account,
        code=status or str(reply.code),
    )


def _puzzled(reply: Reply, step: Step, host: str) -> errors.ChannelError:
    """It is not SMTP what it says."""
    sentence = f"Sending mail (SMTP): the answer of {host} could not be understood."
    if step is Step.DOT:
        return errors.OutcomeUnknown(_with(sentence, reply.text), code=str(reply.code))
    return _later(_with(sentence, reply.text))


def smtp_lost(error: BaseException, step: Step, host: str) -> errors.ChannelError:
    """Of a connection that broke, was never had, or stayed silent."""
    if step is Step.DOT:
        return errors.OutcomeUnknown(
            "The connection broke after the mail was sent, and before it was accepted."
        )
    causes = list(_causes(error))
    tls = next((one for one in causes if isinstance(one, ssl.SSLError)), None)
    if tls is not None:
        return _later(_tls_sentence(tls, host, "smtp"))
    if "STARTTLS" in str(error):
        return _later(f"Sending mail (SMTP): {host} offers no encryption (STARTTLS).")
    if step is Step.HELLO:
        return _later(f"Sending mail (SMTP): {host} cannot be reached{_why(causes[-1])}.")
    return _later(f"Sending mail (SMTP): the connection to {host} broke.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
