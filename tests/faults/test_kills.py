"""The short version of `make faults`: servers die at the most telling steps, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from tests.faults.rounds import QUICK_STORIES, Store, a_short_round, play_out
from tests.faults.steps import Trap

MESSAGE = "POST /v1/conversations/{id}/messages"
TELLING = (
    Trap(f"before acknowledging {MESSAGE}", 2),
    Trap("after write SqlConversations.append", 2),
    Trap("after showing the first sentence"),
    Trap("after write SqlConversations.begin_showing"),
    Trap("after slack chat.postMessage"),
    Trap("before acknowledging POST /slack/events", 2),
    Trap("after write SqlConversations.record_turn", 2),
)


@pytest.mark.parametrize("store", list(Store))
async def test_servers_that_die_lose_and_double_nothing(store: Store, tmp_path: Path) -> None:
    each = a_short_round(store, TELLING, QUICK_STORIES)
    result = await play_out(each, tmp_path)
    assert result.breaks == []
    assert result.place_troubles == []
    assert result.tally.kills == len(TELLING)
