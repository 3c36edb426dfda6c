"""What people say: customers to us, and somebody of ours from the business's own phone."""

from collections.abc import Iterator

from channels.messages import (
    Address,
    AddressMoved,
    CustomerMessage,
    HumanSpokeElsewhere,
    Ignored,
    Inbound,
    MessageEdited,
)

from . import content, people
from .people import Person
from .scope import Json, Scope, moment

REVOKED = "[The customer deleted this message.]"
_SAY_NOTHING = frozenset({"reaction", "request_welcome"})


def message(scope: Scope, said: Json) -> Iterator[Inbound]:
    """Of a customer."""
    kind, event_id = str(said["type"]), str(said["id"])
    who = _writer(scope, said)
    if kind in _SAY_NOTHING:
        yield Ignored(event_id=event_id, what=kind)
    elif kind == "system":
        yield from _system(scope, said, who)
    elif kind in {"edit", "revoke"}:
        change = said[kind]
        yield MessageEdited(
            event_id=event_id,
            address=_address(said, who),
            message_id=str(change["original_message_id"]),
            sent_at=moment(said["timestamp"]),
            text=REVOKED if kind == "revoke" else content.text(change["message"]),
        )
    else:
        yield _customer_message(scope, said, who)


def _writer(scope: Scope, said: Json) -> Person:
    """Who wrote; what the message leaves out may be told beside it."""
    names = {"user_id": said.get("from_user_id"), "phone": said.get("from")}
    contact = scope.contact(Person(**names))
    return Person(
        user_id=names["user_id"] or contact.get("user_id"),
        parent_id=said.get("from_parent_user_id") or contact.get("parent_user_id"),
        phone=names["phone"] or contact.get("wa_id"),
    )


def _customer_message(scope: Scope, said: Json, who: Person) -> CustomerMessage:
    return CustomerMessage(
        event_id=str(said["id"]),
        address=_address(said, who),
        sender=who.sender(scope.contact(who)),
        message_id=str(said["id"]),
        sent_at=moment(said["timestamp"]),
        text=content.text(said),
        attachments=content.files(said),
        reply_to=str((said.get("context") or {}).get("id") or ""),
        choice=content.choice(said),
        start=str((said.get("referral") or {}).get("source_id") or ""),
        group=bool(said.get("group_id")),
        facts=_facts(said, who),
    )


def _address(said: Json, who: Person) -> Address:
    own = who.address()
    return Address(chat=str(said["group_id"])) if said.get("group_id") else own


def _facts(said: Json, who: Person) -> dict[str, str]:
    """A phone on a card is the sender's own if he was asked for it, or if WhatsApp says so."""
    if said.get("type") != "contacts":
        return {}
    for card in said.get("contacts") or ():
        for phone in card.get("phones") or ():
            known = Person(user_id=phone.get("user_id"), phone=phone.get("wa_id"))
            own = said.get("origin") == "contact_request" or {*known.names} & {*who.names}
            number = known.phone or str(phone.get("phone") or "")
            if own and number:
                return {"phone": number}
    return {}


def _system(scope: Scope, said: Json, who: Person) -> Iterator[Inbound]:
    """A new phone number comes with a new user id; each old name of the chat leads to the new one."""
    event_id, told = str(said["id"]), said["system"]
    what = str(told.get("type") or "system")
    before, after = people.renamed(str(told.get("body") or ""))
    old = Person(user_id=who.user_id or before, phone=who.phone or before)
    new = Person(
        user_id=told.get("user_id") or after,
        parent_id=told.get("parent_user_id"),
        phone=told.get("wa_id") or told.get("new_wa_id") or after,
    )
    names = [name for name in old.names if name not in new.names]
    if not what.startswith("user_changed") or not new.names or not names:
        yield Ignored(event_id=event_id, what=what)
        return
    for number, name in enumerate(names):
        yield AddressMoved(
            event_id=f"{event_id}:{number}",
            old=Address(chat=name),
            new=new.address(),
            sender=new.sender(scope.contact(new)),
        )


def echo(scope: Scope, said: Json) -> Iterator[Inbound]:  # noqa: ARG001 - as all readers
    """Somebody of ours wrote from the phone."""
    kind, event_id = str(said["type"]), str(said["id"])
    if kind in {"edit", "revoke", "reaction"}:
        yield Ignored(event_id=event_id, what=f"{kind} from the business's phone")
        return
    whom = Person(
        user_id=said.get("to_user_id"),
        parent_id=said.get("to_parent_user_id"),
        phone=said.get("to"),
    )
    yield HumanSpokeElsewhere(
        event_id=event_id,
        address=whom.address(),
        message_id=event_id,
        sent_at=moment(said["timestamp"]),
        text=content.text(said),
        attachments=content.files(said),
    )
