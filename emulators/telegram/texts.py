"""Texts and captions as a bot gives them: parsed, trimmed, and within Telegram's limits (TG15 to TG23)."""

from . import entities, limits
from .chats import Json
from .errors import bad
from .markdown import parse_markdown, parse_markdown_v2
from .markup import parse_html
from .parameters import Parameters

_PARSERS: dict[str, entities.Parse] = {
    "html": parse_html,
    "markdown": parse_markdown,
    "markdownv2": parse_markdown_v2,
}


def formatted(raw: str, mode: str, given: list[Json] | None) -> tuple[str, list[Json]]:
    """Plain text and its entities; `given` counts only without a parse_mode."""
    if len(raw) > limits.RAW_TEXT or len(raw.encode()) > limits.RAW_TEXT:
        raise bad("text is too long")  # TG17
    if raw and mode and mode != "none":
        parse = _PARSERS.get(mode.lower())
        if parse is None:
            raise bad("unsupported parse_mode")  # TG19
        return entities.trimmed(*parse(raw))
    return entities.trimmed(raw, entities.given(given, raw) if given else [])


def message_text(parameters: Parameters) -> Json:
    """What a message says: `text`, and `entities` if it has some."""
    text, found = formatted(
        parameters.text("text"), parameters.text("parse_mode"), parameters.array("entities")
    )
    if not text:
        raise bad("message text is empty")  # TG15
    if len(text) > limits.TEXT:
        raise bad("message is too long")  # TG16
    return {"text": text, "entities": found} if found else {"text": text}


def caption(parameters: Parameters) -> Json:
    return caption_of(
        parameters.text("caption"),
        parameters.text("parse_mode"),
        parameters.array("caption_entities"),
    )


def caption_of(raw: str, mode: str, given: list[Json] | None) -> Json:
    text, found = formatted(raw, mode, given)
    if len(text) > limits.CAPTION:
        raise bad("message caption is too long")  # TG18
    said: Json = {"caption": text} if text else {}
    return {**said, "caption_entities": found} if found else said
