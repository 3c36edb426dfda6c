"""Agents are found by their folders; a broken one says what to mend and does not stop the others."""

from pathlib import Path

import pytest

from agents import catalog
from agents.errors import Misconfigured
from agents.llm.scripted import ScriptedLlm

GOOD = """
from agents.base import Agent

class Baker(Agent):
    name = "Bruno"
    description = "a baker."
"""


def write(folder: Path, code: str, prompt: str = "You are {{ agent.name }}.") -> None:
    (folder / "prompts").mkdir(parents=True)
    (folder / "agent.py").write_text(code)
    (folder / "prompts/instructions.md.j2").write_text(prompt)


def found(*folders: Path) -> catalog.Catalog:
    return catalog.discover(folders, llm=ScriptedLlm([""]))


def test_an_agents_id_is_its_folders_name(tmp_path: Path) -> None:
    write(tmp_path / "bakery", GOOD)
    (tmp_path / "no-agent").mkdir()
    assert [(id_, one.name) for id_, one in found(tmp_path).agents.items()] == [("bakery", "Bruno")]


@pytest.mark.parametrize(
    ("code", "prompt", "why"),
    [
        ("1 / 0", "x", r"broken/agent\.py cannot be imported: ZeroDivisionError"),
        ("x = 1", "x", r"broken/agent\.py defines 0 agents"),
        (GOOD + GOOD.replace("Baker", "Other"), "x", r"2 agents \(Baker, Other\)"),
        (GOOD.replace('"Bruno"', '""'), "x", "name and a description"),
        (GOOD + '    handoff_conditions = ("one")\n', "x", "list of sentences"),
        (GOOD + '    built_in = ("fly",)\n', "x", "built_in is a list"),
        (
            GOOD + "    def __init__(self, **_): raise KeyError('shop')\n",
            "x",
            "Baker cannot be built",
        ),
        (GOOD, "{% if %}", "is broken"),
        (GOOD, "{{ custmer.name }}", "'custmer' is undefined"),
        (GOOD, "{{ 1 / 0 }}", "division by zero"),
    ],
)
def test_a_broken_agent_says_what_to_mend(tmp_path: Path, code: str, prompt: str, why: str) -> None:
    write(tmp_path / "broken", code, prompt)
    write(tmp_path / "whole", GOOD)
    catalogued = found(tmp_path)
    assert set(catalogued.agents) == {"whole"}
    with pytest.raises(Misconfigured, match=why):
        catalog.load(tmp_path / "broken", llm=ScriptedLlm([""]))
    assert set(catalogued.broken) == {"broken"}


def test_an_agent_may_keep_files_beside_it_and_a_base_of_its_own(tmp_path: Path) -> None:
    code = GOOD.replace("class Baker", "from .menu import BREAD\n\nclass Baker")
    code += '\nclass Night(Baker):\n    name = f"Night {BREAD}"\n'
    write(tmp_path / "bakery", code)
    (tmp_path / "bakery/menu.py").write_text('BREAD = "rye"')
    assert found(tmp_path).agents["bakery"].name == "Night rye"


def test_a_later_folder_replaces_an_agent_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path / "ours/bakery", "broken(")
    write(tmp_path / "theirs/bakery", GOOD)
    catalogued = found(tmp_path / "ours", tmp_path / "theirs")
    assert (set(catalogued.agents), catalogued.broken) == ({"bakery"}, {})


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "does not exist" in found(tmp_path / "nowhere").broken["nowhere"]


def test_knowledge_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path / "bakery", GOOD)
    (tmp_path / "bakery/knowledge").mkdir()
    (tmp_path / "bakery/knowledge/a.md").write_bytes(b"\xff\xfe")
    assert "cannot be read" in found(tmp_path).broken["bakery"]
