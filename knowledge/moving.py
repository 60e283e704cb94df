"""From a SQLite file to a PostgreSQL server: everything or nothing, and read back before it counts."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from knowledge.database import explained
from knowledge.plain_rows import Tally, shapes
from knowledge.postgres import PostgresServer
from knowledge.sqlite_file import SqliteFile, plain_engine
from knowledge.transfer import (
    Progress,
    TransferError,
    copy,
    is_empty,
    must_be,
    one_moment,
)
from knowledge.upgrading import Written, must_not_be_newer, schema_of, upgrade_within

LIBRARY: Final = "library_"
PARTS: Final = "attachment_parts"
_PART_BYTES: Final = 1_000_000
_KEEP_PART: Final = text(
    f"INSERT INTO {PARTS} (attachment_id, number, content, kept_at) VALUES (:id, :number, :content, :at)"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What came over: rows by table, and files of conversations; `missing` are files that were gone before."""

    rows: Mapping[str, int]
    files: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the file: the folder of conversations' files, and the library's records."""

    files: Path
    records: Path


def move(source: SqliteFile, beside: Beside, target: PostgresServer, progress: Progress) -> Moved:
    """Move a file's rows, the bytes of its attachments and the library's records to an empty database.

    Raises TransferError or StoreUnavailableError, and has changed nothing then.
    """
    source.migrate_now()
    with explained(), one_moment(source) as old, target.engine().begin() as new:
        must_not_be_newer(Written(schema_of(new)), target.name, "another database")
        upgrade_within(new)
        if not is_empty(new):
            raise TransferError(
                f"The database {target.name} is not empty, and nothing was moved. Choose an empty one, such as a new "
                "database made with createdb."
            )
        with file_of_records(beside.records) as records:
            aside = _librarys(old) if records is not None else set()
            read = copy(old, new, progress, without={PARTS, *aside})
            if records is not None:
                read |= copy(records, new, progress, under=LIBRARY)
        must_be(new, read, _quietly)
        kept, missing = _keep_files(old, new, beside.files)
    return Moved(_counts(read), kept, missing)


@contextmanager
def file_of_records(path: Path | None) -> Iterator[Connection | None]:
    """Look at the file of the library's records, if there is one."""
    if path is None or not path.exists():
        yield None
        return
    with plain_engine(path).begin() as connection:
        yield connection


def _librarys(connection: Connection) -> set[str]:
    return {shape.name for shape in shapes(connection) if shape.name.startswith(LIBRARY)}


def _keep_files(old: Connection, new: Connection, folder: Path) -> tuple[int, tuple[str, ...]]:
    known = old.execute(text("SELECT id, sha256, created_at FROM attachments ORDER BY id"))
    kept, missing = 0, []
    for attachment_id, digest, at in known:
        content = whole_file(folder / attachment_id, digest)
        if content is None:
            missing.append(str(attachment_id))
            continue
        keep_parts(new, str(attachment_id), content, datetime.fromisoformat(f"{at}+00:00"))
        kept += 1
    return kept, tuple(missing)


def keep_parts(target: Connection, attachment_id: str, content: bytes, at: datetime) -> None:
    """Keep a file's bytes in the database."""
    for number, part in enumerate(_parts(content)):
        row = {"id": attachment_id, "number": number, "content": part, "at": at}
        target.execute(_KEEP_PART, row)


def whole_file(path: Path, digest: str) -> bytes | None:
    """Give the bytes of a file, if they are there and those that were kept."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _parts(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _PART_BYTES):
        yield content[start : start + _PART_BYTES]


def _counts(read: Mapping[str, Tally]) -> dict[str, int]:
    return {name: tally.rows for name, tally in read.items()}


def _quietly(table: str, done: int, total: int) -> None:
    """Say nothing."""
