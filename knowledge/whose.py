"""Which handoffs are whose, as conditions in SQL."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Text, or_, type_coerce

from agent.handoff import Whose
from knowledge.tables import HandoffRow


def belonging_to(whose: Whose) -> Iterator[ColumnElement[bool]]:
    """Give the conditions that a handoff of theirs fulfils."""
    if whose.team is not None:
        yield HandoffRow.team == whose.team
    if whose.rep is not None:
        # Who is called is kept as a JSON list of ids.
        called = type_coerce(HandoffRow.routed_to, Text).contains(f'"{whose.rep}"', autoescape=True)
        yield or_(HandoffRow.claimed_by == whose.rep, HandoffRow.claimed_by.is_(None) & called)
