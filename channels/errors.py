"""What can go wrong at a platform, by who must react.

ChannelError
├── NotGenuine        the request is not from the platform: 401, nothing stored
├── Malformed         not even JSON: 400, nothing stored
├── RetryLater        surely not accepted; the same again after `after` seconds
├── OutcomeUnknown    it may or may not have been accepted; never repeated blindly
├── Unreachable       this person cannot be written to; an operator should know why
├── Moved             the conversation has a new address; send there
├── Rejected          the platform refuses this very message; repeating is useless
└── Unauthorised      the account's credentials no longer work: the channel stops, an admin reacts
"""

from .messages import Address


class ChannelError(Exception):
    """`detail` is a sentence for a person; `code` is the platform's own, for machines."""

    def __init__(self, detail: str, *, code: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code


class NotGenuine(ChannelError):
    """The secret or the signature is missing or wrong."""


class Malformed(ChannelError):
    """The body is not what this platform could ever send."""


class RetryLater(ChannelError):
    """Surely not accepted. `after` in seconds; `whole_account` when every chat must wait."""

    def __init__(
        self, detail: str, *, after: float, whole_account: bool = False, code: str = ""
    ) -> None:
        super().__init__(detail, code=code)
        self.after = after
        self.whole_account = whole_account


class OutcomeUnknown(ChannelError):
    """The connection broke, or the platform failed, after it may have taken the message."""


class Unreachable(ChannelError):
    """The person blocked us, left, or never wrote first."""


class Moved(ChannelError):
    """The conversation lives at `new` now; nothing was accepted at the old address."""

    def __init__(self, detail: str, *, new: Address) -> None:
        super().__init__(detail)
        self.new = new


class Rejected(ChannelError):
    """The platform understood and refuses: too long, empty, a wrong file. Ours to mend."""


class Unauthorised(ChannelError):
    """The token is revoked or wrong, or another process holds the account."""
