"""Who is who on WhatsApp. The key is the business-scoped user id (`US.13491208655302741918`); the phone
is a second, optional name that changes and wanders. A conversation is called by the first it has.
"""

import re
from collections.abc import Mapping
from typing import Any

from channels.errors import Rejected
from channels.identities import WHATSAPP_NUMBER, IdentityKind
from channels.messages import Address, Identity, Sender

Json = Mapping[str, Any]
IDENTITIES = (
    WHATSAPP_NUMBER,
    IdentityKind(name="wa_bsuid", what="WhatsApp user"),
    IdentityKind(name="wa_parent_bsuid", what="WhatsApp user across our businesses"),
)

_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE = re.compile(r"\+?(\d{5,20})")
_GROUP = re.compile(r"[A-Za-z0-9_=:/+-]{10,256}")
_CHANGED = re.compile(r" changed from (\S+) to (\S+)\s*\Z")


class Person:
    """The names of one person, of which any may be missing."""

    def __init__(self, *, user_id: Any = None, parent_id: Any = None, phone: Any = None) -> None:
        names = [str(name) for name in (user_id, phone) if name]
        # Old samples have the user id where the phone belongs; it is never a number.
        self.user_id = next((name for name in names if is_user_id(name)), "")
        self.parent_id = str(parent_id or "")
        self.phone = next((with_plus(name) for name in names if _PHONE.fullmatch(name)), "")

    @property
    def names(self) -> tuple[str, ...]:
        """As chats are called, the best one first."""
        return tuple(name for name in (self.user_id, self.phone) if name)

    def address(self) -> Address:
        """Raises `ValueError` for nobody."""
        if not self.names:
            raise ValueError("It is of nobody.")
        return Address(chat=self.names[0], also=self.names[1:])

    def sender(self, contact: Json | None = None) -> Sender:
        kinds = {
            "wa_bsuid": self.user_id,
            "wa_parent_bsuid": self.parent_id,
            "wa_phone": self.phone,
        }
        profile = (contact or {}).get("profile") or {}
        username = str(profile.get("username") or "")
        return Sender(
            identities=tuple(
                Identity(kind=kind, value=value) for kind, value in kinds.items() if value
            ),
            name=str(profile.get("name") or username or self.phone),
            username=username,
        )


def is_user_id(name: str) -> bool:
    return _USER_ID.fullmatch(name) is not None


def with_plus(phone: str) -> str:
    """Without it Meta would read the number as one of our own country."""
    return f"+{phone.removeprefix('+')}"


def renamed(body: str) -> tuple[str, str]:
    """The old and the new name, from the end of the sentence that tells of it; or nothing."""
    found = _CHANGED.search(body)
    return (found[1], found[2]) if found else ("", "")


def recipient(chat: str) -> dict[str, str]:
    """How a request names them. Raises `Rejected` for what is no name on WhatsApp."""
    if is_user_id(chat):
        return {"recipient_type": "individual", "recipient": chat}
    if _PHONE.fullmatch(chat):
        return {"recipient_type": "individual", "to": with_plus(chat)}
    if _GROUP.fullmatch(chat):
        return {"recipient_type": "group", "to": chat}
    raise Rejected("This is not the address of a WhatsApp chat.")


def canonical(chat: str) -> str:
    """The same name in the form in which we keep it."""
    return with_plus(chat) if _PHONE.fullmatch(chat) else chat
