"""Words: Jinja2 templates and one small, strict loader. An undefined name is an error, not a blank.

Templates are looked up in the folders given first (an agent's own), then here. They run sandboxed,
for operators may edit some of them; nothing is escaped, for what they make is text, not HTML. What
a customer chose (a name, a fact) goes through the filter `data`: one quoted line, never our words; what keeps its lines, `quoted`.
"""

import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import SandboxedEnvironment

HERE = Path(__file__).parent
DATA_LENGTH = 300
QUOTE_LENGTH = 6000


class PromptError(Exception):
    """A template is missing, broken, or asks for something it was not given."""


def render(template: str, /, *, folders: Sequence[Path] = (), **values: Any) -> str:
    """The text of `template`, such as `notices/handed_over.md.j2`. Raises `PromptError`."""
    try:
        return _environment(tuple(folders)).get_template(template).render(**values)
    except jinja2.TemplateNotFound as error:
        raise PromptError(f"There is no prompt {error.name!r}.") from error
    except Exception as error:  # a template runs code: it can divide by zero like any other
        raise PromptError(f"The prompt {template!r} cannot be rendered: {error}") from error


def version(*templates: str, folders: Sequence[Path] = ()) -> str:
    """Twelve digits that change whenever the text of these templates, or of what they include, does.

    Raises `PromptError`.
    """
    environment = _environment(tuple(folders))
    digest = hashlib.sha256()
    for source in _sources(environment, templates).values():
        digest.update(source.encode())
    return digest.hexdigest()[:12]


def names() -> list[str]:
    """Every template that is here."""
    return sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.j2"))


def data(value: object) -> str:
    """Somebody else's text as one quoted line of bounded length."""
    flat = " ".join(str(value).split())
    return json.dumps(flat[:DATA_LENGTH], ensure_ascii=False)


def quoted(value: object) -> str:
    """Somebody else's text, whole and with its lines, between quotes."""
    return json.dumps(str(value)[:QUOTE_LENGTH], ensure_ascii=False)


def _sources(environment: jinja2.Environment, templates: Sequence[str]) -> dict[str, str]:
    """The text of each template and of all that it includes, by name."""
    found: dict[str, str] = {}
    wanted = list(templates)
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        assert environment.loader is not None  # noqa: S101 - given in `_environment`
        try:
            found[name] = environment.loader.get_source(environment, name)[0]
            tree = environment.parse(found[name])
        except jinja2.TemplateNotFound as error:
            raise PromptError(f"There is no prompt {error.name!r}.") from error
        except jinja2.TemplateError as error:
            raise PromptError(f"The prompt {name!r} is broken: {error}") from error
        wanted += [included for included in meta.find_referenced_templates(tree) if included]
    return found


@functools.lru_cache(maxsize=64)
def _environment(folders: tuple[Path, ...]) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader([*folders, HERE]),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters["data"] = data
    environment.filters["quoted"] = quoted
    return environment
