"""What customers are found by, as one index of short texts: words of names and addresses, tags, language,
kinds of address, facts.

A mark is derived from what is stored of a customer, and never read back as data. Whatever changes a
customer calls `mark`; addresses that a message brought are marked when its conversation begins.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update

from channels.identities import WORLDS

from .sql import Statement, Tx, loads
from .tables_people import customer_marks, customers, identities

LONGEST = 80
"""Characters of a word, a tag or a value of a fact that are searched."""
ORDERED = 40
"""Characters of a name that decide its place in a list."""
WORDS = 20
"""Of one name or address."""
SHORTEST_ENDING = 4
"""Digits: people search for the last ones of a number."""
_ENDS = re.compile(r"[\s,;()<>\"/|·-]+")
_PARTS = re.compile(r"[@._+\-:]+")
IN_NAME, IN_ADDRESS = "|n", "|a"
"""After a word: where it stands."""
IN_WORLD = {"email": "|ae", "phone": "|ap"}
"""The same of addresses that people write down; they begin as `IN_ADDRESS`."""
LAST = "\U0010ffff"
"""Sorts after every letter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """What marks are made of."""

    name: str
    language: str
    facts: dict[str, str]
    tags: Sequence[str]
    addresses: Sequence[tuple[str, str, str]]
    """Kind, value, user name."""

    @classmethod
    def stored(
        cls,
        name: str,
        language: str,
        facts: str,
        tags: str,
        addresses: Sequence[tuple[str, str, str]],
    ) -> "Person":
        """From columns as they are."""
        return cls(
            name=name,
            language=language,
            facts=loads(facts),
            tags=loads(tags) or [],
            addresses=addresses,
        )


def fold(text: str) -> str:
    """As it is searched: no case, no accents, one kind of every letter."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()[
        :LONGEST
    ]


def sorted_by(name: str) -> str:
    """What a name is ordered by; those without one come last."""
    return fold(name)[:ORDERED] or LAST


def words(text: str) -> list[str]:
    """The folded words of what somebody is called, or of what is searched."""
    return [word for word in _ENDS.split(fold(text)) if word][:WORDS]


def of(person: Person) -> set[str]:
    """Every mark of somebody."""
    found = {f"w:{word}{IN_NAME}" for word in words(person.name)}
    found |= {f"t:{fold(tag)}" for tag in person.tags}
    if person.language:
        found.add(f"l:{fold(person.language)}")
    for kind, value, username in person.addresses:
        found |= of_address(kind, value, username)
    found |= {fact(name, value) for name, value in person.facts.items()}
    return found


def of_address(kind: str, value: str, username: str) -> set[str]:
    where = IN_WORLD.get(WORLDS.get(kind, ""), IN_ADDRESS)
    words = {f"w:{word}{where}" for word in _searched(value)}
    return words | {f"w:{word}{IN_ADDRESS}" for word in _searched(username)} | {f"k:{kind}"}


def fact(name: str, value: str) -> str:
    return f"f:{fold(name)}={fold(value)}"


def _searched(address: str) -> Iterable[str]:
    """The whole of it, its parts, and of a number every ending."""
    whole = fold(address)
    if not whole:
        return []
    digits = whole.removeprefix("+")
    if digits.isdigit():
        ends = range(max(1, len(digits) - SHORTEST_ENDING + 1))
        return [whole, *(digits[start:] for start in ends)]
    return [whole, *[part for part in _PARTS.split(whole) if part][:WORDS]]


_c = customers.c
_i = identities.c
_m = customer_marks.c
_PERSON = Statement(select(_c.name, _c.language, _c.facts, _c.tags).where(_c.id == bindparam("id")))
_ADDRESSES = Statement(
    select(_i.kind, _i.value, _i.username).where(_i.customer_id == bindparam("id"))
)
_HAS = Statement(select(_m.mark).where(_m.customer_id == bindparam("id")))
_ADD = Statement(
    insert(customer_marks).values(customer_id=bindparam("customer_id"), mark=bindparam("mark"))
)
_DROP = Statement(
    delete(customer_marks).where(_m.customer_id == bindparam("of"), _m.mark == bindparam("gone"))
)
_SORT = Statement(
    update(customers).where(_c.id == bindparam("of")).values(sort_name=bindparam("sort_name"))
)


def mark(tx: Tx, customer_id: str) -> None:
    """Bring the marks of a customer up to what is stored of him."""
    person = tx.ask(_PERSON, id=customer_id)
    addresses = tx.ask(_ADDRESSES, id=customer_id)
    has = tx.ask(_HAS, id=customer_id)
    row = person.fetchone()
    if row is None:
        return
    known = [(one[0], one[1], one[2]) for one in addresses.fetchall()]
    wanted = of(Person.stored(row[0], row[1], row[2], row[3], known))
    marked = {one[0] for one in has.fetchall()}
    for gone in sorted(marked - wanted):
        tx.put(_DROP, of=customer_id, gone=gone)
    for new in sorted(wanted - marked):
        tx.put(_ADD, customer_id=customer_id, mark=new)
    tx.put(_SORT, of=customer_id, sort_name=sorted_by(row[0]))
