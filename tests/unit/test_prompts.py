"""The loader is strict, and every prompt of ours renders in every language it knows."""

from pathlib import Path

import pytest

import prompts


@pytest.mark.parametrize("language", ["", "en", "de-AT", "es", "fr", "ru", "xx"])
@pytest.mark.parametrize("notice", [n for n in prompts.names() if n.startswith("notices/")])
def test_every_notice_is_one_sentence_or_two_in_every_language(notice: str, language: str) -> None:
    text = prompts.render(notice, language=language).strip()
    assert 20 < len(text) < 200
    assert "\n" not in text


def test_what_is_undefined_is_an_error() -> None:
    with pytest.raises(prompts.PromptError, match="language"):
        prompts.render("notices/handed_over.md.j2")


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(prompts.PromptError, match="nothing"):
        prompts.render("nothing.md.j2")


def test_an_agents_own_folder_comes_first_and_gives_the_version(tmp_path: Path) -> None:
    (tmp_path / "a.md.j2").write_text("one {{ 6 * 7 }}")
    assert prompts.render("a.md.j2", folders=[tmp_path]) == "one 42"
    before = prompts.version("a.md.j2", folders=[tmp_path])
    (tmp_path / "a.md.j2").write_text("two")
    assert prompts.version("a.md.j2", folders=[tmp_path]) != before


def test_a_template_cannot_reach_python(tmp_path: Path) -> None:
    (tmp_path / "evil.md.j2").write_text("{{ ''.__class__.__mro__ }}")
    with pytest.raises(prompts.PromptError):
        prompts.render("evil.md.j2", folders=[tmp_path])
