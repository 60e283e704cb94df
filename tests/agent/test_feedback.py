from agent.conversation import RepId
from agent.feedback import Feedback, Verdicts, tally
from agent.handoff import HandoffId
from agent.lead import LeadId
from agent.outcome import NotHotReason, Outcome
from agent.temperature import Temperature
from tests.fakes.clock import MONDAY_TEN


def said(
    outcome: Outcome | None,
    temperature: Temperature = Temperature.HOT,
    reason: NotHotReason | None = None,
) -> Feedback:
    return Feedback(
        HandoffId("h"), LeadId("l"), None, RepId("mia"), outcome, None, reason, "", MONDAY_TEN, "", 80, temperature, "p"
    )  # fmt: skip


def test_counts_how_many_hot_were_called_not_hot() -> None:
    found = tally(
        [
            said(Outcome.NOT_HOT),
            said(Outcome.WON),
            said(Outcome.LOST),
            said(Outcome.WON, Temperature.RED_HOT),
        ]
    )
    assert found.verdicts == (
        Verdicts(Temperature.RED_HOT, 1, 0),
        Verdicts(Temperature.HOT, 3, 1),
    )
    assert found.outcomes == {Outcome.WON: 2, Outcome.NOT_HOT: 1, Outcome.LOST: 1}


def test_counts_why_the_commonest_first() -> None:
    found = tally(
        [
            said(Outcome.NOT_HOT, reason=NotHotReason.SPAM),
            said(Outcome.NOT_HOT, reason=NotHotReason.NO_BUYER),
            said(Outcome.NOT_HOT, reason=NotHotReason.NO_BUYER),
            said(Outcome.NOT_HOT),
        ]
    )
    assert list(found.reasons.items()) == [
        (NotHotReason.NO_BUYER, 2),
        (NotHotReason.SPAM, 1),
        (NotHotReason.OTHER, 1),
    ]


def test_what_was_closed_without_a_word_says_nothing() -> None:
    assert tally([said(None)]).verdicts == ()
