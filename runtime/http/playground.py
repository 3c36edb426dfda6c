"""Try an agent out, by API: a conversation without a channel. Nothing is sent, nothing is stored."""

import dataclasses
from datetime import UTC, datetime
from typing import Annotated, Literal

import pydantic

from agents.turn import Author, Line, Person, Reply, Usage
from prompts import DATA_LENGTH
from runtime import errors
from runtime.playground import Trial
from runtime.storage.operators import Role

from .agents import WORDS, Conditions
from .api import Call, Endpoint, Model
from .keys import PLAYGROUND
from .suggestions import Source

LINES = 60
TEXT = 10_000
Fact = Annotated[str, pydantic.Field(min_length=1, max_length=DATA_LENGTH)]


class Said(Model):
    author: Literal["customer", "agent", "operator"]
    text: str = pydantic.Field(min_length=1, max_length=TEXT, pattern=r"\S")


class Somebody(Model):
    """Whom the agent believes it is talking to."""

    name: str = pydantic.Field(default="", max_length=200)
    language: str = pydantic.Field(default="", max_length=35)
    facts: dict[Fact, Fact] = pydantic.Field(default_factory=dict, max_length=50)


class Told(Model):
    """What is left out is as admins have set it."""

    instructions: str = pydantic.Field(default="", max_length=WORDS)
    copilot_instructions: str = pydantic.Field(default="", max_length=WORDS)
    allow_handoff: pydantic.StrictBool = True
    handoff_conditions: Conditions = pydantic.Field(default_factory=list)


class Rehearsal(Model):
    """The whole of it, oldest first: the playground remembers nothing. `want`: a reply to the customer,
    or a suggestion to an operator, perhaps with their `instruction`. `as_if`: what the agent would be told,
    to try it before it is set.
    """

    lines: list[Said] = pydantic.Field(min_length=1, max_length=LINES)
    customer: Somebody = Somebody()
    want: Literal["reply", "suggestion"] = "reply"
    instruction: str = pydantic.Field(default="", max_length=DATA_LENGTH)
    as_if: Told = Told()


class CalledView(Model):
    """A tool that was called; `arguments` is JSON as the model wrote it."""

    name: str
    arguments: str
    result: str


class HandOver(Model):
    reason: str
    summary: str
    asked_by_customer: bool


class RehearsalView(Model):
    """`failed`: why there is no answer; a customer would get a person. `proposed`: what tools of the
    agent would have changed, had it not been tried only. `facts`: what it would remember.
    """

    text: str
    failed: str
    hand_over: HandOver | None
    finish: bool
    facts: dict[str, str]
    sources: list[Source]
    calls: list[CalledView]
    proposed: list[str]
    prompt_version: str
    usage: dict[str, object]


async def play(call: Call) -> RehearsalView:
    """What this agent would say next, with its sources and the tools it called."""
    given: Rehearsal = call.body
    if given.instruction and given.want == "reply":
        raise errors.Invalid("instruction: it goes with a suggestion only.")
    now = datetime.now(UTC)
    trial = Trial(
        lines=[Line(author=Author(one.author), text=one.text, at=now) for one in given.lines],
        customer=Person(**given.customer.model_dump()),
        instruction=given.instruction,
        as_if=_guidance(given.as_if),
    )
    agent_id, playground = call.path["agent_id"], call.app[PLAYGROUND]
    ask = playground.reply if given.want == "reply" else playground.suggest
    tried = await ask(agent_id, trial)
    answer = tried.answer
    reply = answer if isinstance(answer, Reply) else None
    asked = reply.ask_human if reply else None
    return RehearsalView(
        text=tried.text,
        failed=tried.failed,
        hand_over=HandOver(
            reason=asked.reason,
            summary=asked.summary,
            asked_by_customer=asked.asked_by_customer,
        )
        if asked
        else None,
        finish=bool(reply and reply.finish),
        facts=dict(reply.facts) if reply else {},
        sources=[Source(source=one.source, text=one.text) for one in answer.sources]
        if answer
        else [],
        calls=[
            CalledView(name=one.name, arguments=one.arguments, result=one.result)
            for one in (answer.calls if answer else ())
        ],
        proposed=list(answer.proposed) if answer else [],
        prompt_version=answer.prompt_version if answer else "",
        usage=_usage(answer.usage) if answer else {},
    )


def _guidance(told: Told) -> dict[str, object]:
    given = told.model_dump(exclude_unset=True)
    if "copilot_instructions" in given:
        given["copilot"] = given.pop("copilot_instructions")
    if "allow_handoff" in given:
        given["hand_over"] = given.pop("allow_handoff")
    if "handoff_conditions" in given:
        given["handoff_conditions"] = tuple(given["handoff_conditions"])
    return given


def _usage(usage: Usage) -> dict[str, object]:
    return dict(dataclasses.asdict(usage))


ENDPOINTS = [
    Endpoint(
        method="POST",
        path="/agents/{agent_id}/playground",
        handler=play,
        least=Role.OPERATOR,
        body=Rehearsal,
        answer=RehearsalView,
        raises=(errors.TooMany,),
    )
]
