"""Only Meta is believed: the signature is over the bytes as they came, the handshake over our own token."""

import json

import pytest

from channels.errors import NotGenuine
from channels.messages import Request
from channels.whatsapp import signature

BODY = '{"text": "caf\\u00e9 ☕"}'.encode()
GOOD = signature.sign(BODY, "secret")


def check(body: bytes = BODY, given: str = GOOD, secret: str = "secret") -> None:
    signature.check(Request(body=body, headers={signature.HEADER: given}), secret)


def test_the_signature_is_metas() -> None:
    assert signature.sign(b"{}", "secret") == (
        "sha256=77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13"
    )
    check()


@pytest.mark.parametrize(
    "given", ["", "sha256=", "wrong", GOOD.removeprefix("sha256="), GOOD.upper(), GOOD + "0", "é"]
)
def test_another_signature_is_not_genuine(given: str) -> None:
    with pytest.raises(NotGenuine):
        check(given=given)


def test_other_bytes_are_not_genuine_even_if_they_say_the_same() -> None:
    with pytest.raises(NotGenuine):
        check(body=json.dumps(json.loads(BODY)).encode())
    with pytest.raises(NotGenuine):
        signature.check(Request(body=BODY), "secret")


def test_without_a_secret_nobody_is_believed() -> None:
    with pytest.raises(NotGenuine):
        check(given=signature.sign(BODY, ""), secret="")


def asked(token: str = "token", mode: str = "subscribe") -> Request:
    query = {"hub.mode": mode, "hub.challenge": "1158201444", "hub.verify_token": token}
    return Request(body=b"", query=query, method="GET")


def test_the_challenge_is_given_back_to_who_knows_the_token() -> None:
    assert signature.challenge(asked(), "token") == b"1158201444"


@pytest.mark.parametrize(
    ("request_", "token"),
    [
        (asked("wrong"), "token"),
        (asked(""), ""),
        (asked(mode="unsubscribe"), "token"),
        (asked("tökén"), "token"),
        (Request(body=b"", method="GET"), "token"),
    ],
)
def test_nobody_else_is_given_the_challenge(request_: Request, token: str) -> None:
    with pytest.raises(NotGenuine):
        signature.challenge(request_, token)
