"""From a turn's lines to the model's messages: who said what, and what the model must not mistake.

Customers' words only ever become `user` messages, so that no text of theirs can pose as ours.
"""

from collections.abc import Sequence

from .llm.base import Message, Role
from .turn import Author, Line

BUDGET = 24_000
"""Characters of history; the newest lines are kept."""
LINE_BUDGET = 6_000
"""Characters of one line."""
CUT = "(Earlier messages are left out.)"


def messages_of(lines: Sequence[Line], budget: int = BUDGET) -> list[Message]:
    """Oldest first, within the budget."""
    kept: list[Message] = []
    for line in reversed(lines):
        message = _message(line)
        budget -= len(message.content)
        if budget < 0 and kept:
            kept.append(Message(role=Role.SYSTEM, content=CUT))
            break
        kept.append(message)
    return kept[::-1]


def _message(line: Line) -> Message:
    text = line.text[:LINE_BUDGET]
    if line.attachments:
        text = f"{text}\n[Attached: {', '.join(line.attachments)}]".strip()
    match line.author:
        case Author.CUSTOMER:
            named = f"{line.name}: {text}" if line.name else text
            return Message(role=Role.USER, content=named or "(empty message)")
        case Author.AGENT:
            return Message(role=Role.ASSISTANT, content=text)
        case Author.OPERATOR:
            return Message(role=Role.ASSISTANT, content=f"[written by a human colleague] {text}")
        case Author.EVENT:
            return Message(role=Role.SYSTEM, content=f"[{text}]")
