"""What the trunk refuses or cannot do; each error knows its HTTP status, its code, and who reacts.

BatonError
├── Misconfigured       an admin must change a setting; the process does not start
├── Unavailable         the database is out of reach: the same again later (503)
├── NotFound            no such channel, session, customer … (404)
├── Conflict            true a moment ago, no longer (409)
├── ChannelStopped      this channel does not listen now (503, the platform keeps it)
├── NotGenuine          the request is not from the platform (401)
├── Malformed           the body is not what the platform could send (400)
└── TooLarge            more than a body may have (413)
"""

from http import HTTPStatus


class BatonError(Exception):
    """`detail` is a sentence for whoever must react; `retry` says whether the same may succeed."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal_error"
    retry = False

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class Misconfigured(BatonError):
    """A setting is missing or wrong; the sentence says which and how to mend it."""

    code = "misconfigured"


class Unavailable(BatonError):
    """The database cannot take this now. Nothing of it was stored."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
    retry = True


class NotFound(BatonError):
    """There is no such thing."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class Conflict(BatonError):
    """Somebody or something was faster."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class ChannelStopped(BatonError):
    """The channel exists but does not run; platforms keep the message and try again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "channel_not_running"
    retry = True


class NotGenuine(BatonError):
    """No or a wrong secret: nothing is stored."""

    status = HTTPStatus.UNAUTHORIZED
    code = "not_genuine"


class Malformed(BatonError):
    """Nothing a platform could have sent: nothing is stored."""

    status = HTTPStatus.BAD_REQUEST
    code = "malformed"


class TooLarge(BatonError):
    """The body is longer than any platform's."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"
