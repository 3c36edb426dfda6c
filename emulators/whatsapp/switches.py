"""Where Meta's documents disagree, or its servers may do either: what this emulator shall do."""

from dataclasses import dataclass


@dataclass(kw_only=True)
class Switches:
    """All can be changed while it runs, but for the last three."""

    throttle_status: int = 0
    """429: throttles answer so; 0: as each code says."""
    sync_window: bool = False
    """WA13: outside the window it is refused at once, not later."""
    old_versions: str = "refuse"
    """WA4; or `upgrade`, as real servers sometimes do in silence."""
    normalise: bool = True
    """WA12."""
    limit_code: int = 131064
    """WA18; or 131048."""
    reactions_open: bool = False
    """WA14: reactions open the window too."""
    webhook_version: int = 26
    """Below 24, statuses tell of conversations."""
    sent_after: float = 0.02
    delivered_after: float = 0.02
    read_after: float = 0.02
    """WA36: seconds, each from the one before."""
    review_after: float = 0.0
    """Until a new template is approved; below 0: never by itself."""
    local_mode: bool = True
    """Callbacks may be on this machine, without TLS."""
    answer_seconds: float = 20.0
    """WA39: how long a callback may take."""
    keep_messages: int = 10_000
