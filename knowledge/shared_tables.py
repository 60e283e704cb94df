"""What processes that serve together have in common beside conversations: bytes of files, and what models have used."""

from datetime import date, datetime

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.rows import Row


class AttachmentPartRow(Row):
    """A piece of a file's bytes; where one process serves, they lie in its data folder instead."""

    __tablename__ = "attachment_parts"

    attachment_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]
    kept_at: Mapped[datetime]


class SpentRow(Row):
    """What models have used, of all processes together: on a day (by its date), or for a conversation (by its id).

    `day` is when that was last.
    """

    __tablename__ = "spent"

    of: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    tokens: Mapped[int]
    money: Mapped[float] = mapped_column(Double)
