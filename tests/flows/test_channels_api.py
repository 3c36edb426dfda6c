"""Channels by API: connected, tried, changed, stopped and removed by admins; secrets never come back."""

from pathlib import Path
from typing import Any

from emulators.whatsapp import setup
from tests.operators import Desk, Got, begun, desk
from tests.portal import portal
from tests.story import CHANNEL, SECRET, TOKEN, World, world
from tests.whatsapp import shops

NEW = "77:another"


async def shown(one: Desk, channel_id: str = CHANNEL) -> dict[str, Any]:
    got = await one.get(f"/channels/{channel_id}")
    assert got.status == 200, got.body
    body: dict[str, Any] = got.body
    return body


async def connected(w: World, admin: Desk, **settings: str) -> Got:
    told = {"token": NEW, "api_base": w.platform.url, **settings}
    return await admin.post("/channels", kind="telegram", name="Two", settings=told)


async def until_state(w: World, wanted: str, channel_id: str) -> None:
    await w.until_rows(lambda rows: (channel_id, wanted) in rows, "channels", "id", "state")


async def test_an_account_is_connected_and_answers(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "ada", "admin") as ada:
        bot = w.platform.telegram.add_bot(NEW, name="Two")
        got = await connected(w, ada)
        assert (got.status, got.body["agents"]) == (201, [])
        id_ = got.body["id"]
        await until_state(w, "running", id_)
        put = await ada.ask("PUT", f"/channels/{id_}/agents", {"agent_ids": ["support"]})
        assert [agent["id"] for agent in put.body["agents"]] == ["support"]
        roster = w.runtime.roster
        await w.until(lambda: roster.places[id_].agent_ids, "the agent is known")
        w.platform.outside.write(bot, w.person(), text="Hi, Two")
        await w.until(lambda: len(w.said(bot.chats[w.person().id])) == 1, "an answer")
        assert [one["name"] for one in (await ada.get("/channels")).body["items"]] == [
            "Story",
            "Two",
        ]


async def test_no_secret_is_shown_or_kept_in_the_clear(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "ada", "admin") as ada:
        got = await connected(w, ada)
        stored = repr(await w.rows("channels", "settings", "secrets"))
        everything = repr((got.body, await shown(ada), (await ada.get("/channels")).body, stored))
        assert not [secret for secret in (TOKEN, SECRET, NEW) if secret in everything]
        assert got.body["settings"] == {"api_base": w.platform.url, "mode": "webhook"}
        kinds = {one["kind"]: one for one in (await ada.get("/channels/kinds")).body}
        kind = kinds["telegram"]
        assert got.body["secrets"] == ["token"]  # not the one that we made
        assert (kind["what"], kind["identities"]) == (
            "Telegram",
            [{"kind": "telegram_user", "what": "Telegram", "world": None}],
        )
        assert (await ada.ask("DELETE", "/channels/kinds")).status == 405  # no channel's name
        assert [(one["name"], one["required"], one["secret"]) for one in kind["settings"]] == [
            ("token", True, True),
            ("api_base", False, False),
            ("mode", False, False),
        ]


async def test_what_is_given_and_may_be_left_out_is_told_of_a_mailbox(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "ada", "admin") as ada:
        server = {"host": "127.0.0.1", "port": 9, "tls": "none"}
        told = {"address": "a@b.example", "imap": {**server, "password": "x"}, "smtp": server}
        got = await ada.post("/channels", kind="email", name="Help", settings=told)
        assert (got.status, got.body["secrets"]) == (201, ["imap.password"])
        assert got.body["webhook"] is None
        path = f"/channels/{got.body['id']}"
        forgotten = {"settings": {"imap": {"password": None}}}
        got = await ada.ask("PATCH", path, forgotten)
        assert got.body["secrets"] == []
        unfit = await ada.ask("PATCH", path, {"settings": {"auth": "xoauth2"}})
        assert (unfit.status, "oauth.token_url" in unfit.body["detail"]) == (422, True)
        assert f"/webhooks/telegram/{CHANNEL}" in (await shown(ada))["webhook"]
        kinds = {one["kind"]: one for one in (await ada.get("/channels/kinds")).body}
        assert [one for one in kinds if kinds[one]["templates"]] == ["whatsapp"]
        assert [one for one in kinds if not kinds[one]["webhook"]] == ["email"]


async def test_a_whatsapp_number_is_connected_and_says_which_it_is(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "ada", "admin") as ada, shops() as shop:
        told = setup.credentials(shop.meta, shop.number)
        wanted = ("phone_number_id", "waba_id", "access_token", "app_secret")
        own = {name: told[name] for name in wanted}
        settings = {**own, "verify_token": "ours", "api_base": shop.running.url}
        got = await ada.post("/channels", kind="whatsapp", name="Shop", settings=settings)
        assert (got.status, got.body["settings"]["messages_per_second"]) == (201, 80)
        await until_state(w, "running", got.body["id"])
        tried = await ada.post(f"/channels/{got.body['id']}/test")
        assert tried.body["ok"] is True
        assert shop.number.verified_name in tried.body["detail"]
        twice = await ada.post("/channels", kind="whatsapp", name="Again", settings=settings)
        assert (twice.status, twice.code) == (409, "account_connected")


async def test_what_is_wrong_is_said_field_by_field(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w, "ada", "admin") as ada, desk(w) as olga:
        wrong = {"mode": "pigeon", "secret": "mine", "api_base": ["x"]}
        got = await ada.post("/channels", kind="telegram", name="X", settings=wrong)
        assert got.status == 422
        fields = {one["field"] for one in got.body["errors"]}
        assert fields == {f"settings.{name}" for name in ("token", "mode", "secret", "api_base")}
        assert (await ada.post("/channels", kind="fax", name="X", settings={})).status == 422
        for agents in (["nobody"], ["support", "support"]):
            got = await ada.ask("PUT", f"/channels/{CHANNEL}/agents", {"agent_ids": agents})
            assert got.status == 422
        twice = await connected(w, ada, token=TOKEN)
        assert (twice.status, twice.code) == (409, "account_connected")
        assert (await connected(w, olga)).code == "forbidden"
        assert (await olga.get("/channels")).status == 200
        for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/stop")):
            assert (await ada.ask(method, f"/channels/nothing{path}", {})).status == 404


async def test_a_test_says_whether_the_credentials_work_and_what_to_do(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "ada", "admin") as ada:
        good = (await ada.post(f"/channels/{CHANNEL}/test")).body
        assert good["ok"]
        assert f"@{w.bot.user.username}" in good["detail"]
        id_ = (await connected(w, ada)).body["id"]  # no such bot at the platform
        await until_state(w, "error", id_)
        bad = (await ada.post(f"/channels/{id_}/test")).body
        assert (bad["ok"], "@BotFather" in bad["advice"]) == (False, True)
        w.platform.telegram.add_bot(NEW, name="Two")  # mended
        assert (await ada.post(f"/channels/{id_}/test")).body["ok"]
        assert (await shown(ada, id_))["state"] == "error"
        await ada.post(f"/channels/{id_}/start")
        await until_state(w, "running", id_)
        away = {"settings": {"api_base": "http://127.0.0.1:9"}}
        await ada.ask("PATCH", f"/channels/{id_}", away)
        lost = (await ada.post(f"/channels/{id_}/test")).body
        assert (lost["ok"], "network" in lost["advice"]) == (False, True)


async def test_changed_settings_connect_again_and_a_name_does_not(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "ada", "admin") as ada:
        hooks = len(w.calls("setwebhook"))
        named = await ada.ask("PATCH", f"/channels/{CHANNEL}", {"name": "Shop"})
        assert (named.body["name"], named.body["state"]) == ("Shop", "running")
        same = await ada.ask("PATCH", f"/channels/{CHANNEL}", {"settings": {"mode": "webhook"}})
        assert same.body["state"] == "running"
        polls = await ada.ask("PATCH", f"/channels/{CHANNEL}", {"settings": {"mode": "polling"}})
        assert polls.body["settings"]["mode"] == "polling"
        await w.until(lambda: w.calls("getupdates"), "it polls")
        await until_state(w, "running", CHANNEL)
        assert len(w.calls("setwebhook")) == hooks
        await begun(w, "Do you hear me?")
        back = await ada.ask("PATCH", f"/channels/{CHANNEL}", {"settings": {"mode": None}})
        assert back.body["settings"]["mode"] == "webhook"
        await w.until(lambda: len(w.calls("setwebhook")) > hooks, "the webhook again")


async def test_a_channel_is_stopped_started_and_removed_only_without_a_history(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "ada", "admin") as ada:
        await begun(w)
        refused = await ada.ask("DELETE", f"/channels/{CHANNEL}", {})
        assert (refused.status, refused.code) == (409, "channel_has_history")
        stopped = await ada.post(f"/channels/{CHANNEL}/stop")
        assert stopped.body["state"] == "stopped"
        await w.until(lambda: not w.runtime.roster.places, "nothing runs")
        w.write("Anybody?")
        await ada.post(f"/channels/{CHANNEL}/start")
        await until_state(w, "running", CHANNEL)
        again = await ada.post(f"/channels/{CHANNEL}/start")
        assert again.body["state"] == "running"
        await w.until(lambda: len(w.heard()) == 2, "what was written meanwhile is answered")
        id_ = (await connected(w, ada)).body["id"]
        assert (await ada.ask("DELETE", f"/channels/{id_}", {})).status == 200
        assert (await ada.get(f"/channels/{id_}")).status == 404


async def test_each_change_of_a_channel_is_told_to_portals(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        world(database_url, tmp_path) as w,
        desk(w, "ada", "admin") as ada,
        portal(ada) as window,
    ):
        changes: list[tuple[str, str, dict[str, Any]]] = [
            ("PATCH", "", {"name": "Shop"}),
            ("PUT", "/agents", {"agent_ids": []}),
            ("POST", "/stop", {}),
        ]
        for method, path, body in changes:
            got = await ada.ask(method, f"/channels/{CHANNEL}{path}", body)
            assert got.status == 200, got.body
        await window.until(lambda: len(window.of_type("channel")) >= len(changes), "it is told")
        assert {one["id"] for one in window.of_type("channel")} == {CHANNEL}
        await ada.ask("PATCH", "/agents/support", {"max_open": 3})
        await window.until(lambda: window.of_type("agent"), "of agents too")
