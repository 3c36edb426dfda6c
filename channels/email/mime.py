"""Octets to a mail: headers, both bodies, files. Lenient: whatever a sender did wrong, something can be read.

Nothing here raises but `Broken`, for what has no headers at all.
"""

import binascii
import codecs
import email
import email.utils
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.policy import Compat32

MOST_PARTS = 300
DEEPEST = 60
"""Parts within parts."""
MOST_FILES = 100
LONGEST_HEADER = 20_000
LONGEST_NAME = 120
SMALL_IMAGE = 5 * 1024
"""Bytes; an image within the text that is smaller is a logo of a signature."""
CHARSETS = {
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-gbk": "gb18030",
    "gb2312": "gb18030",
    "iso-8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
}
"""What mail programs call them; the wider one, where they mean it."""
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""Python has them, mails do not; some take their time."""
_NAMELESS = {
    "text/calendar": "invite.ics",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/ms-tnef": "winmail.dat",
    "message/rfc822": "message.eml",
    "text/html": "page.html",
    "text/plain": "text.txt",
}
SIGNATURES = frozenset({"smime.p7s", "signature.asc", "openpgp_digital_signature.asc"})
_OTHER_FORMS = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext"})
"""Of what is there in plain text or HTML too."""
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]{0,2000})\?=")
_LOST = re.compile(r"[\x00\ud800-\udfff]")
"""What no database takes as text."""
QUEUED = timedelta(days=7)
"""How long a mail may have been on its way: another clock is wrong by more."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_FOLDED = re.compile(r"\r?\n[ \t]*")


class Broken(Exception):
    """This is no mail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One part that is not what was written."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A stretch of what was written, in one form or in both."""

    plain: str = ""
    html: str = ""


@dataclass(kw_only=True, slots=True)
class Bodies:
    """What was written, in its order, and what came with it."""

    texts: list[Text] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    parts: int = 0


class _AsItCame(Compat32):
    """Headers with the octets that nobody encoded, instead of question marks."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the library names it
        return value


class Mail:
    """One mail; headers are decoded when they are asked for."""

    def __init__(self, raw: bytes) -> None:
        try:
            self.root: Message = email.message_from_bytes(raw, policy=_AsItCame())
        except Exception as error:  # the parser is strict in ways that it doesn't document
            raise Broken(f"The mail cannot be read ({type(error).__name__}).") from error
        if not self.root.keys():
            raise Broken("There are no headers.")

    def header(self, name: str) -> str:
        """The first of this name; empty: there is none."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        return [_header(one) for one in self._raw(name)]

    def addresses(self, *names: str) -> list[tuple[str, str]]:
        """Name and address of everybody in these headers; addresses in lower case."""
        pairs = _addresses([one for name in names for one in self._raw(name)])
        found = [(_decoded(name), _seen(address).strip().lower()) for name, address in pairs]
        return [(name, address) for name, address in found if _is_address(address)]

    def _raw(self, name: str) -> list[str]:
        """Undecoded: a comma in an encoded name parts nobody. Octets that nobody encoded are surrogates."""
        wanted = name.lower()
        found = [str(value) for key, value in self.root.raw_items() if key.lower() == wanted]
        return [_FOLDED.sub(" ", one[:LONGEST_HEADER]) for one in found[:MOST_PARTS]]

    @property
    def kind(self) -> str:
        return _kind(self.root)

    def date(self) -> datetime | None:
        """When it was sent, as far as that agrees with when our server says that it came."""
        sent = _date(self.header("Date"))
        came = next((d for one in self.headers("Received") if (d := _date(_stamp(one)))), None)
        if sent is None or came is None:
            return sent or came
        return sent if came - QUEUED <= sent <= came + timedelta(hours=1) else came

    def bodies(self) -> Bodies:
        found = Bodies()
        _walk(self.root, found, 0)
        return found

    def parts(self) -> Iterator[Message]:
        """Every part, to a depth."""
        waiting = [(self.root, 0)]
        for _ in range(MOST_PARTS):
            if not waiting:
                return
            part, depth = waiting.pop(0)
            yield part
            if part.is_multipart() and depth < DEEPEST:
                waiting += [(one, depth + 1) for one in _children(part)]


def _stamp(received: str) -> str:
    return received.rpartition(";")[2]


def _date(said: str) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(said.strip()[:200])
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _header(value: str) -> str:
    return _FOLDED.sub(" ", _decoded(value[:LONGEST_HEADER])).strip()


def _seen(value: str) -> str:
    """Octets that nobody encoded are UTF-8, or else Latin."""
    if value.isascii():
        return _LOST.sub("", value)
    return decode(value.encode("utf-8", "surrogateescape"), "utf-8")


def _decoded(value: str) -> str:
    """RFC 2047 words, also where one cuts a character in two; what is none stays as it is."""
    value = _FOLDED.sub(" ", _seen(value))
    said: list[str] = []
    octets, charset, at = b"", "", 0
    for word in _ENCODED.finditer(value):
        between = value[at : word.start()]
        name, content = word[1].partition("*")[0].lower(), _unpacked(word[2], word[3])
        if octets and (between.strip() or name != charset):
            said.append(decode(octets, charset))
            octets = b""
        if between.strip() or not at:
            said.append(between)
        octets, charset, at = octets + content, name, word.end()
    said += [decode(octets, charset), value[at:]] if at else [value]
    return "".join(said)


def _unpacked(encoding: str, text: str) -> bytes:
    octets = text.encode("ascii", "replace")
    if encoding in "qQ":
        return quopri.decodestring(octets.replace(b"_", b" "), header=True)
    try:
        return binascii.a2b_base64(octets + b"===")
    except binascii.Error:
        return octets


def decode(content: bytes, charset: str) -> str:
    """In the charset that was said; in others, if that was wrong or is unknown. UTF-8 is often called Latin."""
    said = charset.strip().strip("\"'").lower()
    known = CHARSETS.get(said, said)
    for one in ("utf-8" if known == "cp1252" else known, known, "utf-8", "cp1252"):
        try:
            if codecs.lookup(one).name not in _NO_CHARSETS:
                return _LOST.sub("", content.decode(one))
        except (LookupError, UnicodeError, ValueError):
            continue
    return _LOST.sub("", content.decode("latin-1"))


def _addresses(values: list[str]) -> list[tuple[str, str]]:
    try:
        found = email.utils.getaddresses(values)
    except Exception:
        found = []
    if any("@" in address for _, address in found):
        return found
    # The strict parser gives up where the lenient eye still sees an address.
    return [
        ("", one)
        for value in values
        for one in re.findall(r"[^\s<>,;\"()]{1,64}@[^\s<>,;\"()]{1,255}", _decoded(value))
    ]


def _is_address(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(at and local and domain) and len(address) <= 320 and not re.search(r"\s", address)  # noqa: PLR2004 - RFC 5321


def _kind(part: Message) -> str:
    try:
        return part.get_content_type()
    except Exception:
        return "application/octet-stream"


def _children(part: Message) -> list[Message]:
    found = part.get_payload()
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []


def _walk(part: Message, found: Bodies, depth: int) -> None:
    found.parts += 1
    if found.parts > MOST_PARTS or depth > DEEPEST:
        return
    kind = _kind(part)
    if kind == "multipart/alternative" and part.is_multipart():
        _choose(part, found, depth)
    elif kind.startswith("multipart/") and part.is_multipart():
        for child in _children(part):
            _walk(child, found, depth + 1)
    elif kind.startswith("multipart/") or (
        kind in {"text/plain", "text/html"} and not _attached(part)
    ):
        # A multipart without parts is a text whose header is wrong.
        text = _text(part)
        found.texts.append(Text(html=text) if kind == "text/html" else Text(plain=text))
    else:
        _attach(part, kind, found)


def _choose(part: Message, found: Bodies, depth: int) -> None:
    """Of several forms of the same: one plain, one HTML, and what else is there as files."""
    forms = Bodies(parts=found.parts)
    for child in _children(part):
        if _kind(child) not in _OTHER_FORMS:
            _walk(child, forms, depth + 1)
    plain = "\n".join(one.plain for one in forms.texts if one.plain)
    html = "\n".join(one.html for one in forms.texts if one.html)
    if plain or html:
        found.texts.append(Text(plain=plain, html=html))
    found.files += forms.files
    found.parts = forms.parts


def _attached(part: Message) -> bool:
    try:
        disposition = part.get_content_disposition()
    except Exception:
        disposition = None
    return disposition == "attachment" or bool(_filename(part))


def _filename(part: Message) -> str:
    try:
        return _decoded(part.get_filename() or "")
    except Exception:
        return ""


def _text(part: Message) -> str:
    try:
        charset = part.get_content_charset() or "utf-8"
    except Exception:
        charset = "utf-8"
    text = decode(_payload(part), charset).replace("\r\n", "\n").replace("\r", "\n")
    return _unwrapped(text, part) if _parameter(part, "format").lower() == "flowed" else text


def _parameter(part: Message, name: str) -> str:
    try:
        return str(part.get_param(name) or "")
    except Exception:
        return ""


def _unwrapped(text: str, part: Message) -> str:
    """Lines that were one before the mail program broke them (RFC 3676)."""
    kept = "" if _parameter(part, "delsp").lower() == "yes" else " "
    found: list[list[str]] = []
    open_at = ""
    for line in text.split("\n"):
        marks = line[: len(line) - len(line.lstrip(">"))]
        said = line[len(marks) :].removeprefix(" ")
        if open_at == f"{marks}|":
            found[-1].append(said.removesuffix(" ") + kept * said.endswith(" "))
        else:
            found.append(
                [f"{marks} " if marks else "", said.removesuffix(" ") + kept * said.endswith(" ")]
            )
        open_at = f"{marks}|" if said.endswith(" ") and said != "-- " else ""
    return "\n".join("".join(one) for one in found)


def _payload(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except Exception:
        found = None
    return found if isinstance(found, bytes) else b""


def _attach(part: Message, kind: str, found: Bodies) -> None:
    if len(found.files) >= MOST_FILES:
        return
    name = safe_name(_filename(part)) or _NAMELESS.get(kind, "file")
    content = _inner(part) if kind.startswith("message/") else _payload(part)
    inside = part.get("Content-ID") is not None
    logo = inside and kind.startswith("image/") and len(content) < SMALL_IMAGE
    if content and not logo and name not in SIGNATURES:
        found.files.append(File(name=name, mime=kind, content=content))


def _inner(part: Message) -> bytes:
    """A mail within the mail, as the file that it is."""
    try:
        return b"".join(one.as_bytes() for one in _children(part)) or _payload(part)
    except Exception:
        return _payload(part)


def safe_name(name: str) -> str:
    """Without folders, and without what would make it look like another kind of file."""
    name = _UNSEEN.sub("", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) <= LONGEST_NAME:
        return name
    return f"{stem[: LONGEST_NAME - 20]}{dot}{ending[:19]}" if dot else name[:LONGEST_NAME]
