"""What a business does on its own phone, and what Meta tells it of its account."""

from typing import Any

from . import samples
from .accounts import Number
from .errors import Json, failure
from .identities import contact, names, phone_shown
from .outside import known
from .people import Message, Person, new_wamid
from .state import Meta
from .updates import Update


def echo(meta: Meta, number: Number, person: Person, **content: Any) -> Json:
    """Somebody answers in the WhatsApp Business app: only numbers in coexistence can."""
    if not number.coexistence:
        raise LookupError("There is no app on this number: it is not in coexistence")
    if isinstance(content.get("text"), str):
        content["text"] = {"body": content["text"]}
    kind = next(iter(content))
    thread, now = meta.thread(number, person), meta.now
    message = Message(
        id=new_wamid(),
        by_business=True,
        at=now,
        content={"type": kind, **content},
        status="delivered",
    )
    if kind in {"edit", "revoke"}:
        original = known(thread.messages.find(content[kind]["original_message_id"]), "message")
        original.edited, original.revoked = kind == "edit", kind == "revoke"
        original.content = content[kind].get("message", original.content)
        thread.messages.touch(original)
    thread.messages.put(message)
    thread.wake()
    to = {"to": person.wa_id} if phone_shown(number, thread, now) else {}
    about = {
        "from": number.phone,
        **to,
        "to_user_id": names(number, person)["user_id"],
        "id": message.id,
        "timestamp": str(int(now)),
        **message.content,
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": number.metadata,
        "message_echoes": [about],
    }
    told = meta.postman.tell(number.waba, "smb_message_echoes", value, number)
    return {"id": message.id, "updates": [update.number for update in told]}


def ring(meta: Meta, number: Number, person: Person) -> list[Update]:
    """A call of the person, which opens the window as a message does."""
    thread, now = meta.thread(number, person), meta.now
    thread.last_inbound = now
    call = {
        "id": f"wacid.{meta.new_id()}",
        "to": number.phone,
        "from": person.wa_id,
        "event": "connect",
        "timestamp": str(int(now)),
        "direction": "USER_INITIATED",
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": number.metadata,
        "contacts": [contact(number, thread, now)],
        "calls": [call],
    }
    return meta.postman.tell(number.waba, "calls", value, number)


def prefer(meta: Meta, number: Number, person: Person, preference: str) -> list[Update]:
    """`stop` or `resume` marketing."""
    person.stopped_marketing = preference == "stop"
    thread, now = meta.thread(number, person), meta.now
    who = contact(number, thread, now)
    about: Json = {key: who[key] for key in ("wa_id", "user_id", "parent_user_id") if key in who}
    detail = f"User requested to {preference} marketing messages"
    wish: Json = {"detail": detail, "category": "marketing_messages", "value": preference}
    value = {
        "messaging_product": "whatsapp",
        "metadata": number.metadata,
        "contacts": [who],
        "user_preferences": [{**about, **wish, "timestamp": int(now)}],
    }
    return meta.postman.tell(number.waba, "user_preferences", value, number)


def trouble(meta: Meta, number: Number, code: int) -> list[Update]:
    """Errors of the account, without any message."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": number.metadata,
        "errors": [failure(code)],
    }
    return meta.postman.tell(number.waba, "messages", value, number)


def tell(meta: Meta, number: Number, field: str, value: Json | None = None) -> list[Update]:
    """Any field of a webhook with any value, or with one that it usually has."""
    found = samples.value(field, number) if value is None else value
    return meta.postman.tell(number.waba, field, found, number)
