"""What the trunk refuses or cannot do; each error knows its HTTP status, its code, and who reacts.

BatonError
├── Misconfigured       an admin must change a setting; the process does not start
├── Unavailable         the database is out of reach: the same again later (503)
├── NotFound            no such channel, session, customer … (404)
├── Conflict            true a moment ago, no longer (409)
├── NotLoggedIn         nobody is known by this cookie or token (401)
├── Forbidden           this operator may not do that (403)
├── Unconditional       say under which epoch you act (428)
├── Invalid             the body says something that cannot be (422)
├── TooMany             slower, please (429)
├── ChannelStopped      this channel does not listen now (503, the platform keeps it)
├── NotGenuine          the request is not from the platform (401)
├── Malformed           the body is not what the platform could send (400)
└── TooLarge            more than a body may have (413)
"""

from http import HTTPStatus
from typing import Any


class BatonError(Exception):
    """`detail` is a sentence for whoever must react; `retry` says whether the same may succeed."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal_error"
    retry = False

    def __init__(self, detail: str, *, code: str | None = None, **facts: Any) -> None:
        """`facts` go into the answer beside the sentence, for machines."""
        super().__init__(detail)
        self.detail = detail
        self.facts = facts
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


class NotLoggedIn(BatonError):
    """Log in, or send another token."""

    status = HTTPStatus.UNAUTHORIZED
    code = "not_logged_in"


class Forbidden(BatonError):
    """Ask an admin for another role."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class Unconditional(BatonError):
    """Whoever sends this must say which control he believes in."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    code = "precondition_required"


class Invalid(BatonError):
    """Whoever wrote the request must mend it; the facts name the fields."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"


class TooMany(BatonError):
    """The same again after `retry_after` seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many"
    retry = True


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
