"""Amendments that came before the words they are about, kept until those are said."""

from sqlalchemy import String, bindparam, delete, select, update

from agent.conversation import Amendment
from knowledge.desk_tables import AmendmentRow
from knowledge.prepared import Changes, Prepared, PreparedChange, columns_for, insertion

_KEPT = AmendmentRow.metadata.tables[AmendmentRow.__tablename__]
_THIS = _KEPT.c.words_id == bindparam("of_words", type_=String())
_FIND = Prepared(select(*columns_for(Amendment, AmendmentRow)).where(_THIS), Amendment)
_KEEP = insertion(AmendmentRow, "words_id", of=Amendment)
_CHANGE = PreparedChange(update(_KEPT).where(_THIS), ("text", "at"))
_FORGET = PreparedChange(delete(_KEPT).where(_THIS))


def keep_amendment(rows: Changes, words_id: str, amendment: Amendment) -> None:
    """Keep one until the words are said; of several the newest, and a taking back for good."""
    known = rows.first(_FIND, of_words=words_id)
    if known is None:
        rows.run(_KEEP, words_id=words_id, text=amendment.text, at=amendment.at)
    elif known.text is not None and (amendment.text is None or amendment.at > known.at):
        rows.run(_CHANGE, of_words=words_id, text=amendment.text, at=amendment.at)


def kept_amendment(rows: Changes, words_id: str) -> Amendment | None:
    """Give the one that waits for these words, and keep it no longer."""
    known = rows.first(_FIND, of_words=words_id)
    if known is not None:
        rows.run(_FORGET, of_words=words_id)
    return known
