"""How often somebody may act, counted together by all processes on one PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Self

from sqlalchemy import exc as sql_errors
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.errors import StoreUnavailableError
from knowledge.postgres import PostgresServer

WINDOW: Final = 60.0
FORGET_EVERY: Final = 1_000
_CONNECTIONS: Final = 2
# A name's row says until when all it may do is used up; each act moves that on by its part of the window. It is one
# statement by the database's clock, so that neither slow answers nor clocks that differ let more through.
_COUNT: Final = text("""
WITH asked AS (
  SELECT name, make_interval(secs => step) AS step
  FROM unnest(CAST(:names AS text[]), CAST(:steps AS float8[])) AS asked(name, step)
), late AS (
  SELECT max(extract(epoch FROM greatest(kept.until, now()) - now() + asked.step)) - :window AS seconds
  FROM asked LEFT JOIN shared_counts kept USING (name)
), counted AS (
  INSERT INTO shared_counts (name, until)
  SELECT name, now() + step FROM asked WHERE (SELECT seconds FROM late) <= :tolerance ORDER BY name
  ON CONFLICT (name) DO UPDATE
  SET until = greatest(shared_counts.until, now()) + (excluded.until - now())
)
SELECT seconds FROM late
""")
_FORGET: Final = text("DELETE FROM shared_counts WHERE until < now()")
_TOLERANCE: Final = 0.01
"""Seconds; parts of the window are rounded to microseconds."""


@dataclass(frozen=True, slots=True)
class PostgresCounts:
    """Counts in a table that survives no crash of the database, as nobody would miss it."""

    engine: AsyncEngine
    _acts: "count[int]" = field(default_factory=lambda: count(1))

    @classmethod
    def at(cls, address: str) -> Self:
        """Make it for the address of a server; nothing is connected yet."""
        return cls(PostgresServer(address).aside(_CONNECTIONS))

    async def count(self, most: Mapping[str, int]) -> float:
        """Count an act under each name, each for at most so many a minute, and give 0.

        Where it is one too many for any, count nothing and give the seconds to wait. Raises StoreUnavailableError.
        """
        steps = [WINDOW / each for each in most.values()]
        asked = {"names": list(most), "steps": steps, "window": WINDOW, "tolerance": _TOLERANCE}
        try:
            async with self.engine.connect() as connection:
                late = float((await connection.execute(_COUNT, asked)).scalar_one())
                if next(self._acts) % FORGET_EVERY == 0:
                    await connection.execute(_FORGET)
        except (sql_errors.DBAPIError, sql_errors.TimeoutError) as error:
            raise StoreUnavailableError("The database cannot count now.") from error
        return late if late > _TOLERANCE else 0.0

    async def close(self) -> None:
        """Close its connections."""
        await self.engine.dispose()
