from dataclasses import replace
from datetime import UTC, datetime

from agent.conversation import MessageId
from agent.reply import Refused, Reply
from agent.scoring import Score, Temperature
from agent.signals import HeardSignal, MessageKind, Readiness, Reading, SignalKind
from agent.turn import Turn
from integrations.metrics import MOST_LABELS, Metrics

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
REPLY = Reply(
    message_id=MessageId("m-2"),
    text="49 euros.",
    writer="composed",
    refused=(Refused("It is free.", "price: 0"),),
)
TURN = Turn(
    id="t-1",
    answered=(MessageId("m-1"),),
    reading=Reading(
        MessageKind.SALES,
        Readiness.WARM,
        "en",
        (HeardSignal(SignalKind.PRICING, "what does it cost", 0.9, MessageId("m-1"), NOW),),
    ),
    score=Score(25, 25, 0, 0, Temperature.COLD, NOW, "C3", ()),
    facts=(),
    handoff=None,
    decision="stay",
    reply=REPLY,
    playbook_version="1",
    prompt_version="1",
    started_at=NOW,
    milliseconds={"write": 500.0, "total": 750.0},
)


def test_counts_what_other_systems_report() -> None:
    metrics = Metrics()
    metrics.calls_tracked("new", 3)
    metrics.calls_tracked("unusable", 1)
    metrics.calls_tracked("new", 2)
    values = metrics.values()
    assert values["hotline_tracking_calls_total{result=new}"] == 5
    assert values["hotline_tracking_calls_total{result=unusable}"] == 1


def test_a_turn_tells_what_was_heard_held_back_and_how_long_it_took() -> None:
    metrics = Metrics()
    metrics.turn_recorded(TURN)
    values = metrics.values()
    assert values["hotline_signals_detected_total{type=pricing}"] == 1
    assert values["hotline_guardrail_blocks_total{rule=price}"] == 1
    assert values["hotline_reply_seconds_sum{writer=composed}"] == 0.75


def test_a_turn_without_a_reply_is_no_reply() -> None:
    metrics = Metrics()
    metrics.turn_recorded(replace(TURN, reply=None))
    assert not any(name.startswith("hotline_reply_seconds_count") for name in metrics.values())


def test_everything_that_happens_has_its_number() -> None:
    metrics = Metrics()
    metrics.message_arrived("chat")
    metrics.first_reply_shown(0.4)
    metrics.temperature_changed(Temperature.WARM, Temperature.HOT)
    metrics.temperature_changed(Temperature.HOT, Temperature.HOT)
    metrics.model_answered("gpt-4o-mini", "reply", 1.2)
    metrics.tokens_used("gpt-4o-mini", 900, 80)
    metrics.model_failed("timeout")
    metrics.handed_off("hot")
    metrics.handoff_claimed(90)
    metrics.sla_breached("claim")
    metrics.slack_called("chat.postMessage", "ok")
    metrics.relayed("to_rep")
    metrics.set_outbox_depth(3)
    metrics.request_served("GET", "/v1/leads/{lead_id}", 200, 0.01)
    values = metrics.values()
    assert {name: values[name] for name in EXPECTED} == EXPECTED
    assert "hotline_lead_temperature_transitions_total{from=hot,to=hot}" not in values


EXPECTED = {
    "hotline_inbound_messages_total{source=chat}": 1,
    "hotline_first_reply_seconds_sum": 0.4,
    "hotline_lead_temperature_transitions_total{from=warm,to=hot}": 1,
    "hotline_llm_request_seconds_count{model=gpt-4o-mini,stage=reply}": 1,
    "hotline_llm_tokens_total{model=gpt-4o-mini,direction=input}": 900,
    "hotline_llm_tokens_total{model=gpt-4o-mini,direction=output}": 80,
    "hotline_llm_failures_total{reason=timeout}": 1,
    "hotline_handoffs_total{reason=hot}": 1,
    "hotline_handoff_claim_seconds_sum": 90,
    "hotline_sla_breaches_total{stage=claim}": 1,
    "hotline_slack_requests_total{method=chat.postMessage,status=ok}": 1,
    "hotline_relay_messages_total{direction=to_rep}": 1,
    "hotline_outbox_depth": 3,
    "hotline_http_requests_total{method=GET,route=/v1/leads/{lead_id},status=200}": 1,
    "hotline_http_request_seconds_count{method=GET,route=/v1/leads/{lead_id},status=200}": 1,
}


def test_streams_are_counted_while_they_are_open() -> None:
    metrics = Metrics()
    with metrics.open_stream(), metrics.open_stream():
        assert metrics.values()["hotline_open_streams"] == 2
    assert metrics.values()["hotline_open_streams"] == 0


def test_two_instances_share_nothing() -> None:
    first, second = Metrics(), Metrics()
    first.message_arrived("chat")
    assert "hotline_inbound_messages_total{source=chat}" not in second.values()


def test_endless_labels_end_up_as_other() -> None:
    metrics = Metrics()
    for number in range(MOST_LABELS + 10):
        metrics.model_failed(f"reason-{number}")
    assert metrics.values()["hotline_llm_failures_total{reason=other}"] == 10


def test_the_page_is_what_prometheus_reads() -> None:
    metrics = Metrics()
    metrics.message_arrived("form")
    page, content_type = metrics.render()
    assert b'hotline_inbound_messages_total{source="form"} 1.0' in page
    assert b"process_resident_memory_bytes" in page
    assert content_type.startswith("text/plain")
