"""Splitting pages into facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.facts import Fact
from knowledge.documents import Document
from knowledge.indexing import MOST_CHARACTERS, split


def facts_of(body: str, url: str = "https://a.example/p") -> list[Fact]:
    return list(split(Document("Pricing", body, url)))


def test_keeps_the_path_of_headings() -> None:
    facts = facts_of(
        "# Pricing\n\nIntro.\n\n## Pro\n\nOne.\n\n### Seats\n\nTwo.\n\n## Scale\n\nThree."
    )
    assert [(fact.title, fact.text) for fact in facts] == [
        ("Pricing", "Intro."),
        ("Pricing: Pro", "One."),
        ("Pricing: Pro > Seats", "Two."),
        ("Pricing: Scale", "Three."),
    ]


def test_points_at_the_heading() -> None:
    facts = facts_of("Intro.\n\n## What's in *Pro*?\n\nOne.\n\n## Q\n\nTwo.\n\n## Q\n\nThree.")
    assert [fact.url.removeprefix("https://a.example/p") for fact in facts] == [
        "",
        "#whats-in-pro",
        "#q",
        "#q-1",
    ]


def test_has_no_address_where_the_page_has_none() -> None:
    assert [fact.url for fact in facts_of("## Pro\n\nOne.", url="")] == [""]


def test_writes_each_row_so_that_it_can_be_read_alone() -> None:
    [fact] = facts_of("| Plan | Price |\n|---|---|\n| Pro | **$49** |\n| Scale | $66 |")
    assert fact.text == "Plan: Pro; Price: $49\nPlan: Scale; Price: $66"


def test_keeps_a_table_whole() -> None:
    rows = "\n".join(f"| function number {number} | yes, of course it is |" for number in range(25))
    [fact] = facts_of(f"| Function | Included |\n|---|---|\n{rows}")
    assert MOST_CHARACTERS < len(fact.text) < 2_000


def test_splits_a_huge_table_between_rows() -> None:
    rows = "\n".join(f"| function number {number} | yes |" for number in range(200))
    facts = facts_of(f"| Function | Included |\n|---|---|\n{rows}")
    assert len(facts) > 5
    assert all(fact.text.startswith("Function: ") for fact in facts)


def test_keeps_a_question_with_its_answer() -> None:
    filler = "A sentence of some length that fills the page. " * 11
    facts = facts_of(
        f"{filler}\n\n**Do you have single sign-on?**\n\nYes, with Scale and Enterprise, since last spring. "
        + filler
    )
    assert any("sign-on?\n\nYes, with Scale" in fact.text for fact in facts)


def test_joins_short_paragraphs_and_splits_long_ones() -> None:
    assert [fact.text for fact in facts_of("One.\n\nTwo.")] == ["One.\n\nTwo."]
    facts = facts_of("This sentence is repeated often. " * 60)
    assert len(facts) == 1 or all(len(fact.text) <= MOST_CHARACTERS for fact in facts)
    assert all(fact.text.endswith(".") for fact in facts)


def test_keeps_what_is_said_and_drops_how_it_looks() -> None:
    [fact] = facts_of(
        "See [the demo](https://a.example/demo), [below](#x) or <hi@a.example>.\n\n"
        "- **one**\n  - `two`\n\n1. three\n\n> four\n\n```\nfive\n```\n\n<div>six</div><!-- seven -->"
    )
    assert fact.text == (
        "See the demo (https://a.example/demo), below or hi@a.example.\n\n"
        "- one\n  - two\n\n1. three\n\nfour\n\nfive\n\nsix"
    )


def test_an_id_follows_the_content_and_not_the_date() -> None:
    first, again = facts_of("One."), facts_of("One.")
    other = facts_of("Two.")
    assert first[0].id == again[0].id != other[0].id


@pytest.mark.parametrize("body", ["", "# Pricing", "## Only\n\n## Headings", "---\n\n***"])
def test_makes_no_fact_of_nothing(body: str) -> None:
    assert facts_of(body) == []


@given(st.text(max_size=2_000))
def test_bears_any_text(body: str) -> None:
    for fact in facts_of(body):
        assert fact.text
