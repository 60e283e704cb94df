"""Notices and calls in Slack: what a channel reads when the desk opens and closes, who is paged, which file comes along."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from agent.conversation import HandoffId
from agent.duty import Duty
from agent.errors import DeskUnavailableError
from agent.handoff import CallBack, DeskPostKind
from agent.notices import (
    DailySummary,
    Notice,
    NoticeId,
    NoticeKind,
    OpeningDigest,
    Promised,
    Told,
    Waiting,
)
from agent.scoring import Temperature
from agent.team_rules import TeamId, TeamRules
from integrations.slack import reminders
from integrations.slack.notices import SlackNoticeDesk, told
from tests.fakes.clock import FixedClock
from tests.fakes.slack.state import Message
from tests.integrations.slack.desk_builders import JONAS, MIA, NOW, a_handoff, a_playbook, a_post
from tests.integrations.slack.desk_room import MemorySeenEvents, Room

MONDAY_NINE = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)
CALL = CallBack(MONDAY_NINE, MIA, "+49 30 1234567", changed_at=NOW)
ADA = Waiting(HandoffId("h-1"), "Ada Holm", "Nordwind", "<!channel> we *need* it", 82, Temperature.RED_HOT, NOW)  # fmt: skip
DIGEST = OpeningDigest((ADA,), (Promised(HandoffId("h-1"), "Ada Holm", CALL),), ("Does it float?",))
SUMMARY = DailySummary(
    date(2026, 2, 16), {Temperature.HOT: 2, Temperature.COLD: 5}, 3, 2, 1, timedelta(minutes=4), 1, 1
)  # fmt: skip


@dataclass(slots=True)
class FixedCards:
    """Cards where a test says they are."""

    places: Mapping[str, str] = field(default_factory=dict)

    async def reference(self, handoff_id: HandoffId) -> str | None:
        return self.places.get(handoff_id)


def a_notice(content: Told = DIGEST, **changes: object) -> Notice:
    is_digest = isinstance(content, OpeningDigest)
    kind = NoticeKind.OPENING_DIGEST if is_digest else NoticeKind.DAILY_SUMMARY
    notice = Notice(NoticeId("n-1"), "key", kind, content, NOW)
    return replace(notice, **changes)  # type: ignore[arg-type]


def desk(room: Room, cards: FixedCards | None = None) -> SlackNoticeDesk:
    return SlackNoticeDesk(room.connection.client, room.channel, room.playbook, cards or FixedCards())  # fmt: skip


async def test_the_digest_names_who_waits_and_whom_to_call_with_links_to_their_cards(room: Room) -> None:  # fmt: skip
    card = await room.hand_off()
    cards = FixedCards({"h-1": f"{room.channel}:{card.ts}"})
    await desk(room, cards).tell(a_notice())
    shown = str(_last(room).blocks)
    assert "Ada Holm" in shown
    assert "Mon 16 Feb 09:00 (Berlin), +49 30 1234567 (Mia)" in shown
    assert "Does it float?" in shown
    assert shown.count(f"/p{card.ts.replace('.', '')}") == 2


async def test_the_text_of_the_digest_counts_for_whoever_hears_it_read(room: Room) -> None:
    await desk(room).tell(a_notice(replace(DIGEST, more=2)))
    assert _last(room).text == "What waits: 3 unclaimed, 1 call back today, 1 question we could not answer."  # fmt: skip


async def test_the_summary_tells_of_the_day(room: Room) -> None:
    await desk(room).tell(a_notice(SUMMARY))
    assert _last(room).text == (
        "The day: Monday 16 February. 3 leads handed to you: 2 claimed, 1 still open. "
        "Median time to claim: 4 minutes. Who wrote: 2 hot, 5 cold. Call backs: 1 kept, 1 missed."
    )


async def test_a_teams_digest_goes_to_its_own_channel(room: Room) -> None:
    own = room.twin.add_channel("sales-us")
    team = TeamRules(id=TeamId("us"), name="US", reps=(MIA,), slack_channel=own)
    room.playbook = room.playbook.model_copy(update={"teams": (team,)})
    await desk(room).tell(a_notice(team=TeamId("us")))
    assert (len(room.twin.messages(own)), room.twin.messages(room.channel)) == (1, [])


async def test_a_notice_of_which_no_answer_came_is_not_posted_again(room: Room) -> None:
    room.twin.times_out_after_posting()
    with pytest.raises(DeskUnavailableError):
        await desk(room).tell(a_notice())
    reference = await desk(room).tell(a_notice(attempts=1))
    [posted] = room.twin.messages(room.channel)
    assert reference == f"{room.channel}:{posted.ts}"


async def test_slack_accepts_a_digest_however_long_its_words(room: Room) -> None:
    long = replace(ADA, who="W" * 5_000, company="C" * 5_000, quote="“`<&>" * 1_000)
    call = Promised(HandoffId("h-1"), "W" * 5_000, replace(CALL, contact="9" * 5_000))
    await desk(room).tell(a_notice(OpeningDigest((long,) * 10, (call,) * 10, ("q&" * 500,) * 10, 99, (long,) * 10)))  # fmt: skip
    assert len(room.twin.messages(room.channel)) == 1


def test_a_visitors_mark_up_is_shown_as_typed() -> None:
    from knowledge.playbook import demo_playbook_path, load_playbook

    blocks, text = told(a_notice(), load_playbook(demo_playbook_path()), {})
    assert "<!channel> we *need* it" in str(blocks)
    assert "<!channel>" not in text


async def test_a_promised_call_comes_into_the_thread_with_a_file_for_the_calendar(room: Room) -> None:  # fmt: skip
    card = await room.hand_off()
    handoff = replace(a_handoff(), call_back=CALL)
    post = a_post(DeskPostKind.CALL_BACK, handoff, thread=f"{room.channel}:{card.ts}")
    await room.connection.desk(room.playbook).deliver(post)
    thread = [m for m in room.twin.messages(room.channel) if m.thread_ts == card.ts and m is not card]  # fmt: skip
    assert "Mon 16 Feb 09:00 (Berlin), +49 30 1234567" in thread[0].text
    assert "<@" not in thread[0].text
    [file] = thread[-1].files
    assert file.name == "call-back.ics"
    assert Calendar.from_ical(file.content or b"").walk("VEVENT")


async def test_without_leave_to_upload_the_words_alone_tell_of_the_call(room: Room) -> None:
    card = await room.hand_off()
    room.twin.fails_with("missing_scope", "files.getUploadURLExternal")
    post = a_post(DeskPostKind.CALL_BACK, replace(a_handoff(), call_back=CALL), thread=f"{room.channel}:{card.ts}")  # fmt: skip
    assert await room.connection.desk(room.playbook).deliver(post)


async def test_whoever_is_on_call_is_paged_by_direct_message_once(room: Room) -> None:
    card = await room.hand_off()
    reps = tuple(rep.model_copy(update={"is_on_call": rep.id == MIA}) for rep in room.playbook.reps)
    playbook = room.playbook.model_copy(update={"reps": reps})
    calling = room.connection.calling(Duty(playbook), MemorySeenEvents(), FixedClock(NOW))
    at_work = room.connection.desk(playbook, calling)
    post = a_post(DeskPostKind.PAGE, a_handoff(), thread=f"{room.channel}:{card.ts}")
    await at_work.deliver(post)
    await at_work.deliver(replace(post, is_in_doubt=True))
    [page] = room.twin.messages(room.mia)
    assert page.text.startswith("You are on call: ")
    assert f"/p{card.ts.replace('.', '')}" in page.text
    assert f"<@{room.mia}>" in _last(room).text
    assert room.twin.messages(room.jonas) == []
    assert JONAS in {rep.id for rep in reps}


def _last(room: Room) -> Message:
    return room.twin.messages(room.channel)[-1]


@pytest.mark.parametrize(
    ("kind", "mentioned"),
    [
        (DeskPostKind.BACKUP, ["U0JONAS"]),
        (DeskPostKind.CALL_BACK, []),
        (DeskPostKind.CALL_BACK_DUE, ["U0MIA", "U0JONAS", "U0CHIEF"]),
    ],
)
def test_each_reminder_calls_whom_it_concerns(kind: DeskPostKind, mentioned: list[str]) -> None:
    handoff = replace(a_handoff(), call_back=CALL)
    _, text = reminders.told(a_post(kind, handoff), a_playbook())
    assert re.findall(r"<@(\w+)>", text) == mentioned
    assert "Dana Ruiz" in text
