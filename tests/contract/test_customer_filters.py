"""Filters of customers find, on both databases and in every order, exactly whom a plain loop finds."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.bus.memory import MemoryBus
from runtime.storage import customers, engine, filters, marks, profiles
from runtime.storage.sql import Tx
from runtime.storage.work import Store

NAMES = ("Ann Müller", "ann-marie Roth", "Änne", "Bob", "Ünal Roth", "", "李 雷", "O'Hara")
TAGS = ("VIP", "Späti", "new")
LANGUAGES = ("de", "en", "")
MANY = 60


@dataclass(frozen=True, kw_only=True)
class One:
    """What a test knows of a customer."""

    id: str
    name: str
    language: str
    tags: tuple[str, ...]
    email: str
    city: str
    at: int
    talked: int


def told(number: int) -> dict[str, Any]:
    return {
        "name": NAMES[number % len(NAMES)],
        "language": LANGUAGES[number % 3],
        "tags": tuple(tag for n, tag in enumerate(TAGS) if number % (n + 2) == 0),
        "email": f"someone.{number}@shop{number % 4}.example" if number % 5 else "",
        "city": ("Berlin", "Bern", "")[number % 3],
    }


async def crowd(url: str) -> tuple[Store, list[One]]:
    now = [1000]
    store = Store(engine.database(url), MemoryBus(), lambda: now[0])
    found = []
    for number in range(MANY):
        now[0] += 1000
        one = told(number)

        def unit(tx: Tx, one: dict[str, Any] = one, number: int = number) -> str:
            id_ = customers.create(tx, one["name"], one["language"])
            if one["email"]:
                key = customers.Key(scope="", kind="email", value=one["email"])
                customers.add_identity(tx, id_, key)
            facts = {"city": one["city"]} if one["city"] else {}
            changed = {"tags": dict.fromkeys(one["tags"], True), "facts": facts}
            profiles.change(tx, id_, changed)
            if number % 3 == 0:
                customers.talks(tx, id_)
            return id_

        talked = now[0] if number % 3 == 0 else 0
        found.append(One(id=await store.write(unit), at=now[0], talked=talked, **one))
    return store, found


Check = tuple[filters.Condition, Callable[[One], bool]]


def begins(prefix: str) -> Check:
    words = marks.words(prefix)

    def holds(one: One) -> bool:
        has = marks.words(one.name)
        return all(any(word.startswith(wanted) for word in has) for wanted in words)

    parts = filters.word_by_word(prefix, marks.IN_NAME)
    return filters.Group(match="all", of=tuple(parts)), holds


def tagged(tag: str) -> Check:
    return filters.Marked(mark=f"t:{marks.fold(tag)}"), lambda one: tag in one.tags


def from_city(city: str) -> Check:
    return filters.Marked(mark=marks.fact("city", city)), lambda one: one.city == city


def has_email() -> Check:
    return filters.Marked(mark="k:email"), lambda one: bool(one.email)


def added(since: int, until: int) -> Check:
    between = filters.Between(what="created_at", since=since, until=until)
    return between, lambda one: since <= one.at < until


def negated(check: Check) -> Check:
    return filters.Not(of=check[0]), lambda one: not check[1](one)


def together(match: Any, checks: list[Check]) -> Check:
    join = all if match == "all" else any
    group = filters.Group(match=match, of=tuple(one for one, _ in checks))
    return group, lambda one: join(holds(one) for _, holds in checks)


TIMES = st.integers(min_value=0, max_value=(MANY + 2) * 1000)
CHECKS = st.recursive(
    st.sampled_from(["a", "Än", "ann mü", "roth", "李", "o"]).map(begins)
    | st.sampled_from(TAGS).map(tagged)
    | st.sampled_from(["Berlin", "Bern", "Rome"]).map(from_city)
    | st.builds(has_email)
    | st.builds(added, TIMES, TIMES),
    lambda inner: (
        inner.map(negated)
        | st.builds(together, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3))
    ),
    max_leaves=6,
)
ORDERS: dict[Any, Callable[[One], Any]] = {
    "newest": lambda one: [-ord(letter) for letter in one.id],
    "oldest": lambda one: one.id,
    "name": lambda one: (marks.sorted_by(one.name), one.id),
    "talked": lambda one: (-one.talked, [-ord(letter) for letter in one.id]),
}


async def paged(store: Store, condition: filters.Condition, order: Any) -> list[str]:
    """All pages of seven, one after the other."""
    found: list[str] = []
    after: tuple[Any, ...] = ()
    while True:
        key = after
        page = await store.read(lambda tx: filters.page(tx, condition, order, key, 7))  # noqa: B023
        found += [one[-1] for one in page]
        if len(page) < 7:
            return found
        after = page[-1]


def test_any_filter_finds_whom_a_loop_finds(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asyncio.Runner() as runner:
        store, everybody = runner.run(crowd(database_url))

        @settings(max_examples=200, deadline=None, database=None)
        @given(CHECKS, st.sampled_from(sorted(ORDERS)), st.sampled_from([3, 10_000]))
        def finds(check: Check, order: str, rare: int) -> None:
            for limit in ("RARE", "RARE_ALONE"):
                monkeypatch.setattr(filters, limit, rare)
            condition, holds = filters.simple(check[0]), check[1]
            wanted = [one.id for one in sorted(everybody, key=ORDERS[order]) if holds(one)]
            assert runner.run(paged(store, condition, order)) == wanted
            counted = runner.run(store.read(lambda tx: filters.count(tx, condition)))
            assert counted == (len(wanted), True)

        finds()
        runner.run(store.aclose())


async def test_of_very_many_about_how_many_there_are_is_said(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, everybody = await crowd(database_url)
    for limit, value in (("RARE", 3), ("RARE_ALONE", 3), ("LOOKED_AT", 20)):
        monkeypatch.setattr(filters, limit, value)
    bob = filters.Group(match="all", of=filters.word_by_word("bob"))
    newest = sum(one.name == "Bob" for one in everybody[-20:])
    about = await store.read(lambda tx: filters.count(tx, filters.simple(bob)))
    assert about == (newest * MANY // 20, False)
    await store.aclose()
