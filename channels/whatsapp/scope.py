"""What one update stands in: whose it is, when it was sent, and the people it may be about."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from .people import Person

Json = Mapping[str, Any]
OBJECT = "whatsapp_business_account"


class Scope:
    """One change of one entry of a webhook."""

    def __init__(self, entry: Json, change: Json, value: Json) -> None:
        self._entry = entry
        self._change = change
        self.value = value
        self.kind = str(change.get("field"))
        self.waba_id = str(entry.get("id") or "")
        self.moment = str(entry.get("time") or "")
        """When the whole was sent, to tell two updates apart that are otherwise the same."""

    @cached_property
    def phone_number_id(self) -> str:
        """Empty for what is about the whole account."""
        metadata = self.value.get("metadata")
        return str(metadata.get("phone_number_id") or "") if isinstance(metadata, Mapping) else ""

    @property
    def account(self) -> str:
        return self.phone_number_id or self.waba_id

    def alone(self, lists: Mapping[str, Any], key: str, item: Any) -> Json:
        """A webhook that holds nothing but this one item of this one list, and whom it may be about."""
        value = {name: found for name, found in self.value.items() if name not in lists}
        if isinstance(item, Mapping) and len(self._contacts) > 1:
            said = {found for found in item.values() if isinstance(found, str)}
            value["contacts"] = [
                contact
                for contact in self._contacts
                if {contact.get("user_id"), contact.get("wa_id")} & said
            ]
        return self.of({**value, key: [item]})

    def of(self, value: Json) -> Json:
        """A webhook with this value in the place of ours."""
        return webhook({**self._entry, "changes": [{**self._change, "value": value}]})

    @cached_property
    def _contacts(self) -> list[Json]:
        found = self.value.get("contacts")
        many = found if isinstance(found, list) else []
        return [contact for contact in many if isinstance(contact, Mapping)]

    @cached_property
    def _named(self) -> dict[str, Json]:
        return {
            name: contact
            for contact in self._contacts
            for name in Person(user_id=contact.get("user_id"), phone=contact.get("wa_id")).names
        }

    def contact(self, person: Person) -> Json:
        """What is told of this person beside his message; of nobody, what is told of the only one."""
        if not person.names and len(self._contacts) == 1:
            return self._contacts[0]
        return next((self._named[n] for n in person.names if n in self._named), {})


def webhook(entry: Any) -> Json:
    return {"object": OBJECT, "entry": [entry]}


def moment(seconds: Any) -> datetime:
    """Meta writes times as strings, or as numbers. Raises `ValueError` and its like for others."""
    return datetime.fromtimestamp(int(seconds), UTC)
