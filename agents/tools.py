"""A tool: a typed async method of an agent. Its name, description and schema come from the hints.

Arguments are checked against the same hints before the method is called, so that a tool never sees
what its signature doesn't allow.
"""

import asyncio
import inspect
import re
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
CUT = " (The rest is left out.)"

_PARAMETER = re.compile(r"^ {4}(\w+)(?: \([^)]*\))?:\s*(.*)$")

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
            text = result if isinstance(result, str) else msgspec.json.encode(result).decode()
        except ToolFailed as error:
            return f"Error: {error.detail}"
        except TimeoutError:
            return "Error: this took too long. Try something else."
        except Exception:
            _log.exception("a tool broke", action="tool_broke", tool=self.spec.name)
            return "Error: this tool does not work now. Try something else."
        return text if len(text) <= MAX_RESULT else text[:MAX_RESULT] + CUT

    def proposal(self, arguments: str) -> str:
        """The act as a sentence, for an operator to decide: `Cancel an order (number: KO-1).`"""
        act = self.spec.description.partition(". ")[0].rstrip(".")
        try:
            given = msgspec.json.decode(arguments.strip() or "{}", type=dict[str, Any])
        except msgspec.DecodeError:
            return f"{act}."
        facts = ", ".join(f"{name}: {_plain(value)}" for name, value in given.items())
        return f"{act} ({facts})." if facts else f"{act}."


def bound(method: Callable[..., Awaitable[Any]]) -> Tool:
    """The tool of a marked method. Raises `Misconfigured` with how to mend it."""
    mark: _Mark = method.__tool__  # type: ignore[attr-defined]  # see `tool`
    name = method.__name__
    if not inspect.iscoroutinefunction(method):
        raise Misconfigured(f"Tool {name}: write it as `async def`.")
    summary, texts = _documented(inspect.getdoc(method) or "")
    if not summary:
        raise Misconfigured(
            f"Tool {name}: its docstring tells the model when to use it; write one."
        )
    try:
        arguments = msgspec.defstruct(
            name, _fields(method), kw_only=True, forbid_unknown_fields=True
        )
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


def _fields(method: Callable[..., Awaitable[Any]]) -> list[Any]:
    """The parameters with their types and defaults, as msgspec wants them."""
    name = method.__name__
    try:
        hints = typing.get_type_hints(method)
    except NameError as error:
        raise Misconfigured(f"Tool {name}: {error}; import the type where it runs.") from error
    fields: list[Any] = []
    for parameter in inspect.signature(method).parameters.values():
        if parameter.name not in hints:
            raise Misconfigured(f"Tool {name}: parameter {parameter.name} needs a type.")
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            raise Misconfigured(f"Tool {name}: name each parameter instead of *{parameter.name}.")
        known = (parameter.name, hints[parameter.name])
        default = parameter.default
        fields.append(known if default is parameter.empty else (*known, default))
    return fields


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


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
    description, _, rest = doc.partition("\nArgs:")
    description = description.partition("\nReturns:")[0].partition("\nRaises:")[0]
    texts: dict[str, str] = {}
    name = ""
    for line in rest.splitlines():
        if line and not line[0].isspace():
            break  # the next section
        parameter = _PARAMETER.match(line)
        if parameter:
            name = parameter[1]
            texts[name] = parameter[2]
        elif name and line.strip():
            texts[name] = f"{texts[name]} {line.strip()}".strip()
    return " ".join(description.split()), texts
