"""What Hotline adds before its model begins: from the visitor's words until its request is at the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from time import perf_counter, time

from tests.benchmarks.load.company import Company
from tests.benchmarks.load.driving import Plan, drive
from tests.benchmarks.load.figures import Run, spread
from tests.benchmarks.load.machine import watched
from tests.benchmarks.load.model import arrivals, is_reply
from tests.benchmarks.load.report import Row, row_of
from tests.benchmarks.load.schedule import poisson, stays
from tests.benchmarks.load.talks import Crowd
from tests.fakes.openai_twin import OpenAITwin

CROWDS: Sequence[Crowd] = (Crowd(1, 2.0), Crowd(100, 8.0))
SAYS = 3


@dataclass(frozen=True, slots=True)
class Served:
    """A company that writes with a model."""

    company: Company
    twin: OpenAITwin


async def measure_pipeline(served: Served, crowd: Crowd, seconds: float) -> Row:
    """Measure one crowd; `model` is the time from when words left until the request was at the model."""
    served.twin.calls.clear()
    instants = poisson(crowd.rate, seconds, Random(crowd.at_once))  # noqa: S311 - a load
    plan = Plan(stays(instants, crowd.at_once, SAYS), seconds, crowd.at_once)
    company = served.company
    async with watched(company.pids, company.database) as cost:
        run = await drive(company.addresses, plan)
    calls = [call for call in served.twin.calls if is_reply(call)]
    row = row_of(f"with a model, {crowd.at_once:,} at once", run, cost)
    return replace(row, model=spread(_until_asked(run, arrivals(calls, _texts(run)))))


def _texts(run: Run) -> list[str]:
    return [spoken.text for spoken in run.spoken]


def _until_asked(run: Run, at: dict[str, float]) -> list[float]:
    """Give the waits of those for whose words the model was asked; a later call may repeat what needed none."""
    shift = time() - perf_counter()
    asked = [(at[s.text] - shift, s) for s in run.spoken if s.text in at]
    return [
        instant - s.sent
        for instant, s in asked
        if s.sent is not None and (s.first is None or instant < s.first)
    ]
