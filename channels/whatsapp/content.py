"""What one WhatsApp message says, as text and files: pure, and lenient with what it doesn't know."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from channels.messages import RemoteFile

Json = Mapping[str, Any]

_FILES = {
    # What a file is called when it has no name.
    "audio": "audio",
    "document": "document",
    "image": "image",
    "sticker": "sticker",
    "video": "video",
}
_ENDINGS = {
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/3gpp": ".3gp",
    "video/mp4": ".mp4",
}


def files(message: Json) -> tuple[RemoteFile, ...]:
    """What is attached, if WhatsApp hands it out."""
    kind = str(message.get("type"))
    body = message.get(kind)
    if kind not in _FILES or not isinstance(body, Mapping) or not body.get("id"):
        return ()
    mime = str(body.get("mime_type") or "").partition(";")[0].strip()
    return (
        RemoteFile(
            ref=str(body["id"]),
            kind="voice" if kind == "audio" and body.get("voice") else kind,
            name=str(body.get("filename") or _FILES[kind] + _ENDINGS.get(mime, "")),
            mime=mime,
        ),
    )


def text(message: Json) -> str:
    """Its words, or a plain sentence for what has none, or nothing for a file alone."""
    kind = str(message.get("type"))
    body = message.get(kind)
    said = ""
    if kind in _SENTENCES and isinstance(body, Mapping | list) and body:
        said = _SENTENCES[kind](body)
    if not said and not files(message):
        said = _unshown(message, kind)
    return "\n".join(filter(None, (*_circumstances(message), said)))


def _unshown(message: Json, kind: str) -> str:
    """The customer did say something: whoever answers must know that there is more to see."""
    told = message.get("unsupported")
    if isinstance(told, Mapping) and told.get("type"):
        kind = str(told["type"])
    return f"[A message that WhatsApp does not hand on: {kind.replace('_', ' ')}]"


def _circumstances(message: Json) -> Iterator[str]:
    """Where the words come from, and what they are about."""
    referral = message.get("referral")
    if isinstance(referral, Mapping):
        seen = referral.get("headline") or referral.get("body") or referral.get("source_url") or ""
        yield f"[In answer to an advertisement: {seen}]"
    context = message.get("context")
    if not isinstance(context, Mapping):
        return
    if context.get("forwarded") or context.get("frequently_forwarded"):
        yield "[Forwarded]"
    product = context.get("referred_product")
    if isinstance(product, Mapping):
        yield f"[About product {product.get('product_retailer_id', '')}]"


def choice(message: Json) -> str:
    """The data of the button or row that was pressed."""
    kind = str(message.get("type"))
    body = message.get(kind)
    if not isinstance(body, Mapping):
        return ""
    if kind == "button":
        return str(body.get("payload") or "")
    if kind != "interactive":
        return ""
    pressed = body.get("button_reply") or body.get("list_reply")
    return str(pressed.get("id") or "") if isinstance(pressed, Mapping) else ""


def _location(where: Json) -> str:
    place = ", ".join(str(where[key]) for key in ("name", "address") if where.get(key))
    point = f"{where.get('latitude')}, {where.get('longitude')}"
    return f"Place: {place} ({point})" if place else f"Location: {point}"


def _contacts(cards: Any) -> str:
    return "\n".join(_card(card) for card in cards)


def _card(card: Json) -> str:
    name = card.get("name") or {}
    called = name.get("formatted_name") or name.get("first_name") or ""
    phones = [
        str(phone.get("phone") or phone.get("wa_id") or "") for phone in _each(card, "phones")
    ]
    emails = [str(email.get("email") or "") for email in _each(card, "emails")]
    return "Contact: " + ", ".join(filter(None, (str(called), *phones, *emails)))


def _each(card: Json, key: str) -> Iterator[Json]:
    return (one for one in card.get(key) or () if isinstance(one, Mapping))


def _interactive(body: Json) -> str:
    pressed = body.get("button_reply") or body.get("list_reply")
    if isinstance(pressed, Mapping):
        return ": ".join(str(pressed[key]) for key in ("title", "description") if pressed.get(key))
    form = body.get("nfm_reply")
    if isinstance(form, Mapping):
        return _form(form)
    call = body.get("call_permission_reply")
    if isinstance(call, Mapping):
        return f"Permission to call: {call.get('response', '')}"
    return ""


def _form(form: Json) -> str:
    """A filled form's answers; they come as JSON within a string."""
    try:
        answers = json.loads(str(form.get("response_json") or "{}"))
    except (ValueError, RecursionError):
        answers = {}
    lines = [str(form.get("body") or form.get("name") or "Form")]
    if isinstance(answers, dict):
        lines += [f"{key}: {_flat(value)}" for key, value in answers.items() if key != "flow_token"]
    return "\n".join(lines)


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _order(order: Json) -> str:
    lines = [
        f"{item.get('quantity', 1)} × {item.get('product_retailer_id', '')}"
        f" ({item.get('item_price', '')} {item.get('currency', '')})"
        for item in _each(order, "product_items")
    ]
    return "\n".join(filter(None, ("Order:", *lines, str(order.get("text") or ""))))


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "text": lambda said: str(said.get("body") or ""),
    "image": lambda file: str(file.get("caption") or ""),
    "video": lambda file: str(file.get("caption") or ""),
    "document": lambda file: str(file.get("caption") or ""),
    "button": lambda pressed: str(pressed.get("text") or pressed.get("payload") or ""),
    "interactive": _interactive,
    "location": _location,
    "contacts": _contacts,
    "order": _order,
}
