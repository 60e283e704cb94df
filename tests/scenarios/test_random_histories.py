"""A few of the random histories; `python -m tests.scenarios.random_histories` plays ten thousand."""

import pytest

from tests.scenarios.random_histories import play


@pytest.mark.parametrize("first", range(1, 161, 20))
async def test_nothing_is_lost_doubled_or_out_of_order_and_the_agent_is_silent_while_a_rep_holds(
    first: int,
) -> None:
    assert [each for seed in range(first, first + 20) for each in await play(seed)] == []
