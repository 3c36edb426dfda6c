"""The command line, as a person meets it: as a process, with sentences instead of tracebacks."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.servers import two_free_ports

ROOT = Path(__file__).resolve().parents[2]
KEY = "a-secret-key-of-more-than-32-characters"


def environment(folder: Path, **more: str) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("BATON_", "OPENAI_"))}
    return {
        **clean,
        "PYTHONPATH": str(ROOT),
        "BATON_DATABASE_URL": f"sqlite:///{folder / 'baton.db'}",
        "BATON_SECRET_KEY": KEY,
        "COLUMNS": "200",
        **more,
    }


def baton(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runtime", *words],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


def test_a_deployment_is_set_up_step_by_step(tmp_path: Path) -> None:
    told = baton(tmp_path, "serve")
    assert (told.returncode, "python -m runtime migrate" in told.stderr) == (1, True)
    assert "from nothing to revision 0002" in baton(tmp_path, "migrate").stdout
    assert "already at revision 0002" in baton(tmp_path, "migrate").stdout
    added = baton(tmp_path, "operators", "add", "a@b.example", "--role", "admin", PASSWORD="pw")
    assert "may log in as admin" in added.stdout
    again = baton(tmp_path, "operators", "add", "a@b.example", PASSWORD="pw")
    assert (again.returncode, "already" in again.stderr) == (1, True)
    assert "a@b.example" in baton(tmp_path, "operators", "list").stdout
    assert baton(tmp_path, "tokens", "create", "a@b.example").stdout.startswith("baton_")
    assert "Channels" in baton(tmp_path, "check").stdout


def test_channels_are_connected_and_their_tokens_never_shown(tmp_path: Path) -> None:
    baton(tmp_path, "migrate")
    added = baton(tmp_path, "channels", "add", "telegram", "Shop", "--token", "12:very-secret")
    assert "Shop is channel" in added.stdout
    twice = baton(tmp_path, "channels", "add", "telegram", "Shop", "--token", "12:very-secret")
    assert (twice.returncode, "connected already" in twice.stderr) == (1, True)
    for words, wanted in (
        (("telegram", "Shop"), "@BotFather"),
        (("telegram", "Shop", "--token", "1:a", "--mode=pigeon"), "webhook or polling"),
        (("telegram", "--token", "1:a", "Shop"), "After the name"),
        (("fax", "Shop"), "there is telegram"),
    ):
        wrong = baton(tmp_path, "channels", "add", *words)
        assert (wrong.returncode, wanted in wrong.stderr) == (1, True), wrong.stderr
    assert "--token" in baton(tmp_path, "channels", "kinds").stdout
    listed = baton(tmp_path, "channels", "list").stdout
    assert "starting" in listed
    assert "very-secret" not in listed + added.stdout
    assert b"very-secret" not in (tmp_path / "baton.db").read_bytes()
    wrong = baton(tmp_path, "channels", "list", BATON_SECRET_KEY="short")
    assert (wrong.returncode, "at least 32" in wrong.stderr) == (1, True)


@pytest.mark.timeout(90)
async def test_the_demo_answers_and_stops_when_asked(tmp_path: Path) -> None:
    port = two_free_ports()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "runtime", "demo"),
        cwd=tmp_path,
        env=environment(tmp_path, BATON_PORT=str(port), BATON_QUIET_SECONDS="0.05"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        heard = await _talk(f"http://127.0.0.1:{port + 1}", "How long is delivery?")
        assert "2 to 3 working days" in heard
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = await process.communicate()
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port + 1}/phone" in out.decode()
    assert "admin@example.com" in out.decode()


async def _talk(api: str, question: str) -> str:
    async with aiohttp.ClientSession() as http:
        for _ in range(300):
            try:
                async with http.get(f"{api}/phone") as page:
                    assert "<title>" in await page.text()
                    break
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
        body = json.dumps({"first_name": "Robin"})
        async with http.post(f"{api}/_control/users", data=body) as got:
            user = (await got.json())["id"]
        body = json.dumps({"user": user, "text": question})
        await (await http.post(f"{api}/_control/messages", data=body)).read()
        for _ in range(30):
            url = f"{api}/_control/chats/{user}/messages?after=1&wait=2"
            async with http.get(url) as got:
                found = (await got.json())["messages"]
            if found:
                return str(found[0]["text"])
    return "nothing"
