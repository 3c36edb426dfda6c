"""WhatsApp through the whole runtime, over the emulated Graph API."""

import json
from pathlib import Path
from typing import Any

import aiohttp

from channels.whatsapp import signature
from emulators.control import Fault
from emulators.whatsapp import business, setup
from runtime.storage import inbound
from tests.number import Line, connect, line
from tests.operators import desk
from tests.story import CHANNEL, Held
from tests.whatsapp import VERIFY


async def states(s: Line, *wanted: str) -> None:
    await s.until_rows(
        lambda rows: sorted(rows) == [(one,) for one in sorted(wanted)], "deliveries", "state"
    )


async def test_a_customer_is_answered_and_the_ticks_come_back(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["Good **day**!"]) as s:
        s.says("Hello")
        await s.hears("Good *day*!")
        await states(s, "delivered")
        s.shop.outside.read(s.shop.number, s.shop.ann)
        await states(s, "read")


async def test_only_who_knows_the_token_may_set_the_webhook(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with line(sqlite_url, tmp_path) as s, aiohttp.ClientSession() as http:
        here = f"{s.base}/webhooks/whatsapp/{CHANNEL}"
        query = {"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": VERIFY}
        async with http.get(here, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "1158")
        for wrong in ({**query, "hub.verify_token": "guessed"}, {**query, "hub.mode": "x"}, {}):
            async with http.get(here, params=wrong) as answer:
                assert answer.status == 403
                assert (await answer.json())["code"] == "not_genuine"
        for nowhere in ("whatsapp/nobody", f"telegram/{CHANNEL}"):
            async with http.get(f"{s.base}/webhooks/{nowhere}", params=query) as answer:
                assert answer.status == 404


async def test_a_number_may_be_led_here_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    async with line(sqlite_url, tmp_path, channel={"webhook": "number"}) as s:
        assert s.shop.number.override[0].startswith(s.base)
        s.says("Hello")
        await s.hears("Hello!")


async def test_who_answers_on_the_business_s_own_phone_silences_the_agent(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["Good day!"]) as s, desk(s) as olga:
        s.shop.number.coexistence = True
        s.says("Hello")
        await s.hears("Good day!")
        business.echo(s.shop.meta, s.shop.number, s.shop.ann, text="This is Ben.")
        await s.until_rows(lambda rows: rows == [("human",)], "sessions", "mode")
        s.says("Thank you, Ben")
        await s.until_rows(lambda rows: ("Thank you, Ben",) in rows, "log", "text")
        assert await s.rows("turns", "id") == []
        assert s.read_there() == ["Good day!", "This is Ben."]
        ((id_,),) = await s.rows("sessions", "id")
        taken = await olga.post(f"/sessions/{id_}/takeover")
        assert taken.body["session"]["control"]["mode"] == "copilot"
        assert (await olga.post(f"/sessions/{id_}/messages", text="Olga, too.")).status == 202
        await s.hears("Good day!", "This is Ben.", "Olga, too.")


async def test_a_takeover_silences_the_agent_and_people_speak(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["Good day!", "A suggestion."]) as s, desk(s) as olga:
        s.says("Hello")
        await s.hears("Good day!")
        ((id_,),) = await s.rows("sessions", "id")
        assert (await olga.post(f"/sessions/{id_}/takeover")).status == 200
        s.says("Are you there?")
        await s.until_rows(lambda rows: ("Are you there?",) in rows, "log", "text")
        for words in ("One", "Two", "Three"):
            assert (await olga.post(f"/sessions/{id_}/messages", text=words)).status == 202
        await s.hears("Good day!", "One", "Two", "Three")


async def test_who_waits_sees_that_somebody_writes_and_that_he_was_read(
    sqlite_url: str, tmp_path: Path
) -> None:
    llm = Held(["Good day!", "A suggestion."])
    async with line(sqlite_url, tmp_path, llm) as s, desk(s) as olga:
        s.says("Hello")
        await s.until(lambda: s.shop.thread.typing_until, "the agent is seen to write")
        llm.go.set()
        await s.hears("Good day!")
        ((id_,),) = await s.rows("sessions", "id")
        assert (await olga.post(f"/sessions/{id_}/takeover")).status == 200
        again = s.says("Are you there?")
        await s.until_rows(lambda rows: ("Are you there?",) in rows, "log", "text")
        (message,) = [one for one in s.shop.thread.messages if one.id == again]
        assert message.status != "read"
        assert (await olga.post(f"/sessions/{id_}/open")).status == 200
        await s.until(lambda: message.status == "read", "two blue ticks")


async def told(s: Line, id_: str, word: str, **more: Any) -> int:
    """A status, signed as Meta does it."""
    about = {"id": id_, "status": word, "timestamp": "1795000009", **more}
    return await posted(s, {"messages": {"statuses": [about]}})


async def posted(s: Line, fields: dict[str, Any], *, secret: str = "", number: Any = None) -> int:
    number = number or s.shop.number
    metadata = {"phone_number_id": number.id, "display_phone_number": number.phone}
    changes = [
        {"field": field, "value": {"metadata": metadata, **value}}
        for field, value in fields.items()
    ]
    entry = {"id": number.waba.id, "changes": changes}
    return await sent(s, [entry], secret)


async def sent(s: Line, entries: list[dict[str, Any]], secret: str = "") -> int:
    body = json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()
    headers = {signature.HEADER: signature.sign(body, secret or s.shop.app.secret)}
    url = f"{s.base}/webhooks/whatsapp/{CHANNEL}"
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as got:
        return got.status


async def test_a_lost_answer_is_found_again_by_our_own_id(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["Good day!"]) as s:
        s.shop.meta.switches.sent_after = 3600.0
        s.shop.meta.control.faults.append(Fault(kind="drop_after", method="messages"))
        s.says("Hello")
        await states(s, "unknown")
        assert await s.modes() == ["waiting"]
        (message,) = s.phone()
        ((delivery_id,),) = await s.rows("deliveries", "id")
        assert message.callback_data == delivery_id
        assert await told(s, message.id, "delivered", biz_opaque_callback_data=delivery_id) == 200
        assert await s.rows("deliveries", "state", "message_id") == [("delivered", message.id)]


async def test_statuses_never_go_backwards_but_what_arrived_has_not_failed(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["Good day!"]) as s:
        s.shop.meta.switches.sent_after = 3600.0
        s.says("Hello")
        await states(s, "sent")
        ((id_,),) = await s.rows("deliveries", "message_id")
        error = {"code": 131053, "title": "Media upload error"}
        assert await told(s, id_, "failed", errors=[error]) == 200
        assert await s.rows("deliveries", "state") == [("failed",)]
        ((data,),) = await s.log("data", kind="outcome")
        assert (json.loads(data)["code"], json.loads(data)["state"]) == ("131053", "failed")
        assert await s.modes() == ["waiting"]
        for word, state in (("sent", "failed"), ("read", "read"), ("delivered", "read")):
            assert await told(s, id_, word) == 200
            assert await s.rows("deliveries", "state") == [(state,)]
        assert await told(s, id_, "failed", errors=[{**error, "code": 131000}]) == 200
        assert await s.rows("deliveries", "state") == [("read",)]


async def test_a_customer_who_is_gone_is_no_work_for_people(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["Good day!"]) as s:
        s.shop.meta.switches.sent_after = 3600.0
        s.says("Hello")
        await states(s, "sent")
        ((id_,),) = await s.rows("deliveries", "message_id")
        ((chat,),) = await s.rows("sessions", "chat")
        error = {"code": 131026, "title": "Message undeliverable"}
        assert await told(s, id_, "failed", recipient_user_id=chat, errors=[error]) == 200
        assert await s.rows("deliveries", "state") == [("failed",)]
        assert await s.modes() == ["autonomous"]
        assert (False,) in await s.rows("identities", "reachable")


async def test_what_is_for_another_number_goes_to_its_channel(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["One.", "Two."]) as s:
        other = setup.number(s.shop.meta, of=s.shop.number.id, name="Other")
        stranger = setup.number(s.shop.meta, of=s.shop.number.id, name="Stranger")
        await s.runtime.store.write(connect(s.runtime, s.shop, other, "two"))
        await s.until(lambda: "two" in s.runtime.roster.places, "the other number")
        s.shop.meta.postman.change(hold=True, batch=100)
        for number in (s.shop.number, other, stranger):
            s.shop.outside.write(number, s.shop.ann, text=f"To {number.verified_name}")
        s.shop.meta.postman.change(hold=False)
        await s.until_rows(
            lambda rows: set(rows) == {("two",), (CHANNEL,)},
            "sessions",
            "channel_id",
        )
        texts = {text for (text,) in await s.log("text", kind="message")}
        assert {"To Rules", "To Other"} <= texts
        assert "To Stranger" not in texts
        ((body, channel_id),) = await s.rows("quarantine", "body", "channel_id")
        assert b"To Stranger" in body
        assert channel_id == CHANNEL
        await s.runtime.store.write(connect(s.runtime, s.shop, stranger, "three"))
        await s.until(lambda: "three" in s.runtime.roster.places, "the third number")
        kept = await s.runtime.store.read(lambda tx: inbound.quarantined(tx, 1))
        await s.runtime.inbox.replay(kept[0])
        texts = {text for (text,) in await s.log("text", kind="message")}
        assert "To Stranger" in texts


UNREADABLE = 503


def update(s: Line, number: int) -> tuple[str, dict[str, Any]]:
    """One of a thousand, of mixed kinds."""
    who, at = f"US.{10_000 + number % 200}", str(1_795_000_000 + number)
    usual = {"id": f"wamid.{number}", "from_user_id": who, "timestamp": at}
    text = {**usual, "type": "text", "text": {"body": f"Text {number}"}}
    match number % 5:
        case 0:
            return "messages", {
                **usual,
                "type": "reaction",
                "reaction": {"emoji": "👍", "message_id": "x"},
            }
        case 1:
            return "statuses", {"id": f"wamid.out.{number}", "status": "read", "timestamp": at}
        case 2:
            place = {"latitude": 52.5, "longitude": 13.4}
            return "messages", {**usual, "type": "location", "location": place}
    return "messages", text


def entry(s: Line, number: int) -> dict[str, Any]:
    kind, one = update(s, number)
    if number == UNREADABLE:
        one["timestamp"] = "soon"
    value = {"metadata": {"phone_number_id": s.shop.number.id}, kind: [one]}
    return {"id": s.shop.number.waba.id, "changes": [{"field": "messages", "value": value}]}


def counted(s: Line) -> list[str]:
    """The keys of what the inbox writes, as it writes."""
    keys: list[str] = []
    real = s.runtime.store.write

    async def write(unit: Any, key: str = "") -> Any:
        if key.startswith(CHANNEL):
            keys.append(key)
        return await real(unit, key)

    s.runtime.store.write = write  # type: ignore[method-assign]  # to count
    return keys


async def test_a_thousand_updates_are_taken_at_once_and_an_unreadable_one_costs_nothing_else(
    database_url: str, tmp_path: Path
) -> None:
    """A signed batch of 1,000 updates of mixed kinds: one transaction, each dealt with once."""
    async with line(database_url, tmp_path, ["Yes?"] * 300, quiet_seconds=600.0) as s:
        entries = [entry(s, number) for number in range(1000)]
        writes = counted(s)
        assert await sent(s, entries) == 200
        assert len(writes) == 1
        said = [text for (text,) in await s.log("text", kind="message")]
        assert len(said) == 599
        ((body,),) = await s.rows("quarantine", "body")
        assert b"Text 503" in body
        assert b"Text 504" not in body
        assert await sent(s, entries) == 200
        assert len(await s.rows("events", "event_id")) == 1000
        assert len(await s.log("text", kind="message")) == 599


async def test_a_chat_that_was_opened_under_the_phone_goes_on_under_the_id(
    database_url: str, tmp_path: Path
) -> None:
    async with line(database_url, tmp_path, ["One.", "Two.", "Three."]) as s:
        uid, phone = "DE.4711", s.shop.ann.phone
        by_phone = {"id": "wamid.1", "from": phone, "type": "text", "text": {"body": "Old style"}}
        both = {**by_phone, "id": "wamid.2", "from_user_id": uid, "text": {"body": "Both"}}
        only = {**both, "id": "wamid.3", "text": {"body": "No phone"}}
        del only["from"]
        for one in (by_phone, both, only):
            stamped = {**one, "timestamp": "1795000000"}
            assert await posted(s, {"messages": {"messages": [stamped]}}) == 200
        assert await s.rows("sessions", "chat") == [(uid,)]
        assert len(await s.rows("customers", "id")) == 1
        found = await s.rows("identities", "kind", "value", "chat")
        assert sorted(found) == [("wa_bsuid", uid, uid), ("wa_phone", f"+{phone}", uid)]


async def test_a_customer_whom_operators_know_by_phone_is_known_when_he_writes(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with line(sqlite_url, tmp_path) as s, desk(s) as olga:
        given = {"kind": "phone", "value": f"+{s.shop.ann.phone}"}
        made = await olga.post("/customers", name="Ann of Berlin", identities=[given])
        assert made.status == 201
        s.says("Hello")
        await s.hears("Hello!")
        ((customer_id,),) = await s.rows("sessions", "customer_id")
        assert customer_id == made.body["id"]


async def test_a_new_phone_number_is_the_same_customer(database_url: str, tmp_path: Path) -> None:
    async with line(database_url, tmp_path, ["One.", "Two."]) as s:
        s.says("Hello")
        await s.hears("One.")
        s.shop.outside.change_phone(s.shop.ann, "4915199999999")
        await s.until_rows(lambda rows: ("+4915199999999",) in rows, "identities", "value")
        s.says("It is me")
        await s.hears("One.", "Two.")
        assert len(await s.rows("customers", "id")) == 1
        assert len(await s.rows("sessions", "id")) == 1
        assert "+4915112345678" not in {value for (value,) in await s.rows("identities", "value")}


async def test_who_stops_marketing_is_shown_so(sqlite_url: str, tmp_path: Path) -> None:
    async with line(sqlite_url, tmp_path) as s, desk(s) as olga:
        s.says("Hello")
        await s.hears("Hello!")
        ((id_,),) = await s.rows("customers", "id")
        for wish, wanted in (("stop", False), ("resume", True)):
            business.prefer(s.shop.meta, s.shop.number, s.shop.ann, wish)
            s.shop.pass_time(1)
            await s.until_rows(
                lambda rows, wanted=wanted: {one for (one,) in rows} == {wanted},  # type: ignore[misc]
                "identities",
                "marketing",
            )
            shown = (await olga.get(f"/customers/{id_}")).body["identities"]
            assert {one["marketing"] for one in shown} == {wanted}


async def test_what_meta_says_of_the_account_is_for_admins_to_read(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with line(sqlite_url, tmp_path) as s, desk(s, "ada", "admin") as ada:
        business.tell(s.shop.meta, s.shop.number, "phone_number_quality_update")
        await s.until_rows(lambda rows: ("account",) in rows, "happenings", "kind")
        first = (await ada.get(f"/channels/{CHANNEL}/log")).body["items"][0]
        assert (first["kind"], first["level"]) == ("account", "warning")
        assert first["code"].startswith("phone_number_quality_update")
        assert first["detail"]
