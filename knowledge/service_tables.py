"""The tables of the service itself: which processes serve, and what they must have in common."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from knowledge.rows import Row


class ReplicaRow(Row):
    """One process that serves, and when it last said that it lives."""

    __tablename__ = "replicas"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class SharedKeyRow(Row):
    """A key that nobody set and all processes must know alike."""

    __tablename__ = "shared_keys"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class SharedCountRow(Row):
    """Until when somebody has used up what they may do; kept in no journal, as a minute later nobody needs it."""

    __tablename__ = "shared_counts"

    name: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


class CompatibilityRow(Row):
    """The oldest schema whose code may work on this database; one row."""

    __tablename__ = "compatibility"

    oldest: Mapped[str] = mapped_column(primary_key=True)
