# ruff: noqa: S608  -- the statements are written here
"""Each rule finds a store that was broken on purpose, names the row, and is silent on one that was not."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from agent.playbook import Playbook
from knowledge.attachment_bytes import BytesInFolder
from knowledge.auditing.rules import Surroundings
from knowledge.auditing.running import Kept, all_rules, audit
from knowledge.database import Database
from tests.fakes.clock import MONDAY_TEN
from tests.scenarios.world import demo_playbook

LATE = MONDAY_TEN + timedelta(minutes=1)
TALK = "(SELECT conversation_id FROM handoffs WHERE state = 'open' ORDER BY number LIMIT 1)"
OPEN = "(SELECT id FROM handoffs WHERE state = 'open' ORDER BY number LIMIT 1)"
ASKED = "(SELECT id FROM messages WHERE author = 'visitor' ORDER BY id LIMIT 1)"
HIS = "(SELECT id FROM leads WHERE home = 'user_id:u-zebedee')"
GONE = "(SELECT id FROM leads WHERE merged_into IS NOT NULL)"
LONG_AGO, FAR = "'2020-01-01 00:00:00.000000'", "'2030-01-01 00:00:00.000000'"

BREAKS = [
    ("the schema is today's", "DROP INDEX ix_leads_due_at"),
    ("messages without gaps", "UPDATE messages SET seq = seq + 100"),
    ("messages without gaps", f"DELETE FROM messages WHERE conversation_id = {TALK} AND seq = 1"),
    ("no message lost", f"UPDATE conversations SET last_seq = 99 WHERE id = {TALK}"),
    ("messages counted", f"UPDATE conversations SET last_seq = 1 WHERE id = {TALK}"),
    ("answered and read no further than said", "UPDATE conversations SET answered_seq = 99"),
    ("answered and read no further than said", "UPDATE conversations SET seen_seq = 99"),
    ("nobody waits unseen", "UPDATE conversations SET answered_seq = 0, holder = 'agent', words_due_at = NULL"),
    ("nobody waits long", f"UPDATE conversations SET words_due_at = {LONG_AGO}, due_at = {LONG_AGO}"),
    ("timers are kept", f"UPDATE conversations SET timer_at = {LONG_AGO}, due_at = {LONG_AGO}"),
    ("leases are short", f"UPDATE conversations SET lease_owner = 'x', lease_until = {FAR} WHERE id = {TALK}"),
    ("looked at in time", f"UPDATE conversations SET due_at = NULL, timer_at = {FAR}, words_due_at = NULL"),
    ("looked at in time", f"UPDATE conversations SET due_at = {FAR}, timer_at = NULL"),
    ("looked at in time", f"UPDATE conversations SET due_at = {FAR}, timer_at = {LONG_AGO}"),
    ("posts looked at in time", f"UPDATE conversations SET posts_due_at = {FAR}, due_at = {FAR} WHERE id = {TALK}"),
    ("posts looked at in time", f"UPDATE desk_posts SET state = 'due' WHERE kind = 'relay' AND handoff_id = {OPEN}"),
    ("held by who claimed", f"UPDATE conversations SET holder = 'rep', rep_id = 'mia' WHERE id = {TALK}"),
    ("held by who claimed", "UPDATE handoffs SET state = 'claimed', claimed_by = 'mia', claimed_at = opened_at WHERE state = 'open'"),
    ("every message is answered once", "UPDATE turns SET answered = '[\"m-unknown\"]'"),
    ("every message is answered once", "UPDATE messages SET in_reply_to = '[\"m-unknown\"]' WHERE author = 'agent'"),
    ("every message is answered once", f"UPDATE messages SET in_reply_to = '[\"' || {ASKED} || '\"]' WHERE author = 'agent'"),
    ("every message is answered once", "UPDATE conversations SET answered_seq = 0 WHERE holder = 'agent'"),
    ("handoffs end as they say", "UPDATE handoffs SET ended_at = opened_at WHERE state = 'open'"),
    ("handoffs end as they say", "UPDATE handoffs SET state = 'claimed' WHERE state = 'open'"),
    ("a rep's words are said once", "UPDATE conversations SET handoff_id = 'h-x'; UPDATE messages SET author = 'rep', client_message_id = 'words-1' WHERE seq = 1"),
    ("handoffs belong to who wrote", f"UPDATE handoffs SET lead_id = {HIS}"),
    ("one handoff stands for a lead", "UPDATE handoffs SET open_for = NULL"),
    ("every handoff has its card", "DELETE FROM desk_posts WHERE kind = 'card'"),
    ("no card is given up", "UPDATE desk_posts SET state = 'given_up', because = 'channel_not_found' WHERE kind = 'card'"),
    ("desk posts in order", "UPDATE desk_posts SET state = 'due' WHERE kind = 'card'"),
    ("no desk post is stuck", f"UPDATE desk_posts SET state = 'attempted', due_at = {LONG_AGO}, attempted_at = {LONG_AGO}"),
    ("no notice is stuck", f"UPDATE notices SET state = 'due', due_at = {LONG_AGO}"),
    ("no timer is lost", "UPDATE conversations SET timer_at = NULL, due_at = NULL"),
    ("merged leads are one step from theirs", f"UPDATE leads SET merged_into = {GONE} WHERE home = 'user_id:u-yara'"),
    ("every merge is in the log", "DELETE FROM merges"),
    ("every merge is in the log", "UPDATE leads SET merged_into = NULL"),
    ("no identity of merged leads", f"UPDATE identities SET lead_id = {GONE}"),
    ("no conversation of merged leads", f"UPDATE conversations SET lead_id = {GONE}"),
    ("no engagement event of merged leads", f"UPDATE engagement_events SET lead_id = {GONE}"),
    ("no signal of merged leads", f"UPDATE signals SET lead_id = {GONE}"),
    ("no handoff of merged leads", f"UPDATE handoffs SET lead_id = {GONE}"),
    ("no outcome of merged leads", f"UPDATE outcomes SET lead_id = {GONE}"),
    ("the newest act is known", "UPDATE leads SET last_act_at = NULL"),
    ("leads are scored in time", f"UPDATE leads SET due_at = {LONG_AGO}"),
    ("scores are what was recorded", "UPDATE leads SET score_total = 1"),
    ("scores are what was recorded", "UPDATE leads SET temperature = 'warm'"),
    ("scores are what was recorded", "UPDATE leads SET score = NULL"),
    ("scores are what was recorded", "UPDATE leads SET score = 'half a sc'"),
    ("leads are known by their first name", "DELETE FROM identities WHERE kind = 'user_id'"),
    ("no conversation without its handoff", "UPDATE conversations SET handoff_id = 'h-unknown'"),
    ("no signal without its message", "UPDATE signals SET message_id = 'm-unknown'"),
    ("no gap without its turn", "UPDATE gaps SET turn_id = 't-unknown'"),
    ("no feedback without its turn", "UPDATE feedback SET turn_id = 't-unknown'"),
    ("no form or mail without its message", "UPDATE inbound_messages SET message_id = 'm-unknown'"),
    ("no trait without its lead", "UPDATE traits SET told_by = 'lead:l-unknown' WHERE name = 'phone'"),
    ("no engagement event without its lead", "UPDATE engagement_events SET came_by = 'lead:l-unknown'"),
    ("readings are of their turn's conversation", f"UPDATE readings SET conversation_id = {TALK}"),
    ("signals are of who wrote", f"UPDATE signals SET lead_id = {HIS}"),
    ("signals are of who wrote", f"UPDATE signals SET message_id = {ASKED}"),
    ("files that are shown are there", "DELETE FROM attachments"),
]  # fmt: skip
"""What breaks each rule, in SQL that both databases know."""

ON_DISK_ONLY = {"the database is sound", "no row without its parent", "no file is left over"}
SQLITE_ONLY = [("no row without its parent", "DELETE FROM leads")]


def spoil(path: Path, statements: str) -> None:
    """Change rows by hand, past every check."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statements)


async def look(place: Path, playbook: Playbook | None = None) -> list[Kept]:
    database = await Database.open(place / "hotline.db")
    try:
        return await audit(database, Surroundings(LATE, playbook, BytesInFolder(place / "files")))
    finally:
        await database.close()


def names(kept: Sequence[Kept]) -> set[str]:
    return {each.rule for each in kept if each.count}


async def test_a_store_that_is_lived_in_keeps_every_promise(place: Path) -> None:
    assert names(await look(place, demo_playbook())) == set()


@pytest.mark.parametrize(("rule", "statements"), BREAKS + SQLITE_ONLY)
async def test_what_was_broken_on_purpose_is_found(place: Path, rule: str, statements: str) -> None:
    before = {each.rule: each.count for each in await look(place, demo_playbook())}
    spoil(place / "hotline.db", statements)
    found = {each.rule: each for each in await look(place, demo_playbook())}
    assert found[rule].count > before[rule]
    assert all(each.sentence and each.advice for each in found[rule].breaks)


def test_every_rule_is_shown_to_find_something(place: Path) -> None:
    around = Surroundings(LATE, demo_playbook(), BytesInFolder(place / "files"))
    tried = {rule for rule, _ in BREAKS} | ON_DISK_ONLY
    assert {rule.name for rule in all_rules(around)} == tried
