"""Telegram's HTML: to plain text and entities, or the refusal with the exact words (TG20, TG21)."""

import html
import re
from dataclasses import dataclass
from typing import Any

from .state import Refusal

_ALIASES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>|<")
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass
class _Open:
    tag: str
    offset: int
    attributes: str


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Raises `Refusal` 400 for what Telegram would not parse."""
    plain: list[str] = []
    entities: list[dict[str, Any]] = []
    stack: list[_Open] = []
    position = length = 0
    for match in _TOKEN.finditer(text):
        piece = html.unescape(text[position : match.start()])
        plain.append(piece)
        length += _units(piece)
        position = match.end()
        at = len(text[: match.start()].encode())
        if match.group(2) is None:
            raise _wrong(f'Unsupported start tag "" at byte offset {at}')
        tag = match.group(2).lower()
        if match.group(1):
            opened = _closing(stack, tag, at)
            if length > opened.offset:
                entities.append(_entity(opened, length))
        elif tag not in _ALIASES:
            raise _wrong(f'Unsupported start tag "{tag}" at byte offset {at}')
        else:
            stack.append(_Open(tag, length, match.group(3)))
    if stack:
        raise _wrong(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    plain.append(html.unescape(text[position:]))
    return "".join(plain), sorted(entities, key=lambda one: one["offset"])


def _closing(stack: list[_Open], tag: str, at: int) -> _Open:
    if not stack:
        raise _wrong(f"Unexpected end tag at byte offset {at}")
    opened = stack.pop()
    if opened.tag != tag:
        raise _wrong(
            f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{tag}>"'
        )
    return opened


def _entity(opened: _Open, end: int) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "type": _ALIASES[opened.tag],
        "offset": opened.offset,
        "length": end - opened.offset,
    }
    href = _HREF.search(opened.attributes)
    if opened.tag == "a" and href:
        entity["url"] = html.unescape(href.group(1) or href.group(2) or "")
    return entity


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _wrong(what: str) -> Refusal:
    return Refusal(400, f"Bad Request: can't parse entities: {what}")
