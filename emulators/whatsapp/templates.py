"""Templates of an account: created, listed, edited, deleted, and what Meta checks of each (WA35)."""

import base64
import binascii
import re
from typing import Any
from urllib.parse import urlencode

from . import limits, reviews
from .accounts import Template, Waba
from .calls import Call, fields
from .errors import GraphError, Json, parameter, required, unwanted
from .variables import VARIABLE, variables

CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF")
PARTS = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER")
BUTTONS = (
    "QUICK_REPLY URL PHONE_NUMBER COPY_CODE OTP FLOW CATALOG MPM SPM REQUEST_CONTACT_INFO VOICE_CALL"
).split()
SHOWN = "name,parameter_format,components,language,status,category,id"
EDITABLE = frozenset({"APPROVED", "REJECTED", "PAUSED"})
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")


def refused(subcode: int, title: str, details: str) -> GraphError:
    return GraphError(100, subcode=subcode, user=(title, details))


async def create(call: Call) -> Json:
    given, waba, now = call.given, call.waba, call.now
    given.only(
        *"name language category components parameter_format allow_category_change".split(),
        *"message_send_ttl_seconds".split(),
    )
    for name in ("name", "language", "category", "components"):
        if not given.values.get(name):
            raise required(name)
    name, language = given.text("name"), given.text("language")
    category = given.text("category").upper()
    if not _NAME.fullmatch(name):
        raise unwanted("name", "must have lower-case letters, digits and underscores only.")
    if not _LANGUAGE.fullmatch(language):
        raise unwanted("language", "must be a supported language code.")
    if category not in CATEGORIES:
        raise unwanted("category", f"must be one of {{{', '.join(CATEGORIES)}}}.")
    named = [one for one in waba.templates.values() if one.name == name]
    if any(one.language == language for one in named):
        words = f"There is already {language} content for this template."
        raise refused(2388024, "Content in This Language Already Exists", words)
    if len(waba.templates) >= limits.TEMPLATES:
        raise refused(2388019, "Message Template Limit Exceeded", "An account has 250 at most.")
    if waba.created.wait(now):
        raise GraphError(80007)
    template = Template(
        id=call.meta.new_id(),
        waba=waba,
        name=name,
        language=language,
        category=category,
        components=checked(given.values["components"], _format(call), category),
        parameter_format=_format(call),
        status="PENDING",
    )
    waba.created.take(now, 1)
    waba.templates[template.id] = template
    reviews.submit(call.meta, template)
    return {"id": template.id, "status": template.status, "category": template.category}


def _format(call: Call) -> str:
    found = call.given.text("parameter_format").upper() or "POSITIONAL"
    if found not in {"POSITIONAL", "NAMED"}:
        raise unwanted("parameter_format", "must be one of {POSITIONAL, NAMED}.")
    return found


def checked(components: Any, parameter_format: str, category: str) -> list[Json]:
    """The components as Meta keeps them, or what is wrong with them."""
    if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
        raise unwanted("components", "must be an array.")
    found = [{**one, "type": str(one.get("type", "")).upper()} for one in components]
    kinds = [one["type"] for one in found]
    if len(set(kinds)) < len(kinds) or not set(kinds) <= set(PARTS) or "BODY" not in kinds:
        raise parameter("components: a BODY is required, and each known type may be there once")
    for one in found:
        match one["type"]:
            case "HEADER":
                _header(one, parameter_format)
            case "BODY":
                _body(one, parameter_format, category)
            case "FOOTER":
                _footer(one)
            case "BUTTONS":
                _buttons(one)
    return found


def _header(header: Json, parameter_format: str) -> None:
    form = header["format"] = str(header.get("format", "TEXT")).upper()
    title = "Message header format is incorrect"
    if form not in FORMATS:
        raise unwanted("components['format']", f"must be one of {{{', '.join(FORMATS)}}}.")
    if form != "TEXT":
        return
    text = str(header.get("text") or "")
    if not text or "\n" in text or len(variables(text)) > 1:
        words = "The message header must have a text, no new lines, and one variable at most."
        raise refused(2388047, title, words)
    _fits("header", text, limits.HEADER)
    _in_order(text, parameter_format)


def _body(body: Json, parameter_format: str, category: str) -> None:
    text = str(body.get("text") or "")
    if not text and category == "AUTHENTICATION":
        return
    if not text:
        raise refused(2388072, "Message body format is incorrect", "The body must have a text.")
    _fits("body", text, limits.TEMPLATE_BODY)
    _in_order(text, parameter_format)
    bare = text.strip()
    if VARIABLE.match(bare) or re.search(VARIABLE.pattern + r"\Z", bare):
        words = "Variables can't be at the start or end of the template."
        raise refused(2388299, "Leading or Trailing Params Not Allowed", words)
    if len(VARIABLE.sub("", text).split()) < 2 * len(variables(text)) + 1:
        words = "This template has too many variables for its length."
        raise refused(2388293, "Parameters Words Ratio Exceeds Limit", words)


def _footer(footer: Json) -> None:
    text = str(footer.get("text") or "")
    if "code_expiration_minutes" in footer:
        return
    if not text or variables(text) or "\n" in text:
        words = "The footer must have a text, and can't have variables or new lines."
        raise refused(2388073, "Message footer format is incorrect", words)
    _fits("footer", text, limits.FOOTER)


def _fits(where: str, text: str, most: int) -> None:
    if len(text) > most:
        words = f"The {where} has {len(text)} characters; {most} are allowed."
        raise refused(2388040, "Character Limit Exceeded", words)


def _in_order(text: str, parameter_format: str) -> None:
    names = variables(text)
    if parameter_format == "NAMED":
        is_good = all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    else:
        is_good = sorted(names) == sorted(str(place + 1) for place in range(len(names)))
    if not is_good:
        words = "Variables are {{1}}, {{2}} and so on, or named in lower case, as parameter_format says."
        raise refused(2388072, "Message variables are incorrect", words)


def _buttons(part: Json) -> None:
    buttons = part.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= limits.TEMPLATE_BUTTONS:
        raise unwanted("components['buttons']", "must be an array of 1 to 10 buttons.")
    for button in buttons:
        kind = button["type"] = str(button.get("type", "")).upper()
        if kind not in BUTTONS:
            raise unwanted(
                "components['buttons']['type']", f"must be one of {{{', '.join(BUTTONS)}}}."
            )
        text = str(button.get("text") or "")
        if not text and kind not in {"COPY_CODE", "OTP", "REQUEST_CONTACT_INFO"}:
            raise required("components['buttons']['text']")
        _fits("button", text, limits.TEMPLATE_BUTTON)
        url = str(button.get("url") or "")
        if kind == "URL" and (not url or VARIABLE.sub("", url, count=1) != url.partition("{{")[0]):
            raise unwanted("components['buttons']['url']", "may have one variable, at its end.")


async def listed(call: Call) -> Json:
    """With `fields`, `name`, `language`, `status`, `category`, `limit` and cursors."""
    given = call.given
    filters = ("name", "language", "status", "category")
    given.only("fields", "limit", "after", "before", *filters)
    found = [
        one
        for one in call.waba.templates.values()
        if all(_fits_filter(one, name, given.text(name)) for name in filters)
    ]
    size = int(given.text("limit")) if given.text("limit").isdigit() else 25
    start = _place(given.text("after")) + 1 if given.text("after") else 0
    if given.text("before"):
        start = max(0, _place(given.text("before")) - size)
    page = found[start : start + size]
    data = [fields(call.given, one.json(), SHOWN) for one in page]
    if not page:
        return {"data": []}
    paging: Json = {"cursors": {"before": _cursor(start), "after": _cursor(start + len(page) - 1)}}
    if start + size < len(found):
        query = {k: v for k, v in given.values.items() if k != "access_token"}
        more = urlencode({**query, "after": paging["cursors"]["after"]})
        paging["next"] = f"{call.base}{call.path}?{more}"
    return {"data": data, "paging": paging}


def _fits_filter(template: Template, name: str, wanted: str) -> bool:
    value: str = getattr(template, name)
    return not wanted or value.lower() == wanted.lower()


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"Q{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("Q"))
    except (ValueError, binascii.Error):
        raise unwanted("after", "must be a valid cursor.") from None


def _target(call: Call) -> Template:
    assert isinstance(call.target, Template)  # noqa: S101 - the table of operations says so
    return call.target


async def look_up(call: Call) -> Json:
    return fields(call.given, _target(call).json(), SHOWN)


async def edit(call: Call) -> Json:
    """Back to review; only what is approved, rejected or paused can be edited."""
    given, template = call.given, _target(call)
    given.only("components", "category", "message_send_ttl_seconds")
    if template.status not in EDITABLE:
        words = "You can edit approved, rejected and paused templates only."
        raise refused(2388025, "Template can't be edited", words)
    if "category" in given.values:
        category = given.text("category").upper()
        if category not in CATEGORIES or template.status == "APPROVED":
            raise unwanted("category", "can't be changed to this, or not while it is approved.")
        template.category = category
    if "components" in given.values:
        components = given.values["components"]
        template.components = checked(components, template.parameter_format, template.category)
    template.status = "PENDING"
    reviews.submit(call.meta, template)
    return {"success": True}


async def delete(call: Call) -> Json:
    """By name, in all languages; or one of them, with `hsm_id`."""
    given, waba = call.given, call.waba
    given.only("name", "hsm_id")
    if not given.text("name"):
        raise required("name")
    gone = _gone(waba, given.text("name"), given.text("hsm_id"))
    if not gone:
        words = f"{given.text('name')} does not exist."
        raise refused(2593002, "Message template not found", words)
    for template in gone:
        del waba.templates[template.id]
        reviews.status(call.meta, template, "PENDING_DELETION")
    return {"success": True}


def _gone(waba: Waba, name: str, template_id: str) -> list[Template]:
    found = [one for one in waba.templates.values() if one.name == name]
    return [one for one in found if template_id in {"", one.id}]
