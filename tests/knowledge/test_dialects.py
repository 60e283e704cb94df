"""What PostgreSQL takes otherwise than SQLite, and must not be felt."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from agent.conversation import MessageSource
from agent.inbound import LONGEST_KEY, key_of
from agent.lead import LeadId
from agent.tracking import CallKind
from knowledge.database import Database
from knowledge.leads import SqlLeads
from tests.builders import a_call
from tests.contracts.stores import in_sql, say, start
from tests.fakes.clock import FixedClock

SAME_MOMENT = ("b", "B", "a-1", "a1", "_a", "Z", "ä", "é")
HIGHEST_SEQ = 2**53
OF_ANOTHER_KIND = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
  AND c.relname <> 'alembic_version' AND c.relname NOT LIKE 'procrastinate%'
  AND (a.atttypid = 'int4'::regtype OR l.collname <> 'C')
"""


async def test_words_are_ordered_by_code_points_whatever_the_locale(postgres_address: str) -> None:
    with psycopg.connect(postgres_address) as connection:
        others = connection.execute(OF_ANOTHER_KIND).fetchall()

    assert others == []


async def test_a_timeline_is_paged_without_loss(postgres_address: str) -> None:
    database = await Database.open(postgres_address)
    stores, leads = in_sql(database, FixedClock()), SqlLeads(database, FixedClock())
    await stores.tracking.take_in([a_call(id=event_id, user_id="u-1") for event_id in SAME_MOMENT])
    lead_id = (await leads.find("user_id:u-1")).id

    assert await _paged(leads, lead_id) == sorted(SAME_MOMENT, reverse=True)
    await database.close()


async def test_times_are_the_same_whatever_the_time_zone_of_the_server(
    postgres_address: str,
) -> None:
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        far_ahead = "ALTER DATABASE {} SET TimeZone = 'Pacific/Kiritimati'"
        connection.execute(sql.SQL(far_ahead).format(name))
    database, clock = await Database.open(postgres_address), FixedClock()
    clock.at = datetime(9999, 12, 31, 23, tzinfo=UTC)

    conversation = await start(in_sql(database, clock))

    assert await in_sql(database, clock).conversations.get(conversation.id) == conversation
    await database.close()


async def test_words_with_nul_and_half_characters_are_kept_without_them(
    postgres_address: str,
) -> None:
    database = await Database.open(postgres_address)
    stores = in_sql(database, FixedClock())
    conversation = await start(stores)

    await say(stores, conversation, "one\0two \ud83d\ude00 three\ud800")

    [said] = await stores.conversations.messages(conversation.id, after=0)
    assert said.text == "onetwo 😀 three\ufffd"
    await database.close()


async def test_a_long_trait_is_kept(postgres_address: str) -> None:
    database = await Database.open(postgres_address)
    long = "".join(map(chr, range(0x20000, 0x20000 + 1_000)))
    told = a_call(CallKind.IDENTIFY, user_id="u-1", traits={"name": long})

    await in_sql(database, FixedClock()).tracking.take_in([told])

    assert (await SqlLeads(database, FixedClock()).find("user_id:u-1")).name
    await database.close()


def test_of_two_mails_with_ids_that_begin_alike_both_are_kept() -> None:
    begins = "é" * 1_500

    keys = {key_of(MessageSource.EMAIL, f"{begins}{end}@x.example") for end in "12"}

    assert len(keys) == 2
    assert all(len(key.encode()) < LONGEST_KEY for key in keys)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_seq_beyond_all_has_nothing_after_it(
    kind: str, tmp_path: Path, postgres_address: str
) -> None:
    database = await Database.open(
        postgres_address if kind == "postgresql" else tmp_path / "hotline.db"
    )
    stores = in_sql(database, FixedClock())
    conversation = await start(stores)
    await say(stores, conversation, "Hello")

    assert await stores.conversations.messages(conversation.id, after=HIGHEST_SEQ) == []
    assert await stores.conversations.note_seen(conversation.id, HIGHEST_SEQ) == []
    await database.close()


async def _paged(leads: SqlLeads, lead_id: LeadId) -> list[str]:
    found: list[str] = []
    while page := await leads.timeline(lead_id, 1, found[-1] if found else None):
        found += [item.id for item in page]
    return found
