"""Which conversation a mail belongs to, from nothing but the mail: by an id of ours that it answers, by the
address that it was sent to, else by the mail that began it. Never by its subject.

What we write carries its thread and a signature in its Message-ID, and in its Reply-To; both survive mail
programs that drop one of them.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from .own import Own

SIGNATURE = 16
"""Characters, of five bits each."""
THREAD = 26
"""Characters of a thread's name, at most."""
LONGEST_ID = 500
MOST_IDS = 100
LOCAL_PART = 64
"""Octets before the @ (RFC 5321)."""
_ID = re.compile(r"<[!-;=?-~]{3,500}>")
_NAME = re.compile(r"[0-9a-z]{1,26}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """What an id that we made says."""

    delivery_id: str
    """Empty: it names a thread only."""
    thread: str


def ids(header: str) -> list[str]:
    """The Message-IDs of a header, in their order; what is none is left out."""
    return _ID.findall(header[: LONGEST_ID * MOST_IDS])[:MOST_IDS]


def message_id(own: Own, delivery_id: str, thread: str) -> str:
    """The same for the same delivery: whoever gets it twice can tell. Both names are in lower case."""
    signature = _signature(own, "message", delivery_id, thread)
    return f"<{delivery_id}.{thread}.{signature}@{own.domain}>"


def root_id(own: Own, thread: str) -> str:
    """What every mail of a thread that we began refers to."""
    return f"<{thread}.{_signature(own, 'thread', thread)}@{own.domain}>"


def read(own: Own, message_id: str) -> Ours | None:
    """None: we did not make it, for this mailbox."""
    left, _, domain = message_id.strip("<>").lower().rpartition("@")
    if domain != own.domain.lower():
        return None
    match left.split("."):
        case [delivery_id, thread, given]:
            expected = _signature(own, "message", delivery_id, thread)
            found = Ours(delivery_id=delivery_id, thread=thread)
        case [thread, given]:
            expected = _signature(own, "thread", thread)
            found = Ours(delivery_id="", thread=thread)
        case _:
            return None
    return found if _same(expected, given) else None


def reply_address(own: Own, thread: str) -> str:
    """Where answers of a thread go; our plain address, where there is no room, or no such thing."""
    local = f"{own.local}+{thread}.{_signature(own, 'address', thread)}"
    if not own.plus or len(local) > LOCAL_PART:
        return own.address
    return f"{local}@{own.domain}"


def is_ours(own: Own, address: str) -> bool:
    """Our address, with or without a thread in it."""
    local, _, domain = address.lower().rpartition("@")
    return domain == own.domain.lower() and local.partition("+")[0] == own.local.partition("+")[0]


def addressed(own: Own, addresses: Iterable[str]) -> str:
    """The thread that one of these addresses names; empty: none."""
    for address in addresses:
        local, _, domain = address.lower().rpartition("@")
        name, plus, token = local.partition("+")
        if not plus or name != own.local or domain != own.domain.lower():
            continue
        thread, _, given = token.partition(".")
        if _NAME.fullmatch(thread) and _same(_signature(own, "address", thread), given):
            return thread
    return ""


def thread_of(own: Own, answers: Iterable[str], root: str, addresses: Iterable[str]) -> str:
    """`answers`: the ids that it answers, the nearest first; `root`: what began it, as far as it says."""
    for one in answers:
        found = read(own, one)
        if found is not None and _NAME.fullmatch(found.thread):
            return found.thread
    return addressed(own, addresses) or _signature(own, "root", root)


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))


def _signature(own: Own, *parts: str) -> str:
    """Without capital letters: some mail servers keep none."""
    told = "\0".join((own.address.lower(), *parts)).encode("utf-8", "surrogatepass")
    digest = hmac.new(own.secret.encode(), told, hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:SIGNATURE]
