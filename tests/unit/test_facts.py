"""What a fact about a customer is called, however it is said."""

import re

import pytest

from agents.facts import MAX_NAME, NAME, Field, named, plain

FIELDS = (
    Field("shoe_size", "Shoe size", "number", ()),
    Field("Segment", "Customer segment", "choice", ("Retail", "Trial")),
    Field("birth_date", "Дата рождения", "date", ()),
    Field("title", "Segment", "text", ()),
)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("shoe size", "shoe_size"),
        ("  Shoe   Size ", "shoe_size"),
        ("Größe (EU)", "grosse_eu"),
        ("e-mail", "e_mail"),
        ("2nd address", "nd_address"),
        ("_private_", "private"),
        ("размер", ""),
        ("42", ""),
    ],
)
def test_a_name_is_what_programs_call_it(given: str, name: str) -> None:
    assert plain(given) == name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("shoe_size", "shoe_size"),
        ("Shoe Size", "shoe_size"),
        ("shoeSize", "shoe_size"),
        ("segment", "Segment"),
        ("customer segment", "Segment"),
        ("дата  рождения", "birth_date"),
        ("Favourite colour", "favourite_colour"),
        (" размер\nобуви ", "размер обуви"),
    ],
)
def test_a_field_is_meant_by_its_name_first_and_by_its_title(given: str, name: str) -> None:
    assert named(given, FIELDS) == name


@pytest.mark.parametrize("given", ["shoe size", "x" * 500, "a " * 40, "Ünï-cødé", "9 lives"])
def test_what_is_made_of_a_name_is_one_that_a_field_can_have(given: str) -> None:
    assert re.fullmatch(NAME, named(given, ()))
    assert len(named(given, ())) <= MAX_NAME
