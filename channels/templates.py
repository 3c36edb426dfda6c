"""Words for messages that a platform has approved beforehand, on whatever platform has such."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .messages import Piece

_MARK = "template"


def is_template(extra: Mapping[str, Any]) -> bool:
    """Whether what goes out with this `Outbound.extra` is a template."""
    return _MARK in extra


class Field(StrEnum):
    """What a variable of a template takes."""

    TEXT = "text"
    """One line."""
    URL_PART = "url_part"
    """The end of a button's address."""
    CODE = "code"
    """What a button copies."""
    IMAGE = "image"
    """As for the two below: a public https address, or what the platform calls an uploaded file."""
    VIDEO = "video"
    DOCUMENT = "document"
    NUMBER = "number"
    """A latitude or a longitude."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """One gap in a template."""

    key: str
    """Unique in its template, such as `body.1`, `body.first_name`, `header.image`, `button.0`."""
    field: Field
    label: str
    """What a person is asked for."""
    example: str = ""
    limit: int
    """Characters."""
    required: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A message that the platform has approved beforehand. Name and language are its identity."""

    name: str
    language: str
    status: str
    """The platform's word in lower case; only `approved` may be sent."""
    category: str
    """`marketing`, `utility`, `authentication`."""
    quality: str = ""
    reason: str = ""
    """Why it was rejected, or why we cannot fill it."""
    fillable: bool = True
    """Whether it has only parts that we know how to fill."""
    variables: tuple[Variable, ...]
    preview: str
    """Its words, with a `{{key}}` for each gap."""
    definition: Mapping[str, Any]
    """As the platform gave it; what is kept, and filled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a template cannot go out so."""

    key: str
    """Of which variable; empty when it is about the whole."""
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A template with its variables: what to look at, what to send, and what is wrong with it."""

    piece: Piece
    """Its words as the customer will read them, for the preview and for the log."""
    extra: Mapping[str, Any]
    """For `Outbound.extra`; it has a `template`, by which `is_template` knows it."""
    problems: tuple[Problem, ...] = ()
    """It must not be sent while there are any."""
