"""The documents are true: drawn from the table, complete, with links that lead somewhere; and what
adding-an-agent.md says is followed word for word.
"""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command

from handoff import diagram
from runtime.cli import FILES, commands
from runtime.config import Settings, variable
from runtime.http import health, hooks
from tests.browser.gallery import SCREENS

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ALL = "\n".join(path.read_text() for path in DOCS)
PICTURES = 6_000_000
"""Bytes of all of them."""
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_handoff_page_is_drawn_from_the_table() -> None:
    page = (ROOT / "docs/handoff.md").read_text()
    assert diagram.mermaid() in page
    assert diagram.table() in page


def test_every_setting_is_in_the_example_and_in_the_docs() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert listed == [variable(field.name) for field in fields(Settings)]
    assert [name for name in listed if f"`{name}`" not in ALL] == []


def test_every_command_is_in_the_docs() -> None:
    found = get_command(commands()).commands  # type: ignore[attr-defined]  # a group has commands
    assert set(found) == {name for names in FILES.values() for name in names}
    assert [name for name in found if f"`{name}`" not in ALL] == []


def test_every_door_is_in_the_docs() -> None:
    paths = [route.path for route in (*hooks.routes(), *health.routes())]
    assert [path for path in paths if f"`{path}`" not in ALL] == []


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
        assert (document.parent / link).exists(), link


def test_the_portals_page_shows_every_screen() -> None:
    folder = ROOT / "docs/screenshots"
    taken = {path.name for path in folder.glob("*")}
    page = (ROOT / "docs/portal.md").read_text()
    assert taken == {name for screen in SCREENS for name in screen.pictures()}
    shown = set(re.findall(r"screenshots/([\w-]+\.webp)", page))
    assert shown == {name for name in taken if name.endswith("wide.webp")}
    assert sum(path.stat().st_size for path in folder.glob("*")) < PICTURES


def test_each_promise_is_kept_by_a_test_that_there_is() -> None:
    lines = (ROOT / "docs/promises.md").read_text().splitlines()
    rows = [
        line for line in lines if line.startswith("|") and not line.startswith(("|---", "| Pro"))
    ]
    assert rows
    for row in rows:
        named = re.fullmatch(r"\| .+ \| `(tests/\S+\.py)::(test_\w+)` \|", row)
        assert named, row
        assert f"def {named[2]}(" in (ROOT / named[1]).read_text(), row


def test_the_changelog_has_what_is_coming() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()


def test_the_image_is_made_by_the_steps_that_ci_runs() -> None:
    image = (ROOT / "Dockerfile").read_text()
    made = re.findall(r"^RUN (make \S+)", image, re.MULTILINE)
    assert made == ["make install-runtime", "make portal"]
    assert "\n".join(made) in (ROOT / ".ci/run").read_text()
    copied = set(re.findall(r"^COPY (\w+) \1$", image, re.MULTILINE))
    assert copied == {"handoff", "channels", "agents", "prompts", "runtime", "portal"}


def test_adding_an_agent_works_word_for_word(tmp_path: Path) -> None:
    page = (ROOT / "docs/adding-an-agent.md").read_text()
    named = re.findall(
        r"`(my-agents/[\w./-]+\.\w[\w.]*)`:\n\n```\w+\n(.*?)^```", page, re.MULTILINE | re.DOTALL
    )
    shell = [body for kind, body in FENCE.findall(page) if kind == "sh"]
    assert len(named) == 3
    subprocess.run(["bash", "-ec", shell[0]], cwd=tmp_path, check=True)
    for name, body in named:
        (tmp_path / name).write_text(body)
    command = shell[1].replace(".venv/bin/python", sys.executable)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": "",
    }
    question, answer = re.findall(r"Ask \*(.*?)\* and it answers `(.*?)`", page)[0]
    talk = subprocess.run(
        ["bash", "-ec", command],
        cwd=tmp_path,
        env=environment,
        input=f"{question}\n\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer in talk.stdout.replace("\n", " ").replace("  ", " ")
