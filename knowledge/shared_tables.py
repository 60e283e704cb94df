"""What processes that serve together have in common beside conversations: bytes of files, and what models have used."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Double
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.rows import Row


class AttachmentPartRow(Row):
    """A piece of a file's bytes; where one process serves, they lie in its data folder instead."""

    __tablename__ = "attachment_parts"

    attachment_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]
    kept_at: Mapped[datetime]


class SpentDayRow(Row):
    """What models have used on a day, in UTC, of all processes together."""

    __tablename__ = "spent_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    tokens: Mapped[int] = mapped_column(BigInteger)
    money: Mapped[float] = mapped_column(Double)
