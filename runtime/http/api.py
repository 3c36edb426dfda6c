"""How an endpoint of the API is written down: one `Endpoint`, from which the route, the checks and the
OpenAPI document are made. What is not written down as open needs a login.
"""

import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pydantic
from aiohttp import web

from runtime import errors
from runtime.storage import logins
from runtime.storage.logins import Login
from runtime.storage.operators import Operator, Role

from . import guard
from .keys import FRONT

BASE = "/api/v1"
MAX_LIMIT = 200
T = TypeVar("T")


class Model(pydantic.BaseModel):
    """A shape on the wire; what it doesn't know is refused."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Nothing(Model):
    """An empty body, and an empty answer."""


class Page(Model):
    """What every list takes."""

    limit: int = pydantic.Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str = pydantic.Field(default="", max_length=200)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request, checked."""

    request: web.Request
    login: Login | None
    path: Mapping[str, str]
    query: Any
    """An instance of the endpoint's `query`."""
    body: Any
    """An instance of the endpoint's `body`."""

    @property
    def operator(self) -> Operator:
        """Who asks; only of endpoints that need a role."""
        if self.login is None:
            raise errors.NotLoggedIn("Log in first.")
        return self.login.operator

    @property
    def app(self) -> web.Application:
        return self.request.app


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """An answer that is more than its body."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str | None] = field(default_factory=dict)
    """None takes the cookie away."""


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """`least` is the least role that may; none: open to everybody."""

    method: str
    path: str
    """Below BASE, with `{names}`."""
    handler: Handler
    """Its docstring describes the endpoint to those who call it."""
    least: Role | None
    answer: Any
    """The type of the answer."""
    body: type[Model] = Nothing
    query: type[Model] = Nothing
    status: int = 200
    refusals: Sequence[str] = ()
    """The codes of 409 that the endpoint can answer."""
    raises: Sequence[type[errors.BatonError]] = ()
    """What else it can answer than every endpoint that takes the same."""
    takes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The schema of a body that is no JSON, by media type; the handler reads it."""
    gives: Sequence[str] = ("application/json",)
    """The media types of the answer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What must be sent, and the pattern it follows; the handler reads it."""
    messages: Sequence[type[Model]] = ()
    """What travels on the websocket that it opens."""


def routes(endpoints: Sequence[Endpoint]) -> list[web.RouteDef]:
    paths = {one.path for one in endpoints}
    return [
        web.route(one.method, BASE + _pattern(one.path, paths), _served(one)) for one in endpoints
    ]


def _pattern(path: str, paths: Collection[str]) -> str:
    """With a `{name}` at its end that is none of the words which stand there in other paths."""
    folder, _, name = path.rpartition("/")
    words = [one.removeprefix(f"{folder}/") for one in paths if one.startswith(f"{folder}/")]
    words = [re.escape(word) for word in sorted(words) if "/" not in word and "{" not in word]
    if not name.startswith("{") or not words:
        return path
    return f"{folder}/{{{name[1:-1]}:(?!(?:{'|'.join(words)})$)[^/]+}}"


def _served(endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    adapter = pydantic.TypeAdapter(endpoint.answer)

    async def serve(request: web.Request) -> web.StreamResponse:
        login = None
        if endpoint.least is not None:
            login = await guard.admitted(request, endpoint.least)
        if not _storable(dict(request.match_info)):
            raise errors.NotFound("There is no such thing.")
        call = Call(
            request=request,
            login=login,
            path=request.match_info,
            query=_checked(endpoint.query, dict(request.query)),
            body=_checked(endpoint.body, await _json(request, endpoint)),
        )
        answer = await endpoint.handler(call)
        if isinstance(answer, web.StreamResponse):
            return answer
        if not isinstance(answer, Answered):
            answer = Answered(body=answer, status=endpoint.status)
        return _rendered(adapter, answer, secure=request.app[FRONT].secure)

    return serve


def _rendered(
    adapter: pydantic.TypeAdapter[Any], answer: Answered, *, secure: bool
) -> web.Response:
    response = web.Response(status=answer.status, headers={"Cache-Control": "no-store"})
    if answer.body is not None:
        response.body = adapter.dump_json(answer.body)
        response.content_type = "application/json"
    response.headers.update(answer.headers)
    for name, value in answer.cookies.items():
        if value is None:
            response.del_cookie(name, path="/")
        else:
            response.set_cookie(
                name,
                value,
                path="/",
                httponly=True,
                secure=secure,
                samesite="Lax",
                max_age=logins.DAYS * 86_400,
            )
    return response


async def _json(request: web.Request, endpoint: Endpoint) -> Any:
    if endpoint.body is Nothing:
        return {}
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise errors.TooLarge(
            f"The request may have at most {request.client_max_size} bytes."
        ) from None
    if not raw:
        return {}
    if request.content_type != "application/json":
        # What a form of another site could send is never read.
        raise errors.Malformed("The body must be JSON, with Content-Type: application/json.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise errors.Malformed("The body is not JSON.") from None


def _storable(given: Any) -> bool:
    """No database can hold NUL, nor half of a surrogate pair."""
    left = [given]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if "\0" in one or any("\ud800" <= c <= "\udfff" for c in one):
                return False
        elif isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
    return True


def _checked(model: type[Model], given: Any) -> Model:
    if not _storable(given):
        raise errors.Invalid("A text has characters that cannot be stored.")
    try:
        return model.model_validate(given)
    except pydantic.ValidationError as error:
        wrong = [
            {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]}
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        first = wrong[0]
        raise errors.Invalid(
            f"{first['field'] or 'body'}: {first['message']}", errors=wrong
        ) from None
