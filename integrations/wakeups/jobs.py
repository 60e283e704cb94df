"""Jobs in PostgreSQL, by procrastinate: any of the processes takes one, and others take over from one that died.

A job carries a kind and an id, and nothing else: the rows say what is to be done. That is why a job whose process
died is dropped and not handed on: as long as the rows are due, the next look makes a new one. The same goes for a job
that is lost between the database and us, because the connection broke when it was taken or when its end was noted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Final

import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from agent.clock import Clock
from agent.errors import StoreUnavailableError
from integrations.wakeups.looking import Looking, end
from integrations.wakeups.runs import DRAIN_SECONDS, FIRST_RETRY, LONGEST_RETRY

log = structlog.get_logger()
QUEUE: Final = "hotline"
TASK: Final = "advance"
AT_ONCE: Final = 32
CONNECTIONS: Final = 4
POLL_EVERY: Final = 2.0
BEAT_EVERY: Final = 2.0
DEAD_AFTER: Final = 8.0
MOST_TRIES: Final = 20
END_SECONDS: Final = 5.0
PRUNE_EVERY: Final = 3_600.0
KEPT_HOURS: Final = 24
KNOWN: Final = (
    "SELECT lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND lock = ANY(%(keys)s)"
)
MINE: Final = (
    "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %(worker_id)s"
)
DROP: Final = (
    "DELETE FROM procrastinate_jobs WHERE id = ANY(%(ids)s) AND status = 'doing' RETURNING lock"
)
Run = Callable[[str], Awaitable[None]]


class BackOff(BaseRetryStrategy):
    """Tries again after a while that doubles; the fleet's clock is asked, as this machine's may be wrong."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def get_retry_decision(
        self,
        *,
        exception: BaseException,  # noqa: ARG002 - all are tried again
        job: Job,
    ) -> RetryDecision | None:
        """Say when to try again; None when it is time to give this job up."""
        if job.attempts + 1 >= MOST_TRIES:
            return None
        wait = min(FIRST_RETRY * 2.0**job.attempts, LONGEST_RETRY)
        return RetryDecision(retry_at=self._clock.now() + timedelta(seconds=wait))


@dataclass(slots=True)
class JobQueue:
    """The queue of all processes, and what takes jobs out of it in this one."""

    conninfo: str
    clock: Clock
    beat_every: float = BEAT_EVERY
    dead_after: float = DEAD_AFTER
    _runs: dict[str, Run] = field(default_factory=dict)
    _app: App = field(init=False)
    _working: asyncio.Task[None] | None = None
    _worker: Worker | None = None
    _is_stopping: bool = False
    _sweeping: Looking = field(init=False)
    _is_open: asyncio.Event = field(default_factory=asyncio.Event)
    _pruned_at: float = field(default_factory=monotonic)
    _running: set[int | None] = field(default_factory=set)
    _missed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make the queue; nothing is opened yet."""
        connector = PsycopgConnector(
            conninfo=self.conninfo, min_size=1, max_size=CONNECTIONS, timeout=DEAD_AFTER
        )
        self._app = App(connector=connector)
        task = self._app.task(name=TASK, queue=QUEUE, retry=BackOff(self.clock), pass_context=True)
        task(self._take)
        self._sweeping = Looking(self._sweep, self.beat_every)

    def serve(self, kind: str, run: Run) -> None:
        """Say what jobs of a kind mean."""
        self._runs[kind] = run

    async def start(self) -> None:
        """Begin to take jobs; the database need not be there yet."""
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="jobs")
            self._sweeping.start()

    async def stop(self) -> None:
        """Take no more jobs; finish what is running, within limits, and leave the rest to other processes."""
        if self._working is None:
            return
        working, self._working = self._working, None
        self._is_stopping = True
        await self._sweeping.stop()
        if self._worker is not None:
            self._worker.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait([working], timeout=DRAIN_SECONDS + END_SECONDS)
        await end(working)
        await self._app.close_async()

    async def add(self, kind: str, ids: Iterable[str]) -> None:
        """Queue those that are neither waiting nor running anywhere; raises StoreUnavailableError."""
        keys = {f"{kind}:{each}": each for each in ids}
        await self._is_open.wait()
        with _explained():
            for key in await self._unknown(keys):
                # Without a queueing lock: of two jobs that were made at once, one that fails could not be
                # tried again beside the other, and would keep everybody from its rows for good.
                job = self._app.configure_task(TASK, queue=QUEUE, lock=key)
                await job.defer_async(kind=kind, each=keys[key])

    async def prune(self, hours: int) -> None:
        """Forget the jobs that were given up so long ago; those that were done are gone already."""
        await self._is_open.wait()
        await self._app.job_manager.delete_old_jobs(
            hours, QUEUE, include_failed=True, include_cancelled=True, include_aborted=True
        )

    async def _unknown(self, keys: Iterable[str]) -> list[str]:
        rows = await self._app.connector.execute_query_all_async(KNOWN, keys=list(keys))
        known = {row["lock"] for row in rows}
        return [key for key in keys if key not in known]

    async def _take(self, context: JobContext, kind: str, each: str) -> None:
        self._running.add(context.job.id)
        try:
            await self._runs[kind](each)
        except Exception:
            log.exception("wakeup.failed", kind=kind, id=each)
            raise
        finally:
            self._running.discard(context.job.id)

    async def _work(self) -> None:
        """Take jobs until stopped, and begin anew whenever the database was away."""
        while not self._is_stopping:
            try:
                await self._take_jobs()
            except ConnectorException as error:
                log.warning("jobs.interrupted", reason=str(error))
            except Exception:
                log.exception("jobs.interrupted")
            if not self._is_stopping:
                await asyncio.sleep(self.beat_every)

    async def _take_jobs(self) -> None:
        await self._app.open_async()
        self._is_open.set()
        if self._is_stopping:
            return
        self._worker = Worker(
            self._app,
            queues=[QUEUE],
            concurrency=AT_ONCE,
            fetch_job_polling_interval=POLL_EVERY,
            shutdown_graceful_timeout=DRAIN_SECONDS,
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=self.beat_every,
            stalled_worker_timeout=self.dead_after,
        )
        try:
            await self._worker.run()  # type: ignore[no-untyped-call]
        finally:
            self._worker = None

    async def _sweep(self) -> None:
        await self._is_open.wait()
        with _explained():
            await self._drop_stalled()
            await self._drop_lost()
            if monotonic() - self._pruned_at > PRUNE_EVERY:
                self._pruned_at = monotonic()
                await self.prune(KEPT_HOURS)

    async def _drop_stalled(self) -> None:
        """Drop the jobs of processes that died, which would keep others from the same rows."""
        manager = self._app.job_manager
        stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=self.dead_after)
        await self._drop([job.id for job in stalled if job.id is not None])

    async def _drop_lost(self) -> None:
        """Drop jobs that stand as ours and that nobody here runs, twice in a row: they would stand in the way for good."""
        worker_id = self._worker.worker_id if self._worker else None
        rows = await self._app.connector.execute_query_all_async(MINE, worker_id=worker_id)
        missed = {row["id"] for row in rows} - self._running
        await self._drop(list(missed & self._missed))
        self._missed = missed

    async def _drop(self, ids: list[int]) -> None:
        if ids:
            rows = await self._app.connector.execute_query_all_async(DROP, ids=ids)
            # Harmless: what is due still gets a new job.
            log.info("jobs.dropped", jobs=[row["lock"] for row in rows])


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ConnectorException as error:
        raise StoreUnavailableError(f"The queue of jobs cannot be reached now: {error}") from error
