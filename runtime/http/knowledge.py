"""What an agent knows, by API: the files of its folder, and documents that admins write beside them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import pydantic

from runtime import errors
from runtime.roster import Described
from runtime.storage import agents, audit, documents
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from .api import Call, Endpoint, Model, Nothing
from .keys import ROSTER, STORE
from .views import maybe

TEXT = 50_000
_NAME = re.compile(r"[^\s/\\.#?%][^/\\#?%\x00-\x1f\x7f]{0,95}\.md")
NO_AGENT = "There is no such agent."


class DocumentView(Model):
    """`origin`: `shipped` with the agent's folder, or `written` here; then `by` and `changed_at` say who
    and when. `replaces`: it takes the place of a shipped one of the same name.
    """

    name: str
    origin: Literal["shipped", "written"]
    replaces: bool
    size: int
    """Characters."""
    by: str | None
    changed_at: datetime | None


class DocumentsView(Model):
    """All of them, by name; `cursor` is always null."""

    items: list[DocumentView]
    cursor: None = None


class KnowledgeView(DocumentView):
    text: str


class Writing(Model):
    """Markdown. Its headings part it into passages, and say what they are about."""

    text: str = pydantic.Field(min_length=1, max_length=TEXT, pattern=r"\S")
    was: pydantic.AwareDatetime | None = None
    """The `changed_at` that you have seen, perhaps null. If you say so and it is another one by now,
    nothing is written.
    """


async def many(call: Call) -> DocumentsView:
    """What this agent can look up."""
    agent_id = call.path["agent_id"]

    def unit(tx: Tx) -> list[documents.Document]:
        _there(tx, agent_id)
        return documents.of_agent(tx, agent_id)

    written = {one.name: one for one in await call.app[STORE].read(unit)}
    shipped = _shipped(call)
    views = [
        _written(written[name], shipped) if name in written else _file(name, shipped[name])
        for name in sorted({*written, *shipped})
    ]
    return DocumentsView(items=views)


async def one(call: Call) -> KnowledgeView:
    """One document, with its text."""
    agent_id, name = call.path["agent_id"], call.path["name"]

    def unit(tx: Tx) -> tuple[documents.Document, str] | None:
        _there(tx, agent_id)
        return documents.get(tx, agent_id, name)

    found, shipped = await call.app[STORE].read(unit), _shipped(call)
    if found is not None:
        return KnowledgeView(**dict(_written(found[0], shipped)), text=found[1])
    if name not in shipped:
        raise errors.NotFound("There is no such document.")
    return KnowledgeView(**dict(_file(name, shipped[name])), text=shipped[name])


async def write(call: Call) -> KnowledgeView:
    """Write a document, or write it anew. The agent finds it from its next turn on."""
    agent_id, name = call.path["agent_id"], call.path["name"]
    given: Writing = call.body
    if not _NAME.fullmatch(name):
        raise errors.Invalid("name: it ends with .md, such as opening hours.md.")

    def unit(tx: Tx) -> None:
        if agents.lock(tx, agent_id) is None:
            raise errors.NotFound(NO_AGENT)
        before = documents.get(tx, agent_id, name)
        if "was" in given.model_fields_set:
            _check_seen(given.was, before[0] if before else None)
        if before is None and documents.count(tx, agent_id) >= documents.MOST:
            raise errors.Invalid(f"An agent may have at most {documents.MOST} documents.")
        documents.put(tx, agent_id, name, given.text, call.operator.id)
        told = {"name": name, "size": len(given.text)}
        audit.note(tx, call.operator.id, "agent.knowledge.write", agent_id, told)

    await call.app[STORE].write(unit)
    return await one(call)


async def remove(call: Call) -> Nothing:
    """Forget a document that was written here; a shipped one of the same name is back."""
    agent_id, name = call.path["agent_id"], call.path["name"]

    def unit(tx: Tx) -> bool:
        _there(tx, agent_id)
        gone = documents.remove(tx, agent_id, name)
        if gone:
            told = {"name": name}
            audit.note(tx, call.operator.id, "agent.knowledge.remove", agent_id, told)
        return gone

    if await call.app[STORE].write(unit):
        return Nothing()
    if name in _shipped(call):
        raise errors.Conflict(
            "It was delivered with the agent. Write one of the same name to replace it.",
            code="document_shipped",
        )
    raise errors.NotFound("There is no such document.")


def _there(tx: Tx, agent_id: str) -> None:
    if agents.get(tx, agent_id) is None:
        raise errors.NotFound(NO_AGENT)


def _check_seen(was: datetime | None, now: documents.Document | None) -> None:
    if was != maybe(now.changed_at if now else None):
        raise errors.Conflict("Somebody else has changed this meanwhile.", code="changed_meanwhile")


def _shipped(call: Call) -> Mapping[str, str]:
    agent = call.app[ROSTER].agents.get(call.path["agent_id"])
    return agent.shipped if isinstance(agent, Described) else {}


def _file(name: str, text: str) -> DocumentView:
    return DocumentView(
        name=name, origin="shipped", replaces=False, size=len(text), by=None, changed_at=None
    )


def _written(found: documents.Document, shipped: Mapping[str, str]) -> DocumentView:
    return DocumentView(
        name=found.name,
        origin="written",
        replaces=found.name in shipped,
        size=found.size,
        by=found.operator_id,
        changed_at=maybe(found.changed_at),
    )


_ALL = "/agents/{agent_id}/knowledge"
_ONE = f"{_ALL}/{{name}}"
ENDPOINTS = [
    Endpoint(method="GET", path=_ALL, handler=many, least=Role.VIEWER, answer=DocumentsView),
    Endpoint(method="GET", path=_ONE, handler=one, least=Role.VIEWER, answer=KnowledgeView),
    Endpoint(
        method="PUT",
        path=_ONE,
        handler=write,
        least=Role.ADMIN,
        body=Writing,
        answer=KnowledgeView,
        refusals=("changed_meanwhile",),
    ),
    Endpoint(
        method="DELETE",
        path=_ONE,
        handler=remove,
        least=Role.ADMIN,
        answer=Nothing,
        refusals=("document_shipped",),
    ),
]
