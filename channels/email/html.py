"""HTML that strangers wrote: what may be shown of it, and what it says in words.

nh3 makes any soup well-formed first, in linear time, so that what follows may be simple.
"""

import re

import nh3

from . import nodes, seen

LONGEST = 1_000_000
"""Characters of a mail that may be shown."""
READ = 500_000
"""Characters in which words are looked for."""
OPEN = 1_000
"""Elements that may be open at once: every further one costs a parser as much as all before."""
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
SCHEMES = {"http", "https", "mailto"}
WRITTEN = {
    *(
        "a b blockquote br code del em h1 h2 h3 h4 hr i li ol p pre s small span strong u ul".split()
    ),
    *("table thead tbody tr th td".split()),
}
"""What somebody of ours can have meant, who formats a mail."""
_GONE = {
    *("script style title template head object svg math noembed noframes iframe".split()),
    *("audio video canvas datalist dialog select option textarea".split()),
}
_KEPT = {"style", "class", "id", "hidden", "type", "color", "bgcolor"}
_BODY = re.compile(r"<body(\s[^>]{0,5000})>", re.IGNORECASE)
_PICTURES = {"alt", "width", "height"}
_IMPLIED = {"p", "li", "td", "th", "tr", "dt", "dd", "tbody", "thead"}
"""Seldom closed by those who write by hand; parsers close them."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")


def shown(html: str) -> str:
    """What operators may look at: no scripts, nothing hidden that acts, nothing that is fetched."""
    return nh3.clean(
        _bounded(html, LONGEST),
        tags=SHOWN,
        clean_content_tags=_GONE,
        attributes={
            "*": {"style", "dir", "lang", "title", "align"},
            "a": {"href"},
            "img": _PICTURES,
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


def tree(html: str) -> nodes.Node:
    """Well-formed, without what cannot be seen."""
    cut = _bounded(html, READ)
    clean = nh3.clean(
        cut,
        tags=SHOWN
        | {"article", "section", "header", "footer", "main", "address", "fieldset", "form"},
        clean_content_tags=_GONE,
        attributes={
            "*": _KEPT,
            "a": {*_KEPT, "href"},
            "ol": {*_KEPT, "start"},
            "img": {*_KEPT, *_PICTURES},
        },
        url_schemes=SCHEMES,
        link_rel=None,
    )
    root = nodes.read(clean)
    root.attributes = _body(cut)
    seen.hide(root, cut)
    return root


def _bounded(html: str, longest: int) -> str:
    """As much of it as a parser can stand."""
    cut, depth = html[:longest], 0
    for found in _TAG.finditer(cut):
        closing, tag = found.group(1), found.group(2).lower()
        if tag not in nodes.VOID and tag not in _IMPLIED:
            depth = max(0, depth - 1) if closing else depth + 1
        if depth > OPEN:
            return cut[: found.start()]
    return cut


def _body(html: str) -> dict[str, str]:
    """How the mail as a whole looks."""
    found = _BODY.search(html)
    if found is None:
        return {}
    alike = nh3.clean(f"<div{found[1]}></div>", tags={"div"}, attributes={"div": _KEPT})
    return next((one.attributes for one in nodes.read(alike).children if one.tag), {})
