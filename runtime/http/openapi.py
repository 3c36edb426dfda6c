"""The API's description in OpenAPI 3.1, made from the endpoints that serve it."""

import inspect
import re
import sys
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

import pydantic
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DictSchema

from runtime import errors

from . import guard
from .api import BASE, Call, Endpoint, Nothing

Json = dict[str, Any]
Refusal = type[errors.BatonError]
JSON, PROBLEM = "application/json", "application/problem+json"
ABOUT = (
    "Lists are paged: send `cursor` back until there is none. Errors are `application/problem+json` "
    "with a `code` for machines."
)
SECURITY = {
    "cookie": {"type": "apiKey", "in": "cookie", "name": guard.COOKIE},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": guard.CSRF_HEADER,
        "description": "The `csrf_token` of the login, with every write by cookie.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "A personal token."},
}
_REF = "#/components/schemas/{model}"
_RESPONSES = "#/components/responses/"
_TEXT = {"type": "string"}
_LATER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}


class Problem(pydantic.BaseModel):
    """What is wrong (RFC 9457), with facts for machines beside it."""

    model_config = pydantic.ConfigDict(extra="allow", use_attribute_docstrings=True)

    status: int
    code: str
    """For machines."""
    title: str
    detail: str
    """For whoever must react."""


class _Schemas(GenerateJsonSchema):
    """Without titles that only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - its signature
        return False

    def dict_schema(self, schema: DictSchema) -> Json:
        """Pydantic takes no other keys than the pattern's, and forgets to say so."""
        found = super().dict_schema(schema)
        return found | {"additionalProperties": False} if "patternProperties" in found else found


def endpoint(every: Sequence[Endpoint]) -> Endpoint:
    """The one that serves the description of them all, itself too."""

    @cache
    def made() -> Json:
        return document(every)

    async def openapi(_: Call) -> Json:
        """This description, in OpenAPI 3.1."""
        return made()

    return Endpoint(method="GET", path="/openapi.json", handler=openapi, least=None, answer=Json)


def document(endpoints: Sequence[Endpoint]) -> Json:
    """The whole description, in an order that doesn't change."""
    types = {Problem: "serialization"}
    types |= {of: "serialization" for one in endpoints for of in (one.answer, *one.messages)}
    bodies = {one.body: "validation" for one in endpoints if one.body is not Nothing}
    wanted: list[Any] = [
        (number, mode, pydantic.TypeAdapter(type_))
        for number, (type_, mode) in enumerate([*types.items(), *bodies.items()])
    ]
    made, rest = pydantic.TypeAdapter.json_schemas(
        wanted, ref_template=_REF, schema_generator=_Schemas
    )
    schemas = [made[number, mode] for number, mode, _ in wanted]
    answers = dict(zip(types, schemas, strict=False))
    given = dict(zip(bodies, schemas[len(types) :], strict=True))
    defined = rest["$defs"]
    for query in dict.fromkeys(one.query for one in endpoints):
        defined |= _queried(query).get("$defs", {})
    paths: Json = {}
    for one in endpoints:
        operation = _operation(one, given.get(one.body), answers)
        paths.setdefault(one.path, {})[one.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Baton", "version": "1", "description": ABOUT},
        "servers": [{"url": BASE}],
        "tags": list({_module(one): _tag(one) for one in endpoints}.values()),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(defined.items())),
            "responses": {
                refusal.__name__: _problem(refusal, answers[Problem])
                for one in endpoints
                for refusal in _refusals(one)
            },
            "securitySchemes": SECURITY,
        },
    }


def _operation(one: Endpoint, body: Json | None, answers: dict[Any, Any]) -> Json:
    text = " ".join((inspect.getdoc(one.handler) or "").split())
    summary = re.split(r"(?<=[.?]) |; ", text)[0].rstrip(".")
    role = f" Needs the role {one.least.value}." if one.least else ""
    operation: Json = {
        "operationId": f"{_module(one)}_{one.handler.__name__.strip('_')}",
        "tags": [_module(one)],
        "summary": summary,
        "description": text + role,
        "security": _security(one),
        "parameters": [*_path(one), *_query(one), *_headers(one)],
        "responses": {str(one.status): _success(one, answers[one.answer])},
    }
    if body is not None:
        operation["requestBody"] = {
            "required": not _valid(one.body, {}),
            "content": {JSON: {"schema": body}},
        }
    if one.takes:
        content = {media: {"schema": schema} for media, schema in one.takes.items()}
        operation["requestBody"] = {"required": True, "content": content}
    responses = operation["responses"]
    for refusal in _refusals(one):
        responses[str(int(refusal.status))] = {"$ref": f"{_RESPONSES}{refusal.__name__}"}
    if one.refusals:
        responses["409"] = _problem(errors.Conflict, answers[Problem], one.refusals)
    operation["responses"] = dict(sorted(responses.items()))
    return operation


def _valid(model: type[pydantic.BaseModel], given: Json) -> bool:
    try:
        model.model_validate(given)
    except pydantic.ValidationError:
        return False
    return True


def _security(one: Endpoint) -> list[Json]:
    if one.least is None:
        return []
    by_cookie: Json = {"cookie": []}
    if one.method not in guard.READING:
        by_cookie["csrf"] = []
    return [by_cookie, {"bearer": []}]


def _path(one: Endpoint) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", one.path)
    ]


def _query(one: Endpoint) -> list[Json]:
    schema = _queried(one.query)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": of}
        for name, of in schema.get("properties", {}).items()
    ]


def _queried(query: type[pydantic.BaseModel]) -> Json:
    return query.model_json_schema(ref_template=_REF, schema_generator=_Schemas)


def _headers(one: Endpoint) -> list[Json]:
    return [
        {
            "name": name,
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": pattern},
        }
        for name, pattern in one.headers.items()
    ]


def _success(one: Endpoint, schema: Json) -> Json:
    said: Json = {"description": HTTPStatus(one.status).phrase}
    several = "application/json" in one.gives  # then the rest says the same, as text
    if one.answer is not None:
        said["content"] = {
            media: {"schema": _TEXT if several and not media.endswith("json") else schema}
            for media in one.gives
        }
    return said


def _refusals(one: Endpoint) -> list[Refusal]:
    """What every endpoint can answer that takes the same, and what this one adds."""
    found: list[Refusal] = [errors.Invalid, errors.Unavailable, *one.raises]
    if one.least is not None:
        found += [errors.NotLoggedIn, errors.Forbidden]
    if "{" in one.path:
        found += [errors.NotFound]
    if one.headers:
        found += [errors.Malformed, errors.Unconditional]
    if one.body is not Nothing or one.takes:
        found += [errors.Malformed, errors.TooLarge]
    return found


def _problem(refusal: Refusal, schema: Json, codes: Sequence[str] = ()) -> Json:
    said: Json = {"description": inspect.getdoc(refusal)}
    if codes:
        schema = {"allOf": [schema, {"properties": {"code": {"enum": list(codes)}}}]}
    if refusal.retry:
        said["headers"] = _LATER
    said["content"] = {PROBLEM: {"schema": schema}}
    return said


def _module(one: Endpoint) -> str:
    return one.handler.__module__.rpartition(".")[2]


def _tag(one: Endpoint) -> Json:
    module = inspect.getdoc(sys.modules[one.handler.__module__]) or ""
    return {"name": _module(one), "description": " ".join(module.split())}
