"""What the portal says in German for the runtime (`portal/src/texts/said/de.ts`): nothing is missing, and
nothing is there that is not said any more.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from channels.telegram import refusals as telegram
from channels.whatsapp import refusals as whatsapp
from runtime import composer, errors, window
from runtime.bootstrap import channel_kinds

ROOT = Path(__file__).resolve().parents[2]
SAID = (ROOT / "portal/src/texts/said/de.ts").read_text()
KEYS = {
    (bare or quoted.replace("\\'", "'") or doubled)
    for bare, quoted, doubled in re.findall(
        r"^  (?:(\w+)|'((?:[^'\\]|\\.)*)'|\"([^\"]*)\"):", SAID, re.MULTILINE
    )
}
NAMES = re.compile(r"\{\{\w+\}\}")
"""Of what stands in a sentence."""
BETWEEN = re.compile(r"(?<=[.!?]) ")
"""Sentences, which the portal looks up one by one."""


def sources(*folders: str) -> Iterator[ast.Module]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ast.parse(path.read_text())


def codes() -> set[str]:
    """With which the runtime refuses, or says why something cannot be."""
    found = {error.code for error in every(errors.BatonError)}
    for node in (node for tree in sources("runtime", "handoff") for node in ast.walk(tree)):
        if isinstance(node, ast.keyword) and node.arg in {"code", "refusals"}:
            parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            found |= {str(one.value) for one in parts if isinstance(one, ast.Constant)}
    told = json.loads((ROOT / "docs/openapi.json").read_text())
    return {one for one in found | set(enums(told)) if re.fullmatch(r"[a-z_]{3,}", one)}


def every(kind: type[errors.BatonError]) -> Iterator[type[errors.BatonError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from every(one)


def enums(told: Any) -> Iterator[str]:
    """The codes that the API's description lists."""
    if isinstance(told, list):
        for one in told:
            yield from enums(one)
    elif isinstance(told, dict):
        code = told.get("properties", {}).get("code", {})
        if isinstance(code, dict):
            yield from code.get("enum", [])
        for one in told.values():
            yield from enums(one)


def sentences() -> set[str]:
    """Every text of the source, with what is filled in as `{{}}`."""
    found: set[str] = set()
    for node in (
        node
        for tree in sources("runtime", "handoff", "channels", "agents")
        for node in ast.walk(tree)
    ):
        if isinstance(node, ast.JoinedStr):
            parts = (one.value if isinstance(one, ast.Constant) else "{{}}" for one in node.values)
            found.add("".join(str(part) for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return {part for whole in found for part in (whole, *BETWEEN.split(whole))}


def test_every_code_has_its_german_sentence() -> None:
    assert codes() - KEYS == set()


def test_what_channels_say_of_themselves_is_there_in_german() -> None:
    said: set[str] = set()
    for kind in channel_kinds().values():
        said |= {kind.what} | {one.what for one in kind.identities}
        for setting in kind.settings:
            if not setting.ours:
                said |= {setting.what, *setting.choices.values()}
    assert said - KEYS == set()


def test_why_messages_did_not_arrive_is_there_in_german() -> None:
    said = {meaning.sentence for meaning in whatsapp.MEANINGS.values()}
    said |= {*telegram._UNREACHABLE.values(), *composer._FREE.values(), composer._HELD}
    assert said - KEYS == set()
    assert window.CODE in KEYS


def test_nothing_is_there_that_is_not_said_any_more() -> None:
    known = sentences()
    stale = {
        key
        for key in KEYS
        if not re.fullmatch(r"[a-z_]+", key) and NAMES.sub("{{}}", key) not in known
    }
    assert stale == set()
