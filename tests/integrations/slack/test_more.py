"""What stands behind More: all of it, in pages that Slack takes."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conversation import MessageId, RepId
from agent.criteria import Criterion
from agent.dossier import Dossier
from agent.handoff import HandoffState, LogEntry
from agent.history import EarlierTalk, History
from agent.lead import Lead, LeadId
from agent.qualification import Evidence, Qualification
from agent.reasons import Reason, ReasonGroup
from agent.routing import RouteStep
from integrations.slack.incoming import Place
from integrations.slack.more import LAST, Leaf, Section, more
from tests.builders import an_event
from tests.fakes.slack.limits import check_view
from tests.integrations.slack.desk_builders import (
    JONAS,
    MIA,
    NOW,
    a_briefing,
    a_handoff,
    a_message,
    a_playbook,
    a_score,
)
from tests.integrations.slack.plain_card import as_plain_text

PLAYBOOK = a_playbook()
PLACE = Place(a_handoff().id, "C1")
LARGEST_VIEW = 20_000


def a_dossier(*said: str, text: str = "fine", times: int = 1) -> Dossier:
    reason = Reason(20, text, ReasonGroup.INTENT, quote=text, at=NOW)
    held_down = Reason(-8, "held below hot", ReasonGroup.INTENT)
    score = replace(a_score(total=12), intent=12, reasons=(reason, held_down) * times)
    evidence = Evidence(text, text, MessageId("m-1"), NOW)
    return Dossier(
        handoff=a_handoff(
            replace(a_briefing(), score=score, who=text),
            reason=text,
            route=(RouteStep(MIA, True, text), RouteStep(JONAS, False, "speaks no Dutch")),  # noqa: FBT003
        ),
        log=(
            LogEntry(NOW, HandoffState.OPEN, None, "opened"),
            LogEntry(NOW + timedelta(minutes=1), HandoffState.CLAIMED, MIA, "claimed"),
        )
        * times,
        history=History(
            lead=Lead(LeadId("l-1")),
            events=(an_event(title=text, at=NOW - timedelta(days=3)),) * times,
            talks=(EarlierTalk(NOW - timedelta(days=400), text),) * times,
        ),
        qualification=Qualification({Criterion.BUDGET: replace(evidence, earlier=(evidence,))}),
        messages=tuple(a_message(words, seq=n) for n, words in enumerate(said)),
    )


def shown(dossier: Dossier, section: Section, page: int = 0) -> str:
    view: Any = more(dossier, PLAYBOOK, PLACE, Leaf(section, page))
    return as_plain_text(view["blocks"])


def pages(dossier: Dossier, section: Section) -> list[str]:
    first = shown(dossier, section)
    count = re.search(r"Page 1 of (\d+)", first)
    return [shown(dossier, section, page) for page in range(int(count[1]) if count else 1)]


def test_the_points_add_up_with_what_each_rests_on() -> None:
    card = shown(a_dossier(text="asked for a price"), Section.SCORE)
    assert "+20  asked for a price “asked for a price” (14:32 (Berlin))" in card
    assert "-8  held below hot" in card
    points = [int(sign) for sign in re.findall(r"^([+-]\d+)  ", card, re.MULTILINE)]
    assert f"= {sum(points)}  intent 12" in card


def test_every_criterion_is_quoted_or_missing() -> None:
    card = shown(a_dossier(text="signed off"), Section.CRITERIA)
    assert "BANT · budget  “signed off” on 11 Feb; before: “signed off” on 11 Feb" in card
    assert "MEDDIC · champion  missing" in card
    assert sum(f"· {each.value.replace('_', ' ')}  " in card for each in Criterion) == len(
        Criterion
    )


def test_the_whole_history_stands_newest_first() -> None:
    card = shown(a_dossier(text="ROI guide"), Section.HISTORY)
    act, talk = (
        "08 Feb 2026 14:32  Content Downloaded: ROI guide",
        "07 Jan 2025 14:32  chat: “ROI guide”",
    )
    assert card.index(act) < card.index(talk)


def test_says_of_each_rep_why_or_why_not() -> None:
    card = shown(a_dossier(text="owns the account"), Section.ROUTE)
    assert "Mia  called: owns the account" in card
    assert "Jonas  not called: speaks no Dutch" in card


def test_says_who_did_what() -> None:
    card = shown(a_dossier(), Section.LOG)
    assert "14:32 (Berlin)  Hotline: opened" in card
    assert "14:33 (Berlin)  Mia: claimed" in card


def test_a_transcript_of_200_kilobytes_is_whole_in_pages_that_slack_takes() -> None:
    said = [f"message {number} " + "x" * 7_900 for number in range(26)]
    leaves = pages(a_dossier(*said), Section.TALK)
    for number in range(len(leaves)):
        check_view(more(a_dossier(*said), PLAYBOOK, PLACE, Leaf(Section.TALK, number)))
    together = "".join(leaves)
    assert together.count("x") - together.count("ex") >= 26 * 7_900
    assert all(f"message {number} " in together for number in range(26))


def test_a_talk_is_read_from_its_end() -> None:
    said = [f"message {number} " + "x" * 2_000 for number in range(20)]
    card = shown(a_dossier(*said), Section.TALK, LAST)
    assert "message 19" in card
    assert "message 0 " not in card
    assert "[Earlier page]" in card
    assert "[Later page]" not in card


@pytest.mark.parametrize(
    "value", ["", "talk", "talk:x", "nonsense:1", "talk:99999999999999", "-1:-1"]
)
def test_a_leaf_that_is_not_there_is_no_trouble(value: str) -> None:
    check_view(more(a_dossier("Hi"), PLAYBOOK, PLACE, Leaf.read(value)))


def test_where_there_is_nothing_it_says_so() -> None:
    assert "Nothing yet." in shown(a_dossier(), Section.TALK)


@settings(max_examples=40, deadline=None)
@given(
    text=st.text(max_size=4_000),
    times=st.integers(1, 60),
    section=st.sampled_from(list(Section)),
    page=st.integers(-1, 40),
)
def test_takes_any_text(text: str, times: int, section: Section, page: int) -> None:
    dossier = a_dossier(*[text] * times, text=text, times=times)
    view = more(dossier, PLAYBOOK, PLACE, Leaf(section, page))
    check_view(view)
    assert len(str(view)) < 3 * LARGEST_VIEW


def test_a_rep_who_left_goes_by_their_id() -> None:
    gone = LogEntry(NOW, HandoffState.OPEN, RepId("gone"), "claimed")
    dossier = replace(a_dossier(), log=(gone,))
    assert "gone: claimed" in shown(dossier, Section.LOG)
