"""What is exported is everything that is held on a person, and nothing of anybody else."""

import io
import json
from typing import Any

import pytest

from agent.errors import UnknownLeadError
from knowledge.export import SqlExport
from tests.lived import Lived


async def exported(living: Lived, reference: str) -> dict[str, Any]:
    out = io.BytesIO()
    await SqlExport(living.database, living.clock).write(reference, out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


async def test_it_holds_every_kind_of_thing(living: Lived) -> None:
    told = await exported(living, "user_id:u-zebedee")
    kinds = {name for name, rows in told.items() if isinstance(rows, list) and rows}
    assert kinds >= {
        "leads", "identities", "identity_links", "merges", "traits", "engagement_events", "conversations",
        "messages", "turns", "signals", "readings", "gaps", "handoffs", "handoff_log", "desk_posts",
        "outcomes", "feedback", "attachments", "inbound_messages",
    }  # fmt: skip


async def test_values_that_are_kept_as_json_come_as_values(living: Lived) -> None:
    told = await exported(living, "user_id:u-zebedee")
    lead = next(lead for lead in told["leads"] if lead["id"] == told["lead_id"])
    assert lead["company"]["name"] == "Marrow"
    assert told["turns"][0]["turn"]["reply"]["text"]


async def test_it_holds_nobody_elses_words(living: Lived) -> None:
    told = json.dumps(await exported(living, "user_id:u-xenia")).lower()
    assert "xenia ost" in told
    assert "zebedee" not in told


async def test_it_names_the_files(living: Lived) -> None:
    out = io.BytesIO()
    files = await SqlExport(living.database, living.clock).write("user_id:u-zebedee", out)
    assert [name for _, _, name in files] == ["quokka.txt"]


async def test_nobody_is_exported_by_an_unknown_name(living: Lived) -> None:
    with pytest.raises(UnknownLeadError):
        await exported(living, "email:nobody@nowhere.example")
