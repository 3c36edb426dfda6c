"""How long free text may follow a customer's last message, where a platform has such a rule: afterwards
nothing but an approved template goes out, whoever speaks.
"""

from collections.abc import Mapping
from typing import Any

from channels.templates import is_template
from runtime.storage.ids import Millis

CODE = "window_closed"
CLOSED = (
    "The customer wrote too long ago: only an approved template can be sent until they write again."
)


def closes_at(window: Millis | None, wrote_at: Millis | None, opened_at: Millis) -> Millis | None:
    """None: never, on this platform. Who has not written yet has opened none."""
    if window is None:
        return None
    return opened_at if wrote_at is None else wrote_at + window


def shut(window: Millis | None, wrote_at: Millis | None, now: Millis) -> bool:
    """`window` in milliseconds; none: this platform has no such rule."""
    return window is not None and (wrote_at is None or now >= wrote_at + window)


def may_pass(extra: Mapping[str, Any]) -> bool:
    """Whether these words may go out all the same."""
    return is_template(extra)
