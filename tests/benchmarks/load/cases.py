"""What is measured, by name; each case starts what it needs and ends it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.benchmarks.load import pipeline, talks
from tests.benchmarks.load.cards import measure_cards
from tests.benchmarks.load.company import Company, on_sqlite
from tests.benchmarks.load.flood import ROOM, measure_flood
from tests.benchmarks.load.growth import Sizes, measure_growth
from tests.benchmarks.load.memory import measure_memory
from tests.benchmarks.load.model import a_model, settings_of
from tests.benchmarks.load.peers import calls_and_tokens, measure_peer
from tests.benchmarks.load.pipeline import Served, measure_pipeline
from tests.benchmarks.load.report import Report
from tests.benchmarks.load.stores import on_postgres
from tests.benchmarks.load.sustained import MOST_WAIT, Probe, highest_rate, hold
from tests.benchmarks.load.talks import Crowd, measure_talks
from tests.benchmarks.streams import measure_streams


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured, and for how long."""

    seconds: float
    crowds: Sequence[Crowd]
    model_crowds: Sequence[Crowd]
    probes: int
    probe_seconds: float
    held_rate: float
    held_seconds: float
    store_rates: Sequence[float]
    sizes: Sizes
    turns: int
    messages: int


QUICK = Scale(
    seconds=6.0,
    crowds=talks.CROWDS[:3],
    model_crowds=(Crowd(1, 2.0), Crowd(100, 10.0)),
    probes=4,
    probe_seconds=4.0,
    held_rate=100.0,
    held_seconds=8.0,
    store_rates=(5.0,),
    sizes=Sizes((1_000, 100_000), (10, 1_000), (30, 300)),
    turns=15,
    messages=1_000,
)
FULL = Scale(
    seconds=20.0,
    crowds=talks.CROWDS,
    model_crowds=pipeline.CROWDS,
    probes=8,
    probe_seconds=10.0,
    held_rate=100.0,
    held_seconds=60.0,
    store_rates=(10.0, 20.0, 40.0),
    sizes=Sizes((1_000, 100_000, 1_000_000), (10, 1_000, 100_000), (30, 300, 3_000, 10_000)),
    turns=25,
    messages=10_000,
)
Opening = Callable[[], AbstractAsyncContextManager[Company]]
Case = Callable[[Report, Scale], Awaitable[None]]


async def _talks(report: Report, scale: Scale) -> None:
    async with on_sqlite() as company:
        async for row in measure_talks(company, scale.crowds, scale.seconds):
            report.add(row)


async def _sustained(report: Report, scale: Scale) -> None:
    async with on_sqlite() as company:

        async def keeps(rate: float) -> bool:
            probe = await hold(company, rate, scale.probe_seconds, f"{rate:.0f}/s")
            _tell(report, probe)
            return probe.is_kept

        highest = await highest_rate(keeps, scale.probes)
        report.note(
            f"highest rate kept with 99 % of first sentences within {MOST_WAIT:.0f} ms, SQLite: {highest:.0f}/s"
        )
        case = f"{scale.held_rate:.0f}/s for {scale.held_seconds:.0f} s, SQLite"
        report.add((await hold(company, scale.held_rate, scale.held_seconds, case)).row)


def _tell(report: Report, probe: Probe) -> None:
    row = probe.row
    end = "kept" if probe.is_kept else "not kept"
    report.console.print(
        f"  {probe.rate:.0f}/s {end}: {row.done:.1f} turns/s, first sentence p99 {row.first.p99:.0f} ms, {row.refused} refused"
    )


async def _flood(report: Report, scale: Scale) -> None:
    async with on_sqlite(HOTLINE_MOST_WAITING=str(ROOM)) as company:
        flood = await measure_flood(company, scale.seconds)
        report.note(f"flood: the company can do {flood.capacity:.0f} turns/s")
        report.add(flood.row)


async def _cards(report: Report, scale: Scale) -> None:
    report.add(await measure_cards(3 * scale.seconds))


async def _pipeline(report: Report, scale: Scale) -> None:
    async with a_model() as twin, on_sqlite(**settings_of(twin)) as company:
        for crowd in scale.model_crowds:
            row = await measure_pipeline(Served(company, twin), crowd, 2 * scale.seconds)
            report.add(row)
            report.note(f"{row.case}: {calls_and_tokens(twin.calls, row.messages)}")


async def _peers(report: Report, scale: Scale) -> None:
    async with a_model() as twin:
        for crowd in scale.model_crowds:
            for name in ("bare", "agent"):
                row, note = await measure_peer(name, twin, crowd.rate, scale.seconds)
                report.add(row)
                report.note(note)


async def _stores(report: Report, scale: Scale) -> None:
    openings: Mapping[str, Opening] = {
        "SQLite, one process": on_sqlite,
        "PostgreSQL, one process": lambda: on_postgres(1),
        "PostgreSQL, three processes": lambda: on_postgres(3),
    }
    for name, opening in openings.items():
        async with opening() as company:
            for rate in scale.store_rates:
                probe = await hold(company, rate, scale.seconds, f"{name}, {rate:.0f}/s")
                report.add(probe.row)


async def _growth(report: Report, scale: Scale) -> None:
    async for curve in measure_growth(scale.sizes, scale.turns):
        report.curves.append(curve)
        report.note(
            f"{curve.over}, {curve.sizes[0]:,} to {curve.sizes[-1]:,}: a turn costs at most {curve.growth:.2f} times as much"
        )


async def _memory(report: Report, scale: Scale) -> None:
    async with on_sqlite() as company:
        await measure_memory(company, scale.messages, report.remember)


async def _streams(report: Report, _: Scale) -> None:
    report.console.print(await measure_streams())


CASES: Mapping[str, Case] = {
    "talks": _talks,
    "sustained": _sustained,
    "flood": _flood,
    "pipeline": _pipeline,
    "peers": _peers,
    "cards": _cards,
    "stores": _stores,
    "growth": _growth,
    "streams": _streams,
    "memory": _memory,
}
QUICK_CASES: Sequence[str] = ("talks", "sustained", "flood", "pipeline", "cards")
