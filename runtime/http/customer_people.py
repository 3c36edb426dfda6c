"""What people know about a customer, by API: notes, and who is the same person."""

from datetime import datetime

import pydantic

from runtime import errors
from runtime.storage import audit, customers, merges, notes
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from . import views
from .api import Call, Endpoint, Model, Nothing, Page
from .cursors import packed, unpacked
from .customers import CustomerView, ProfileView, profile, shown
from .keys import STORE

_NOBODY = "There is no such customer."
_NO_NOTE = "There is no such note."


class NewCustomerNote(Model):
    text: str = pydantic.Field(max_length=10_000, pattern=r"\S")


class CustomerNoteView(Model):
    id: str
    text: str
    operator_id: str | None
    operator: str | None
    created_at: datetime


class CustomerNotesView(Model):
    items: list[CustomerNoteView]
    cursor: str | None


class Merging(Model):
    customer_id: str = pydantic.Field(max_length=100)
    """Who turned out to be the same, and is no customer of their own any more."""


class AlikeView(Model):
    items: list[CustomerView]


async def note(call: Call) -> CustomerNoteView:
    """Note something about a customer, for colleagues. No customer ever sees it."""
    customer_id, text = call.path["customer_id"], call.body.text.strip()

    def unit(tx: Tx) -> notes.Note:
        if customers.get(tx, customer_id) is None:
            raise errors.NotFound(_NOBODY)
        id_ = notes.add(tx, customer_id, text, call.operator.id)
        return notes.Note(id_, text, call.operator.id, call.operator.name, tx.now)

    return _note(await call.app[STORE].write(unit))


async def noted(call: Call) -> CustomerNotesView:
    """Notes about a customer, the newest first."""
    asked: Page = call.query
    (after,) = unpacked(asked.cursor, "customer-notes", str) or ("",)
    customer_id = call.path["customer_id"]

    def unit(tx: Tx) -> list[notes.Note] | None:
        if customers.get(tx, customer_id) is None:
            return None
        return notes.page(tx, customer_id, after, asked.limit + 1)

    found = await call.app[STORE].read(unit)
    if found is None:
        raise errors.NotFound(_NOBODY)
    last = found[asked.limit - 1].id if len(found) > asked.limit else None
    return CustomerNotesView(
        items=[_note(one) for one in found[: asked.limit]],
        cursor=packed("customer-notes", last) if last else None,
    )


async def forget(call: Call) -> Nothing:
    """Delete a note: one's own; admins any."""
    customer_id, note_id = call.path["customer_id"], call.path["note_id"]

    def unit(tx: Tx) -> None:
        try:
            author = notes.author(tx, customer_id, note_id)
        except KeyError:
            raise errors.NotFound(_NO_NOTE) from None
        if author != call.operator.id and call.operator.role != Role.ADMIN:
            raise errors.Forbidden("A note is deleted by who wrote it, or by an admin.")
        notes.drop(tx, customer_id, note_id)

    await call.app[STORE].write(unit)
    return Nothing()


async def alike(call: Call) -> AlikeView:
    """Customers who may be the same person: of the same name, or with the same address elsewhere."""
    customer_id = call.path["customer_id"]
    found = await call.app[STORE].read(lambda tx: merges.alike(tx, customer_id))
    return AlikeView(items=[CustomerView(**shown(one)) for one in found])


async def merge(call: Call) -> ProfileView:
    """Two customers are one person: conversations, addresses, notes, tags and facts of the other become
    this one's; where both say something, this one's stands. It cannot be undone.
    """
    keep, gone = call.path["customer_id"], call.body.customer_id
    if keep == gone:
        raise errors.Invalid("customer_id: it is the same customer.")

    def unit(tx: Tx) -> None:
        if not merges.merge(tx, keep, gone):
            raise errors.NotFound(_NOBODY)
        audit.note(tx, call.operator.id, "customer.merge", keep, {"merged": gone})

    await call.app[STORE].write(unit)
    return await profile(call, keep)


def _note(one: notes.Note) -> CustomerNoteView:
    return CustomerNoteView(**{**one._asdict(), "created_at": views.time(one.created_at)})


_ONE = "/customers/{customer_id}"
ENDPOINTS = [
    Endpoint(
        method="GET",
        path=f"{_ONE}/notes",
        handler=noted,
        least=Role.VIEWER,
        query=Page,
        answer=CustomerNotesView,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/notes",
        handler=note,
        least=Role.OPERATOR,
        body=NewCustomerNote,
        answer=CustomerNoteView,
        status=201,
    ),
    Endpoint(
        method="DELETE",
        path=f"{_ONE}/notes/{{note_id}}",
        handler=forget,
        least=Role.OPERATOR,
        answer=Nothing,
    ),
    Endpoint(
        method="GET", path=f"{_ONE}/alike", handler=alike, least=Role.VIEWER, answer=AlikeView
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/merge",
        handler=merge,
        least=Role.OPERATOR,
        body=Merging,
        answer=ProfileView,
    ),
]
