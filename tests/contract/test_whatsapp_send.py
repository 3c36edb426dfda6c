"""What becomes of each answer of Meta's: codes in, one of our errors out; and nothing is said twice that
may have been heard.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiohttp import web

from channels import errors
from channels.base import AppWebhook, Channel, Templated
from channels.messages import (
    Address,
    ChoiceTaken,
    LocalFile,
    Outbound,
    Piece,
    RemoteFile,
    Request,
    Seen,
    Typing,
)
from channels.whatsapp import send
from channels.whatsapp.channel import WhatsAppChannel, WhatsAppSettings
from tests.graph import NUMBER, TOKEN, WABA, Graph, running
from tests.servers import free_port

UID, PHONE = "US.13491208655302741918", "+16505551234"


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    async with running() as found:
        yield found


def channel_at(url: str, **more: Any) -> WhatsAppChannel:
    secrets = {"access_token": TOKEN, "app_secret": "s", "verify_token": "v"}
    return WhatsAppChannel(
        WhatsAppSettings(phone_number_id=NUMBER, waba_id=WABA, api_base=url, **{**secrets, **more})
    )


@pytest.fixture
async def channel(graph: Graph) -> AsyncIterator[WhatsAppChannel]:
    one = channel_at(graph.url)
    yield one
    await one.aclose()


def outbound(chat: str = UID, **more: Any) -> Outbound:
    piece = more.pop("piece", Piece(body="*Hi*", plain="Hi"))
    return Outbound(delivery_id="d1", address=Address(chat=chat), piece=piece, **more)


async def refused(channel: Channel, chat: str = UID, **more: Any) -> errors.ChannelError:
    with pytest.raises(errors.ChannelError) as raised:
        await channel.send(outbound(chat, **more))
    return raised.value


# What is said


async def test_words_go_to_the_user_id_and_carry_our_own(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    receipt = await channel.send(outbound())
    assert graph.said() == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "recipient": UID,
            "biz_opaque_callback_data": "d1",
            "type": "text",
            "text": {"body": "*Hi*", "preview_url": False},
        }
    ]
    assert (receipt.message_id, receipt.address) == ("wamid.1", None)


@pytest.mark.parametrize(
    ("chat", "named"),
    [
        (PHONE, {"recipient_type": "individual", "to": PHONE}),
        ("16505551234", {"recipient_type": "individual", "to": PHONE}),
        ("US.ENT.118157992", {"recipient_type": "individual", "recipient": "US.ENT.118157992"}),
        ("Y2FwaV9ncm91cDox", {"recipient_type": "group", "to": "Y2FwaV9ncm91cDox"}),
    ],
)
async def test_each_kind_of_address_is_named_as_meta_wants_it(
    graph: Graph, channel: WhatsAppChannel, chat: str, named: dict[str, str]
) -> None:
    await channel.send(outbound(chat))
    (body,) = graph.said()
    assert {key: body[key] for key in ("recipient_type", "to", "recipient") if key in body} == named


async def test_a_number_that_whatsapp_writes_otherwise_is_told(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    contacts = [{"input": "+5491123456789", "wa_id": "541123456789"}]
    graph.answers.append(web.json_response({"contacts": contacts, "messages": [{"id": "wamid.1"}]}))
    receipt = await channel.send(outbound("+5491123456789"))
    assert receipt.address == Address(chat="+541123456789")


async def test_an_answer_is_shown_as_one_and_links_have_a_preview(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    piece = Piece(body="See https://a.example", plain="")
    await channel.send(outbound(reply_to="wamid.X", piece=piece))
    (body,) = graph.said()
    assert body["context"] == {"message_id": "wamid.X"}
    assert body["text"]["preview_url"] is True


async def test_who_answers_a_message_that_is_gone_is_still_heard(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    graph.will(400, 131009, "Context message id is not valid")
    assert (await channel.send(outbound(reply_to="wamid.X"))).message_id
    assert ["context" in body for body in graph.said()] == [True, False]


@pytest.mark.parametrize(
    ("mime", "kind", "media"),
    [
        ("image/png", "image", {"id": "media1", "caption": "*Hi*"}),
        ("video/mp4", "video", {"id": "media1", "caption": "*Hi*"}),
        ("audio/ogg", "audio", {"id": "media1"}),
        ("image/webp", "sticker", {"id": "media1"}),
        (
            "application/pdf",
            "document",
            {"id": "media1", "caption": "*Hi*", "filename": "Счёт.bin"},
        ),
    ],
)
async def test_a_file_is_carried_over_and_shown_as_what_it_is(
    graph: Graph, channel: WhatsAppChannel, mime: str, kind: str, media: dict[str, str]
) -> None:
    file = LocalFile(name="Счёт.bin", mime=mime, content=b"bytes")
    await channel.send(outbound(attachments=(file,)))
    (_, path, form), (_, _, body) = graph.asked
    assert path == f"{NUMBER}/media"
    assert form["type"] == mime
    assert form["messaging_product"] == "whatsapp"
    assert form["file"] == ("file", mime, b"bytes")
    assert (body["type"], body[kind]) == (kind, media)


@pytest.mark.parametrize(
    ("mime", "size"),
    [("application/zip", 1), ("", 1), ("image/png", 5 * send.MIB + 1), ("image/webp", send.MIB)],
)
async def test_a_file_that_whatsapp_would_not_take_is_refused_at_home(
    graph: Graph, channel: WhatsAppChannel, mime: str, size: int
) -> None:
    error = await refused(
        channel, attachments=(LocalFile(name="x", mime=mime, content=b"x" * size),)
    )
    assert isinstance(error, errors.Rejected)
    assert graph.asked == []


async def test_an_upload_that_nobody_heard_of_may_be_tried_again(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    graph.answers.append(web.Response(status=502, text="<html>"))
    error = await refused(
        channel, attachments=(LocalFile(name="x", mime="image/png", content=b"x"),)
    )
    assert isinstance(error, errors.RetryLater)
    assert graph.said() == []


async def test_a_template_is_sent_as_it_was_filled(graph: Graph, channel: WhatsAppChannel) -> None:
    template = {"name": "hello", "language": {"code": "en_US"}}
    await channel.send(outbound(PHONE, extra={"template": template}))
    (body,) = graph.said()
    assert (body["type"], body["template"]) == ("template", template)


async def test_a_password_goes_to_phones_only(graph: Graph, channel: WhatsAppChannel) -> None:
    extra = {"template": {"name": "code"}, "needs_phone": True}
    assert (await refused(channel, extra=extra)).code == "131062"
    assert graph.asked == []
    await channel.send(outbound(PHONE, extra=extra))


# What Meta answers


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (0, 401, "Unauthorised"),
        (190, 401, "Unauthorised"),
        (3, 500, "Unauthorised"),
        (10, 403, "Unauthorised"),
        (200, 403, "Unauthorised"),
        (299, 403, "Unauthorised"),
        (131005, 403, "Unauthorised"),
        (368, 403, "Unauthorised"),
        (131031, 403, "Unauthorised"),
        (131037, 400, "Unauthorised"),
        (131045, 500, "Unauthorised"),
        (133010, 400, "Unauthorised"),
        (2635, 400, "Unauthorised"),
        (1, 400, "RetryLater"),
        (2, 503, "RetryLater"),
        (4, 400, "RetryLater"),
        (80007, 429, "RetryLater"),
        (130429, 400, "RetryLater"),
        (130429, 429, "RetryLater"),
        (131016, 500, "RetryLater"),
        (131057, 500, "RetryLater"),
        (131056, 400, "RetryLater"),
        (131000, 500, "OutcomeUnknown"),
        (999999, 500, "OutcomeUnknown"),
        (999999, 400, "Rejected"),
        (131026, 400, "Unreachable"),
        (131030, 400, "Unreachable"),
        (130497, 403, "Unreachable"),
        *((code, 400, "Rejected") for code in (33, 100, 130472, 131008, 131009, 131021, 131042)),
        *((code, 400, "Rejected") for code in (131047, 131048, 131049, 131050, 131051, 131052)),
        *((code, 400, "Rejected") for code in (131053, 131062, 131063, 131064, 132000, 132005)),
        *((code, 400, "Rejected") for code in (132007, 132008, 132012, 132015, 132016, 132018)),
        *((code, 400, "Rejected") for code in (132068, 132069, 134011, 135000, 2388001)),
        (132001, 404, "Rejected"),
    ],
)
async def test_each_code_is_told_to_whom_it_concerns(
    graph: Graph, channel: WhatsAppChannel, code: int, status: int, kind: str
) -> None:
    graph.will(status, code, "Exactly this.")
    error = await refused(channel)
    assert type(error).__name__ == kind
    assert error.code == str(code)
    assert "Exactly this." in error.detail
    assert len(graph.asked) == 1


async def test_a_number_that_the_token_does_not_see_stops_the_channel(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    graph.will(400, 100, error_subcode=33)
    assert isinstance(await refused(channel), errors.Unauthorised)


@pytest.mark.parametrize(
    ("code", "whole"), [(130429, True), (80007, True), (131016, True), (131056, False)]
)
async def test_only_what_is_too_fast_waits(
    graph: Graph, channel: WhatsAppChannel, code: int, whole: bool
) -> None:
    graph.will(400, code)
    error = await refused(channel)
    assert isinstance(error, errors.RetryLater)
    assert error.whole_account == whole


async def test_a_chat_that_is_pressed_waits_longer_each_time_until_it_is_heard(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    waits: list[float] = []
    for times in (6, 0, 1):
        for _ in range(times):
            graph.will(400, 131056)
            error = await refused(channel)
            assert isinstance(error, errors.RetryLater)
            waits.append(error.after)
        if not times:
            await channel.send(outbound())
    assert waits == [4, 16, 64, 256, 256, 256, 4]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (web.Response(status=502, text="<html>Bad Gateway</html>"), errors.OutcomeUnknown),
        (web.Response(text="not json"), errors.OutcomeUnknown),
        (web.json_response({"messages": []}), errors.OutcomeUnknown),
        (web.json_response({"messages": [{"id": "1"}], "contacts": [1]}), errors.OutcomeUnknown),
        (web.json_response([1]), errors.OutcomeUnknown),
        (web.json_response({"error": {"code": "x"}}, status=500), errors.OutcomeUnknown),
        (web.json_response({"error": {"code": 131026}}), errors.Unreachable),
        (
            web.Response(status=302, headers={"Location": "https://a.example"}),
            errors.OutcomeUnknown,
        ),
        (web.Response(status=401), errors.Unauthorised),
        (web.Response(status=413), errors.Rejected),
        (web.Response(status=429), errors.RetryLater),
    ],
)
async def test_answers_that_are_not_metas_words(
    graph: Graph, channel: WhatsAppChannel, answer: web.Response, kind: type[errors.ChannelError]
) -> None:
    graph.answers.append(answer)
    assert type(await refused(channel)) is kind


async def test_who_cannot_be_reached_has_surely_heard_nothing() -> None:
    channel = channel_at(f"http://127.0.0.1:{free_port()}")
    error = await refused(channel)
    await channel.aclose()
    assert isinstance(error, errors.RetryLater)
    assert error.whole_account


async def test_a_line_that_breaks_after_the_request_leaves_the_outcome_unknown() -> None:
    heard: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    channel = channel_at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    error = await refused(channel)
    await channel.aclose()
    server.close()
    assert isinstance(error, errors.OutcomeUnknown)
    assert len(heard) == 1


async def test_what_is_no_address_is_refused_before_it_is_sent(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    assert isinstance(await refused(channel, "ann@example.com"), errors.Rejected)
    assert graph.asked == []


# Courtesies, files, templates, the webhook


async def test_reading_and_typing_are_shown_and_never_fail(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    here = Address(chat=UID)
    await channel.signal(here, Seen(message_id="wamid.1"))
    await channel.signal(here, Typing(message_id="wamid.2"))
    assert [body for _, _, body in graph.asked] == [
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"},
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": "wamid.2",
            "typing_indicator": {"type": "text"},
        },
    ]
    for nothing in (Typing(), ChoiceTaken(choice_id="x")):
        await channel.signal(here, nothing)
    assert len(graph.asked) == 2
    graph.will(400, 100)
    await channel.signal(here, Seen(message_id="wamid.out"))


async def test_a_customers_file_is_fetched(graph: Graph, channel: WhatsAppChannel) -> None:
    graph.files["77"] = content = b"x" * 600_000
    assert await channel.fetch(RemoteFile(ref="77", kind="image")) == content
    with pytest.raises(errors.Rejected):
        await channel.fetch(RemoteFile(ref="78", kind="image"))


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ({"url": "https://files.example/77", "file_size": 1}, errors.Rejected),
        ({"url": "http://lookaside.fbsbx.com/77"}, errors.Rejected),
        ({"url": "https://lookaside.fbsbx.com.evil.example/77"}, errors.Rejected),
        ({"url": "::"}, errors.Rejected),
        ({}, errors.Rejected),
        ({"url": "https://lookaside.fbsbx.com/77", "file_size": 2**31}, errors.Rejected),
    ],
)
async def test_the_token_goes_to_meta_only(
    graph: Graph, channel: WhatsAppChannel, found: dict[str, Any], kind: type[Exception]
) -> None:
    graph.answers.append(web.json_response(found))
    with pytest.raises(kind):
        await channel.fetch(RemoteFile(ref="77", kind="image"))


async def test_a_file_that_is_gone_meanwhile_is_gone(
    graph: Graph, channel: WhatsAppChannel
) -> None:
    graph.answers.append(web.json_response({"url": f"{graph.url}/files/77"}))
    with pytest.raises(errors.Rejected) as raised:
        await channel.fetch(RemoteFile(ref="77", kind="image"))
    assert raised.value.code == "404"


async def test_all_pages_of_templates_are_read(graph: Graph, channel: WhatsAppChannel) -> None:
    graph.pages = [[{"name": f"t{page}", "language": "en"}] for page in range(3)]
    assert isinstance(channel, Templated)
    assert [one.name for one in await channel.templates()] == ["t0", "t1", "t2"]
    graph.will(400, 80007)
    with pytest.raises(errors.RetryLater):
        await channel.templates()


async def nothing(request: Request) -> None:
    """Accepts."""


async def connected(channel: WhatsAppChannel, url: str | None) -> None:
    async with channel.connect(nothing, url):
        pass


async def test_to_connect_is_to_see_the_number(graph: Graph, channel: WhatsAppChannel) -> None:
    await connected(channel, None)
    assert graph.paths() == [NUMBER]
    graph.revoked = True
    with pytest.raises(errors.Unauthorised):
        await connected(channel, None)


@pytest.mark.parametrize("apps", [[], [{"whatsapp_business_api_data": {"id": "1"}}]])
async def test_a_number_may_be_led_to_our_own_webhook(graph: Graph, apps: list[Any]) -> None:
    channel = channel_at(graph.url, webhook="number")
    graph.answers += [web.json_response({"id": NUMBER}), web.json_response({"data": apps})]
    await connected(channel, "https://baton.example/hook")
    await channel.aclose()
    here = {"override_callback_uri": "https://baton.example/hook", "verify_token": "v"}
    subscribing = [] if apps else [f"{WABA}/subscribed_apps"]
    assert graph.paths()[2:] == [*subscribing, NUMBER]
    assert graph.asked[-1] == ("POST", NUMBER, {"webhook_configuration": here})


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"app_secret": ""}, "https://baton.example"),
        ({"webhook": "number"}, None),
        ({"webhook": "number", "verify_token": ""}, "https://baton.example"),
    ],
)
async def test_a_webhook_that_anybody_could_call_is_refused(
    graph: Graph, settings: dict[str, Any], url: str | None
) -> None:
    channel = channel_at(graph.url, **settings)
    with pytest.raises(errors.Rejected):
        await connected(channel, url)
    await channel.aclose()


async def test_what_the_trunk_may_ask(channel: WhatsAppChannel) -> None:
    assert isinstance(channel, AppWebhook)
    assert channel.accounts == {NUMBER, WABA}
    can = channel.capabilities
    assert can.window_seconds is not None
    assert can.window_seconds < 24 * 60 * 60
    assert can.chat_pace is not None
    assert can.chat_pace.burst <= 45
    assert can.chat_pace.seconds >= 6
    paces: Sequence[float] = [
        channel_at("http://localhost", messages_per_second=rate).capabilities.account_pace.seconds  # type: ignore[union-attr]  # it has one
        for rate in (80, 20)
    ]
    assert [round(1 / pace) for pace in paces] == [60, 15]


@pytest.mark.parametrize("wrong", [{"webhook": "polling"}, {"messages_per_second": 0}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        channel_at("http://localhost", **wrong)


def test_secrets_are_never_shown() -> None:
    settings = WhatsAppSettings(
        phone_number_id="1", waba_id="2", access_token="AAA", app_secret="BBB", verify_token="CCC"
    )
    assert not {"AAA", "BBB", "CCC"} & set(repr(settings).split("'"))
