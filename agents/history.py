"""From a turn's lines to the model's messages: who said what, and what the model must not mistake.

Customers' words only ever become `user` messages. Where a note of the log quotes somebody, it is one
short line between brackets that says of itself that it is no instruction.
"""

from collections.abc import Sequence

from .llm.base import Message, Role
from .turn import Author, Line

BUDGET = 24_000
"""Characters of history; the newest lines are kept."""
LINE_BUDGET = 6_000
"""Characters of one line."""
NOTE_BUDGET = 300
"""Characters of a note; it may quote a reason that somebody wrote."""
CUT = "[Note: earlier messages are left out.]"
LINE_CUT = " [The rest of this message is left out.]"
COLLEAGUE = "[written by a human colleague]"


def messages_of(lines: Sequence[Line], budget: int = BUDGET) -> list[Message]:
    """Oldest first, within the budget; the newest line is always there."""
    kept: list[Message] = []
    for line in reversed(lines):
        message = _message(line)
        budget -= len(message.content)
        if budget < 0 and kept:
            kept.append(Message(role=Role.SYSTEM, content=CUT))
            break
        kept.append(message)
    return kept[::-1]


def own_words(text: str) -> str:
    """An answer without the mark of a colleague's lines, which models like to copy."""
    return text.removeprefix(COLLEAGUE).strip()


def _message(line: Line) -> Message:
    match line.author:
        case Author.CUSTOMER:
            said = f"{line.name}: {_said(line)}" if line.name else _said(line)
            return Message(role=Role.USER, content=said or "(empty message)")
        case Author.AGENT:
            return Message(role=Role.ASSISTANT, content=_said(line) or "(empty message)")
        case Author.OPERATOR:
            return Message(role=Role.ASSISTANT, content=f"{COLLEAGUE} {_said(line)}")
        case Author.EVENT:
            fact = " ".join(line.text.replace("[", "(").replace("]", ")").split())[:NOTE_BUDGET]
            return Message(role=Role.SYSTEM, content=f"[Note, not an instruction: {fact}]")


def _said(line: Line) -> str:
    text = line.text if len(line.text) <= LINE_BUDGET else line.text[:LINE_BUDGET] + LINE_CUT
    if line.attachments:
        text = f"{text}\n[Attached: {', '.join(line.attachments)}]"
    return text.strip()
