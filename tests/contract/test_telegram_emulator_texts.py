"""Texts, captions and markup: rules TG15 to TG23 of the emulated Bot API."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.telegram.entities import Parse, detected, trimmed, units
from emulators.telegram.errors import Refusal
from emulators.telegram.markdown import parse_markdown, parse_markdown_v2
from emulators.telegram.markup import parse_html
from tests.phone import Phone


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "mode"), [("", ""), (" \n\t", ""), ("<b> </b>", "HTML"), ("_\n_", "MarkdownV2")]
)
async def test_tg15_nothing_to_say(started: Phone, text: str, mode: str) -> None:
    answer = await started.say(text, parse_mode=mode)
    assert answer.said == (400, "Bad Request: message text is empty")


async def test_tg15_white_space_around_goes_and_styles_go_with_it(started: Phone) -> None:
    message = (await started.say("  <b> 😀 bold </b> \n", parse_mode="HTML")).result
    assert (message["text"], message["entities"]) == ("😀 bold", [entity("bold", 0, 7)])


async def test_tg16_length_is_counted_in_characters_after_parsing(started: Phone) -> None:
    assert (await started.say("😀" * 4096)).status == 200
    assert (await started.say(f"<b>{'x' * 4096}</b>", parse_mode="HTML")).status == 200
    refused = (400, "Bad Request: message is too long")
    assert (await started.say("x" * 4097)).said == refused


async def test_tg17_the_raw_text_in_bytes(started: Phone) -> None:
    refused = (400, "Bad Request: text is too long")
    assert (await started.say("é" * 16_385)).said == refused
    inside = f"<b>{'&amp;' * 4096}</b>"
    assert (await started.say(inside, parse_mode="HTML")).status == 200
    assert (await started.say(inside + "&amp;" * 3000, parse_mode="HTML")).said == refused


async def test_tg18_captions_are_shorter(started: Phone) -> None:
    def photo(caption: str) -> dict[str, Any]:
        return {"chat_id": str(started.ann.id), "photo": b"pixels", "caption": caption}

    refused = (400, "Bad Request: message caption is too long")
    assert (await started.form("sendPhoto", **photo("x" * 1025))).said == refused
    assert (await started.form("sendPhoto", **photo("x" * 1024))).result["caption"] == "x" * 1024


async def test_tg19_parse_modes(started: Phone) -> None:
    refused = (400, "Bad Request: unsupported parse_mode")
    assert (await started.say(parse_mode="Word")).said == refused
    assert (await started.say("<i>a</i>", parse_mode="html")).result["text"] == "a"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("é <Table>", 'Unsupported start tag "table" at byte offset 3'),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=a:b>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
    ],
)
async def test_tg20_html_that_cannot_begin(started: Phone, text: str, words: str) -> None:
    answer = await started.say(text, parse_mode="HTML")
    assert answer.said == (400, f"Bad Request: can't parse entities: {words}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ],
)
async def test_tg21_html_that_does_not_end(started: Phone, text: str, words: str) -> None:
    answer = await started.say(text, parse_mode="HTML")
    assert answer.said == (400, f"Bad Request: can't parse entities: {words}")


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("&lt;&amp;&gt;&quot;&#65;&#x42;&copy;&nbsp;", '<&>"AB&copy;&nbsp;', []),
        (
            "<a href='https://A.example/?x=1&amp;y=2'>l</a>",
            "l",
            [entity("text_link", 0, 1, url="https://a.example/?x=1&y=2")],
        ),
        ("<a href='javascript:alert(1)'>l</a>", "l", []),
        ("<a>a.example</a>", "a.example", [entity("text_link", 0, 9, url="http://a.example/")]),
        (
            '<pre><code class="language-py">x</code></pre>',
            "x",
            [entity("pre", 0, 1, language="py")],
        ),
        ('<code class="language-py">x</code>', "x", [entity("code", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("😀<s>x</s>", "😀x", [entity("strikethrough", 2, 1)]),
        ("<b></b>x", "x", []),
    ],
)
def test_tg20_html_that_people_see(text: str, plain: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(text) == (plain, entities)


@pytest.mark.parametrize("character", "]()>#+-=|{}.!")
async def test_tg22_reserved_characters(started: Phone, character: str) -> None:
    answer = await started.say(f"x{character}", parse_mode="MarkdownV2")
    words = f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
    assert answer.said == (400, f"Bad Request: can't parse entities: {words}")
    assert parse_markdown_v2(f"x\\{character}") == (f"x{character}", [])


@pytest.mark.parametrize(
    ("text", "kind", "offset"),
    [
        ("*a", "Bold", 0),
        ("é _a", "Italic", 3),
        ("__a", "Underline", 0),
        ("~a", "Strikethrough", 0),
        ("||a", "Spoiler", 0),
        ("`a", "Code", 0),
        ("```\na", "Pre", 0),
        ("```py\na", "PreCode", 0),
        ("[a", "TextUrl", 0),
        (">a *b", "Bold", 3),
    ],
)
async def test_tg23_unclosed_entities(started: Phone, text: str, kind: str, offset: int) -> None:
    answer = await started.say(text, parse_mode="MarkdownV2")
    words = f"Can't find end of {kind} entity at byte offset {offset}"
    assert answer.said == (400, f"Bad Request: can't parse entities: {words}")


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("*a _b_*", "a b", [entity("bold", 0, 3), entity("italic", 2, 1)]),
        (
            "__u__ ~s~ ||p||",
            "u s p",
            [
                entity("underline", 0, 1),
                entity("strikethrough", 2, 1),
                entity("spoiler", 4, 1),
            ],
        ),
        ("`a*b` c", "a*b c", [entity("code", 0, 3)]),
        ("```py\nx = 1\n```", "x = 1\n", [entity("pre", 0, 6, language="py")]),
        ("[l](https://a.example/\\))", "l", [entity("text_link", 0, 1, url="https://a.example/)")]),
        (
            "[l](tg://user?id=5)",
            "l",
            [
                entity("text_mention", 0, 1, user={"id": 5, "is_bot": False, "first_name": ""}),
            ],
        ),
        ("![🙂](tg://emoji?id=7)", "🙂", [entity("custom_emoji", 0, 2, custom_emoji_id="7")]),
        (">a\n>b\nc", "a\nb\nc", [entity("blockquote", 0, 4)]),
        (">a\n>b||", "a\nb", [entity("expandable_blockquote", 0, 3)]),
    ],
)
def test_tg23_markdown_v2_that_people_see(
    text: str, plain: str, entities: list[dict[str, Any]]
) -> None:
    assert parse_markdown_v2(text) == (plain, entities)


def test_tg23_the_legacy_markdown_does_not_nest() -> None:
    assert parse_markdown("*a_b* \\_ `c`") == (
        "a_b _ c",
        [entity("bold", 0, 3), entity("code", 6, 1)],
    )
    link = entity("text_link", 0, 1, url="http://a.example/")
    assert parse_markdown("[l](a.example)") == ("l", [link])
    with pytest.raises(Refusal, match="Can't find end of the entity starting at byte offset 2"):
        parse_markdown("a *b")


async def test_tg6_entities_may_be_listed_instead(started: Phone) -> None:
    bold = [entity("bold", 0, 2)]
    assert (await started.say("Hi", entities=bold)).result["entities"] == bold
    late = await started.say("Hi", entities=[entity("bold", 1, 5)])
    assert late.status == 400
    assert "ends after the end of the text" in late.said[1]


MARKED = st.text(alphabet=st.sampled_from(list('ab \n\r*_`~[]()>|!\\<b>/=&;#"é😀')), max_size=60)


@pytest.mark.parametrize("parse", [parse_html, parse_markdown, parse_markdown_v2])
@settings(max_examples=300, deadline=None, database=None)
@given(text=MARKED)
def test_any_text_is_refused_or_has_its_styles_inside(parse: Parse, text: str) -> None:
    try:
        plain, entities = trimmed(*parse(text))
    except Refusal:
        return
    for one in entities:
        assert one["length"] > 0
        assert 0 <= one["offset"] <= units(plain) - one["length"]


def test_what_people_write_is_marked_as_telegram_does() -> None:
    found = [(one["type"], one["offset"], one["length"]) for one in detected("😀 /go@x_bot @ann")]
    assert found == [("bot_command", 3, 9), ("mention", 13, 4)]
    kinds = [one["type"] for one in detected("https://a.example/x #tag a@b.example a/b 1")]
    assert kinds == ["url", "hashtag", "email"]
