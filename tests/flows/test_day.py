"""A day of an operator: what is counted, what is remembered, and what never leaves the house."""

from collections.abc import Callable
from pathlib import Path

from runtime.storage.sql import Row
from tests.operators import begun, desk
from tests.story import world


def is_in(text: str) -> Callable[[list[Row]], bool]:
    return lambda rows: (text,) in rows


async def test_unread_grows_while_an_operator_has_it_and_is_cleared_by_looking(
    database_url: str, tmp_path: Path
) -> None:
    async with world(database_url, tmp_path) as w, desk(w) as olga:
        id_ = await begun(w)

        async def written(*texts: str) -> int:
            """What stands on the card after the customer wrote."""
            for text in texts:
                w.write(text)
                await w.until_rows(is_in(text), "log", "text")
            unread: int = (await olga.get(f"/sessions/{id_}")).body["unread"]
            return unread

        taken = await olga.post(f"/sessions/{id_}/takeover")
        assert taken.body["session"]["unread"] == 0
        assert await written("One", "Two") == 2
        assert (await olga.post(f"/sessions/{id_}/open")).body["session"]["unread"] == 0
        assert await written("Three") == 1
        await olga.post(f"/sessions/{id_}/messages", text="Here I am.")
        assert await written() == 0
        await olga.post(f"/sessions/{id_}/assign", operator_id=None)
        assert await written("Four", "Five", "Six") == 3
        again = await olga.post(f"/sessions/{id_}/takeover")
        assert again.body["session"]["unread"] == 0
