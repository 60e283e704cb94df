"""What a person is told after indexing: which documents to look at, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.catalogued import Disagreement, KnownDocument
from knowledge.contradictions import Contradiction
from knowledge.documents import Remark
from knowledge.indexing import IndexReport


def remarked(
    report: IndexReport, documents: Mapping[str, KnownDocument], found: Sequence[Disagreement]
) -> IndexReport:
    """Add to a report what documents and their contradictions should be looked at for."""
    skipped = tuple(Remark(name, each.skipped) for name, each in documents.items() if each.skipped)
    notes = [Remark(name, note) for name, each in documents.items() for note in each.notes]
    return replace(
        report,
        skipped=skipped,
        notes=(*notes, *(Remark(each.newer, _said(each)) for each in found)),
    )


def told_of(found: Disagreement) -> str:
    """Tell a person of two documents that state different figures."""
    return f"{found.newer} {_said(found)}"


def _said(found: Disagreement) -> str:
    end = "the newer one is told" if found.is_settled else "their dates do not tell which is newer"
    return f'says "{found.newer_text}", but {found.older} says "{found.older_text}"; {end}'


def disagreement(found: Contradiction) -> Disagreement:
    """Give a contradiction of two facts as one of their documents."""
    older, newer = found.older, found.newer
    return Disagreement(
        older.fact.source, older.text, newer.fact.source, newer.text, found.is_settled
    )
