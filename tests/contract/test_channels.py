"""What every channel promises, whatever platform is behind it: one suite over all of them."""

import asyncio
import contextlib
import email
import email.policy
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels import errors, memory
from channels import messages as m
from channels.base import Accept, Channel
from channels.email.channel import EmailChannel
from channels.email.settings import of
from channels.telegram.channel import SECRET_HEADER, TelegramChannel, TelegramSettings
from channels.whatsapp import signature
from channels.whatsapp.channel import WhatsAppChannel, WhatsAppSettings
from emulators import mail, telegram
from emulators.control import Fault
from emulators.mail.outside import File
from tests import graph, post
from tests.mailbox import QUICK, Mailbox
from tests.relay import Relay, relaying

PATIENCE = 40.0


class Stage(Protocol):
    """A channel, and the platform's side of it with one customer."""

    channel: Channel
    wire: bytes
    """One genuine body, of a customer who writes `Hi`."""

    async def write(self, text: str) -> None: ...
    async def attach(self, name: str, content: bytes) -> None: ...
    async def block(self) -> None: ...
    def revoke(self) -> None: ...
    def ask_to_wait(self) -> None: ...
    def lose_the_answer(self) -> None: ...
    def heard(self) -> list[str]: ...


class Posted(Stage, Protocol):
    """The platform posts what it has to say."""

    def headers(self, body: bytes) -> dict[str, str]:
        """Of a genuine request with this body."""
        ...


class MemoryStage:
    def __init__(self) -> None:
        self.double = memory.MemoryChannel()
        self.channel: Channel = self.double
        self.wire = b'{"id": "e", "kind": "message", "chat": "ann", "text": "Hi"}'

    def headers(self, body: bytes) -> dict[str, str]:
        return {memory.SECRET_HEADER: memory.SECRET}

    async def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            await self.double.write(text)

    async def attach(self, name: str, content: bytes) -> None:
        await self.double.write("", files={name: content})

    async def block(self) -> None:
        await self.double.happen("reach", reachable=False)

    def revoke(self) -> None:
        self.double.revoked = True

    def ask_to_wait(self) -> None:
        self.double.fail(errors.RetryLater("Wait.", after=1))

    def lose_the_answer(self) -> None:
        self.double.fail(errors.OutcomeUnknown("Nobody knows."), heard=True)

    def heard(self) -> list[str]:
        return self.double.heard("ann")


class TelegramStage:
    def __init__(self, platform: telegram.Running) -> None:
        self._platform = platform
        self._bot = platform.telegram.add_bot("42:contract", limits=False)
        self._ann = platform.telegram.add_user("Ann")
        self.channel: Channel = TelegramChannel(
            TelegramSettings(token="42:contract", secret="s", api_base=platform.url, mode="polling")
        )
        who = {"id": self._ann.id, "first_name": "Ann"}
        said = {"message_id": 1, "date": 1, "from": who, "chat": {**who, "type": "private"}}
        update = {"update_id": 1, "message": {**said, "text": "Hi"}}
        self.wire = json.dumps(update).encode()

    def headers(self, body: bytes) -> dict[str, str]:
        return {SECRET_HEADER: "s"}

    async def write(self, text: str) -> None:
        self._platform.outside.write(self._bot, self._ann, text=text)

    async def attach(self, name: str, content: bytes) -> None:
        self._platform.outside.attach(self._bot, self._ann, "document", name, content)

    async def block(self) -> None:
        self._platform.outside.block(self._bot, self._ann)

    def revoke(self) -> None:
        self._bot.revoked = True

    def _order(self, kind: str, **more: Any) -> None:
        fault = Fault(kind=kind, method="sendmessage", **more)
        self._platform.telegram.control.faults.append(fault)

    def ask_to_wait(self) -> None:
        self._order("status", status=429, seconds=1)

    def lose_the_answer(self) -> None:
        self._order("drop_after")

    def heard(self) -> list[str]:
        chat = self._bot.chats.get(self._ann.id)
        said = chat.messages if chat else []
        return [one["text"] for one in said if one["from"]["is_bot"]]


class HookedWhatsApp(WhatsAppChannel):
    """With the platform's side of the webhook: it keeps what is not accepted, and brings it again."""

    def __init__(self, settings: WhatsAppSettings) -> None:
        super().__init__(settings)
        self._secret = settings.app_secret
        self._held: deque[bytes] = deque()
        self._wake = asyncio.Event()

    def happen(self, body: bytes) -> None:
        self._held.append(body)
        self._wake.set()

    def signed(self, body: bytes) -> dict[str, str]:
        return {signature.HEADER: signature.sign(body, self._secret)}

    @contextlib.asynccontextmanager
    async def connect(self, accept: Accept, webhook_url: str | None) -> AsyncIterator[None]:
        async with super().connect(accept, webhook_url):
            bringing = asyncio.create_task(self._bring(accept))
            try:
                yield
            finally:
                bringing.cancel()

    async def _bring(self, accept: Accept) -> None:
        while True:
            while self._held:
                with contextlib.suppress(OSError):
                    body = self._held[0]
                    await accept(m.Request(body=body, headers=self.signed(body)))
                    self._held.popleft()
            self._wake.clear()
            await self._wake.wait()


class WhatsAppStage:
    def __init__(self, platform: graph.Graph) -> None:
        self._platform = platform
        self._ids = itertools.count(1)
        self._hooked = HookedWhatsApp(
            WhatsAppSettings(
                phone_number_id=graph.NUMBER,
                waba_id=graph.WABA,
                access_token=graph.TOKEN,
                app_secret="s",
                verify_token="v",
                api_base=platform.url,
            )
        )
        self.channel: Channel = self._hooked
        self.wire = self._body({"type": "text", "text": {"body": "Hi"}})

    def headers(self, body: bytes) -> dict[str, str]:
        return self._hooked.signed(body)

    def _body(self, said: dict[str, Any]) -> bytes:
        who = {"user_id": "US.1", "profile": {"name": "Ann"}}
        usual = {
            "from_user_id": "US.1",
            "id": f"wamid.in.{next(self._ids)}",
            "timestamp": "1795000000",
        }
        metadata = {"phone_number_id": graph.NUMBER}
        value = {"metadata": metadata, "contacts": [who], "messages": [{**usual, **said}]}
        entry = {"id": graph.WABA, "changes": [{"field": "messages", "value": value}]}
        return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()

    async def write(self, text: str) -> None:
        self._hooked.happen(self._body({"type": "text", "text": {"body": text}}))

    async def attach(self, name: str, content: bytes) -> None:
        self._platform.files["77"] = content
        document = {"id": "77", "mime_type": "text/plain", "filename": name}
        self._hooked.happen(self._body({"type": "document", "document": document}))

    async def block(self) -> None:
        """WhatsApp tells nobody: it refuses, or reports a failure, of the next message."""

    def revoke(self) -> None:
        self._platform.revoked = True

    def ask_to_wait(self) -> None:
        self._platform.will(400, 130429)

    def lose_the_answer(self) -> None:
        self._platform.deaf = True

    def heard(self) -> list[str]:
        return self._platform.heard


class EmailStage:
    """At real servers, with a line before each that can go wrong."""

    def __init__(self, box: Mailbox, imap: Relay, smtp: Relay) -> None:
        self._box, self._imap, self._smtp = box, imap, smtp
        self.channel: Channel = box.channel(imap__port=imap.port, smtp__port=smtp.port)
        self.wire = box.mail("Hi")

    async def write(self, text: str) -> None:
        await self._box.comes(text)

    async def attach(self, name: str, content: bytes) -> None:
        said = email.message_from_bytes(self._box.mail(""), policy=email.policy.SMTP)
        assert isinstance(said, EmailMessage)
        said.add_attachment(content, maintype="text", subtype="plain", filename=name)
        await asyncio.to_thread(self._box.servers.deliver, self._box.ours, said.as_bytes())

    async def block(self) -> None:
        """Nobody is told of it."""

    def revoke(self) -> None:
        self._imap.refuse[b" LOGIN "] = b"% NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"
        self._smtp.refuse[b"AUTH "] = b"535 5.7.8 Authentication credentials invalid\r\n"

    def ask_to_wait(self) -> None:
        self._smtp.refuse_once[b"RCPT TO"] = b"450 4.2.0 Greylisted, try again later\r\n"

    def lose_the_answer(self) -> None:
        self._smtp.swallow_after = b"\r\n.\r\n"

    def heard(self) -> list[str]:
        self._box.servers.rest()
        return [plain_text(one) for one in self._box.got()]


class ProviderStage:
    """At an emulated provider."""

    def __init__(self, provider: mail.Running) -> None:
        self._provider = provider
        self._ours = provider.post.add(post.OURS)
        self._ann = provider.outside.person("Ann")
        given = {**post.settings(provider), "secret": "s" * 32}
        self.channel: Channel = EmailChannel(of(given), QUICK)
        self.wire = provider.outside.write(self._ann, "nobody@customers.example", "Hi")

    async def write(self, text: str) -> None:
        self._provider.outside.write(self._ann, post.OURS, text)

    async def attach(self, name: str, content: bytes) -> None:
        file = File(name=name, mime="text/plain", content=content)
        self._provider.outside.write(self._ann, post.OURS, "", files=[file])

    async def block(self) -> None:
        """Nobody is told of it."""

    def revoke(self) -> None:
        self._ours.password = "another"

    def ask_to_wait(self) -> None:
        said = {"status": 450, "description": "4.2.0 Greylisted, try again later"}
        self._order(Fault(kind="status", method="rcpt", **said))  # type: ignore[arg-type]

    def lose_the_answer(self) -> None:
        self._order(Fault(kind="drop_after", method="data"))

    def _order(self, fault: Fault) -> None:
        self._provider.post.control.faults.append(fault)

    def heard(self) -> list[str]:
        return [one["text"] for one in self._provider.outside.got(self._ann)]


def plain_text(raw: bytes) -> str:
    said = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(said, EmailMessage)
    body = said.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).strip()


STAGES = ["memory", "telegram", "whatsapp", "email", "email provider"]


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        if request.param == "memory":
            one: Stage = MemoryStage()
        elif request.param == "telegram":
            one = TelegramStage(await stack.enter_async_context(telegram.running()))
        elif request.param == "whatsapp":
            one = WhatsAppStage(await stack.enter_async_context(graph.running()))
        elif request.param == "email provider":
            one = ProviderStage(await stack.enter_async_context(mail.running()))
        else:
            box: Mailbox = request.getfixturevalue("box")
            ports = (box.servers.imap, box.servers.smtp)
            lines = [await stack.enter_async_context(relaying(port)) for port in ports]
            one = EmailStage(box, *lines)
        yield one
        await one.channel.aclose()


on_frank_platforms = pytest.mark.parametrize("stage", ["memory", "telegram"], indirect=True)
"""Those that say at once whom we may not write to; the others take it, and report a failure later."""
posted = pytest.mark.parametrize("stage", ["memory", "telegram", "whatsapp"], indirect=True)
"""What they bring is posted to us, by anybody; mail is fetched."""


class Inbox:
    """Accepts, and keeps what was read; refuses the first `failures` bodies."""

    def __init__(self, channel: Channel, failures: int = 0) -> None:
        self._channel = channel
        self._failures = failures
        self.read: list[m.Inbound] = []

    async def accept(self, request: m.Request) -> None:
        if self._failures:
            self._failures -= 1
            raise OSError("The database is away.")
        self.read += self._channel.receive(request)

    def texts(self) -> list[str]:
        return [one.text for one in self.read if isinstance(one, m.CustomerMessage)]


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def met(stage: Stage) -> m.Address:
    """The customer has written; where to answer."""
    inbox = Inbox(stage.channel)
    async with stage.channel.connect(inbox.accept, None):
        await stage.write("Hi")
        await until(inbox.texts)
    (first,) = inbox.read
    assert isinstance(first, m.CustomerMessage)
    return first.address


def reply(stage: Stage, address: m.Address, text: str) -> m.Outbound:
    (piece,) = stage.channel.compose(text, [])
    return m.Outbound(delivery_id="d1", address=address, piece=piece)


async def test_its_capabilities_are_possible(stage: Stage) -> None:
    can = stage.channel.capabilities
    assert can.text_limit > 0
    assert can.quiet_seconds >= 0
    for pace in (can.account_pace, can.chat_pace, can.group_pace):
        assert pace is None or (pace.seconds > 0 and pace.burst >= 1)


async def test_a_genuine_body_is_read_and_repeats_its_event(stage: Stage) -> None:
    request = m.Request(body=stage.wire, trusted=True)
    (once,) = stage.channel.receive(request)
    (again,) = stage.channel.receive(request)
    assert isinstance(once, m.CustomerMessage)
    assert (once.text, once.group) == ("Hi", False)
    assert once.event_id
    assert once.event_id == again.event_id


async def test_what_comes_from_nowhere_is_not_believed(stage: Stage) -> None:
    with pytest.raises(errors.NotGenuine):
        stage.channel.receive(m.Request(body=stage.wire))


@posted
async def test_only_the_platform_is_believed(stage: Posted) -> None:
    genuine = stage.headers(stage.wire)
    (found,) = stage.channel.receive(m.Request(body=stage.wire, headers=genuine))
    assert isinstance(found, m.CustomerMessage)
    (name,) = genuine
    for headers in ({}, {name: ""}, {name: "wrong"}):
        with pytest.raises(errors.NotGenuine):
            stage.channel.receive(m.Request(body=stage.wire, headers=headers))


@posted
async def test_what_the_platform_could_never_send_is_malformed(stage: Posted) -> None:
    for body in (b"", b"{", b"\xff", b"[]", b"7", b"{}"):
        with pytest.raises(errors.Malformed):
            stage.channel.receive(m.Request(body=body, headers=stage.headers(body)))


@posted
async def test_whatever_comes_is_read_or_kept_or_malformed(stage: Posted) -> None:
    event = json.loads(stage.wire)
    rubbish = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    )

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.dictionaries(st.sampled_from(sorted(event)) | st.text(), rubbish) | rubbish)
    def check(found: Any) -> None:
        mixed = {**event, **found} if isinstance(found, dict) else found
        with contextlib.suppress(errors.Malformed):
            body = json.dumps(mixed).encode()
            request = m.Request(body=body, headers=stage.headers(body))
            assert stage.channel.receive(request)

    check()


async def test_what_it_composes_fits_and_loses_nothing(stage: Stage) -> None:
    words = [f"word{n}" for n in range(3000)]
    files = [m.LocalFile(name=f"{n}.txt", mime="text/plain", content=b"x") for n in range(3)]
    pieces = stage.channel.compose(" ".join(words), files)
    assert " ".join(piece.plain for piece in pieces if piece.plain).split() == words
    assert [one for piece in pieces for one in piece.attachments] == [0, 1, 2]
    for piece in pieces:
        assert len(piece.plain) <= stage.channel.capabilities.text_limit
        assert piece.body or piece.attachments
    assert stage.channel.compose(" \n", []) == ()


async def test_who_wrote_is_answered(stage: Stage) -> None:
    receipt = await stage.channel.send(reply(stage, await met(stage), "Good day"))
    assert receipt.message_id
    assert receipt.sent_at.tzinfo is not None
    assert stage.heard() == ["Good day"]


async def test_what_was_written_meanwhile_is_brought_when_it_listens_again(stage: Stage) -> None:
    await stage.write("while nobody listened")
    inbox = Inbox(stage.channel)
    async with stage.channel.connect(inbox.accept, None):
        await until(inbox.texts)
        await stage.write("now")
        await until(lambda: len(inbox.texts()) == 2)
    assert inbox.texts() == ["while nobody listened", "now"]


async def test_what_was_not_accepted_comes_again_and_first(stage: Stage) -> None:
    inbox = Inbox(stage.channel, failures=1)
    async with stage.channel.connect(inbox.accept, None):
        await stage.write("one")
        await stage.write("two")
        await until(lambda: len(inbox.texts()) == 2)
    assert inbox.texts() == ["one", "two"]


@on_frank_platforms
async def test_who_never_wrote_cannot_be_written_to(stage: Stage) -> None:
    stranger = m.Address(chat="999999")
    with pytest.raises(errors.Unreachable) as raised:
        await stage.channel.send(reply(stage, stranger, "Buy!"))
    assert raised.value.detail.endswith(".")


@on_frank_platforms
async def test_who_blocks_us_is_told_of_and_hears_nothing(stage: Stage) -> None:
    address = await met(stage)
    inbox = Inbox(stage.channel)
    async with stage.channel.connect(inbox.accept, None):
        await stage.block()
        await until(lambda: inbox.read)
    (told,) = inbox.read
    assert isinstance(told, m.ReachabilityChanged)
    assert not told.reachable
    assert told.reason
    with pytest.raises(errors.Unreachable):
        await stage.channel.send(reply(stage, address, "Please!"))
    assert stage.heard() == []


async def test_what_must_wait_was_surely_not_heard(stage: Stage) -> None:
    address = await met(stage)
    stage.ask_to_wait()
    with pytest.raises(errors.RetryLater) as raised:
        await stage.channel.send(reply(stage, address, "Good day"))
    assert raised.value.after > 0
    assert stage.heard() == []
    await stage.channel.send(reply(stage, address, "Good day"))
    assert stage.heard() == ["Good day"]


async def test_a_lost_answer_is_an_unknown_outcome_and_is_not_said_twice(stage: Stage) -> None:
    address = await met(stage)
    stage.lose_the_answer()
    with pytest.raises(errors.OutcomeUnknown):
        await stage.channel.send(reply(stage, address, "Good day"))
    assert stage.heard() == ["Good day"]


async def test_dead_credentials_are_unauthorised_everywhere(stage: Stage) -> None:
    address = await met(stage)
    stage.revoke()
    with pytest.raises(errors.Unauthorised):
        await stage.channel.send(reply(stage, address, "Good day"))
    with pytest.raises(errors.Unauthorised):
        async with stage.channel.connect(Inbox(stage.channel).accept, None):
            pass


async def test_courtesies_never_raise(stage: Stage) -> None:
    address = await met(stage)
    signals = (m.Typing(), m.ChoiceTaken(choice_id="x"), m.Seen(message_id="1"))
    for signal in signals:
        await stage.channel.signal(address, signal)
    stage.revoke()
    for signal in signals:
        await stage.channel.signal(address, signal)


async def test_a_file_is_fetched_by_what_was_told_of_it(stage: Stage) -> None:
    inbox = Inbox(stage.channel)
    async with stage.channel.connect(inbox.accept, None):
        await stage.attach("list.txt", b"milk")
        await until(lambda: inbox.read)
    (told,) = inbox.read
    assert isinstance(told, m.CustomerMessage)
    (file,) = told.attachments
    assert file.name == "list.txt"
    assert await stage.channel.fetch(file) == b"milk"
    with pytest.raises(errors.Rejected):
        await stage.channel.fetch(m.RemoteFile(ref="nowhere", kind="document"))


async def test_letting_go_twice_is_once(stage: Stage) -> None:
    await stage.channel.aclose()
    await stage.channel.aclose()
