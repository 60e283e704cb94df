"""What `hotline db move`, `hotline backup` and `hotline restore` tell when they are done."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MoveReport:
    """What was moved from a file to a server."""

    source: Path
    target: str
    rows: Mapping[str, int]
    files: int
    missing_files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What is in a back-up; `size` is in bytes."""

    path: Path
    database: str
    rows: int
    files: int
    missing_files: tuple[str, ...]
    has_keys: bool
    size: int


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What came back, from which schema, and where that lies now which had to give way."""

    database: str
    rows: int
    files: int
    has_keys: bool
    schema: str
    today: str
    aside: tuple[Path, ...]
