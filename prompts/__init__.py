"""Words: Jinja2 templates and one small, strict loader. An undefined name is an error, not a blank.

Templates are looked up in the folders given first (an agent's own), then here. They run sandboxed,
for operators may edit some of them; nothing is escaped, for what they make is text, not HTML.
"""

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

HERE = Path(__file__).parent


class PromptError(Exception):
    """A template is missing, broken, or asks for something it was not given."""


def render(template: str, /, *, folders: Sequence[Path] = (), **values: Any) -> str:
    """The text of `template`, such as `notices/handed_over.md.j2`. Raises `PromptError`."""
    try:
        return _environment(tuple(folders)).get_template(template).render(**values)
    except jinja2.TemplateNotFound as error:
        raise PromptError(f"There is no prompt {error.name!r}.") from error
    except jinja2.TemplateError as error:
        raise PromptError(f"The prompt {template!r} cannot be rendered: {error}") from error


def version(template: str, *, folders: Sequence[Path] = ()) -> str:
    """Twelve digits that change whenever the template's text does. Raises `PromptError`."""
    for folder in (*folders, HERE):
        path = folder / template
        if path.is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    raise PromptError(f"There is no prompt {template!r}.")


def names() -> list[str]:
    """Every template that is here."""
    return sorted(str(path.relative_to(HERE)) for path in HERE.rglob("*.j2"))


@functools.lru_cache(maxsize=64)
def _environment(folders: tuple[Path, ...]) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=jinja2.FileSystemLoader([*folders, HERE]),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
