"""Finds agents: every folder with an `agent.py` that defines exactly one agent is one, by its name.

A broken folder is reported and does not stop the others.
"""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import structlog

from .base import Agent
from .errors import Misconfigured
from .llm.base import Llm

_log = structlog.get_logger("agents")


@dataclass(kw_only=True, slots=True)
class Catalog:
    """Agents by id, and for each broken folder a sentence that says what to mend."""

    agents: dict[str, Agent] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def discover(folders: Sequence[Path], *, llm: Llm) -> Catalog:
    """Agents of all folders. A later folder's agent replaces an earlier one of the same name."""
    catalog = Catalog()
    for parent in folders:
        if not parent.is_dir():
            catalog.broken[parent.name] = f"The agents' folder {parent} does not exist."
            continue
        for folder in sorted(parent.iterdir()):
            if (folder / "agent.py").is_file():
                _add(catalog, folder, llm)
    return catalog


def _add(catalog: Catalog, folder: Path, llm: Llm) -> None:
    try:
        catalog.agents[folder.name] = load(folder, llm=llm)
        catalog.broken.pop(folder.name, None)
    except Misconfigured as error:
        _log.error("an agent is broken", action="agent_broken", agent=folder.name, why=error.detail)
        catalog.broken[folder.name] = error.detail


def load(folder: Path, *, llm: Llm) -> Agent:
    """The one agent of a folder. Raises `Misconfigured`."""
    path = folder / "agent.py"
    module = _module(path)
    found = _agents_of(module)
    if len(found) != 1:
        names = f" ({', '.join(one.__name__ for one in found)})" if found else ""
        raise Misconfigured(
            f"{path} defines {len(found)} agents{names}; one class derived from Agent is wanted."
        )
    try:
        return found[0](llm=llm, folder=folder)
    except Misconfigured:
        raise
    except Exception as error:  # their constructor: anything can happen in it
        raise Misconfigured(
            f"{path}: {found[0].__name__} cannot be built: {type(error).__name__}: {error}"
        ) from error


def _agents_of(module: ModuleType) -> list[type[Agent]]:
    """The agents that are written in this file; a class that another derives from is none."""
    written = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Agent)
        and thing.__module__ == module.__name__
    ]
    return [one for one in written if not any(one in other.__bases__ for other in written)]


def _module(path: Path) -> ModuleType:
    """Imported under a name of its own, so that two folders never meet in `sys.modules`.

    It counts as a package, so that an agent may keep files beside it: `from .shop import Client`.
    """
    name = f"baton_agent_{path.parent.name}_{abs(hash(path))}"
    spec = importlib.util.spec_from_file_location(
        name, path, submodule_search_locations=[str(path.parent)]
    )
    if spec is None or spec.loader is None:
        raise Misconfigured(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
            del sys.modules[loaded]
        raise Misconfigured(
            f"{path} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    return module
