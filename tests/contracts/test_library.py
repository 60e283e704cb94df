"""What every library promises, kept by the real one, in a folder and on a server, and by the fake."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.facts import Fact, FactId, Library
from integrations.models.embeddings import LocalEmbeddings
from knowledge.library import ChromaLibrary
from tests.fakes.library import FixedLibrary

PAGES = {
    "pricing": "The Pro plan costs $49 per seat per month.",
    "security": "We hold a SOC 2 Type II report.",
    "hosting": "Customer data is stored in Frankfurt.",
}


@pytest.fixture(scope="module")
def embeddings() -> LocalEmbeddings:
    return LocalEmbeddings.load()


@pytest.fixture(params=["folder", "server", "fixed"])
async def library(
    request: pytest.FixtureRequest, tmp_path: Path, embeddings: LocalEmbeddings
) -> AsyncIterator[Library]:
    if request.param == "fixed":
        yield FixedLibrary(
            Fact(
                id=FactId(page),
                page=page.title(),
                heading="",
                text=text,
                url=f"https://acme.example/{page}",
            )
            for page, text in PAGES.items()
        )
        return
    pages = tmp_path / "pages"
    pages.mkdir()
    for page, text in PAGES.items():
        head = f"---\ntitle: {page.title()}\nurl: https://acme.example/{page}\n---\n"
        (pages / f"{page}.md").write_text(head + text)
    where: Path | str = tmp_path / "library"
    if request.param == "server":
        where = request.getfixturevalue("chroma").make()
    opened = await ChromaLibrary.open(where, embeddings, pages)
    yield opened
    await opened.close()


async def test_finds_the_fact_that_answers(library: Library) -> None:
    findings = await library.find("What does the Pro plan cost per seat?")
    assert findings.is_answered
    assert "$49" in findings.facts[0].fact.text


async def test_says_where_a_fact_stands(library: Library) -> None:
    findings = await library.find("Where is customer data stored?")
    assert findings.facts[0].fact.page == "Hosting"
    assert findings.facts[0].fact.url == "https://acme.example/hosting"


async def test_says_that_it_has_no_answer(library: Library) -> None:
    assert not (await library.find("Who won the football world cup?")).is_answered


async def test_ranks_by_relevance_between_zero_and_one(library: Library) -> None:
    findings = await library.find("Is customer data covered by your SOC 2 report?")
    relevances = [found.relevance for found in findings.facts]
    assert relevances == sorted(relevances, reverse=True)
    assert all(0 <= relevance <= 1 for relevance in relevances)


async def test_gives_no_more_than_asked_for(library: Library) -> None:
    assert len((await library.find("data report plan", limit=1)).facts) == 1
    assert not (await library.find("data report plan", limit=0)).facts


async def test_gives_each_fact_once(library: Library) -> None:
    findings = await library.find("What does Pro cost? What is the price of Pro? How much is Pro?")
    ids = [found.fact.id for found in findings.facts]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "question",
    ["", "   ", "\0", "\ud800", "?", '"', "' OR 1=1 --", "NEAR(a b)", "*", "😀", "x" * 1_000_000],
)
async def test_bears_any_text(library: Library, question: str) -> None:
    assert not (await library.find(question)).is_answered
