"""Telegram's two Markdowns: to plain text and entities, or the exact words of the refusal (TG22, TG23).

`parse_markdown_v2` knows nesting, escapes and quotations; `parse_markdown` is the legacy one.
"""

import re
from dataclasses import dataclass

from .chats import Json
from .entities import Parser, entity, link, unparsable
from .errors import Refusal

_SPECIAL = re.compile(r"[\\_*\[\]()~`>#+\-=|{}.!\n]")
_IN_CODE = re.compile(r"[\\`]")
_LEGACY = re.compile(r"\\[_*`\[]|[_*`\[]")
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_NEW_LINE = re.compile(r"\r\n|\n\r|\n|\r")
_CODE = frozenset({"Code", "Pre", "PreCode"})
_OPENED_BY = (
    ("__", "Underline"),
    ("_", "Italic"),
    ("*", "Bold"),
    ("~", "Strikethrough"),
    ("||", "Spoiler"),
    ("![", "CustomEmoji"),
    ("[", "TextUrl"),
    ("```", "Pre"),
    ("`", "Code"),
)
"""Longer marks first."""
_CLOSED_BY = {
    **{kind: mark for mark, kind in _OPENED_BY},
    "PreCode": "```",
    "TextUrl": "]",
    "CustomEmoji": "]",
}
_KINDS = {
    "PreCode": "pre",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
}
_LEGACY_KINDS = {"_": "italic", "*": "bold", "`": "code", "```": "pre"}


@dataclass(kw_only=True)
class _Open:
    kind: str
    at: int
    """Where its mark stands in the source."""
    offset: int
    first: int
    """Where its text begins in the list of pieces."""
    language: str = ""


class _V2(Parser):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.open: list[_Open] = []
        self.in_quote = False
        self.line_begins = True

    def parse(self) -> tuple[str, list[Json]]:
        position = 0
        while position < len(self.text):
            in_code = bool(self.open) and self.open[-1].kind in _CODE
            found = (_IN_CODE if in_code else _SPECIAL).search(self.text, position)
            end = found.start() if found else len(self.text)
            self.say(self.text[position:end])
            position = end if found is None else self._special(end)
        if self.in_quote:
            self._end_quote(len(self.text))
        if self.open:
            raise self._unclosed()
        return self.result()

    def say(self, piece: str) -> None:
        super().say(piece)
        if piece.strip("\r"):
            self.line_begins = piece.endswith("\n")

    def _special(self, at: int) -> int:
        char, following = self.text[at], self.text[at + 1 : at + 2]
        if char == "\\":
            is_escape = bool(following) and 0 < ord(following) <= 126
            self.say(following if is_escape else char)
            return at + 1 + is_escape
        if char == "\n":
            if self.in_quote and following != ">":
                self._end_quote(at)
            self.say("\n")
            return at + 1
        if self.open:
            kind = self.open[-1].kind
            mark = _CLOSED_BY.get(kind, "")
            is_underline = kind == "Italic" and following == "_"
            if mark and self.text.startswith(mark, at) and not is_underline:
                return self._end(at + len(mark))
        return self._start(at)

    def _start(self, at: int) -> int:
        if self.text[at] == ">" and self.line_begins:
            if not self.in_quote:
                self.in_quote = True
                self._opened("BlockQuote", at)
            return at + 1
        mark, kind = next((o for o in _OPENED_BY if self.text.startswith(o[0], at)), ("", ""))
        if not kind:
            char = self.text[at]
            raise unparsable(
                f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
            )
        if kind != "Pre":
            self._opened(kind, at)
            return at + len(mark)
        language, begin = _fenced(self.text, at + len(mark))
        self._opened("PreCode" if language else "Pre", at, language)
        return begin

    def _opened(self, kind: str, at: int, language: str = "") -> None:
        first = len(self.pieces)
        self.open.append(
            _Open(kind=kind, at=at, offset=self.length, first=first, language=language)
        )

    def _end(self, end: int) -> int:
        """The mark that ends at `end` closes the innermost entity."""
        one = self.open.pop()
        kind = _KINDS.get(one.kind, one.kind.lower())
        if one.kind == "TextUrl":
            url = "".join(self.pieces[one.first :])
            if self.text.startswith("(", end):
                url, end = self._url(end + 1)
            self.add(link(url, one.offset, self.length))
        elif one.kind == "CustomEmoji":
            end = self._emoji(one, end)
        else:
            more = {"language": one.language} if one.language else {}
            self.add(entity(kind, one.offset, self.length, **more))
        return end

    def _url(self, begin: int) -> tuple[str, int]:
        url, position = "", begin
        while not self.text.startswith(")", position):
            if position >= len(self.text):
                raise unparsable(f"Can't find end of a URL at byte offset {self.byte(begin)}")
            if self.text[position] == "\\" and position + 1 < len(self.text):
                position += 1
            url += self.text[position]
            position += 1
        return url, position + 1

    def _emoji(self, one: _Open, end: int) -> int:
        if not self.text.startswith("(", end):
            raise unparsable("The entity must contain a tg://emoji or tg://time URL")
        url, end = self._url(end + 1)
        match = re.fullmatch(r"tg://(emoji\?id|time\?unix)=(\d+)(?:&.*)?", url)
        if match is None:
            raise unparsable("Invalid tg://emoji or tg://time URL specified")
        if match.group(1).startswith("emoji"):
            more = {"custom_emoji_id": match.group(2)}
            self.add(entity("custom_emoji", one.offset, self.length, **more))
        else:
            unix = int(match.group(2))
            self.add(entity("date_time", one.offset, self.length, unix_time=unix))
        return end

    def _end_quote(self, at: int) -> None:
        """`||` as the last thing of a quotation makes it expandable; nothing else may be open."""
        kind, last = "BlockQuote", self.open[-1]
        if last.kind == "Spoiler" and self.text[last.at : at].rstrip("\r") == "||":
            self.open.pop()
            kind = "ExpandableBlockQuote"
        if self.open[-1].kind != "BlockQuote":
            raise self._unclosed()
        one = self.open.pop()
        self.in_quote = False
        line = 1 if at < len(self.text) else 0
        self.add(entity(_KINDS[kind], one.offset, self.length + line))

    def _unclosed(self) -> Refusal:
        one = self.open[-1]
        return unparsable(f"Can't find end of {one.kind} entity at byte offset {self.byte(one.at)}")


class _Legacy(Parser):
    def parse(self) -> tuple[str, list[Json]]:
        position = 0
        while found := _LEGACY.search(self.text, position):
            at = found.start()
            self.say(self.text[position:at])
            if found.group().startswith("\\"):
                self.say(self.text[at + 1])
                position = at + 2
            else:
                position = self._styled(at)
        self.say(self.text[position:])
        return self.result()

    def _styled(self, at: int) -> int:
        """One entity; where the text goes on after it."""
        char, begin, language = self.text[at], at + 1, ""
        mark = "]" if char == "[" else char
        if self.text.startswith("```", at):
            mark = "```"
            language, begin = _fenced(self.text, at + 3)
        end = self.text.find(mark, begin)
        if end < 0:
            where = self.byte(at)
            raise unparsable(f"Can't find end of the entity starting at byte offset {where}")
        offset = self.length
        self.say(self.text[begin:end])
        if mark == "]":
            return self._link(offset, begin, end)
        more = {"language": language} if language else {}
        self.add(entity(_LEGACY_KINDS[mark], offset, self.length, **more))
        return end + len(mark)

    def _link(self, offset: int, begin: int, end: int) -> int:
        url, after = self.text[begin:end], end + 1
        if self.text.startswith("(", after):
            close = self.text.find(")", after)
            close = len(self.text) if close < 0 else close
            url, after = self.text[after + 1 : close], close + 1
        self.add(link(url, offset, self.length))
        return after


def _fenced(text: str, position: int) -> tuple[str, int]:
    """The language after three backticks, and where the code begins."""
    language = _LANGUAGE.match(text, position)
    if language:
        position = language.end()
    line = _NEW_LINE.match(text, position)
    return (language.group(1) if language else ""), (line.end() if line else position)


def parse_markdown_v2(text: str) -> tuple[str, list[Json]]:
    """Raises `Refusal` 400 for what Telegram would not parse."""
    return _V2(text).parse()


def parse_markdown(text: str) -> tuple[str, list[Json]]:
    """The legacy one: no nesting. Raises `Refusal` 400."""
    return _Legacy(text).parse()
