"""Interactive messages of a business: reply buttons, lists, links, and requests (WA27)."""

from collections.abc import Callable

from . import limits
from .checks import array, keys, label, nested, short, text, unique
from .errors import Json, invalid, unwanted

_HEADERS = ("text", "image", "video", "document")


def check(content: Json) -> None:
    keys("interactive", content, "type header body footer action")
    kind = content.get("type")
    if kind not in _ACTIONS:
        raise invalid(f"Parameter interactive['type']: must be one of {', '.join(_ACTIONS)}")
    if "header" in content:
        _header(nested("interactive", content, "header"), only_text=kind == "list")
    if kind not in _BODYLESS or "body" in content:
        most = limits.LIST_BODY if kind == "list" else limits.INTERACTIVE_BODY
        body = nested("interactive", content, "body")
        label("interactive['body']['text']", body.get("text"), most)
    if "footer" in content:
        footer = nested("interactive", content, "footer")
        label("interactive['footer']['text']", footer.get("text"), limits.FOOTER)
    _ACTIONS[kind](nested("interactive", content, "action"))


def _header(header: Json, *, only_text: bool) -> None:
    kind = header.get("type")
    if kind not in _HEADERS or (only_text and kind != "text"):
        raise invalid(f"Parameter interactive['header']['type']: {kind} is not allowed here")
    if kind == "text":
        label("interactive['header']['text']", header.get("text"), limits.HEADER)
    else:
        media = nested("interactive['header']", header, kind)
        if bool(media.get("id")) == bool(media.get("link")):
            raise invalid(f"interactive['header']['{kind}']: either id or link, and not both")


def _buttons(action: Json) -> None:
    where = "interactive['action']['buttons']"
    keys("interactive['action']", action, "buttons")
    replies = []
    for place, button in enumerate(array(where, action.get("buttons"), limits.BUTTONS)):
        if button.get("type") != "reply":
            raise unwanted(f"{where}[{place}]['type']", "must be reply.")
        reply = nested(f"{where}[{place}]", button, "reply")
        keys(f"{where}[{place}]['reply']", reply, "id title")
        label(f"{where}[{place}]['reply']['id']", reply.get("id"), limits.BUTTON_ID)
        label(f"{where}[{place}]['reply']['title']", reply.get("title"), limits.BUTTON_TITLE)
        replies.append(reply)
    unique(f"{where}: reply ids", [reply["id"] for reply in replies])
    unique(f"{where}: reply titles", [reply["title"] for reply in replies])


def _list(action: Json) -> None:
    where = "interactive['action']['sections']"
    keys("interactive['action']", action, "button sections")
    label("interactive['action']['button']", action.get("button"), limits.BUTTON_TITLE)
    sections = array(where, action.get("sections"), limits.ROWS)
    rows: list[Json] = []
    for place, section in enumerate(sections):
        here = f"{where}[{place}]"
        keys(here, section, "title rows")
        if len(sections) > 1 or "title" in section:
            label(f"{here}['title']", section.get("title"), limits.ROW_TITLE)
        rows += array(f"{here}['rows']", section.get("rows"), limits.ROWS)
    if len(rows) > limits.ROWS:
        raise unwanted(where, f"must have at most {limits.ROWS} rows in total.")
    for row in rows:
        keys(f"{where}: row", row, "id title description")
        label(f"{where}: row id", row.get("id"), limits.ROW_ID)
        label(f"{where}: row title", row.get("title"), limits.ROW_TITLE)
        short(f"{where}: row description", row.get("description", ""), limits.ROW_DESCRIPTION)
    unique(f"{where}: row ids", [row["id"] for row in rows])


def _url(action: Json) -> None:
    keys("interactive['action']", action, "name parameters")
    _named(action, "cta_url")
    given = nested("interactive['action']", action, "parameters")
    keys("interactive['action']['parameters']", given, "display_text url")
    where = "interactive['action']['parameters']"
    label(f"{where}['display_text']", given.get("display_text"), limits.BUTTON_TITLE)
    if not text(f"{where}['url']", given.get("url")).startswith(("http://", "https://")):
        raise unwanted(f"{where}['url']", "must be a valid URI.")


def _named(action: Json, name: str) -> None:
    if action.get("name") != name:
        raise unwanted("interactive['action']['name']", f"must be {name}.")


def _request(name: str) -> Callable[[Json], None]:
    def checked(action: Json) -> None:
        keys("interactive['action']", action, "name parameters")
        _named(action, name)

    return checked


def _product(_: Json) -> None:
    """Catalogues are not emulated: what is sold is Meta's to check."""


_ACTIONS: dict[str, Callable[[Json], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _url,
    "flow": _request("flow"),
    "location_request_message": _request("send_location"),
    "request_contact_info": _request("request_contact_info"),
    "call_permission_request": _request("call_permission_request"),
    "address_message": _request("address_message"),
    "catalog_message": _request("catalog_message"),
    "product": _product,
    "product_list": _product,
}
_BODYLESS = frozenset({"product", "catalog_message"})
