"""Pages that state different figures for the same thing."""

from datetime import UTC, datetime

import pytest

from agent.facts import Fact
from knowledge.contradictions import contradictions, superseded
from knowledge.demo_company import demo_library_path
from knowledge.documents import Document, read_documents
from knowledge.indexing import split

FILLER = "We print boxes for shops. Samples are free. Colours follow the printer's guide. Pallets are wrapped in film.\n\nOur desk answers in 4 hours."


def facts_of(name: str, body: str, year: int | None = None) -> list[Fact]:
    changed_at = datetime(year, 1, 1, tzinfo=UTC) if year else None
    return list(
        split(
            Document(
                name.title(),
                f"{FILLER} {name}.\n\n{body}",
                language="en",
                changed_at=changed_at,
                is_dated=bool(year),
            ),
            name,
        )
    )


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("The minimum order is €50 excluding VAT.", "The minimum order is €75 excluding VAT."),
        ("The minimum order is 1.200,50 EUR.", "The minimum order is €1,300."),
        ("Returns are possible within 30 days.", "Returns are possible within 14 days."),
        ("Order before 13:00 for same-day dispatch.", "Order before 15:00 for same-day dispatch."),
        ("| Country | Parcel |\n|---|---|\n| Belgium | €7.50 |", "| Country | Parcel |\n|---|---|\n| Belgium | €9.95 |"),
    ],
)  # fmt: skip
def test_finds_two_figures_for_one_thing(older: str, newer: str) -> None:
    facts = [*facts_of("new", newer, 2026), *facts_of("old", older, 2024)]
    [found] = contradictions(facts)
    assert (found.older.fact.source, found.newer.fact.source, found.is_settled) == (
        "old",
        "new",
        True,
    )
    marked = superseded({fact.id: fact for fact in facts}, [found])
    assert {key for key, fact in marked.items() if fact.superseded_by} == {found.older.fact.id}
    assert marked[found.older.fact.id].superseded_by == found.newer.fact.id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The minimum order is €75.", "The minimum order is 75 euros."),
        ("Growth costs $42 per seat.\n\nScale costs $66 per seat.", "Scale costs $66 per seat.\n\nGrowth costs $42 per seat."),
        ("The set-up fee for Pro is €300.", "The deposit for pallets is €12."),
        ("From 500 orders a parcel costs €4.", "From 900 orders a parcel costs €3."),
        ("Delivery takes 2 days.", "Delivery costs 2 euros."),
    ],
)  # fmt: skip
def test_leaves_what_agrees_or_speaks_of_something_else(one: str, other: str) -> None:
    assert not contradictions([*facts_of("a", one, 2024), *facts_of("b", other, 2026)])


def test_without_dates_neither_is_the_newer() -> None:
    facts = [
        *facts_of("a", "The minimum order is €50."),
        *facts_of("b", "The minimum order is €75.", 2026),
    ]
    [found] = contradictions(facts)
    assert not found.is_settled
    assert not any(
        fact.superseded_by
        for fact in superseded({fact.id: fact for fact in facts}, [found]).values()
    )


def test_one_page_does_not_contradict_itself() -> None:
    assert not contradictions(
        facts_of("a", "The minimum order is €50.\n\n## Later\n\nThe minimum order is €75.", 2026)
    )


def test_a_library_without_contradictions_has_none() -> None:
    found = read_documents(demo_library_path()).documents
    assert not contradictions(
        fact for document in found for fact in split(document, document.title)
    )
