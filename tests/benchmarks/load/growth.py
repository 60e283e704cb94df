"""Whether a turn costs the same however much there is: leads, a lead's history, a long talk, pages in the library.

A server runs on each size; they are asked in turn, so that whatever else the machine does meets all alike.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from shutil import copytree
from statistics import median

from integrations.web.identity import hash_identity
from knowledge.demo_company import demo_library_path
from tests.benchmarks.histories import USER_ID, fill_one
from tests.benchmarks.load.company import NO_MODEL, warm
from tests.benchmarks.load.machine import cpu_seconds
from tests.benchmarks.load.report import Curve
from tests.benchmarks.load.words import question
from tests.benchmarks.server import ServerProcess, serving
from tests.benchmarks.visiting import Until, visiting

TURNS = 40
WARM_UP = 8
SECRET = "known to the customer's server"
KNOWN = {"anonymous_id": "a-0", "user_id": USER_ID, "user_hash": hash_identity(SECRET, USER_ID)}
SETTINGS = NO_MODEL | {"HOTLINE_IDENTITY_SECRET": SECRET}
USUAL_LEADS = 1_000
USUAL_EVENTS = 1_000
PASSAGES_A_PAGE = 30
ENGLISH = "planning board crew route depot permit valve boiler inspection meter invoice warranty report shift ladder gasket compressor filter tank survey handover checklist photo badge tariff depot rota standby".split()  # noqa: SIM905


@dataclass(slots=True)
class Turns:
    """What turns on one server took: milliseconds to the first sentence, and of the processor."""

    first: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


async def measure_leads(sizes: Sequence[int], turns: int = TURNS) -> Curve:
    """Measure over the number of leads that are known."""
    with tempfile.TemporaryDirectory(prefix="hotline-load-") as folder:
        filled = [
            await fill_one(Path(folder), count, USUAL_EVENTS, f"{count} leads") for count in sizes
        ]
        return await _curve("leads", sizes, [each.path.parent for each in filled], turns)


async def measure_history(sizes: Sequence[int], turns: int = TURNS) -> Curve:
    """Measure over the number of events of whoever writes."""
    with tempfile.TemporaryDirectory(prefix="hotline-load-") as folder:
        filled = [
            await fill_one(Path(folder), USUAL_LEADS, count, f"{count} events") for count in sizes
        ]
        return await _curve(
            "events of the lead", sizes, [each.path.parent for each in filled], turns
        )


async def measure_library(sizes: Sequence[int], turns: int = TURNS) -> Curve:
    """Measure over the number of passages that are added to the demo company's pages."""
    with tempfile.TemporaryDirectory(prefix="hotline-load-") as folder:
        places = [Path(folder) / str(size) for size in sizes]
        for place, size in zip(places, sizes, strict=True):
            _write_pages(place / "pages", size)
        return await _curve("passages in the library", sizes, places, turns)


async def _curve(over: str, sizes: Sequence[int], folders: Sequence[Path], turns: int) -> Curve:
    async with AsyncExitStack() as running:
        servers = [await running.enter_async_context(_served(folder)) for folder in folders]
        taken = await _in_turns(servers, turns)
    return Curve(
        over,
        sizes,
        first=[median(each.first) for each in taken],
        cpu=[sum(each.cpu) / len(each.cpu) for each in taken],
    )


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[ServerProcess]:
    pages = folder / "pages"
    settings = {"HOTLINE_LIBRARY": str(pages)} if pages.is_dir() else {}
    async with serving(folder, **(SETTINGS | settings)) as server:
        await warm([server])
        yield server


async def _in_turns(servers: Sequence[ServerProcess], turns: int) -> list[Turns]:
    taken = [Turns() for _ in servers]
    for number in range(WARM_UP + turns):
        for server, each in zip(servers, taken, strict=True):
            before = cpu_seconds([server.pid])
            async with visiting(server.address, KNOWN) as visit:
                heard = await visit.ask(question(number), Until.WHOLE)
            each.first.append(heard.milliseconds)
            each.cpu.append(1000 * (cpu_seconds([server.pid]) - before))
    return [Turns(each.first[WARM_UP:], each.cpu[WARM_UP:]) for each in taken]


def _write_pages(folder: Path, passages: int) -> None:
    """Put pages of made-up passages beside the real ones, which the questions are about."""
    copytree(demo_library_path(), folder)
    chance = Random(passages)  # noqa: S311 - made-up pages
    for first in range(0, passages, PASSAGES_A_PAGE):
        numbers = range(first, min(first + PASSAGES_A_PAGE, passages))
        text = "\n\n".join(_passage(number, chance) for number in numbers)
        (folder / f"made-up-{first}.md").write_text(f"# Notes {first}\n\n{text}\n")


def _passage(number: int, chance: Random) -> str:
    words = " ".join(chance.choices(ENGLISH, k=24))
    return (
        f"## Note {number}\n\nNote {number} says: {words}. It was written for depot {number % 97}."
    )


@dataclass(frozen=True, slots=True)
class Sizes:
    """How far each curve goes."""

    leads: Sequence[int]
    events: Sequence[int]
    passages: Sequence[int]


async def measure_growth(sizes: Sizes, turns: int = TURNS) -> AsyncIterator[Curve]:
    """Measure all curves."""
    yield await measure_leads(sizes.leads, turns)
    yield await measure_history(sizes.events, turns)
    yield await measure_library(sizes.passages, turns)
