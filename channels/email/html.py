"""HTML that strangers wrote: what may be shown of it, and what it says in words.

nh3 makes any soup well-formed first, in linear time, so that what follows may be simple.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

LONGEST = 1_000_000
"""Characters of a mail that may be shown."""
READ = 500_000
"""Characters in which words are looked for."""
OPEN = 1_000
"""Elements that may be open at once: every further one costs a parser as much as all before."""
DEEPEST = 200
"""Elements within elements that are told apart."""
SHOWN = {
    *(
        "a abbr b blockquote br center cite code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins".split()
    ),
    *("li ol p pre q s small span strike strong sub sup u ul".split()),
    *("table caption thead tbody tfoot tr th td col colgroup".split()),
}
STYLES = {
    *(
        "color background-color font-weight font-style font-size font-family text-decoration".split()
    ),
    *("text-align line-height white-space vertical-align direction".split()),
    *("margin margin-left margin-right margin-top margin-bottom".split()),
    *("padding padding-left padding-right padding-top padding-bottom".split()),
    *("border border-left border-right border-top border-bottom border-collapse width".split()),
}
"""What cannot hide anything, nor fetch."""
SCHEMES = {"http", "https", "mailto", "tel"}
WRITTEN = {
    *(
        "a b blockquote br code del em h1 h2 h3 h4 hr i li ol p pre s small span strong u ul".split()
    ),
    *("table thead tbody tr th td".split()),
}
"""What somebody of ours can have meant, who formats a mail."""
_GONE = {"script", "style", "title", "template", "head", "object", "svg", "math", "noembed"}
_KEPT = {"style", "class", "id", "hidden", "type", "color", "bgcolor"}
_VOID = {"br", "hr", "img", "col", "input", "wbr"}
_IMPLIED = {"p", "li", "td", "th", "tr", "dt", "dd", "tbody", "thead"}
"""Seldom closed by those who write by hand; parsers close them."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_ZERO = re.compile(r"^0+(\.0+)?\s*(px|pt|em|rem|%|)$")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AWAY = re.compile(r"^-\d{3,}")


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
        pairs = (one.partition(":") for one in self.attributes.get("style", "").split(";"))
        return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value}


def shown(html: str) -> str:
    """What operators may look at: no scripts, nothing hidden that acts, nothing that is fetched."""
    return nh3.clean(
        _bounded(html, LONGEST),
        tags=SHOWN,
        clean_content_tags=_GONE,
        attributes={
            "*": {"style", "dir", "lang", "title", "align"},
            "a": {"href"},
            "img": {"alt", "width", "height"},
            "font": {"color", "size"},
            "td": {"colspan", "rowspan", "width"},
            "th": {"colspan", "rowspan", "width"},
            "ol": {"start"},
        },
        url_schemes=SCHEMES,
        filter_style_properties=STYLES,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    ).strip()


def written(html: str) -> str:
    """What operators format, as a mail may carry it to any mail program."""
    return nh3.clean(
        _bounded(html, LONGEST),
        tags=WRITTEN,
        clean_content_tags=_GONE,
        attributes={
            "*": {"style", "dir"},
            "a": {"href"},
            "ol": {"start"},
        },
        url_schemes=SCHEMES,
        filter_style_properties={"text-align", "font-size"},
        link_rel=None,
    ).strip()


def tree(html: str) -> Node:
    """Well-formed, without what cannot be seen."""
    cut = _bounded(html, READ)
    clean = nh3.clean(
        cut,
        tags=SHOWN
        | {"article", "section", "header", "footer", "main", "address", "fieldset", "form"},
        clean_content_tags=_GONE,
        attributes={"*": _KEPT, "a": {*_KEPT, "href"}, "img": {"alt"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    builder = _Builder()
    builder.feed(clean)
    builder.close()
    _hide(builder.root, _hidden_names(cut))
    return builder.root


def _bounded(html: str, longest: int) -> str:
    """As much of it as a parser can stand."""
    cut, depth = html[:longest], 0
    for found in _TAG.finditer(cut):
        closing, tag = found.group(1), found.group(2).lower()
        if tag not in _VOID and tag not in _IMPLIED:
            depth = max(0, depth - 1) if closing else depth + 1
        if depth > OPEN:
            return cut[: found.start()]
    return cut


class _Builder(HTMLParser):
    """Of what nh3 has closed already."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self._open = [self.root]
        self._deeper: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self._open[-1].children.append(node)
        elif len(self._open) > DEEPEST:
            self._deeper.append(tag)
        else:
            self._open[-1].children.append(node)
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._deeper:
            self._deeper.pop()
        elif len(self._open) > 1 and tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(Node("", text=data))


def _hidden_names(html: str) -> set[str]:
    """`.class` and `#id` that a style sheet hides always; what it hides on some screens is seen on others."""
    found: set[str] = set()
    low = html.lower()
    at = low.find("<style")
    while at >= 0:
        begin, end = low.find(">", at), low.find("</style", at)
        if begin < 0 or end < begin:
            break
        found |= _hidden_in(html[begin + 1 : end])
        at = low.find("<style", end)
    return found


def _hidden_in(sheet: str) -> set[str]:
    found: set[str] = set()
    depth, selector, start = 0, "", 0
    plain = _COMMENT.sub("", sheet)
    for at, character in enumerate(plain):
        if character == "{":
            if not depth:
                selector, start = plain[start:at], at + 1
            depth += 1
        elif character == "}" and depth:
            depth -= 1
            if not depth:
                rules = Node("", {"style": plain[start:at]})
                if not selector.strip().startswith("@") and _is_hidden(rules.style):
                    found |= {one.strip().lower() for one in selector.split(",")}
                start = at + 1
    return {one for one in found if re.fullmatch(r"[.#][\w-]+", one)}


def _hide(root: Node, names: set[str]) -> None:
    """Take out what nobody sees, so that nobody can whisper to the agent."""
    waiting = [(root, "#000000", "#ffffff")]
    while waiting:
        node, ink, paper = waiting.pop()
        kept = []
        for child in node.children:
            if not child.tag:
                if not _same_colour(ink, paper):
                    kept.append(child)
                continue
            style = child.style
            if "hidden" in child.attributes or _is_hidden(style) or _named(child, names):
                continue
            child_ink = style.get("color") or child.attributes.get("color", "").lower() or ink
            child_paper = (
                style.get("background-color")
                or style.get("background", "").partition(" ")[0]
                or child.attributes.get("bgcolor", "").lower()
                or paper
            )
            kept.append(child)
            waiting.append((child, child_ink, child_paper))
        node.children = kept


def _named(node: Node, names: set[str]) -> bool:
    if not names:
        return False
    own = {f".{one}" for one in node.classes} | {f"#{node.attributes.get('id', '').lower()}"}
    return not own.isdisjoint(names)


def _is_hidden(style: dict[str, str]) -> bool:
    def value(name: str) -> str:
        return style.get(name, "").replace("!important", "").strip()

    nothing = any(
        _ZERO.match(value(name)) for name in ("font-size", "opacity", "max-height", "max-width")
    )
    flat = "hidden" in value("overflow") and any(
        _ZERO.match(value(name)) for name in ("height", "width")
    )
    away = value("position") in {"absolute", "fixed"} and any(
        _AWAY.match(value(name)) for name in ("left", "top", "right", "bottom")
    )
    return (
        value("display") == "none"
        or value("visibility") in {"hidden", "collapse"}
        or value("mso-hide") == "all"
        or nothing
        or flat
        or away
        or bool(_AWAY.match(value("text-indent")))
        or value("color") == "transparent"
        or bool(re.match(r"rgba\([^)]*,\s*0(\.0+)?\s*\)", value("color")))
    )


_NAMES = {"white": "ffffff", "black": "000000"}


def _same_colour(one: str, other: str) -> bool:
    return _colour(one) == _colour(other)


def _colour(value: str) -> str:
    value = value.replace("!important", "").strip().lower()
    if numbers := re.fullmatch(r"rgba?\((\d{1,3})[, ]+(\d{1,3})[, ]+(\d{1,3})[^)]{0,20}\)", value):
        return "".join(f"{min(255, int(one)):02x}" for one in numbers.groups())
    plain = _NAMES.get(value, value.lstrip("#"))
    return "".join(one * 2 for one in plain) if re.fullmatch(r"[0-9a-f]{3}", plain) else plain
