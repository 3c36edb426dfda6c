"""WA38: bodies that a webhook must refuse, and bodies as large as they may be."""

import json
import secrets
from typing import Any

from .accounts import App
from .errors import Json
from .state import Meta
from .updates import OBJECT, encoded, signature, signed

HOW = ("good", "bad", "missing", "malformed", "other_secret", "sha1", "reserialised")


def body_of(value: Any, padding: int = 0) -> bytes:
    """As Meta writes it, made longer by so many bytes."""
    found: Json = value if value is not None else {"object": OBJECT, "entry": []}
    return encoded({**found, "padding": "x" * padding} if padding else found)


async def post(meta: Meta, app: App, body: bytes, how: str = "good") -> int:
    """What the app's callback answers to it."""
    if how not in HOW:
        raise LookupError(f"There is no such signature; there are {', '.join(HOW)}")
    headers = signed(body, app.secret)
    match how:
        case "bad":
            headers["X-Hub-Signature-256"] = f"sha256={secrets.token_hex(32)}"
        case "missing":
            del headers["X-Hub-Signature-256"], headers["X-Hub-Signature"]
        case "malformed":
            headers["X-Hub-Signature-256"] = headers["X-Hub-Signature-256"].removeprefix("sha256=")
        case "other_secret":
            headers["X-Hub-Signature-256"] = signature(body, secrets.token_hex(16))
        case "sha1":
            del headers["X-Hub-Signature-256"]
        case "reserialised":  # the same JSON in other bytes, with the signature of Meta's bytes
            body = json.dumps(json.loads(body), ensure_ascii=False, indent=1).encode()
    return await meta.postman.post(app.callback_url, body, headers)
