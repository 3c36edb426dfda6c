"""What a bot developer subclasses. A folder, a class, a template, some Markdown: that is an agent.

An agent is a description and holds no conversation; everything it knows of one is in the `Turn`.
"""

import contextvars
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import prompts

from . import history
from .acts import BUILT_IN, Acts
from .errors import BadAnswer, Misconfigured
from .knowledge import Knowledge
from .llm.base import Llm, Message, Role
from .loop import Limits, OnText, Run
from .tools import Tool, tools_of
from .turn import Person, Reply, Suggestion, Surface, Turn

SUGGEST = "copilot/suggest.md.j2"
GUIDED = "guidance/guided.md.j2"
REPLYING = "guidance/replying.md.j2"
WHEN_SUGGESTING = frozenset({"finish", "search_knowledge"})
"""Of the built-in tools: a person has the conversation already, and nothing is remembered for him."""
_current: contextvars.ContextVar[Turn] = contextvars.ContextVar("turn")
_BLANK = Turn(
    turn_id="",
    session_id="",
    lines=(),
    customer=Person(name="Anna", language="en", facts={"shoe_size": "42"}),
    surface=Surface(),
    now=datetime(2026, 1, 1, tzinfo=UTC),
)
"""What instructions are rendered with when an agent is built, to find their mistakes then."""


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
    built_in: ClassVar[Collection[str]] = BUILT_IN
    """The built-in tools; leave one out to switch it off."""

    def __init__(self, *, llm: Llm, folder: Path) -> None:
        """Raises `Misconfigured` with a sentence on how to mend it."""
        self.id = folder.name
        self._llm = llm
        self._folders = (folder / "prompts", prompts.HERE / self.id)
        self._check()
        self._tools = tools_of(self)
        clash = set(self._tools) & set(BUILT_IN)
        if clash:
            raise Misconfigured(f"Agent {self.id}: rename the tool {min(clash)}; it is built in.")
        self.knowledge = _knowledge(folder / "knowledge")
        try:
            self.prompt_version = prompts.version(
                self.prompt, SUGGEST, REPLYING, GUIDED, folders=self._folders
            )
        except prompts.PromptError as error:
            raise Misconfigured(
                f"Agent {self.id}: {error} Put it into {self.id}/prompts/."
            ) from error
        self._instructions(_BLANK)

    @property
    def turn(self) -> Turn:
        """The turn that a tool is called in."""
        return _current.get()

    @property
    def shipped(self) -> Mapping[str, str]:
        """The files of its knowledge, by name."""
        return self.knowledge.shipped

    async def reply(self, turn: Turn) -> Reply:
        """Answer the customer. Raises the errors of `agents.errors`."""
        acts = await self._acts(turn)
        built_in = acts.tools(self._may(turn))
        if turn.rehearsal:  # what these do is in the reply, and only whoever serves it does it
            built_in = {name: replace(one, changes=False) for name, one in built_in.items()}
        run = self._run(turn, self._instructions(turn, replies=True), built_in)
        run.propose = turn.rehearsal
        run.stopped = lambda: acts.ended
        text = await self._said(run, turn)
        parting = acts.finish_text if acts.ask_human is None else acts.ask_human.text
        if text == parting:
            text = ""  # some models say it and hand it to the tool as well
        if acts.ask_human is None:
            text = "\n\n".join(part for part in (text, parting) if part)
        return Reply(
            text=text,
            ask_human=acts.ask_human,
            finish=acts.finish_text is not None and acts.ask_human is None,
            facts=acts.facts,
            sources=tuple(acts.sources),
            calls=tuple(run.called),
            proposed=tuple(run.proposed),
            usage=run.usage,
            prompt_version=self._version(turn),
        )

    async def suggest(self, turn: Turn, on_text: OnText | None = None) -> Suggestion:
        """What an operator could send next; `on_text` is given the pieces as they are written, and
        none where it begins anew after a tool.
        """
        acts = await self._acts(turn)
        words = prompts.render(
            SUGGEST,
            instructions=_guided(self._instructions(turn), turn.guidance.copilot),
            instruction=turn.instruction,
            refines=turn.refines,
        )
        run = self._run(turn, words, acts.tools(WHEN_SUGGESTING & set(self.built_in)))
        run.propose, run.on_text = True, on_text
        text = await self._said(run, turn)
        if not text:
            raise BadAnswer("The agent answered nothing.")
        return Suggestion(
            text=text,
            sources=tuple(acts.sources),
            proposed=tuple(run.proposed),
            calls=tuple(run.called),
            usage=run.usage,
            prompt_version=self._version(turn),
        )

    def _check(self) -> None:
        """Class attributes that would only be noticed when a customer writes."""
        if not self.name or not self.description:
            raise Misconfigured(f"Agent {self.id}: give its class a name and a description.")
        if isinstance(self.handoff_conditions, str):
            raise Misconfigured(
                f"Agent {self.id}: handoff_conditions is a list of sentences; put a comma after "
                "the only one."
            )
        unknown = set(self.built_in) - set(BUILT_IN)
        if isinstance(self.built_in, str) or unknown:
            raise Misconfigured(
                f"Agent {self.id}: built_in is a list of tools out of {', '.join(BUILT_IN)}."
            )

    def _may(self, turn: Turn) -> set[str]:
        """The built-in tools that it has when it replies."""
        return set(self.built_in) - (set() if turn.guidance.hand_over else {"hand_over"})

    def _instructions(self, turn: Turn, *, replies: bool = False) -> str:
        may, own = self._may(turn), self.handoff_conditions
        conditions = (turn.guidance.handoff_conditions or own) if "hand_over" in may else ()
        fields = turn.guidance.fields if "remember" in may else ()
        try:
            words = prompts.render(
                self.prompt,
                folders=self._folders,
                agent=self,
                customer=turn.customer,
                surface=turn.surface,
                now=turn.now,
                subject=turn.subject,
                handoff_conditions=conditions,
                topics=self.knowledge.topics,
            )
        except prompts.PromptError as error:
            raise Misconfigured(f"Agent {self.id}: {error}") from error
        alone = "hand_over" not in may
        if replies and (alone or fields):
            words = prompts.render(REPLYING, instructions=words, alone=alone, fields=fields)
        return _guided(words, turn.guidance.instructions)

    def _version(self, turn: Turn) -> str:
        """Of the templates, and of what admins say beside them."""
        if not any(turn.guidance.words):
            return self.prompt_version
        all_words = repr((self.prompt_version, turn.guidance.words))
        return hashlib.sha256(all_words.encode()).hexdigest()[:12]

    async def _acts(self, turn: Turn) -> Acts:
        await self.knowledge.refresh(turn.guidance.documents)
        knowledge = self.knowledge if self.knowledge.topics else None
        return Acts(knowledge=knowledge, fields=turn.guidance.fields)

    def _run(self, turn: Turn, instructions: str, built_in: Mapping[str, Tool]) -> Run:
        if not turn.lines:
            raise BadAnswer("There is nothing to answer.")
        return Run(
            llm=self._llm,
            tools={**self._tools, **built_in},
            limits=self.limits,
            model=self.model,
            temperature=self.temperature,
            messages=[
                Message(role=Role.SYSTEM, content=instructions),
                *history.messages_of(turn.lines),
            ],
        )

    async def _said(self, run: Run, turn: Turn) -> str:
        token = _current.set(turn)
        try:
            return history.own_words(await run.answer())
        finally:
            _current.reset(token)


def _guided(instructions: str, more: str) -> str:
    """With what admins ask besides."""
    if not more:
        return instructions
    return prompts.render(GUIDED, instructions=instructions, more=more)


def _knowledge(folder: Path) -> Knowledge:
    knowledge = Knowledge(folder)
    try:
        knowledge.load()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The knowledge in {folder} cannot be read: {error}") from error
    return knowledge
