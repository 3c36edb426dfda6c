"""Which mails a SEARCH finds: what mail clients ask for, and nothing silently ignored."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from .state import Mail

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\(|\)|[^\s()]+')
_FLAGS = {
    "SEEN": "\\Seen",
    "DELETED": "\\Deleted",
    "ANSWERED": "\\Answered",
    "FLAGGED": "\\Flagged",
}
Test = Callable[[int, Mail], bool]


def ranges(wanted: str, last: int) -> list[tuple[int, int]]:
    """IM3: `n:*` has at least the last one, also when n is beyond it."""
    found = []
    for one in wanted.split(","):
        low, colon, high = one.partition(":")
        first = last if low == "*" else int(low)
        second = (last if high == "*" else int(high)) if colon else first
        found.append((min(first, second), max(first, second)))
    return found


def found(mails: Sequence[Mail], asked: str) -> list[Mail]:
    tokens = _TOKEN.findall(asked)
    if tokens[:1] and tokens[0].upper() == "CHARSET":
        tokens = tokens[2:]
    last_uid = max((one.uid for one in mails), default=0)
    tests: list[Test] = []
    while tokens:
        tests.append(_test(tokens, last_uid, len(mails)))
    return [
        mail for number, mail in enumerate(mails, 1) if all(test(number, mail) for test in tests)
    ]


def _test(tokens: list[str], last_uid: int, last: int) -> Test:
    key = tokens.pop(0).upper()
    if key == "NOT":
        inner = _test(tokens, last_uid, last)
        return lambda number, mail: not inner(number, mail)
    if key == "UID" or key[0].isdigit() or key[0] == "*":
        by_uid = key == "UID"
        wanted = ranges(tokens.pop(0), last_uid) if by_uid else ranges(key, last)
        return lambda number, mail: any(
            low <= (mail.uid if by_uid else number) <= high for low, high in wanted
        )
    return _marked(key) or _told(key, tokens)


def _marked(key: str) -> Test | None:
    """Flags, and everything."""
    if key in {"(", ")", "ALL"}:
        return lambda _, __: True
    flag = _FLAGS.get(key.removeprefix("UN"))
    if flag is None:
        return None
    return lambda _, mail: (flag in mail.flags) == (not key.startswith("UN"))


def _told(key: str, tokens: list[str]) -> Test:
    """Keys with something behind them."""
    if key in {"KEYWORD", "UNKEYWORD"}:
        name = tokens.pop(0)
        return lambda _, mail: (name in mail.flags) == (key == "KEYWORD")
    if key in {"SINCE", "SENTSINCE", "BEFORE", "SENTBEFORE"}:
        day = (
            datetime.strptime(tokens.pop(0).strip('"'), "%d-%b-%Y").replace(tzinfo=UTC).timestamp()
        )
        return lambda _, mail: (mail.at >= day) == key.endswith("SINCE")
    if key == "HEADER":
        name, value = tokens.pop(0).strip('"'), tokens.pop(0).strip('"').lower()
        return lambda _, mail: value in _header(mail, name)
    raise ValueError(f"This server does not know {key}.")


def _header(mail: Mail, name: str) -> str:
    head = mail.raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    return " ".join(re.findall(rf"(?im)^{re.escape(name)}:(.*)$", head)).lower()
