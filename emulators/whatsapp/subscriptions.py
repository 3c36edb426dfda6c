"""Where webhooks go: the app's callback and the overrides of it, each verified first (WA37)."""

import secrets
from urllib.parse import urlsplit

from .accounts import FIELDS, App
from .calls import Call, fields
from .errors import GraphError, Json, missing, required, unwanted
from .state import Meta
from .updates import OBJECT

OURSELVES = frozenset({"127.0.0.1", "localhost", "::1"})


async def verify(meta: Meta, url: str, token: str) -> tuple[int, str, bool]:
    """What the callback answers to `hub.challenge`, and whether that verifies it."""
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    status, answer = await meta.postman.ask(url, query)
    return status, answer, status == 200 and answer == challenge


async def settle(meta: Meta, url: str, token: str) -> None:
    """Raises what Meta says of a callback that is not good."""
    parts = urlsplit(url)
    local = meta.switches.local_mode and parts.hostname in OURSELVES
    if parts.scheme != "https" and not local:
        raise unwanted("callback_url", "must be an HTTPS address.")
    status, _, is_good = await verify(meta, url, token)
    if not is_good:
        words = "Callback verification failed with the following errors: HTTP Status Code = "
        raise GraphError(2200, f"{words}{status}; the challenge was not echoed")


async def subscribe(call: Call) -> Json:
    """`POST /{app}/subscriptions`, with the token of the app itself."""
    given, app = call.given, _own(call)
    given.only("object", "callback_url", "verify_token", "fields", "include_values")
    for name in ("object", "callback_url", "verify_token"):
        if not given.text(name):
            raise required(name)
    if given.text("object") != OBJECT:
        raise unwanted("object", f"must be {OBJECT} here.")
    wanted = given.values.get("fields") or FIELDS
    names = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    if not set(names) <= set(FIELDS):
        raise unwanted("fields", f"must be one of {{{', '.join(FIELDS)}}}.")
    await settle(call.meta, given.text("callback_url"), given.text("verify_token"))
    app.callback_url, app.verify_token = given.text("callback_url"), given.text("verify_token")
    app.fields = set(names)
    return {"success": True}


def _own(call: Call) -> App:
    if not isinstance(call.target, App) or call.token.app is not call.target:
        raise missing("post", str(call.target.id))
    return call.target


async def subscriptions(call: Call) -> Json:
    app = _own(call)
    if not app.callback_url:
        return {"data": []}
    named = [{"name": name, "version": call.version} for name in sorted(app.fields)]
    about = {"object": OBJECT, "callback_url": app.callback_url, "active": True, "fields": named}
    return {"data": [about]}


async def add_app(call: Call) -> Json:
    """`POST /{account}/subscribed_apps`, with a callback that overrides the app's, or none."""
    given, app = call.given, call.token.app
    given.only("override_callback_uri", "verify_token", "subscribed_fields")
    url = given.text("override_callback_uri")
    if url:
        await settle(call.meta, url, given.text("verify_token"))
    call.waba.subscribed[app.id] = url
    return {"success": True}


async def remove_app(call: Call) -> Json:
    call.waba.subscribed.pop(call.token.app.id, None)
    return {"success": True}


async def apps(call: Call) -> Json:
    data = []
    for app_id, override in call.waba.subscribed.items():
        about: Json = {"whatsapp_business_api_data": {"id": app_id, "name": f"App {app_id}"}}
        about |= {"override_callback_uri": override} if override else {}
        data.append(about)
    return {"data": data}


async def change_number(call: Call) -> Json:
    """`POST /{number}` with `webhook_configuration`."""
    given, number = call.given, call.number
    given.only("webhook_configuration")
    wanted = given.values.get("webhook_configuration")
    if not isinstance(wanted, dict):
        raise required("webhook_configuration")
    url = str(wanted.get("override_callback_uri") or "")
    if url:
        await settle(call.meta, url, str(wanted.get("verify_token") or ""))
    number.override = (url, call.token.app.id) if url else ("", "")
    return {"success": True}


async def look_at_number(call: Call) -> Json:
    shown = "verified_name,code_verification_status,display_phone_number,quality_rating,id"
    return fields(call.given, _number(call), shown)


def _number(call: Call) -> Json:
    number = call.number
    waba, app = number.waba, call.token.app
    hooks: Json = {"application": app.callback_url}
    if waba.subscribed.get(app.id):
        hooks["whatsapp_business_account"] = waba.subscribed[app.id]
    if number.override[0]:
        hooks["phone_number"] = number.override[0]
    limit = waba.portfolio.limit
    return {
        "id": number.id,
        "verified_name": number.verified_name,
        "display_phone_number": number.phone,
        "quality_rating": number.quality,
        "code_verification_status": "VERIFIED" if number.registered else "NOT_VERIFIED",
        "status": "CONNECTED" if number.registered else "DISCONNECTED",
        "name_status": "APPROVED",
        "platform_type": "CLOUD_API",
        "is_on_biz_app": number.coexistence,
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": f"TIER_{limit}" if limit else "TIER_UNLIMITED",
        "webhook_configuration": hooks,
    }


async def look_at_waba(call: Call) -> Json:
    waba = call.waba
    about = {
        "id": waba.id,
        "name": waba.name,
        "timezone_id": "1",
        "message_template_namespace": f"namespace_{waba.id}",
        "owner_business_info": {"id": waba.portfolio.id, "name": waba.name},
        "account_review_status": "APPROVED",
    }
    return fields(call.given, about, "id,name,timezone_id,message_template_namespace")


async def numbers(call: Call) -> Json:
    """`GET /{account}/phone_numbers`."""
    shown = "id verified_name display_phone_number quality_rating".split()
    mine = [one for one in call.meta.numbers.values() if one.waba is call.waba]
    found = [
        {
            "id": one.id,
            "verified_name": one.verified_name,
            "display_phone_number": one.phone,
            "quality_rating": one.quality,
        }
        for one in mine
    ]
    call.given.only("fields", "limit", "after")
    return {"data": [{name: one[name] for name in shown} for one in found]}


async def register(call: Call) -> Json:
    call.given.only("messaging_product", "pin", "data_localization_region")
    if not call.given.text("pin"):
        raise required("pin")
    call.number.registered = True
    return {"success": True}


async def deregister(call: Call) -> Json:
    call.number.registered = False
    return {"success": True}
