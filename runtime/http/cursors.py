"""Where a list goes on: a key as text that means nothing to whoever carries it."""

import base64
import binascii
import json
from typing import Any

from runtime import errors


def packed(name: str, *key: Any) -> str:
    """`name` says which list it belongs to."""
    return base64.urlsafe_b64encode(json.dumps([name, *key]).encode()).decode().rstrip("=")


def unpacked(cursor: str, name: str, *kinds: type) -> tuple[Any, ...]:
    """The key; empty for the first page. Raises `Invalid` for what `packed` did not give this list."""
    if not cursor:
        return ()
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or [name, *kinds] != [*found[:1], *map(type, found[1:])]:
        raise errors.Invalid(_WRONG)
    if not all(map(_sound, found[1:])):
        raise errors.Invalid(_WRONG)
    return tuple(found[1:])


def _sound(part: Any) -> bool:
    """A time, or an id."""
    if isinstance(part, int):
        return 0 <= part < _LATEST
    return str(part).isascii() and str(part).isalnum()


_LATEST = 2**53
_WRONG = "cursor: it is not from this list."
