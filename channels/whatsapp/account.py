"""What Meta tells about the account: its templates, its health, and what customers allow it."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from channels.messages import (
    AccountChanged,
    ConsentChanged,
    Ignored,
    Inbound,
    TemplateChanged,
)

from . import refusals
from .people import Person
from .scope import Json, Scope, moment

_STATUSES = {
    # Events that are no statuses of their own.
    "flagged": "approved",
    "reinstated": "approved",
    "unlocked": "",
    "locked": "",
}
_NO_REASON = {"", "NONE"}


def template_status(scope: Scope, told: Json) -> Iterator[Inbound]:
    word = str(told["event"]).lower()
    status = _STATUSES.get(word, word)
    category = str(told.get("message_template_category") or "").lower()
    yield _template(scope, told, status=status, category=category, reason=_reason(told))


def template_quality(scope: Scope, told: Json) -> Iterator[Inbound]:
    yield _template(scope, told, quality=str(told["new_quality_score"]).lower())


def template_category(scope: Scope, told: Json) -> Iterator[Inbound]:
    yield _template(scope, told, category=str(told["new_category"]).lower())


def template_words(scope: Scope, told: Json) -> Iterator[Inbound]:
    yield _template(scope, told)


def _template(scope: Scope, told: Json, **changed: str) -> TemplateChanged:
    return TemplateChanged(
        event_id=_event_id(scope, told),
        account=scope.waba_id,
        name=str(told["message_template_name"]),
        language=str(told["message_template_language"]).replace("-", "_"),
        **changed,
    )


def _reason(told: Json) -> str:
    """The longest that Meta says about why."""
    rejected, other = told.get("rejection_info"), told.get("other_info")
    if isinstance(rejected, Mapping) and rejected.get("reason"):
        return " ".join(str(rejected[k]) for k in ("reason", "recommendation") if rejected.get(k))
    if isinstance(other, Mapping) and other.get("description"):
        return str(other["description"])
    reason = str(told.get("reason") or "")
    return "" if reason in _NO_REASON else reason


def preference(scope: Scope, told: Json) -> Iterator[Inbound]:
    """Marketing, which a customer may stop and resume."""
    whom = Person(
        user_id=told.get("user_id"), parent_id=told.get("parent_user_id"), phone=told.get("wa_id")
    )
    at, value = moment(told["timestamp"]), str(told["value"])
    event_id = f"preference:{whom.address().chat}:{told['timestamp']}:{value}"
    if told.get("category") != "marketing_messages" or value not in {"stop", "resume"}:
        yield Ignored(event_id=event_id, what=f"preference {told.get('category')}: {value}")
        return
    yield ConsentChanged(
        event_id=event_id,
        address=whom.address(),
        sender=whom.sender(scope.contact(whom)),
        marketing=value == "resume",
        sent_at=at,
    )


def failure(scope: Scope, told: Json) -> Iterator[Inbound]:
    """An error that is of no message."""
    code, detail = refusals.told(told)
    yield AccountChanged(
        event_id=_event_id(scope, told),
        account=scope.account,
        what=f"error {code}",
        detail=detail,
    )


def news(scope: Scope, told: Json) -> Iterator[Inbound]:
    """Whatever it is, in Meta's own words."""
    event = next((str(told[key]) for key in ("event", "decision") if told.get(key)), "")
    yield AccountChanged(
        event_id=_event_id(scope, told),
        account=scope.account,
        what=" ".join(filter(None, (scope.kind, event))),
        detail=", ".join(_leaves(told)),
    )


def _leaves(told: Any, name: str = "") -> Iterator[str]:
    if isinstance(told, Mapping):
        for key, value in told.items():
            yield from _leaves(value, str(key))
    elif isinstance(told, list):
        for value in told:
            yield from _leaves(value, name)
    elif told is not None:
        yield f"{name}: {told}"


def _event_id(scope: Scope, told: Json) -> str:
    """Meta gives these none; a redelivery is the same in all its parts."""
    told_again = dumps([scope.kind, scope.account, scope.moment, told], sort_keys=True)
    return sha256(told_again.encode()).hexdigest()[:32]
