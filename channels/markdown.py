"""Markdown, as models write it, to characters with styles. How a platform wants them is its own affair.

CommonMark with tables and strikethrough, without what would lose words on the way to a chat: link
definitions, and code that is only indented.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKUP = re.compile(r"[*_`~\[\\<]|&[#\w]|^[ \t]*(?:[#>|=:+-]|\d+[.)](?:\s|$))", re.MULTILINE)
"""What any markup has in it; a text without is read as it stands."""
SEEN = re.compile(
    r"[^\s\u00ad\u034f\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u2800\ufeff\ufffc]"
)
"""Platforms count a message of the others as empty."""
_LINK = re.compile(r"(?:https?|tg|mailto):\S{1,2000}", re.IGNORECASE)
_LANGUAGE = re.compile(r"[^\w+#-]")
_TAGS = {"strong": "b", "em": "i", "s": "s"}
_CODE = frozenset({"pre", "code"})
_WITH_CODE = _CODE | {"blockquote"}
WIDEST_COLUMN = 32
"""Characters that a table's narrower cells are filled up to, at most."""


@dataclass(frozen=True, slots=True)
class Style:
    """One open element: its tag, and a link's address, a code's language or a quote's number."""

    tag: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters under the same styles, outermost first."""

    text: str
    styles: tuple[Style, ...] = ()


def read(text: str) -> list[Run]:
    """Styled characters; neighbours differ in style."""
    writer = _Writer()
    writer.write(_parser().parse(text))
    return writer.runs


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    return parser.enable(["strikethrough", "table"]).disable(["reference", "code"])


def plain(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def taken(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    """The characters from `start` to `end`, with their styles."""
    found, position = [], 0
    for run in runs:
        first, last = max(start - position, 0), min(end - position, len(run.text))
        if first < last:
            found.append(Run(run.text[first:last], run.styles))
        position += len(run.text)
    return found


def trimmed(runs: list[Run]) -> list[Run]:
    """Without white space at both ends."""
    while runs and not runs[0].text.lstrip():
        runs = runs[1:]
    while runs and not runs[-1].text.rstrip():
        runs = runs[:-1]
    if runs:
        runs = [Run(runs[0].text.lstrip(), runs[0].styles), *runs[1:]]
        runs = [*runs[:-1], Run(runs[-1].text.rstrip(), runs[-1].styles)]
    return runs


class _Writer:
    """Walks markdown-it's tokens. Space between blocks is kept back until there is a next one."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._styles: list[Style] = []
        self._lists: list[int | None] = []
        self._rows: list[list[str]] | None = None
        self._quotes = 0
        self._gap = 0

    def write(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type == "inline":
                if self._rows is None:
                    self.inline(token.children or ())
                else:
                    self._rows[-1].append(_flat(token.children or ()))
            elif token.type == "fence":
                language = _LANGUAGE.sub("", token.info.split(" ")[0])
                self._say(token.content.rstrip("\n"), Style("pre", language))
                self._break(1 if self._lists else 2)
            elif token.type.endswith("_open"):
                self._open(token)
            else:
                self._close(token)

    def _open(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._styles.append(Style("b"))
            case "blockquote_open":
                self._quotes += 1
                self._styles.append(Style("blockquote", str(self._quotes)))
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                start = token.attrGet("start")
                self._lists.append(1 if start is None else int(start))
            case "list_item_open":
                self._say("  " * (len(self._lists) - 1) + self._bullet())
            case "table_open":
                self._rows = []
            case "tr_open" if self._rows is not None:
                self._rows.append([])

    def _close(self, token: Token) -> None:
        match token.type:
            case "heading_close" | "blockquote_close":
                self._styles.pop()
                self._break(2)
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._break(1 if self._lists else 2)
            case "table_close":
                self._say(_table(self._rows or []), Style("pre"))
                self._rows = None
                self._break(2)
            case "hr":
                self._say("———")
                self._break(2)
            case "paragraph_close" | "list_item_close":
                self._break(1 if self._lists else 2)

    def _bullet(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "• "
        self._lists[-1] = number + 1
        return f"{number}. "

    def inline(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            match token.type:
                case "softbreak" | "hardbreak":
                    self._say("\n")
                case "code_inline":
                    self._say(token.content, Style("code"))
                case "image":
                    href = str(token.attrGet("src") or "")
                    linked = [Style("a", href)] if _LINK.fullmatch(href) else []
                    self._say(token.content or "image", *linked)
                    self._show(href)
                case "link_open":
                    self._styles.append(Style("a", str(token.attrGet("href") or "")))
                case "link_close":
                    href = self._styles.pop().value
                    self._show("" if token.info == "auto" else href)
                case kind if kind.endswith("_open"):
                    self._styles.append(Style(_TAGS[token.tag]))
                case kind if kind.endswith("_close"):
                    self._styles.pop()
                case _:
                    self._say(token.content)

    def _show(self, href: str) -> None:
        """An address that can't be a link is said, so that it isn't lost."""
        if href and not _LINK.fullmatch(href):
            self._say(f" ({href})")

    def _break(self, lines: int) -> None:
        self._gap = max(self._gap, lines)

    def _say(self, text: str, *more: Style) -> None:
        if not text:
            return
        styles = _allowed((*self._styles, *more))
        if self.runs and self._gap:
            # The lines between two paragraphs of one quote are part of it; other space has no style.
            quote = {style for style in self.runs[-1].styles if style.tag == "blockquote"}
            self._add(Run("\n" * self._gap, tuple(s for s in styles if s in quote)))
        self._gap = 0
        self._add(Run(text, styles))

    def _add(self, run: Run) -> None:
        if self.runs and self.runs[-1].styles == run.styles:
            run = Run(self.runs.pop().text + run.text, run.styles)
        self.runs.append(run)


def _allowed(styles: Sequence[Style]) -> tuple[Style, ...]:
    """No platform nests an element in its like, nor code in anything but a quote; a link is worth more."""
    kept: dict[str, Style] = {}
    for style in styles:
        if style.tag != "a" or _LINK.fullmatch(style.value):
            kept.setdefault(style.tag, style)
    if "a" in kept:
        kept.pop("code", None)
    elif not _CODE.isdisjoint(kept):
        kept = {tag: style for tag, style in kept.items() if tag in _WITH_CODE}
    return tuple(kept.values())


def _flat(tokens: Sequence[Token]) -> str:
    """A cell's words, and its links' addresses, for they can't be links among code."""
    writer = _Writer()
    writer.inline(tokens)
    return "".join(_spelt(run) for run in writer.runs).replace("\n", " ")


def _spelt(run: Run) -> str:
    href = next((style.value for style in run.styles if style.tag == "a"), run.text)
    return run.text if href == run.text else f"{run.text} ({href})"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns one below the other, a line under the header."""
    widths = [min(WIDEST_COLUMN, max(map(len, column))) for column in zip(*rows, strict=True)]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    rule = "-+-".join("-" * width for width in widths)
    return "\n".join([lines[0], rule, *lines[1:]])
