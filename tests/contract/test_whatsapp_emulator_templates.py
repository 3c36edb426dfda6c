"""Templates sent, and templates managed: rules WA20 to WA26 and WA35."""

from typing import Any

import pytest

from tests.whatsapp import Answer, Shop, shops

Json = dict[str, Any]
IMAGE = {"type": "image", "image": {"link": "https://example.com/a.png"}}
BODY = {"type": "BODY", "text": "Your parcel {{1}} comes on {{2}}, we promise."}
TRACK = {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"}
STOP = {"type": "QUICK_REPLY", "text": "Stop"}


def texts(*values: str) -> list[Json]:
    return [{"type": "text", "text": value} for value in values]


def body(*values: str) -> Json:
    return {"type": "body", "parameters": texts(*values)}


def button(index: int, sub_type: str, *parameters: Json) -> Json:
    about = {"type": "button", "sub_type": sub_type, "index": str(index)}
    return {**about, "parameters": list(parameters)}


def parcel(shop: Shop, **more: Any) -> None:
    parts = [
        {"type": "HEADER", "format": "TEXT", "text": "Parcel for {{1}}"},
        BODY,
        {"type": "FOOTER", "text": "The shop"},
        {"type": "BUTTONS", "buttons": [TRACK, STOP]},
    ]
    shop.template("parcel", components=parts, **more)


HEADER = {"type": "header", "parameters": texts("Ann")}
FULL = (HEADER, body("7", "Monday"), button(0, "url", *texts("abc")))


async def test_wa20_unknown_names_languages_and_what_is_not_approved(shop: Shop) -> None:
    shop.template("new", status="PENDING")
    for name in ("nothing", "new"):
        answer = await shop.offer(name)
        assert answer.code == (404, 132001)
        words = "(#132001) Template name does not exist in the translation"
        assert answer.error["message"] == words
        assert answer.details == f"template name ({name}) does not exist in en_US"
    shop.template("hello", language="de")
    assert (await shop.offer("hello")).code == (404, 132001)


async def test_wa21_each_variable_needs_one_parameter(shop: Shop) -> None:
    parcel(shop)
    answer = await shop.offer("parcel", HEADER, body("7"))
    assert answer.code == (400, 132000)
    words = "number of localizable_params (1) does not match the expected number of params (2)"
    assert answer.details == f"body: {words}"
    answer = await shop.offer("parcel", body("7", "Monday"))
    assert (answer.code, answer.details[:7]) == ((400, 132000), "header:")


async def test_wa22_a_button_with_a_variable_needs_its_parameter(shop: Shop) -> None:
    parcel(shop)
    answer = await shop.offer("parcel", *FULL[:2])
    assert answer.code == (400, 131008)
    assert answer.error["message"] == "(#131008) Required parameter is missing"
    assert answer.details == "buttons: Button at index 0 of type Url requires a parameter"
    assert (await shop.offer("parcel", *FULL)).status == 200


@pytest.mark.parametrize(
    ("filled", "code"),
    [
        ([button(5, "url", *texts("x"))], 132012),
        ([button(0, "quick_reply", {"type": "payload", "payload": "x"})], 132012),
        ([button(0, "url", *texts("x")), button(1, "quick_reply", *texts("x"))], 132012),
        ([button(0, "url")], 131008),
    ],
)
async def test_wa22_buttons_are_what_the_template_says(
    shop: Shop, filled: list[Json], code: int
) -> None:
    parcel(shop)
    assert (await shop.offer("parcel", *FULL[:2], *filled)).code == (400, code)


@pytest.mark.parametrize("name", [None, "", "surname"])
async def test_wa23_named_parameters_have_names(shop: Shop, name: str | None) -> None:
    shop.template("named", "Hello {{first_name}}, all is well.", parameter_format="NAMED")
    given: Json = {"type": "text", "text": "Ann"}
    given |= {} if name is None else {"parameter_name": name}
    answer = await shop.offer("named", {"type": "body", "parameters": [given]})
    assert answer.code == (400, 100)
    assert answer.error["message"] == "(#100) Invalid parameter"
    assert answer.details == "Parameter name is missing or empty"
    right = {**given, "parameter_name": "first_name"}
    answer = await shop.offer("named", {"type": "body", "parameters": [right]})
    assert shown(shop, answer)["body"] == "Hello Ann, all is well."


def shown(shop: Shop, answer: Answer) -> Json:
    message = shop.thread.messages.find(answer.wamid)
    assert message is not None
    return message.shown


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a     b"])
async def test_wa24_parameters_are_one_line(shop: Shop, text: str) -> None:
    parcel(shop)
    answer = await shop.offer("parcel", HEADER, body("7", text))
    assert answer.code == (400, 132018)
    words = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
    assert answer.details == words


async def test_wa24_headers_have_the_format_of_the_template(shop: Shop) -> None:
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["h"]}}
    shop.template("photo", components=[header, {"type": "BODY", "text": "Look."}])
    answer = await shop.offer("photo")
    assert answer.code == (400, 132012)
    words = "(#132012) Parameter format does not match format in the created template"
    assert answer.error["message"] == words
    assert answer.details == "header: Format mismatch, expected IMAGE, received UNKNOWN"
    wrong = {"type": "header", "parameters": texts("Ann")}
    assert (await shop.offer("photo", wrong)).code == (400, 132012)
    right = {"type": "header", "parameters": [IMAGE]}
    answer = await shop.offer("photo", right)
    assert shown(shop, answer)["header"] == {"format": "IMAGE", "image": IMAGE["image"]}


async def test_wa24_money_and_dates_have_a_text_to_fall_back_on(shop: Shop) -> None:
    shop.template("paid", "You paid {{1}} today.")
    money = {"fallback_value": "€ 5.00", "code": "EUR", "amount_1000": 5000}
    given = {"type": "body", "parameters": [{"type": "currency", "currency": money}]}
    assert shown(shop, await shop.offer("paid", given))["body"] == "You paid € 5.00 today."
    wrong = {"type": "body", "parameters": [IMAGE]}
    assert (await shop.offer("paid", wrong)).code == (400, 132012)
    assert (await shop.offer("paid", body(""))).code == (400, 131008)


async def test_wa25_paused_and_disabled_templates(shop: Shop) -> None:
    parcel(shop)
    await shop.control("POST", "templates/parcel", {"pause": 1})
    assert (await shop.offer("parcel", *FULL)).code == (400, 132015)
    shop.pass_time(3 * 3600 + 1)
    assert (await shop.offer("parcel", *FULL)).status == 200
    await shop.control("POST", "templates/parcel", {"pause": 3})
    assert (await shop.offer("parcel", *FULL)).code == (400, 132016)
    told = [one["event"] for one in shop.told("message_template_status_update")]
    assert told == ["PAUSED", "APPROVED", "DISABLED"]


@pytest.mark.parametrize(
    ("release", "statuses"), [(True, ("sent", "delivered")), (False, ("failed",))]
)
async def test_wa25_what_pacing_holds_goes_out_or_is_dropped(
    shop: Shop, release: bool, statuses: tuple[str, ...]
) -> None:
    shop.template()
    await shop.control("POST", "templates/hello", {"held": True})
    answer = await shop.offer("hello")
    assert answer.body["messages"][0]["message_status"] == "held_for_quality_assessment"
    assert shop.statuses(answer.wamid) == []
    await shop.control("POST", "templates/hello", {"release": release})
    found = await shop.becomes(answer.wamid, *statuses)
    assert [e["code"] for e in found[-1].get("errors", [])] == ([] if release else [132015])


async def test_wa26_filled_in_it_may_be_too_long(shop: Shop) -> None:
    parcel(shop)
    answer = await shop.offer("parcel", HEADER, body("7", "x" * 1020))
    assert answer.code == (400, 132005)
    assert answer.error["message"] == "(#132005) Translated text too long"


async def test_a_template_looks_as_it_does_on_a_phone(shop: Shop) -> None:
    parcel(shop)
    stop = button(1, "quick_reply", {"type": "payload", "payload": "stop-7"})
    assert shown(shop, await shop.offer("parcel", *FULL, stop)) == {
        "header": {"format": "TEXT", "text": "Parcel for Ann"},
        "body": "Your parcel 7 comes on Monday, we promise.",
        "footer": "The shop",
        "buttons": [
            {"type": "URL", "text": "Track", "url": "https://example.com/abc"},
            {"type": "QUICK_REPLY", "text": "Stop", "payload": "stop-7"},
        ],
    }


async def create(shop: Shop, name: str = "fresh", **more: Any) -> Answer:
    given = {"name": name, "language": "en_US", "category": "UTILITY", "components": [BODY]}
    return await shop.post(f"{shop.number.waba.id}/message_templates", **{**given, **more})


async def test_wa35_a_new_template_waits_for_its_approval() -> None:
    async with shops(review_after=60.0) as shop:
        created = (await create(shop)).body
        assert (created["status"], created["category"]) == ("PENDING", "UTILITY")
        assert (await shop.offer("fresh", body("7", "Monday"))).code == (404, 132001)
        shop.pass_time(61)
        (told,) = shop.told("message_template_status_update")
        assert told["event"] == "APPROVED"
        assert told["message_template_id"] == int(created["id"])
        names = (told["message_template_name"], told["message_template_language"])
        assert names == ("fresh", "en_US")
        assert (await shop.offer("fresh", body("7", "Monday"))).status == 200


@pytest.mark.parametrize(
    ("given", "subcode"),
    [
        ({"components": [{"type": "BODY", "text": "x" * 1025}]}, 2388040),
        ({"components": [{"type": "BODY", "text": "{{1}} is here, look"}]}, 2388299),
        ({"components": [{"type": "BODY", "text": "Look at {{2}} now"}]}, 2388072),
        ({"components": [{"type": "BODY", "text": "a {{1}} {{2}} b"}]}, 2388293),
        ({"components": [BODY, {"type": "FOOTER", "text": "By {{1}}"}]}, 2388073),
        ({"components": [BODY, {"type": "HEADER", "format": "TEXT", "text": "a\nb"}]}, 2388047),
        ({"name": "twice"}, 2388024),
        ({"name": "Upper"}, 0),
        ({"category": "FUN"}, 0),
        ({"language": "english"}, 0),
        ({"components": [{"type": "FOOTER", "text": "x"}]}, 0),
        ({"components": [BODY, {"type": "BUTTONS", "buttons": [{"type": "POLL"}]}]}, 0),
    ],
)
async def test_wa35_what_meta_does_not_accept(shop: Shop, given: Json, subcode: int) -> None:
    await create(shop, "twice")
    answer = await create(shop, **given)
    assert answer.code == (400, 100)
    assert answer.error.get("error_subcode", 0) == subcode
    assert bool(answer.error.get("error_user_msg")) == bool(subcode)


async def test_wa35_templates_are_listed_in_pages(shop: Shop) -> None:
    for number in range(7):
        shop.template(f"t{number}", status="REJECTED" if number == 3 else "APPROVED")
    path, seen, query = f"{shop.number.waba.id}/message_templates", [], {"limit": "3"}
    while True:
        page = (await shop.get(path, fields="name,status", **query)).body
        seen += [one["name"] for one in page["data"]]
        assert set(page["data"][0]) == {"name", "status", "id"}
        if "next" not in page["paging"]:
            break
        query["after"] = page["paging"]["cursors"]["after"]
    assert seen == [f"t{number}" for number in range(7)]
    async with shop.http.get(
        f"{shop.running.url}/v26.0/{path}?limit=3&access_token={shop.token}"
    ) as got:
        following = (await got.json())["paging"]["next"]
    async with shop.http.get(f"{following}&access_token={shop.token}") as got:
        assert [one["name"] for one in (await got.json())["data"]] == ["t3", "t4", "t5"]


async def test_wa35_the_list_can_be_narrowed(shop: Shop) -> None:
    parcel(shop)
    shop.template("bad", status="REJECTED", rejected_reason="INVALID_FORMAT")
    path = f"{shop.number.waba.id}/message_templates"
    asked = "name,rejected_reason,quality_score,components"
    (bad,) = (await shop.get(path, status="rejected", fields=asked)).body["data"]
    assert (bad["name"], bad["rejected_reason"]) == ("bad", "INVALID_FORMAT")
    assert bad["quality_score"] == {"score": "UNKNOWN"}
    (one,) = (await shop.get(path, name="parcel")).body["data"]
    assert [part["type"] for part in one["components"]] == ["HEADER", "BODY", "FOOTER", "BUTTONS"]
    assert "quality_score" not in one
    assert (await shop.get(path, name="nothing")).body == {"data": []}
    assert (await shop.get(path, fields="colour")).code == (400, 100)
    assert (await shop.get(path, colour="red")).code == (400, 100)


async def test_wa35_templates_are_edited_and_deleted() -> None:
    words = [{"type": "BODY", "text": "Nothing but words."}]
    async with shops(review_after=60.0) as shop:
        template = (await create(shop)).body["id"]
        assert (await shop.post(template, components=words)).code == (400, 100)  # while pending
        shop.pass_time(61)
        assert (await shop.post(template, components=words)).body == {"success": True}
        shop.pass_time(61)
        assert (await shop.get(template, fields="status,components")).body == {
            "id": template,
            "status": "APPROVED",
            "components": words,
        }
        path = f"{shop.number.waba.id}/message_templates"
        assert (await shop.ask("DELETE", path, params={"name": "fresh"})).body == {"success": True}
        assert (await shop.ask("DELETE", path, params={"name": "fresh"})).code == (400, 100)
        assert shop.told("message_template_status_update")[-1]["event"] == "PENDING_DELETION"


async def test_wa35_quality_category_and_words_change(shop: Shop) -> None:
    shop.template()
    changes = {"quality": "RED", "category": "MARKETING", "components": [BODY]}
    await shop.control("POST", "templates/hello", changes)
    (quality,) = shop.told("message_template_quality_update")
    scores = (quality["previous_quality_score"], quality["new_quality_score"])
    assert scores == ("UNKNOWN", "RED")
    (category,) = shop.told("template_category_update")
    assert (category["previous_category"], category["new_category"]) == ("UTILITY", "MARKETING")
    (components,) = shop.told("message_template_components_update")
    assert components["message_template_element"] == BODY["text"]
    for event in ("FLAGGED", "REINSTATED", "IN_APPEAL", "REJECTED", "LIMIT_EXCEEDED", "DELETED"):
        await shop.control("POST", "templates/hello", {"event": event, "reason": "SPAM"})
        assert shop.told("message_template_status_update")[-1]["event"] == event


async def test_wa35_an_account_has_so_many_templates(shop: Shop) -> None:
    for number in range(250):
        shop.template(f"t{number}")
    assert (await create(shop)).error["error_subcode"] == 2388019
