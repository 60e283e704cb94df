"""The table of questions that the library could not answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.rows import Row


class GapRow(Row):
    """One question of a turn that the library could not answer; it goes with its conversation."""

    __tablename__ = "gaps"
    __table_args__ = (UniqueConstraint("turn_id", "question"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    turn_id: Mapped[str]
    question: Mapped[str] = mapped_column(Text)
    language: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    found: Mapped[str]
