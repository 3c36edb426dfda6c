"""How a kind of channel says what it must be told: once, in a dataclass. Forms, checks, and which parts
are secret all follow from its fields. A dataclass within it is a group, such as `imap.host`.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_type_hints

Flat = dict[str, Any]
"""Values by dotted name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One value that an admin gives, or that we make."""

    name: str
    what: str
    """A sentence for whoever fills it in."""
    kind: type
    """str, int or bool."""
    default: Any = None
    """None: it must be given."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Each with what it means, in words."""
    secret: bool = False
    """Sealed at rest, and never shown again."""
    account: bool = False
    """It names the account: no two channels of one kind share it."""
    ours: bool = False
    """We make it, and nobody else ever sees it."""
    read: Callable[[Any], Any] | None = None
    """How what is given is understood; raises `ValueError` with a sentence."""


class InvalidSettings(Exception):
    """`wrong` says of each setting, by name, what an admin must mend."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in wrong.items()))
        self.wrong = wrong


def setting(what: str, *, default: Any = dataclasses.MISSING, **facts: Any) -> Any:
    """A field of such a dataclass; `facts` are those of `Setting`."""
    secret = facts.get("secret", False) or facts.get("ours", False)
    metadata = {"setting": {**facts, "what": what, "secret": secret}}
    return dataclasses.field(default=default, repr=not secret, metadata=metadata)


def declared(form: type, group: str = "") -> tuple[Setting, ...]:
    """What the fields of a dataclass say, in their order."""
    found: list[Setting] = []
    types = get_type_hints(form)
    for one in dataclasses.fields(form):
        name, kind = f"{group}{one.name}", types[one.name]
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            found += declared(kind, f"{name}.")
            continue
        default = None if one.default is dataclasses.MISSING else one.default
        found.append(Setting(name=name, kind=kind, default=default, **one.metadata["setting"]))
    return tuple(found)


def checked(settings: Sequence[Setting], given: Mapping[str, Any]) -> Flat:
    """Everything that is to be stored: what was given, and defaults. Raises `InvalidSettings`."""
    wanted = {one.name: one for one in settings if not one.ours}
    wrong = {name: "There is no such setting." for name in given if name not in wanted}
    values: Flat = {}
    for name, one in wanted.items():
        value = given.get(name)
        try:
            values[name] = one.default if value is None or value == "" else _read(one, value)
        except (TypeError, ValueError) as error:
            wrong[name] = f"{error} {one.what}"
        if values.get(name, "") is None:
            wrong[name] = f"It is missing. {one.what}"
    if wrong:
        raise InvalidSettings(wrong)
    return values


def _read(one: Setting, value: Any) -> Any:
    """As its kind. From a shell everything is text."""
    if one.read is not None:
        value = one.read(value)
    if one.kind is bool:
        found = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())
        if found is None:
            raise ValueError("It is yes or no.")
        return found
    if one.kind is int:
        if isinstance(value, bool) or not str(value).isdecimal():
            raise ValueError("It is a number.")
        return int(value)
    if not isinstance(value, str):
        raise TypeError("It is a text.")
    if one.choices and value not in one.choices:
        raise ValueError(f"It is {' or '.join(one.choices)}.")
    return value.strip()


def flat(values: Mapping[str, Any], group: str = "") -> Flat:
    """Groups as dotted names."""
    found: Flat = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{group}{name}.")
        else:
            found[f"{group}{name}"] = value
    return found


def grouped(values: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of `flat`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        *groups, last = name.split(".")
        place = found
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return found
