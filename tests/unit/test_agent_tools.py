"""Tools: schema from the hints, arguments checked, failures told to the model."""

import asyncio
import json
from dataclasses import dataclass
from enum import Enum
from typing import Literal

import pytest

from agents.errors import Misconfigured, ToolFailed
from agents.tools import bound, tool, tools_of


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Item:
    article: str
    many: int = 1


class Shop:
    @tool()
    async def basket(self, items: list[Item], colour: Colour, note: str | None = None) -> object:
        """What a basket costs. Nothing is bought.

        Args:
            items: What is in it,
                in any order.
            colour (Colour): Of all of it.
            note: For us.

        Returns:
            text: For the model.
        """
        return {"many": sum(item.many for item in items), "colour": colour, "note": note}

    @tool()
    async def unspeakable(self) -> object:
        """Answers what is no JSON."""
        return object()

    @tool()
    async def price(self, article: str, currency: Literal["EUR", "CHF"] = "EUR") -> str:
        """What an article costs.

        Args:
            article: Its number.
            currency: Of which country.
        """
        if article == "none":
            raise ToolFailed("There is no such article.")
        return f"10 {currency}"

    @tool(changes=True, seconds=0.01)
    async def cancel(self) -> str:
        """Cancel everything."""
        await asyncio.sleep(10)
        return "done"

    @tool()
    async def broken(self) -> str:
        """Always breaks."""
        raise RuntimeError("secret detail")


shop_tools = tools_of(Shop())


def test_the_schema_comes_from_the_hints_and_the_docstring() -> None:
    spec = shop_tools["price"].spec
    assert spec.description == "What an article costs."
    assert spec.schema["required"] == ["article"]
    assert spec.schema["properties"]["article"]["description"] == "Its number."
    assert spec.schema["properties"]["currency"]["enum"] == ["CHF", "EUR"]


async def test_lists_enums_and_dataclasses_are_understood() -> None:
    spec = shop_tools["basket"].spec
    assert spec.description == "What a basket costs. Nothing is bought."
    assert spec.schema["required"] == ["items", "colour"]
    assert spec.schema["properties"]["items"]["description"] == "What is in it, in any order."
    assert spec.schema["$defs"]["Colour"]["enum"] == ["blue", "red"]
    told = await shop_tools["basket"].call('{"items": [{"article": "7"}], "colour": "red"}')
    assert json.loads(told) == {"many": 1, "colour": "red", "note": None}
    assert "colour" in await shop_tools["basket"].call('{"items": [], "colour": "green"}')


async def test_a_tool_is_called_with_checked_arguments() -> None:
    assert await shop_tools["price"].call('{"article": "1", "currency": "CHF"}') == "10 CHF"


@pytest.mark.parametrize(
    "arguments", ['{"article": 1}', "{}", "{broken", '{"article": "1", "more": 2}', "[]", "null"]
)
async def test_arguments_that_do_not_fit_are_told_to_the_model(arguments: str) -> None:
    assert (await shop_tools["price"].call(arguments)).startswith("Error: the arguments")


async def test_failures_are_sentences_without_our_secrets() -> None:
    assert await shop_tools["price"].call('{"article": "none"}') == (
        "Error: There is no such article."
    )
    assert "secret" not in await shop_tools["broken"].call("")
    assert "too long" in await shop_tools["cancel"].call("")
    assert "does not work" in await shop_tools["unspeakable"].call("")


def test_only_tools_that_change_something_are_marked_so() -> None:
    assert {name for name, one in shop_tools.items() if one.changes} == {"cancel"}


def test_a_proposal_is_a_sentence() -> None:
    assert shop_tools["cancel"].proposal("") == "Cancel everything."
    assert shop_tools["price"].proposal('{"article": "7", "gift": true}') == (
        "What an article costs (article: 7, gift: true)."
    )
    assert shop_tools["price"].proposal("{broken") == "What an article costs."


def test_a_tool_without_docstring_or_types_says_how_to_mend_it() -> None:
    class Wrong:
        @tool()
        async def silent(self) -> str:
            return ""

        @tool()
        async def untyped(self, what) -> str:  # type: ignore[no-untyped-def]  # that is the point  # noqa: ANN001
            """Docs."""
            return str(what)

        @tool()
        async def anything(self, **what: str) -> str:
            """Docs."""
            return str(what)

        @tool()  # type: ignore[type-var]  # that is the point
        def blocking(self) -> str:
            """Docs."""
            return ""

    with pytest.raises(Misconfigured, match="name each parameter"):
        bound(Wrong().anything)
    with pytest.raises(Misconfigured, match="async def"):
        bound(Wrong().blocking)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(Misconfigured, match="docstring"):
        bound(Wrong().silent)
    with pytest.raises(Misconfigured, match="parameter what needs a type"):
        bound(Wrong().untyped)
