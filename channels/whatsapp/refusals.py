"""Meta's error codes in the words of `channels.errors`: who must react, and may it go again?

Only the code counts: HTTP statuses and titles differ between documents, versions and servers. The line
that matters runs between `RetryLater`, surely not accepted, and `OutcomeUnknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from channels import errors

Json = Mapping[str, Any]

PAIR_LIMIT = 131056
UNDELIVERABLE = 131026
OPTED_OUT = 131050
CONTEXT_REFUSED = 131009
SUBCODE_MISSING = 33


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What we make of a code. `after` in seconds; only what waits has it."""

    kind: type[errors.ChannelError]
    sentence: str
    after: float = 0.0
    whole_account: bool = False


def _dead(sentence: str) -> Meaning:
    return Meaning(kind=errors.Unauthorised, sentence=sentence)


def _no(sentence: str) -> Meaning:
    return Meaning(kind=errors.Rejected, sentence=sentence)


def _gone(sentence: str) -> Meaning:
    return Meaning(kind=errors.Unreachable, sentence=sentence)


def _wait(sentence: str, after: float, *, whole_account: bool = True) -> Meaning:
    return Meaning(
        kind=errors.RetryLater, sentence=sentence, after=after, whole_account=whole_account
    )


_TOKEN = _dead("The access token is wrong, or no longer valid.")
_PERMISSION = _dead("The access token lacks a permission that WhatsApp needs.")
_BUSY = "WhatsApp cannot take messages now."
_REGISTRATION = _dead("The phone number is not registered for the Cloud API.")
_BODY = "WhatsApp refuses a part of this message."
_FIT = "The values do not fit the template."

MEANINGS: dict[int, Meaning] = {
    0: _TOKEN,
    1: _wait(_BUSY, 5),
    2: _wait(_BUSY, 5),
    3: _PERMISSION,
    4: _wait("The app makes too many requests.", 60),
    10: _PERMISSION,
    33: _no("WhatsApp does not know what this message is about."),
    100: _no(_BODY),
    190: _TOKEN,
    368: _dead("WhatsApp has blocked this account for violating its policies."),
    2635: _dead("This version of the Graph API is no longer served."),
    80007: _wait("The WhatsApp Business account makes too many requests.", 60),
    130429: _wait("This number sends too many messages.", 2),
    130472: _no("This customer is part of a WhatsApp experiment and gets no such messages."),
    # One country's customers must not stop the number for all the others.
    130497: _gone("WhatsApp does not let this business write to the customer's country."),
    131000: Meaning(kind=errors.OutcomeUnknown, sentence="Something went wrong at WhatsApp."),
    131005: _PERMISSION,
    131008: _no("A part of this message is missing."),
    CONTEXT_REFUSED: _no(_BODY),
    131016: _wait(_BUSY, 10),
    131021: _no("A number cannot write to itself."),
    UNDELIVERABLE: _gone("The message cannot be delivered: the customer may not be on WhatsApp."),
    131030: _gone("A test number may only write to the recipients on its list."),
    131031: _dead("WhatsApp has locked this account."),
    131037: _dead("The display name of this number is not approved."),
    131042: _no("WhatsApp cannot bill this account: its payment method must be corrected."),
    131045: _REGISTRATION,
    131047: _no("The customer has not written for 24 hours: only a template can be sent."),
    131048: _no("WhatsApp restricts this number because customers report its messages."),
    131049: _no("WhatsApp limits marketing messages to this customer for now; wait a day."),
    OPTED_OUT: _no("The customer does not want marketing messages from this business."),
    131051: _no("WhatsApp does not support messages of this kind."),
    131052: _no("WhatsApp could not fetch the file."),
    131053: _no("WhatsApp does not take this file."),
    PAIR_LIMIT: _wait("Too many messages to this customer at once.", 4, whole_account=False),
    131057: _wait("This account is being maintained.", 60),
    131062: _no("This message needs the customer's phone number."),
    131063: _no("Marketing templates are switched off for this number."),
    131064: _no("The account has written to as many new people as WhatsApp allows in a day."),
    132000: _no("The template has another number of variables."),
    132001: _no("The template does not exist in this language, or is not approved."),
    132005: _no("With these values the template is too long."),
    132007: _no("The values violate WhatsApp's policies."),
    132008: _no(_FIT),
    132012: _no(_FIT),
    132015: _no("WhatsApp has paused the template because customers dislike it."),
    132016: _no("WhatsApp has disabled the template because customers dislike it."),
    132018: _no(_FIT),
    132068: _no("The form in this template is blocked."),
    132069: _no("The form in this template is throttled."),
    133004: _wait(_BUSY, 30),
}
_RANGES: tuple[tuple[int, int, Meaning], ...] = (
    (200, 299, _PERMISSION),
    (133000, 133999, _REGISTRATION),
)


def by_code(code: int) -> Meaning | None:
    """None for a code that we don't know."""
    found = MEANINGS.get(code)
    ranged = (meaning for first, last, meaning in _RANGES if first <= code <= last)
    return found or next(ranged, None)


def told(failure: Json) -> tuple[str, str]:
    """Code and sentence of one entry among `errors` of a webhook."""
    code = _int(failure.get("code"))
    meaning = by_code(code)
    return str(failure.get("code") or ""), _detail(failure, meaning.sentence if meaning else "")


def of(status: int, body: Any) -> errors.ChannelError:
    """What an answer other than a success means."""
    failure = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(failure, Mapping):
        return _of_status(status)
    code, subcode = _int(failure.get("code")), _int(failure.get("error_subcode"))
    meaning = by_code(code)
    if (code, subcode) == (100, SUBCODE_MISSING):
        meaning = _dead("The number or account does not exist, or the access token may not use it.")
    if meaning is None:
        kind = errors.Rejected if status < HTTPStatus.INTERNAL_SERVER_ERROR else None
        meaning = Meaning(kind=kind or errors.OutcomeUnknown, sentence="")
    detail = _detail(failure, meaning.sentence)
    if meaning.kind is errors.RetryLater:
        return errors.RetryLater(
            detail, after=meaning.after, whole_account=meaning.whole_account, code=str(code)
        )
    return meaning.kind(detail, code=str(code))


def _of_status(status: int) -> errors.ChannelError:
    """Not Meta's own words: a proxy, or a server that is down."""
    if status == HTTPStatus.UNAUTHORIZED:
        return errors.Unauthorised(_TOKEN.sentence, code=str(status))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return errors.RetryLater(_BUSY, after=10, whole_account=True, code=str(status))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return errors.Rejected("The file is too large.", code=str(status))
    return errors.OutcomeUnknown("WhatsApp's answer could not be understood.", code=str(status))


def _detail(failure: Json, sentence: str) -> str:
    """Our sentence, and what Meta says more exactly."""
    data = failure.get("error_data")
    exactly = str(data.get("details") or "") if isinstance(data, Mapping) else ""
    exactly = exactly or str(failure.get("message") or failure.get("title") or "")
    if not sentence:
        return exactly or "WhatsApp refuses this, and does not say why."
    return f"{sentence} ({exactly})" if exactly else sentence


def _int(code: Any) -> int:
    try:
        return int(code)
    except (TypeError, ValueError, OverflowError):
        return -1
