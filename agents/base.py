"""What a bot developer subclasses. A folder, a class, a template, some Markdown: that is an agent.

An agent is a description and holds no conversation; everything it knows of one is in the `Turn`.
"""

import contextvars
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import prompts

from . import history
from .acts import Acts
from .errors import BadAnswer, Misconfigured
from .knowledge import Knowledge
from .llm.base import Llm, Message, Role
from .loop import Limits, OnText, Run
from .tools import Tool, tools_of
from .turn import Reply, Suggestion, Turn

_current: contextvars.ContextVar[Turn] = contextvars.ContextVar("turn")
SUGGEST = "copilot/suggest.md.j2"


class Agent:
    """Set the class attributes, write tools as methods marked with `@tool`."""

    name: ClassVar[str] = ""
    """As customers and operators know it."""
    description: ClassVar[str] = ""
    """Half a sentence: who it is and for whom it works."""
    prompt: ClassVar[str] = "instructions.md.j2"
    """The template of its instructions, in its folder's `prompts/` or in `prompts/AGENT_ID/`."""
    model: ClassVar[str] = ""
    """Empty: the model of the settings."""
    temperature: ClassVar[float | None] = None
    limits: ClassVar[Limits] = Limits()
    idle_minutes: ClassVar[float] = 24 * 60
    """A conversation with nothing new for so long is finished; the next message opens a new one."""
    handoff_conditions: ClassVar[Sequence[str]] = (
        "the customer asks for a person",
        "you don't know the answer, or the tools can't find it",
        "the customer is upset or complains for the second time",
    )

    def __init__(self, *, llm: Llm, folder: Path) -> None:
        """Raises `Misconfigured` with a sentence on how to mend it."""
        self.id = folder.name
        if not self.name or not self.description:
            raise Misconfigured(f"Agent {self.id}: give its class a name and a description.")
        self._llm = llm
        self._folders = (folder / "prompts", prompts.HERE / self.id)
        self._tools = tools_of(self)
        clash = set(self._tools) & set(Acts().tools())
        if clash:
            raise Misconfigured(f"Agent {self.id}: rename the tool {min(clash)}; it is built in.")
        self.knowledge = _knowledge(folder / "knowledge")
        try:
            self.prompt_version = prompts.version(self.prompt, folders=self._folders)
        except prompts.PromptError as error:
            raise Misconfigured(
                f"Agent {self.id}: {error} Put it into {self.id}/prompts/."
            ) from error

    @property
    def turn(self) -> Turn:
        """The turn that a tool is called in."""
        return _current.get()

    async def reply(self, turn: Turn) -> Reply:
        """Answer the customer. Raises the errors of `agents.errors`."""
        acts = Acts(knowledge=self.knowledge)
        run = self._run(acts, await self._opening(turn), turn)
        _current.set(turn)
        text = await run.answer()
        if acts.finish_text is not None:
            text = "\n\n".join(part for part in (text, acts.finish_text) if part)
        return Reply(
            text=text,
            ask_human=acts.ask_human,
            finish=acts.finish_text is not None and acts.ask_human is None,
            facts=acts.facts,
            sources=tuple(acts.sources),
            usage=run.usage,
            prompt_version=self.prompt_version,
        )

    async def suggest(self, turn: Turn, on_text: OnText | None = None) -> Suggestion:
        """What an operator could send next; `on_text` is given the pieces as they are written."""
        acts = Acts(knowledge=self.knowledge)
        opening = await self._opening(turn)
        words = prompts.render(
            SUGGEST, instructions=opening[0].content, instruction=turn.instruction
        )
        opening[0] = Message(role=Role.SYSTEM, content=words)
        run = self._run(acts, opening, turn)
        run.propose, run.on_text = True, on_text
        _current.set(turn)
        text = await run.answer()
        return Suggestion(
            text=text,
            sources=tuple(acts.sources),
            proposed=tuple(run.proposed),
            usage=run.usage,
            prompt_version=self.prompt_version,
        )

    async def _opening(self, turn: Turn) -> list[Message]:
        if self.knowledge is not None:
            await self.knowledge.refresh()
        return [
            Message(role=Role.SYSTEM, content=self._instructions(turn)),
            *history.messages_of(turn.lines),
        ]

    def _instructions(self, turn: Turn) -> str:
        try:
            return prompts.render(
                self.prompt,
                folders=self._folders,
                agent=self,
                customer=turn.customer,
                surface=turn.surface,
                now=turn.now,
                handoff_conditions=self.handoff_conditions,
                topics=self.knowledge.topics if self.knowledge else [],
            )
        except prompts.PromptError as error:
            raise Misconfigured(f"Agent {self.id}: {error}") from error

    def _run(self, acts: Acts, opening: list[Message], turn: Turn) -> Run:
        if not turn.lines:
            raise BadAnswer("There is nothing to answer.")
        tools: Mapping[str, Tool] = {**self._tools, **acts.tools()}
        return Run(
            llm=self._llm,
            tools=tools,
            limits=self.limits,
            model=self.model,
            temperature=self.temperature,
            messages=opening,
            stopped=lambda: acts.ended,
        )


def _knowledge(folder: Path) -> Knowledge | None:
    if not folder.is_dir():
        return None
    knowledge = Knowledge(folder)
    knowledge.load()
    return knowledge
