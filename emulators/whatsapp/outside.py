"""What people do to a business on WhatsApp, and the business to them on its own phone. As plain Python;
`remote` offers the same over HTTP.
"""

from typing import Any, TypeVar

from . import limits, samples
from .accounts import Number
from .errors import Json
from .files import Stored, mime_of
from .identities import contact, met, names, phone_shown, sender
from .people import Message, Person, Thread, canonical, new_wamid
from .state import Meta

T = TypeVar("T")
AROUND = frozenset("type context referral group_id errors origin identity".split())
"""What stands in a message beside the object of its type."""
WINDOWLESS = frozenset({"edit", "revoke", "system"})


def known(found: T | None, what: str) -> T:
    if found is None:
        raise LookupError(f"There is no such {what}")
    return found


class Outside:
    """Acts of people. Each answers with the id of the message that it led to."""

    def __init__(self, meta: Meta) -> None:
        self.meta = meta
        self.base = ""
        """Where this emulator is, for the addresses of media."""

    def write(self, number: Number, person: Person, **content: Any) -> Json:
        """A message: `text` as words, or any type's object under its name, with `reply_to` a message,
        and whatever stands beside the object (context, referral, group_id).
        """
        thread = self.meta.thread(number, person)
        context = self._quoted(number, thread, content.pop("reply_to", ""))
        if isinstance(content.get("text"), str):
            content["text"] = {"body": content["text"]}
        kind = content.get("type") or next(iter(set(content) - AROUND))
        more = {"context": {**context, **content.pop("context", {})}}
        return self._inbound(number, thread, {**content, **more, "type": kind})

    def sample(self, number: Number, person: Person, name: str) -> Json:
        """WA41: one of everything; see `samples`."""
        return self.write(number, person, **known(samples.MESSAGES.get(name), "sample"))

    def _quoted(self, number: Number, thread: Thread, wamid: Any) -> Json:
        if not wamid:
            return {}
        replied = known(thread.messages.find(wamid), "message")
        author = number.phone if replied.by_business else thread.person.wa_id
        return {"from": author, "id": replied.id}

    def _inbound(self, number: Number, thread: Thread, body: Json) -> Json:
        """WA14, WA17, WA40: what a message from a person means to the number."""
        now, kind = self.meta.now, body["type"]
        message = Message(
            id=new_wamid(),
            by_business=False,
            at=now,
            content={"type": kind, **({kind: body[kind]} if kind in body else {})},
            context=body.get("context", {}),
            status="sent",
        )
        thread.blocked = False
        if phone_shown(number, thread, now):
            met(number, thread, now)
        if kind not in WINDOWLESS and (kind != "reaction" or self.meta.switches.reactions_open):
            thread.last_inbound = now
        if body.get("referral"):
            thread.entry_until = now + limits.ENTRY_POINT
        if number.limits:
            number.pace.take(now, 1)
        thread.messages.put(message)
        number.receive(message.id, thread)
        thread.wake()
        about = {"id": message.id, "timestamp": str(int(now)), **body}
        if not about.get("context"):
            about.pop("context", None)
        value = {
            "messaging_product": "whatsapp",
            "metadata": number.metadata,
            "contacts": [contact(number, thread, now)],
            "messages": [{**sender(number, thread, now), **about}],
        }
        if kind == "system":
            del value["contacts"]

        def landed() -> None:
            message.advance("delivered")
            thread.messages.touch(message)
            thread.wake()

        told = self.meta.postman.tell(number.waba, "messages", value, number, landed)
        return {"id": message.id, "updates": [update.number for update in told]}

    def attach(
        self, number: Number, person: Person, kind: str, file: tuple[str, bytes], **more: Any
    ) -> Json:
        """A message with a file: its name and bytes; `caption`, `voice`, `mime` and the rest of `write`."""
        name, content = file
        stored = Stored(
            id=self.meta.new_id(),
            number=number,
            mime=mime_of(name, more.pop("mime", "")),
            content=content,
            name=name,
            expires=self.meta.now + limits.INBOUND_MEDIA,
        )
        self.meta.keep(stored)
        body: Json = {
            "id": stored.id,
            "mime_type": stored.mime,
            "sha256": stored.sha256,
            "url": stored.address(self.base, self.meta.now),
        }
        for field in ("caption", "voice", "animated"):
            body |= {field: more.pop(field)} if field in more else {}
        body |= {"filename": name} if kind == "document" else {}
        body |= {"voice": body.get("voice", False)} if kind == "audio" else {}
        return self.write(number, person, **{kind: body}, **more)

    def press(self, number: Number, person: Person, wamid: str, choice: str) -> Json:
        """A button or a row under a message, by its id, payload or title."""
        thread = self.meta.thread(number, person)
        message = known(thread.messages.find(wamid), "message")
        for button in message.shown.get("buttons", []):
            if button["type"] == "QUICK_REPLY" and choice in {button["text"], button["payload"]}:
                pressed = {"payload": button["payload"], "text": button["text"]}
                return self.write(number, person, button=pressed, reply_to=wamid)
        action = message.content.get("interactive", {}).get("action", {})
        for kind, offered in (
            ("button_reply", [one["reply"] for one in action.get("buttons", [])]),
            ("list_reply", [row for part in action.get("sections", []) for row in part["rows"]]),
        ):
            for one in offered:
                if choice in {one["id"], one["title"]}:
                    reply = {"type": kind, kind: one}
                    return self.write(number, person, interactive=reply, reply_to=wamid)
        raise LookupError("There is no such button")

    def react(self, number: Number, person: Person, wamid: str, emoji: str) -> Json:
        """Without an emoji: taken back."""
        thread = self.meta.thread(number, person)
        target = known(thread.messages.find(wamid), "message")
        target.reactions["person"] = emoji
        thread.messages.touch(target)
        reaction = {"message_id": wamid, **({"emoji": emoji} if emoji else {})}
        return self._inbound(number, thread, {"type": "reaction", "reaction": reaction})

    def edit(self, number: Number, person: Person, wamid: str, **new: Any) -> Json:
        """The person's own message, as it is now."""
        thread, message = self._own(number, person, wamid)
        if isinstance(new.get("text"), str):
            new["text"] = {"body": new["text"]}
        message.content = {"type": next(iter(new)), **new}
        message.edited = True
        thread.messages.touch(message)
        body = {"original_message_id": wamid, "message": message.content}
        return self._inbound(number, thread, {"type": "edit", "edit": body})

    def revoke(self, number: Number, person: Person, wamid: str) -> Json:
        """Deleted for everybody."""
        thread, message = self._own(number, person, wamid)
        message.revoked = True
        thread.messages.touch(message)
        body = {"original_message_id": wamid}
        return self._inbound(number, thread, {"type": "revoke", "revoke": body})

    def _own(self, number: Number, person: Person, wamid: str) -> tuple[Thread, Message]:
        thread = self.meta.thread(number, person)
        message = known(thread.messages.find(wamid), "message")
        return thread, known(None if message.by_business else message, "message of this person")

    def read(self, number: Number, person: Person) -> int:
        """Open the chat: everything that has arrived is read."""
        return self.meta.fates.read(number, self.meta.thread(number, person))

    def block(self, number: Number, person: Person, *, blocked: bool = True) -> None:
        """Nothing arrives any more, and nobody is told; whoever writes again unblocks."""
        self.meta.thread(number, person).blocked = blocked

    def switch(self, person: Person, *, is_on: bool) -> None:
        """The phone, off or on; what was sent meanwhile arrives when it is on again."""
        person.is_on = is_on
        for number in self.meta.numbers.values():
            thread = number.threads.get(person)
            if is_on and thread is not None:
                self.meta.fates.switched_on(thread)

    def change_phone(self, person: Person, phone: str) -> list[str]:
        """WA40: another number, hence another id; every business that knows the person is told."""
        before, wa_id = person.wa_id, self.meta.wa_id(phone.lstrip("+"))
        portfolios = {one.id: person.bsuid(one.id) for one in self.meta.portfolios.values()}
        self.meta.people.pop(canonical(person.phone), None)
        person.move(phone.lstrip("+"), wa_id)
        self.meta.people[canonical(person.phone)] = person
        told = []
        for number, thread in self._threads(person):
            old, new = portfolios[number.waba.portfolio.id], names(number, person)
            if phone_shown(number, thread, self.meta.now):
                change = {"type": "user_changed_number", "wa_id": wa_id}
                words, who = (before, wa_id), {"from": before, "from_user_id": old}
            else:
                change, words = {"type": "user_changed_user_id"}, (old, new["user_id"])
                who = {"from_user_id": old}
            body = f"User {person.name} changed from {words[0]} to {words[1]}"
            told.append(self._system(number, thread, who, {"body": body, **change, **new}))
        return told

    def change_identity(self, person: Person, identity: str) -> list[str]:
        """Another device: another hash, for numbers that check it."""
        person.identity = identity
        told = []
        for number, thread in self._threads(person):
            if number.identity_check:
                body = f"User {person.name} changed their security code"
                system = {"body": body, "identity": identity, "type": "customer_identity_changed"}
                who = sender(number, thread, self.meta.now)
                told.append(self._system(number, thread, who, {**system, **names(number, person)}))
        return told

    def _threads(self, person: Person) -> list[tuple[Number, Thread]]:
        numbers = self.meta.numbers.values()
        return [(one, one.threads[person]) for one in numbers if person in one.threads]

    def _system(self, number: Number, thread: Thread, who: Json, system: Json) -> str:
        body = {**who, "type": "system", "system": system}
        wamid: str = self._inbound(number, thread, body)["id"]
        return wamid
