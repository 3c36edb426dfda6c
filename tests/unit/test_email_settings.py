"""What a mailbox must be told: both ways of saying how it is encrypted, and what is filled in."""

from typing import Any

import pytest

from channels.email.settings import EmailSettings, Server, of
from channels.settings import InvalidSettings, checked, declared, flat, grouped

SETTINGS = declared(EmailSettings)
GIVEN = {
    "address": " Support@Example.COM",
    "imap": {"host": "imap.example.com", "password": "pw"},
    "smtp": {"host": "smtp.example.com"},
}


def told(**changes: Any) -> EmailSettings:
    """As an admin gives them, `__` for the dot."""
    given = flat(GIVEN) | {name.replace("__", "."): value for name, value in changes.items()}
    return of({**grouped(checked(SETTINGS, given)), "secret": "s"})


def test_a_host_each_and_a_password_are_enough() -> None:
    settings = told()
    assert settings.address == "support@example.com"
    user = {"user": "support@example.com", "password": "pw"}
    assert settings.reading() == Server(host="imap.example.com", port=993, tls="ssl", **user)
    assert settings.sending() == Server(host="smtp.example.com", port=465, tls="ssl", **user)
    assert "pw" not in repr(settings)


@pytest.mark.parametrize(
    ("port", "tls", "meant"),
    [
        (465, True, "ssl"),
        ("587", "yes", "starttls"),
        (587, "auto", "starttls"),
        (25, False, "none"),
        (465, "no", "none"),
        (2525, "SSL", "ssl"),
        (465, "starttls", "starttls"),
    ],
)
def test_encryption_is_said_by_name_or_by_yes_and_no(port: Any, tls: Any, meant: str) -> None:
    assert told(smtp__port=port, smtp__tls=tls).sending().tls == meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "support"),
        ("address", "a@b@c"),
        ("address", "Ann <a@b.c>"),
        ("imap.host", ""),
        ("imap.tls", "perhaps"),
        ("smtp.port", "many"),
        ("auth", "trust"),
        ("messages_per_minute", 0),
        ("messages_per_minute", "-1"),
        ("imap.port", 65536),
        ("smtp.port", "0"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidSettings) as raised:
        told(**{name.replace(".", "__"): value})
    assert list(raised.value.wrong) == [name]


def test_oauth_needs_to_know_where_tokens_are() -> None:
    with pytest.raises(ValueError, match=r"oauth\.token_url"):
        told(auth="xoauth2")
