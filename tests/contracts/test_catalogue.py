"""What the catalogue of the library's documents promises, in a file and on a server."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.facts import FactId
from knowledge.catalogue import Catalogue
from knowledge.catalogued import (
    Disagreement,
    Fetched,
    KnownDocument,
    LibraryState,
    Source,
    SourceKind,
)
from knowledge.documents import RawDocument
from tests.fakes.clock import MONDAY_TEN

SITE = Source("https://a.example/", SourceKind.COMMAND)
PAGE = KnownDocument(
    SITE.name, "https://a.example/p", "hash", MONDAY_TEN, "Prices", "https://a.example/p", "en",
    MONDAY_TEN, notes=("odd",), facts=(FactId("f-1"), FactId("f-2")),
)  # fmt: skip
DOUBT = Disagreement("a.md", "costs $1", "b.md", "costs $2", is_settled=True)
FILE = RawDocument(
    "a.pdf", b"\0\xff bytes", "application/pdf", "https://a.example/a", "A", MONDAY_TEN
)


@pytest.fixture(params=["file", "server"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Catalogue:
    is_file = request.param == "file"
    return Catalogue(
        tmp_path / "documents.db" if is_file else request.getfixturevalue("postgres_address")
    )


def test_gives_back_what_was_saved(catalogue: Catalogue) -> None:
    catalogue.save(SITE, [PAGE], [DOUBT])
    assert catalogue.sources() == (SITE,)
    assert catalogue.documents() == (PAGE,)
    assert catalogue.disagreements() == (DOUBT,)


def test_a_source_is_what_it_was_saved_as_last(catalogue: Catalogue) -> None:
    other = replace(PAGE, name="https://a.example/q", facts=())
    catalogue.save(SITE, [PAGE], [DOUBT])
    catalogue.save(SITE, [other], [])
    assert catalogue.documents(SITE) == (other,)
    assert catalogue.disagreements() == ()


def test_sources_are_kept_apart(catalogue: Catalogue) -> None:
    folder = Source("/pages", SourceKind.SETTING)
    theirs = KnownDocument(folder.name, "a.md", "hash", MONDAY_TEN, skipped="is empty")
    catalogue.save(SITE, [PAGE], [])
    catalogue.save(folder, [theirs], [])
    assert catalogue.documents(folder) == (theirs,)
    catalogue.forget(folder, [])
    assert (catalogue.sources(), catalogue.documents()) == ((SITE,), (PAGE,))


def test_posted_documents_are_kept_whole_and_once(catalogue: Catalogue) -> None:
    assert catalogue.keep_posted(FILE)
    assert not catalogue.keep_posted(FILE)
    assert catalogue.keep_posted(replace(FILE, content=b"other"))
    assert catalogue.posted() == (replace(FILE, content=b"other"),)
    catalogue.drop_posted(FILE.name)
    assert catalogue.posted() == ()


def test_the_last_visit_to_a_place_is_kept(catalogue: Catalogue) -> None:
    catalogue.keep_fetched(Fetched(SITE.name, MONDAY_TEN, 5, "is away"))
    catalogue.keep_fetched(Fetched(SITE.name, MONDAY_TEN, 7))
    assert catalogue.fetched() == (Fetched(SITE.name, MONDAY_TEN, 7),)
    catalogue.save(SITE, [], [])
    catalogue.forget(SITE, [])
    assert catalogue.fetched() == ()


def test_a_zero_byte_in_a_title_is_left_out_or_kept_and_never_refused(catalogue: Catalogue) -> None:
    catalogue.save(SITE, [replace(PAGE, title="Pri\0ces", notes=("a\0b",))], [])
    (found,) = catalogue.documents()
    assert found.title == "Prices"
    assert catalogue.keep_posted(replace(FILE, title="A\0"))


def test_the_generation_counts_changes_and_nothing_else(catalogue: Catalogue) -> None:
    assert catalogue.state() == LibraryState(0, is_changing=False)
    catalogue.save(SITE, [PAGE], [DOUBT])
    catalogue.save(SITE, [PAGE], [DOUBT])
    assert catalogue.state() == LibraryState(1, is_changing=False)
    catalogue.forget(SITE, [])
    catalogue.note_change()
    assert catalogue.state() == LibraryState(3, is_changing=False)


def test_a_change_that_was_begun_is_told_until_it_is_saved(catalogue: Catalogue) -> None:
    catalogue.begin_change()
    assert catalogue.state() == LibraryState(0, is_changing=True)
    catalogue.save(SITE, [], [])
    assert catalogue.state() == LibraryState(1, is_changing=False)
