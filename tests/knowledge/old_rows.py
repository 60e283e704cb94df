"""Rows as earlier versions wrote them: every table, every column, with umlauts, emoji and nothing where nothing may be.

A column that a revision does not know yet is left out of its rows; `company_domain` became `company_key`.
"""

import json
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, inspect, select, text

AT: Final = "2026-03-02 10:00:00.123456"
LATER: Final = "2026-03-02 11:30:00.000000"
WORDS: Final = "Grüße aus Köln — was kostet’s? 😀 'quoted' \"twice\" \\ 100 % :name"
SCORE: Final = json.dumps(
    {
        "total": 72,
        "intent": 40,
        "engagement": 20,
        "fit": 12,
        "temperature": "hot",
        "since": "2026-03-02T10:00:00Z",
        "grade": "A",
        "reasons": [
            {
                "points": 72,
                "because": "fragte: „was kostet’s?“",
                "group": "intent",
                "signal": "pricing",
                "quote": "was kostet’s?",
                "event": None,
                "at": "2026-03-02T10:00:00Z",
            }
        ],
    },
    ensure_ascii=False,
)
READING: Final = json.dumps(
    {
        "kind": "sales",
        "readiness": "hot",
        "language": "de",
        "signals": [
            {
                "kind": "pricing",
                "quote": "was kostet’s?",
                "confidence": 0.9,
                "message_id": "m-1",
                "at": "2026-03-02T10:00:00Z",
            }
        ],
        "competitors": ["Acme"],
    },
    ensure_ascii=False,
)
TEXT_READING: Final = json.dumps(
    {"kind": "sales", "readiness": "hot", "language": "de", "signals": [], "competitors": []}
)
TURN: Final = json.dumps(
    {
        "id": "t-1",
        "answered": ["m-1"],
        "reading": json.loads(READING),
        "score": json.loads(SCORE),
        "facts": [
            {
                "id": "f-1",
                "page": "Pricing",
                "heading": "Team",
                "text": "29 €.",
                "url": "",
                "language": "en",
                "changed_at": None,
            }
        ],
        "handoff": None,
        "decision": "keep",
        "reply": {
            "message_id": "m-2",
            "text": "29 €.",
            "writer": "composed",
            "sources": [{"title": "Pricing: Team", "url": ""}],
            "sentences": [{"text": "29 €.", "fact_ids": ["f-1"]}],
            "refused": [],
            "degraded": None,
        },
        "playbook_version": "p1",
        "prompt_version": "w1",
        "started_at": "2026-03-02T10:00:00Z",
        "milliseconds": {"read": 6.5},
        "asked": "budget",
    },
    ensure_ascii=False,
)
BRIEFING: Final = json.dumps(
    {
        "who": "Åsa Müller",
        "company": "Nordwind",
        "contact": "",
        "local_time": "11:00",
        "quote": WORDS,
        "wants": "a price",
        "score": json.loads(SCORE),
        "why_now": ["asked for a price"],
        "known": [],
        "missing": ["budget"],
        "competitors": [],
        "timeline": [{"at": "2026-03-02T10:00:00Z", "text": "downloaded the ROI guide"}],
        "already_said": "29 €.",
        "next_step": "Offer a call today.",
        "notes": [],
    },
    ensure_ascii=False,
)
COMPANY: Final = '{"name": "Nordwind", "domain": "nordwind.example", "industry": "", "employees": 420, "country": "DE", "city": "Köln"}'

ROWS: Final[dict[str, list[dict[str, Any]]]] = {
    "leads": [
        {"id": "l-1", "name": "Åsa Müller 😀", "email": "asa@nordwind.example", "phone": "+49 221 1", "title": "CTO", "role": "decider", "company": COMPANY, "company_domain": "nordwind.example", "company_key": "nordwind.example", "time_zone": "Europe/Berlin", "owner": "mia", "score": SCORE, "score_total": 72, "temperature": "hot", "temperature_since": AT, "created_at": AT, "home": "user_id:u-1", "last_act_at": AT},
        {"id": "l-2", "name": "", "email": "", "phone": "", "title": "", "role": "", "company": "{}", "company_domain": "", "company_key": "", "time_zone": "", "owner": "", "score": None, "score_total": 0, "temperature": "cold", "temperature_since": None, "created_at": AT, "home": "anonymous_id:a-2", "merged_into": "l-1", "due_at": None},
    ],
    "identities": [
        {"kind": "user_id", "value": "u-1", "lead_id": "l-1"},
        {"kind": "anonymous_id", "value": "a-ü😀", "lead_id": "l-1"},
        {"kind": "anonymous_id", "value": "a-2", "lead_id": "l-2"},
    ],
    "seen_events": [
        {"key": "Ev1:😀", "at": AT},
    ],
    "engagement_events": [
        {"id": "e-1", "lead_id": "l-1", "name": "Content Downloaded", "at": AT, "title": "Leitfaden „Größe“", "url": "https://x.example/?q=ü", "properties": '{"title": "Größe"}', "came_by": "user_id:u-1", "received_at": None},
    ],
    "conversations": [
        {"id": "c-1", "lead_id": "l-1", "came_by": "user_id:u-1", "claimed_lead_id": None, "visitor": '{"anonymous_id": "a-ü😀"}', "page": '{"url": "https://x.example/preise", "title": "Preise – Größe", "referrer": ""}', "locale": "de-DE", "rehearsal_seconds": 1.5, "started_at": AT, "ended_at": None, "holder": "rep", "rep_id": "mia", "epoch": 3, "showing_epoch": None, "lease_owner": "p-1", "lease_until": AT, "last_seq": 2, "answered_seq": 1, "timer_at": LATER, "words_due_at": None, "posts_due_at": None, "due_at": LATER, "opened_for_lead": False, "amended": 1, "seen_seq": 2, "source": "chat", "left_email": "ü@x.example", "rating": 5, "rating_comment": "Gut 😀", "rated_at": AT, "handoff_id": "h-1"},
        {"id": "c-2", "lead_id": "l-2", "came_by": "anonymous_id:a-2", "claimed_lead_id": "l-1", "visitor": '{"anonymous_id": "a-2"}', "page": '{"url": "", "title": "", "referrer": ""}', "locale": "", "rehearsal_seconds": 0.0, "started_at": AT, "ended_at": LATER, "holder": "agent", "rep_id": None, "epoch": 0, "last_seq": 0, "answered_seq": 0},
    ],
    "messages": [
        {"id": "m-1", "conversation_id": "c-1", "seq": 1, "author": "visitor", "author_name": "", "text": WORDS, "created_at": AT, "in_reply_to": "[]", "sources": "[]", "sentences": "[]", "attachments": "[]", "client_message_id": "k-1", "edited_at": LATER},
        {"id": "m-2", "conversation_id": "c-1", "seq": 2, "author": "agent", "author_name": "Hotline", "text": "29 €.", "created_at": LATER, "in_reply_to": '["m-1"]', "sources": '[{"title": "Größe", "url": ""}]', "sentences": '[{"text": "29 €.", "fact_ids": ["f-1"]}]', "client_message_id": None, "deleted_at": None},
    ],
    "turns": [
        {"number": 1, "id": "t-1", "conversation_id": "c-1", "started_at": AT, "kind": "sales", "readiness": "hot", "answered": '["m-1"]', "asked": "budget", "turn": TURN},
    ],
    "readings": [
        {"number": 7, "turn_id": "t-1", "conversation_id": "c-1", "at": AT, "reader": "gpt", "prompt_version": "1", "local": READING, "model": TEXT_READING, "merged": READING, "differs": True, "heeded_at": None, "judged_at": AT, "verdict": None},
    ],
    "signals": [
        {"number": 5, "lead_id": "l-1", "conversation_id": "c-1", "message_id": "m-1", "kind": "pricing", "quote": "was kostet’s?", "confidence": 0.1 + 0.2, "at": AT},
    ],
    "handoffs": [
        {"number": 3, "id": "h-1", "conversation_id": "c-1", "lead_id": "l-1", "open_for": "l-1", "state": "claimed", "temperature": "hot", "reason": "Fragte nach dem Preis 😀", "opened_at": AT, "claim_due_at": LATER, "briefing": BRIEFING, "routed_to": '["mia"]', "route": '[{"rep_id": "mia", "is_chosen": true, "because": "spricht Deutsch: ü"}]', "claimed_by": "mia", "claimed_at": AT, "nudged_at": None, "backup_at": LATER, "escalated_at": None, "snoozed_until": None, "ended_at": None, "outcome": None, "note": "Rückruf", "team": "süd"},
    ],
    "handoff_log": [
        {"number": 2, "handoff_id": "h-1", "at": AT, "state": "claimed", "rep_id": "mia", "because": "clicked – ja 😀"},
    ],
    "desk_posts": [
        {"number": 9, "id": "p-1", "handoff_id": "h-1", "conversation_id": "c-1", "kind": "card", "message_id": None, "text": "", "state": "posted", "attempts": 1, "due_at": AT, "attempted_at": AT, "posted_at": AT, "reference": "C1:1.2", "because": ""},
    ],
    "outcomes": [
        {"number": 4, "lead_id": "l-1", "told_of": "l-1", "outcome": "won", "value": 1234.56, "at": AT},
        {"number": 6, "lead_id": "l-1", "told_of": "l-1", "outcome": "meeting_booked", "value": None, "at": LATER},
    ],
    "identity_links": [
        {"one_kind": "anonymous_id", "one_value": "a-ü😀", "other_kind": "user_id", "other_value": "u-1", "first_at": AT, "last_at": None, "seen_at": AT, "report": "r-1", "how": "seen", "refused": "", "is_closed": False, "undone_at": None, "undone_because": ""},
    ],
    "merges": [
        {"number": 8, "from_lead": "l-2", "into_lead": "l-1", "at": AT, "one": "anonymous_id:a-2", "other": "user_id:u-1", "report": "r-1", "because": "dieselbe Person 😀", "undone_at": None},
    ],
    "traits": [
        {"told_by": "user_id:u-1", "name": "city", "value": "Köln", "at": AT},
    ],
    "reports": [
        {"id": "r-1", "received_at": AT},
    ],
    "act_tallies": [
        {"name": "Content Downloaded", "count": 3, "last_at": AT},
    ],
    "refusals": [
        {"because": "no identity", "count": 2, "last_at": AT, "example": "ü 😀"},
    ],
    "gaps": [
        {"number": 1, "id": "g-1", "conversation_id": "c-1", "turn_id": "t-1", "question": "Gibt’s Größe XL?", "language": "de", "at": AT, "found": "nothing"},
    ],
    "notices": [
        {"number": 1, "id": "n-1", "key": "opening_digest:süd:2026-03-02", "kind": "opening_digest", "team": "süd", "rep_id": None, "told": '{"x": "ü"}', "state": "due", "attempts": 0, "due_at": AT, "expires_at": LATER, "attempted_at": None, "posted_at": None, "reference": None, "because": ""},
    ],
    "attachments": [
        {"id": "f-1", "conversation_id": "c-1", "author": "visitor", "name": "größe.pdf", "media_type": "application/pdf", "size": 3, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "created_at": AT, "origin": None},
    ],
    "amendments": [
        {"words_id": "slack:1", "text": None, "at": AT},
    ],
    "rep_states": [
        {"rep_id": "mia", "paused_until": None, "changed_at": AT},
    ],
    "feedback": [
        {"number": 1, "handoff_id": "h-1", "lead_id": "l-1", "turn_id": None, "rep_id": "mia", "outcome": "won", "value": 0.5, "reason": None, "note": "schön", "at": AT, "decision": "keep", "score": 72, "temperature": "hot", "playbook_version": "p1"},
    ],
    "inbound_messages": [
        {"key": "email:<1@x.example>", "conversation_id": "c-1", "message_id": "m-1", "subject": "Größe?", "headers": '{"From": "ü"}', "received_at": AT},
    ],
    "replicas": [
        {"id": "r-1", "version": "0.1.0", "started_at": AT, "seen_at": AT},
    ],
    "shared_keys": [
        {"name": "api_key", "value": "hotline_x"},
    ],
}  # fmt: skip


def fill(connection: Connection) -> None:
    """Fill the tables that there are, in an order that their keys allow."""
    known = inspect(connection)
    for table in ROWS:
        if known.has_table(table):
            columns = {column["name"] for column in known.get_columns(table)}
            for row in ROWS[table]:
                _insert(connection, table, {k: v for k, v in row.items() if k in columns})


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Read everything, as it lies there."""
    with engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        return {
            table.name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in tables.sorted_tables
        }


def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    is_aware = connection.dialect.name == "postgresql"
    if is_aware:
        row = {k: f"{v}+00" if v in (AT, LATER) else v for k, v in row.items()}
    marks = ", ".join(f":{name}" for name in row)
    statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 - our own names
    connection.execute(text(statement), row)
