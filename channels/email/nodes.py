"""Well-formed HTML as a tree, no deeper than it may be."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

DEEPEST = 200
"""Elements within elements that are told apart."""
VOID = {"br", "hr", "img", "col", "input", "wbr"}


@dataclass(slots=True)
class Node:
    """An element, or a text where `tag` is empty."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").lower().split()

    @property
    def style(self) -> dict[str, str]:
        said = self.attributes.get("style", "")
        if not said:
            return {}
        pairs = (one.partition(":") for one in said.split(";"))
        return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value}


def read(html: str) -> Node:
    """Of what nh3 has closed already."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self._open = [self.root]
        self._deeper: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self._open[-1].children.append(node)
        elif len(self._open) > DEEPEST:
            self._deeper.append(tag)
        else:
            self._open[-1].children.append(node)
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._deeper:
            self._deeper.pop()
        elif len(self._open) > 1 and tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(Node("", text=data))
