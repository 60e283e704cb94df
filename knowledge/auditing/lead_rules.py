"""What holds for leads: who was found to be whom, whose everything is, and that scores are what was recorded."""

from collections.abc import AsyncIterator
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import String, Text, and_, exists, func, literal, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from agent.lead import ANONYMOUS_ID, Identity
from agent.scoring import Score, Temperature
from knowledge.auditing.rules import Break, Mend, Rule, Surroundings, rule
from knowledge.identity_tables import IdentityRow, MergeRow
from knowledge.owners import owners
from knowledge.rows import Row
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    HandoffRow,
    LeadRow,
    OutcomeRow,
    SignalRow,
)

BATCH: Final = 500
OWNED: Final[dict[str, tuple[type[Row], Any]]] = {
    "identity": (IdentityRow, IdentityRow.kind + literal(":") + IdentityRow.value),
    "conversation": (ConversationRow, ConversationRow.id),
    "engagement event": (EngagementEventRow, EngagementEventRow.id),
    "signal": (SignalRow, SignalRow.number.cast(String)),
    "handoff": (HandoffRow, HandoffRow.id),
    "outcome": (OutcomeRow, OutcomeRow.number.cast(String)),
}
"""What belongs to a lead, and what it is called by."""
SCORE: Final = TypeAdapter(Score)
SCORE_RULE: Final = "scores are what was recorded"
HOME_RULE: Final = "leads are known by their first name"
HOME_ADVICE: Final = (
    "Look at `hotline lead merges`; report again who is who to have it worked out anew."
)


def lead_rules(around: Surroundings) -> list[Rule]:
    """Give them all."""
    return [
        *_merges(),
        *[_owned(what, row, called) for what, (row, called) in OWNED.items()],
        *_looked_at(around),
        Rule(SCORE_RULE, _find_wrong_scores, _score_again(around), "had the lead scored anew"),
        Rule(HOME_RULE, _find_wrong_homes),
    ]


def _merges() -> list[Rule]:
    root = aliased(LeadRow)
    merged = select(LeadRow.id, LeadRow.merged_into)
    is_open = (MergeRow.from_lead == LeadRow.id, MergeRow.undone_at.is_(None))
    logged = exists().where(*is_open, MergeRow.into_lead == LeadRow.merged_into)
    return [
        rule(
            "merged leads are one step from theirs",
            "Lead {id} was merged into {merged_into}, which was merged, too: its id leads nowhere.",
            "Let `--mend` point it to where that one went.",
            merged.join(root, root.id == LeadRow.merged_into).where(root.merged_into.is_not(None)),
            _point_to_root,
            "pointed it to the lead that stands",
        ),
        rule(
            "every merge is in the log",
            "Lead {id} goes by {merged_into}, and the log of merges tells another story.",
            "Look at `hotline lead merges` before you take anything back there.",
            merged.where(
                or_(
                    and_(LeadRow.merged_into.is_not(None), ~logged),
                    and_(LeadRow.merged_into.is_(None), exists().where(*is_open)),
                )
            ),
        ),
    ]  # fmt: skip


def _owned(what: str, row: "type[Row]", called: Any) -> Rule:
    """Nothing belongs to a lead that was merged into another."""
    lead_id: Any = row.__table__.c.lead_id
    columns = select(called.label("id"), lead_id.label("lead_id"), LeadRow.merged_into)
    return rule(
        f"no {what} of merged leads",
        f"The {what} {{id}} is of lead {{lead_id}}, which was merged into {{merged_into}}.",
        "Let `--mend` give it to the lead that stands.",
        columns.join(LeadRow, LeadRow.id == lead_id).where(LeadRow.merged_into.is_not(None)),
        _give_all(row),
        "gave it to the lead that stands",
    )


def _looked_at(around: Surroundings) -> list[Rule]:
    acts = select(EngagementEventRow.lead_id, func.max(EngagementEventRow.at).label("newest"))
    newest = acts.group_by(EngagementEventRow.lead_id).subquery()
    seen = select(LeadRow.id, LeadRow.last_act_at, newest.c.newest)
    stands = LeadRow.merged_into.is_(None)
    is_behind = or_(LeadRow.last_act_at.is_(None), LeadRow.last_act_at < newest.c.newest)
    return [
        rule(
            "the newest act is known",
            "Lead {id} did something last at {newest}, but is kept as last seen at {last_act_at}.",
            "Let `--mend` look it up.",
            seen.join(newest, newest.c.lead_id == LeadRow.id).where(stands, is_behind),
            _look_up_acts,
            "looked up when it did something last",
        ),
        rule(
            "leads are scored in time",
            "Lead {id} is to be looked at since {due_at}, and its score is as it was.",
            "Start the server; if one runs, its log says why it does not look.",
            select(LeadRow.id, LeadRow.due_at).where(stands, LeadRow.due_at < around.long_ago),
        ),
    ]  # fmt: skip


async def _leads(session: AsyncSession, *columns: Any) -> AsyncIterator[Any]:
    """Read leads a few hundred at a time, by id."""
    last, query = "", select(LeadRow.id, *columns).order_by(LeadRow.id).limit(BATCH)
    while rows := list(await session.execute(query.where(LeadRow.id > last))):
        yield rows
        last = rows[-1].id


async def _find_wrong_scores(session: AsyncSession) -> AsyncIterator[Break]:
    text = type_coerce(LeadRow.score, Text).label("score")
    columns = (text, LeadRow.score_total, LeadRow.temperature)
    async for rows in _leads(session, *columns):
        for row in rows:
            if wrong := what_is_wrong(row.score, row.score_total, row.temperature):
                told = f"The score of lead {row.id} {wrong}."
                advice = "Let `--mend` make it due; a running server then scores it anew."
                yield Break(SCORE_RULE, row.id, told, advice, can_be_mended=True)


def what_is_wrong(score: str | None, total: int, temperature: Temperature) -> str:
    """Say what is wrong with a score as it is kept; nothing for one that is right."""
    if score is None:
        is_blank = total == 0 and temperature is Temperature.COLD
        return "" if is_blank else f"is not there, but lists say {total}, {temperature}"
    try:
        kept = SCORE.validate_json(score)
    except ValidationError:
        return "cannot be read"
    if (kept.total, kept.temperature) != (total, temperature):
        return f"is {kept.total}, {kept.temperature}, but lists say {total}, {temperature}"
    points = sum(reason.points for reason in kept.reasons)
    return "" if points == kept.total else f"is {kept.total}, but its reasons add up to {points}"


async def _find_wrong_homes(session: AsyncSession) -> AsyncIterator[Break]:
    """A browser may be anybody's by now; a user id or an address stays whose it was."""
    async for rows in _leads(session, LeadRow.home, LeadRow.merged_into):
        homes = {row.id: Identity.read(row.home) for row in rows if _is_lasting(row.home)}
        owner_of = await owners(session, homes.values())
        for row in rows:
            stands = row.merged_into or row.id
            if row.id in homes and owner_of.get(homes[row.id]) != stands:
                told = (
                    f"Lead {row.id} goes by {stands}, but the name it was first known by is "
                    f"{owner_of.get(homes[row.id]) or 'nobody'}'s."
                )
                yield Break(HOME_RULE, row.id, told, HOME_ADVICE)


def _is_lasting(home: str) -> bool:
    return bool(home) and not home.startswith(f"{ANONYMOUS_ID}:")


def _score_again(around: Surroundings) -> Mend:
    async def score_again(session: AsyncSession, lead_id: str) -> None:
        await session.execute(
            update(LeadRow)
            .where(LeadRow.id == lead_id)
            .values(
                score=None,
                score_total=0,
                temperature=Temperature.COLD,
                temperature_since=None,
                due_at=around.now,
            )
        )

    return score_again


def _give_all(row: "type[Row]") -> Mend:
    async def give(session: AsyncSession, _: str) -> None:
        lead_id: Any = row.__table__.c.lead_id
        root = select(LeadRow.merged_into).where(LeadRow.id == lead_id).scalar_subquery()
        merged = select(LeadRow.id).where(LeadRow.merged_into.is_not(None))
        moved = update(row).where(lead_id.in_(merged)).values(lead_id=root)
        await session.execute(moved, execution_options={"synchronize_session": False})

    return give


async def _point_to_root(session: AsyncSession, lead_id: str) -> None:
    """Follow the merges to their end; leads that go round in circles are left as they are."""
    path, at = {lead_id}, lead_id
    while (next_one := await session.scalar(_merged_into(at))) and next_one not in path:
        path.add(next_one)
        at = next_one
    if next_one is None:
        await session.execute(update(LeadRow).where(LeadRow.id == lead_id).values(merged_into=at))


def _merged_into(lead_id: str) -> Any:
    return select(LeadRow.merged_into).where(LeadRow.id == lead_id)


async def _look_up_acts(session: AsyncSession, lead_id: str) -> None:
    newest = select(func.max(EngagementEventRow.at)).where(EngagementEventRow.lead_id == lead_id)
    ours = update(LeadRow).where(LeadRow.id == lead_id)
    await session.execute(ours.values(last_act_at=newest.scalar_subquery()))
