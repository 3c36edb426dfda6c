"""What the control API offers, what management tells, and whether every rule has a test."""

import asyncio
import base64
import re
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.phone import PATIENCE
from tests.servers import free_port
from tests.whatsapp import Shop

ROOT = Path(__file__).resolve().parents[2]


async def test_a_number_has_everything_that_a_business_needs(shop: Shop) -> None:
    given = {"name": "New", "country_code": "49", "access_token": "EAAmine", "app_secret": "s"}
    made = await shop.control("POST", "numbers", given)
    assert (made["access_token"], made["app_secret"]) == ("EAAmine", "s")
    assert made["display_phone_number"].startswith("49555")
    path = f"{made['phone_number_id']}?fields=verified_name,quality_rating,throughput"
    found = (await shop.ask("GET", path, token="EAAmine")).body
    assert found["verified_name"] == "New"
    assert found["throughput"] == {"level": "STANDARD"}
    waba = (await shop.ask("GET", made["waba_id"], token="EAAmine")).body
    assert (waba["id"], waba["name"]) == (made["waba_id"], "New")
    second = await shop.control("POST", "numbers", {"of": made["phone_number_id"], "name": "Two"})
    assert second["waba_id"] == made["waba_id"]
    numbers = await shop.ask("GET", f"{made['waba_id']}/phone_numbers", token="EAAmine")
    assert [one["verified_name"] for one in numbers.body["data"]] == ["New", "Two"]
    assert len(await shop.control("GET", "numbers")) == 3


async def test_a_person_over_http(shop: Shop) -> None:
    bob = await shop.control("POST", "people", {"name": "Bob", "username": "bob"})
    raw = base64.b64encode(b"%PDF").decode()
    file = {"kind": "document", "name": "a.pdf", "base64": raw, "caption": "Here"}
    await shop.control("POST", "messages", {"person": "bob", "file": file})
    (value,) = shop.told()
    assert value["contacts"][0]["profile"]["username"] == "bob"
    assert value["messages"][0]["document"]["filename"] == "a.pdf"
    media = value["messages"][0]["document"]["id"]
    url = f"{shop.running.url}/_control/files/{media}"
    async with shop.http.get(url) as got:
        assert await got.read() == b"%PDF"
    assert bob["user_ids"][shop.number.waba.portfolio.id] == value["contacts"][0]["user_id"]
    people = [one["name"] for one in await shop.control("GET", "people")]
    assert people == ["Ann", "Bob"]
    assert "error" in await shop.control("POST", "messages", {"person": "nobody", "text": "x"})
    assert "error" in await shop.control("POST", f"people/{bob['id']}", {"colour": "red"})


async def test_a_chat_can_be_followed(open_shop: Shop) -> None:
    path = f"chats/{open_shop.ann.id}/messages"
    begin = await open_shop.control("GET", path)
    assert begin["window_open"] is True
    waiting = asyncio.create_task(
        open_shop.control("GET", f"{path}?since={begin['revision']}&wait=20&typing=false")
    )
    wamid = (await open_shop.send(biz_opaque_callback_data="x")).wamid
    await open_shop.becomes(wamid, "sent", "delivered")
    first = await waiting
    now = await open_shop.control("GET", f"{path}?since={begin['revision']}")
    (seen,) = now["messages"]
    assert (seen["id"], seen["by_business"], seen["status"]) == (wamid, True, "delivered")
    assert first["revision"] > begin["revision"]


async def test_what_a_person_wrote_is_delivered_and_read(open_shop: Shop) -> None:
    wamid = open_shop.write("Where?")
    path = f"chats/{open_shop.ann.id}/messages"
    assert (await open_shop.control("GET", path))["messages"][-1]["status"] == "sent"
    given = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    await open_shop.post(f"{open_shop.number.id}/messages", **given)
    assert (await open_shop.control("GET", path))["messages"][-1]["status"] == "read"


async def test_every_call_is_noted(open_shop: Shop) -> None:
    await open_shop.send()
    await open_shop.send(to=None)
    calls = await open_shop.control("GET", f"calls?number={open_shop.number.id}&method=messages")
    assert [call["status"] for call in calls] == [200, 400]
    assert calls[0]["parameters"]["text"] == {"body": "Hi"}
    assert calls[0]["answer"]["messages"]
    assert calls[1]["answer"]["error"]["code"] == 100


async def test_the_clock_and_a_fresh_start(open_shop: Shop) -> None:
    before = open_shop.meta.now
    assert (await open_shop.control("POST", "clock", {"advance": 100}))["now"] >= before + 100
    open_shop.template()
    assert await open_shop.control("DELETE", "state") == {}
    assert await open_shop.control("GET", "people") == []
    assert [one["name"] for one in await open_shop.control("GET", "templates")] == ["hello"]
    assert (await open_shop.fails(await open_shop.send()))["code"] == 131026


async def test_a_callback_is_set_as_in_the_dashboard(shop: Shop) -> None:
    given = {"url": "http://127.0.0.1:9/nobody", "verify_token": "x"}
    path = f"numbers/{shop.number.id}/webhook"
    answer = await shop.control("POST", path, given)
    assert answer == {"status": 0, "answer": "", "verified": False}
    assert shop.app.callback_url == ""


async def test_it_runs_alone_and_says_what_one_needs(shop: Shop) -> None:
    port = free_port()
    command = [sys.executable, "-m", "emulators.whatsapp", "--port", str(port), "--name", "Alone"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = [(await process.stdout.readline()).decode().split() for _ in range(5)]
    ready = {name.rstrip(":"): value for name, value in said}
    url = f"http://127.0.0.1:{port}/v26.0/{ready['phone_number_id']}"
    headers = {"Authorization": f"Bearer {ready['access_token']}"}
    async with asyncio.timeout(PATIENCE):
        while (found := await _asked(shop, url, headers)) is None:
            await asyncio.sleep(0.02)
    process.terminate()
    await process.communicate()
    assert (found["verified_name"], found["id"]) == ("Alone", ready["phone_number_id"])


async def _asked(shop: Shop, url: str, headers: dict[str, str]) -> Any:
    """None as long as nobody listens."""
    try:
        async with shop.http.get(url, headers=headers) as got:
            return await got.json()
    except aiohttp.ClientConnectionError:
        return None


def test_every_rule_has_a_test_and_a_place() -> None:
    folder, package = Path(__file__).parent, ROOT / "emulators/whatsapp"
    written = "".join(p.read_text() for p in folder.glob("test_whatsapp_emulator_*.py"))
    tested = {int(number) for number in re.findall(r"def test_wa(\d+)_", written)}
    assert tested == set(range(1, 42))
    page = (package / "README.md").read_text()
    rows = re.findall(r"^\| WA(\d+) \| .*? \| `([\w.]+)`.* \| `(test_\w+)` \|$", page, re.MULTILINE)
    assert {int(number) for number, _, _ in rows} == tested
    for _, file, test in rows:
        assert (package / file).exists(), file
        assert f"def {test}(" in written, test
