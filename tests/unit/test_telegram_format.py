"""Markdown to Telegram's HTML: what people see, what Telegram accepts, and nothing lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.cutting import cut, units
from channels.messages import LocalFile
from channels.telegram.format import CAPTION_LIMIT, LIMIT, RAW_LIMIT, compose
from emulators.telegram.markup import parse_html


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Plain & simple, 3 < 4", "Plain &amp; simple, 3 &lt; 4"),
        ("Tea & milk, you & me!", "Tea &amp; milk, you &amp; me!"),
        ("**bold** and *it*", "<b>bold</b> and <i>it</i>"),
        ("**bold *both***", "<b>bold <i>both</i></b>"),
        ("# Title\n\ntext", "<b>Title</b>\n\ntext"),
        ("- a\n- b", "• a\n• b"),
        ("- a\n  - b\n- c\n\nend", "• a\n  • b\n• c\n\nend"),
        ("3. c\n4. d", "3. c\n4. d"),
        ("1. c\n\n   more\n\n2. d", "1. c\nmore\n2. d"),
        ("`x < y`", "<code>x &lt; y</code>"),
        ("**use `x` now**", "<b>use </b><code>x</code><b> now</b>"),
        ("```py\na<b\n```", '<pre><code class="language-py">a&lt;b</code></pre>'),
        ("```\na\n```\n```\nb\n```", "<pre>a</pre>\n\n<pre>b</pre>"),
        ("[shop](https://a.example/?x=1&y=2)", '<a href="https://a.example/?x=1&amp;y=2">shop</a>'),
        ("[`f`](https://a.example)", '<a href="https://a.example">f</a>'),
        ("<mailto:a@b.example>", '<a href="mailto:a@b.example">mailto:a@b.example</a>'),
        ("[bad](javascript:alert(1))", "[bad](javascript:alert(1))"),
        ("[page](/prices) [f](ftp://a/b)", "page (/prices) f (ftp://a/b)"),
        ("![cat](https://a.example/c.png)", '<a href="https://a.example/c.png">cat</a>'),
        ("![](c.png)", "image (c.png)"),
        ("> wise\n> - a\n> - b", "<blockquote>wise\n\n• a\n• b</blockquote>"),
        ("> a\n>> b", "<blockquote>a\n\nb</blockquote>"),
        ("> a\n\n> b", "<blockquote>a</blockquote>\n\n<blockquote>b</blockquote>"),
        ("<ftp://a.example>", "ftp://a.example"),
        ("~~old~~", "<s>old</s>"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        ("<b>raw</b>", "&lt;b&gt;raw&lt;/b&gt;"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("See [^1].\n\n[^1]: note", "See [^1].\n\n[^1]: note"),
        ("one\n\n    two", "one\n\n    two"),
    ],
)
def test_markdown_becomes_what_telegram_shows(markdown: str, expected: str) -> None:
    (piece,) = compose(markdown)
    assert piece.body == expected


def test_a_table_keeps_its_columns() -> None:
    (piece,) = compose(
        "| Name | Price |\n|---|--:|\n| **Tea** | 3 |\n| [Mug](https://a.example) | 10 |"
    )
    assert piece.plain.split("\n") == [
        "Name                    | Price",
        "------------------------+------",
        "Tea                     | 3",
        "Mug (https://a.example) | 10",
    ]
    assert piece.body == f"<pre>{piece.plain}</pre>"


@pytest.mark.parametrize(
    "nothing", ["", " \n ", "\u200b", "&nbsp;", "\u2060**\u200d**", "- \u200b"]
)
def test_there_is_no_message_without_a_visible_character(nothing: str) -> None:
    assert all(piece.plain.strip() for piece in compose(nothing))
    assert compose(nothing, [LocalFile(name="a", mime="", content=b"a")])[-1].attachments == (0,)


def test_half_a_surrogate_pair_can_be_sent() -> None:
    assert [piece.body for piece in compose("a \ud83d b")] == ["a ? b"]


def test_a_long_text_is_cut_where_people_would_and_styles_go_on() -> None:
    pieces = compose("**" + "A sentence of words. " * 400 + "end**")
    assert len(pieces) == 3
    for piece in pieces:
        assert units(piece.plain) <= LIMIT
        assert piece.body.startswith("<b>")
        assert piece.body.endswith("</b>")
        assert piece.plain.endswith((".", "end"))


def test_long_code_goes_on_as_code() -> None:
    pieces = compose("```py\n" + "print('line')\n" * 600 + "```")
    assert len(pieces) == 3
    for piece in pieces:
        assert piece.body.startswith('<pre><code class="language-py">print')
        assert piece.body.endswith("</code></pre>")


def test_many_long_links_make_more_messages_and_not_one_that_is_refused() -> None:
    link = "[a](https://a.example/" + "x" * 1000 + ") "
    pieces = compose(link * 100)
    assert len(pieces) > 1
    assert all(len(piece.body.encode()) <= RAW_LIMIT for piece in pieces)
    assert "".join(piece.plain for piece in pieces).count("a") == 100


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("short", 10, "short"),
        ("first part\n\nsecond", 14, "first part\n\n"),
        ("first line\nsecond", 14, "first line\n"),
        ("One is. Two is", 12, "One is. "),
        ("一つです。二つです", 7, "一つです。"),
        ("several words here", 12, "several "),
        ("unbreakable", 4, "unbr"),
        ("a\n\nlong paragraph", 14, "a\n\nlong "),
    ],
)
def test_a_text_is_cut_at_the_best_place_that_fits(text: str, room: int, expected: str) -> None:
    assert text[: cut(text, room)] == expected


def test_a_short_text_goes_as_the_caption_of_the_first_file() -> None:
    files = [LocalFile(name="a.pdf", mime="application/pdf", content=b"a")] * 2
    assert [(p.plain, p.attachments) for p in compose("See here", files)] == [
        ("See here", (0,)),
        ("", (1,)),
    ]
    long = compose("x" * (CAPTION_LIMIT + 1), files)
    assert [p.attachments for p in long] == [(), (0,), (1,)]


MARKS = [*"ab *_`~[]()#>-+.!|\\&<\n\t\"'é😀1:=/", "\n\n", "```", "](https://a.b/", "\u200b"]
TEXTS = st.lists(st.sampled_from(MARKS), min_size=1, max_size=300).map("".join)
# Addresses move to where they can be seen, and what a code block is written in is not a word.
WITHOUT_LINKS = TEXTS.map(lambda text: re.sub(r"[\[\]<`]", "", text))


@settings(max_examples=400, deadline=None, database=None)
@given(TEXTS | TEXTS.map(lambda text: text * 60) | st.text(st.characters(), max_size=200))
def test_whatever_a_model_writes_telegram_accepts(text: str) -> None:
    for piece in compose(text):
        plain, _ = parse_html(piece.body)
        assert plain == piece.plain
        assert piece.plain.strip()
        assert 0 < units(piece.plain) <= LIMIT
        assert len(piece.body.encode()) <= RAW_LIMIT


@settings(max_examples=200, deadline=None, database=None)
@given(WITHOUT_LINKS | WITHOUT_LINKS.map(lambda text: text * 60))
def test_whatever_a_model_writes_no_letter_is_lost(text: str) -> None:
    letters = re.compile(r"[é😀ab]")
    plain = "".join(piece.plain for piece in compose(text))
    assert letters.findall(plain) == letters.findall(text)


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(st.text(alphabet="abcdé😀", min_size=1, max_size=40), min_size=1, max_size=900))
def test_no_word_is_lost_when_a_text_is_split(words: list[str]) -> None:
    pieces = compose("**" + " ".join(words) + "**")
    told = " ".join(piece.plain for piece in pieces)
    assert told.replace(" ", "").replace("*", "") == "".join(words)
