"""Personal bearer tokens, by which programs speak the API as an operator."""

from datetime import datetime

import pydantic

from runtime import errors, staff
from runtime.storage import operators
from runtime.storage.operators import Role, Token
from runtime.storage.sql import Tx

from . import views
from .api import Call, Endpoint, Model, Nothing, Page
from .keys import STORE


class NewToken(Model):
    name: str = pydantic.Field(min_length=1, max_length=100)
    """What it is for."""


class TokenView(Model):
    id: str
    name: str
    created_at: datetime


class IssuedToken(TokenView):
    token: str
    """The token itself, which is never shown again."""


class TokenPage(Model):
    items: list[TokenView]
    cursor: str | None
    """For the next page; none: that was all."""


async def list_(call: Call) -> TokenPage:
    """Your own tokens that work, the oldest first."""
    page: Page = call.query
    by = call.operator.id
    found = await call.app[STORE].read(
        lambda tx: operators.own_tokens(tx, by, page.cursor, page.limit + 1)
    )
    items = [_view(one) for one in found[: page.limit]]
    return TokenPage(items=items, cursor=items[-1].id if len(found) > page.limit else None)


async def create(call: Call) -> IssuedToken:
    """A token of your own; it is shown this once, and may do what you may."""
    by = call.operator
    token, secret = await call.app[STORE].write(
        lambda tx: staff.issue(tx, by.id, by, call.body.name)
    )
    return IssuedToken(**_view(token).model_dump(), token=secret)


async def revoke(call: Call) -> Nothing:
    """The token is useless at once. Admins may revoke anybody's."""
    by, token_id = call.operator, call.path["token_id"]

    def unit(tx: Tx) -> None:
        token = operators.get_token(tx, token_id)
        if token is not None and token.operator_id != by.id and by.role != Role.ADMIN:
            raise errors.NotFound("You have no such token.")
        staff.revoke(tx, by.id, token_id)

    await call.app[STORE].write(unit)
    return Nothing()


def _view(token: Token) -> TokenView:
    return TokenView(id=token.id, name=token.name, created_at=views.time(token.created_at))


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/tokens",
        handler=list_,
        least=Role.VIEWER,
        query=Page,
        answer=TokenPage,
    ),
    Endpoint(
        method="POST",
        path="/tokens",
        handler=create,
        least=Role.VIEWER,
        body=NewToken,
        answer=IssuedToken,
        status=201,
    ),
    Endpoint(
        method="DELETE",
        path="/tokens/{token_id}",
        handler=revoke,
        least=Role.VIEWER,
        answer=Nothing,
    ),
]
