"""The parts of a template: header, body, footer and buttons; which gaps each has, and how they are sent."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.templates import Field, Variable

Json = Mapping[str, Any]
Values = Mapping[str, str]

_GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
HEADER_LIMIT, BODY_LIMIT, URL_LIMIT, CODE_LIMIT = 60, 1024, 2000, 15
_MEDIA = {"IMAGE": Field.IMAGE, "VIDEO": Field.VIDEO, "DOCUMENT": Field.DOCUMENT}
_PLACE = {
    "latitude": (Field.NUMBER, True),
    "longitude": (Field.NUMBER, True),
    "name": (Field.TEXT, False),
    "address": (Field.TEXT, False),
}
_SILENT_BUTTONS = frozenset(
    {"QUICK_REPLY", "URL", "PHONE_NUMBER", "REQUEST_CONTACT_INFO", "VOICE_CALL", "CATALOG"}
)
"""They go out as they are."""
_CODE_SENTENCE = "{{1}} is your verification code."
"""What WhatsApp writes by itself where the definition does not say it."""


class Unknown(Exception):
    """A part that we don't know how to fill; its name."""


def _nothing(_: Values) -> list[Json]:
    return []


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part; `text` has a `{{key}}` for each gap."""

    name: str
    text: str
    shown: str = "{}"
    """How the text stands in the preview."""
    variables: tuple[Variable, ...] = ()
    limit: int = 0
    """Characters of the filled text; 0: Meta has looked already."""
    needs_phone: bool = False
    build: Callable[[Values], list[Json]] = _nothing
    """What is sent, of values by their keys."""

    def filled(self, value: Callable[[str], str]) -> str:
        keys = {variable.key for variable in self.variables}
        parts = re.split(r"\{\{([\w.]+)\}\}", self.text)
        return "".join(
            (value(part) if part in keys else f"{{{{{part}}}}}") if index % 2 else part
            for index, part in enumerate(parts)
        )

    def reads(self, value: Callable[[str], str]) -> str:
        return self.shown.format(self.filled(value)) if self.text else ""


def read(definition: Json) -> Iterator[Part]:
    """Raises `Unknown`; and anything, for what is no template."""
    secret = str(definition.get("category") or "").upper() == "AUTHENTICATION"
    for component in definition.get("components") or ():
        kind = str(component["type"]).upper()
        if kind == "HEADER":
            yield _header(component)
        elif kind == "BODY":
            yield _code_body(component) if secret else _body(component)
        elif kind == "FOOTER":
            yield Part(name="footer", text=str(component.get("text") or ""))
        elif kind == "BUTTONS":
            for index, button in enumerate(component["buttons"]):
                yield _button(index, button, secret=secret)
        else:
            raise Unknown(kind.replace("_", " ").lower())


def _gaps(where: str, text: str, examples: Json, limit: int) -> tuple[str, tuple[Variable, ...]]:
    """The text with keys for gaps, and its variables: by number, or as they come when they have names."""
    names = list(dict.fromkeys(_GAP.findall(text)))
    if all(name.isdecimal() for name in names):
        names.sort(key=int)
    variables = tuple(
        Variable(
            key=f"{where}.{name}",
            field=Field.TEXT,
            label=name.replace("_", " ") if not name.isdecimal() else f"{where} {name}",
            example=examples.get(name, ""),
            limit=limit,
        )
        for name in names
    )
    return _GAP.sub(rf"{{{{{where}.\1}}}}", text), variables


def _examples(component: Json, where: str) -> dict[str, str]:
    given = component.get("example")
    if not isinstance(given, Mapping):
        return {}
    named = given.get(f"{where}_text_named_params")
    if isinstance(named, list):
        return {str(one.get("param_name")): str(one.get("example")) for one in named}
    rows = given.get(f"{where}_text")
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else rows
    return {str(n): str(one) for n, one in enumerate(row or (), start=1)}


def _texts(kind: str, variables: Sequence[Variable], values: Values) -> list[Json]:
    """Numbers are told by their order, names by themselves."""
    if not variables:
        return []
    parameters = []
    for variable in variables:
        name = variable.key.partition(".")[2]
        named = {} if name.isdecimal() else {"parameter_name": name}
        parameters.append({"type": "text", **named, "text": values[variable.key]})
    return [{"type": kind, "parameters": parameters}]


def _header(component: Json) -> Part:
    kind = str(component.get("format") or "TEXT").upper()
    if kind == "TEXT":
        examples = _examples(component, "header")
        raw = str(component.get("text") or "")
        text, variables = _gaps("header", raw, examples, HEADER_LIMIT)
        return Part(
            name="header",
            text=text,
            variables=variables,
            limit=HEADER_LIMIT,
            build=lambda values: _texts("header", variables, values),
        )
    if kind == "LOCATION":
        return _place()
    if kind not in _MEDIA:
        raise Unknown(f"a header of the kind {kind.lower()}")
    return _media(_MEDIA[kind])


def _media(field: Field) -> Part:
    kind = field.value
    variable = Variable(key=f"header.{kind}", field=field, label=kind, limit=URL_LIMIT)

    def build(values: Values) -> list[Json]:
        value = values[variable.key]
        media = {"id" if value.isdecimal() else "link": value}
        return [{"type": "header", "parameters": [{"type": kind, kind: media}]}]

    return Part(name="header", text=f"[{kind.capitalize()}]", variables=(variable,), build=build)


def _place() -> Part:
    variables = tuple(
        Variable(key=f"header.{name}", field=field, label=name, limit=BODY_LIMIT, required=required)
        for name, (field, required) in _PLACE.items()
    )

    def build(values: Values) -> list[Json]:
        place = {name: values[f"header.{name}"] for name in _PLACE if values[f"header.{name}"]}
        return [{"type": "header", "parameters": [{"type": "location", "location": place}]}]

    return Part(name="header", text="[Location]", variables=variables, build=build)


def _body(component: Json) -> Part:
    examples = _examples(component, "body")
    text, variables = _gaps("body", str(component.get("text") or ""), examples, BODY_LIMIT)
    return Part(
        name="body",
        text=text,
        variables=variables,
        limit=BODY_LIMIT,
        build=lambda values: _texts("body", variables, values),
    )


def _code_body(component: Json) -> Part:
    """Of a template that carries a one-time password."""
    code = Variable(key="body.1", field=Field.CODE, label="code", limit=CODE_LIMIT)
    text = _GAP.sub("{{body.1}}", str(component.get("text") or _CODE_SENTENCE))
    return Part(
        name="body",
        text=text,
        variables=(code,),
        build=lambda values: _texts("body", (code,), values),
    )


def _button(index: int, button: Json, *, secret: bool) -> Part:
    kind, label = str(button["type"]).upper(), str(button.get("text") or "")
    url = str(button.get("url") or "")
    if kind == "OTP" or (secret and kind == "URL"):
        return _code_button(index, label or "Copy code")
    if kind == "URL" and _GAP.search(url):
        return _url_button(index, label, url)
    if kind == "COPY_CODE":
        return _coupon_button(index, label or "Copy offer code")
    if kind == "FLOW":
        action = {"type": "action", "action": {"flow_token": "unused"}}
        form = [_sent(index, "flow", action)]
        return Part(name="button", text=label, shown="[{}]", build=lambda _: form)
    if kind not in _SILENT_BUTTONS:
        raise Unknown(f"a button of the kind {kind.replace('_', ' ').lower()}")
    return Part(name="button", text=label, shown="[{}]")


def _sent(index: int, kind: str, parameter: Json) -> Json:
    return {"type": "button", "sub_type": kind, "index": str(index), "parameters": [parameter]}


def _code_button(index: int, label: str) -> Part:
    """The code goes out twice: in the words, and under the button that copies it."""
    return Part(
        name="button",
        text=label,
        shown="[{}]",
        needs_phone=True,
        build=lambda values: [
            _sent(index, "url", {"type": "text", "text": values.get("body.1", "")})
        ],
    )


def _url_button(index: int, label: str, url: str) -> Part:
    key = f"button.{index}"
    end = Variable(
        key=key,
        field=Field.URL_PART,
        label=f"end of the address of “{label}”",
        limit=URL_LIMIT,
    )
    return Part(
        name="button",
        text=f"{label}: {_GAP.sub(f'{{{{{key}}}}}', url)}",
        shown="[{}]",
        variables=(end,),
        limit=URL_LIMIT + len(label) + 2,
        build=lambda values: [_sent(index, "url", {"type": "text", "text": values[key]})],
    )


def _coupon_button(index: int, label: str) -> Part:
    key = f"button.{index}"
    code = Variable(key=key, field=Field.CODE, label=f"code of “{label}”", limit=CODE_LIMIT)
    return Part(
        name="button",
        text=f"{label}: {{{{{key}}}}}",
        shown="[{}]",
        variables=(code,),
        build=lambda values: [
            _sent(index, "copy_code", {"type": "coupon_code", "coupon_code": values[key]})
        ],
    )
