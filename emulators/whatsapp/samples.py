"""One of everything that can come in: each type of message (WA41), and each other field of a webhook."""

from typing import Any

from .accounts import Number
from .errors import Json

_UNSUPPORTED = {
    "code": 131051,
    "title": "Message type unknown",
    "message": "Message type unknown",
    "error_data": {"details": "Message type is currently not supported."},
}
_GONE = {
    "code": 131060,
    "title": "This message is unavailable",
    "message": "This message is unavailable",
    "error_data": {"details": "This message is currently unavailable."},
}
MESSAGES: dict[str, Json] = {
    "text": {"text": {"body": "Where is my parcel?"}},
    "forwarded": {"text": {"body": "Look at this"}, "context": {"forwarded": True}},
    "frequently_forwarded": {
        "text": {"body": "Send it to ten friends"},
        "context": {"frequently_forwarded": True},
    },
    "from_a_product": {
        "text": {"body": "Is it blue?"},
        "context": {"referred_product": {"catalog_id": "7", "product_retailer_id": "parcel-1"}},
    },
    "from_an_advertisement": {
        "text": {"body": "Tell me more"},
        "referral": {
            "source_url": "https://fb.me/3cr4Wqqkv",
            "source_id": "120226305854810726",
            "source_type": "ad",
            "headline": "Chat with us",
            "body": "Summer parcels are here!",
            "media_type": "image",
            "image_url": "https://example.com/ad.jpg",
            "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e",
            "welcome_message": {"text": "Hi there! Let us know how we can help!"},
        },
    },
    "in_a_group": {"text": {"body": "Hello all"}, "group_id": "Y2FwaV9ncm91cDox"},
    "location": {
        "location": {
            "latitude": 52.5163,
            "longitude": 13.3777,
            "name": "Gate",
            "address": "Pariser Platz",
            "url": "https://example.com/gate",
        }
    },
    "contacts": {
        "contacts": [
            {
                "name": {"formatted_name": "Bob Smith", "first_name": "Bob"},
                "phones": [{"phone": "+16505550100", "wa_id": "16505550100", "type": "HOME"}],
            }
        ]
    },
    "contact_request_answer": {
        "contacts": [{"vcard": "BEGIN:VCARD", "phones": [{"phone": "+16505550100"}]}],
        "origin": "contact_request",
    },
    "button_reply": {
        "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}
    },
    "list_reply": {
        "interactive": {
            "type": "list_reply",
            "list_reply": {"id": "express", "title": "Express", "description": "Tomorrow"},
        }
    },
    "nfm_reply": {
        "interactive": {
            "type": "nfm_reply",
            "nfm_reply": {
                "name": "flow",
                "body": "Sent",
                "response_json": '{"flow_token":"t","day":"Monday"}',
            },
        }
    },
    "call_permission_reply": {
        "interactive": {
            "type": "call_permission_reply",
            "call_permission_reply": {"response": "accept", "is_permanent": False},
        }
    },
    "interactive_that_failed": {"type": "interactive", "errors": [_UNSUPPORTED]},
    "button": {"button": {"payload": "STOP", "text": "Stop promotions"}},
    "order": {
        "order": {
            "catalog_id": "194836987003835",
            "text": "Please gift-wrap it",
            "product_items": [
                {
                    "product_retailer_id": "di9ozbzfi4",
                    "quantity": 2,
                    "item_price": 30,
                    "currency": "EUR",
                }
            ],
        }
    },
    "unsupported": {
        "type": "unsupported",
        "errors": [_UNSUPPORTED],
        "unsupported": {"type": "poll_creation"},
    },
    "not_available": {
        "type": "unsupported",
        "errors": [_GONE],
        "unsupported": {"type": "media_placeholder"},
    },
    "request_welcome": {"type": "request_welcome"},
    "of_tomorrow": {"type": "hologram", "hologram": {"id": "1", "depth": 3}},
}


def value(field: str, number: Number) -> Json:
    """What a field tells that is about no message."""
    known = _ABOUT_NUMBERS.get(field) or _ABOUT_ACCOUNTS.get(field)
    found: Json = dict(known or {"event": "SOMETHING_OF_TOMORROW"})
    if field in _ABOUT_NUMBERS:
        return {"messaging_product": "whatsapp", "metadata": number.metadata, **found}
    if field in _NAMED_BY_PHONE:
        found["display_phone_number"] = number.phone
    return found


_ABOUT_NUMBERS: dict[str, Any] = {
    "smb_app_state_sync": {
        "state_sync": [
            {
                "type": "contact",
                "contact": {
                    "full_name": "Bob Smith",
                    "first_name": "Bob",
                    "phone_number": "16505550100",
                },
                "action": "add",
                "metadata": {"timestamp": "1739321024"},
            }
        ]
    },
    "history": {
        "history": [
            {
                "metadata": {"phase": 0, "chunk_order": 1, "progress": 55},
                "threads": [
                    {
                        "id": "16505550100",
                        "messages": [
                            {
                                "from": "16505550100",
                                "id": "wamid.history",
                                "timestamp": "1739230955",
                                "type": "text",
                                "text": {"body": "A year ago"},
                                "history_context": {"status": "READ"},
                            }
                        ],
                    }
                ],
            }
        ]
    },
}
_NAMED_BY_PHONE = frozenset(
    "phone_number_quality_update phone_number_name_update security business_username_updates".split()
)
_ABOUT_ACCOUNTS: dict[str, Any] = {
    "phone_number_quality_update": {
        "event": "UPGRADE",
        "old_limit": "TIER_250",
        "current_limit": "TIER_2K",
        "max_daily_conversations_per_business": "TIER_2K",
    },
    "phone_number_name_update": {
        "decision": "REJECTED",
        "requested_verified_name": "Shop",
        "rejection_reason": "NAME_EMPLOYEE_ISSUE",
    },
    "business_capability_update": {
        "max_daily_conversations_per_business": 2000,
        "max_phone_numbers_per_business": 25,
    },
    "account_update": {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
    "account_alerts": {
        "entity_type": "BUSINESS",
        "entity_id": "506914307656634",
        "alert_info": {
            "alert_severity": "WARNING",
            "alert_status": "ACTIVE",
            "alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
            "alert_description": "Limits cannot be increased for your business.",
        },
    },
    "account_review_update": {"decision": "APPROVED"},
    "security": {"event": "PIN_CHANGED", "requester": "61555822107539"},
    "business_username_updates": {"username": "shop", "status": "approved"},
}
