"""Files: an operator attaches one, a customer sends one, and both are downloaded without danger."""

from io import BytesIO
from pathlib import Path

import aiohttp

from runtime.media.base import MAX_BYTES
from tests.operators import Desk, Got, begun, desk
from tests.story import world

PDF = b"%PDF-1.7 an offer"


async def upload(one: Desk, content: bytes, mime: str = "application/pdf", **query: str) -> Got:
    """As the bare body of a request."""
    return await one.ask(
        "POST", "/uploads", data=BytesIO(content), headers={"Content-Type": mime}, params=query
    )


async def fetched(one: Desk, url: str) -> tuple[int, bytes, dict[str, str]]:
    async with one.http.get(one.base + url) as got:
        return got.status, await got.read(), {k.lower(): v for k, v in got.headers.items()}


async def test_an_upload_reaches_the_customer_and_can_be_looked_at(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        id_ = await begun(w)
        await olga.post(f"/sessions/{id_}/takeover")
        form = aiohttp.FormData({"comment": "first"}, quote_fields=False)  # as browsers
        form.add_field("file", PDF, filename="Angebot №7.pdf", content_type="application/pdf")
        got = await olga.ask("POST", "/uploads", data=form)
        assert (got.status, got.body["size"]) == (201, len(PDF))
        file = {name: got.body[name] for name in ("sha256", "name", "mime")}
        said = await olga.post(f"/sessions/{id_}/messages", attachments=[file])
        assert said.status == 202
        await w.until(lambda: w.calls("senddocument"), "the document")
        (line,) = (await olga.get(f"/sessions/{id_}/log", after="3")).body["items"]
        (shown,) = line["attachments"]
        assert (shown["name"], shown["state"]) == ("Angebot №7.pdf", "stored")
        status, content, headers = await fetched(olga, shown["url"])
        assert (status, content, headers["content-type"]) == (200, PDF, "application/pdf")
        assert headers["content-disposition"].startswith('attachment; filename="Angebot _7.pdf"')
        assert headers["x-content-type-options"] == "nosniff"


async def test_what_a_customer_sent_is_downloaded_once_it_is_there(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w, "vera", "viewer") as vera:
        w.platform.outside.attach(w.bot, w.person(), "document", "page.html", b"<script>")
        await w.until_rows(lambda rows: rows == [("stored",)], "attachments", "state")
        ((id_,),) = await w.rows("sessions", "id")
        first, *_ = (await vera.get(f"/sessions/{id_}/log")).body["items"]
        (shown,) = first["attachments"]
        assert (shown["name"], shown["kind"]) == ("page.html", "document")
        assert (shown["mime"], shown["size"]) == ("text/plain", 8)
        status, content, headers = await fetched(vera, shown["url"])
        assert (status, content) == (200, b"<script>")
        evil = shown["url"].split("?")[0] + "?mime=text/html&name=a%0d%0aX-Evil:%201.html"
        _, _, headers = await fetched(vera, evil)
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"].startswith("attachment;")
        assert "x-evil" not in headers
        assert (await upload(vera, PDF)).code == "forbidden"


async def test_what_is_no_file_of_ours_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w, desk(w) as olga:
        assert (await upload(olga, b"")).status == 422
        assert (await upload(olga, b"x" * (MAX_BYTES + 1))).status == 413
        no_file = aiohttp.FormData({"comment": "only words"}, default_to_multipart=True)
        assert (await olga.ask("POST", "/uploads", data=no_file)).status == 422
        broken = await upload(olga, b"--", mime="multipart/form-data; boundary=x")
        assert broken.status in {400, 422}
        for part in (
            b'Content-Disposition: form-data; name="\x05"',
            b"no header",
            b"A: b\r\n" * 999,
        ):
            content = b"--x\r\n" + part + b"\r\n\r\nhi\r\n--x--\r\n"
            unread = await upload(olga, content, mime="multipart/form-data; boundary=x")
            assert (unread.status, unread.code) == (400, "malformed")
        bare = await upload(olga, PDF, mime="application/x-www-form-urlencoded", name="a.pdf")
        assert bare.body["mime"] == "application/pdf"  # whatever curl says of it
        unheard = await upload(olga, b"--", mime="multipart/form-data")
        assert unheard.status == 400
        named = await upload(olga, PDF, mime="<script>", name="../../etc/passwd")
        assert named.body["name"] == "passwd"
        assert named.body["mime"] == "application/pdf"
        unknown = await w.runtime.media.put(b"ours alone")
        for sha256 in (unknown, "0" * 64, "..%2f..%2fbaton.db"):
            assert (await fetched(olga, f"/api/v1/files/{sha256}"))[0] == 404
