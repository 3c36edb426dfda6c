"""Styled characters to messages of WhatsApp's own marks: no longer than it takes, none empty.

WhatsApp knows no links with a text of their own, so addresses are said; it has no way to escape a mark,
so where a mark would not work (within a word, beside a space) the words go without.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from channels import markdown
from channels.cutting import cut, units
from channels.markdown import Run, Style, plain, taken, trimmed
from channels.messages import LocalFile, Piece

LIMIT = 4096
CAPTION_LIMIT = 1024
CAPTIONED = ("image/", "video/", "application/", "text/")
"""Kinds of file that can carry words."""
_MARKS = {"b": "*", "i": "_", "s": "~", "code": "`", "pre": "```"}
_CODE = frozenset({"code", "pre"})


def compose(text: str, attachments: Sequence[LocalFile] = ()) -> tuple[Piece, ...]:
    """Messages in order. Words that fit as a caption go with the first file, if it can carry them."""
    texts = tuple(_pieces(text.strip()))
    if not attachments:
        return texts
    files = [Piece(attachments=(index,)) for index in range(len(attachments))]
    captioned = attachments[0].mime.startswith(CAPTIONED) and attachments[0].mime != "image/webp"
    if len(texts) == 1 and captioned and units(texts[0].body) <= CAPTION_LIMIT:
        files[0] = Piece(body=texts[0].body, plain=texts[0].plain, attachments=(0,))
        texts = ()
    return (*texts, *files)


def _pieces(text: str) -> Iterator[Piece]:
    # Half a surrogate pair can't be sent at all.
    text = text if text.isascii() else text.encode("utf-8", "replace").decode()
    rest = _spelt(markdown.read(text)) if markdown.MARKUP.search(text) else [Run(text)]
    while rest:
        words, room = plain(rest), LIMIT
        while True:
            at = cut(words, room, units)
            head = trimmed(taken(rest, 0, at))
            body = _marked(head)
            if units(body) <= LIMIT:
                break
            room = room * LIMIT // units(body)  # many marks: fewer words
        said = plain(head)
        if markdown.SEEN.search(said):
            yield Piece(body=body, plain=said)
        rest = trimmed(taken(rest, at, len(words)))


def _spelt(runs: Sequence[Run]) -> list[Run]:
    """Addresses after the words that they were under."""
    out: list[Run] = []
    for href, group in groupby(runs, key=_href):
        linked = [Run(run.text, _unlinked(run.styles)) for run in group]
        out += linked
        shown = href.removeprefix("mailto:")
        if shown and plain(linked).removeprefix("mailto:") != shown:
            out.append(Run(f" ({shown})"))
    return out


def _href(run: Run) -> str:
    return next((style.value for style in run.styles if style.tag == "a"), "")


def _unlinked(styles: Sequence[Style]) -> tuple[Style, ...]:
    return tuple(style for style in styles if style.tag != "a")


def _marked(runs: Sequence[Run]) -> str:
    """Blocks of code as they are; all else line by line, for no other mark lasts over a line's end."""
    out = ""
    for block, group in groupby(runs, key=lambda run: any(s.tag == "pre" for s in run.styles)):
        found = list(group)
        if block and "```" not in plain(found):
            out += f"```{plain(found)}```"
        else:
            out += "\n".join(_line(line) for line in _lines(found))
    return out


def _lines(runs: Sequence[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(Run(first, run.styles))
        lines += [[Run(text, run.styles)] for text in others]
    return lines


def _line(runs: Sequence[Run]) -> str:
    quoted = any(style.tag == "blockquote" for run in runs for style in run.styles)
    flat = [Run(r.text, tuple(s for s in r.styles if s.tag in _MARKS)) for r in runs if r.text]
    return ("> " if quoted and flat else "") + _nested(flat, 0, "", "")


def _nested(runs: Sequence[Run], depth: int, before: str, after: str) -> str:
    """Runs that share their styles as far as `depth`; `before` and `after` are what stands beside."""
    groups = [
        (style, list(group))
        for style, group in groupby(runs, key=lambda run: next(iter(run.styles[depth:]), None))
    ]
    out = ""
    for index, (style, group) in enumerate(groups):
        words = plain(group)
        left = out[-1:] or before
        right = plain(groups[index + 1][1])[:1] if index + 1 < len(groups) else after
        if style is None:
            out += words
        elif style.tag in _CODE:
            out += _wrapped(words, words, _MARKS[style.tag], left, right)
        else:
            out += _wrapped(
                words, _nested(group, depth + 1, left, right), _MARKS[style.tag], left, right
            )
    return out


def _wrapped(words: str, inner: str, mark: str, left: str, right: str) -> str:
    """`inner` between marks, if they would work there; the spaces at its ends stay outside."""
    core = inner.strip()
    start = inner[: len(inner) - len(inner.lstrip())]
    end = inner[len(inner.rstrip()) :]
    free = not _sticks(start[-1:] or left) and not _sticks(end[:1] or right)
    if not core or mark[0] in words or not free:
        return inner
    return f"{start}{mark}{core}{mark}{end}"


def _sticks(beside: str) -> bool:
    """Whether a mark beside this character would be part of a word."""
    return beside.isalnum() or (beside != "" and beside in "*_~`")
