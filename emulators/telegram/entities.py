"""Entities: styles and links with their places in UTF-16 units. Shared by the parsers of markup."""

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .chats import Json
from .errors import Refusal, bad

Parse = Callable[[str], tuple[str, list[Json]]]
"""From markup to plain text and its entities; raises `Refusal` for what Telegram would not parse."""

TYPES = frozenset(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough"
    " spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji"
    " date_time".split()
)
_FIELDS = frozenset(
    "type offset length url user language custom_emoji_id unix_time date_time_format".split()
)
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{2,31})\b"
    r"|(?<!\w)(?P<hashtag>\#\w*[^\W\d]\w*)"
)


def units(text: str) -> int:
    """UTF-16 code units, as Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def unparsable(what: str) -> Refusal:
    return bad(f"can't parse entities: {what}")


def entity(kind: str, offset: int, end: int, **more: Any) -> Json:
    return {"type": kind, "offset": offset, "length": end - offset, **more}


def in_order(entities: list[Json]) -> list[Json]:
    """Outer before inner."""
    return sorted(entities, key=lambda one: (one["offset"], -one["length"]))


class Parser:
    """One text on its way from markup to plain text and entities."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces: list[str] = []
        self.length = 0
        """Of the plain text so far, in UTF-16 units."""
        self.entities: list[Json] = []

    def say(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += units(piece)

    def byte(self, at: int) -> int:
        """Telegram names places in the source by their byte."""
        return len(self.text[:at].encode())

    def add(self, found: Json | None) -> None:
        if found is not None and found["length"]:
            self.entities.append(found)

    def result(self) -> tuple[str, list[Json]]:
        return "".join(self.pieces), in_order(self.entities)


def link(url: str, offset: int, end: int) -> Json | None:
    """What Telegram makes of a link; None where it drops the link and keeps the text."""
    if url.lower().startswith("tg:"):
        user_id = parse_qs(urlsplit(url).query).get("id", [""])[0]
        if url.lower().startswith("tg://user?") and user_id.isdigit():
            user = {"id": int(user_id), "is_bot": False, "first_name": ""}
            return entity("text_mention", offset, end, user=user)
        return entity("text_link", offset, end, url=url)
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = (parts.hostname or "").lower()
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", "ton", "tonsite"} or not _is_host(host):
        return None
    clean = parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/").geturl()
    return entity("text_link", offset, end, url=clean)


def _is_host(host: str) -> bool:
    if ":" in host:
        return bool(ipaddress.ip_address(host))
    return "." in host and not re.search(r"[\s<>\"]", host)


def given(value: list[Any], text: str) -> list[Json]:
    """Entities that the caller lists instead of a parse_mode."""
    length = units(text)
    for one in value:
        if not isinstance(one, dict):
            raise bad("can't parse MessageEntity: expected an Object")
        missing = {"type", "offset", "length"} - set(one)
        unknown = set(one) - _FIELDS
        if missing:
            raise bad(f"can't parse MessageEntity: Can't find field \"{min(missing)}\"")
        if unknown or one["type"] not in TYPES:
            raise bad(f"can't parse MessageEntity: unknown {min(unknown, default=one['type'])}")
        start, end = int(one["offset"]), int(one["offset"]) + int(one["length"])
        if end > length:
            raise bad(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text "
                f"at UTF-16 offset {end}"
            )
    return in_order(value)


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without white space at both ends; styles move, shrink, or vanish with it."""
    clean = text.strip()
    if len(clean) == len(text) or not entities:
        return clean, entities
    shift, length = units(text[: len(text) - len(text.lstrip())]), units(clean)
    found = []
    for one in entities:
        start = max(0, one["offset"] - shift)
        end = min(length, one["offset"] + one["length"] - shift)
        if end > start:
            found.append({**one, "offset": start, "length": end - start})
    return clean, found


def detected(text: str) -> list[Json]:
    """What Telegram finds by itself in what people write: commands, mentions, links."""
    return [
        entity(match.lastgroup, units(text[: match.start()]), units(text[: match.end()]))
        for match in _FOUND.finditer(text)
        if match.lastgroup
    ]
