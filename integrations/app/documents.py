"""Where the library's documents come from: the settings, the command line, the API; gathered, indexed, listed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from agent.errors import HotlineError, LibraryUnavailableError
from integrations.settings import Settings
from integrations.web.document_records import (
    ContradictionRecord,
    DocumentHeldElsewhereError,
    DocumentRecord,
    DocumentsRecord,
    PostedDocument,
    SiteRecord,
    UnfetchedAddressError,
    UnknownDocumentError,
)
from integrations.website.fetching import SiteUnavailableError, fetch_page, fetch_site
from integrations.website.visit import Limits, Visit
from knowledge.catalogue import Catalogue
from knowledge.catalogued import POSTED, KnownDocument, Source, SourceKind
from knowledge.demo_company import demo_library_path
from knowledge.documents import RawDocument, Remark, Unopened
from knowledge.indexing import IndexReport
from knowledge.sources import Gathered, Sources

log = structlog.get_logger()
PATIENCE_SECONDS = 20.0
LOOK_AFTER = 2_000
"""Milliseconds after which a watch that saw nothing says so."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IndexedPlace:
    """A place that was indexed, and what that changed; `failure` says why it could not be."""

    place: str
    report: IndexReport = field(default_factory=IndexReport)
    failure: str = ""


def library_of(settings: Settings) -> Path | str:
    """Give where the library is: the address of a Chroma server, or a folder of this process."""
    return settings.chroma_url or settings.data_dir / "library"


def catalogue_of(settings: Settings) -> Catalogue:
    """Give the catalogue of this installation: with the library on a server it stands where all processes see it."""
    is_common = settings.chroma_url and settings.is_shared
    return Catalogue(settings.database if is_common else settings.data_dir / "documents.db")


def source_of(place: str, kind: SourceKind = SourceKind.COMMAND) -> Source:
    """Give a path or an address as a source, in one spelling."""
    if place.startswith(("http://", "https://")):
        return Source(place, kind)
    return Source(str(Path(place).expanduser().resolve()), kind)


async def adopt_setting(sources: Sources, pages: Path | None) -> Source | None:
    """Give the source that the settings name, and forget the one they named before.

    The demo company's pages are there only while nothing else is.
    """
    known = await sources.all()
    has_others = any(each.kind is not SourceKind.SETTING for each in known)
    is_demo = pages == demo_library_path()
    named = (
        None
        if pages is None or (is_demo and has_others)
        else source_of(str(pages), SourceKind.SETTING)
    )
    for each in known:
        if each.kind is SourceKind.SETTING and (named is None or each.name != named.name):
            await sources.forget(each)
    return named


async def catch_up(sources: Sources, pages: Path | None) -> tuple[IndexReport, ...]:
    """Bring the library up to date with all that is on this machine; what is not there now keeps its facts."""
    named = await adopt_setting(sources, pages)
    known = [each for each in await sources.all() if each.kind is SourceKind.COMMAND]
    reports: list[IndexReport] = []
    for source in [*([named] if named else []), *known]:
        try:
            if not source.is_web:
                reports.append(await sources.index_path(source))
            elif not sources.is_whole(await _documents_of(sources, source)):
                mend = f"hotline index {source.name}"
                log.warning("library.site_missing", site=source.name, mend=mend)
        except LibraryUnavailableError as error:
            log.warning("library.source_missing", source=source.name, reason=str(error))
    if POSTED in await sources.all():
        reports.append(await sources.index_posted())
    return tuple(reports)


async def _documents_of(sources: Sources, source: Source) -> list[KnownDocument]:
    return [each for each in await sources.documents() if each.source == source.name]


async def index_place(
    sources: Sources, source: Source, progress: Progress, limits: Limits
) -> IndexedPlace:
    """Index a folder, a file or a web site; what goes wrong is told and changes nothing."""
    try:
        if not source.is_web:
            return IndexedPlace(source.name, await sources.index_path(source, progress))
        report = await _index_site(sources, source, progress, limits)
        await sources.note_fetched(source.name, limits.pages)
    except SiteUnavailableError as error:
        await sources.note_fetched(source.name, limits.pages, str(error))
        return IndexedPlace(source.name, failure=str(error))
    except LibraryUnavailableError as error:
        return IndexedPlace(source.name, failure=str(error))
    return IndexedPlace(source.name, report)


async def _index_site(
    sources: Sources, source: Source, progress: Progress, limits: Limits
) -> IndexReport:
    visit = Visit()
    async for visit in fetch_site(source.name, limits):
        progress(len(visit.pages), limits.pages)
    if not visit.pages and source in await sources.all():
        # Nothing at all is an outage rather than a site that was emptied.
        reason = visit.unfetched[0].reason if visit.unfetched else "has no page"
        raise SiteUnavailableError(f"{source.name}: {reason}.")
    return await sources.index(source, gathered(visit), progress)


def gathered(visit: Visit) -> Gathered:
    """Give what a visit to a site found, for the library."""
    pages = [
        RawDocument(
            page.address, page.content, page.media_type, page.address, changed_at=page.changed_at
        )
        for page in visit.pages.values()
    ]
    missed = [each for each in visit.unfetched if each.address not in visit.pages]
    return Gathered(
        [
            *pages,
            *(
                Unopened(each.address, each.reason)
                for each in missed
                if each.is_gone or not visit.pages
            ),
        ],
        is_complete=visit.is_complete,
        unreachable=frozenset(each.address for each in missed if not each.is_gone),
        remarks=tuple(Remark(each.address, each.reason) for each in missed if not each.is_gone),
    )


@dataclass(slots=True)
class LibraryDocuments:
    """What the API may do with documents, once the library is in."""

    get_sources: Callable[[], Sources | None]
    going_on: set[asyncio.Task[tuple[KnownDocument, bool]]] = field(default_factory=set)

    async def list(self) -> DocumentsRecord:
        """List all documents and what contradicts each other."""
        sources = self._sources()
        found = await sources.disagreements()
        contradictions = tuple(
            ContradictionRecord(
                each.older, each.older_text, each.newer, each.newer_text, each.is_settled
            )
            for each in found
        )
        sites = tuple(
            SiteRecord(place, fetched.at if fetched else None, fetched.failure if fetched else "")
            for place, fetched in (await sources.places()).items()
        )
        documents = tuple(map(_record, await sources.documents()))
        return DocumentsRecord(documents, contradictions, sites)

    async def post(self, posted: PostedDocument) -> tuple[DocumentRecord | None, bool]:
        """Keep and index a document; None when reading it takes longer than a request should."""
        raw = RawDocument(posted.name, posted.content, posted.media_type, posted.url, posted.title)
        task = asyncio.create_task(self._sources().post(raw))
        self.going_on.add(task)
        task.add_done_callback(self.going_on.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if not done:
            return None, True
        document, is_new = task.result()
        return _record(document), is_new

    async def post_address(self, address: str) -> tuple[DocumentRecord | None, bool]:
        """Fetch a page and keep it; raises UnfetchedAddressError."""
        try:
            page = await fetch_page(address)
        except SiteUnavailableError as error:
            raise UnfetchedAddressError(str(error)) from error
        record = await self.post(
            PostedDocument(page.address, page.content, page.media_type, page.address)
        )
        await self._sources().note_fetched(page.address, 1)
        return record

    async def remove(self, document_id: str) -> None:
        """Drop a posted document; raises UnknownDocumentError or DocumentHeldElsewhereError."""
        sources = self._sources()
        document = await sources.find_document(document_id)
        if document is None:
            raise UnknownDocumentError(document_id)
        if document.source != POSTED.name:
            raise DocumentHeldElsewhereError(
                f"{document.name} comes from {document.source}; remove it there, or run "
                f"`hotline index --forget {document.source}`."
            )
        await sources.remove_posted(document.name)

    def _sources(self) -> Sources:
        sources = self.get_sources()
        if sources is None:
            raise LibraryUnavailableError("The library is still loading.")
        return sources


def _record(document: KnownDocument) -> DocumentRecord:
    return DocumentRecord(
        id=document.id,
        source=document.source,
        name=document.name,
        title=document.title,
        url=document.url,
        language=document.language,
        changed_at=document.changed_at,
        indexed_at=document.read_at,
        facts=len(document.facts),
        skipped=document.skipped,
        notes=document.notes,
    )


async def watch_folders(sources: Sources, pages: Path | None) -> None:
    """Follow the folders that the library was made of until cancelled; a failure is logged, and the next change tries again."""
    from watchfiles import awatch

    folders = await _watched(sources, pages)
    if not folders:
        return
    watched = awatch(
        *(each.name for each in folders), step=200, rust_timeout=LOOK_AFTER, yield_on_timeout=True
    )
    is_first = True
    async for changes in watched:
        changed = [Path(path) for _, path in changes]
        for source in folders:
            # What changed between the last indexing and the beginning of the watch is seen by the first look.
            if is_first or any(path.is_relative_to(source.name) for path in changed):
                await _follow_again(sources, source)
        is_first = False


async def _watched(sources: Sources, pages: Path | None) -> Sequence[Source]:
    def exist(found: Sequence[Source]) -> list[Source]:
        return [
            each
            for each in found
            if not each.is_web and Path(each.name).is_dir() and each != POSTED
        ]

    known = await asyncio.to_thread(exist, await sources.all())
    return [
        each for each in known if pages != demo_library_path() or each.kind is SourceKind.COMMAND
    ]


async def _follow_again(sources: Sources, source: Source) -> None:
    try:
        report = await sources.index_path(source)
    except HotlineError as error:
        log.warning("library.not_followed", source=source.name, reason=str(error))
        return
    if not report.added and not report.removed:
        return
    log.info("library.followed", source=source.name, added=report.added, removed=report.removed)
    for remark in (*report.skipped, *report.notes):
        log.warning("library.document_remarked", document=remark.file, reason=remark.reason)
