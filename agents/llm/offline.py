"""No model at all: answers word for word from the agent's knowledge, or hands over, and says so.

It goes the same way as a model does, through the loop and the tools, so that a machine without a
model shows the real path. It understands a few intents by their words, in a few languages.
"""

import json
import re
from collections.abc import AsyncIterator, Sequence

from .base import Ask, Chunk, Done, Message, Role, Spent, Text, ToolCall

GOOD_FIT = 0.5
"""How much of the question a passage must speak of to be an answer."""

_HUMAN = re.compile(
    r"\b(human|real person|person|operator|agent|representative|colleague|someone|somebody|staff"
    r"|mensch(en)?|mitarbeiter(in)?|kundendienst|humano|persona|operador|agente"
    r"|humain|conseiller|personne|человек\w*|оператор\w*|сотрудник\w*|менеджер\w*)\b",
    re.IGNORECASE,
)
_WANT = re.compile(
    r"\b(talk|speak|chat|want|need|connect|get|give|transfer|call|sprechen|reden|möchte|will|brauche"
    r"|hablar|quiero|necesito|pas[ae]me|parler|veux|voudrais|besoin"
    r"|поговорить|хочу|нужен|нужна|позовите|соедините|переведите)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(/start|hi+|hello|hey|good (morning|afternoon|evening)|hallo|guten (tag|morgen|abend)|moin"
    r"|hola|buen[oa]s( días| tardes)?|bonjour|salut|привет|здравствуйте|добрый (день|вечер))\b\W*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^\W*(thanks?( you)?|thx|great|perfect|ok(ay)?|danke|gracias|merci|спасибо)\b.{0,30}$",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\b(who|what) are you\b|\bare you (a )?(bot|robot|human|real|ai)\b|\bwer bist du\b|\bвы (бот|кто)\b"
    r"|\bты (бот|кто)\b|\bquién eres\b|\bqui es[- ]tu\b",
    re.IGNORECASE,
)
NOTE = (
    "I'm the shop's assistant, running without a language model: I answer word for word from what "
    "the shop has written down, and pass everything else to a person."
)


class OfflineLlm:
    """A model-shaped thing with a look-up inside."""

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        text, calls = _decide(ask)
        if text:
            yield Text(text=text)
        yield Done(
            calls=calls, finish="tool_calls" if calls else "stop", spent=Spent(model="offline")
        )

    async def aclose(self) -> None:
        """Nothing to close."""


def _decide(ask: Ask) -> tuple[str, tuple[ToolCall, ...]]:
    found = _found(ask.messages)
    question = _question(ask.messages)
    if found is not None:
        return _answer(question, found, ask)
    if _HUMAN.search(question) and _WANT.search(question):
        return _hand_over("The customer asked for a person", ask, asked=True)
    rest = _GREETING.sub("", question, count=1).strip()
    courtesy = _courtesy(question, rest)
    if courtesy:
        return courtesy, ()
    if not any(tool.name == "search_knowledge" for tool in ask.tools):
        return _hand_over("There is no knowledge to answer from", ask)
    query = json.dumps({"query": rest or question}, ensure_ascii=False)
    return "", (ToolCall(id="search", name="search_knowledge", arguments=query),)


def _courtesy(question: str, rest: str) -> str:
    """An answer that needs no knowledge, or nothing."""
    if _WHO.search(question):
        return NOTE
    if _GREETING.match(question) and len(rest.split()) <= 1:
        return f"Hello! {NOTE} What would you like to know?"
    if _THANKS.match(question):
        return "You're welcome! Is there anything else I can look up for you?"
    return ""


def _question(messages: Sequence[Message]) -> str:
    """Everything that the customer wrote since anybody answered."""
    asked: list[str] = []
    for message in reversed(messages):
        if message.role is Role.USER:
            asked.append(message.content)
        elif message.role is Role.ASSISTANT and not message.calls:
            break
    return "\n".join(reversed(asked)).strip()


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


def _answer(
    question: str, found: list[dict[str, object]], ask: Ask
) -> tuple[str, tuple[ToolCall, ...]]:
    best = max(found, key=lambda one: float(str(one.get("fit", 0))), default=None)
    if best is None or float(str(best.get("fit", 0))) < GOOD_FIT:
        return _hand_over(f"The knowledge has no answer to: {question[:200]}", ask)
    return str(best["text"]), ()


def _hand_over(reason: str, ask: Ask, *, asked: bool = False) -> tuple[str, tuple[ToolCall, ...]]:
    if not any(tool.name == "hand_over" for tool in ask.tools):
        return "I can't answer that.", ()
    if any(call.name == "hand_over" for message in ask.messages for call in message.calls):
        return "I don't have an answer to that in the knowledge.", ()
    message = (
        "Of course, I'm passing you to a colleague. Somebody will answer you right here."
        if asked
        else "I don't know that for certain, so I'm passing you to a colleague. Somebody will "
        "answer you right here."
    )
    arguments = json.dumps(
        {"reason": reason, "message": message, "customer_asked": asked}, ensure_ascii=False
    )
    return "", (ToolCall(id="hand_over", name="hand_over", arguments=arguments),)
