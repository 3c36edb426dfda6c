"""The command line, as a person meets it: as a process, with sentences instead of tracebacks."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from channels.whatsapp.channel import WhatsAppChannel, WhatsAppSettings
from emulators.control import listening
from runtime.cli import commands, stages
from runtime.errors import BatonError
from tests.servers import free_ports

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
        "PYTHONDONTWRITEBYTECODE": "",  # a start that compiles everything takes seconds
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
    newest = max((ROOT / "runtime/storage/migrations/versions").glob("[0-9]*.py")).name[:4]
    assert f"from nothing to revision {newest}" in baton(tmp_path, "migrate").stdout
    assert f"already at revision {newest}" in baton(tmp_path, "migrate").stdout
    added = baton(tmp_path, "operators", "add", "a@b.example", "--role", "admin", PASSWORD="pw")
    assert "may log in as admin" in added.stdout
    with contextlib.closing(sqlite3.connect(tmp_path / "baton.db")) as stored:
        ((password,),) = stored.execute("SELECT password FROM operators")
    assert password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
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
    assert "--token" in baton(tmp_path, "channels", "kinds").stdout
    listed = baton(tmp_path, "channels", "list").stdout
    assert "starting" in listed
    assert "very-secret" not in listed + added.stdout
    assert b"very-secret" not in (tmp_path / "baton.db").read_bytes()
    wrong = baton(tmp_path, "channels", "list", BATON_SECRET_KEY="short")
    assert (wrong.returncode, "at least 32" in wrong.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["telegram", "Shop"], "@BotFather"),
        (["telegram", "Shop", "--token", "1:a", "--mode=pigeon"], "webhook or polling"),
        (["telegram", "--token", "1:a", "Shop"], "After the name"),
        (["fax", "Shop"], "there is email, telegram"),
    ],
)
def test_a_channel_that_is_told_too_little_or_wrong_is_refused(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, words: list[str], wanted: str
) -> None:
    monkeypatch.setenv("BATON_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("BATON_SECRET_KEY", KEY)
    with pytest.raises(BatonError) as refused:
        commands("channels")(["channels", "add", *words], standalone_mode=False)
    assert wanted in refused.value.detail


def test_a_quick_command_does_not_wait_for_what_only_a_replica_needs() -> None:
    code = "from runtime.cli import commands; commands('operators'); commands('migrate')"
    heavy = "import sys; print(*{'runtime.bootstrap', 'pydantic', 'aiohttp'} & {*sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {heavy}"], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.timeout(90)
async def test_the_demo_answers_on_each_channel_also_after_a_crash_and_stops_when_asked(
    tmp_path: Path,
) -> None:
    port = free_ports(6)
    question, answer = "How long is delivery?", "2 to 3 working days"
    process = await demo(tmp_path, port)
    try:
        assert answer in await _telegram(f"http://127.0.0.1:{port + 1}", question)
        process.kill()
        await process.communicate()
        process = await demo(tmp_path, port)
        heard = await asyncio.gather(
            _telegram(f"http://127.0.0.1:{port + 1}", question),
            _whatsapp(f"http://127.0.0.1:{port + 2}", question),
            _mail(f"http://127.0.0.1:{port + 3}", question),
        )
        assert all(answer in words for words in heard)
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = await process.communicate()
    assert process.returncode == 0
    for number in (1, 2, 3):
        assert f"http://127.0.0.1:{port + number}/phone" in out.decode()
    assert "admin@example.com" in out.decode()


async def demo(folder: Path, port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "runtime", "demo"),
        cwd=folder,
        env=environment(folder, BATON_PORT=str(port), BATON_QUIET_SECONDS="0.05"),
        stdout=asyncio.subprocess.PIPE,
    )


async def _telegram(api: str, question: str) -> str:
    async with phone(api) as http:
        user = (await told(http, "users", {"first_name": "Robin"}))["id"]
        await told(http, "messages", {"user": user, "text": question})
        (found,) = await heard(http, f"chats/{user}/messages?after=1")
        return str(found["text"])


async def _whatsapp(api: str, question: str) -> str:
    async with phone(api) as http:
        person = (await told(http, "people", {"name": "Robin"}))["id"]
        await told(http, "messages", {"person": person, "text": question})
        *_, found = await heard(http, f"chats/{person}/messages?since=0", many=2)
        return str(found["content"]["text"]["body"])


async def _mail(api: str, question: str) -> str:
    async with phone(api) as http:
        account = (await told(http, "people", {"name": "Robin"}))["address"]
        given = {"account": account, "to": "support@kestrel.example", "subject": "Delivery"}
        await told(http, "mails", {**given, "text": question})
        *_, found = await heard(http, f"mails?account={account}&have=1", many=2, key="mails")
        return str(found["text"])


@contextlib.asynccontextmanager
async def phone(api: str) -> AsyncIterator[aiohttp.ClientSession]:
    """As soon as its page is there."""
    async with aiohttp.ClientSession(f"{api}/_control/") as http:
        for _ in range(300):
            try:
                async with http.get(f"{api}/phone") as page:
                    assert "<title>" in await page.text()
                    break
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
        yield http


async def told(http: aiohttp.ClientSession, path: str, given: dict[str, Any]) -> Any:
    async with http.post(path, data=json.dumps(given)) as got:
        return await got.json()


async def heard(
    http: aiohttp.ClientSession, path: str, many: int = 1, key: str = "messages"
) -> list[dict[str, Any]]:
    """So many messages, as soon as they are there."""
    for _ in range(60):
        async with http.get(f"{path}&wait=1") as got:
            found: list[dict[str, Any]] = (await got.json())[key]
        if len(found) >= many:
            return found
        await asyncio.sleep(0.05)
    return []


async def test_the_demo_s_business_has_templates_to_write_first_with() -> None:
    stage = stages.whatsapp(0)
    async with listening(stage.app) as url:
        channel = WhatsAppChannel(WhatsAppSettings(**stage.settings(url)))
        found = {one.name: (one.status, one.fillable) for one in await channel.templates()}
        await channel.aclose()
    assert found == {
        "order_shipped": ("approved", True),
        "may_we_help": ("approved", True),
        "autumn_offer": ("pending", True),
    }
