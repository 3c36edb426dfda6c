"""Customer service of Kestrel Outdoor, a shop that exists only as this sample."""

import json
from pathlib import Path

from agents.base import Agent
from agents.errors import ToolFailed
from agents.tools import tool

_ORDERS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "orders.json").read_text(encoding="utf-8")
)
"""The sample's data, in the place of a shop system's API."""


class Support(Agent):
    """Answers from the knowledge, looks orders up, and knows when a person is needed."""

    name = "Kestrel Support"
    description = "the customer service of the web shop Kestrel Outdoor."
    idle_minutes = 12 * 60
    handoff_conditions = (
        "the customer asks for a person",
        "money must be paid back, or an order changed or cancelled",
        "something arrived damaged, or never arrived",
        "the customer is upset, or complains for the second time",
        "neither the knowledge nor the tools have the answer",
    )

    @tool()
    async def order_status(self, number: str) -> dict[str, str]:
        """Look up the state of an order.

        Args:
            number: The order's number, such as KO-10425.
        """
        order = _ORDERS.get(number.strip().upper())
        if order is None:
            raise ToolFailed("There is no order with this number. Ask the customer to check it.")
        return order
