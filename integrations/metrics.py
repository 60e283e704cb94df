"""Numbers for Prometheus, in base units: is anybody waiting, does the model answer, do reps claim in time?"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from agent.scoring import Temperature
from agent.spending import Spending
from agent.turn import Turn
from integrations.spending_seen import DAY_OVER, HELD, LIMIT, MONEY, TOKENS

FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REPLYING = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60)
CLAIMING = (15, 30, 60, 120, 180, 300, 450, 600, 900, 1800, 3600, 7200, 14400)
MOST_LABELS = 40


class Metrics:
    """Counts and times; every instance has its own registry."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seen: dict[str, set[str]] = {}
        ProcessCollector(registry=self._registry)
        self._count_conversations()
        self._count_model()
        self._count_reps()
        self._count_web()

    def render(self) -> tuple[bytes, str]:
        """Give the page for Prometheus and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def message_arrived(self, source: str) -> None:
        """Count a visitor's message; the source is chat, form or email."""
        self._inbound.labels(self._bounded("source", source)).inc()

    def calls_tracked(self, result: str, calls: int) -> None:
        """Count reports of other systems: new, known, refused by the store, or unusable."""
        self._tracked.labels(self._bounded("tracked", result)).inc(calls)

    def rows_pruned(self, table: str, rows: int) -> None:
        """Count what was cleared away because it is old or has no use any more."""
        self._pruned.labels(table).inc(rows)

    def turn_recorded(self, turn: Turn) -> None:
        """Count what was heard and held back, and how long the whole turn took."""
        for signal in turn.reading.signals:
            self._signals.labels(signal.kind.value).inc()
        if turn.reply is None:
            return
        for refused in turn.reply.refused:
            self.guardrail_blocked(refused.because)
        if "total" in turn.milliseconds:
            self.reply_written(turn.reply.writer, turn.milliseconds["total"] / 1000)

    def first_reply_shown(self, seconds: float) -> None:
        """Time from a visitor's first message to the first words they saw."""
        self._first_reply.observe(seconds)

    def reply_written(self, writer: str, seconds: float) -> None:
        """Time one whole reply."""
        self._reply.labels(self._bounded("writer", writer)).observe(seconds)

    def temperature_changed(self, before: Temperature, after: Temperature) -> None:
        """Count a lead that warmed or cooled; the same temperature is no change."""
        if before is not after:
            self._transitions.labels(before.value, after.value).inc()

    def guardrail_blocked(self, rule: str) -> None:
        """Count a sentence that was not shown, by the rule that held it back."""
        self._blocks.labels(self._bounded("rule", _rule_name(rule))).inc()

    def model_answered(self, model: str, stage: str, seconds: float) -> None:
        """Time one call of the model; the stage says what it was asked for."""
        self._llm.labels(self._bounded("model", model), self._bounded("stage", stage)).observe(
            seconds
        )

    def tokens_used(self, model: str, read: int, written: int) -> None:
        """Count the tokens of one call."""
        name = self._bounded("model", model)
        self._tokens.labels(name, "input").inc(read)
        self._tokens.labels(name, "output").inc(written)

    def model_failed(self, reason: str) -> None:
        """Count a call that gave no answer, e.g. timeout, refused, wrong_key."""
        self._llm_failures.labels(self._bounded("reason", reason)).inc()

    def handed_off(self, reason: str) -> None:
        """Count a handoff to reps."""
        self._handoffs.labels(self._bounded("handoff", reason)).inc()

    def handoff_claimed(self, seconds: float) -> None:
        """Time from handoff to claim."""
        self._claims.observe(seconds)

    def sla_breached(self, stage: str) -> None:
        """Count a promise that was missed: nudge, claim or escalate."""
        self._breaches.labels(self._bounded("sla", stage)).inc()

    def slack_called(self, method: str, status: str) -> None:
        """Count a request to Slack and how it ended: ok, or Slack's error code."""
        self._slack.labels(
            self._bounded("slack", method), self._bounded("slack_status", status)
        ).inc()

    def relayed(self, direction: str) -> None:
        """Count a message passed on: to_rep or to_visitor."""
        self._relays.labels(self._bounded("direction", direction)).inc()

    def conversation_rated(self, score: int) -> None:
        """Count a rating of a visitor, 1 to 5; one that was changed counts again."""
        self._ratings.labels(str(score)).inc()

    def watch_spending(self, spending: Spending) -> None:
        """Tell what models use today, beside what the playbook allows; asked for whenever the page is."""
        self._live(TOKENS, "Tokens used today", lambda: spending.today_spent.tokens)
        self._live(MONEY, "Money used today, at the playbook's prices", lambda: spending.today_spent.money)  # fmt: skip
        self._live(HELD, "Conversations refused a model today", lambda: spending.held_today)
        self._live(DAY_OVER, "1 while the day's limit is reached", lambda: spending.is_day_over)
        limits = Gauge(LIMIT, "What the playbook allows", ["of"], registry=self._registry)
        for of, most in spending.rules.limits.items():
            limits.labels(of).set(most)

    def watch_waiting(self, waiting: Callable[[], float]) -> None:
        """Tell how many conversations wait for a reply; asked for whenever the page is."""
        self._live("hotline_waiting_conversations", "Conversations that wait for a reply", waiting)

    def watch_clock(self, seconds_ahead: Callable[[], float]) -> None:
        """Tell how far this machine's clock is ahead of the database's; asked for whenever the page is."""
        self._live(
            "hotline_clock_skew_seconds",
            "How far this machine's clock is ahead of the database's, which is followed",
            seconds_ahead,
        )

    def message_refused(self) -> None:
        """Count a message that was refused at the door, as too many waited for a reply."""
        self._refused.inc()

    def set_outbox_depth(self, waiting: int) -> None:
        """Say how many posts wait for the desk."""
        self._outbox.set(waiting)

    def request_served(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count and time a request; the route is the pattern, never the path with its ids."""
        labels = self._bounded("method", method), self._bounded("route", route), str(status)
        self._requests.labels(*labels).inc()
        self._request_seconds.labels(*labels).observe(seconds)

    @contextmanager
    def open_stream(self) -> Iterator[None]:
        """Count a visitor's or rep's stream while it is open."""
        with self._streams.track_inprogress():
            yield

    def values(self) -> Mapping[str, float]:
        """Give all samples by name and labels, for the desk and for tests."""
        return {
            f"{sample.name}{_labels(sample.labels)}": sample.value
            for family in self._registry.collect()
            for sample in family.samples
        }

    def _count_conversations(self) -> None:
        self._inbound = self._counter("inbound_messages", "Messages of visitors", "source")
        self._refused = Counter(
            "hotline_refused_messages",
            "Messages refused as too many waited",
            registry=self._registry,
        )
        self._pruned = self._counter("pruned_rows", "Rows that were cleared away", "table")
        self._tracked = self._counter("tracking_calls", "Reports of other systems", "result")
        self._first_reply = self._histogram(
            "first_reply_seconds", "First message to first words", REPLYING
        )
        self._reply = self._histogram(
            "reply_seconds", "Message to complete reply", REPLYING, "writer"
        )
        self._signals = self._counter("signals_detected", "Buying signals heard", "type")
        self._transitions = self._counter(
            "lead_temperature_transitions", "Leads that warmed or cooled", "from", "to"
        )
        self._blocks = self._counter("guardrail_blocks", "Sentences that were not shown", "rule")

    def _count_model(self) -> None:
        self._llm = self._histogram(
            "llm_request_seconds", "Calls of the model", REPLYING, "model", "stage"
        )
        self._tokens = self._counter("llm_tokens", "Tokens read and written", "model", "direction")
        self._llm_failures = self._counter("llm_failures", "Calls without an answer", "reason")

    def _count_reps(self) -> None:
        self._handoffs = self._counter("handoffs", "Conversations passed to reps", "reason")
        self._claims = self._histogram("handoff_claim_seconds", "Handoff to claim", CLAIMING)
        self._breaches = self._counter("sla_breaches", "Promises missed", "stage")
        self._slack = self._counter("slack_requests", "Requests to Slack", "method", "status")
        self._relays = self._counter(
            "relay_messages", "Messages between visitor and rep", "direction"
        )
        self._outbox = Gauge(
            "hotline_outbox_depth", "Posts that wait for the desk", registry=self._registry
        )

    def _count_web(self) -> None:
        labels = "method", "route", "status"
        self._requests = self._counter("http_requests", "Requests served", *labels)
        self._request_seconds = self._histogram(
            "http_request_seconds", "Time to serve", FAST, *labels
        )
        self._ratings = self._counter("conversation_ratings", "Ratings by visitors", "score")
        self._streams = Gauge("hotline_open_streams", "Streams open now", registry=self._registry)

    def _live(self, name: str, tells: str, value: Callable[[], float]) -> None:
        Gauge(name, tells, registry=self._registry).set_function(value)

    def _counter(self, name: str, tells: str, *labels: str) -> Counter:
        return Counter(f"hotline_{name}", tells, labels, registry=self._registry)

    def _histogram(
        self, name: str, tells: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"hotline_{name}", tells, labels, buckets=buckets, registry=self._registry)

    def _bounded(self, kind: str, label: str) -> str:
        # Each label value is a time series that lives for good; whatever is unbounded ends up as "other".
        seen = self._seen.setdefault(kind, set())
        if label not in seen and len(seen) >= MOST_LABELS:
            return "other"
        seen.add(label)
        return label


def _rule_name(because: str) -> str:
    words = "".join(c if c.isalpha() else " " for c in because.partition(":")[0].lower()).split()
    return "_".join(words[:4]) or "other"


def _labels(labels: Mapping[str, str]) -> str:
    return (
        "{" + ",".join(f"{name}={value}" for name, value in labels.items()) + "}" if labels else ""
    )
