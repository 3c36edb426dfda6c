"""GraphError    Meta says no: a code, the words of that code, and the HTTP status that goes with it
failure       the same in a status that comes later: what was accepted has failed after all

Whoever calls should build on `code`: statuses and words change. WA1 to WA34 say which code belongs where.
"""

import secrets
from typing import Any

Json = dict[str, Any]

CODES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "An unknown error occurred"),
    2: (503, "Service temporarily unavailable"),
    3: (500, "Application does not have the capability to make this API call."),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    200: (403, "Permissions error"),
    368: (403, "Temporarily blocked for policies violations"),
    2200: (400, "Callback verification failed"),
    2500: (400, "Unknown path components"),
    2635: (400, "You are calling a deprecated version of the API"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country."),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient phone number cannot be sender phone number"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131037: (
        400,
        "WhatsApp provided number needs display name approval before message can be sent.",
    ),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131062: (400, "Business-scoped User ID (BSUID) recipients are not supported for this message"),
    131063: (400, "Marketing templates are turned off"),
    131064: (400, "Messaging limit reached"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132008: (400, "Template parameter value is invalid"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is Paused"),
    132016: (400, "Template is Disabled"),
    132018: (400, "There's an issue with the parameters in your template"),
    132068: (400, "Flow is in blocked state"),
    132069: (400, "Flow is in throttled state"),
    133000: (500, "Incomplete Deregistration"),
    133004: (503, "Server Temporarily Unavailable"),
    133005: (400, "Two step verification PIN Mismatch"),
    133010: (400, "Phone number Not Registered"),
    133016: (400, "Account register deregister rate limit exceeded"),
    134011: (400, "WhatsApp Payments terms of service has not been accepted"),
    135000: (400, "Generic user error"),
}
THROTTLES = frozenset({4, 80007, 130429, 131048, 131056, 133016})
"""Codes for which older documents promise the status 429."""
TRANSIENT = frozenset({1, 2, 131000, 131016, 133004})
DETAILS = {
    130429: "Cloud API message throughput has been reached.",
    130472: "Failed to send message because this user's phone number is part of an experiment",
    131026: "Message Undeliverable.",
    131030: "Recipient phone number not in allowed list: Add recipient phone number to recipient list"
    " and try again.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last"
    " replied to this number.",
    131048: "Message failed to send because there are restrictions on how many messages can be sent"
    " from this phone number.",
    131049: "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    131050: "Recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
    131053: "Media upload error",
    131056: "Message failed to send because there were too many messages sent from this phone number"
    " to the same phone number in a short period of time.",
    131057: "Business Account is in maintenance mode",
    131062: "Business-scoped User ID (BSUID) recipients are not supported for this message.",
}
HREF = (
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes"
)


class GraphError(Exception):
    """`title` replaces the words of the code; `user` is what Meta would show a person."""

    def __init__(
        self,
        code: int,
        title: str = "",
        details: str = "",
        *,
        subcode: int = 0,
        user: tuple[str, str] = ("", ""),
        **body: Any,
    ) -> None:
        self.status, words = CODES.get(code, (400, "An unknown error occurred"))
        self.code = code
        self.message = f"(#{code}) {title or words}"
        self.details = details or ("" if title else DETAILS.get(code, ""))
        super().__init__(f"{self.message} {self.details}".strip())
        more: Json = {"error_subcode": subcode} if subcode else {}
        if user[0]:
            more |= {"is_transient": False, "error_user_title": user[0], "error_user_msg": user[1]}
        self._more = {**more, **body}

    def json(self) -> Json:
        error: Json = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.code in TRANSIENT:
            error["is_transient"] = True
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": {**error, **self._more, "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}}


def required(name: str) -> GraphError:
    return GraphError(100, f"The parameter {name} is required.")


def unwanted(name: str, details: str) -> GraphError:
    """A value that breaks a rule which Meta words itself: `details` is the whole sentence."""
    return GraphError(100, f"Param {name} {details}", f"Param {name} {details}")


def parameter(details: str) -> GraphError:
    return GraphError(100, details=details)


def invalid(details: str) -> GraphError:
    return GraphError(131009, details=details)


def missing(verb: str, object_id: str) -> GraphError:
    """WA3: nobody says whether it does not exist or is only not ours."""
    words = (
        f"Unsupported {verb.lower()} request. Object with ID '{object_id}' does not exist, cannot be"
        " loaded due to missing permissions, or does not support this operation. Please read the"
        " Graph API documentation at https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, subcode=33, message=words, type="GraphMethodException")


def unauthorised(words: str, subcode: int = 0) -> GraphError:
    return GraphError(190, subcode=subcode, message=words)


def failure(code: int) -> Json:
    """WA13, WA15, WA18, WA19: one of `errors` in a status."""
    _, title = CODES.get(code, (400, "Something went wrong"))
    details = DETAILS.get(code, title)
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": HREF,
    }
