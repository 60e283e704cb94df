"""From a back-up to a place that is empty or gives way: all of it or nothing, of this schema or an earlier one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy import inspect as look_at
from sqlalchemy.exc import SQLAlchemyError

from agent.errors import StoreUnavailableError
from knowledge.archive import Archive, ArchiveError, TableNote
from knowledge.backing_up import FILE_NAME
from knowledge.catalogue import Catalogue
from knowledge.database import explained
from knowledge.moving import LIBRARY, keep_parts
from knowledge.plain_rows import QUEUE, Plain, Shape, Tally, as_line, in_batches, read_rows, shapes
from knowledge.postgres import PostgresServer
from knowledge.sqlite_file import SqliteFile, plain_engine
from knowledge.transfer import KEYS, Progress, filling, is_empty, must_be
from knowledge.upgrading import SCHEMA, upgrade_within

_ERASED: Final = "erasures"
_ALONE: Final = text("SELECT pg_advisory_xact_lock(7402)")
_OTHERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'hotline' AND pid <> pg_backend_pid()"
)
_KEEP_KEY: Final = text(f"INSERT INTO {KEYS} (name, value) VALUES (:name, :value)")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `aside` is where that lies which had to give way."""

    rows: int
    files: int
    keys: tuple[str, ...]
    schema: str
    aside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """Where things lie beside the database; `records` is None where the database keeps the library's records."""

    folder: Path
    files: Path
    records: Path | None = None


def restore_to_file(
    archive: Archive, target: SqliteFile, home: Home, progress: Progress, *, replaces: bool
) -> Restored:
    """Restore into a SQLite file: made beside the old one, which then steps aside. Nobody else may be at it.

    Raises ArchiveError or StoreUnavailableError, and has changed nothing then.
    """
    _must_be_known(archive)
    erased = _must_give_way(target, replaces=replaces)
    new = SqliteFile(target.path.with_name(f"{target.path.name}.restoring"))
    _remove(new.path)
    try:
        with _said(), new.engine().begin() as connection:
            rows = _fill(connection, archive, home, erased, progress)
        records = _new_records(archive, home)
        _write_files(archive, home.files)
        aside = [*_step_aside(target.path), *_swap_records(records, home)]
        new.path.replace(target.path)
        _write_keys(archive, home.folder)
    except OSError as error:
        raise ArchiveError(f"The back-up cannot be restored: {error}.") from error
    finally:
        _remove(new.path)
    return _told(archive, rows, aside)


def restore_to_server(
    archive: Archive, target: PostgresServer, home: Home, progress: Progress, *, replaces: bool
) -> Restored:
    """Restore into a PostgreSQL database, in one transaction; raises as `restore_to_file` does."""
    _must_be_known(archive)
    with _said(), target.engine().begin() as connection:
        connection.execute(_ALONE)
        if connection.scalar(_OTHERS):
            raise ArchiveError(f"Others still work on {target.name}; stop every `hotline serve` first.")  # fmt: skip
        if not replaces and not is_empty(connection):
            raise _occupied(target.name)
        erased = _erased(connection)
        _drop_all(connection)
        rows = _fill(connection, archive, home, erased, progress)
        for file_id, content in _files(archive):
            keep_parts(connection, file_id, content, archive.manifest.made_at)
        for name in archive.manifest.keys:
            value = archive.content(f"keys/{name}").decode()
            connection.execute(_KEEP_KEY, {"name": name, "value": value})
        records = _new_records(archive, home)
    return _told(archive, rows, _swap_records(records, home))


def _must_be_known(archive: Archive) -> None:
    manifest = archive.manifest
    if manifest.schema_revision > SCHEMA:
        raise ArchiveError(
            f"The back-up was made by a newer Hotline ({manifest.version}, schema {manifest.schema_revision}; this one "
            f"knows {SCHEMA}); install that version to restore it."
        )


def _must_give_way(target: SqliteFile, *, replaces: bool) -> list[list[Plain]]:
    """Give what was erased here, so that the back-up does not bring it back."""
    if not target.path.exists():
        return []
    try:
        with explained(), target.engine().begin() as connection:
            if not replaces and not is_empty(connection):
                raise _occupied(target.name)
            return _erased(connection)
    except StoreUnavailableError:
        # A damaged file is what back-ups are for.
        if replaces:
            return []
        raise


def _occupied(name: str) -> ArchiveError:
    return ArchiveError(
        f"{name} is not empty, and was left as it is. Restore into an empty place (HOTLINE_DATA_DIR, "
        "HOTLINE_DATABASE_URL), or say --replace to let the back-up take its place."
    )


@contextmanager
def _said() -> Iterator[None]:
    try:
        with explained():
            yield
    except (SQLAlchemyError, ValueError) as error:
        because = " ".join(str(getattr(error, "orig", error)).split())
        raise ArchiveError(
            f"The back-up cannot be restored: {because}. Nothing was changed."
        ) from error


def _fill(
    connection: Connection,
    archive: Archive,
    home: Home,
    erased: Iterable[list[Plain]],
    progress: Progress,
) -> int:
    """Make the tables as they were when the back-up was made, fill them, compare, and bring them up to date."""
    ours = [each for each in archive.manifest.tables if not each.name.startswith(LIBRARY)]
    upgrade_within(connection, archive.manifest.schema_revision)
    _load(connection, archive, ours, progress)
    upgrade_within(connection)
    librarys = [each for each in archive.manifest.tables if each.name.startswith(LIBRARY)]
    if home.records is None:
        _load(connection, archive, librarys, progress)
    _erase_again(connection, erased)
    return sum(each.rows for each in archive.manifest.tables)


def _load(
    connection: Connection,
    archive: Archive,
    tables: Iterable[TableNote],
    progress: Progress,
    *,
    without: str = "",
) -> None:
    read: dict[str, Tally] = {}
    with filling(connection) as fill:
        for each in tables:
            shape = Shape(each.name.removeprefix(without), each.columns, ())
            read[shape.name] = fill(shape, _lines(archive, each, progress))
            if read[shape.name] != Tally(each.rows, int(each.checksum, 16)):
                raise ArchiveError(f"The back-up says otherwise of {each.name} than it has.")
    must_be(connection, read, progress)


def _lines(archive: Archive, table: TableNote, progress: Progress) -> Iterator[list[bytes]]:
    done = 0
    for batch in in_batches(filter(None, archive.lines(table.part))):
        done += len(batch)
        progress(table.name, done, table.rows)
        yield batch


def _erased(connection: Connection) -> list[list[Plain]]:
    """Read which people were erased, in the order of the columns that are filled again below."""
    if not look_at(connection).has_table(_ERASED):
        return []
    shape = _shape_of(connection, _ERASED)
    undone = {"done_at": None, "tries": 0}
    return [
        [undone.get(name, value) for name, value in zip(shape.columns, row, strict=True)]
        for row in read_rows(connection, shape)
    ]


def _erase_again(connection: Connection, erased: Iterable[list[Plain]]) -> None:
    """Note what was erased since the back-up, to be erased anew."""
    if not look_at(connection).has_table(_ERASED):
        return
    shape = _shape_of(connection, _ERASED)
    marks = shape.columns.index("mark"), shape.columns.index("salt")
    known = {tuple(row[at] for at in marks) for row in read_rows(connection, shape)}
    new = [as_line(row) for row in erased if tuple(row[at] for at in marks) not in known]
    with filling(connection) as fill:
        fill(shape, in_batches(new))


def _shape_of(connection: Connection, name: str) -> Shape:
    return next(shape for shape in shapes(connection) if shape.name == name)


def _drop_all(connection: Connection) -> None:
    names = [n for n in look_at(connection).get_table_names() if not n.startswith(QUEUE)]
    if names:
        listed = ", ".join(f'"{name}"' for name in names)
        connection.exec_driver_sql(f"DROP TABLE {listed} CASCADE")


def _files(archive: Archive) -> Iterator[tuple[str, bytes]]:
    for file_id in archive.manifest.files:
        if FILE_NAME.fullmatch(file_id):
            yield file_id, archive.content(f"files/{file_id}")


def _write_files(archive: Archive, folder: Path) -> None:
    for file_id, content in _files(archive):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / file_id, content)


def _write_keys(archive: Archive, folder: Path) -> None:
    for name in archive.manifest.keys:
        if FILE_NAME.fullmatch(name):
            _write(folder / name, archive.content(f"keys/{name}") + b"\n")


def _write(path: Path, content: bytes) -> None:
    begun = path.with_name(f"{path.name}.part")
    begun.touch(mode=0o600)
    begun.write_bytes(content)
    begun.replace(path)


def _new_records(archive: Archive, home: Home) -> Path | None:
    """Make the file of the library's records beside the old one."""
    tables = [each for each in archive.manifest.tables if each.name.startswith(LIBRARY)]
    if home.records is None or not tables:
        return None
    new = home.records.with_name(f"{home.records.name}.restoring")
    _remove(new)
    Catalogue(new).sources()
    with _said(), plain_engine(new).begin() as connection:
        known = {shape.name for shape in shapes(connection)}
        kept = [each for each in tables if each.name.removeprefix(LIBRARY) in known]
        _load(connection, archive, kept, lambda *_: None, without=LIBRARY)
    return new


def _swap_records(new: Path | None, home: Home) -> list[Path]:
    """Let the library be built anew from the records that came back."""
    if new is None or home.records is None:
        return []
    aside = [*_step_aside(home.records), *_step_aside(home.folder / "library")]
    new.replace(home.records)
    return aside


def _step_aside(path: Path) -> list[Path]:
    """Rename what is in the way, with what SQLite keeps beside a file."""
    if not path.exists():
        return []
    number = next(n for n in count(1) if not path.with_name(f"{path.name}.replaced-{n}").exists())
    aside = path.with_name(f"{path.name}.replaced-{number}")
    for ending in ("-wal", "-shm", ""):
        if (there := path.with_name(f"{path.name}{ending}")).exists():
            there.replace(aside.with_name(f"{aside.name}{ending}"))
    return [aside]


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


def _told(archive: Archive, rows: int, aside: Iterable[Path]) -> Restored:
    manifest = archive.manifest
    return Restored(
        rows, len(manifest.files), manifest.keys, manifest.schema_revision, tuple(aside)
    )
