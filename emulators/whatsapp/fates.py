"""What becomes of a message that Meta has accepted: the statuses that follow (WA36), and when.

Acceptance is not delivery: sent, delivered and read come as each happens, or `failed` with the reason.
"""

from dataclasses import dataclass, field
from functools import partial

from .accounts import Number
from .agenda import Agenda
from .delivery import Postman
from .errors import Json, failure
from .identities import contact, phone_shown
from .people import Message, Thread
from .switches import Switches


@dataclass(kw_only=True)
class Fate:
    """Statuses to order: any of them, in any order, as often as given, each `pause` after the last."""

    statuses: list[str] = field(default_factory=lambda: ["sent", "delivered", "read"])
    code: int = 131000
    """Why it failed, for `failed`."""
    to: str = ""
    """Only for this phone or id; empty: any."""
    times: int = 1
    pause: float = 0.02


class Fates:
    """For every message that was accepted."""

    def __init__(self, switches: Switches, agenda: Agenda, postman: Postman) -> None:
        self.ordered: list[Fate] = []
        self._switches = switches
        self._agenda = agenda
        self._postman = postman
        self._waiting: dict[Thread, list[tuple[Number, Message]]] = {}

    def begin(self, number: Number, thread: Thread, message: Message, code: int = 0) -> None:
        """`code`: it was accepted, and will fail (WA13, WA15, WA18, WA19)."""
        tell = partial(self.tell, number, thread, message)
        fate = self._ordered_for(number, thread)
        if fate is not None:
            for place, status in enumerate(fate.statuses, 1):
                why = fate.code if status == "failed" else 0
                self._agenda.after(place * fate.pause, partial(tell, status, why))
        elif code:
            self._agenda.after(self._switches.sent_after, partial(tell, "failed", code))
        else:
            self._agenda.after(
                self._switches.sent_after, partial(self._sent, number, thread, message)
            )

    def _ordered_for(self, number: Number, thread: Thread) -> Fate | None:
        names = {
            "",
            thread.person.phone,
            thread.person.wa_id,
            thread.person.bsuid(number.waba.portfolio.id),
        }
        for fate in self.ordered:
            if fate.to.lstrip("+") in names:
                fate.times -= 1
                if fate.times <= 0:
                    self.ordered.remove(fate)
                return fate
        return None

    def _sent(self, number: Number, thread: Thread, message: Message) -> None:
        self.tell(number, thread, message, "sent")
        if thread.blocked:
            return  # who blocked a business never gets it, and the business is never told
        if thread.person.is_on:
            arrive = partial(self._arrived, number, thread, message)
            self._agenda.after(self._switches.delivered_after, arrive)
        else:
            self._waiting.setdefault(thread, []).append((number, message))

    def _arrived(self, number: Number, thread: Thread, message: Message) -> None:
        """Who has the chat open reads at once, and no `delivered` is told."""
        if thread.person.reads:
            read = partial(self.tell, number, thread, message, "read")
            self._agenda.after(self._switches.read_after, read)
        else:
            self.tell(number, thread, message, "delivered")

    def switched_on(self, thread: Thread) -> None:
        """The phone is on again, and gets what waited."""
        for number, message in self._waiting.pop(thread, []):
            self._arrived(number, thread, message)

    def read(self, number: Number, thread: Thread) -> int:
        """The person opens the chat; how many messages that read."""
        found = [
            message
            for message in thread.messages
            if message.by_business and message.status == "delivered"
        ]
        for message in found:
            self.tell(number, thread, message, "read")
        return len(found)

    def tell(
        self, number: Number, thread: Thread, message: Message, status: str, code: int = 0
    ) -> None:
        """A status, now."""
        message.advance(status)
        if status == "failed":
            message.error, message.status = code, "failed"
        thread.messages.touch(message)
        thread.wake()
        value = self._value(number, thread, message, status, code)
        self._postman.tell(number.waba, "messages", value, number)

    def _value(
        self, number: Number, thread: Thread, message: Message, status: str, code: int
    ) -> Json:
        now, person = self._agenda.now, thread.person
        known = contact(number, thread, now)
        about: Json = {"id": message.id, "status": status, "timestamp": str(int(now))}
        if message.to_phone or phone_shown(number, thread, now):
            about["recipient_id"] = person.wa_id
        if status != "failed" or not message.to_phone:
            about["recipient_user_id"] = known["user_id"]
        if message.callback_data:
            about["biz_opaque_callback_data"] = message.callback_data
        value: Json = {"messaging_product": "whatsapp", "metadata": number.metadata}
        if status == "failed":
            return {**value, "statuses": [{**about, "errors": [failure(code)]}]}
        if status == "sent":
            known["profile"].pop("username", None)
        about |= self._price(thread, message, status)
        return {**value, "contacts": [known], "statuses": [about]}

    def _price(self, thread: Thread, message: Message, status: str) -> Json:
        """On `sent`, and on whichever of `delivered` and `read` is first."""
        is_entry = self._agenda.now < thread.entry_until
        stage = "sent" if status == "sent" else "arrived"
        if stage in message.priced:
            return {}
        message.priced.add(stage)
        free = message.category in {"service", "utility"} and message.in_window
        kind = "free_entry_point" if is_entry else "free_customer_service" if free else "regular"
        pricing: Json = {
            "billable": kind == "regular",
            "pricing_model": "PMP",
            "type": kind,
            "category": message.category,
        }
        if not is_entry and self._switches.webhook_version >= 24:
            return {"pricing": pricing}
        origin = "referral_conversion" if is_entry else message.category
        ends = thread.entry_until if is_entry else self._agenda.now + 24 * 3600
        conversation: Json = {"id": f"c{message.id[6:38]}", "origin": {"type": origin}}
        if status == "sent":
            conversation["expiration_timestamp"] = str(int(ends))
        return {"conversation": conversation, "pricing": pricing}

    def forget(self) -> None:
        self.ordered.clear()
        self._waiting.clear()
