"""kill -9 in the middle: the short run of `python -m bench.kills`, on both databases."""

import pytest

from bench import kills


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_nothing_is_lost_or_doubled_by_killing_the_server(database_url: str) -> None:
    result = await kills.prove(database_url, kills=6, seed=4)
    assert result.kills == 6
    assert result.updates >= 6
    assert result.wrong == 0, result
