"""Channels, by API: what is connected and how it is, and what admins do to it. No secret ever leaves."""

from collections.abc import Sequence
from typing import Any, Literal

import pydantic

from runtime import errors
from runtime.accounts import Changes, New
from runtime.storage import agents
from runtime.storage import channels as stored
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from .api import Call, Endpoint, Model, Nothing
from .cards import AgentRef, agent_ref
from .keys import ACCOUNTS, PUBLIC_URL, ROSTER, STORE

Name = pydantic.Field(min_length=1, max_length=100)


class Agents(Model):
    """The first one that runs answers; with none, people do."""

    agent_ids: list[str] = pydantic.Field(
        default_factory=list, max_length=50, json_schema_extra={"uniqueItems": True}
    )

    @pydantic.field_validator("agent_ids")
    @classmethod
    def _each_once(cls, given: list[str]) -> list[str]:
        if len(set(given)) < len(given):
            raise ValueError("an agent is named twice")
        return given


class NewChannel(Agents):
    """`settings` are those that `GET /channels/kinds` lists; groups are objects."""

    kind: str = pydantic.Field(max_length=50)
    name: str = Name
    settings: dict[str, Any]


class ChannelChanges(Model):
    """Only what is named is changed; null sets a setting back to its default."""

    name: str | None = pydantic.Field(default=None, min_length=1, max_length=100)
    settings: dict[str, Any] = pydantic.Field(default_factory=dict)


class ChannelView(Model):
    """`error` says why it does not run. `settings` are without secrets; `secrets` are the names of those
    that were given. `webhook` is where its platform reaches us, if it must be told; null: Baton has no
    address that others can reach, or the platform calls nobody (see its kind).
    """

    id: str
    kind: str
    name: str
    state: Literal["stopped", "starting", "running", "error"]
    error: str
    settings: dict[str, Any]
    secrets: list[str]
    agents: list[AgentRef]
    webhook: str | None


class ChannelsView(Model):
    """All of them; `cursor` is always null."""

    items: list[ChannelView]
    cursor: None = None


class ChoiceView(Model):
    """`what` it means, in words."""

    value: str
    what: str


class SettingView(Model):
    """`name` has dots where it is in a group. What is secret is never shown again."""

    name: str
    what: str
    type: Literal["str", "int", "bool"]
    required: bool
    secret: bool
    default: str | int | bool | None
    choices: list[ChoiceView]


class IdentityKindView(Model):
    """One kind of address under which a channel knows people. `what`: in an operator's words. `world`: what
    people write down, where it is that; null: only the platform knows it.
    """

    kind: str
    what: str
    world: Literal["email", "phone"] | None


class KindView(Model):
    """`what` its platform is called. `webhook`: it calls us. `templates`: it has messages that were approved
    beforehand. `identities`: under which kinds of addresses people are known there.
    """

    kind: str
    what: str
    webhook: bool
    templates: bool
    settings: list[SettingView]
    identities: list[IdentityKindView]


class ChannelTriedView(Model):
    """Whether the credentials work; if not, what the platform said, and what to do."""

    ok: bool
    detail: str
    advice: str


async def kinds(call: Call) -> list[KindView]:
    """What can be connected, and what each kind must be told."""
    return [
        KindView(
            kind=name,
            what=kind.what,
            webhook=kind.webhook,
            templates=kind.templates,
            settings=[
                SettingView(
                    name=one.name,
                    what=one.what,
                    type=one.kind.__name__,  # type: ignore[arg-type]  # one of three
                    required=one.default is None,
                    secret=one.secret,
                    default=one.default,
                    choices=[ChoiceView(value=v, what=w) for v, w in one.choices.items()],
                )
                for one in kind.settings
                if not one.ours
            ],
            identities=[
                IdentityKindView(kind=one.name, what=one.what, world=one.world or None)  # type: ignore[arg-type]  # one of two
                for one in kind.identities
            ],
        )
        for name, kind in call.app[ACCOUNTS].kinds.items()
    ]


async def many(call: Call) -> ChannelsView:
    """Every connected account."""
    return ChannelsView(items=await _shown(call))


async def one(call: Call) -> ChannelView:
    """One account, and how it is."""
    return await _answer(call, _id(call))


async def create(call: Call) -> ChannelView:
    """Connect an account. It starts at once; `state` and `error` say what became of that."""
    given: NewChannel = call.body
    await _check(call, given.agent_ids)
    new = New(kind=given.kind, name=given.name, settings=given.settings, agent_ids=given.agent_ids)
    return await _answer(call, await call.app[ACCOUNTS].connect(new, call.operator.id))


async def change(call: Call) -> ChannelView:
    """Rename it, or change its settings; then it connects again."""
    given: ChannelChanges = call.body
    changes = Changes(name=given.name, settings=given.settings)
    await call.app[ACCOUNTS].change(_id(call), changes, call.operator.id)
    return await _answer(call, _id(call))


async def start(call: Call) -> ChannelView:
    """Let it run."""
    await call.app[ACCOUNTS].start(_id(call), call.operator.id)
    return await _answer(call, _id(call))


async def stop(call: Call) -> ChannelView:
    """What customers write meanwhile stays with the platform."""
    await call.app[ACCOUNTS].stop(_id(call), call.operator.id)
    return await _answer(call, _id(call))


async def try_out(call: Call) -> ChannelTriedView:
    """Ask the platform whether the credentials work."""
    tried = await call.app[ACCOUNTS].try_out(_id(call))
    return ChannelTriedView(ok=tried.ok, detail=tried.detail, advice=tried.advice)


async def attach(call: Call) -> ChannelView:
    """Which agents answer on it."""
    given: Agents = call.body
    await _check(call, given.agent_ids)
    await call.app[ACCOUNTS].attach(_id(call), given.agent_ids, call.operator.id)
    return await _answer(call, _id(call))


async def remove(call: Call) -> Nothing:
    """Forget one that nobody has written on. What has a history can only be stopped."""
    await call.app[ACCOUNTS].remove(_id(call), call.operator.id)
    return Nothing()


def _id(call: Call) -> str:
    return call.path["channel_id"]


async def _check(call: Call, agent_ids: Sequence[str]) -> None:
    there = {one.id for one in await call.app[STORE].read(agents.every)}
    for agent_id in agent_ids:
        if agent_id not in there:
            raise errors.Invalid(f"agent_ids: there is no agent {agent_id}.")


async def _answer(call: Call, channel_id: str) -> ChannelView:
    for shown in await _shown(call):
        if shown.id == channel_id:
            return shown
    raise errors.NotFound("There is no such channel.")


async def _shown(call: Call) -> list[ChannelView]:
    def unit(tx: Tx) -> tuple[list[stored.Channel], dict[str, list[str]], list[agents.Agent]]:
        return stored.every(tx), stored.agents_by_channel(tx), agents.every(tx)

    rows, agents_of, every = await call.app[STORE].read(unit)
    accounts, public = call.app[ACCOUNTS], call.app[PUBLIC_URL].rstrip("/")
    called = {name for name, kind in accounts.kinds.items() if kind.webhook and public}
    known = {one.id: (one.name, one.state) for one in every}

    def agent(id_: str) -> AgentRef | None:
        name, state = known.get(id_, (None, None))
        return agent_ref(id_, name, state, call.app[ROSTER])

    return [
        ChannelView(
            id=row.id,
            kind=row.kind,
            name=row.name,
            state=row.state,  # type: ignore[arg-type]  # a stored word
            error=row.error,
            settings=accounts.shown(row),
            secrets=accounts.kept(row),
            agents=[found for id_ in agents_of.get(row.id, ()) if (found := agent(id_))],
            webhook=f"{public}/webhooks/{row.kind}/{row.id}" if row.kind in called else None,
        )
        for row in rows
    ]


def _endpoint(method: str, path: str, handler: Any, **more: Any) -> Endpoint:
    """Admins write, viewers read."""
    least = Role.VIEWER if method == "GET" else Role.ADMIN
    given = {"answer": ChannelView, **more}
    return Endpoint(method=method, path=f"/channels{path}", handler=handler, least=least, **given)


_ONE = "/{channel_id}"
ENDPOINTS = [
    _endpoint("GET", "", many, answer=ChannelsView),
    _endpoint("POST", "", create, body=NewChannel, status=201, refusals=("account_connected",)),
    _endpoint("GET", "/kinds", kinds, answer=list[KindView]),
    _endpoint("GET", _ONE, one),
    _endpoint("PATCH", _ONE, change, body=ChannelChanges, refusals=("account_connected",)),
    _endpoint("DELETE", _ONE, remove, answer=Nothing, refusals=("channel_has_history",)),
    _endpoint("POST", f"{_ONE}/start", start),
    _endpoint("POST", f"{_ONE}/stop", stop),
    _endpoint("POST", f"{_ONE}/test", try_out, answer=ChannelTriedView),
    _endpoint("PUT", f"{_ONE}/agents", attach, body=Agents),
]
