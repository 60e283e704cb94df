"""What counts as a gap, and which gaps are one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.conversation import ConversationId
from agent.gaps import Gap, GapId, Likeness, admits, group_gaps, look_over
from agent.lead import LeadId
from prompts.phrases import languages, phrases
from tests.builders import a_fact
from tests.fakes.clock import MONDAY_TEN
from tests.fakes.library import FixedLibrary


def a_gap(question: str, minute: int = 0, language: str = "en", found: str = "") -> Gap:
    at = MONDAY_TEN + timedelta(minutes=minute)
    gap_id = GapId(f"{question}@{minute}")
    return Gap(gap_id, ConversationId("c"), LeadId("l"), "t", question, language, at, found)


def same_first_word(one: str, other: str) -> float:
    return 1.0 if one.split()[0] == other.split()[0] else 0.0


class Words:
    """Finds texts alike that begin with the same word."""

    async def compare(self, texts: object) -> Likeness:
        return same_first_word


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_phrases_admit_in_every_language(language: str) -> None:
    words = phrases(language)
    assert admits(f"Sure. {words.fill('unknown')}")
    assert admits(words.fill("unknown_name", name="Zendesk"))


@pytest.mark.parametrize(
    "said",
    [
        "I don’t have anything in writing about drones.",
        "On HIPAA I have nothing in writing, and I do not want to guess.",
        "Dazu habe ich keine Angaben.",
        "No tengo información sobre eso.",
        "Je n'ai rien par écrit là-dessus.",
    ],
)
def test_a_models_own_words_admit(said: str) -> None:
    assert admits(said)


@pytest.mark.parametrize(
    "said", ["Growth costs $42 per seat per month.", "There is no SAP connector today.", ""]
)
def test_an_answer_and_a_known_no_admit_nothing(said: str) -> None:
    assert not admits(said)


def test_what_asks_the_same_is_one_group_and_the_most_asked_comes_first() -> None:
    gaps = [a_gap("drones fly?", 1), a_gap("boats float?", 9), a_gap("drones at night?", 5, "de")]

    first, second = group_gaps(gaps, same_first_word)

    assert [gap.question for gap in first.gaps] == ["drones at night?", "drones fly?"]
    assert first.languages == ("de", "en")
    assert second.newest.question == "boats float?"


@given(st.permutations([("a x", 1), ("b y", 2), ("a z", 3), ("c w", 3), ("b v", 5)]))
def test_the_order_in_which_gaps_come_changes_nothing(order: list[tuple[str, int]]) -> None:
    gaps = [a_gap(question, minute) for question, minute in order]
    assert group_gaps(gaps, same_first_word) == group_gaps(list(reversed(gaps)), same_first_word)


async def test_a_group_is_answerable_once_the_library_has_an_answer() -> None:
    library = FixedLibrary([a_fact(text="Drones are planned like vans.")])
    groups = await look_over([a_gap("drones planned?"), a_gap("submarines?")], Words(), library)
    assert {g.newest.question: g.is_answerable for g in groups} == {
        "drones planned?": True,
        "submarines?": False,
    }


async def test_the_fact_that_did_not_answer_then_is_no_answer_now() -> None:
    fact = a_fact(text="Drones are planned like vans.")
    gap = a_gap("drones planned?", found=str(fact.id))
    (group,) = await look_over([gap], Words(), FixedLibrary([fact]))
    assert not group.is_answerable


async def test_no_gaps_are_no_groups() -> None:
    assert await look_over([], Words(), FixedLibrary()) == []
