"""Markdown to Telegram's HTML: what people see, what Telegram accepts, and nothing lost."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.messages import LocalFile
from channels.telegram.format import CAPTION_LIMIT, LIMIT, compose, units
from emulators.telegram.markup import parse_html


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Plain & simple, 3 < 4", "Plain &amp; simple, 3 &lt; 4"),
        ("**bold** and *it*", "<b>bold</b> and <i>it</i>"),
        ("**bold *both***", "<b>bold <i>both</i></b>"),
        ("# Title\n\ntext", "<b>Title</b>\n\ntext"),
        ("- a\n- b", "• a\n• b"),
        ("3. c\n4. d", "3. c\n4. d"),
        ("`x < y`", "<code>x &lt; y</code>"),
        ("```py\na<b\n```", '<pre><code class="language-py">a&lt;b</code></pre>'),
        ("[shop](https://a.example/?x=1&y=2)", '<a href="https://a.example/?x=1&amp;y=2">shop</a>'),
        ("[bad](javascript:alert(1))", "[bad](javascript:alert(1))"),
        ("![cat](https://a.example/c.png)", '<a href="https://a.example/c.png">cat</a>'),
        ("> wise", "<blockquote>wise</blockquote>"),
        ("~~old~~", "<s>old</s>"),
        ("<b>raw</b>", "&lt;b&gt;raw&lt;/b&gt;"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_markdown_becomes_what_telegram_shows(markdown: str, expected: str) -> None:
    (piece,) = compose(markdown)
    assert piece.body == expected


def test_a_long_text_is_cut_where_people_would_and_styles_go_on() -> None:
    pieces = compose("**" + "A sentence of words. " * 400 + "end**")
    assert len(pieces) == 3
    for piece in pieces:
        assert units(piece.plain) <= LIMIT
        assert piece.body.startswith("<b>")
        assert piece.body.endswith("</b>")
        assert piece.plain.endswith((".", "end"))


def test_a_short_text_goes_as_the_caption_of_the_first_file() -> None:
    files = [LocalFile(name="a.pdf", mime="application/pdf", content=b"a")] * 2
    assert [(p.plain, p.attachment) for p in compose("See here", files)] == [
        ("See here", 0),
        ("", 1),
    ]
    long = compose("x" * (CAPTION_LIMIT + 1), files)
    assert [p.attachment for p in long] == [None, 0, 1]


TEXTS = st.text(
    alphabet=st.sampled_from(list("ab *_`~[]()#>-+.!|\\&<\n\"'é😀1")), min_size=1, max_size=300
)


@settings(max_examples=300, deadline=None, database=None)
@given(TEXTS)
def test_whatever_a_model_writes_telegram_accepts(text: str) -> None:
    for piece in compose(text):
        plain, _ = parse_html(piece.body)
        assert plain == piece.plain
        assert piece.plain.strip()
        assert units(piece.plain) <= LIMIT


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(st.text(alphabet="abcdé😀", min_size=1, max_size=40), min_size=1, max_size=900))
def test_no_word_is_lost_when_a_text_is_split(words: list[str]) -> None:
    pieces = compose("**" + " ".join(words) + "**")
    told = " ".join(piece.plain for piece in pieces)
    assert told.replace(" ", "").replace("*", "") == "".join(words)
    assert html.unescape(re.sub(r"<[^>]+>", "", pieces[0].body)) == pieces[0].plain
