"""Mails as real servers delivered them (Exim 4.96 into Dovecot 2.3)."""

from pathlib import Path

from channels import messages as m
from channels.email.own import Own
from channels.email.parse import parse

MAILS = Path(__file__).parents[1] / "payloads/email"
OWN = Own(address="support3@example.test", secret="s" * 32)
THREAD = "abcdefgh23456722"


def test_a_mail_finds_its_thread_by_the_envelope() -> None:
    (read,) = parse((MAILS / "exim-dovecot.eml").read_bytes(), OWN)
    assert isinstance(read, m.CustomerMessage)
    assert read.address == m.Address(chat="ann2@example.test", thread=THREAD)
    assert read.text == "How long is delivery?"


def test_a_bounce_names_the_delivery() -> None:
    (read,) = parse((MAILS / "exim-bounce.eml").read_bytes(), OWN)
    assert isinstance(read, m.StatusChanged)
    assert (read.status, read.code, read.delivery_id) == (m.Status.FAILED, "5.1.1", "d9")
    assert read.unreachable
    assert read.to == m.Address(chat="gone@example.test")
