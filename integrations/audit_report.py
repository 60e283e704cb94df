"""What an audit of the store found, as commands show it and as JSON."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class BrokenPromise(BaseModel):
    """One row that breaks a promise: what it is about, in a sentence, and what to do."""

    model_config = ConfigDict(frozen=True)

    about: str
    sentence: str
    advice: str
    can_be_mended: bool


class PromiseReport(BaseModel):
    """One promise of the store: how many rows break it, and the first of them."""

    model_config = ConfigDict(frozen=True)

    promise: str
    broken: int
    first: tuple[BrokenPromise, ...] = ()


class MendedReport(BaseModel):
    """What was put in order: how many rows broke a promise, and what was done to each."""

    model_config = ConfigDict(frozen=True)

    promise: str
    rows: int
    done: str


class AuditReport(BaseModel):
    """All promises; `left_out` says which could not be looked at, and why."""

    model_config = ConfigDict(frozen=True)

    database: str
    at: datetime
    promises: tuple[PromiseReport, ...]
    mended: tuple[MendedReport, ...] = ()
    left_out: tuple[str, ...] = Field(default=())

    @property
    def broken(self) -> tuple[PromiseReport, ...]:
        """Give the promises that are broken."""
        return tuple(each for each in self.promises if each.broken)
