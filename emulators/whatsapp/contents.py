"""What a business may say without a template: the object of each type, and its limits (WA7, WA27)."""

from collections.abc import Callable
from typing import Any

from . import interactive, limits
from .checks import keys, short, text
from .errors import Json, invalid, parameter, required, unwanted

Check = Callable[[Json], None]
CAPTIONED = frozenset({"image", "video", "document"})


def check(kind: str, content: Any) -> Json:
    """The object of the type; raises what Meta says of it."""
    if kind not in CHECKS:
        raise invalid(f"Parameter type: must be one of {', '.join(CHECKS)}, template. Got: {kind}")
    if kind == "contacts":
        _contacts(content)
        return {kind: content}
    if not isinstance(content, dict):
        raise parameter(f"The parameter {kind} is required.")
    CHECKS[kind](content)
    return {kind: content}


def _text(content: Json) -> None:
    keys("text", content, "body preview_url")
    short("text['body']", text("text['body']", content.get("body")), limits.TEXT)
    if not isinstance(content.get("preview_url", False), bool):
        raise unwanted("text['preview_url']", "must be a boolean.")


def _media(kind: str) -> Check:
    more = {"document": "filename", "audio": "voice"}.get(kind, "")
    known = f"id link {'caption' if kind in CAPTIONED else ''} {more}"

    def checked(content: Json) -> None:
        keys(kind, content, known)
        if bool(content.get("id")) == bool(content.get("link")):
            raise parameter(f"{kind}: either id or link is required, and not both")
        link = content.get("link")
        if link and not str(link).startswith(("http://", "https://")):
            raise unwanted(f"{kind}['link']", "must be a valid URI.")
        if "caption" in content:
            short(f"{kind}['caption']", str(content["caption"]), limits.CAPTION)

    return checked


def _location(content: Json) -> None:
    keys("location", content, "latitude longitude name address")
    for name, most in (("latitude", 90), ("longitude", 180)):
        if name not in content:
            raise required(f"location['{name}']")
        try:
            inside = -most <= float(content[name]) <= most
        except (TypeError, ValueError):
            inside = False
        if not inside:
            raise unwanted(f"location['{name}']", f"must be a number between -{most} and {most}.")


def _reaction(content: Json) -> None:
    keys("reaction", content, "message_id emoji")
    text("reaction['message_id']", content.get("message_id"))
    if not isinstance(content.get("emoji"), str):
        raise required("reaction['emoji']")


_CONTACT = "addresses birthday emails name org phones urls"


def _contacts(content: Any) -> None:
    if not isinstance(content, list) or not content:
        raise parameter("The parameter contacts is required.")
    for place, one in enumerate(content):
        where = f"contacts[{place}]"
        if not isinstance(one, dict):
            raise unwanted(where, "must be an object.")
        keys(where, one, _CONTACT)
        name = one.get("name") or {}
        text(f"{where}['name']['formatted_name']", name.get("formatted_name"))
        if len([part for part in name if part != "formatted_name"]) < 1:
            raise parameter(f"{where}['name'] needs at least one more part than formatted_name")


CHECKS: dict[str, Check] = {
    "text": _text,
    **{kind: _media(kind) for kind in limits.MEDIA},
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": interactive.check,
}
