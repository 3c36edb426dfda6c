"""What Meta tells a webhook: one update, how many of them become one body, and how a body is signed."""

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .accounts import App, Waba
from .errors import Json

OBJECT = "whatsapp_business_account"
LISTS = ("contacts", "messages", "statuses", "message_echoes")
MERGED = frozenset({"messages", "smb_message_echoes"})
TIMELESS = frozenset(
    "messages smb_message_echoes smb_app_state_sync history user_preferences calls".split()
)
HOW = ("entries", "changes", "messages")


def encoded(value: Any) -> bytes:
    """JSON as Meta writes it: nothing but ASCII, and slashes escaped. Whoever signs other bytes fails."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def signature(body: bytes, secret: str) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def signed(body: bytes, secret: str) -> dict[str, str]:
    """The headers of a delivery."""
    old = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature": f"sha1={old}",
        "X-Hub-Signature-256": signature(body, secret),
    }


@dataclass(eq=False, kw_only=True)
class Update:
    """One thing to tell one app; `landed` is called when the callback has accepted it."""

    number: int
    app: App
    url: str
    waba: Waba
    change: Json
    at: float
    landed: Callable[[], None] = lambda: None
    tries: int = 0
    state: str = "unheard"
    """unheard (nobody listens), pending, delivered, dropped."""
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = len(encoded(self.change)) + 128

    def entry(self) -> Json:
        timed = {} if self.change["field"] in TIMELESS else {"time": int(self.at)}
        return {"id": self.waba.id, **timed, "changes": [self.change]}

    def json(self) -> Json:
        about = {"number": self.number, "app": self.app.id, "state": self.state}
        return {**about, "tries": self.tries, "entry": self.entry()}


def envelope(updates: Sequence[Update], how: str = "messages") -> Json:
    """WA38: one body of any number of updates. `how`: an entry for each; a change for each, in one
    entry for each account; or, beyond that, all messages and statuses of a number in one change.
    """
    if how == "entries":
        return {"object": OBJECT, "entry": [update.entry() for update in updates]}
    entries: dict[str, Json] = {}
    for update in updates:
        entry = update.entry()
        known = entries.setdefault(update.waba.id, {**entry, "changes": []})
        known |= {"time": entry["time"]} if "time" in entry else {}
        known["changes"].append(update.change)
    if how == "messages":
        for entry in entries.values():
            entry["changes"] = _merged(entry["changes"])
    return {"object": OBJECT, "entry": list(entries.values())}


def _merged(changes: Sequence[Json]) -> list[Json]:
    found: dict[Any, Json] = {}
    for change in changes:
        value = change["value"]
        mergeable = change["field"] in MERGED and "errors" not in value
        key = (change["field"], str(value.get("metadata"))) if mergeable else id(change)
        if key not in found:
            found[key] = {**change, "value": dict(value)}
            continue
        into = found[key]["value"]
        for name in LISTS:
            new = [one for one in value.get(name, []) if _is_new(name, one, into)]
            if new:
                into[name] = [*into.get(name, []), *new]
    return list(found.values())


def _is_new(name: str, one: Json, into: Json) -> bool:
    return name != "contacts" or one not in into.get("contacts", [])
