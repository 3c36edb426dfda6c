"""No model at all: answers word for word from the agent's knowledge, or hands over, and says so.

It goes the same way as a model does, through the loop and the tools, so that a machine without a
model shows the real path. What it understands by itself is in `phrases`.
"""

import json
from collections.abc import AsyncIterator, Sequence

from agents import stems

from .base import Ask, Chunk, Done, Message, Role, Spent, Text, ToolCall
from .phrases import BY_LANGUAGE, ENGLISH, Phrases

GOOD_FIT = 0.6
"""How much of the question a passage must speak of to be an answer."""
QUOTE = 150
"""Characters of what the customer wrote that are quoted for a colleague."""
SIGNATURE = 5
"""Words that may stand under a mail without being a part of the question."""
NOTE = ENGLISH.note
_Decision = tuple[str, tuple[ToolCall, ...]]


class OfflineLlm:
    """A model-shaped thing with a look-up inside."""

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        text, calls = _decide(ask)
        if text:
            yield Text(text=text)
        finish = "tool_calls" if calls else "stop"
        yield Done(calls=calls, finish=finish, spent=Spent(model="offline"))

    async def aclose(self) -> None:
        """Nothing to close."""


def _decide(ask: Ask) -> _Decision:
    question = _unsigned(_question(ask.messages))
    phrases = _phrases(question)
    found = _found(ask.messages)
    if found is not None:
        return _answer(found, ask, phrases)
    if not question and _suggests(ask):
        said = (one.content for one in ask.messages if one.role is Role.USER)
        return _phrases(" ".join(said)).more, ()
    for language in (phrases, *BY_LANGUAGE.values()):
        if language.person.search(question):
            return _asked_for(language, question, ask)
    greeting = phrases.greeting.match(question)
    rest = question[greeting.end() :] if greeting else question
    courtesy = _courtesy(phrases, rest, ask, greeted=greeting is not None)
    return (courtesy, ()) if courtesy else _look_up(rest, ask, phrases)


def _asked_for(language: Phrases, question: str, ask: Ask) -> _Decision:
    before = _before(ask.messages) or "They have said nothing yet of what it is about."
    summary = f"The customer asks for a person: {_quoted(question)}. {before}"
    reason = "The customer asked for a person"
    return _hand_over(reason, language, summary, ask, asked=True)


def _courtesy(phrases: Phrases, rest: str, ask: Ask, *, greeted: bool) -> str:
    """An answer that needs no knowledge, or nothing."""
    for language in (phrases, *BY_LANGUAGE.values()):
        if language.who.search(rest):
            return _note(language, ask)
    if greeted and len(rest.split()) <= 1:
        return f"{phrases.hello} {_note(phrases, ask)}"
    return phrases.welcome if phrases.thanks.match(rest) else ""


def _note(phrases: Phrases, ask: Ask) -> str:
    return phrases.alone if _is_alone(ask) else phrases.note


def _look_up(question: str, ask: Ask, phrases: Phrases) -> _Decision:
    if not _has(ask, "search_knowledge"):
        reason = "There is no knowledge to answer from"
        return _hand_over(reason, phrases, f"The customer wrote: {_quoted(question)}.", ask)
    query = json.dumps({"query": question}, ensure_ascii=False)
    return "", (ToolCall(id=_id(ask), name="search_knowledge", arguments=query),)


def _question(messages: Sequence[Message]) -> str:
    """Everything that the customer wrote since anybody answered."""
    asked: list[str] = []
    for message in reversed(messages):
        if message.role is Role.USER:
            asked.append(message.content)
        elif message.role is Role.ASSISTANT and not message.calls:
            break
    return "\n".join(reversed(asked)).strip()


def _unsigned(text: str) -> str:
    """Without the few words under a mail: who wrote it, and regards."""
    body, gap, name = text.rpartition("\n\n")
    return body if gap and len(name.split()) <= SIGNATURE and "?" not in name else text


def _before(messages: Sequence[Message]) -> str:
    """What the customer wrote before somebody answered last, the newest two; or nothing."""
    answered = [
        place
        for place, message in enumerate(messages)
        if message.role is Role.ASSISTANT and not message.calls
    ]
    before = messages[: answered[-1]] if answered else ()
    asked = [one.content for one in before if one.role is Role.USER]
    said = [_quoted(text) for text in asked if " " in text.strip()][-2:]  # one word is a greeting
    return f"Before that they wrote: {', '.join(said)}." if said else ""


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= QUOTE else flat[: QUOTE - 1] + '…'}”"


def _phrases(question: str) -> Phrases:
    """Of the language that the customer writes in; a greeting tells it better than a guess."""
    for phrases in BY_LANGUAGE.values():
        if phrases.greeting.match(question) or phrases.thanks.match(question):
            return phrases
    return BY_LANGUAGE[stems.language_of(question)]


def _found(messages: Sequence[Message]) -> list[dict[str, object]] | None:
    """What the search of this turn brought; none if it has not been made."""
    last = messages[-1] if messages else None
    if last is None or last.role is not Role.TOOL:
        return None
    try:
        found = json.loads(last.content)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _answer(found: list[dict[str, object]], ask: Ask, phrases: Phrases) -> _Decision:
    best = max(found, key=_fit, default=None)
    if best is None or _fit(best) < GOOD_FIT:
        found_out = (
            f"What comes closest in the knowledge is {best['source']}, and it does not fit."
            if best
            else "The knowledge says nothing about it."
        )
        wanted = _quoted(_question(ask.messages))
        summary = f"The customer asks: {wanted}. {found_out} {_before(ask.messages)}".strip()
        reason = "The knowledge has no answer to this question"
        return _hand_over(reason, phrases, summary, ask)
    return str(best["text"]), ()


def _fit(passage: dict[str, object]) -> float:
    return float(str(passage.get("fit", 0)))


def _hand_over(
    reason: str, phrases: Phrases, summary: str, ask: Ask, *, asked: bool = False
) -> _Decision:
    if _is_alone(ask):
        return f"{phrases.nobody} {phrases.alone}" if asked else phrases.unsure, ()
    if _suggests(ask):
        return phrases.moment, ()
    message = phrases.passing if asked else phrases.unknown
    given = {"reason": reason, "message": message, "summary": summary, "customer_asked": asked}
    arguments = json.dumps(given, ensure_ascii=False)
    return "", (ToolCall(id=_id(ask), name="hand_over", arguments=arguments),)


def _suggests(ask: Ask) -> bool:
    """A person has the conversation, who may send what it says as it is."""
    return not _has(ask, "hand_over") and not _has(ask, "remember")


def _is_alone(ask: Ask) -> bool:
    """It speaks to the customer, for it may remember something, and can't hand over."""
    return _has(ask, "remember") and not _has(ask, "hand_over")


def _has(ask: Ask, tool: str) -> bool:
    return any(one.name == tool for one in ask.tools)


def _id(ask: Ask) -> str:
    return f"call_{len(ask.messages)}"
