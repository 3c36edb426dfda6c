"""Templates: what they ask for, what is wrong with values by Meta's own rules, how they read, and what
is sent.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.templates import Field, Filled
from channels.whatsapp.templates import fill, next_cursor, read, read_all

Json = dict[str, Any]


def template(*components: Json, **more: Any) -> Json:
    usual = {"name": "order", "language": "en_US", "status": "APPROVED", "category": "UTILITY"}
    return {**usual, "components": list(components), **more}


def body(text: str, **more: Any) -> Json:
    return {"type": "BODY", "text": text, **more}


def buttons(*many: Json) -> Json:
    return {"type": "BUTTONS", "buttons": list(many)}


ORDER = template(
    {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["4711"]}},
    body(
        "Hi {{1}}, your {{2}} is on its way.", example={"body_text": [["Ann", "blue mug"]]}
    ),
    {"type": "FOOTER", "text": "The Shop"},
    buttons(
        {"type": "URL", "text": "Track", "url": "https://shop.example/t/{{1}}"},
        {"type": "QUICK_REPLY", "text": "Thanks"},
    ),
    parameter_format="POSITIONAL",
)  # fmt: skip
GOOD = {"header.1": "4711", "body.1": "Ann", "body.2": "mug", "button.0": "a-7"}
NAMED = template(
    body(
        "Hi {{first_name}}, {{first_name}}! It is {{day}}.",
        example={"body_text_named_params": [{"param_name": "first_name", "example": "Ann"}]},
    ),
    parameter_format="NAMED",
)
PASSWORD = template(
    {"type": "BODY", "add_security_recommendation": True},
    buttons({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}),
    category="AUTHENTICATION",
)


def wrong(filled: Filled) -> dict[str, str]:
    return {problem.key: problem.detail for problem in filled.problems}


def sent(filled: Filled) -> list[Json]:
    assert not filled.problems, wrong(filled)
    components: list[Json] = filled.extra["template"].get("components", [])
    return components


def test_a_template_says_what_it_asks_for() -> None:
    found = read(ORDER)
    assert (found.name, found.language, found.status) == ("order", "en_US", "approved")
    assert [(v.key, v.field, v.example) for v in found.variables] == [
        ("header.1", Field.TEXT, "4711"),
        ("body.1", Field.TEXT, "Ann"),
        ("body.2", Field.TEXT, "blue mug"),
        ("button.0", Field.URL_PART, ""),
    ]
    assert found.preview == (
        "Order {{header.1}}\n\nHi {{body.1}}, your {{body.2}} is on its way.\n\nThe Shop\n\n"
        "[Track: https://shop.example/t/{{button.0}}]\n[Thanks]"
    )
    assert found.fillable


def test_a_filled_one_reads_as_the_customer_will_read_it() -> None:
    assert fill(ORDER, GOOD).piece.plain == (
        "Order 4711\n\nHi Ann, your mug is on its way.\n\nThe Shop\n\n"
        "[Track: https://shop.example/t/a-7]\n[Thanks]"
    )


def test_numbers_are_sent_in_their_order() -> None:
    filled = fill(ORDER, GOOD)
    assert filled.extra["template"]["name"] == "order"
    assert filled.extra["template"]["language"] == {"code": "en_US"}
    assert sent(filled) == [
        {"type": "header", "parameters": [{"type": "text", "text": "4711"}]},
        {
            "type": "body",
            "parameters": [{"type": "text", "text": "Ann"}, {"type": "text", "text": "mug"}],
        },
        {
            "type": "button",
            "sub_type": "url",
            "index": "0",
            "parameters": [{"type": "text", "text": "a-7"}],
        },
    ]


def test_numbers_that_stand_the_other_way_round_are_still_counted() -> None:
    many = " ".join(f"{{{{{n}}}}}" for n in range(11, 0, -1))
    values = {f"body.{n}": str(n) for n in range(1, 12)}
    (component,) = sent(fill(template(body(many)), values))
    assert [one["text"] for one in component["parameters"]] == [str(n) for n in range(1, 12)]


def test_names_are_sent_with_their_name_and_once() -> None:
    found = read(NAMED)
    assert [(v.key, v.label, v.example) for v in found.variables] == [
        ("body.first_name", "first name", "Ann"),
        ("body.day", "day", ""),
    ]
    filled = fill(NAMED, {"body.first_name": "Bo", "body.day": "Monday"})
    assert filled.piece.plain == "Hi Bo, Bo! It is Monday."
    assert sent(filled) == [
        {
            "type": "body",
            "parameters": [
                {"type": "text", "parameter_name": "first_name", "text": "Bo"},
                {"type": "text", "parameter_name": "day", "text": "Monday"},
            ],
        }
    ]


def test_one_without_gaps_is_sent_by_its_name() -> None:
    filled = fill(template(body("Hello World")), {})
    assert filled.extra == {"template": {"name": "order", "language": {"code": "en_US"}}}
    assert filled.piece.plain == "Hello World"


def test_what_is_missing_shows_as_a_gap() -> None:
    filled = fill(ORDER, {"header.1": "4711", "body.1": " ", "body.9": "x"})
    assert "Hi {{body.1}}, your {{body.2}}" in filled.piece.plain
    assert wrong(filled) == {
        "body.1": "A value is missing.",
        "body.2": "A value is missing.",
        "button.0": "A value is missing.",
        "body.9": "The template has no such variable.",
    }


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("body.1", "two\nlines", "No line breaks"),
        ("body.1", "a\ttab", "no tabs"),
        ("body.1", "five     spaces", "four spaces"),
        ("body.1", "x" * 1025, "At most 1024"),
        ("header.1", "x" * 61, "At most 60"),
        ("button.0", "a b", "No spaces"),
    ],
)
def test_values_that_meta_refuses_are_refused_before(key: str, value: str, sentence: str) -> None:
    found = wrong(fill(ORDER, {**GOOD, key: value}))
    assert list(found) == [key]
    assert sentence in found[key]


def test_four_spaces_and_spaces_around_are_no_problem() -> None:
    assert (
        sent(fill(ORDER, {**GOOD, "body.1": "  a    b  "}))[1]["parameters"][0]["text"] == "a    b"
    )


@pytest.mark.parametrize(
    ("key", "size", "name"),
    [("header.1", 58, "header"), ("body.1", 1010, "body"), ("button.0", 1990, "button")],
)
def test_a_part_that_grows_too_long_is_told(key: str, size: int, name: str) -> None:
    found = wrong(fill(ORDER, {**GOOD, key: "x" * size}))
    assert list(found) == [key]
    assert found[key].startswith(f"The {name} has ")


@pytest.mark.parametrize("status", ["PAUSED", "REJECTED", "PENDING", "DISABLED", "IN_APPEAL", ""])
def test_only_what_is_approved_may_go_out(status: str) -> None:
    filled = fill(template(body("Hi"), status=status), {})
    assert "not approved" in wrong(filled)[""]


def test_why_it_was_rejected_and_how_it_is_liked_are_told() -> None:
    rejected = read(template(body("Hi"), status="REJECTED", rejected_reason="INVALID_FORMAT"))
    assert rejected.reason == "INVALID_FORMAT"
    liked = read(template(body("Hi"), rejected_reason="NONE", quality_score={"score": "GREEN"}))
    assert (liked.reason, liked.quality) == ("", "green")


@pytest.mark.parametrize("kind", ["image", "video", "document"])
def test_a_file_in_the_header_is_an_address_or_an_id(kind: str) -> None:
    one = template({"type": "HEADER", "format": kind.upper()}, body("Hi"))
    key = f"header.{kind}"
    for value, way in (("https://a.example/x", "link"), ("1013859600285441", "id")):
        filled = fill(one, {key: value})
        assert sent(filled)[0]["parameters"] == [{"type": kind, kind: {way: value}}]
        assert filled.piece.plain == f"[{kind.capitalize()}]\n\nHi"
    assert "public address" in wrong(fill(one, {key: "http://a.example/x"}))[key]


def test_a_place_in_the_header_has_a_point_and_may_have_a_name() -> None:
    one = template({"type": "HEADER", "format": "LOCATION"}, body("Hi"))
    point = {"header.latitude": "52.5", "header.longitude": "13.4"}
    place = {"latitude": "52.5", "longitude": "13.4", "name": "Shop"}
    filled = fill(one, {**point, "header.name": "Shop"})
    assert sent(filled)[0]["parameters"] == [{"type": "location", "location": place}]
    for beyond in ("91", "north", "nan"):
        assert list(wrong(fill(one, {**point, "header.latitude": beyond}))) == ["header.latitude"]


def test_a_password_is_said_and_copied_and_needs_a_phone() -> None:
    (code,) = read(PASSWORD).variables
    assert (code.key, code.field, code.limit) == ("body.1", Field.CODE, 15)
    filled = fill(PASSWORD, {"body.1": "J$FpnYnP"})
    assert filled.piece.plain == "J$FpnYnP is your verification code.\n\n[Copy]"
    assert filled.extra["needs_phone"]
    said = [{"type": "text", "text": "J$FpnYnP"}]
    assert sent(filled) == [
        {"type": "body", "parameters": said},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": said},
    ]
    assert list(wrong(fill(PASSWORD, {"body.1": "x" * 16}))) == ["body.1"]


def test_buttons_that_copy_a_coupon_or_open_a_form() -> None:
    one = template(
        body("Sale"),
        buttons({"type": "QUICK_REPLY", "text": "No"}, {"type": "COPY_CODE", "example": "X"}),
    )
    assert sent(fill(one, {"button.1": "SAVE25"})) == [
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "1",
            "parameters": [{"type": "coupon_code", "coupon_code": "SAVE25"}],
        }
    ]
    form = template(body("Book"), buttons({"type": "FLOW", "text": "Book", "flow_id": "1"}))
    assert sent(fill(form, {}))[0]["sub_type"] == "flow"


def test_buttons_without_gaps_go_out_as_they_are() -> None:
    kinds = "QUICK_REPLY URL PHONE_NUMBER REQUEST_CONTACT_INFO".split()
    one = template(body("Hi"), buttons(*({"type": kind, "text": kind} for kind in kinds)))
    assert sent(fill(one, {})) == []


@pytest.mark.parametrize(
    "component",
    [
        {"type": "CAROUSEL", "cards": []},
        {"type": "LIMITED_TIME_OFFER"},
        {"type": "HEADER", "format": "GIF"},
        {"type": "HOLOGRAM"},
        buttons({"type": "MPM", "text": "View"}),
        {"type": "BUTTONS"},
        {},
    ],
)
def test_what_we_cannot_fill_says_so_and_is_not_sent(component: Json) -> None:
    one = template(body("Hi"), component)
    found = read(one)
    assert not found.fillable
    assert found.reason
    assert wrong(fill(one, {"body.1": "x"}))[""] == found.reason


def test_a_list_of_templates_is_read_page_by_page() -> None:
    assert [one.name for one in read_all([ORDER, "rubbish", NAMED])] == ["order", "order"]
    assert read_all(None) == []
    more = {"cursors": {"before": "a", "after": "b"}, "next": "https://…"}
    assert [next_cursor(p) for p in (more, {"cursors": more["cursors"]}, None)] == ["b", "", ""]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("{{1}}"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "type text format buttons components url example category name".split()
            ),
            inner | st.sampled_from("HEADER BODY BUTTONS URL OTP COPY_CODE TEXT LOCATION".split()),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.dictionaries(st.sampled_from([*ORDER]), JSON),
    st.dictionaries(st.sampled_from([*GOOD, "x"]), st.text(max_size=70)),
)
def test_whatever_a_definition_says_nothing_is_raised(part: Json, values: dict[str, str]) -> None:
    filled = fill({**ORDER, **part}, values)
    assert isinstance(filled.piece.plain, str)


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_what_is_typed_stays_what_it_is(one: str, two: str) -> None:
    filled = fill(ORDER, {**GOOD, "body.1": one, "body.2": two})
    if not filled.problems:
        texts = [p["text"] for p in filled.extra["template"]["components"][1]["parameters"]]
        assert texts == [one.strip(), two.strip()]
        assert f"Hi {one.strip()}, your {two.strip()} is" in filled.piece.plain
