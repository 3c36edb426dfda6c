"""Logins: how they begin, how often one may try, and what ends them at once."""

import dataclasses
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from runtime import config
from runtime.cli import serve
from runtime.errors import Misconfigured
from runtime.http.attempts import BY_ADDRESS, BY_EMAIL
from runtime.storage import logins
from tests.operators import PASSWORD, Desk, Got, desk, hire
from tests.story import World, world

OLGA = "olga@b.example"


def visitor(w: World, http: aiohttp.ClientSession, email: str = OLGA) -> Desk:
    """Somebody who has not logged in yet."""
    return Desk(id="", email=email, base=w.base, http=http)


async def attempt(somebody: Desk, email: str, password: str = "wrong", by: str = "") -> Got:
    """An attempt to log in, perhaps by a proxy."""
    body = {"email": email, "password": password}
    headers = {"X-Forwarded-For": by} if by else {}
    return await somebody.ask("POST", "/login", body, headers=headers)


def stop_the_clock(w: World) -> None:
    """However slow the machine is, no time passes."""
    now = w.runtime.store.clock()
    w.runtime.store.clock = lambda: now


async def test_the_first_admin_comes_from_the_settings_and_only_once(
    database_url: str, tmp_path: Path
) -> None:
    first: dict[str, Any] = {"admin_email": "Boss@b.example", "admin_password": PASSWORD}
    async with (
        world(database_url, tmp_path, **first) as w,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        await serve.first_admin(w.runtime)
        boss = visitor(w, http, "boss@b.example")
        got = await boss.login()
        assert (got.status, got.body["operator"]["role"]) == (200, "admin")
        w.runtime.settings = dataclasses.replace(w.runtime.settings, admin_email="two@b.example")
        await serve.first_admin(w.runtime)
        everybody = await boss.get("/operators")
        assert [one["email"] for one in everybody.body["items"]] == ["boss@b.example"]
        (act,) = (await boss.get("/audit")).body["items"]
        assert (act["act"], act["operator_id"]) == ("operator.create", None)


async def test_one_email_is_not_tried_for_ever_whether_somebody_has_it_or_not(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, aiohttp.ClientSession() as http:
        await hire(w, "olga")
        stop_the_clock(w)
        somebody = visitor(w, http)
        for email in (OLGA, "nobody@b.example"):
            for _ in range(BY_EMAIL[0]):
                refused = await attempt(somebody, email)
                assert (refused.status, refused.code) == (401, "wrong_credentials")
            refused = await attempt(somebody, email.upper(), PASSWORD)
            assert (refused.status, refused.code) == (429, "too_many")
            assert 0 < refused.body["retry_after"] <= BY_EMAIL[1] / 1000 + 1
        body = {"email": OLGA, "password": PASSWORD}
        async with http.post(f"{w.base}/api/v1/login", json=body) as answer:
            assert int(answer.headers["Retry-After"]) == (await answer.json())["retry_after"]
        assert "b.example" not in str(await w.rows("paces", "key"))


async def test_one_address_does_not_try_everybody(database_url: str, tmp_path: Path) -> None:
    believing: dict[str, Any] = {"trusted_proxies": "127.0.0.0/8, 10.0.0.1"}
    async with world(database_url, tmp_path, **believing) as w, aiohttp.ClientSession() as http:
        stop_the_clock(w)
        somebody = visitor(w, http)
        for n in range(BY_ADDRESS[0]):
            by = f"6.6.6.6, 2001:db8::{n:x}, 10.0.0.1"
            assert (await attempt(somebody, f"{n}@b.example", by=by)).status == 401
        refused = await attempt(somebody, "another@b.example", by="2001:db8::ffff")
        assert (refused.status, refused.code) == (429, "too_many")
        elsewhere = await attempt(somebody, "another@b.example", by="2001:db8:1::1")
        assert elsewhere.status == 401


async def test_who_is_no_trusted_proxy_speaks_for_himself(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, aiohttp.ClientSession() as http:
        stop_the_clock(w)
        somebody = visitor(w, http)
        for n in range(BY_ADDRESS[0]):
            await attempt(somebody, f"{n}@b.example", by=f"7.7.7.{n}")
        assert (await attempt(somebody, "another@b.example", by="8.8.8.8")).status == 429


def test_proxies_that_are_no_addresses_are_refused_at_the_start() -> None:
    with pytest.raises(Misconfigured, match="BATON_TRUSTED_PROXIES"):
        config.from_environment({"BATON_TRUSTED_PROXIES": "the-proxy"})


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookie_is_for_the_browser_alone_and_by_https_if_it_can(
    sqlite_url: str, tmp_path: Path, scheme: str
) -> None:
    async with world(sqlite_url, tmp_path) as w, aiohttp.ClientSession() as http:
        await hire(w, "olga")
        w.runtime.settings = dataclasses.replace(w.runtime.settings, public_url=f"{scheme}://b")
        async with TestServer(w.runtime.web()) as server:
            body = {"email": OLGA, "password": PASSWORD}
            async with http.post(server.make_url("/api/v1/login"), json=body) as answer:
                cookie = SimpleCookie(answer.headers["Set-Cookie"])["baton_login"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert bool(cookie["secure"]) == (scheme == "https")


async def test_what_another_site_could_send_as_a_form_is_no_login(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with world(sqlite_url, tmp_path) as w, aiohttp.ClientSession() as http:
        await hire(w, "olga")
        form = f'{{"email": "{OLGA}", "password": "{PASSWORD}"}}'
        plain = {"Content-Type": "text/plain"}
        async with http.post(f"{w.base}/api/v1/login", data=form, headers=plain) as answer:
            assert (answer.status, "Set-Cookie" in answer.headers) == (400, False)


async def test_a_login_ends_at_logout_and_no_other_with_it(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "paul") as paul:
        assert (await olga.post("/logout")).status == 200
        assert (await olga.get("/me")).code == "not_logged_in"
        assert (await paul.get("/me")).body["operator"]["name"] == "paul"


@pytest.mark.parametrize(
    "change", [{"state": "disabled"}, {"role": "viewer"}, {"password": "something else"}]
)
async def test_a_login_ends_with_what_it_began_with(
    database_url: str, tmp_path: Path, change: dict[str, str]
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga, desk(w, "boss", "admin") as b:
        assert (await b.ask("PATCH", f"/operators/{olga.id}", {"name": "Olga"})).status == 200
        assert (await olga.get("/me")).body["operator"]["name"] == "Olga"
        assert (await b.ask("PATCH", f"/operators/{olga.id}", change)).status == 200
        assert (await olga.get("/me")).status == 401
        again = await olga.login()
        assert again.status == (200 if "role" in change else 401)


async def test_a_new_password_ends_the_other_logins_and_begins_this_one_anew(
    database_url: str, tmp_path: Path
) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        world(database_url, tmp_path) as w,
        desk(w) as olga,
        aiohttp.ClientSession(cookie_jar=jar) as http,
    ):
        at_home = visitor(w, http)
        await at_home.login()
        wanted = {"password": "a new password", "current_password": "a guess"}
        assert (await olga.ask("PATCH", "/me", wanted)).code == "wrong_password"
        wanted["current_password"] = PASSWORD
        changed = await olga.ask("PATCH", "/me", {**wanted, "name": "Olga"})
        assert (changed.status, changed.body["operator"]["name"]) == (200, "Olga")
        assert (await at_home.get("/me")).status == 401
        assert (await olga.post("/tokens", name="old CSRF")).code == "csrf"
        olga.csrf = changed.body["csrf_token"]
        assert (await olga.post("/tokens", name="new CSRF")).status == 201


async def test_logins_that_have_run_out_are_forgotten(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        real = w.runtime.store.clock
        w.runtime.store.clock = lambda: real() + logins.DAYS * 86_400_000
        assert (await olga.get("/me")).status == 401
        await w.until_rows(lambda rows: rows == [], "logins", "digest")
