"""Draws the diagram of docs/handoff.md from `TRANSITIONS`, so that the drawing cannot lie.

`python -m handoff.diagram` prints it as Mermaid; a test holds the document equal to it.
"""

import re
import sys

from .machine import TRANSITIONS, Move
from .state import Mode


def mermaid() -> str:
    """A state diagram: one arrow for each pair of modes, labelled with the events that lead there."""
    arrows: dict[tuple[Mode, Mode], list[str]] = {}
    for (mode, event), move in TRANSITIONS.items():
        for end in move.ends:
            arrows.setdefault((mode, end), []).append(_words(event.__name__))
    lines = ["stateDiagram-v2", "    [*] --> autonomous : customer wrote"]
    lines.append("    [*] --> copilot : operator started it")
    lines += [f"    {a} --> {b} : {'<br/>'.join(names)}" for (a, b), names in arrows.items()]
    lines.append("    finished --> [*]")
    return "\n".join(lines) + "\n"


def table() -> str:
    """The whole table as Markdown: a row for each event, a column for each mode."""
    modes = list(Mode)
    rows = ["| Event | " + " | ".join(modes) + " |", "|---" * (len(modes) + 1) + "|"]
    for event in dict.fromkeys(event for _, event in TRANSITIONS):
        cells = (_cell(TRANSITIONS.get((mode, event))) for mode in modes)
        rows.append(f"| {_words(event.__name__)} | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def _cell(move: Move | None) -> str:
    if move is None:
        return "refused"
    return " or ".join(f"→ {end}" for end in move.ends) or "stays"


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


if __name__ == "__main__":
    sys.stdout.write(mermaid() + "\n" + table())
