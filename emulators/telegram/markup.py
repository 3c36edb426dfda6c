"""Telegram's HTML: to plain text and entities, or the refusal with the exact words (TG20, TG21)."""

import re
from dataclasses import dataclass

from .chats import Json
from .entities import Parser, entity, link, unparsable

_STYLES = {
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
}
_TAGS = frozenset({*_STYLES, "a", "code", "pre", "blockquote", "tg-emoji", "tg-time"})
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot)(?![A-Za-z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"[^\s=>/\"']*")
_BARE = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = re.compile(r"\s*")


@dataclass(kw_only=True)
class _Tag:
    name: str
    attributes: dict[str, str]
    offset: int
    first: int
    """Where its text begins in the list of pieces."""


def decoded(text: str) -> str:
    """Numbers and the four names that Telegram knows; everything else stays as it is."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    is_character = 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else match.group()


class _Html(Parser):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.open: list[_Tag] = []

    def parse(self) -> tuple[str, list[Json]]:
        position = 0
        while (at := self.text.find("<", position)) >= 0:
            self.say(decoded(self.text[position:at]))
            is_end = self.text.startswith("/", at + 1)
            position = self._end(at) if is_end else self._start(at)
        self.say(decoded(self.text[position:]))
        if self.open:
            name = self.open[-1].name
            raise unparsable(f'Can\'t find end tag corresponding to start tag "{name}"')
        return self.result()

    def _start(self, at: int) -> int:
        end = _matched(_NAME, self.text, at + 1)
        if end == len(self.text):
            raise unparsable(f"Unclosed start tag at byte offset {self.byte(at)}")
        name = self.text[at + 1 : end].lower()
        if name not in _TAGS:
            raise unparsable(f'Unsupported start tag "{name}" at byte offset {self.byte(at)}')
        attributes: dict[str, str] = {}
        position = _matched(_SPACE, self.text, end)
        while not self.text.startswith(">", position):
            position = self._attribute(name, at, position, attributes)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            where = self.byte(at)
            raise unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        first = len(self.pieces)
        self.open.append(_Tag(name=name, attributes=attributes, offset=self.length, first=first))
        return position + 1

    def _attribute(self, tag: str, at: int, position: int, found: dict[str, str]) -> int:
        """One attribute and the space behind it; there is always something behind it."""
        unclosed = unparsable(f'Unclosed start tag "{tag}" at byte offset {self.byte(at)}')
        end = _matched(_ATTRIBUTE, self.text, position)
        name = self.text[position:end]
        if not name:
            where = self.byte(at)
            raise unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        position = _matched(_SPACE, self.text, end)
        found[name] = ""
        if self.text.startswith("=", position):
            position = _matched(_SPACE, self.text, position + 1)
            if position == len(self.text):
                raise unclosed
            found[name], position = self._value(position)
            if position >= len(self.text):
                raise unparsable(f"Unclosed start tag at byte offset {self.byte(at)}")
            position = _matched(_SPACE, self.text, position)
        if position == len(self.text):
            raise unclosed
        return position

    def _value(self, position: int) -> tuple[str, int]:
        quote = self.text[position]
        if quote in "\"'":
            end = self.text.find(quote, position + 1)
            end = len(self.text) if end < 0 else end
            return decoded(self.text[position + 1 : end]), end + 1
        end = _matched(_BARE, self.text, position)
        if end < len(self.text) and not self.text[end].isspace() and self.text[end] != ">":
            where = self.byte(position)
            raise unparsable(f"Unexpected end of name token at byte offset {where}")
        return self.text[position:end].lower(), end

    def _end(self, at: int) -> int:
        if not self.open:
            raise unparsable(f"Unexpected end tag at byte offset {self.byte(at)}")
        end = _matched(_NAME, self.text, at + 2)
        name = self.text[at + 2 : end].lower()
        end = _matched(_SPACE, self.text, end)
        if not self.text.startswith(">", end):
            raise unparsable(f"Unclosed end tag at byte offset {self.byte(at)}")
        tag = self.open.pop()
        if name not in {"", tag.name}:
            raise unparsable(
                f"Unmatched end tag at byte offset {self.byte(at)}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        if self.length > tag.offset:
            self.add(self._styled(tag))
        return end + 1

    def _styled(self, tag: _Tag) -> Json | None:
        start, end = tag.offset, self.length
        match tag.name:
            case "a":
                url = tag.attributes.get("href") or "".join(self.pieces[tag.first :])
                return link(url, start, end)
            case "pre" | "code":
                return self._code(tag)
            case "blockquote":
                kind = "expandable_blockquote" if "expandable" in tag.attributes else "blockquote"
                return entity(kind, start, end)
            case "tg-emoji":
                emoji = tag.attributes.get("emoji-id", "")
                if not emoji.isdigit() or not int(emoji):
                    raise unparsable("Invalid custom emoji identifier specified")
                return entity("custom_emoji", start, end, custom_emoji_id=emoji)
            case "tg-time":
                when = tag.attributes.get("unix", "")
                return (
                    entity("date_time", start, end, unix_time=int(when)) if when.isdigit() else None
                )
        return entity(_STYLES[tag.name], start, end)

    def _code(self, tag: _Tag) -> Json:
        """`pre` around `code class="language-x"`, or the other way round, is one block of code."""
        place = {"offset": tag.offset, "length": self.length - tag.offset}
        language = tag.attributes.get("class", "").removeprefix("language-")
        inner = self.entities[-1] if self.entities else {}
        if {tag.name, inner.get("type")} == {"pre", "code"} and place.items() <= inner.items():
            language = language or inner.get("language", "")
            if language:
                self.entities.pop()
                return {"type": "pre", **place, "language": language}
        return {"type": tag.name, **place, **({"language": language} if language else {})}


def _matched(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where what the pattern takes (perhaps nothing) ends."""
    match = pattern.match(text, position)
    return match.end() if match else position


def parse_html(text: str) -> tuple[str, list[Json]]:
    """Raises `Refusal` 400 for what Telegram would not parse."""
    plain, entities = _Html(text).parse()
    for one in entities:
        if one["type"] == "code":
            one.pop("language", None)  # a language counts only inside of `pre`
    return plain, entities
