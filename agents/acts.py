"""The tools that every agent has: hand over, finish, remember, search the knowledge.

One `Acts` belongs to one turn and collects what the model decided, for the agent to report.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import ToolFailed
from .facts import Field, named
from .knowledge import Knowledge
from .tools import Tool, bound, tool
from .turn import AskHuman, Passage

BUILT_IN = ("hand_over", "finish", "remember", "search_knowledge")
MAX_FACTS = 10
"""What may be remembered in one turn."""
MAX_FACT = 300
MAX_SUMMARY = 600


@dataclass(kw_only=True, slots=True)
class Acts:
    """What the model did with the built-in tools in one turn."""

    knowledge: Knowledge | None = None
    fields: Sequence[Field] = ()
    ask_human: AskHuman | None = None
    finish_text: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
    sources: list[Passage] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.ask_human is not None or self.finish_text is not None

    @tool(changes=True)
    async def hand_over(
        self, reason: str, message: str, *, summary: str = "", customer_asked: bool = False
    ) -> str:
        """Pass this conversation to a human colleague. Use it when you can't or may not help, or when
        the customer wants a person. After this you are silent.

        Args:
            reason: For the colleague: why, in one sentence.
            message: For the customer, in his language: one friendly sentence that a person takes over.
            summary: For the colleague, who has read nothing yet: what the customer wants, what you found
                or tried, and what is left to do, in two or three short sentences.
            customer_asked: Whether the customer asked for a person.
        """
        if not message.strip():
            raise ToolFailed("The customer must be told: give a message.")
        self.ask_human = AskHuman(
            reason=reason.strip() or "The agent gave no reason",
            text=message.strip(),
            summary=summary.strip()[:MAX_SUMMARY],
            asked_by_customer=customer_asked,
        )
        return "Done."

    @tool(changes=True)
    async def finish(self, message: str = "") -> str:
        """Close this conversation, only when the customer has said that nothing is left to do.

        Args:
            message: A last short sentence for the customer, in his language.
        """
        self.finish_text = message.strip()
        return "Done."

    @tool()
    async def remember(self, name: str, value: str) -> str:
        """Remember a fact about this customer for later conversations, such as a shoe size. Never
        passwords, card numbers or anything about health.

        Args:
            name: What it is: the name that your instructions have for it, or one or two English words,
                such as shoe_size.
            value: The fact, short.
        """
        if len(self.facts) >= MAX_FACTS:
            raise ToolFailed("That is enough to remember for now.")
        if not name.strip() or not value.strip():
            raise ToolFailed("A fact needs a name and a value.")
        kept = named(name, self.fields)
        self.facts[kept] = value.strip()[:MAX_FACT]
        return f"Remembered as {kept}."

    @tool()
    async def search_knowledge(self, query: str) -> list[dict[str, Any]]:
        """Search what is known about the business. Always use it before you answer a question of fact.

        Args:
            query: What to look for, in the customer's own words.
        """
        if self.knowledge is None:
            return []
        await self.knowledge.refresh()
        found = self.knowledge.search(query)
        self.sources += [passage for passage in found if passage not in self.sources]
        return [
            {"source": passage.source, "fit": passage.fit, "text": passage.text}
            for passage in found
        ]

    def tools(self, names: Collection[str]) -> dict[str, Tool]:
        """Those of `names`, bound to this turn; their schemas are made once for the process."""
        return {
            name: replace(one, _method=getattr(self, name))
            for name, one in _templates().items()
            if name in names and (name != "search_knowledge" or self.knowledge is not None)
        }


_made: dict[str, Tool] = {}


def _templates() -> Mapping[str, Tool]:
    if not _made:
        blank = Acts()
        for name in BUILT_IN:
            _made[name] = bound(getattr(blank, name))
    return _made
