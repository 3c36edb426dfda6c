"""The kinds of addresses under which channels know people, as operators call them. Each channel declares
its own; those that mean something outside of one platform are here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityKind:
    """One kind of `channels.messages.Identity`."""

    name: str
    what: str
    """In an operator's words, such as `WhatsApp number`."""
    world: str = ""
    """What people write down, where it is that: `email` or `phone`; empty: only the platform knows it."""


EMAIL = IdentityKind(name="email", what="Email", world="email")
PHONE = IdentityKind(name="phone", what="Phone", world="phone")
WHATSAPP_NUMBER = IdentityKind(name="wa_phone", what="WhatsApp number", world="phone")
WORLDS = {one.name: one.world for one in (EMAIL, PHONE, WHATSAPP_NUMBER)}
"""By the name of the kind."""
