"""Who is called to a card in Slack, where the card goes, and what admins hear of what is set up wrongly."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from agent.conversation import RepId
from agent.duty import Duty, RepLoad
from agent.errors import DeskUnavailableError
from agent.handoff import DeskPostKind, Handoff
from agent.hours_rules import HoursRules
from agent.playbook import Playbook
from agent.team_rules import RepRules, RoutingRule, TeamId, TeamRules
from integrations.slack.desk import SlackRepDesk
from tests.fakes.clock import FixedClock
from tests.fakes.slack.state import Message
from tests.integrations.slack.desk_builders import (
    CHIEF,
    JONAS,
    MIA,
    NOW,
    a_handoff,
    a_message,
    a_post,
    claimed_by,
)
from tests.integrations.slack.desk_room import MemorySeenEvents, Room

NIGHT = datetime(2026, 2, 11, 22, 0, tzinfo=UTC)
EU, US = TeamId("eu"), TeamId("us")


@dataclass(slots=True)
class FixedLoads:
    """Nobody has anything on hand; some have paused."""

    paused: dict[RepId, datetime] = field(default_factory=dict)

    async def loads(self) -> dict[RepId, RepLoad]:
        return {rep: RepLoad(paused_until=until) for rep, until in self.paused.items()}


@dataclass(slots=True)
class Office:
    """A room whose desk calls people: two reps in Slack, a chief who hears of problems."""

    room: Room
    clock: FixedClock
    chief: str
    playbook: Playbook
    seen: MemorySeenEvents = field(default_factory=MemorySeenEvents)
    loads: FixedLoads = field(default_factory=FixedLoads)
    reads_presence: bool = False

    @property
    def desk(self) -> SlackRepDesk:
        return self.desk_in(self.room.channel)

    def desk_in(self, channel: str) -> SlackRepDesk:
        connection = self.room.connection
        presence = connection.presence(self.playbook, self.clock) if self.reads_presence else None
        duty = Duty(self.playbook, self.loads, presence)
        calling = connection.calling(duty, self.seen, self.clock)
        return SlackRepDesk(connection.client, channel, self.playbook, calling)

    def changes(self, rep_id: RepId, **rules: object) -> None:
        """Write something else of a rep into the playbook."""
        reps = tuple(
            rep.model_copy(update=rules) if rep.id == rep_id else rep for rep in self.playbook.reps
        )
        self.playbook = self.playbook.model_copy(update={"reps": reps})

    def has_teams(self, **channels: str) -> None:
        """Give the two teams their channels."""
        teams = tuple(
            TeamRules(id=TeamId(name), name=name.upper(), reps=(MIA, JONAS), slack_channel=channel)
            for name, channel in channels.items()
        )
        rules = tuple(RoutingRule(name=team.name, team=team.id) for team in teams)
        self.playbook = self.playbook.model_copy(update={"teams": teams, "routing": rules})

    def card(self, channel: str = "") -> Message:
        return self.room.twin.messages(channel or self.room.channel)[0]

    def direct(self, user: str) -> list[str]:
        """What somebody was told by direct message."""
        return [message.text for message in self.room.twin.messages(user)]


@pytest.fixture
def office(room: Room) -> Office:
    chief = room.twin.add_user("Ann")
    playbook = room.playbook.model_copy(
        update={
            "reps": (
                RepRules(id=MIA, name="Mia", slack_user_id=room.mia),
                RepRules(id=JONAS, name="Jonas", email="Jonas.Berg@example.com"),
                RepRules(id=CHIEF, name="Ann", slack_user_id=chief, is_manager=True),
            )
        }
    )
    return Office(room, FixedClock(NOW), chief, playbook)


def of_team(team: TeamId) -> Handoff:
    return a_handoff(team=team)


# Who is called


async def test_a_card_mentions_those_who_are_on_duty(office: Office) -> None:
    await office.desk.deliver(a_post())
    mia, jonas = office.room.mia, office.room.jonas
    assert office.card().text.startswith(f"<@{mia}> <@{jonas}> ")
    assert office.card().text.count("<@") == 2
    assert f"'user_id': '{jonas}'" in str(office.card().blocks)
    assert office.direct(mia) == office.direct(jonas) == []


async def test_at_night_a_card_mentions_nobody(office: Office) -> None:
    office.clock.at = NIGHT
    await office.desk.deliver(a_post())
    assert "<@" not in office.card().text
    assert "user_id" not in str(office.card().blocks)
    assert office.direct(office.room.mia) == []


async def test_whoever_is_alone_on_duty_gets_a_direct_message_and_no_mention(
    office: Office,
) -> None:
    office.loads.paused[JONAS] = NOW + timedelta(hours=1)
    await office.desk.deliver(a_post())
    card = office.card()
    assert "<@" not in card.text
    assert "user_id" not in str(card.blocks)
    assert "Mia" in card.text
    link = f"https://twin.slack.com/archives/{office.room.channel}/p{card.ts.replace('.', '')}"
    (told,) = office.direct(office.room.mia)
    assert told.startswith("This one waits for you alone: ")
    assert told.endswith(f" <{link}|Open the card>")
    assert "\n" not in told
    assert office.direct(office.room.jonas) == []


async def test_the_direct_message_is_sent_once_however_often_the_card_is_tried(
    office: Office,
) -> None:
    office.loads.paused[JONAS] = NOW + timedelta(hours=1)
    await office.desk.deliver(a_post())
    await office.desk.deliver(a_post(attempts=1))
    assert len(office.direct(office.room.mia)) == 1


async def test_who_cannot_be_told_directly_is_mentioned_below_the_card(office: Office) -> None:
    office.loads.paused[JONAS] = NOW + timedelta(hours=1)
    desk = office.desk
    await desk.deliver(a_post(attempts=0))
    office.seen.keys.clear()
    office.room.twin.fails_with("cannot_dm_bot", "chat.postMessage", times=1)
    await desk.deliver(a_post(attempts=1))
    thread = [m for m in office.room.twin.messages(office.room.channel) if m.is_reply]
    assert [message.text for message in thread] == [f"<@{office.room.mia}> please claim this one."]


async def test_a_card_that_somebody_has_claimed_calls_nobody(office: Office) -> None:
    card = await office.desk.deliver(a_post())
    await office.desk.deliver(a_post(DeskPostKind.UPDATE, claimed_by(MIA), number=2, thread=card))
    assert "<@" not in office.card().text


async def test_an_update_keeps_the_mentions_while_the_card_is_open(office: Office) -> None:
    card = await office.desk.deliver(a_post())
    await office.desk.deliver(a_post(DeskPostKind.UPDATE, number=2, thread=card))
    assert office.card().text.count("<@") == 2


async def test_a_reminder_mentions_only_who_is_on_duty(office: Office) -> None:
    card = await office.desk.deliver(a_post())
    office.loads.paused[MIA] = NOW + timedelta(hours=1)
    await office.desk.deliver(a_post(DeskPostKind.NUDGE, number=2, thread=card))
    reminder = office.room.twin.messages(office.room.channel)[-1]
    assert f"<@{office.room.jonas}>" in reminder.text
    assert f"<@{office.room.mia}>" not in reminder.text


async def test_own_hours_decide_who_is_mentioned(office: Office) -> None:
    american = HoursRules(time_zone="America/New_York", wednesday=("09:00-18:00",))
    office.changes(JONAS, hours=american)
    office.clock.at = NIGHT
    await office.desk.deliver(a_post())
    assert len(office.direct(office.room.jonas)) == 1
    assert "<@" not in office.card().text


# Presence


async def test_who_is_away_in_slack_is_not_called_where_presence_is_read(office: Office) -> None:
    office.reads_presence = True
    office.room.twin.goes_away(office.room.jonas)
    await office.desk.deliver(a_post())
    assert len(office.direct(office.room.mia)) == 1
    assert office.direct(office.room.jonas) == []


async def test_nobody_is_looked_at_outside_their_hours(office: Office) -> None:
    office.clock.at = NIGHT
    office.room.twin.goes_away(office.room.mia)
    presence = office.room.connection.presence(office.playbook, office.clock)
    assert await presence.away() == frozenset()
    assert all(call.method != "users.getPresence" for call in office.room.twin.calls)


async def test_presence_is_read_once_a_minute(office: Office) -> None:
    presence = office.room.connection.presence(office.playbook, office.clock)
    assert await presence.away() == frozenset()
    office.room.twin.goes_away(office.room.mia)
    office.clock.advance(timedelta(seconds=59))
    assert await presence.away() == frozenset()
    office.clock.advance(timedelta(seconds=1))
    assert await presence.away() == {MIA}


async def test_everybody_counts_as_active_while_presence_cannot_be_read(office: Office) -> None:
    office.room.twin.goes_away(office.room.mia)
    office.room.twin.fails_with("missing_scope", "users.getPresence")
    presence = office.room.connection.presence(office.playbook, office.clock)
    assert await presence.away() == frozenset()


# People whom Slack does not know


async def test_of_a_rep_without_a_slack_user_the_admins_hear_once(office: Office) -> None:
    office.changes(JONAS, email="nobody@example.com")
    desk = office.desk
    await desk.deliver(a_post())
    await desk.deliver(a_post(number=2))
    (told,) = office.direct(office.chief)
    assert told.startswith("Jonas has no Slack user")
    assert "slack_user_id" in told
    assert f"<@{office.room.mia}>" in office.card().text


async def test_after_a_restart_the_admins_do_not_hear_it_again(office: Office) -> None:
    office.changes(JONAS, email="")
    await office.desk.deliver(a_post())
    await office.desk.deliver(a_post(number=2))
    assert len(office.direct(office.chief)) == 1


async def test_a_problem_that_lasts_is_told_again_after_a_week(office: Office) -> None:
    office.changes(JONAS, email="")
    desk = office.desk
    await desk.deliver(a_post())
    office.clock.advance(timedelta(days=7))
    await desk.deliver(a_post(number=2))
    assert len(office.direct(office.chief)) == 2


async def test_a_rep_who_left_slack_is_not_mentioned(office: Office) -> None:
    office.room.twin.deactivates(office.room.mia)
    await office.desk.deliver(a_post())
    assert f"<@{office.room.mia}>" not in office.card().text
    (told,) = office.direct(office.chief)
    assert told.startswith("Mia has left the Slack workspace")


async def test_while_slack_does_not_tell_who_somebody_is_the_playbook_is_believed(
    office: Office,
) -> None:
    office.room.twin.fails_with("missing_scope", "users.info")
    await office.desk.deliver(a_post())
    assert f"<@{office.room.mia}>" in office.card().text
    assert office.direct(office.chief) == []


async def test_a_card_waits_no_longer_for_who_somebody_is_than_the_card_is_worth(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.slack.members.AT_MOST", 0.05)
    office.room.twin.mishaps.never_answers(3, "users.info")
    await office.desk.deliver(a_post())
    assert f"<@{office.room.mia}>" in office.card().text


# Where the card goes


async def test_a_card_goes_to_the_channel_of_its_team(office: Office) -> None:
    channel = office.room.twin.add_channel("europe")
    office.has_teams(eu=channel, us="")
    assert await office.desk.deliver(a_post(handoff=of_team(EU))) == (
        f"{channel}:{office.card(channel).ts}"
    )
    await office.desk.deliver(a_post(handoff=of_team(US), number=2))
    assert len(office.room.twin.messages(office.room.channel)) == 1


@pytest.mark.parametrize("how", ["archived", "bot not invited", "unknown"])
async def test_a_card_whose_channel_is_closed_goes_to_the_common_one_and_admins_hear_once(
    office: Office, how: str
) -> None:
    channel = office.room.twin.add_channel("europe", is_member=how != "bot not invited")
    if how == "archived":
        office.room.twin.archive(channel)
    if how == "unknown":
        channel = "C404"
    office.has_teams(eu=channel)
    desk = office.desk
    for number in (1, 2):
        await desk.deliver(a_post(handoff=of_team(EU), number=number))
    assert len(office.room.twin.messages(office.room.channel)) == 2
    (told,) = office.direct(office.chief)
    assert told.startswith(f"No card can be shown in the channel {channel} of EU.")
    assert f"the common channel {office.room.channel} meanwhile" in told


async def test_where_slack_reaches_no_admin_the_next_channel_is_told(office: Office) -> None:
    office.changes(CHIEF, slack_user_id="U404")
    office.has_teams(eu="C404")
    await office.desk.deliver(a_post(handoff=of_team(EU)))
    said = [message.text for message in office.room.twin.messages(office.room.channel)]
    assert said[0].startswith("No card can be shown in the channel C404 of EU.")
    assert len(said) == 2


async def test_the_card_is_there_before_anybody_hears_of_a_missing_user(office: Office) -> None:
    office.changes(JONAS, email="")
    await office.desk.deliver(a_post())
    told = office.room.twin.messages(office.chief)[0]
    assert float(office.card().ts) < float(told.ts)


async def test_when_the_common_channel_is_closed_too_the_next_rules_team_gets_the_card(
    office: Office,
) -> None:
    europe, america = (office.room.twin.add_channel(name) for name in ("europe", "america"))
    office.has_teams(eu=europe, us=america)
    for channel in (europe, office.room.channel):
        office.room.twin.archive(channel)
    reference = await office.desk.deliver(a_post(handoff=of_team(EU)))
    assert reference == f"{america}:{office.card(america).ts}"
    assert len(office.direct(office.chief)) == 2


async def test_a_card_that_no_channel_takes_waits_until_one_does(office: Office) -> None:
    office.room.twin.throws_the_bot_out(office.room.channel)
    desk = office.desk
    with pytest.raises(DeskUnavailableError, match="invite"):
        await desk.deliver(a_post())
    office.room.twin.workspace.get_channel(office.room.channel).is_member = True
    await desk.deliver(a_post(attempts=1))
    assert len(office.room.twin.messages(office.room.channel)) == 1


async def test_a_card_in_doubt_is_found_in_the_place_it_went_to(office: Office) -> None:
    channel = office.room.twin.add_channel("europe")
    office.room.twin.archive(channel)
    office.has_teams(eu=channel)
    first = await office.desk.deliver(a_post(handoff=of_team(EU)))
    again = await office.desk.deliver(a_post(handoff=of_team(EU), attempts=1))
    assert first == again
    assert len(office.room.twin.messages(office.room.channel)) == 1


async def test_after_a_change_of_the_connected_channel_old_threads_go_on(office: Office) -> None:
    card = await office.desk.deliver(a_post())
    elsewhere = office.room.twin.add_channel("new leads")
    moved = office.desk_in(elsewhere)
    await moved.deliver(a_post(DeskPostKind.UPDATE, claimed_by(MIA), number=2, thread=card))
    message = a_message("Are you there?")
    await moved.deliver(a_post(DeskPostKind.RELAY, number=3, message=message, thread=card))
    assert [m.text for m in office.room.twin.messages(office.room.channel) if m.is_reply] == [
        "Are you there?"
    ]
    assert "Claimed by Mia" in office.card().text
    assert office.room.twin.messages(elsewhere) == []


async def test_of_a_thread_in_an_archived_channel_the_admins_hear(office: Office) -> None:
    desk = office.desk
    card = await desk.deliver(a_post())
    office.room.twin.archive(office.room.channel)
    message = a_message("Are you there?")
    for attempts in range(2):
        post = a_post(DeskPostKind.RELAY, number=2, message=message, thread=card, attempts=attempts)
        with pytest.raises(DeskUnavailableError):
            await desk.deliver(post)
    (told,) = office.direct(office.chief)
    assert "archived" in told
