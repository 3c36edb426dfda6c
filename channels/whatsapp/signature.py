"""Whether a request is Meta's: the signature over the raw bytes, and the token of the first handshake."""

import hashlib
import hmac

from channels.errors import NotGenuine
from channels.messages import Request

HEADER = "x-hub-signature-256"
_PREFIX = b"sha256="


def sign(body: bytes, app_secret: str) -> str:
    """The header's value for these bytes."""
    return f"sha256={hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()}"


def check(request: Request, app_secret: str) -> None:
    """Raises `NotGenuine`. Without a secret nobody is believed."""
    given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
    expected = sign(request.body, app_secret).encode()
    if not app_secret or not given.startswith(_PREFIX) or not hmac.compare_digest(given, expected):
        raise NotGenuine("The signature is missing or wrong.")


def challenge(request: Request, verify_token: str) -> bytes:
    """What Meta wants to read when it is told about a webhook. Raises `NotGenuine`."""
    query = request.query
    given = query.get("hub.verify_token", "").encode("utf-8", "surrogateescape")
    expected = verify_token.encode("utf-8", "surrogateescape")
    known = bool(verify_token) and hmac.compare_digest(given, expected)
    if not known or query.get("hub.mode") != "subscribe":
        raise NotGenuine("The verify token is missing or wrong.")
    return query.get("hub.challenge", "").encode("utf-8", "surrogateescape")
