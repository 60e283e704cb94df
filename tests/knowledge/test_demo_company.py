from datetime import UTC, datetime, timedelta

import pytest

from agent.history import History
from agent.lead import LeadId
from agent.scoring import Temperature, score_lead
from knowledge.demo_company import demo_events, demo_leads, demo_library_path
from knowledge.playbook import demo_playbook_path, load_playbook

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


def test_every_lead_can_be_recognised() -> None:
    for lead in demo_leads():
        assert lead.identities, lead.id
        assert set(lead.identities) <= {"user_id", "anonymous_id", "email"}
        assert lead.identities.get("email", (lead.email,)) == (lead.email,)


def test_leads_and_their_identities_are_unique() -> None:
    leads = demo_leads()
    identities = [
        (kind, value)
        for lead in leads
        for kind, values in lead.identities.items()
        for value in values
    ]
    assert len({lead.id for lead in leads}) == len(leads)
    assert len(set(identities)) == len(identities)


def test_events_belong_to_leads_and_lie_in_the_past() -> None:
    known = {lead.id for lead in demo_leads()}
    events = demo_events(NOW)
    assert events
    assert {event.lead_id for event in events} <= known
    assert all(event.at <= NOW for event in events)
    assert len({event.id for event in events}) == len(events)


def test_events_move_with_the_moment_of_asking() -> None:
    later = demo_events(NOW + timedelta(days=3))
    assert [event.at - timedelta(days=3) for event in later] == [
        event.at for event in demo_events(NOW)
    ]


def test_events_come_oldest_first() -> None:
    times = [event.at for event in demo_events(NOW)]
    assert times == sorted(times)


def test_the_library_of_the_demo_is_a_folder() -> None:
    assert demo_library_path().is_dir()


@pytest.mark.parametrize(
    ("lead_id", "temperature"),
    [
        ("lead-hot", Temperature.HOT),
        ("lead-rebbelin-ulrich", Temperature.HOT),
        ("lead-warm", Temperature.WARM),
        ("lead-kestrelgap-wade", Temperature.WARM),
        ("lead-fjordvik-oskar", Temperature.COLD),
        ("lead-nadia", Temperature.COLD),
    ],
)
def test_what_leads_did_makes_them_as_hot_as_they_look(
    lead_id: str, temperature: Temperature
) -> None:
    leads = {lead.id: lead for lead in demo_leads()}
    lead = leads[LeadId(lead_id)]
    home = {each.id: each for each in leads.values() if each.company == lead.company}
    events = demo_events(NOW)
    history = History(
        lead=lead,
        events=tuple(event for event in events if event.lead_id == lead.id),
        company_events=tuple(event for event in events if event.lead_id in home),
        colleagues=home,
    )
    playbook = load_playbook(demo_playbook_path())
    assert score_lead(history, None, playbook, NOW).temperature is temperature
