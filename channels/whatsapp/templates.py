"""Templates of a WhatsApp Business account: what they ask for, whether values fit by Meta's own rules,
how the message will read, and what is sent. All pure, and lenient with what Meta may add.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from channels.messages import Piece
from channels.templates import Field, Filled, Problem, Template, Variable

from . import parts
from .parts import Json, Part

FIELDS = "name,language,status,category,components,parameter_format,quality_score,rejected_reason"
_NO_REASON = {"", "NONE"}
_WHITE = "\n\r\t\v\f\u0085\u2028\u2029"
_SPACES = " " * 5
_RANGES = {"header.latitude": 90.0, "header.longitude": 180.0}


def read_all(data: Any) -> list[Template]:
    """Of one page."""
    many = data if isinstance(data, list) else []
    return [read(one) for one in many if isinstance(one, Mapping)]


def next_cursor(paging: Any) -> str:
    """Where the next page begins; empty after the last one."""
    if not isinstance(paging, Mapping) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    return str(cursors.get("after") or "") if isinstance(cursors, Mapping) else ""


def read(definition: Json) -> Template:
    """Never raises: a template that we don't understand is one that we cannot fill."""
    found, reason = _parts(definition)
    rejected = str(definition.get("rejected_reason") or "")
    quality = definition.get("quality_score")
    return Template(
        name=str(definition.get("name") or ""),
        language=str(definition.get("language") or ""),
        status=str(definition.get("status") or "").lower(),
        category=str(definition.get("category") or "").lower(),
        quality=str(quality.get("score") or "").lower() if isinstance(quality, Mapping) else "",
        reason=reason or ("" if rejected in _NO_REASON else rejected),
        fillable=not reason,
        variables=tuple(variable for part in found for variable in part.variables),
        preview=_preview(found, lambda key: f"{{{{{key}}}}}"),
        definition=definition,
    )


def _parts(definition: Json) -> tuple[list[Part], str]:
    """Its parts, and why we cannot fill it, if so."""
    try:
        return list(parts.read(definition)), ""
    except parts.Unknown as unknown:
        return [], f"This template has {unknown}, which cannot be filled here."
    except Exception as error:
        return [], f"This template has an unknown form ({type(error).__name__})."


def fill(definition: Json, values: Mapping[str, str]) -> Filled:
    """Never raises."""
    template = read(definition)
    found, _ = _parts(definition)
    given = {key: str(value).strip() for key, value in values.items() if str(value).strip()}
    plain = _preview(found, lambda key: given.get(key, f"{{{{{key}}}}}"))
    wrong = list(_of_values(template, given))
    sound = [part for part in found if not {v.key for v in part.variables} & {p.key for p in wrong}]
    problems = (*_of_template(template), *wrong, *_of_parts(sound, given))
    complete = {key: given.get(key, "") for key in (v.key for v in template.variables)}
    components = [built for part in found for built in part.build(complete)]
    sent: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    if components:
        sent["components"] = components
    needs_phone = any(part.needs_phone for part in found)
    return Filled(
        piece=Piece(body=plain, plain=plain),
        extra={"template": sent} | ({"needs_phone": True} if needs_phone else {}),
        problems=problems,
    )


def _preview(found: list[Part], value: Callable[[str], str]) -> str:
    words = [part.reads(value) for part in found if part.name != "button"]
    buttons = [part.reads(value) for part in found if part.name == "button"]
    return "\n\n".join(filter(None, (*words, "\n".join(filter(None, buttons)))))


def _of_template(template: Template) -> Iterator[Problem]:
    if not template.fillable:
        yield Problem(key="", detail=template.reason)
    if template.status != "approved":
        status = template.status.replace("_", " ") or "unknown"
        yield Problem(key="", detail=f"The template is not approved: it is {status}.")


def _of_values(template: Template, given: Mapping[str, str]) -> Iterator[Problem]:
    known = {variable.key: variable for variable in template.variables}
    for key in given.keys() - known.keys() if template.fillable else ():
        yield Problem(key=key, detail="The template has no such variable.")
    for key, variable in known.items():
        value = given.get(key, "")
        if value:
            yield from _of_value(variable, value)
        elif variable.required:
            yield Problem(key=key, detail="A value is missing.")


def _of_value(variable: Variable, value: str) -> Iterator[Problem]:
    wrong = ""
    if len(value) > variable.limit:
        wrong = f"At most {variable.limit} characters, not {len(value)}."
    elif any(character in value for character in _WHITE) or _SPACES in value:
        wrong = "No line breaks, no tabs, no more than four spaces in a row."
    elif variable.field in {Field.URL_PART, Field.CODE} and " " in value:
        wrong = "No spaces."
    elif variable.field in {Field.IMAGE, Field.VIDEO, Field.DOCUMENT}:
        if not value.isdecimal() and not value.startswith("https://"):
            wrong = "A public address that begins with https://, or the id of an uploaded file."
    elif variable.field is Field.NUMBER and not _within(value, _RANGES[variable.key]):
        wrong = f"A number from -{_RANGES[variable.key]:g} to {_RANGES[variable.key]:g}."
    if wrong:
        yield Problem(key=variable.key, detail=wrong)


def _within(value: str, limit: float) -> bool:
    try:
        return abs(float(value)) <= limit
    except ValueError:
        return False


def _of_parts(found: list[Part], given: Mapping[str, str]) -> Iterator[Problem]:
    for part in found:
        size = len(part.filled(lambda key: given.get(key, "")))
        if part.limit and size > part.limit:
            what = f"The {part.name} has {size} characters with these values, of {part.limit}."
            yield Problem(key=part.variables[0].key if part.variables else "", detail=what)
