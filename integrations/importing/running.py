"""One import from the first line to the last: lines in, batches out, and an account of what became of each."""

import csv
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Generic, Protocol, TextIO, TypeVar

from integrations.importing.columns import OURS
from integrations.importing.files import ITEM, Record, Source, UnusableFileError
from integrations.importing.lines import UnusableLineError
from integrations.tracking_text import one_line

BATCH = 1_000
"""Lines read before they are kept: what an interruption loses at most."""

MOST_SHOWN = 5

Line = TypeVar("Line")
Read = TypeVar("Read", covariant=True)


class Reader(Protocol[Read]):
    """Reads lines as what they say."""

    def read(self, record: Record) -> Read:
        """Read one; raises UnusableLineError."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a batch: how many of it were new, and how many known already; and what else was not done."""

    new: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()


def sum_up(parts: Iterable[Kept]) -> Kept:
    """Add up what became of the parts of a batch."""
    whole = list(parts)
    refused = tuple(sentence for part in whole for sentence in part.refused)
    return Kept(sum(part.new for part in whole), sum(part.known for part in whole), refused)


@dataclass(slots=True)
class Account:
    """What became of the lines so far.

    `rejected_at` has the numbers of the first lines of each reason; `remarks` count what the store did not do.
    """

    lines: int = 0
    usable: int = 0
    new: int = 0
    known: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rejected_at: dict[str, list[int]] = field(default_factory=dict)
    remarks: Counter[str] = field(default_factory=Counter)

    @property
    def rejected(self) -> int:
        """How many lines cannot be used."""
        return self.reasons.total()

    def reject(self, number: int, reason: str) -> None:
        """Count a line that cannot be used."""
        self.reasons[reason] += 1
        numbers = self.rejected_at.setdefault(reason, [])
        if len(numbers) < MOST_SHOWN:
            numbers.append(number)

    def keep(self, kept: Kept) -> None:
        """Count what a batch came to."""
        self.new += kept.new
        self.known += kept.known
        self.remarks.update(sentence.partition(":")[0].rstrip(".") for sentence in kept.refused)


@dataclass(slots=True)
class Rejects:
    """The file of rejected lines: made with the first of them, with the reason and the line as it was.

    Its other columns are those of the source, so that it can be mended and imported itself. `path` None: none.
    """

    path: Path | None
    columns: tuple[str, ...]
    delimiter: str = ","
    _file: TextIO | None = None

    def write(self, number: int, reason: str, cells: Sequence[str]) -> None:
        """Add a line; raises UnusableFileError."""
        if self.path is None:
            return
        try:
            if self._file is None:
                self._file = self._made(self.path)
            row = (number, reason, *cells)
            csv.writer(self._file, delimiter=self.delimiter).writerow(row)
        except OSError as error:
            because = (error.strerror or str(error)).lower()
            raise UnusableFileError(f"{self.path} cannot be written ({because}).") from error

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file:
            self._file.close()

    def _made(self, path: Path) -> TextIO:
        # People's data: for the eyes of whoever imports.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        file = os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="")
        csv.writer(file, delimiter=self.delimiter).writerow((*OURS, *self.columns))
        return file


def rejects_of(source: Source, path: Path | None) -> Rejects:
    """Say where a file's rejected lines go; raises UnusableFileError when that is the file itself."""
    if path and path.exists() and path.samefile(source.path):
        raise UnusableFileError(f"--rejected: {path} is the file that is imported; name another.")
    columns = tuple(name for name in source.columns if name not in OURS)
    return Rejects(path, columns, source.delimiter or ",")


@dataclass(frozen=True, slots=True)
class Import(Generic[Line]):
    """A file, how its lines are read, and where they are kept."""

    source: Source
    reader: Reader[Line]
    keep: Callable[[Sequence[Line]], Awaitable[Kept]]
    rejects: Rejects

    async def run(self, account: Account, advance: Callable[[int, int], None]) -> None:
        """Import all of it, batch by batch; `advance` is told the bytes and the lines read.

        `account` is right at any moment, however this ends. Raises StoreUnavailableError or UnusableFileError.
        """
        records = self.source.records()
        try:
            while batch := list(islice(records, BATCH)):
                lines = list(self._usable(batch, account))
                if lines:
                    account.keep(await self.keep(lines))
                account.usable += len(lines)
                account.lines += len(batch)
                advance(batch[-1].end, account.lines)
        finally:
            self.rejects.close()

    def _usable(self, batch: Sequence[Record], account: Account) -> Iterator[Line]:
        for record in batch:
            try:
                yield self._read(record)
            except UnusableLineError as error:
                reason = one_line(str(error))
                account.reject(record.number, reason)
                self.rejects.write(record.number, reason, self._without_ours(record.cells))

    def _read(self, record: Record) -> Line:
        if record.trouble:
            raise UnusableLineError(record.trouble)
        return self.reader.read(record)

    def _without_ours(self, cells: Sequence[str]) -> Sequence[str]:
        if self.source.columns == (ITEM,) or not {*OURS} & {*self.source.columns}:
            return cells
        names = (*self.source.columns, *("" for _ in cells))
        return [cell for name, cell in zip(names, cells, strict=False) if name not in OURS]
