"""One customer, by API: add one by hand, look at and change what is known of one."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import pydantic

from runtime import errors
from runtime.storage import audit, customers, marks, merges, profiles
from runtime.storage.operators import Role
from runtime.storage.sql import Tx

from . import cards, views
from .api import Call, Endpoint, Model, Page
from .keys import STORE
from .sessions import listed

_NOBODY = "There is no such customer."
_WORD = r"[^@\s\x00-\x1f\x85\ufeff]"
"""Regular expressions don't agree on which of these are whitespace."""
_LAST = _WORD.replace("@", "@.")
_EMAIL = re.compile(rf"{_WORD}+@{_WORD}+\.{_LAST}+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_MARKS = re.compile(r"[ \t\r\n\u00a0\u2011\u202f().\-/]")
_MARKED_PHONE = r"{0}\+{0}[1-9]({0}[0-9]){{6,14}}{0}".format(f"{_MARKS.pattern}*")
_MARKED_EMAIL = rf"[ \t\r\n]*{_EMAIL.pattern}[ \t\r\n]*"

Name = Annotated[str, pydantic.Field(max_length=200)]
Language = Annotated[str, pydantic.Field(max_length=35)]
Fact = Annotated[str, pydantic.Field(min_length=1, max_length=customers.MAX_FACT)]
Tag = Annotated[str, pydantic.Field(max_length=40, pattern=r"^\S(.*\S)?$")]


class NewIdentity(Model):
    """What no platform has to vouch for. A phone begins with + and its country."""

    model_config = pydantic.ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"kind": {"const": kind}, "value": {"pattern": f"^{pattern}$"}}}
                for kind, pattern in (("email", _MARKED_EMAIL), ("phone", _MARKED_PHONE))
            ]
        }
    )
    kind: Literal["email", "phone"]
    value: str = pydantic.Field(max_length=320)

    @pydantic.model_validator(mode="after")
    def _sound(self) -> "NewIdentity":
        pattern = _EMAIL if self.kind == "email" else _PHONE
        if not pattern.fullmatch(self.address):
            example = "ann@example.com" if self.kind == "email" else "+49 30 123456"
            raise ValueError(f"this is no {self.kind}; one is {example}")
        return self

    @property
    def key(self) -> customers.Key:
        return customers.Key(scope="", kind=self.kind, value=self.address)

    @property
    def address(self) -> str:
        """As platforms write it, so that whoever writes in with it is known."""
        if self.kind == "email":
            return self.value.strip().lower()
        return _MARKS.sub("", self.value)


class NewCustomer(Model):
    name: str = pydantic.Field(max_length=200, pattern=r"\S")
    language: Language = ""
    identities: list[NewIdentity] = pydantic.Field(default_factory=list, max_length=20)


class Changes(Model):
    """Only what is named is changed; of `facts` too, where null forgets one, and of `tags`, where false
    takes one away.
    """

    name: Name | None = None
    language: Language | None = None
    facts: dict[Fact, Fact | None] | None = None
    tags: dict[Tag, pydantic.StrictBool] | None = None


class IdentityView(Model):
    """`reachable`: whether it can be written to, as far as we know; if not, why. `marketing`: whether they
    want any there; everything else reaches them all the same.
    """

    kind: str
    value: str
    username: str
    channel_id: str | None
    channel: str
    reachable: bool
    reason: str
    marketing: bool


class CustomerView(Model):
    """`facts` are what agents learnt and operators wrote; some are fields, which have titles.
    `talked_at`: when the newest conversation began. `open`: how many are not finished.
    """

    id: str
    name: str
    language: str
    facts: dict[str, str]
    tags: list[str]
    created_at: datetime
    talked_at: datetime | None
    open: int
    identities: list[IdentityView]


class CustomerCountsView(Model):
    sessions: int
    active: int
    messages: int


class ProfileView(CustomerView):
    counts: CustomerCountsView


async def create(call: Call) -> ProfileView:
    """Add a customer by hand. Whose address is known already is refused, with the `customer_id`."""
    given: NewCustomer = call.body
    keys = {i.key for i in given.identities}

    def unit(tx: Tx) -> str:
        for key in keys:
            taken = customers.find(tx, key)
            if taken is not None:
                raise errors.Conflict(
                    f"A customer with {key.value} is known already.",
                    code="identity_taken",
                    customer_id=taken,
                )
        customer_id = customers.create(tx, given.name.strip(), given.language)
        for key in sorted(keys, key=lambda key: (key.kind, key.value)):
            customers.add_identity(tx, customer_id, key)
        marks.mark(tx, customer_id)
        return customer_id

    return await profile(call, await call.app[STORE].write(unit))


async def one(call: Call) -> ProfileView:
    """A profile: addresses and whether they can be written to, facts, figures. Of who was merged into
    another it is that one's, with another `id`.
    """
    return await profile(call, call.path["customer_id"])


async def change(call: Call) -> ProfileView:
    """Change what is known. Of two at once the last one wins, field by field."""
    given: Changes = call.body
    named = {name: value for name, value in given.model_dump().items() if value is not None}
    customer_id = call.path["customer_id"]
    try:
        await call.app[STORE].write(lambda tx: profiles.change(tx, customer_id, named))
    except ValueError as error:
        raise errors.Invalid(f"{error}.") from None
    return await profile(call, customer_id)


async def add_identity(call: Call) -> ProfileView:
    """Link another address. One that another customer has is refused, with the `customer_id`."""
    given: NewIdentity = call.body
    customer_id = call.path["customer_id"]
    key = given.key

    def unit(tx: Tx) -> None:
        if customers.get(tx, customer_id) is None:
            raise errors.NotFound(_NOBODY)
        owner = customers.claim(tx, customer_id, key)
        if owner != customer_id:
            raise errors.Conflict(
                f"Another customer has {key.value}.", code="identity_taken", customer_id=owner
            )
        told = {"kind": key.kind, "value": key.value}
        audit.note(tx, call.operator.id, "customer.identity.add", customer_id, told)

    await call.app[STORE].write(unit)
    return await profile(call, customer_id)


async def remove_identity(call: Call) -> ProfileView:
    """Unlink an email address or a phone. What a channel knows a customer by stays."""
    given: NewIdentity = call.body
    customer_id = call.path["customer_id"]

    def unit(tx: Tx) -> None:
        if not customers.take_away(tx, customer_id, given.kind, given.address):
            raise errors.NotFound("The customer has no such address.")
        told = {"kind": given.kind, "value": given.address}
        audit.note(tx, call.operator.id, "customer.identity.remove", customer_id, told)

    await call.app[STORE].write(unit)
    return await profile(call, customer_id)


async def sessions(call: Call) -> cards.CardsView:
    """All conversations of a customer, the newest first."""
    await profile(call, call.path["customer_id"])
    return await listed(call, call.query, "all", {"customer_id": call.path["customer_id"]})


async def profile(call: Call, customer_id: str) -> ProfileView:
    def unit(tx: Tx) -> tuple[profiles.Profile | None, profiles.Counts]:
        id_ = merges.who_is(tx, customer_id)
        return profiles.get(tx, id_), profiles.counts(tx, id_)

    found, counts = await call.app[STORE].read(unit)
    if found is None:
        raise errors.NotFound(_NOBODY)
    return ProfileView(**shown(found), counts=CustomerCountsView(**counts._asdict()))


def shown(one: profiles.Profile) -> dict[str, Any]:
    """What a `CustomerView` is made of."""
    return {
        **one._asdict(),
        "created_at": views.time(one.created_at),
        "talked_at": views.time(one.talked_at) if one.talked_at else None,
        "identities": [
            IdentityView(
                kind=i.kind,
                value=i.value,
                username=i.username,
                channel_id=i.channel_id or None,
                channel=i.channel,
                reachable=i.reachable,
                reason=i.reason,
                marketing=i.marketing,
            )
            for i in one.identities
        ],
    }


_V, _O = Role.VIEWER, Role.OPERATOR
_ONE = "/customers/{customer_id}"
ENDPOINTS = [
    Endpoint(
        method="POST",
        path="/customers",
        handler=create,
        least=_O,
        body=NewCustomer,
        answer=ProfileView,
        status=201,
        refusals=("identity_taken",),
    ),
    Endpoint(method="GET", path=_ONE, handler=one, least=_V, answer=ProfileView),
    Endpoint(method="PATCH", path=_ONE, handler=change, least=_O, body=Changes, answer=ProfileView),
    Endpoint(
        method="POST",
        path=f"{_ONE}/identities",
        handler=add_identity,
        least=_O,
        body=NewIdentity,
        answer=ProfileView,
        refusals=("identity_taken",),
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/identities/remove",
        handler=remove_identity,
        least=_O,
        body=NewIdentity,
        answer=ProfileView,
    ),
    Endpoint(
        method="GET",
        path=f"{_ONE}/sessions",
        handler=sessions,
        least=_V,
        query=Page,
        answer=cards.CardsView,
    ),
]
