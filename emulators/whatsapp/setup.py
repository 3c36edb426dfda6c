"""A number with all that belongs to it: portfolio, account, app, token. And templates without review."""

from typing import Any

from .accounts import App, Number, Portfolio, Template, Waba
from .errors import Json
from .outside import known
from .state import Meta


def number(meta: Meta, *, of: str = "", access_token: str = "", **more: Any) -> Number:
    """On the account of the number `of`, or on a new one with an app of its own. What has no id gets one."""
    names = ("app_id", "app_secret", "waba_id", "portfolio_id")
    app_id, secret, waba_id, portfolio_id = (str(more.pop(name, "")) for name in names)
    if more.get("allowed") is not None:
        more["allowed"] = set(more["allowed"])
    if of:
        return meta.add_number(known(meta.numbers.get(of), "number").waba, **more)
    app = meta.add_app(app_id=app_id, secret=secret)
    portfolio = Portfolio(id=portfolio_id) if portfolio_id else None
    named = {"name": str(more.get("name") or "Shop"), "waba_id": waba_id}
    waba = meta.add_waba(app, portfolio=portfolio, **named)
    token = meta.add_token(app, wabas={waba.id})
    if access_token:
        del meta.tokens[token.value]
        token.value = access_token
        meta.tokens[access_token] = token
    return meta.add_number(waba, **more)


def app_of(meta: Meta, number: Number) -> App:
    """The first one that is subscribed."""
    found = (meta.apps.get(app_id) for app_id in number.waba.subscribed)
    return known(next(found, None), "app")


def credentials(meta: Meta, number: Number) -> Json:
    """What a business needs to use its number, and where its webhooks go."""
    app = app_of(meta, number)
    tokens = (one for one in meta.tokens.values() if one.app is app and one.value != app.token)
    token = known(next(tokens, None), "token")
    return {
        "phone_number_id": number.id,
        "waba_id": number.waba.id,
        "display_phone_number": number.phone,
        "verified_name": number.verified_name,
        "access_token": token.value,
        "app_id": app.id,
        "app_secret": app.secret,
        "callback_url": app.callback_url,
        "verify_token": app.verify_token,
    }


def template(meta: Meta, waba: Waba, name: str, body: str = "", **more: Any) -> Template:
    """Approved unless `status` says otherwise; `body`, or `components` as Meta writes them."""
    components = more.pop("components", None) or [{"type": "BODY", "text": body}]
    values = {"language": "en_US", "category": "UTILITY", **more}
    found = Template(id=meta.new_id(), waba=waba, name=name, components=components, **values)
    waba.templates[found.id] = found
    return found
