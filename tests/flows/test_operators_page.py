"""docs/operators-api.md is followed word for word, in a shell, with Ann on her phone."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from agents.llm.offline import OfflineLlm
from tests.operators import PASSWORD, Desk, desk
from tests.story import PATIENCE, World, world

PAGE = Path(__file__).resolve().parents[2] / "docs/operators-api.md"
STEP = re.compile(
    r"^```(?P<kind>sh|json|text)\n(?P<body>.*?)^```|^> \*\*Ann (?P<does>\w+):\*\* (?P<words>.*?)$",
    re.MULTILINE | re.DOTALL,
)
END = "--end--"


class Shell:
    """One bash for the whole page, as a reader has."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, block: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{block}\necho; echo {END}\n".encode())
        lines: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while END not in lines:
                line = await self._process.stdout.readline()
                assert line, f"the shell is gone: {lines}"
                lines.append(line.decode().strip())
        return "\n".join(lines[:-1]).strip()


@contextlib.asynccontextmanager
async def shell(folder: Path, **variables: str) -> AsyncIterator[Shell]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("bash", stdin=pipe, stdout=pipe, cwd=folder)
    found = Shell(process)
    await found.run("\n".join(f"{name}='{value}'" for name, value in variables.items()))
    try:
        yield found
    finally:
        await process.communicate(b"exit\n")


def fits(shown: Any, real: Any) -> bool:
    """Whether an answer is as shown: in part, with `…` for anything."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return all(name in real and fits(value, real[name]) for name, value in shown.items())
    if isinstance(shown, list) and isinstance(real, list):
        return len(shown) == len(real) and all(map(fits, shown, real))
    if isinstance(shown, str) and "…" in shown:
        pattern = ".*".join(map(re.escape, shown.split("…")))
        return bool(re.fullmatch(pattern, str(real), re.DOTALL))
    return bool(shown == real)


async def answered(bash: Shell, block: str, kind: str, shown: str) -> None:
    """Run it; what only reads is read again until what it is about has happened."""
    again = PATIENCE if not re.search(r"POST|PATCH|uploads", block) else 0.0
    while True:
        got = await bash.run(block)
        if kind == "text" and got == shown.strip():
            return
        if kind == "json" and fits(json.loads(shown), json.loads(got)):
            return
        assert again > 0, f"{block}\n{got}\nis not\n{shown}"
        again -= 0.1
        await asyncio.sleep(0.1)


async def ann(w: World, does: str, words: str) -> None:
    if does == "writes":
        w.write(words)
    elif does == "reads":
        await w.until(lambda: w.heard() and fits(words, w.heard()[-1]), words)
    else:
        chat = w.bot.chats[w.person().id]
        await w.until(lambda: words in str(w.said(chat)[-1].get("document")), words)


async def test_the_page_is_true(database_url: str, tmp_path: Path) -> None:
    first, *steps = [step.groupdict() for step in STEP.finditer(PAGE.read_text())]
    assert [name for name in ("BATON=", "EMAIL=", "PASSWORD=") if name in first["body"]]
    async with (
        world(database_url, tmp_path, OfflineLlm()) as w,
        desk(w) as olga,
        desk(w, "paul") as paul,
        shell(tmp_path, **told(olga, paul)) as bash,
    ):
        block = ""
        for step in steps:
            if step["does"]:
                await ann(w, step["does"], step["words"])
            elif step["kind"] == "sh":
                assert not block, f"nothing is said of what this answers: {block}"
                block = step["body"]
            else:
                await answered(bash, block, step["kind"], step["body"])
                block = ""


def told(olga: Desk, paul: Desk) -> dict[str, str]:
    """What the reader fills in."""
    return {"BATON": olga.base, "EMAIL": olga.email, "PASSWORD": PASSWORD, "COLLEAGUE": paul.email}
