"""What was erased: marks that tell nothing of whom, so that no copy brings them back, and what is left to do."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.columns import choice
from knowledge.rows import Row


class Trace(StrEnum):
    """What a mark is of: a lead, an identity or a conversation (salted), or a file or a card, which name nobody."""

    LEAD = "lead"
    IDENTITY = "identity"
    CONVERSATION = "conversation"
    FILE = "file"
    CARD = "card"


class ErasureRow(Row):
    """One thing that was erased; `done_at` is set once nothing of it is left outside the database."""

    __tablename__ = "erasures"
    __table_args__ = (Index("erasures_left_to_do", "kind", "done_at"),)

    mark: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Trace] = mapped_column(choice(Trace))
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
