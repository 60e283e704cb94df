"""What holds for each handoff and for what the desk must show of it."""

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from agent.conversation import Author
from agent.handoff import DeskPostKind, HandoffState
from knowledge.auditing.rules import Mend, Rule, Surroundings, rule
from knowledge.desk_tables import NoticeRow
from knowledge.ledger import Ledger
from knowledge.ledgers import in_ledger
from knowledge.rows import UNFINISHED, PostState
from knowledge.slack_threads import DELETED
from knowledge.tables import ACTIVE, ConversationRow, DeskPostRow, HandoffRow, MessageRow

IS_CARD = and_(DeskPostRow.kind == DeskPostKind.CARD, DeskPostRow.because != DELETED)
IS_ACTIVE = HandoffRow.state.in_(ACTIVE)


def handoff_rules(around: Surroundings) -> list[Rule]:
    """Give them all."""
    return [*_states(), *_standing(), *_cards(around), *_posts(around), _notices(around)]


def _states() -> list[Rule]:
    is_claimed = HandoffRow.state == HandoffState.CLAIMED
    columns = select(HandoffRow.id, HandoffRow.state, HandoffRow.claimed_by, HandoffRow.ended_at)
    nobody = or_(HandoffRow.claimed_by.is_(None), HandoffRow.claimed_at.is_(None))
    said = select(MessageRow.client_message_id.label("words_id"), ConversationRow.handoff_id)
    said = said.join(ConversationRow, ConversationRow.id == MessageRow.conversation_id).where(
        MessageRow.author == Author.REP,
        MessageRow.client_message_id.is_not(None),
        ConversationRow.handoff_id.is_not(None),
    )
    return [
        rule(
            "handoffs end as they say",
            "Handoff {id} is {state}, claimed by {claimed_by}, ended {ended_at}: that does not fit together.",
            "Look into its log at the desk, and close it there.",
            columns.where(
                or_(
                    and_(is_claimed, nobody),
                    and_(HandoffRow.state == HandoffState.OPEN, HandoffRow.claimed_by.is_not(None)),
                    HandoffRow.ended_at.is_(None) != IS_ACTIVE,
                )
            ),
        ),
        rule(
            "a rep's words are said once",
            "What a rep wrote under {words_id} was said to a visitor more than once, in handoff {handoff_id}.",
            "Nothing can be unsaid; tell the visitor which words count.",
            said.group_by(MessageRow.client_message_id, ConversationRow.handoff_id).having(
                func.count() > 1
            ),
        ),
    ]  # fmt: skip


def _standing() -> list[Rule]:
    talk_lead = ConversationRow.lead_id.label("talk_lead_id")
    owned = select(HandoffRow.id, HandoffRow.lead_id, HandoffRow.conversation_id, talk_lead)
    owned = owned.join(ConversationRow, ConversationRow.id == HandoffRow.conversation_id)
    other = aliased(HandoffRow)
    stands = exists().where(
        other.lead_id == HandoffRow.lead_id, other.state.in_(ACTIVE), other.open_for.is_not(None)
    )
    columns = select(HandoffRow.id, HandoffRow.lead_id, HandoffRow.open_for)
    return [
        rule(
            "handoffs belong to who wrote",
            "Handoff {id} is of lead {lead_id}, but its conversation {conversation_id} is of {talk_lead_id}.",
            "Let `--mend` give it to the lead of its conversation.",
            owned.where(ConversationRow.lead_id != HandoffRow.lead_id),
            _give_to_who_wrote,
            "gave it to the lead of its conversation",
        ),
        rule(
            "one handoff stands for a lead",
            "Handoff {id} of lead {lead_id} is active, but none stands for that lead (this one for {open_for}).",
            "Let `--mend` let it stand for the lead.",
            columns.where(
                IS_ACTIVE,
                or_(
                    and_(HandoffRow.open_for.is_not(None), HandoffRow.open_for != HandoffRow.lead_id),
                    ~stands,
                ),
            ),
            _let_it_stand,
            "let it stand for its lead",
        ),
    ]  # fmt: skip


def _cards(around: Surroundings) -> list[Rule]:
    has_card = exists().where(DeskPostRow.handoff_id == HandoffRow.id, IS_CARD)
    refused = select(DeskPostRow.id, DeskPostRow.handoff_id, DeskPostRow.because)
    refused = refused.join(HandoffRow, HandoffRow.id == DeskPostRow.handoff_id)
    newer = aliased(DeskPostRow)
    is_newest = ~exists().where(
        newer.handoff_id == DeskPostRow.handoff_id,
        newer.kind == DeskPostKind.CARD,
        newer.number > DeskPostRow.number,
    )
    return [
        rule(
            "every handoff has its card",
            "Handoff {id} is {state}, and no card of it was ever due at the desk.",
            "Let `--mend` make the card due.",
            select(HandoffRow.id, HandoffRow.state).where(IS_ACTIVE, ~has_card),
            _mend_with(around),
            "made the card due",
        ),
        rule(
            "no card is given up",
            "The card of handoff {handoff_id} was refused and given up ({because}), so that nobody was told.",
            "Mend what the desk refused (`hotline doctor` looks into Slack), then let `--mend` make it due again.",
            refused.where(IS_ACTIVE, IS_CARD, is_newest, DeskPostRow.state == PostState.GIVEN_UP),
            _try_again(around),
            "made it due again",
        ),
    ]  # fmt: skip


def _posts(around: Surroundings) -> list[Rule]:
    later = aliased(DeskPostRow)
    columns = select(
        DeskPostRow.id, DeskPostRow.kind, DeskPostRow.handoff_id, DeskPostRow.due_at,
        DeskPostRow.state, DeskPostRow.attempts, DeskPostRow.because,
    )  # fmt: skip
    unfinished = DeskPostRow.state.in_(UNFINISHED)
    overtaken = exists().where(
        later.handoff_id == DeskPostRow.handoff_id,
        later.number > DeskPostRow.number,
        later.state == PostState.POSTED,
    )
    tried = func.coalesce(DeskPostRow.attempted_at, DeskPostRow.due_at)
    return [
        rule(
            "desk posts in order",
            "The {kind} {id} of handoff {handoff_id} is still {state}, though a later post is there.",
            "It will be posted late. If two servers use one database, look whether their versions differ.",
            columns.where(unfinished, overtaken),
        ),
        rule(
            "no desk post is stuck",
            "The {kind} {id} of handoff {handoff_id} is {state}, due since {due_at}, tried {attempts} times ({because}).",
            "Start the server; if one runs, its log says why the desk does not take it.",
            columns.where(unfinished, DeskPostRow.due_at < around.long_ago, tried < around.long_ago),
        ),
    ]  # fmt: skip


def _notices(around: Surroundings) -> Rule:
    columns = select(NoticeRow.id, NoticeRow.key, NoticeRow.due_at, NoticeRow.because)
    is_wanted = or_(NoticeRow.expires_at.is_(None), NoticeRow.expires_at > around.now)
    stuck = (NoticeRow.state.in_(UNFINISHED), NoticeRow.due_at < around.long_ago, is_wanted)
    return rule(
        "no notice is stuck",
        "The notice {key} is due since {due_at} ({because}).",
        "Start the server; if one runs, its log says why the desk does not take it.",
        columns.where(*stuck),
    )


def _mend_with(around: Surroundings) -> Mend:
    async def make_card_due(session: AsyncSession, handoff_id: str) -> None:
        found = await session.scalars(select(HandoffRow).where(HandoffRow.id == handoff_id))
        row = found.one()

        def post(ledger: Ledger) -> None:
            ledger.post(row, DeskPostKind.CARD, row.reason)

        await in_ledger(session, row.conversation_id, around.now, post)

    return make_card_due


def _try_again(around: Surroundings) -> Mend:
    async def try_again(session: AsyncSession, post_id: str) -> None:
        found = await session.scalars(select(DeskPostRow).where(DeskPostRow.id == post_id))
        post = found.one()
        post.state, post.due_at = PostState.DUE, around.now
        await in_ledger(session, post.conversation_id, around.now, Ledger.settle_posts)

    return try_again


async def _give_to_who_wrote(session: AsyncSession, handoff_id: str) -> None:
    lead = select(ConversationRow.lead_id).where(ConversationRow.id == HandoffRow.conversation_id)
    ours = update(HandoffRow).where(HandoffRow.id == handoff_id)
    await session.execute(ours.values(lead_id=lead.scalar_subquery(), open_for=None))


async def _let_it_stand(session: AsyncSession, handoff_id: str) -> None:
    """Let it stand unless another one does by now."""
    which = select(HandoffRow).where(HandoffRow.id == handoff_id)
    row = (await session.scalars(which)).one()
    stands = select(HandoffRow.id).where(
        HandoffRow.open_for == row.lead_id, HandoffRow.state.in_(ACTIVE), HandoffRow.id != row.id
    )
    row.open_for = None if await session.scalar(stands.limit(1)) else row.lead_id
    await session.flush()
