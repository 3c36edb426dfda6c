"""Approved messages of a channel, by API: what there is, how it reads with values, and asking anew."""

from typing import Literal

import pydantic

from channels.templates import Template
from runtime import offers
from runtime.storage.operators import Role

from .api import Call, Endpoint, Model, Nothing
from .keys import TEMPLATES

FieldName = Literal["text", "url_part", "code", "image", "video", "document", "number"]


class VariableView(Model):
    """A gap; `limit` in characters."""

    key: str
    field: FieldName
    label: str
    example: str
    limit: int
    required: bool


class TemplateView(Model):
    """Only what is `approved` and `fillable` can be sent; `reason` says why it was rejected, or why it
    cannot be filled here. `preview` has `{{key}}` for each gap.
    """

    name: str
    language: str
    status: str
    category: str
    quality: str
    reason: str
    fillable: bool
    variables: list[VariableView]
    preview: str


class TemplatesView(Model):
    """All of them; `cursor` is always null."""

    items: list[TemplateView]
    cursor: None = None


class TemplateWanted(Model):
    """Which one, and the values of its variables by their keys."""

    name: str = pydantic.Field(min_length=1, max_length=512)
    language: str = pydantic.Field(min_length=1, max_length=35)
    variables: dict[str, str] = pydantic.Field(default_factory=dict, max_length=100)

    def wanted(self) -> offers.Wanted:
        return offers.Wanted(name=self.name, language=self.language, variables=self.variables)


class ProblemView(Model):
    """`key` is empty when it is about the whole."""

    key: str
    detail: str


class PreviewView(Model):
    """It can be sent when there are no problems."""

    text: str
    problems: list[ProblemView]


async def many(call: Call) -> TemplatesView:
    """The channel's approved messages, and those that are not approved (yet), as last told."""
    return _shown(await call.app[TEMPLATES].every(call.path["channel_id"]))


async def sync(call: Call) -> TemplatesView:
    """Ask the platform now."""
    return _shown(await call.app[TEMPLATES].sync(call.path["channel_id"]))


async def preview(call: Call) -> PreviewView:
    """How a template reads with these values, and what is wrong with them; nothing is sent."""
    given: TemplateWanted = call.body
    found = await call.app[TEMPLATES].preview(call.path["channel_id"], given.wanted())
    return PreviewView(
        text=found.piece.plain,
        problems=[ProblemView(key=one.key, detail=one.detail) for one in found.problems],
    )


def _shown(found: list[Template]) -> TemplatesView:
    return TemplatesView(items=[_view(one) for one in found])


def _view(one: Template) -> TemplateView:
    return TemplateView(
        name=one.name,
        language=one.language,
        status=one.status,
        category=one.category,
        quality=one.quality,
        reason=one.reason,
        fillable=one.fillable,
        preview=one.preview,
        variables=[
            VariableView(
                key=gap.key,
                field=gap.field.value,
                label=gap.label,
                example=gap.example,
                limit=gap.limit,
                required=gap.required,
            )
            for gap in one.variables
        ],
    )


_ALL = "/channels/{channel_id}/templates"
_REFUSALS = ("channel_not_running", "template_not_taken")
ENDPOINTS = [
    Endpoint(method="GET", path=_ALL, handler=many, least=Role.VIEWER, answer=TemplatesView),
    Endpoint(
        method="POST",
        path=f"{_ALL}/sync",
        handler=sync,
        least=Role.OPERATOR,
        body=Nothing,
        answer=TemplatesView,
        refusals=(*_REFUSALS, "sync_failed"),
    ),
    Endpoint(
        method="POST",
        path=f"{_ALL}/preview",
        handler=preview,
        least=Role.OPERATOR,
        body=TemplateWanted,
        answer=PreviewView,
        refusals=_REFUSALS,
    ),
]
