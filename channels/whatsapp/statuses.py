"""What became of what we sent. Statuses come in any order and more than once; each is told as it is,
and whoever stores it knows the only direction of travel.
"""

from collections.abc import Iterator

from channels.messages import (
    Address,
    ConsentChanged,
    Ignored,
    Inbound,
    ReachabilityChanged,
    Status,
    StatusChanged,
)

from . import refusals
from .people import Person
from .scope import Json, Scope, moment

_STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "played": Status.READ,
    "failed": Status.FAILED,
}


def status(scope: Scope, told: Json) -> Iterator[Inbound]:
    message_id, word = str(told["id"]), str(told["status"])
    event_id = f"{message_id}:{word}{_participant(told)}"
    if word not in _STATUSES:
        yield Ignored(event_id=event_id, what=f"status {word}")
        return
    whom = Person(
        user_id=told.get("recipient_user_id"),
        parent_id=told.get("parent_recipient_user_id"),
        phone=told.get("recipient_id"),
    )
    code = detail = ""
    if word == "failed":
        code, detail = refusals.told(_failure(told))
    if code and whom.names and not _participant(told):
        # First, so that whoever hears of the failure knows whether the person is gone.
        yield from _consequences(scope, told, whom, (code, detail))
    yield StatusChanged(
        event_id=event_id,
        message_id=message_id,
        status=_STATUSES[word],
        code=code,
        detail=detail,
        delivery_id=str(told.get("biz_opaque_callback_data") or ""),
        to=_to(told, whom),
    )


def _to(told: Json, whom: Person) -> Address | None:
    if told.get("recipient_type") == "group":
        return Address(chat=str(told["recipient_id"]))
    return whom.address() if whom.names else None


def _participant(told: Json) -> str:
    """In a group each of its people reads for himself."""
    keys = ("recipient_participant_user_id", "recipient_participant_id")
    found = next((told[key] for key in keys if told.get(key)), "")
    return f":{found}" if found else ""


def _failure(told: Json) -> Json:
    failures = told.get("errors")
    first = failures[0] if isinstance(failures, list) and failures else {}
    return first if isinstance(first, dict) else {}


def _consequences(
    scope: Scope, told: Json, whom: Person, failure: tuple[str, str]
) -> Iterator[Inbound]:
    """What a failure says about the person, and not only about the message."""
    code, detail = failure
    at, sender = moment(told["timestamp"]), whom.sender(scope.contact(whom))
    if code == str(refusals.UNDELIVERABLE):
        yield ReachabilityChanged(
            event_id=f"{told['id']}:unreachable",
            address=whom.address(),
            sender=sender,
            reachable=False,
            reason=detail,
            sent_at=at,
        )
    elif code == str(refusals.OPTED_OUT):
        yield ConsentChanged(
            event_id=f"{told['id']}:opted_out",
            address=whom.address(),
            sender=sender,
            marketing=False,
            sent_at=at,
        )
