"""HTML as lines of text in reading order, with what the HTML says of them: quoted, signature, older mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .html import tree
from .nodes import Node

LONGEST_LINK = 300
"""Characters of an address that is worth reading."""
_BLOCKS = {
    *(
        "address article blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6".split()
    ),
    *("header hr li ol p pre section table tbody thead tfoot tr ul".split()),
}
_APART = {*"p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre hr".split()}
"""With space around."""
_ZERO_MARGIN = re.compile(r"margin:\s?0(px|cm|in|pt)?\s?(;|$|0)|margin-(top|bottom):\s?0")
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: how deep it is quoted, and what the HTML said that it is."""

    text: str
    quoted: int = 0
    mark: str = ""
    """`cut`: an older mail begins here; `signature`; `attribution`: who wrote what is quoted."""


def lines(root: Node) -> list[Line]:
    """In reading order."""
    writer = _Writer()
    for node, entering in _walk(root):
        writer.visit(node, entering=entering)
    writer.end()
    return writer.lines


def text(html: str) -> str:
    """All that can be seen, in words."""
    found = ["> " * line.quoted + line.text for line in lines(tree(html))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(found)).strip()


def _walk(root: Node) -> Iterator[tuple[Node, bool]]:
    waiting = [(root, True)]
    while waiting:
        node, entering = waiting.pop()
        yield node, entering
        if entering and node.tag:
            waiting.append((node, False))
            waiting += [(child, True) for child in reversed(node.children)]


class _Writer:
    """Blocks become lines, quotes a depth, lists bullets, tables rows."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[str] = []
        self._quoted = 0
        self._marks: list[str] = []
        self._lists: list[int | None] = []
        self._bullets = ""
        """Of an item of which nothing has been said yet."""
        self._pre = 0
        self._links: list[int] = []

    def visit(self, node: Node, *, entering: bool) -> None:
        if not node.tag:
            self._say(node.text)
        elif entering:
            self._enter(node)
        else:
            self._leave(node)

    def _enter(self, node: Node) -> None:
        if node.tag in _BLOCKS:
            self._line()
        if node.tag in _APART and not _tight(node) and not self._lists:
            self._blank()
        if older(node):
            self.lines.append(Line("", self._quoted, "cut"))
        self._marks.append(marked(node))
        match node.tag:
            case "blockquote" if not _indents(node):
                self._quoted += 1
            case "br":
                self._line(even_empty=True)
            case "img" if node.attributes.get("alt", "").strip():
                self._words.append(f"[{node.attributes['alt'].strip()}]")
            case "pre":
                self._pre += 1
            case "a":
                self._links.append(len(self._words))
            case _:
                self._begin(node.tag, node.attributes)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Lists and tables."""
        match tag:
            case "ul":
                self._lists.append(None)
            case "ol":
                self._lists.append(_number(attributes.get("start", "")))
            case "li":
                self._bullets = self._bullet()
            case "td" | "th" if any(one.strip() for one in self._words):
                self._words.append(" | ")

    def _leave(self, node: Node) -> None:
        if node.tag in _BLOCKS:
            self._line(even_empty=node.tag == "p" and _tight(node))
        match node.tag:
            case "blockquote" if not _indents(node):
                self._quoted -= 1
            case "li":
                self._bullets = ""
            case "ul" | "ol":
                self._lists.pop()
            case "pre":
                self._pre -= 1
            case "a":
                self._link(node.attributes.get("href", ""))
        self._marks.pop()
        if node.tag in _APART and not _tight(node) and not self._lists:
            self._blank()

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        indent = "  " * max(0, len(self._lists) - 1)
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _link(self, href: str) -> None:
        """Where it leads, unless the words say so themselves."""
        said = "".join(self._words[self._links.pop() :]).strip()
        bare = href.removeprefix("mailto:").removeprefix("tel:")
        known = bare.removeprefix("https://").removeprefix("http://").rstrip("/")
        if said and href and len(href) <= LONGEST_LINK and known not in said.rstrip("/"):
            self._words.append(f" ({bare})")

    def _say(self, words: str) -> None:
        if self._pre:
            first, *rest = words.split("\n")
            self._words.append(first)
            for one in rest:
                self._line(even_empty=True)
                self._words.append(one)
            return
        self._words.append(_SPACE.sub(" ", words))

    def _line(self, *, even_empty: bool = False) -> None:
        said = "".join(self._words)
        said = said.rstrip() if self._pre else re.sub(r" {2,}", " ", said.strip())
        self._words, self._links = [], [0 for _ in self._links]
        if said:
            said, self._bullets = self._bullets + said, ""
        if said or even_empty:
            mark = next((one for one in reversed(self._marks) if one), "")
            self.lines.append(Line(said, self._quoted, mark))

    def _blank(self) -> None:
        if self.lines and self.lines[-1].text:
            self.lines.append(Line("", self._quoted))
        elif self.lines and self.lines[-1].quoted > self._quoted and not self.lines[-1].mark:
            self.lines[-1] = Line("", self._quoted)

    def end(self) -> None:
        self._line()


def _number(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 7 else 1  # noqa: PLR2004 - a million is no list


def _tight(node: Node) -> bool:
    """Word makes a paragraph of each line, and an empty one of an empty line."""
    if node.tag != "p":
        return False
    word = any(one.startswith("mso") for one in node.classes)
    return word or bool(_ZERO_MARGIN.search(node.attributes.get("style", "").lower()))


def _indents(node: Node) -> bool:
    """Some editors move text to the right by a quote without a line beside it."""
    style = node.attributes.get("style", "").lower().replace(" ", "")
    return "border:none" in style and node.attributes.get("type") != "cite" and not node.classes


_CUT_IDS = {
    *(
        "divrplyfwdmsg appendonsend olk_src_body_section mail-editor-reference-message-container".split()
    ),
    "x_divrplyfwdmsg",
}
_CUT_CLASSES = {
    "yahoo_quoted",
    "protonmail_quote",
    "ms-outlook-mobile-reference-message",
    "zmail_extra",
}
_SIGNATURES = {
    *(
        "gmail_signature moz-signature ms-outlook-mobile-signature protonmail_signature_block".split()
    ),
    *("apple-signature signature".split()),
}
_OUTLOOK_LINE = re.compile(r"border-top:\s?(none;border-top:\s?)?solid #?(e1e1e1|b5c4df)")


def older(node: Node) -> bool:
    """Whether mail programs begin the mail that is answered with such an element."""
    if node.attributes.get("id", "").lower() in _CUT_IDS or not _CUT_CLASSES.isdisjoint(
        node.classes
    ):
        return True
    style = node.attributes.get("style", "").lower().replace(" 1.0pt", "").replace("  ", " ")
    return node.tag == "div" and bool(_OUTLOOK_LINE.search(style))


def marked(node: Node) -> str:
    """What a mail program calls this element."""
    names = {*node.classes, node.attributes.get("id", "").lower()}
    if not _SIGNATURES.isdisjoint(names):
        return "signature"
    if names & {"gmail_attr", "moz-cite-prefix"}:
        return "attribution"
    return ""
