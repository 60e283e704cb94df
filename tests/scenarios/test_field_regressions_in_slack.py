"""What users of other products suffered from, case by case: where Slack is involved.

The numbers are those of the list of cases that this product is measured by; the others stand in
test_field_regressions.py.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.conversation import Author, Holder
from agent.handoff import HandoffState
from integrations.slack import buttons, more
from tests.contracts.stores import turn_of
from tests.fakes.slack import events
from tests.fakes.slack.shown import show_message
from tests.scenarios.slack_world import SlackWorld, a_slack_world
from tests.scenarios.world import HOT, OFFLINE_QUESTION, PRICE, PRICE_QUESTION

DELIVERIES = (1, 2, 3, 4)


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[SlackWorld]:
    """A hot lead, whose card is in the channel."""
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await slack.visitor_says(HOT)
        yield slack


@pytest.fixture
async def with_model(tmp_path: Path) -> AsyncIterator[SlackWorld]:
    """The same, with a model that writes."""
    async with a_slack_world(tmp_path / "hotline.db", model=True) as slack:
        await slack.visitor_says(HOT)
        yield slack


async def test_case_02_a_claim_pressed_while_the_model_writes_discards_the_reply(
    with_model: SlackWorld,
) -> None:
    go_on, world = asyncio.Event(), with_model.world
    world.writer.says_once(go_on, PRICE)
    await world.visitor_writes(PRICE_QUESTION)
    await world.writer.pauses()

    await with_model.mia.presses(with_model.card, buttons.CLAIM)
    listeners = with_model.connection._listeners
    assert listeners is not None
    await listeners.finish()
    go_on.set()
    await with_model.settles()

    assert await world.holder() is Holder.REP
    assert all(PRICE not in line for line in [*await world.log(), *with_model.thread])


async def test_case_04_after_a_close_in_slack_and_a_new_message_no_second_card_appears(
    slack: SlackWorld,
) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    handoff = await slack.world.handoff()
    await slack.world.takeover.close(handoff.id, slack.world.watch.playbook.reps[0].id, None)
    await slack.visitor_says(OFFLINE_QUESTION)
    assert len(slack.cards) == 1
    assert [each.state for each in await slack.world.handoffs()] == [HandoffState.CLOSED]


@pytest.mark.parametrize("times", DELIVERIES)
async def test_case_06_a_reply_that_slack_delivers_again_is_said_once(
    slack: SlackWorld, times: int
) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    event = slack.twin.thread_reply(slack.mia.id, slack.channel, slack.card.ts, "Hello, Mia here.")
    for retry in range(times):
        await slack.twin.send_event(slack.url, event, retry or None, "Ev0SAME")
    await slack.settles()
    assert await slack.rep_words() == ["Hello, Mia here."]


@pytest.mark.parametrize("times", DELIVERIES)
async def test_case_06_four_deliveries_at_the_same_time_are_said_once(
    slack: SlackWorld, times: int
) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    event = slack.twin.thread_reply(slack.mia.id, slack.channel, slack.card.ts, "Hello, Mia here.")
    await asyncio.gather(
        *(slack.twin.send_event(slack.url, event, n or None, "Ev0SAME") for n in range(times))
    )
    await slack.settles()
    assert await slack.rep_words() == ["Hello, Mia here."]


async def test_case_06_a_press_that_is_repeated_joins_the_rep_once(slack: SlackWorld) -> None:
    await asyncio.gather(*(slack.mia.presses(slack.card, buttons.CLAIM) for _ in DELIVERIES))
    await slack.settles()
    joined = [m for m in await slack.world.messages() if m.author is Author.SYSTEM]
    assert len(joined) == 1


async def test_case_07_of_two_who_press_claim_one_wins_and_the_other_sees_who(
    slack: SlackWorld,
) -> None:
    await asyncio.gather(
        slack.mia.presses(slack.card, buttons.CLAIM), slack.jonas.presses(slack.card, buttons.CLAIM)
    )
    await slack.settles()

    winner = (await slack.world.handoff()).claimed_by
    loser, name = (slack.jonas, "Mia") if winner == "mia" else (slack.mia, "Jonas")
    assert [name in text and "was faster" in text for text in slack.told(loser)] == [True]
    assert slack.told(slack.mia if loser is slack.jonas else slack.jonas) == []


async def test_case_08_our_own_posts_are_never_relayed(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    before = await slack.world.log()
    for message in [m for m in slack.twin.messages(slack.channel) if m.bot_id]:
        await slack.twin.send_event(slack.url, events.message_event(slack.twin.workspace, message))
    await slack.settles()
    assert await slack.world.log() == before


async def test_case_08_other_bots_are_never_relayed(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    before = await slack.world.log()
    event = slack.twin.thread_reply(slack.mia.id, slack.channel, slack.card.ts, "Deal closed!")
    await slack.twin.send_event(slack.url, {**event, "bot_id": "B0OTHER", "subtype": "bot_message"})
    await slack.twin.send_event(slack.url, {**event, "bot_id": "B0OTHER"}, None, "Ev0AGAIN")
    await slack.settles()
    assert await slack.world.log() == before


async def test_case_08_a_change_that_only_unfurls_a_link_is_not_relayed(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    said = await slack.replies(slack.mia, "See https://example.com")
    before = await slack.world.messages()
    shown = show_message(slack.twin.workspace, said)
    await slack.twin.send_event(slack.url, events.changed_event(slack.twin.workspace, said, shown))
    await slack.settles()
    assert await slack.world.messages() == before


async def test_case_08_what_colleagues_change_and_delete_is_never_relayed(
    slack: SlackWorld,
) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    note = await slack.replies(slack.jonas, "They also asked Acme.")
    before = await slack.world.messages()
    await slack.jonas.edits(note, "They also asked Acme, and Bolt.")
    await slack.jonas.deletes(note)
    await slack.settles()
    assert await slack.world.messages() == before


async def test_case_08_a_changed_card_is_never_relayed(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    before = await slack.world.log()
    shown = show_message(slack.twin.workspace, slack.card)
    await slack.twin.send_event(
        slack.url, events.changed_event(slack.twin.workspace, slack.card, shown)
    )
    await slack.settles()
    assert await slack.world.log() == before


async def test_case_09_before_a_claim_nothing_that_anybody_writes_reaches_the_visitor(
    slack: SlackWorld,
) -> None:
    await slack.replies(slack.mia, "Shall I take this one?")
    await slack.replies(slack.guest, "What is this?")
    assert await slack.rep_words() == []
    assert any("stay among colleagues" in text for text in slack.told(slack.mia))


async def test_case_09_after_a_claim_only_the_holders_words_reach_the_visitor(
    slack: SlackWorld,
) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    await slack.replies(slack.jonas, "Offer 20 percent, they have budget.")
    await slack.replies(slack.guest, "Who is this?")
    await slack.replies(slack.mia, "Hello, Mia here.")
    assert await slack.rep_words() == ["Hello, Mia here."]


async def test_case_09_after_the_give_back_the_former_holders_words_stay(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    await slack.world.rep_gives_back()
    await slack.replies(slack.mia, "Nice one, team.")
    assert await slack.rep_words() == []


async def says_200_kb(slack: SlackWorld) -> None:
    """Write 26 long messages that count as answered, then be hot."""
    talks = slack.world.stores.conversations
    for number in range(26):
        line = f"Point {number}: we run *many* <!channel> sites & lifts. "
        await talks.append(slack.world.id, f"long-{number}", (line * 200)[:7_900])
    async with talks.hold(slack.world.id) as held:
        assert held is not None
        await talks.record_turn(held, turn_of(held, reply=None))
    await slack.visitor_says(HOT)


async def test_case_12_a_transcript_of_200_kb_gives_a_card_that_slack_takes(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await says_200_kb(slack)
        assert len(slack.card.blocks) <= 50
        assert len(json.dumps(slack.card.blocks)) <= 12_000
        assert slack.card.find_element(buttons.CLAIM)


async def test_case_12_a_transcript_of_200_kb_can_be_opened_behind_more(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await says_200_kb(slack)
        await slack.presses(slack.mia, buttons.MORE)
        (window,) = slack.twin.views
        await slack.mia.presses(window, f"{more.TURN}.talk")
        await slack.settles()
        shown = json.dumps(window.view)
        assert HOT in shown
        assert "<!channel>" in shown
        assert len(window.view["blocks"]) <= 100


async def test_case_13_while_slack_asks_to_slow_down_the_visitor_is_answered(
    tmp_path: Path,
) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        slack.twin.rate_limits(times=2, retry_after=30, method="chat.postMessage")
        await slack.visitor_says(HOT)
        assert slack.cards == []
        assert len(await slack.world.replies()) == 1


async def test_case_13_slack_is_left_alone_as_long_as_it_asks(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        slack.twin.rate_limits(times=1, retry_after=30, method="chat.postMessage")
        await slack.visitor_says(HOT)
        await slack.world.passes(seconds=29)
        assert slack.cards == []
        await slack.world.passes(seconds=1)
        assert len(slack.cards) == 1


async def test_case_13_after_an_hour_without_slack_all_arrives_in_order_and_once(
    tmp_path: Path,
) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        slack.twin.fails_with("service_unavailable")
        await slack.visitor_says(HOT)
        await slack.visitor_says(OFFLINE_QUESTION)
        await slack.visitor_says(PRICE_QUESTION)
        for _ in range(60):
            await slack.world.passes(minutes=1)
        assert slack.cards == []

        slack.twin.recovers()
        for _ in range(10):
            await slack.world.passes(minutes=1)

        said = [message.text for message in await slack.world.messages()]
        relayed = [text for text in slack.thread if text in said]
        assert len(slack.cards) == 1
        assert relayed == said[1:]


async def test_case_13_a_reps_words_are_kept_while_slack_takes_no_calls(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, buttons.CLAIM)
    slack.twin.fails_with("service_unavailable")
    await slack.replies(slack.mia, "Hello, Mia here.")
    assert await slack.rep_words() == ["Hello, Mia here."]


async def test_case_13_a_post_whose_answer_got_lost_stands_there_once(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        slack.twin.times_out_after_posting()
        await slack.visitor_says(HOT)
        await slack.world.passes(minutes=2)
        assert len(slack.cards) == 1
