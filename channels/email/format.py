"""Words of ours as a mail shows them: HTML, and the same in plain text."""

import functools
from collections.abc import Sequence

from markdown_it import MarkdownIt

from channels import errors
from channels.cutting import cut
from channels.markdown import SEEN
from channels.messages import LocalFile, Piece

from . import html, lines

LIMIT = 100_000
"""Characters of one mail."""


def compose(text: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
    """Markdown, as agents write it. All files go with the first mail."""
    pieces: list[Piece] = []
    rest = text.strip()
    while rest:
        at = cut(rest, LIMIT)
        head, rest = rest[:at].strip(), rest[at:].lstrip()
        body = html.written(_parser().render(head))
        plain = lines.text(body)
        if SEEN.search(plain):
            pieces.append(Piece(body=body, plain=plain))
        elif SEEN.search(head):  # markup of which nothing can be seen is meant as it stands
            pieces.append(Piece(body=html.written(f"<p>{_escaped(head)}</p>"), plain=head))
    return _with_files(pieces, len(attachments))


def compose_rich(text: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
    """HTML of an editor. Raises `Rejected` when nothing can be seen in it."""
    body = html.written(text)
    plain = lines.text(body)
    if len(body) > 2 * LIMIT:
        raise errors.Rejected("The mail is too long.")
    if not SEEN.search(plain) and not attachments:
        raise errors.Rejected("There is nothing in it.")
    return _with_files([Piece(body=body, plain=plain)], len(attachments))


def _with_files(pieces: list[Piece], files: int) -> tuple[Piece, ...]:
    if not files:
        return tuple(pieces)
    first = pieces[0] if pieces else Piece()
    with_files = Piece(body=first.body, plain=first.plain, attachments=tuple(range(files)))
    return (with_files, *pieces[1:])


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return parser.enable(["strikethrough", "table"]).disable(["reference", "code"])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
