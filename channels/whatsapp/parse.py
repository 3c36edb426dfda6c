"""From the raw JSON of one webhook to our values: pure, from dictionaries, with no model in between.

One body may hold a thousand updates, of several numbers and accounts. Each is read by itself: what
breaks this parser becomes `Unreadable`, wrapped so that it can be read again alone, and costs the
others nothing. Only what could not be a webhook at all is `Malformed`.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from channels.errors import Malformed
from channels.messages import Ignored, Inbound, Unreadable

from . import account, chat, statuses
from .scope import OBJECT, Json, Scope, webhook

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """Which of what arrives is for us."""

    phone_number_id: str
    waba_id: str


Read = Callable[[Scope, Json], Iterator[Inbound]]

_LISTS: dict[str, dict[str, Read]] = {
    # What a field brings many of at once, and how one of them is read.
    "messages": {
        "messages": chat.message,
        "statuses": statuses.status,
        "errors": account.failure,
    },
    "smb_message_echoes": {"message_echoes": chat.echo},
    "user_preferences": {"user_preferences": account.preference},
}
_WHOLES: dict[str, Read] = {
    # What a field brings one of.
    "message_template_status_update": account.template_status,
    "message_template_quality_update": account.template_quality,
    "message_template_components_update": account.template_words,
    "template_category_update": account.template_category,
    "account_alerts": account.news,
    "account_review_update": account.news,
    "account_update": account.news,
    "business_capability_update": account.news,
    "phone_number_name_update": account.news,
    "phone_number_quality_update": account.news,
    "security": account.news,
}


@dataclass(kw_only=True)
class _Found:
    """What was read, with the times to sort by: WhatsApp keeps no order."""

    body: bytes
    timed: list[tuple[int, Inbound]] = field(default_factory=list)

    def read(self, read: Read, scope: Scope, key: str, item: Any) -> None:
        """One update, which stands in the list of that name, or is the whole value."""
        try:
            read_now = list(read(scope, item))
        except Exception as error:
            # Whatever Meta sends is worth keeping, also when our reading of it is wrong.
            lists = _LISTS.get(scope.kind, {})
            alone = scope.alone(lists, key, item) if key else scope.of(item)
            self.keep(alone, f"{type(error).__name__}: {error}")
        else:
            at = _seconds(item)
            self.timed += ((at, one) for one in read_now)

    def keep(self, alone: Json, error: str, account: str = "") -> None:
        try:
            text = json.dumps(alone, ensure_ascii=False, separators=(",", ":"))
        except RecursionError:
            raw = self.body
        else:
            raw = text.encode("utf-8", "replace")
        event_id = hashlib.sha256(raw).hexdigest()[:32]
        unread = Unreadable(event_id=event_id, error=error, raw=raw, account=account)
        self.timed.append((0, unread))

    def sorted(self) -> tuple[Inbound, ...]:
        return tuple(one for _, one in sorted(self.timed, key=lambda timed: timed[0]))


def parse(body: bytes, own: Own) -> tuple[Inbound, ...]:
    """Raises `Malformed`, nothing else."""
    hook = _json(body)
    if not isinstance(hook, dict) or not isinstance(hook.get("object"), str):
        raise Malformed("The body is not a webhook.")
    if hook["object"] != OBJECT:
        return (Ignored(event_id="", what=f"webhook of {hook['object']}"),)
    if not isinstance(hook.get("entry"), list):
        raise Malformed("The body is not a webhook.")
    found = _Found(body=body)
    for entry in hook["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list):
            found.keep(webhook(entry), "There is no change in it.")
            continue
        for change in changes:
            value = change.get("value") if isinstance(change, dict) else None
            if isinstance(value, dict):
                _change(found, own, Scope(entry, change, value))
            else:
                found.keep(webhook({**entry, "changes": [change]}), "There is no value in it.")
    return found.sorted() or (Ignored(event_id="", what="nothing"),)


def _change(found: _Found, own: Own, scope: Scope) -> None:
    lists, whole = _LISTS.get(scope.kind), _WHOLES.get(scope.kind)
    if lists is None and whole is None:
        found.timed.append((0, Ignored(event_id="", what=scope.kind)))
        return
    others = scope.phone_number_id not in {"", own.phone_number_id}
    if others or (not scope.phone_number_id and scope.waba_id != own.waba_id):
        sentence = f"It is for {scope.account}, which is not this channel."
        found.keep(scope.of(scope.value), sentence, scope.account)
        return
    if whole is not None:
        found.read(whole, scope, "", scope.value)
    for key, read in (lists or {}).items():
        items = scope.value.get(key) or ()
        if not isinstance(items, Sequence) or isinstance(items, str):
            found.keep(scope.alone(lists or {}, key, items), f"{key} is not a list.")
            continue
        for item in items:
            found.read(read, scope, key, item)


def _json(body: bytes) -> Any:
    with contextlib.suppress(msgspec.DecodeError, RecursionError, ValueError):
        return _decode(body)
    try:
        # Half a surrogate pair is JSON, though no text, and msgspec won't have it: a `?` instead.
        mended = json.dumps(json.loads(body.decode()), ensure_ascii=False)
        return _decode(mended.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise Malformed("The body is not JSON.") from None


def _seconds(item: Any) -> int:
    """For sorting; what has no time stays where it came."""
    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
        return int(item["timestamp"])
    return 0
