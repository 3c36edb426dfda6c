"""What a kind of channel must be told: groups, defaults, kinds of values, and what is wrong."""

from dataclasses import dataclass

import pytest

from channels.settings import InvalidSettings, checked, declared, flat, grouped, setting


@dataclass(frozen=True, kw_only=True)
class Server:
    """A group."""

    host: str = setting("Where it is.")
    port: int = setting("Its port.", default=993)
    tls: bool = setting("Encrypted?", default=True)
    password: str = setting("Its password.", secret=True)


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A kind with a group."""

    address: str = setting("The address.", account=True)
    imap: Server
    key: str = setting("Ours.", ours=True)


SETTINGS = declared(Mailbox)
GIVEN = {"address": "a@b.example", "imap": {"host": "mail", "port": "143", "password": "pw"}}


def test_fields_say_everything() -> None:
    assert [one.name for one in SETTINGS] == [
        *("address", "imap.host", "imap.port", "imap.tls", "imap.password", "key")
    ]
    assert [one.name for one in SETTINGS if one.secret] == ["imap.password", "key"]


def test_what_is_stored_has_its_kind_and_defaults() -> None:
    values = checked(SETTINGS, flat(GIVEN))
    assert values["imap.port"] == 143
    assert values["imap.tls"] is True
    assert grouped(values)["imap"]["host"] == "mail"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"address": ""}, "address"),
        ({"address": 7}, "address"),
        ({"address": ["x"]}, "address"),
        ({"imap.port": "many"}, "imap.port"),
        ({"imap.port": True}, "imap.port"),
        ({"imap.tls": "perhaps"}, "imap.tls"),
        ({"key": "mine"}, "key"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], wrong: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        checked(SETTINGS, {**flat(GIVEN), **change})
    assert list(caught.value.wrong) == [wrong]
