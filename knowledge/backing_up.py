"""A back-up of all that is kept, as of one moment, while the service goes on."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy import inspect as look_at

from knowledge.archive import ArchiveWriter, Manifest, TableNote, new_archive
from knowledge.database import explained
from knowledge.moving import LIBRARY, PARTS, file_of_records, whole_file
from knowledge.plain_rows import PASSING, Shape, Tally, shapes
from knowledge.transfer import KEYS, Place, Progress, lines_of, one_moment
from knowledge.upgrading import schema_of

FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


@dataclass(frozen=True, slots=True)
class Belongings:
    """What an installation keeps beside its database: files of conversations, the library's records, its keys.

    `records` is None where the database keeps the library's records itself; `keys` is empty where keys are left out.
    """

    files: Path
    records: Path | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """When and by which version a back-up is made."""

    at: datetime
    version: str


def back_up(
    place: Place, beside: Belongings, path: Path, made: Made, progress: Progress
) -> Manifest:
    """Write a back-up; raises ArchiveError or StoreUnavailableError, and leaves no file then."""
    with explained(), one_moment(place) as connection, new_archive(path) as archive:
        schema = schema_of(connection)
        with file_of_records(beside.records) as records:
            tables = [
                *_tables(connection, archive, progress, is_beside=records is not None),
                *(_tables_beside(records, archive, progress) if records is not None else ()),
            ]
        files, missing = _files(connection, archive, beside.files)
        for name, key in beside.keys.items():
            with archive.part(f"keys/{name}") as write:
                write(key.encode())
        manifest = Manifest(
            version=made.version,
            schema_revision=schema,
            made_at=made.at,
            made_from=connection.dialect.name,
            tables=tuple(tables),
            files=files,
            missing_files=missing,
            keys=tuple(beside.keys),
        )
        archive.finish(manifest)
    return manifest


def _tables(
    connection: Connection, archive: ArchiveWriter, progress: Progress, *, is_beside: bool
) -> Iterator[TableNote]:
    for shape in shapes(connection):
        if shape.name in (KEYS, PARTS) or (is_beside and shape.name.startswith(LIBRARY)):
            continue
        yield _table(connection, shape, shape.name, archive, progress)


def _tables_beside(
    records: Connection, archive: ArchiveWriter, progress: Progress
) -> Iterator[TableNote]:
    for shape in shapes(records):
        if (name := f"{LIBRARY}{shape.name}") not in PASSING:
            yield _table(records, shape, name, archive, progress)


def _table(
    connection: Connection, shape: Shape, name: str, archive: ArchiveWriter, progress: Progress
) -> TableNote:
    part, tally = f"tables/{name}.jsonl", Tally()
    with archive.part(part) as write:
        for lines in lines_of(connection, shape, progress):
            tally = tally.and_these(lines)
            write(b"\n".join(lines) + b"\n")
    return TableNote(
        name=name,
        part=part,
        columns=shape.columns,
        rows=tally.rows,
        checksum=f"{tally.checksum:032x}",
    )


def _files(
    connection: Connection, archive: ArchiveWriter, folder: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not look_at(connection).has_table("attachments"):
        return (), ()
    kept: list[str] = []
    missing: list[str] = []
    known = connection.execute(text("SELECT id, sha256 FROM attachments ORDER BY id")).all()
    for file_id, digest in known:
        content = _content(connection, folder, file_id, digest)
        if content is None or not FILE_NAME.fullmatch(file_id):
            missing.append(file_id)
            continue
        with archive.part(f"files/{file_id}") as write:
            write(content)
        kept.append(file_id)
    return tuple(kept), tuple(missing)


def _content(connection: Connection, folder: Path, file_id: str, digest: str) -> bytes | None:
    """Give a file's bytes, from its folder or from the database."""
    if (content := whole_file(folder / file_id, digest)) is not None:
        return content
    if not look_at(connection).has_table(PARTS):
        return None
    parts = text(f"SELECT content FROM {PARTS} WHERE attachment_id = :id ORDER BY number")  # noqa: S608
    content = b"".join(bytes(part) for part in connection.scalars(parts, {"id": file_id}))
    return content if hashlib.sha256(content).hexdigest() == digest else None
