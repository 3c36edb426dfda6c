"""Facts about customers: one rule for their names, and those that people have given a title and a type."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
MAX_NAME = 60
_WORD = re.compile(r"[a-z0-9]+")


class Field(NamedTuple):
    """A fact with a title; `type` says how people write its value."""

    name: str
    title: str
    type: str
    choices: Sequence[str]


def plain(text: str) -> str:
    """As programs call it: `Shoe size` is `shoe_size`. Empty if it has no Latin letters."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = _WORD.findall("".join(one for one in letters if not unicodedata.combining(one)))
    return "_".join(words).lstrip("0123456789_")[:MAX_NAME].rstrip("_")


def named(given: str, fields: Sequence[Field]) -> str:
    """The name under which a fact is kept: that of the field which is meant by its name or its title,
    or a name of its own.
    """
    wanted = _key(given)
    by_name = {_key(one.name): one.name for one in fields}
    by_title = {_key(one.title): one.name for one in fields}
    known = by_name.get(wanted) or by_title.get(wanted)
    return known or plain(given) or " ".join(given.split())[:MAX_NAME].strip()


def _key(text: str) -> str:
    """The same for `Shoe size`, `shoe_size` and `shoeSize`."""
    return plain(text).replace("_", "") or " ".join(text.casefold().split())
