"""What of a mail's HTML can be seen: nobody is to whisper to the agent what no person reads.

Elements without size, place or opacity go with all that is in them. Letters without colour or size go where they
stand, for newsletters set a size of nothing outside and a readable one inside.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from .nodes import Node

MOST_RULES = 400
"""Of a style sheet, that may hide something."""
MOST_CSS = 300_000
NEAR = 12
"""Steps of 255 by which a colour must differ from the paper to be read."""
FAINT = 0.1
"""Opacity that nobody sees."""
SMALLEST = {"px": 2.0, "pt": 2.0, "em": 0.2, "rem": 0.2, "%": 20.0, "": 0.0}
"""Letters that are not larger cannot be read."""
_RELATIVE = frozenset({"em", "%"})
_COMMENT = re.compile(r"/\*.*?(\*/|$)", re.DOTALL)
_COMPOUND = re.compile(r"([a-z][\w-]*|\*)?((?:[.#][\w-]+)*)")
_TOKEN = re.compile(r"[.#]?[\w-]+")
_LENGTH = re.compile(r"(-?\d{0,9}\.?\d{1,9})\s*(px|pt|em|rem|%|)")
_FONT = re.compile(r"(?:^|\s)(\d{0,9}\.?\d{1,9})(px|pt|em|rem|%|)(?=\s*/|\s|$)")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*([\d.]{1,9}%?)\s*)?\)"
)
_HSL_LIGHTNESS = re.compile(r"hsla?\([^,)]{1,12}[\s,]+[\d.]{1,9}%[\s,]+(0|100)%")
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
    "green": (0, 128, 0),
    "yellow": (255, 255, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "navy": (0, 0, 128),
}
_CLEAR = (0, 0, 0, 0.0)
_HIDING = re.compile(
    r"display|visibility|opacity|font|color|background|overflow|position|text-indent|clip|transform|mso-hide|height|width"
)
_NOWHERE = re.compile(
    r"rect\(\s*[01](px)?[\s,]+[01](px)?[\s,]+[01](px)?[\s,]+[01](px)?\s*\)|inset\(\s*(50|100)%|circle\(\s*0"
)
_SIDES = ("left", "top", "right", "bottom")
_MARGINS = ("margin-left", "margin-top")
_MOVED = re.compile(r"translate[xy3d]{0,2}\(\s*-(\d{1,9})")
_FLAT = re.compile(r"scale[xy3d]{0,2}\(\s*0(\.0+)?\s*[,)]")

Colour = tuple[int, int, int, float]


@dataclass(frozen=True, slots=True)
class _Look:
    """What children inherit."""

    ink: Colour | None = (0, 0, 0, 1.0)
    paper: Colour | None = (255, 255, 255, 1.0)
    """None: a picture, or what we do not understand."""
    tiny: bool = False
    away: bool = False
    above: frozenset[str] = frozenset()

    @property
    def reads(self) -> bool:
        return not self.tiny and not self.away and not _same(self.ink, self.paper)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Of a style sheet: what the element must have, what elements around it, and how it looks then."""

    own: frozenset[str]
    around: frozenset[str]
    style: Mapping[str, str]


def hide(root: Node, html: str) -> None:
    """Take out of the tree what nobody sees; `html` has the style sheets and the body's colours still."""
    rules = _Rules(html)
    body = Node("body", root.attributes)
    waiting = [(root, _look(body, rules.style(body, frozenset()), _Look()))]
    while waiting:
        node, look = waiting.pop()
        kept: list[Node] = []
        for child in node.children:
            if not child.tag:
                if look.reads:
                    kept.append(child)
                continue
            style = rules.style(child, look.above)
            if _is_gone(child, style):
                continue
            kept.append(child)
            if child.children:
                inside = _look(child, style, look)
                if rules.nested:
                    inside = replace(inside, above=look.above | _tokens(child))
                waiting.append((child, inside))
        node.children = kept


class _Rules:
    """What style sheets say, by what an element must have for it."""

    def __init__(self, html: str) -> None:
        self._by: dict[str, list[_Rule]] = {}
        self.nested = False
        count = 0
        for selector, body in _rules(_sheets(html)):
            if not _HIDING.search(body):
                continue
            style = Node("", {"style": body}).style
            for one in selector.split(","):
                rule = _rule(one, style)
                if rule is None or count >= MOST_RULES:
                    continue
                count += 1
                self.nested = self.nested or bool(rule.around)
                key = min(rule.own, default="")  # ids and classes sort before elements
                self._by.setdefault(key, []).append(rule)

    def style(self, node: Node, above: frozenset[str]) -> dict[str, str]:
        own = node.style
        if not self._by:
            return own
        tokens = _tokens(node)
        found: dict[str, str] = {}
        for key in ("", *sorted(tokens, reverse=True)):
            for rule in self._by.get(key, ()):
                if rule.own <= tokens and rule.around <= above:
                    found |= rule.style
        firm = {name: value for name, value in found.items() if "!important" in value}
        return found | own | firm


def _tokens(node: Node) -> frozenset[str]:
    named = node.attributes.get("id", "").lower()
    return frozenset(
        (node.tag, *(f".{one}" for one in node.classes), *([f"#{named}"] if named else ()))
    )


def _sheets(html: str) -> str:
    found: list[str] = []
    low = html.lower()
    at = low.find("<style")
    while at >= 0:
        begin = low.find(">", at)
        end = low.find("</style", begin)
        if begin < 0 or end < 0:
            break
        found.append(low[begin + 1 : end])
        at = low.find("<style", end)
    sheet = "\n".join(found)[:MOST_CSS].replace("<!--", "").replace("-->", "")
    return _COMMENT.sub("", sheet)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations. What is meant for some screens only, others see otherwise."""
    waiting: list[str] = []
    at = 0
    for mark in re.finditer(r"[{};]", sheet):
        said = sheet[at : mark.start()].strip()
        if mark[0] == "{":
            waiting.append(said)
            at = mark.end()
        elif mark[0] == "}":
            if waiting:
                selector = waiting.pop()
                if said and not selector.startswith("@") and all(map(_everywhere, waiting)):
                    yield selector, said
            at = mark.end()
        elif not waiting:
            at = mark.end()


def _everywhere(around: str) -> bool:
    return around.startswith("@media") and "(" not in around and "print" not in around


def _rule(selector: str, style: Mapping[str, str]) -> _Rule | None:
    parts = re.split(r"[\s>+~]+", selector.strip())[-8:]
    if not all(parts) or not all(_COMPOUND.fullmatch(one) for one in parts):
        return None
    *around, own = (frozenset(_TOKEN.findall(one)) for one in parts)
    return _Rule(own, frozenset().union(*around), style)


def _value(style: Mapping[str, str], name: str) -> str:
    return style.get(name, "").replace("!important", "").strip()


def _length(said: str) -> tuple[float, str] | None:
    found = _LENGTH.fullmatch(said)
    return (float(found[1]), found[2]) if found else None


def _is_gone(node: Node, style: Mapping[str, str]) -> bool:
    """With all that is in it."""
    if "hidden" in node.attributes or _value(style, "display") == "none":
        return True
    if node.tag == "img":
        # A pixel, which tells its sender that it was looked at.
        return any(
            node.attributes.get(side, "").strip() in {"0", "1", "1px"}
            for side in ("width", "height")
        )
    return bool(style) and (_is_flat(style) or _is_outside(style))


def _is_flat(style: Mapping[str, str]) -> bool:
    """Without height, width or opacity."""
    opacity = _length(_value(style, "opacity"))
    if opacity is not None and opacity[0] < (FAINT * 100 if opacity[1] else FAINT):
        return True
    if any(_is_nothing(_value(style, side), 0) for side in ("max-height", "max-width")):
        return True
    if re.match(r"hidden|clip", _value(style, "overflow")):
        return any(_is_nothing(_value(style, side), 1) for side in ("height", "width"))
    return False


def _is_nothing(said: str, most: float) -> bool:
    length = _length(said)
    return length is not None and length[0] <= most


def _is_outside(style: Mapping[str, str]) -> bool:
    """Moved away, cut off, shrunk to nothing."""
    placed = _value(style, "position") in {"absolute", "fixed"}
    if placed and any(_is_far(_value(style, side), 100) for side in _SIDES):
        return True
    transform = _value(style, "transform")
    moved = _MOVED.search(transform)
    return (
        any(_is_far(_value(style, name), 500) for name in ("text-indent", *_MARGINS))
        or _value(style, "mso-hide") == "all"
        or any(_NOWHERE.match(_value(style, name)) is not None for name in ("clip", "clip-path"))
        or _FLAT.search(transform) is not None
        or (moved is not None and int(moved[1]) >= 100)  # noqa: PLR2004 - percent, or many pixels
    )


def _is_far(said: str, pixels: int) -> bool:
    length = _length(said)
    return length is not None and length[0] * (16 if length[1] in {"em", "rem"} else 1) <= -pixels


def _look(node: Node, style: Mapping[str, str], look: _Look) -> _Look:
    ink = _value(style, "color") or node.attributes.get("color", "").lower().strip()
    back = _value(style, "background-color") or node.attributes.get("bgcolor", "").lower().strip()
    paper = look.paper
    if back or _value(style, "background"):
        paper = _paper(_value(style, "background"), back, look.paper)
    if _value(style, "background-image").startswith(("url", "linear", "radial")):
        paper = None
    visible = _value(style, "visibility")
    return _Look(
        ink=_inherited(ink, look.ink),
        paper=paper,
        tiny=_is_tiny(style, look.tiny),
        away=visible in {"hidden", "collapse"} or (look.away and visible != "visible"),
        above=look.above,
    )


def _inherited(said: str, ink: Colour | None) -> Colour | None:
    return ink if said in {"", "inherit", "currentcolor"} else _colour(said)


def _paper(shorthand: str, named: str, below: Colour | None) -> Colour | None:
    if "url(" in shorthand or "gradient(" in shorthand:
        return None
    found = _colour(named or shorthand) or next(
        (one for word in shorthand.split(" ") if (one := _colour(word)) is not None), None
    )
    if found is None:
        return below if (named or shorthand) in {"none", "inherit", "initial"} else None
    return below if found[3] < FAINT else found


def _is_tiny(style: Mapping[str, str], inherited: bool) -> bool:
    said = _value(style, "font-size")
    if not said and (shorthand := _FONT.search(_value(style, "font"))):
        said = shorthand[1] + shorthand[2]
    if said in {"", "inherit"}:
        return inherited
    length = _length(said)
    if length is None:
        return inherited and said in {"smaller", "larger"}
    number, unit = length
    return number <= SMALLEST[unit] or (inherited and unit in _RELATIVE)


def _same(ink: Colour | None, paper: Colour | None) -> bool:
    if ink is None:
        return False
    if ink[3] < FAINT:
        return True
    if paper is None:
        return False
    return max(abs(one - other) for one, other in zip(ink[:3], paper[:3], strict=True)) <= NEAR


def _colour(said: str) -> Colour | None:
    """None: not one that we understand."""
    if said == "transparent":
        return _CLEAR
    if said in _COLOURS:
        return (*_COLOURS[said], 1.0)
    if numbers := _RGB.fullmatch(said):
        red, green, blue = (min(255, int(one)) for one in numbers.groups()[:3])
        return red, green, blue, _alpha(numbers[4])
    if lightness := _HSL_LIGHTNESS.match(said):
        grey = 255 if lightness[1] == "100" else 0
        return grey, grey, grey, 1.0
    if not (digits := _HEX.fullmatch(said if said.startswith("#") else f"#{said}")):
        return None
    code = digits[1] if len(digits[1]) > 4 else "".join(one * 2 for one in digits[1])  # noqa: PLR2004 - #rgb, #rgba
    red, green, blue, alpha = (int(f"{code}ff"[at : at + 2], 16) for at in (0, 2, 4, 6))
    return red, green, blue, alpha / 255


def _alpha(said: str | None) -> float:
    try:
        return 1.0 if said is None else float(said.rstrip("%")) / (100 if said.endswith("%") else 1)
    except ValueError:
        return 1.0
