"""Files, up and down: rules WA31 and WA32."""

import hashlib

import aiohttp
import pytest

from emulators.whatsapp import setup
from tests.whatsapp import DAY, Shop

PNG = b"\x89PNG and the rest"


async def test_wa31_an_upload_has_an_id(open_shop: Shop) -> None:
    answer = await open_shop.upload(PNG, "image/png", "photo.png")
    assert answer.status == 200
    sent = await open_shop.send("image", {"id": answer.body["id"], "caption": "Look"})
    await open_shop.becomes(sent.wamid, "sent", "delivered")
    seen = f"{open_shop.running.url}/_control/files/{answer.body['id']}"
    async with open_shop.http.get(seen) as got:
        assert (await got.read(), got.content_type) == (PNG, "image/png")


async def test_wa31_the_type_may_be_said_apart(shop: Shop) -> None:
    kind = "audio/ogg; codecs=opus"
    answer = await shop.upload(b"voice", "application/octet-stream", type=kind)
    found = (await shop.get(answer.body["id"])).body
    assert found["mime_type"] == "audio/ogg"


async def test_wa31_fields_that_are_missing(shop: Shop) -> None:
    answer = await shop.upload(PNG, "image/png", messaging_product="x")
    assert answer.code == (400, 100)
    form = aiohttp.FormData({"messaging_product": "whatsapp"}, default_to_multipart=True)
    answer = await shop.ask("POST", f"{shop.number.id}/media", data=form)
    assert answer.error["message"] == "(#100) The parameter file is required."


async def test_wa31_types_that_are_not_on_the_list(shop: Shop) -> None:
    answer = await shop.upload(b"GIF89a", "image/gif")
    assert answer.code == (400, 100)
    assert "Received file of type 'image/gif'." in answer.error["message"]


@pytest.mark.parametrize(
    ("content", "mime", "status"),
    [
        (b"x" * (5 * 1024 * 1024), "image/jpeg", 200),
        (b"x" * (5 * 1024 * 1024 + 1), "image/jpeg", 400),
        (b"x" * (100 * 1024 + 1), "image/webp", 400),
        (b"ANIM" + b"x" * (100 * 1024), "image/webp", 200),
        (b"", "image/jpeg", 400),
    ],
    ids=["image", "large image", "still sticker", "animated sticker", "empty"],
)
async def test_wa31_each_kind_has_a_size(
    shop: Shop, content: bytes, mime: str, status: int
) -> None:
    answer = await shop.upload(content, mime)
    assert answer.status == status
    if status == 400:
        assert answer.code == (400, 131053)
        assert answer.error["message"] == "(#131053) Media upload error"


async def test_wa31_a_file_is_sent_as_what_it_is(open_shop: Shop) -> None:
    pdf = (await open_shop.upload(b"%PDF", "application/pdf")).body["id"]
    assert (await open_shop.send("image", {"id": pdf})).code == (400, 131053)
    assert (await open_shop.send("document", {"id": pdf})).status == 200


async def test_wa32_a_download_takes_two_steps(shop: Shop) -> None:
    media = (await shop.upload(PNG, "image/png")).body["id"]
    found = (await shop.get(media)).body
    assert found["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert (found["file_size"], found["id"]) == (len(PNG), media)
    headers = {"Authorization": f"Bearer {shop.token}"}
    async with shop.http.get(found["url"], headers=headers) as got:
        assert (got.status, await got.read()) == (200, PNG)
    async with shop.http.get(found["url"]) as got:
        assert (got.status, await got.read()) == (401, b"")
    shop.pass_time(301)
    async with shop.http.get(found["url"], headers=headers) as got:
        assert (got.status, await got.read()) == (404, b"")
    async with shop.http.get((await shop.get(media)).body["url"], headers=headers) as got:
        assert got.status == 200


async def test_wa32_files_of_people_can_be_fetched_for_a_week(shop: Shop) -> None:
    shop.outside.attach(shop.number, shop.ann, "document", ("a.pdf", b"%PDF"), caption="Here")
    (told,) = shop.told()
    document = told["messages"][0]["document"]
    assert (document["filename"], document["caption"]) == ("a.pdf", "Here")
    assert document["mime_type"] == "application/pdf"
    headers = {"Authorization": f"Bearer {shop.token}"}
    async with shop.http.get(document["url"], headers=headers) as got:
        assert await got.read() == b"%PDF"
    shop.pass_time(7 * DAY - 60)
    assert (await shop.get(document["id"])).status == 200
    shop.pass_time(120)
    assert (await shop.get(document["id"])).error["error_subcode"] == 33


async def test_wa32_uploads_last_thirty_days_unless_deleted(open_shop: Shop) -> None:
    first = (await open_shop.upload(PNG, "image/png")).body["id"]
    second = (await open_shop.upload(PNG, "image/png")).body["id"]
    assert (await open_shop.ask("DELETE", second)).body == {"success": True}
    assert (await open_shop.get(second)).error["error_subcode"] == 33
    open_shop.pass_time(30 * DAY + 1)
    assert (await open_shop.get(first)).error["error_subcode"] == 33
    open_shop.write()
    assert (await open_shop.send("image", {"id": first})).code == (400, 131009)


async def test_wa32_files_belong_to_their_number(shop: Shop) -> None:
    media = (await shop.upload(PNG, "image/png")).body["id"]
    assert (await shop.get(media, phone_number_id=shop.number.id)).status == 200
    assert (await shop.get(media, phone_number_id="1")).error["error_subcode"] == 33
    other = setup.number(shop.meta, name="Other")
    token = str(setup.credentials(shop.meta, other)["access_token"])
    assert (await shop.ask("GET", media, token=token)).error["error_subcode"] == 33
    url = (await shop.get(media)).body["url"]
    async with shop.http.get(url, headers={"Authorization": f"Bearer {token}"}) as got:
        assert got.status == 404
