"""What the rules of the emulated Telegram are tested with."""

from collections.abc import AsyncIterator

import pytest

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
