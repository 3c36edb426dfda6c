"""Markdown, as models write it, to messages of Telegram's HTML: no longer than it takes, no tag cut.

Text becomes characters with styles; characters are split where people would; each piece is written
as HTML by itself, so a style that spans a split is closed and opened again.
"""

import functools
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from channels.messages import LocalFile, Piece

LIMIT = 4096
CAPTION_LIMIT = 1024
_MARKUP = re.compile(r"[*_`~\[\]#>|\\!&<]|^\s*([-+]|\d+[.)])\s|\n\s*[-=]{2,}|  \n", re.MULTILINE)
_SAFE_LINK = re.compile(r"(https?|tg|mailto):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """One open element: its tag, and a link's address or a code's language."""

    tag: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters under the same styles, outermost first."""

    text: str
    styles: tuple[Style, ...] = ()


def compose(text: str, attachments: Sequence[LocalFile] = ()) -> tuple[Piece, ...]:
    """Messages in order. One that fits as a caption goes with the first file."""
    texts = [Piece(body=_html(runs), plain=_plain(runs)) for runs in _split(runs_of(text))]
    if not attachments:
        return tuple(texts)
    files = [Piece(attachment=index) for index in range(len(attachments))]
    if len(texts) == 1 and units(texts[0].plain) <= CAPTION_LIMIT:
        files[0] = Piece(body=texts[0].body, plain=texts[0].plain, attachment=0)
        texts = []
    return (*texts, *files)


def units(text: str) -> int:
    """Length as Telegram counts entities: UTF-16 code units, never less than its characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def runs_of(text: str) -> list[Run]:
    """Styled characters of a Markdown text."""
    text = text.strip()
    if not _MARKUP.search(text):
        return [Run(text)] if text else []
    return _trimmed(_merged(_Writer().write(_parser().parse(text))))


@functools.cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


class _Writer:
    """Walks markdown-it's tokens."""

    def __init__(self) -> None:
        self._styles: list[Style] = []
        self._lists: list[int | None] = []

    def write(self, tokens: Sequence[Token]) -> Iterator[Run]:
        for token in tokens:
            if token.type == "inline":
                yield from self._inline(token.children or ())
            elif token.type in {"fence", "code_block"}:
                language = re.sub(r"[^\w+#-]", "", token.info.split(" ")[0])
                yield self._run(token.content.rstrip("\n"), Style("pre", language))
                yield self._run("\n\n")
            else:
                yield from self._block(token)

    def _block(self, token: Token) -> Iterator[Run]:
        kind = token.type
        if kind in {"heading_open", "blockquote_open"}:
            self._styles.append(Style("b" if kind == "heading_open" else "blockquote"))
        elif kind in {"heading_close", "blockquote_close"}:
            self._styles.pop()
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            numbered = kind == "ordered_list_open"
            self._lists.append(int(token.attrGet("start") or 1) if numbered else None)
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            self._lists.pop()
        elif kind == "list_item_open":
            yield self._run("  " * (len(self._lists) - 1) + self._bullet())
        yield from self._space_after(token)

    def _space_after(self, token: Token) -> Iterator[Run]:
        """White space belongs to no style, so that tags close before it."""
        in_list = token.hidden or bool(self._lists)
        space = {
            "heading_close": "\n\n",
            "paragraph_close": "\n" if in_list else "\n\n",
            "bullet_list_close": "" if self._lists else "\n",
            "ordered_list_close": "" if self._lists else "\n",
            "hr": "———\n\n",
            "td_close": " | ",
            "th_close": " | ",
            "tr_close": "\n",
            "table_close": "\n",
        }.get(token.type)
        if space:
            yield Run(space)

    def _bullet(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "• "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _inline(self, tokens: Sequence[Token]) -> Iterator[Run]:
        for token in tokens:
            if token.type.endswith("_open"):
                self._styles.append(self._opened(token))
            elif token.type.endswith("_close"):
                self._styles.pop()
            elif token.type in {"softbreak", "hardbreak"}:
                yield self._run("\n")
            elif token.type == "code_inline":
                yield self._run(token.content, Style("code"))
            elif token.type == "image":
                yield self._linked(token.content or "image", str(token.attrGet("src") or ""))
            else:
                yield self._run(token.content)

    def _opened(self, token: Token) -> Style:
        if token.type == "link_open":
            href = str(token.attrGet("href") or "")
            return Style("a", href) if _SAFE_LINK.match(href) else Style("")
        return Style({"strong": "b", "em": "i", "s": "s"}.get(token.tag, ""))

    def _linked(self, text: str, href: str) -> Run:
        return self._run(text, Style("a", href)) if _SAFE_LINK.match(href) else self._run(text)

    def _run(self, text: str, *more: Style) -> Run:
        styles = [style for style in (*self._styles, *more) if style.tag]
        if any(style.tag in {"pre", "code"} for style in styles):
            # Telegram allows nothing inside code, and code inside nothing but a quote.
            styles = [style for style in styles if style.tag in {"pre", "code", "blockquote"}]
        return Run(text, tuple(dict.fromkeys(styles)))


def _merged(runs: Iterator[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1].styles == run.styles:
            merged[-1] = Run(merged[-1].text + run.text, run.styles)
        elif run.text:
            merged.append(run)
    return merged


def _trimmed(runs: list[Run]) -> list[Run]:
    """Without white space at both ends."""
    while runs and not runs[0].text.lstrip():
        runs = runs[1:]
    while runs and not runs[-1].text.rstrip():
        runs = runs[:-1]
    if runs:
        runs = [Run(runs[0].text.lstrip(), runs[0].styles), *runs[1:]]
        runs = [*runs[:-1], Run(runs[-1].text.rstrip(), runs[-1].styles)]
    return runs


def _split(runs: list[Run]) -> Iterator[list[Run]]:
    """Pieces of at most LIMIT, cut at the last paragraph, line, sentence or word that fits."""
    rest = runs
    while rest:
        text = _plain(rest)
        if units(text) <= LIMIT:
            yield rest
            return
        cut = _cut(text)
        head = _trimmed(_taken(rest, 0, cut))
        if head:
            yield head
        rest = _trimmed(_taken(rest, cut, len(text)))


def _cut(text: str) -> int:
    room = text[:LIMIT]
    while units(room) > LIMIT:
        room = room[: len(room) - max(1, (units(room) - LIMIT) // 2)]
    for mark in ("\n\n", "\n", ". ", "! ", "? ", " "):
        found = room.rfind(mark)
        if found > len(room) // 3:
            return found + len(mark)
    return len(room)


def _taken(runs: list[Run], start: int, end: int) -> list[Run]:
    taken, position = [], 0
    for run in runs:
        first, last = max(start - position, 0), min(end - position, len(run.text))
        if first < last:
            taken.append(Run(run.text[first:last], run.styles))
        position += len(run.text)
    return taken


def _plain(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _html(runs: Sequence[Run]) -> str:
    """Elements stay open across runs that share them."""
    out: list[str] = []
    open_: list[Style] = []
    for run in runs:
        shared = 0
        while shared < min(len(open_), len(run.styles)) and open_[shared] == run.styles[shared]:
            shared += 1
        out += [_closed(style) for style in reversed(open_[shared:])]
        out += [_opened(style) for style in run.styles[shared:]]
        open_ = list(run.styles)
        out.append(html.escape(run.text, quote=False))
    out += [_closed(style) for style in reversed(open_)]
    return "".join(out)


def _opened(style: Style) -> str:
    if style.tag == "a":
        return f'<a href="{html.escape(style.value)}">'
    if style.tag == "pre" and style.value:
        return f'<pre><code class="language-{style.value}">'
    return f"<{style.tag}>"


def _closed(style: Style) -> str:
    return "</code></pre>" if style.tag == "pre" and style.value else f"</{style.tag}>"
