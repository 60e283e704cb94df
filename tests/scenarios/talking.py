"""Plays whole conversations of a company's `replies.jsonl` through the real pipeline, to be read as a visitor would.

`python -m tests.scenarios.talking FOLDER` prints each transcript and what its expectations say against it.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.engagement import EngagementEvent, EngagementEventId
from agent.errors import PlaybookError
from agent.lead import Company, Lead, LeadId
from agent.playbook import Playbook
from integrations.app.loading import open_library
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from knowledge.library import ChromaLibrary
from knowledge.playbook import load_playbook, packs
from tests.contracts.stores import in_memory
from tests.fakes.clock import FixedClock
from tests.scenarios.world import OtherCompany, World, a_world

UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(slots=True)
class Transcript:
    """One conversation as it was held, and what is wrong with it."""

    id: str
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def talk(row: dict[str, Any], company: OtherCompany) -> Transcript:
    """Hold one conversation."""
    at = datetime.fromisoformat(row.get("at") or "2026-11-18T10:00:00+01:00")
    clock = FixedClock(at)
    transcript = Transcript(row["id"])
    async with a_world(stores=in_memory(clock), company=company) as world:
        visitor = await _introduce(world, row)
        for past in sorted(row.get("history", ()), key=lambda past: _instant(past["at"], at)):
            transcript.lines.append(f"    [{past['at']}: {past.get('event', 'wrote')} {past.get('about', past.get('visitor', ''))}]")  # fmt: skip
            await _relive(world, past, _instant(past["at"], at), visitor)
        clock.at = at
        await world.visitor_arrives(**visitor)
        for turn in row["turns"]:
            said = len(await world.replies())
            await world.visitor_says(turn["visitor"])
            reply = " ".join((await world.replies())[said:])
            transcript.lines += [f"  V: {turn['visitor']}", f"  A: {reply or '(silence)'}"]
            transcript.wrong += [f"{turn['visitor'][:40]!r}: {wrong}" for wrong in faults(reply, turn.get("expect", {}))]  # fmt: skip
            clock.advance(timedelta(minutes=1))
    return transcript


def faults(reply: str, expect: dict[str, Any]) -> Iterator[str]:
    """Say what a reply lacks, and what it says that it must not."""
    plain = reply.casefold()
    for wanted in expect.get("says", ()):
        if not any(each.casefold() in plain for each in wanted.split("|")):
            yield f"lacks {wanted}"
    yield from (f"says {n}" for n in expect.get("never", ()) if re.search(rf"(?<!\w){re.escape(n.casefold())}", plain))  # fmt: skip
    if len(reply.split()) > expect.get("most_words", 90):
        yield f"has {len(reply.split())} words"
    if reply.count("?") > 1:
        yield "asks more than one question"


async def _introduce(world: World, row: dict[str, Any]) -> dict[str, Any]:
    person = row.get("lead") or {}
    email = person.get("email", "")
    if not email:
        return {}
    company = {key: value for key, value in person["company"].items() if value}
    lead = Lead(LeadId("l-1"), person["name"], email, title=person["title"], company=Company(**company), identities={"email": (email,)})  # fmt: skip
    await world.stores.add_leads([lead])
    return {"email": email, "name": person["name"], "is_proven": bool(row.get("proven"))}


async def _relive(
    world: World, past: dict[str, Any], at: datetime, visitor: dict[str, Any]
) -> None:
    if "visitor" in past:
        world.clock.at = at
        await world.visitor_arrives(**visitor)
        await world.visitor_says(past["visitor"])
        return
    if not visitor:
        return
    lead = await world.stores.find(f"email:{visitor['email']}")
    event = EngagementEvent(EngagementEventId(f"e-{at.isoformat()}"), lead.id, past["event"], at, past.get("about", ""), came_by=f"email:{visitor['email']}")  # fmt: skip
    await world.stores.add_events([event])


def _instant(relative: str, now: datetime) -> datetime:
    number, unit = re.fullmatch(r"-(\d+)([dhm])", relative).groups()  # type: ignore[union-attr]
    return now - timedelta(**{UNITS[unit]: int(number)})


def _playbook(path: Path) -> Playbook:
    """Load a playbook; a pack may be named by the end of its name."""
    try:
        return load_playbook(path)
    except PlaybookError:
        named = re.sub(r"^pack: (\w+)$", lambda m: f"pack: {next(p.name for p in packs() if p.name.endswith(m[1]))}", path.read_text("utf-8"), flags=re.M)  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "playbook.yaml"
            copy.write_text(named, "utf-8")
            return load_playbook(copy)


async def _play(folder: Path, wanted: str) -> None:
    playbook = _playbook(folder / "playbook.yaml")
    with tempfile.TemporaryDirectory() as index:
        library: ChromaLibrary = await open_library(Path(index), folder / "library")
        company = OtherCompany(playbook, library, LearnedDetector(SignalModel.load(), playbook.competitors))  # fmt: skip
        rows = [json.loads(line) for line in (folder / "replies.jsonl").read_text("utf-8").splitlines() if line]  # fmt: skip
        count = bad = 0
        for row in rows:
            if row["kind"] != "conversation" or not re.match(wanted, row["id"]):
                continue
            transcript = await talk(row, company)
            count, bad = count + 1, bad + bool(transcript.wrong)
            typer.echo("\n".join([transcript.id, *transcript.lines, *(f"  !! {w}" for w in transcript.wrong), ""]))  # fmt: skip
        typer.echo(f"{count - bad} of {count} as expected")
        await library.close()


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    wanted: Annotated[str, typer.Option(help="a pattern of ids")] = "",
) -> None:
    """Play the conversations of a company folder."""
    asyncio.run(_play(folder, wanted))


if __name__ == "__main__":
    typer.run(main)
