"""Media: what a business uploaded and what people sent, each for so long, and the addresses they have."""

import hashlib
import mimetypes
import secrets
from dataclasses import dataclass, field

from . import limits
from .accounts import Number


@dataclass(eq=False, kw_only=True)
class Stored:
    """WA32: `expires` after 30 days, or 7 if it came from a person; each address after 5 minutes."""

    id: str
    number: Number
    mime: str
    content: bytes
    name: str
    expires: float
    addresses: dict[str, float] = field(default_factory=dict)
    """When each ends, by the part of it that nobody can guess."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def kind(self) -> str:
        return next((kind for kind, (_, mimes) in limits.MEDIA.items() if self.mime in mimes), "")

    def address(self, base: str, now: float) -> str:
        self.addresses = {key: until for key, until in self.addresses.items() if until > now}
        key = secrets.token_urlsafe(24)
        self.addresses[key] = now + limits.MEDIA_URL
        ends = int(now + limits.MEDIA_URL)
        return f"{base}/whatsapp_business/attachments/?mid={self.id}&ext={ends}&hash={key}"

    def is_at(self, key: str, now: float) -> bool:
        return self.expires > now and self.addresses.get(key, 0.0) > now


def mime_of(name: str, given: str = "") -> str:
    """Without the parameters that browsers add."""
    mime = given.partition(";")[0].strip().lower()
    return mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
