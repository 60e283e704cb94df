"""What a search does beyond likeness: what is wanted besides, what is outdated, and what to do without vectors."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.errors import EmbeddingsUnavailableError
from agent.facts import Fact, FactId, Topic, Wanted
from knowledge.indexing import fact_id
from knowledge.library import ChromaLibrary
from tests.knowledge.test_library import HashedEmbeddings


class FailingEmbeddings(HashedEmbeddings):
    """Out of reach while `is_down`."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = True

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.is_down:
            raise EmbeddingsUnavailableError("The embeddings cannot be had now.")
        return super().embed(texts)


def fact(page: str, text: str, language: str = "en") -> Fact:
    return Fact(fact_id("", page, "", text, language), page, "", text, "", language)


def by_id(*facts: Fact) -> dict[FactId, Fact]:
    return {each.id: each for each in facts}


PRICES = fact("Price list", "Pro is $49, Team is $99 and Set-up is $300.")
RIVAL = fact("Compared with Zeta", "Zeta has no offline mode.")
CASE = fact("Case study: Hollow Hotels", "A hotel group saved a day a week.")
OFFICE = fact("Office", "Our office has a dog and a garden.")


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[ChromaLibrary]:
    library = await ChromaLibrary.open(tmp_path / "library", HashedEmbeddings())
    await library.follow(by_id(PRICES, RIVAL, CASE, OFFICE))
    yield library
    await library.close()


@pytest.mark.parametrize(
    ("wanted", "page"),
    [
        (Wanted(topics=frozenset({Topic.PRICE})), PRICES.page),
        (Wanted(names=("Zeta",)), RIVAL.page),
        (Wanted(industry="hotel"), CASE.page),
    ],
)
async def test_what_is_wanted_is_among_the_facts(
    library: ChromaLibrary, wanted: Wanted, page: str
) -> None:
    plain = await library.find("Does your office have a dog?", limit=1)
    assert plain.facts[0].fact.page == OFFICE.page
    findings = await library.find("Does your office have a dog?", limit=2, wanted=wanted)
    assert {found.fact.page for found in findings.facts} == {OFFICE.page, page}


async def test_another_rival_has_no_comparison(library: ChromaLibrary) -> None:
    findings = await library.find("Does your office have a dog?", 1, Wanted(names=("Omega",)))
    assert [found.fact.page for found in findings.facts] == [OFFICE.page]


async def test_what_is_outdated_ranks_behind_what_replaced_it(tmp_path: Path) -> None:
    newer = fact("Delivery", "From 350 euros on we charge nothing.")
    older = replace(fact("Old delivery", "Free delivery from 250 euros."), superseded_by=newer.id)
    library = await ChromaLibrary.open(tmp_path / "library", HashedEmbeddings())
    await library.follow(by_id(older, newer, OFFICE))
    findings = await library.find("Free delivery from how many euros?", limit=2)
    assert [found.fact.page for found in findings.facts] == ["Delivery", "Old delivery"]
    await library.close()


async def test_words_alone_answer_while_embeddings_are_out_of_reach(tmp_path: Path) -> None:
    embeddings = FailingEmbeddings()
    library = await ChromaLibrary.open(tmp_path / "library", embeddings)
    await library.follow(by_id(PRICES, OFFICE))
    findings = await library.find("Does your office have a dog?")
    assert findings.is_answered
    assert findings.facts[0].fact.page == OFFICE.page
    embeddings.is_down = False
    await library.find("What is the price of Pro?")
    await library.close()


@pytest.mark.parametrize(
    "question",
    ["does your ofice have a dog", "Has the office got dogs?", "offices and gardens"],
)
async def test_bears_other_endings_and_typing_errors(library: ChromaLibrary, question: str) -> None:
    assert (await library.find(question)).facts[0].fact.page == OFFICE.page


async def test_finds_the_parts_of_a_compound(tmp_path: Path) -> None:
    library = await ChromaLibrary.open(tmp_path / "library", HashedEmbeddings())
    shipping = fact("Versand", "Die Lieferzeit beträgt zwei Tage.", "de")
    await library.follow(by_id(shipping, fact("Haus", "Unser Garten ist grün.", "de")))
    assert (await library.find("Paketlieferzeit?")).facts[0].fact.page == "Versand"
    await library.close()


async def test_a_question_that_points_back_is_read_with_what_was_said(
    library: ChromaLibrary,
) -> None:
    findings = await library.find("and what about it?", 1, Wanted(context="the price of Pro"))
    assert findings.facts[0].fact.page == PRICES.page


async def test_a_long_fact_is_found_by_any_of_its_passages(tmp_path: Path) -> None:
    filler = "Nothing of note happens in this sentence at all. " * 12
    long = fact("Terms", f"{filler}A quote is valid for thirty days. {filler}")
    library = await ChromaLibrary.open(tmp_path / "library", HashedEmbeddings())
    await library.follow(by_id(long, OFFICE))
    assert (await library.find("How long is a quote valid?")).facts[0].fact.id == long.id
    await library.follow(by_id(OFFICE))
    assert {found.fact.page for found in (await library.find("quote valid")).facts} <= {"Office"}
    await library.close()


@pytest.mark.parametrize(
    "question",
    ["Does your office in Lisbon have a dog?", "does your office have a dog and a KX21?"],
)
async def test_a_name_that_no_fact_has_is_not_answered(
    library: ChromaLibrary, question: str
) -> None:
    assert (await library.find("Does your Office have a dog?")).is_answered
    assert not (await library.find(question)).is_answered
