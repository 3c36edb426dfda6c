"""What a client says of mails, and what a FETCH answers."""

import base64
import re
from datetime import UTC, datetime

from .state import Mail

_PARTIAL = re.compile(r"<(\d+)\.(\d+)>$")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def item(mail: Mail, name: str) -> bytes:
    match name:
        case "UID":
            return b"UID %d" % mail.uid
        case "FLAGS":
            return f"FLAGS ({' '.join(sorted(mail.flags))})".encode()
        case "RFC822.SIZE":
            return b"RFC822.SIZE %d" % len(mail.raw)
        case "INTERNALDATE":
            return f'INTERNALDATE "{_date(mail.at)}"'.encode()
    if name in {"RFC822", "RFC822.HEADER"} or name.startswith("BODY"):
        return _body(mail, name)
    raise ValueError(f"Unknown item {name}")


def _body(mail: Mail, item: str) -> bytes:
    """IM6: reading marks as read, peeking does not."""
    content = mail.raw
    if "HEADER" in item:
        head, split, _ = mail.raw.partition(b"\r\n\r\n")
        content = head + split
    elif "[TEXT]" in item:
        content = mail.raw.partition(b"\r\n\r\n")[2]
    partial = _PARTIAL.search(item)
    name = item.replace(".PEEK", "")
    if partial:
        start, size = int(partial.group(1)), int(partial.group(2))
        content = content[start : start + size]
        name = name.replace(partial.group(0), f"<{start}>")
    if ".PEEK" not in item and item != "RFC822.HEADER":
        mail.flags.add("\\Seen")
    return name.encode() + b" {%d}\r\n" % len(content) + content


def words(rest: bytes) -> list[bytes]:
    """Atoms, strings and literals."""
    return re.findall(rb'"(?:[^"\\]|\\.)*"|\{\d+\}\0[^\0]*\0|[^\s()]+', rest)


def text(word: bytes) -> str:
    if word.startswith(b"{"):
        return base64.b64decode(word.partition(b"\0")[2].rstrip(b"\0")).decode()
    if word.startswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", word[1:-1]).decode()
    return word.decode()


def _date(at: float) -> str:
    when = datetime.fromtimestamp(at, UTC)
    return f"{when.day:2d}-{_MONTHS[when.month - 1]}-{when:%Y %H:%M:%S} +0000"
