"""What the rules of the emulated Telegram and WhatsApp are tested with."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests import mailbox, mailservers, whatsapp
from tests.phone import Hook, Phone, hooked, phoned


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    async with phoned() as found:
        yield found


@pytest.fixture
async def started(phone: Phone) -> Phone:
    """Ann has pressed Start, and the bot has nothing waiting for it."""
    phone.outside.start(phone.bot, phone.ann)
    phone.bot.updates.clear()
    return phone


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with hooked() as found:
        yield found


@pytest.fixture
async def shop() -> AsyncIterator[whatsapp.Shop]:
    async with whatsapp.shops() as found:
        yield found


@pytest.fixture
async def open_shop(shop: whatsapp.Shop) -> whatsapp.Shop:
    """Ann has written, and nothing is waiting to be told."""
    shop.write()
    shop.meta.postman.emitted.clear()
    return shop


@pytest.fixture
async def callback() -> AsyncIterator[whatsapp.Hook]:
    async with whatsapp.hooked() as found:
        yield found


@pytest.fixture(scope="session")
def mail_servers() -> Iterator[mailservers.MailServers]:
    with mailservers.running() as found:
        yield found


@pytest.fixture
def box(mail_servers: mailservers.MailServers) -> mailbox.Mailbox:
    """A fresh mailbox of ours, and Ann's."""
    return mailbox.mailbox(mail_servers)
