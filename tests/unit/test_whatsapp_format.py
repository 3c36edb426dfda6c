"""Markdown to WhatsApp's own marks: what people see, what fits, and nothing lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.cutting import units
from channels.messages import LocalFile
from channels.whatsapp.markdown import CAPTION_LIMIT, LIMIT, compose


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Plain & simple, 3 < 4", "Plain & simple, 3 < 4"),
        ("**bold** and *it*", "*bold* and _it_"),
        ("**bold *both***", "*bold _both_*"),
        ("***all***", "_*all*_"),
        ("# Title\n\ntext", "*Title*\n\ntext"),
        ("**two\nlines**", "*two*\n*lines*"),
        ("- a\n- b", "• a\n• b"),
        ("- a\n  - b\n- c\n\nend", "• a\n  • b\n• c\n\nend"),
        ("3. c\n4. d", "3. c\n4. d"),
        ("`x < y`", "`x < y`"),
        ("**use `x` now**", "*use* `x` *now*"),
        ("```py\na<b\n*c*\n```\n\nend", "```a<b\n*c*```\n\nend"),
        ("[shop](https://a.example/?x=1&y=2)", "shop (https://a.example/?x=1&y=2)"),
        ("**[shop](https://a.example)**!", "*shop* (https://a.example)!"),
        ("<https://a.example/b_c_d>", "https://a.example/b_c_d"),
        ("[a@b.example](mailto:a@b.example)", "a@b.example"),
        ("[us](mailto:a@b.example)", "us (a@b.example)"),
        ("[page](/prices)", "page (/prices)"),
        ("![cat](https://a.example/c.png)", "cat (https://a.example/c.png)"),
        ("> wise\n> words\n\nend", "> wise\n> words\n\nend"),
        ("~~old~~ new", "~old~ new"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("**bo**ld", "bold"),
        ("a**b *c***", "ab _c_"),
        ("**5 * 3**", "5 * 3"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
    ],
)
def test_markdown_becomes_what_whatsapp_shows(markdown: str, expected: str) -> None:
    (piece,) = compose(markdown)
    assert piece.body == expected


def test_a_table_keeps_its_columns() -> None:
    (piece,) = compose("| Name | Price |\n|---|--:|\n| Tea | 3 |")
    assert piece.body == "```Name | Price\n-----+------\nTea  | 3```"


@pytest.mark.parametrize("nothing", ["", " \n ", "\u200b", "&nbsp;", "\u2060**\u200d**"])
def test_there_is_no_message_without_a_visible_character(nothing: str) -> None:
    assert all(piece.plain.strip() for piece in compose(nothing))
    assert compose(nothing, [LocalFile(name="a", mime="", content=b"a")])[-1].attachments == (0,)


def test_a_long_text_is_cut_where_people_would_and_styles_go_on() -> None:
    pieces = compose("**" + "A sentence of words. " * 400 + "end**")
    assert len(pieces) == 3
    for piece in pieces:
        assert units(piece.body) <= LIMIT
        assert piece.body.startswith("*")
        assert piece.body.endswith("*")
        assert piece.plain.endswith((".", "end"))


def test_long_code_goes_on_as_code() -> None:
    pieces = compose("```py\n" + "print('line')\n" * 600 + "```")
    assert len(pieces) == 3
    assert all(re.fullmatch(r"```print.*\)```", piece.body, re.DOTALL) for piece in pieces)


@pytest.mark.parametrize(
    ("mime", "together"),
    [("image/jpeg", True), ("application/pdf", True), ("audio/ogg", False), ("image/webp", False)],
)
def test_a_short_text_goes_as_the_caption_of_the_first_file_that_can_have_one(
    mime: str, together: bool
) -> None:
    files = [LocalFile(name="a", mime=mime, content=b"a")] * 2
    apart = [("See here", ()), ("", (0,)), ("", (1,))]
    assert [(p.plain, p.attachments) for p in compose("See here", files)] == (
        [("See here", (0,)), ("", (1,))] if together else apart
    )
    assert [p.attachments for p in compose("x" * (CAPTION_LIMIT + 1), files)] == [(), (0,), (1,)]


MARKS = [*"ab *_`~[]()#>-+.!|\\&<\n\t\"'é😀1:=/", "\n\n", "```", "](https://a.b/", "\u200b", "**"]
TEXTS = st.lists(st.sampled_from(MARKS), min_size=1, max_size=300).map("".join)


@settings(max_examples=400, deadline=None, database=None)
@given(TEXTS | TEXTS.map(lambda text: text * 60) | st.text(st.characters(), max_size=200))
def test_whatever_a_model_writes_fits_and_is_seen(text: str) -> None:
    for piece in compose(text):
        assert piece.plain.strip()
        assert piece.body.strip()
        assert units(piece.plain) <= LIMIT
        assert units(piece.body) <= LIMIT
        assert re.sub(r"[\s*_~`>]", "", piece.body) == re.sub(r"[\s*_~`>]", "", piece.plain)


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.text("abé😀", min_size=1, max_size=30), max_size=2000))
def test_no_word_is_lost_between_messages(words: list[str]) -> None:
    pieces = compose(" ".join(words))
    assert " ".join(piece.body for piece in pieces).split() == words
