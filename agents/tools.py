"""A tool: a typed async method of an agent. Its name, description and schema come from the hints.

Arguments are checked against the same hints before the method is called, so that a tool never sees
what its signature doesn't allow.
"""

import asyncio
import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import structlog

from .errors import Misconfigured, ToolFailed
from .llm.base import ToolSpec

Method = TypeVar("Method", bound=Callable[..., Awaitable[Any]])

TOOL_SECONDS = 20.0
MAX_RESULT = 8_000
"""Characters of a tool's answer that the model sees."""

_log = structlog.get_logger("tools")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    changes: bool
    seconds: float


def tool(*, changes: bool = False, seconds: float = TOOL_SECONDS) -> Callable[[Method], Method]:
    """Marks a method as a tool. `changes`: it alters something in the world, so that it is only
    proposed while a person is in control.
    """

    def mark(method: Method) -> Method:
        method.__tool__ = _Mark(changes=changes, seconds=seconds)  # type: ignore[attr-defined]  # our mark
        return method

    return mark


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A bound tool, ready to be offered and called."""

    spec: ToolSpec
    changes: bool
    seconds: float
    _arguments: type[msgspec.Struct]
    _method: Callable[..., Awaitable[Any]]

    async def call(self, arguments: str) -> str:
        """What the model is told. Never raises, except when it is cancelled."""
        try:
            given = msgspec.json.decode(arguments.strip() or "{}", type=self._arguments)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return f"Error: the arguments don't fit: {error}"
        try:
            async with asyncio.timeout(self.seconds):
                result = await self._method(**msgspec.structs.asdict(given))
        except ToolFailed as error:
            return f"Error: {error.detail}"
        except TimeoutError:
            return "Error: this took too long. Try something else."
        except Exception:
            _log.exception("a tool broke", action="tool_broke", tool=self.spec.name)
            return "Error: this tool does not work now. Try something else."
        text = result if isinstance(result, str) else msgspec.json.encode(result).decode()
        return text[:MAX_RESULT]

    def proposal(self, arguments: str) -> str:
        """The act as a sentence, for an operator to decide."""
        return f"{self.spec.name}({arguments.strip() or '{}'})"


def bound(method: Callable[..., Awaitable[Any]]) -> Tool:
    """The tool of a marked method. Raises `Misconfigured` with how to mend it."""
    mark: _Mark = method.__tool__  # type: ignore[attr-defined]  # see `tool`
    name = method.__name__
    hints = typing.get_type_hints(method)
    fields: list[Any] = []
    for parameter in inspect.signature(method).parameters.values():
        if parameter.name not in hints:
            raise Misconfigured(f"Tool {name}: parameter {parameter.name} needs a type.")
        hint = hints[parameter.name]
        if parameter.default is inspect.Parameter.empty:
            fields.append((parameter.name, hint))
        else:
            fields.append((parameter.name, hint, parameter.default))
    if not inspect.iscoroutinefunction(method):
        raise Misconfigured(f"Tool {name}: write it as `async def`.")
    summary, texts = _documented(inspect.getdoc(method) or "")
    if not summary:
        raise Misconfigured(
            f"Tool {name}: its docstring tells the model when to use it; write one."
        )
    try:
        arguments = msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)
        schema = _schema(arguments, texts)
    except TypeError as error:
        raise Misconfigured(f"Tool {name}: {error}") from error
    return Tool(
        spec=ToolSpec(name=name, description=summary, schema=schema),
        changes=mark.changes,
        seconds=mark.seconds,
        _arguments=arguments,
        _method=method,
    )


def tools_of(agent: object) -> dict[str, Tool]:
    """Every marked method of an agent, by name."""
    found = {}
    for name, member in inspect.getmembers(type(agent), inspect.isfunction):
        if hasattr(member, "__tool__"):
            found[name] = bound(getattr(agent, name))
    return found


def _schema(arguments: type[msgspec.Struct], texts: Mapping[str, str]) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components(
        [arguments], ref_template="#/$defs/{name}"
    )
    named = components.pop(arguments.__name__, schema)
    for parameter, text in texts.items():
        if parameter in named["properties"]:
            named["properties"][parameter]["description"] = text
    named.pop("title", None)
    return {**named, "$defs": components} if components else dict(named)


def _documented(doc: str) -> tuple[str, dict[str, str]]:
    """The description, and a text for each parameter of a Google-style `Args:` section."""
    summary, _, rest = doc.partition("\nArgs:")
    texts: dict[str, str] = {}
    for line in rest.splitlines():
        name, colon, text = line.strip().partition(":")
        if colon and name.isidentifier():
            texts[name] = text.strip()
    return " ".join(summary.split()), texts
