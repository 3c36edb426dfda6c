"""A template filled with what a business gave for its variables, or why not (WA20 to WA26)."""

import re
from typing import Any

from . import limits
from .accounts import Template
from .checks import keys
from .errors import GraphError, Json, parameter

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MEDIA = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "GIF"})
_UGLY = re.compile(r"[\n\t]| {5,}")
_COMPONENT = "type sub_type index parameters cards"
_SUB_TYPES = {
    "url": "URL",
    "quick_reply": "QUICK_REPLY",
    "copy_code": "COPY_CODE",
    "flow": "FLOW",
    "catalog": "CATALOG",
    "mpm": "MPM",
    "voice_call": "VOICE_CALL",
    "order_details": "ORDER_DETAILS",
}
_TITLES = {"URL": "Url", "COPY_CODE": "CopyCode", "OTP": "Otp", "FLOW": "Flow"}
_COMPONENTS = frozenset("header body footer button carousel limited_time_offer".split())


def variables(text: str) -> list[str]:
    """In their order, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def usable(template: Template) -> None:
    """WA20, WA25."""
    if template.status == "PAUSED":
        raise GraphError(132015)
    if template.status == "DISABLED":
        raise GraphError(132016)
    if template.status != "APPROVED":
        raise unknown(template.name, template.language)


def unknown(name: str, language: str) -> GraphError:
    return GraphError(132001, details=f"template name ({name}) does not exist in {language}")


def filled(template: Template, components: Any) -> Json:
    """As a phone shows it: header, body, footer, buttons."""
    if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
        raise parameter("Param template['components'] must be an array of objects.")
    for one in components:
        keys("template['components']", one, _COMPONENT)
        if str(one.get("type", "")).lower() not in _COMPONENTS:
            raise parameter(f"template['components']: {one.get('type')} is no type of component")
    shown: Json = {}
    header = _header(template, _parameters(components, "header"))
    shown |= {"header": header} if header else {}
    body = template.part("BODY").get("text", "")
    if template.category == "AUTHENTICATION" and not body:
        body = "*{{1}}* is your verification code."
    shown["body"] = _text(template, "body", body, _parameters(components, "body"))
    if len(shown["body"]) > limits.TEMPLATE_BODY:
        raise GraphError(132005, details="body: the hydrated text is too long")
    footer = template.part("FOOTER").get("text", "")
    shown |= {"footer": footer} if footer else {}
    buttons = _buttons(template, [one for one in components if _kind(one) == "button"])
    return shown | ({"buttons": buttons} if buttons else {})


def _kind(component: Json) -> str:
    return str(component.get("type", "")).lower()


def _parameters(components: list[Json], kind: str) -> list[Json]:
    found = [one for one in components if _kind(one) == kind]
    if len(found) > 1:
        raise parameter(f"template['components']: {kind} is there more than once")
    given = found[0].get("parameters", []) if found else []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise parameter(f"template['components']: parameters of {kind} must be an array of objects")
    return given


def _header(template: Template, given: list[Json]) -> Json:
    header = template.part("HEADER")
    if not header:
        if given:
            raise _count("header", len(given), 0)
        return {}
    form = header.get("format", "TEXT")
    if form == "TEXT":
        text = _text(template, "header", header["text"], given)
        if len(text) > limits.HEADER:
            raise GraphError(132005, details="header: the hydrated text is too long")
        return {"format": form, "text": text}
    expected = "video" if form == "GIF" else form.lower()
    received = given[0].get("type", "unknown") if given else "unknown"
    if received != expected or not isinstance(given[0].get(expected), dict):
        words = f"header: Format mismatch, expected {form}, received {str(received).upper()}"
        raise GraphError(132012, details=words)
    value = given[0][expected]
    if form in MEDIA and bool(value.get("id")) == bool(value.get("link")):
        raise GraphError(132012, details=f"header: {expected} needs an id or a link, and not both")
    return {"format": form, expected: value}


def _count(where: str, given: int, expected: int) -> GraphError:
    return GraphError(
        132000,
        details=f"{where}: number of localizable_params ({given}) does not match the expected number"
        f" of params ({expected})",
    )


def _text(template: Template, where: str, text: str, given: list[Json]) -> str:
    """The text with its variables, of which each has exactly one parameter."""
    expected = variables(text)
    if len(given) != len(expected):
        raise _count(where, len(given), len(expected))
    if template.parameter_format == "NAMED":
        named = {str(one.get("parameter_name") or ""): one for one in given}
        if set(named) != set(expected):
            raise parameter("Parameter name is missing or empty")  # WA23
    else:
        named = dict(zip(sorted(expected, key=_place), given, strict=True))
    values = {name: _value(where, one) for name, one in named.items()}
    return VARIABLE.sub(lambda found: values[found[1]], text)


def _place(name: str) -> int:
    return int(name) if name.isdigit() else 0


def _value(where: str, given: Json) -> str:
    """WA24: a text, or what has one to fall back on."""
    kind = given.get("type")
    if kind in {"currency", "date_time"}:
        value = (given.get(kind) or {}).get("fallback_value")
    elif kind == "text":
        value = given.get("text")
    else:
        words = f"{where}: Format mismatch, expected TEXT, received {str(kind).upper()}"
        raise GraphError(132012, details=words)
    if not isinstance(value, str) or not value:
        raise GraphError(131008, details=f"{where}: Parameter of type {kind} is missing text value")
    if _UGLY.search(value):
        words = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        raise GraphError(132018, details=words)
    return value


def _buttons(template: Template, given: list[Json]) -> list[Json]:
    by_index = {}
    for one in given:
        index = str(one.get("index", ""))
        if not index.isdigit() or int(index) >= len(template.buttons):
            raise GraphError(132012, details=f"buttons: there is no button at index {index}")
        by_index[int(index)] = one
    return [
        _button(place, button, by_index.get(place)) for place, button in enumerate(template.buttons)
    ]


def _button(place: int, button: Json, given: Json | None) -> Json:
    kind = button["type"]
    where = f"buttons: Button at index {place} of type {_TITLES.get(kind, kind)}"
    needs = kind in {"COPY_CODE", "OTP"} or (kind == "URL" and variables(button.get("url", "")))
    if given is None:
        if needs:
            raise GraphError(131008, details=f"{where} requires a parameter")  # WA22
        return _shown(button, "")
    sub_type = str(given.get("sub_type", "")).lower()
    if _SUB_TYPES.get(sub_type) != kind and not (kind == "OTP" and sub_type == "url"):
        raise GraphError(132012, details=f"{where} does not match sub_type {sub_type}")
    parameters = given.get("parameters") or []
    if not needs and kind == "URL" and parameters:
        raise _count(f"button {place}", len(parameters), 0)
    if len(parameters) != 1:
        raise GraphError(131008, details=f"{where} requires a parameter")
    wanted = {"QUICK_REPLY": "payload", "COPY_CODE": "coupon_code", "FLOW": "action"}
    wanted_kind = wanted.get(kind, "text")
    if parameters[0].get("type") != wanted_kind or wanted_kind not in parameters[0]:
        raise GraphError(132012, details=f"{where} expects a parameter of type {wanted_kind}")
    return _shown(button, str(parameters[0][wanted_kind]))


def _shown(button: Json, value: str) -> Json:
    kind, text = button["type"], button.get("text", "")
    shown: Json = {"type": kind, "text": text}
    if kind == "QUICK_REPLY":
        shown["payload"] = value or text
    elif kind == "URL":
        shown["url"] = VARIABLE.sub(lambda _: value, button.get("url", ""))
    elif kind == "PHONE_NUMBER":
        shown["phone_number"] = button.get("phone_number", "")
    elif kind in {"COPY_CODE", "OTP"}:
        shown |= {"text": text or "Copy code", "code": value}
    return shown
