"""Small checks that all objects of a message share."""

from typing import Any

from .errors import GraphError, Json, required, unwanted


def keys(where: str, given: Json, known: str) -> None:
    unknown = set(given) - set(known.split())
    if unknown:
        raise GraphError(100, f'Unexpected key "{min(unknown)}" on param "{where}".')


def text(where: str, value: Any) -> str:
    """A text that has something in it."""
    if value is None or value == "":
        raise required(where)
    if not isinstance(value, str):
        raise unwanted(where, "must be a string.")
    if not value.strip():
        raise unwanted(where, "must not be blank.")
    return value


def short(where: str, value: str, most: int) -> str:
    if len(value) > most:
        raise unwanted(where, f"must be at most {most} characters long.")
    return value


def label(where: str, value: Any, most: int) -> str:
    return short(where, text(where, value), most)


def array(where: str, value: Any, most: int) -> list[Json]:
    """So many objects at most, and at least one."""
    if value is None or value == []:
        raise required(where)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise unwanted(where, "must be an array of objects.")
    if len(value) > most:
        raise unwanted(where, f"must have at most {most} elements.")
    return value


def unique(where: str, values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise unwanted(where, "must be unique.")


def nested(where: str, given: Json, name: str) -> Json:
    found = given.get(name)
    if not isinstance(found, dict):
        raise required(f"{where}['{name}']")
    return found
