"""Styled characters to messages of Telegram's HTML: no longer than it takes, no tag cut, none empty.

Characters are split where people would, and each piece is written as HTML by itself; so a style that
spans a split is closed and opened again.
"""

import html
from collections.abc import Iterator, Sequence

from channels import markdown
from channels.cutting import cut, units
from channels.markdown import Run, Style, plain, taken, trimmed
from channels.messages import LocalFile, Piece

LIMIT = 4096
CAPTION_LIMIT = 1024
RAW_LIMIT = 32_768
"""Bytes of a message before Telegram parses its tags."""


def compose(text: str, attachments: Sequence[LocalFile] = ()) -> tuple[Piece, ...]:
    """Messages in order. One that fits as a caption goes with the first file."""
    texts = tuple(_pieces(text.strip()))
    if not attachments:
        return texts
    files = [Piece(attachments=(index,)) for index in range(len(attachments))]
    if len(texts) == 1 and units(texts[0].plain) <= CAPTION_LIMIT:
        files[0] = Piece(body=texts[0].body, plain=texts[0].plain, attachments=(0,))
        texts = ()
    return (*texts, *files)


def _pieces(text: str) -> Iterator[Piece]:
    if not text.isascii():
        # Half a surrogate pair can't be sent at all.
        text = text.encode("utf-8", "replace").decode()
    if markdown.MARKUP.search(text):
        runs = markdown.read(text)
    elif units(text) <= LIMIT:
        if markdown.SEEN.search(text):
            yield Piece(body=_escaped(text), plain=text)
        return
    else:
        runs = [Run(text)]
    yield from _split(runs)


def _split(runs: list[Run]) -> Iterator[Piece]:
    rest = runs
    while rest:
        text, room = plain(rest), LIMIT
        while True:
            at = cut(text, room, units)
            head = trimmed(taken(rest, 0, at))
            body = _html(head)
            if len(body.encode()) <= RAW_LIMIT:
                break
            room //= 2  # many tags and long addresses: fewer words
        words = plain(head)
        if markdown.SEEN.search(words):
            yield Piece(body=body, plain=words)
        rest = trimmed(taken(rest, at, len(text)))


def _html(runs: Sequence[Run]) -> str:
    """Elements stay open across runs that share them."""
    out: list[str] = []
    open_: Sequence[Style] = ()
    for run in runs:
        shared = 0
        while shared < min(len(open_), len(run.styles)) and open_[shared] == run.styles[shared]:
            shared += 1
        out += [_closed(style) for style in reversed(open_[shared:])]
        out += [_opened(style) for style in run.styles[shared:]]
        out.append(_escaped(run.text))
        open_ = run.styles
    out += [_closed(style) for style in reversed(open_)]
    return "".join(out)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _opened(style: Style) -> str:
    if style.tag == "a":
        return f'<a href="{html.escape(style.value)}">'
    if style.tag == "pre" and style.value:
        return f'<pre><code class="language-{style.value}">'
    return f"<{style.tag}>"


def _closed(style: Style) -> str:
    return "</code></pre>" if style.tag == "pre" and style.value else f"</{style.tag}>"
