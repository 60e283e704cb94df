"""The tables that say who is who: identities, what links them, what was told of them, and which leads were merged."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.rows import Row

IS_SHORT = text("length(value) <= 300")
"""What PostgreSQL can index of values; ids are no longer."""
UNUSED_KEPT = timedelta(days=30)
"""For how long after its last report it is told what could not be used: counts of what comes back later begin anew."""


class IdentityRow(Row):
    """One name a lead goes by: a user id, an anonymous id, an email. A browser's lead is its latest user's."""

    __tablename__ = "identities"

    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)


class LinkRow(Row):
    """Two identities that a report showed together; see `agent.joining.Link`.

    `last_at` is the last time somebody was identified so, not merely seen; `report` and `how` say what came first;
    `seen_at` is when a report last changed anything here.
    `refused` says why it is not followed; `is_closed` that it will not be looked at again; `undone_at` that
    somebody took it back.
    """

    __tablename__ = "identity_links"
    __table_args__ = (
        Index("links_of_other", "other_kind", "other_value"),
        Index("links_refused", "refused"),
    )

    one_kind: Mapped[str] = mapped_column(primary_key=True)
    one_value: Mapped[str] = mapped_column(primary_key=True)
    other_kind: Mapped[str] = mapped_column(primary_key=True)
    other_value: Mapped[str] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    report: Mapped[str]
    how: Mapped[str]
    refused: Mapped[str] = mapped_column(default="")
    is_closed: Mapped[bool] = mapped_column(default=False)
    undone_at: Mapped[datetime | None]
    undone_because: Mapped[str] = mapped_column(Text, default="")


class MergeRow(Row):
    """The merge log: which lead went into which, when, by which report and link; `undone_at` once they parted."""

    __tablename__ = "merges"

    number: Mapped[int] = mapped_column(primary_key=True)
    from_lead: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    into_lead: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    at: Mapped[datetime]
    one: Mapped[str]
    other: Mapped[str]
    report: Mapped[str]
    because: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None]


class TraitRow(Row):
    """One field of a lead, as last told of an identity, a group (`group:g-1`) or a record (`lead:l-1`)."""

    __tablename__ = "traits"
    __table_args__ = (Index("traits_by_value", "name", "value", postgresql_where=IS_SHORT),)

    told_by: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class ReportRow(Row):
    """A report that is no engagement event and was taken in, so that the same one is known again."""

    __tablename__ = "reports"

    id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]


class ActTallyRow(Row):
    """How often an act was reported under this name of late (see `UNUSED_KEPT`), and when the last report came."""

    __tablename__ = "act_tallies"

    name: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]


class RefusalRow(Row):
    """What was not done with reports of late (see `UNUSED_KEPT`), why, how often, when last, and the last example."""

    __tablename__ = "refusals"

    because: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
    example: Mapped[str]
