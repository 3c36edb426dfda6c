"""What a file is, by its first bytes. What somebody says of it only chooses within what these allow."""

import re

BYTES = "application/octet-stream"
HEAD = 4096
"""Bytes that are looked at."""
_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), mime)
    for pattern, mime in (
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"....ftypavi[fs]", "image/avif"),
        (rb"....ftyp(heic|heix|mif1|msf1)", "image/heic"),
        (rb"%PDF-", "application/pdf"),
        (rb"OggS", "audio/ogg"),
        (rb"ID3|\xff[\xfb\xf3\xf2]", "audio/mpeg"),
        (rb"\xff[\xf1\xf9]", "audio/aac"),
        (rb"#!AMR", "audio/amr"),
        (rb"fLaC", "audio/flac"),
        (rb"RIFF....WAVE", "audio/wav"),
        (rb"....ftypM4A", "audio/mp4"),
        (rb"....ftyp3g", "video/3gpp"),
        (rb"....ftypqt", "video/quicktime"),
        (rb"....ftyp", "video/mp4"),
        (rb"\x1aE\xdf\xa3", "video/webm"),
        (rb"PK\x03\x04", "application/zip"),
        (rb"\x1f\x8b", "application/gzip"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    )
)
_OFFICE = r"application/(vnd\.openxmlformats-officedocument\.|vnd\.oasis\.opendocument\.)[a-z.-]+"
_CHOICES = {
    "audio/ogg": r"(audio|video)/ogg|audio/opus",
    "audio/mp4": r"audio/(mp4|m4a|x-m4a|aac)",
    "video/mp4": r"(audio|video)/mp4",
    "video/webm": r"(audio|video)/webm|video/x-matroska",
    "video/3gpp": r"(audio|video)/3gpp2?",
    "application/zip": rf"{_OFFICE}|application/epub\+zip",
    "application/x-ole-storage": r"application/(msword|vnd\.ms-(excel|powerpoint|outlook))",
    "text/plain": r"text/(csv|markdown|calendar|vcard|x-vcard|tab-separated-values)|application/json",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniffed(content: bytes, said: str) -> str:
    """Its type. HTML, SVG and scripts are text here: nothing that a browser would run."""
    said = said.partition(";")[0].strip().lower()
    found = _found(content[:HEAD])
    return said if re.fullmatch(_CHOICES.get(found, r"(?!)"), said) else found


def _found(head: bytes) -> str:
    for pattern, mime in _MAGIC:
        if pattern.match(head):
            return mime
    return "text/plain" if _is_text(head) else BYTES


def _is_text(head: bytes) -> bool:
    """UTF-8, perhaps cut in the middle of a character."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < HEAD:
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and not _CONTROL.search(text)
