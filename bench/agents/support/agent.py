"""Support with a warehouse that takes its time, so that something can happen while a tool runs."""

import asyncio

from agents.support.agent import Support
from agents.tools import tool


class SlowSupport(Support):
    """Takes the place of `support` where BATON_AGENTS_PATH names this folder's parent."""

    @tool()
    async def stock(self, article: str) -> str:
        """Ask the warehouse how many there are.

        Args:
            article: What it is called.
        """
        await asyncio.sleep(0.06)
        return f"There are 7 of {article}."
