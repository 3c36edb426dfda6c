"""Why the machine refuses. Raising changes nothing.

HandoffError
├── IllegalEvent      this can't happen in this mode
│   └── NotInControl  an operator speaks who doesn't have the session
└── StaleEpoch        control has moved since the caller looked; who has it now is told
"""

from .state import Control


class HandoffError(Exception):
    """`control` is the state that refused, unchanged."""

    def __init__(self, detail: str, *, control: Control) -> None:
        super().__init__(detail)
        self.detail = detail
        self.control = control


class IllegalEvent(HandoffError):
    """No such (mode, event) pair is in the table."""


class NotInControl(IllegalEvent):
    """Only the operator who has the session may speak in it."""


class StaleEpoch(HandoffError):
    """Two wanted control at once, and this one came second."""
