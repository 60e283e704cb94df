"""Which documents the library was made of: where each came from, what became of it, and what contradicts what.

A small SQLite file of its own beside the library, or tables on the server that several processes share: the doctor
reads them while a server runs, and posted documents are kept whole, so that the library can be built again from them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, delete, insert, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from agent.errors import LibraryUnavailableError, StoreUnavailableError
from agent.facts import FactId
from knowledge.catalogued import (
    Disagreement,
    Fetched,
    KnownDocument,
    LibraryState,
    Source,
    SourceKind,
)
from knowledge.documents import RawDocument
from knowledge.records import Check, Duty, FileRecords, Records, Tables


class Catalogue:
    """The records, in a file (a path) or on a PostgreSQL server (its address).

    Every call opens them, and raises LibraryUnavailableError where that is not possible.
    """

    def __init__(self, where: Path | str) -> None:
        self._place = _records_at(where)

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes change the library, too."""
        return self._place.is_shared

    def alone(self) -> AbstractAsyncContextManager[Check]:
        """Change the library while nobody else does; gives what raises when that is no longer sure."""
        return self._place.alone()

    def leading(self, duty: Duty) -> AbstractAsyncContextManager[Check]:
        """Have a duty that one process has at a time; gives what raises when that is no longer sure."""
        return self._place.leading(duty)

    def state(self) -> LibraryState:
        """Give how often the library was changed."""
        with self._opened() as (records, at):
            return _state(records, at)

    def begin_change(self) -> None:
        """Note that the library is being changed, until something is saved."""
        with self._opened() as (records, at):
            now = _state(records, at)
            _put(records, at.state, one=1, generation=now.generation, is_changing=True)

    def note_change(self) -> None:
        """Note that the library was changed otherwise than by its documents."""
        with self._opened() as (records, at):
            _count_change(records, at)

    def sources(self) -> tuple[Source, ...]:
        """Give all sources."""
        with self._opened() as (records, at):
            rows = records.execute(select(at.sources).order_by(at.sources.c.source))
            return tuple(Source(row.source, SourceKind(row.kind)) for row in rows)

    def documents(self, source: Source | None = None) -> tuple[KnownDocument, ...]:
        """Give the documents of a source, or all."""
        with self._opened() as (records, at):
            return _documents(records, at, source)

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Give what was found to contradict each other."""
        with self._opened() as (records, at):
            return _disagreements(records, at)

    def save(
        self,
        source: Source,
        documents: Iterable[KnownDocument],
        disagreements: Sequence[Disagreement],
    ) -> None:
        """Keep what a source consists of now, and all disagreements."""
        kept = sorted(documents, key=lambda document: document.name)
        with self._opened() as (records, at):
            before = _documents(records, at, source), _disagreements(records, at)
            if _state(records, at).is_changing or before != (tuple(kept), tuple(disagreements)):
                _count_change(records, at)
            _put(records, at.sources, source=source.name, kind=source.kind.value)
            records.execute(delete(at.documents).where(at.documents.c.source == source.name))
            _add(records, at.documents, map(_row, kept))
            _save_disagreements(records, at, disagreements)

    def forget(self, source: Source, disagreements: Sequence[Disagreement]) -> None:
        """Drop a source with its documents."""
        with self._opened() as (records, at):
            for table in (at.sources, at.documents):
                records.execute(delete(table).where(table.c.source == source.name))
            records.execute(delete(at.fetched).where(at.fetched.c.place == source.name))
            _save_disagreements(records, at, disagreements)
            _count_change(records, at)

    def posted(self) -> tuple[RawDocument, ...]:
        """Give what was posted, as it came."""
        with self._opened() as (records, at):
            rows = records.execute(select(at.posted).order_by(at.posted.c.name))
            return tuple(
                RawDocument(
                    row.name, row.content, row.media_type, row.url, row.title, _at(row.changed_at)
                )
                for row in rows
            )

    def keep_posted(self, raw: RawDocument) -> bool:
        """Keep a posted document in place of one with its name; tell whether that changed anything."""
        row = _plain(
            {"name": raw.name, "media_type": raw.media_type, "url": raw.url, "title": raw.title}
        )
        with self._opened() as (records, at):
            is_same = and_(*(at.posted.c[name] == value for name, value in row.items()))
            same = select(at.posted.c.name).where(is_same, at.posted.c.content == raw.content)
            if records.execute(same).first():
                return False
            changed_at = raw.changed_at.isoformat() if raw.changed_at else None
            _put(records, at.posted, **row, content=raw.content, changed_at=changed_at)
            return True

    def drop_posted(self, name: str) -> None:
        """Drop a posted document."""
        with self._opened() as (records, at):
            records.execute(delete(at.posted).where(at.posted.c.name == name))
            records.execute(delete(at.fetched).where(at.fetched.c.place == name))

    def fetched(self) -> tuple[Fetched, ...]:
        """Give when each place of the web was last asked for."""
        with self._opened() as (records, at):
            rows = records.execute(select(at.fetched).order_by(at.fetched.c.place))
            return tuple(
                Fetched(row.place, datetime.fromisoformat(row.at), row.pages, row.failure)
                for row in rows
            )

    def keep_fetched(self, fetched: Fetched) -> None:
        """Keep when a place was asked for, in place of the time before."""
        told = _plain({"place": fetched.place, "failure": fetched.failure})
        with self._opened() as (records, at):
            _put(records, at.fetched, **told, at=fetched.at.isoformat(), pages=fetched.pages)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Connection, Tables]]:
        try:
            with self._place.opened() as records:
                yield records, self._place.tables
        except (SQLAlchemyError, StoreUnavailableError, OSError) as error:
            raise LibraryUnavailableError(self._place.told(error)) from error


def _records_at(where: Path | str) -> Records:
    if isinstance(where, Path):
        return FileRecords(where)
    # The driver takes a tenth of a second to import.
    from knowledge.server_records import ServerRecords

    return ServerRecords(where)


def _state(records: Connection, at: Tables) -> LibraryState:
    row = records.execute(select(at.state)).first()
    return LibraryState(row.generation, bool(row.is_changing)) if row else LibraryState()


def _count_change(records: Connection, at: Tables) -> None:
    generation = _state(records, at).generation + 1
    _put(records, at.state, one=1, generation=generation, is_changing=False)


def _documents(records: Connection, at: Tables, source: Source | None) -> tuple[KnownDocument, ...]:
    columns = at.documents.c
    wanted = columns.source == source.name if source else true()
    found = select(at.documents).where(wanted).order_by(columns.source, columns.name)
    return tuple(sorted(map(_document, records.execute(found)), key=_order))


def _order(document: KnownDocument) -> tuple[str, str]:
    """Order as every database does, whatever its language is."""
    return document.source, document.name


def _disagreements(records: Connection, at: Tables) -> tuple[Disagreement, ...]:
    return tuple(
        Disagreement(row.older, row.older_text, row.newer, row.newer_text, bool(row.is_settled))
        for row in records.execute(select(at.contradictions))
    )


def _save_disagreements(
    records: Connection, at: Tables, disagreements: Sequence[Disagreement]
) -> None:
    records.execute(delete(at.contradictions))
    rows = [{**_plain(_texts(each)), "is_settled": int(each.is_settled)} for each in disagreements]
    _add(records, at.contradictions, rows)


def _texts(found: Disagreement) -> dict[str, str]:
    return {
        "older": found.older,
        "older_text": found.older_text,
        "newer": found.newer,
        "newer_text": found.newer_text,
    }


def _add(records: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    if every := [*rows]:
        records.execute(insert(table), every)


def _put(records: Connection, table: Table, **row: object) -> None:
    """Keep a row in place of the one with its key."""
    speaks = postgresql if records.dialect.name == "postgresql" else sqlite
    statement = speaks.insert(table).values(row)
    key = [column.name for column in table.primary_key]
    changed = {name: value for name, value in row.items() if name not in key}
    records.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))


def _row(document: KnownDocument) -> dict[str, object]:
    told = {
        "source": document.source,
        "name": document.name,
        "hash": document.hash,
        "title": document.title,
        "url": document.url,
        "language": document.language,
        "read_at": document.read_at.isoformat(),
        "skipped": document.skipped,
        "notes": json.dumps(document.notes),
        "facts": json.dumps(document.facts),
    }
    changed_at = document.changed_at.isoformat() if document.changed_at else None
    return {**_plain(told), "changed_at": changed_at}


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    """Give texts as PostgreSQL takes them: it knows no zero byte."""
    return {name: text.replace("\0", "") for name, text in texts.items()}


def _document(row: Row[Any]) -> KnownDocument:
    return KnownDocument(
        source=row.source,
        name=row.name,
        hash=row.hash,
        read_at=datetime.fromisoformat(row.read_at),
        title=row.title,
        url=row.url,
        language=row.language,
        changed_at=_at(row.changed_at),
        skipped=row.skipped,
        notes=tuple(json.loads(row.notes)),
        facts=tuple(map(FactId, json.loads(row.facts))),
    )


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
