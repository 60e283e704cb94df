"""What every store of reports keeps to: who is who, whatever the order, and each act is whose it was."""

from datetime import timedelta
from typing import Any

import pytest

from agent.lead import Lead, LeadId
from agent.tracking import CallKind, TrackingCall
from tests.builders import a_call, a_company, a_lead, an_event
from tests.contracts.stores import Stores, start
from tests.fakes.clock import MONDAY_TEN

MINUTE = timedelta(minutes=1)


def at(minutes: float) -> dict[str, Any]:
    """So many minutes after ten; everything is received at noon."""
    return {"at": MONDAY_TEN + minutes * MINUTE, "received_at": MONDAY_TEN + 120 * MINUTE}


def track(number: int, minutes: float = 0, **changes: Any) -> TrackingCall:
    return a_call(id=f"t-{number}", **at(minutes), **changes)


def page(number: int, minutes: float = 0, **changes: Any) -> TrackingCall:
    return a_call(CallKind.PAGE, id=f"p-{number}", **at(minutes), **changes)


def identify(number: int, minutes: float = 0, **changes: Any) -> TrackingCall:
    return a_call(CallKind.IDENTIFY, id=f"i-{number}", **at(minutes), **changes)


def group(number: int, minutes: float = 0, **changes: Any) -> TrackingCall:
    return a_call(CallKind.GROUP, id=f"g-{number}", **at(minutes), **changes)


def alias(number: int, minutes: float = 0, **changes: Any) -> TrackingCall:
    return a_call(CallKind.ALIAS, id=f"a-{number}", **at(minutes), **changes)


async def did(stores: Stores, reference: str) -> set[str]:
    """The ids of what somebody did."""
    lead = await stores.find(reference)
    events = await stores.events_of(lead.id)
    assert {event.lead_id for event in events} <= {lead.id}
    return {str(event.id) for event in events}


async def are_one(stores: Stores, *references: str) -> bool:
    return len({(await stores.find(reference)).id for reference in references}) == 1


async def test_an_act_is_kept_with_what_it_came_by(stores: Stores) -> None:
    properties = {"format": "pdf"}
    call = track(
        1, anonymous_id="a-1", title="Guide", url="https://x.example", properties=properties
    )

    taken = await stores.tracking.take_in([call])

    lead = await stores.find("anonymous_id:a-1")
    (event,) = await stores.events_of(lead.id)
    assert (taken.new, taken.known, taken.refused) == (1, 0, ())
    assert (event.id, event.name, event.title) == ("t-1", "Content Downloaded", "Guide")
    assert (event.at, event.url, event.properties) == (call.at, call.url, properties)
    assert event.came_by == "anonymous_id:a-1"


async def test_the_same_report_is_known_again(stores: Stores) -> None:
    calls = [
        track(1, user_id="u-1"),
        identify(1, user_id="u-1"),
        group(1, user_id="u-1", group_id="g"),
    ]

    first = await stores.tracking.take_in([*calls, *calls])
    again = await stores.tracking.take_in(calls)

    assert (first.new, first.known) == (3, 3)
    assert (again.new, again.known) == (0, 3)


async def test_nothing_is_taken_in_of_nothing(stores: Stores) -> None:
    assert (await stores.tracking.take_in([])).new == 0


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://tourvane.example/pricing", "Pricing Viewed"),
        ("/de/plans?x=1", "Pricing Viewed"),
        ("https://tourvane.example/compare/crewpine", "Comparison Viewed"),
        ("https://tourvane.example/", "Page Viewed"),
        ("", "Page Viewed"),
        ("not a url " * 2_000, "Page Viewed"),
    ],
)
async def test_a_page_is_named_by_the_playbook(stores: Stores, url: str, name: str) -> None:
    await stores.tracking.take_in([page(1, anonymous_id="a-1", url=url)])

    (event,) = await stores.events_of((await stores.find("anonymous_id:a-1")).id)
    assert event.name == name


async def test_what_lies_in_the_future_counts_as_now(stores: Stores) -> None:
    call = a_call(id="t-1", at=MONDAY_TEN + timedelta(days=400), user_id="u-1")

    await stores.tracking.take_in([call])

    (event,) = await stores.events_of((await stores.find("user_id:u-1")).id)
    assert event.at == MONDAY_TEN


async def test_an_identified_browser_brings_its_past(stores: Stores) -> None:
    await stores.tracking.take_in([page(1, 1, anonymous_id="a-1")])
    await stores.tracking.take_in(
        [
            identify(
                1, 2, anonymous_id="a-1", user_id="u-1", traits={"email": "Ada@Nordwind.example"}
            )
        ]
    )
    await stores.tracking.take_in([track(1, 3, user_id="u-1")])

    assert await are_one(stores, "anonymous_id:a-1", "user_id:u-1", "email:ada@nordwind.example")
    assert await did(stores, "user_id:u-1") == {"p-1", "t-1"}


async def test_leads_are_merged_through_others(stores: Stores) -> None:
    for number, name in enumerate(("u-1", "u-2", "u-3")):
        await stores.tracking.take_in([track(number, user_id=name)])
    await stores.tracking.take_in([identify(1, 5, user_id="u-1", traits={"email": "x@y.example"})])
    await stores.tracking.take_in([alias(1, 6, user_id="u-3", previous_id="u-2")])
    await stores.tracking.take_in([identify(2, 7, user_id="u-3", traits={"email": "x@y.example"})])

    assert await are_one(stores, "user_id:u-1", "user_id:u-2", "user_id:u-3", "email:x@y.example")
    assert await did(stores, "user_id:u-1") == {"t-0", "t-1", "t-2"}


async def test_an_alias_names_a_browser_or_a_user(stores: Stores) -> None:
    await stores.tracking.take_in([alias(1, 9, user_id="u-1", previous_id="a-1")])
    await stores.tracking.take_in([page(1, 1, anonymous_id="a-1"), track(1, 1, user_id="a-1")])

    assert await did(stores, "user_id:u-1") == {"p-1", "t-1"}


async def test_old_ids_of_a_merged_lead_are_still_found(stores: Stores) -> None:
    await stores.tracking.take_in([page(1, anonymous_id="a-1"), track(1, user_id="u-1")])
    before = [await stores.find("anonymous_id:a-1"), await stores.find("user_id:u-1")]

    await stores.tracking.take_in([identify(1, 1, anonymous_id="a-1", user_id="u-1")])

    now = await stores.find("user_id:u-1")
    assert [(await stores.find(lead.id)).id for lead in before] == [now.id, now.id]


async def test_two_users_of_one_browser_stay_two(stores: Stores) -> None:
    calls = [
        page(1, 1, anonymous_id="a-1"),
        identify(1, 2, anonymous_id="a-1", user_id="u-1"),
        page(2, 3, anonymous_id="a-1"),
        identify(2, 4, anonymous_id="a-1", user_id="u-2"),
        page(3, 5, anonymous_id="a-1"),
        identify(3, 6, anonymous_id="a-1", user_id="u-1"),
        page(4, 7, anonymous_id="a-1"),
    ]
    for call in calls:
        await stores.tracking.take_in([call])

    assert await did(stores, "user_id:u-1") == {"p-1", "p-2", "p-4"}
    assert await did(stores, "user_id:u-2") == {"p-3"}
    assert await are_one(stores, "anonymous_id:a-1", "user_id:u-1")


async def test_a_later_user_takes_no_conversation_of_the_one_before(stores: Stores) -> None:
    await stores.tracking.take_in([identify(1, -5, anonymous_id="a-1", user_id="u-1")])
    talk = await start(stores, anonymous_id="a-1")
    await stores.tracking.take_in([identify(2, 5, anonymous_id="a-1", user_id="u-2")])
    stores.clock.advance(10 * MINUTE)
    later = await start(stores, anonymous_id="a-1")

    first, second = await stores.find("user_id:u-1"), await stores.find("user_id:u-2")
    assert (await stores.conversations.get(talk.id)).lead_id == first.id
    assert later.lead_id == second.id


@pytest.mark.parametrize(
    "value", ["null", " Undefined ", "anonymous", "0", "00000000-0000-0000-0000-000000000000", "ab"]
)
async def test_values_that_many_share_are_nobody(stores: Stores, value: str) -> None:
    taken = await stores.tracking.take_in(
        [
            track(1, anonymous_id=value),
            identify(1, anonymous_id=value, user_id="u-1"),
            identify(2, anonymous_id=value, user_id="u-2"),
        ]
    )

    assert (taken.new, len(taken.refused)) == (2, 3)
    assert not await are_one(stores, "user_id:u-1", "user_id:u-2")
    assert await did(stores, "user_id:u-1") == set()


async def test_a_report_about_nobody_is_refused(stores: Stores) -> None:
    taken = await stores.tracking.take_in([track(1), alias(1, user_id="u-1")])

    assert (taken.new, len(taken.refused)) == (0, 2)


@pytest.mark.parametrize(
    "email", ["nobody", "a@b", "a b@c.example", "@c.example", "x" * 300 + "@c.example"]
)
async def test_an_email_that_is_none_joins_nobody(stores: Stores, email: str) -> None:
    taken = await stores.tracking.take_in(
        [identify(n, user_id=f"u-{n}", traits={"email": email}) for n in (1, 2)]
    )

    assert (taken.new, len(taken.refused)) == (2, 2)
    assert not await are_one(stores, "user_id:u-1", "user_id:u-2")
    assert (await stores.find("user_id:u-1")).email == ""


async def test_a_shared_email_does_not_join_hundreds(stores: Stores) -> None:
    mailbox = {"email": "info@nordwind.example"}
    for n in range(300):
        await stores.tracking.take_in([identify(n, n / 10, user_id=f"u-{n:03}", traits=mailbox)])

    lead = await stores.find("email:info@nordwind.example")
    assert lead.identities["user_id"] == ("u-000", "u-001", "u-002", "u-003", "u-004")
    assert (await stores.find("user_id:u-299")).id != (await stores.find("user_id:u-298")).id


async def test_who_came_first_with_a_shared_email_keeps_it_whenever_that_is_told(
    stores: Stores,
) -> None:
    mailbox = {"email": "info@nordwind.example"}
    for n in reversed(range(8)):
        await stores.tracking.take_in([identify(n, n, user_id=f"u-{n}", traits=mailbox)])

    lead = await stores.find("email:info@nordwind.example")
    assert lead.identities["user_id"] == ("u-0", "u-1", "u-2", "u-3", "u-4")


async def test_traits_fill_the_lead_and_the_newest_counts(stores: Stores) -> None:
    newer = {"name": "Ada Holm", "title": "", "company": "Nordwind"}
    older = {"name": "A. H.", "title": "CTO", "phone": "+49 40 1", "email": "ada@nordwind.example"}
    await stores.tracking.take_in([identify(1, 9, user_id="u-1", traits=newer)])
    await stores.tracking.take_in([identify(2, 3, user_id="u-1", traits=older)])

    lead = await stores.find("user_id:u-1")

    assert (lead.name, lead.title, lead.phone) == ("Ada Holm", "CTO", "+49 40 1")
    assert (lead.email, lead.company.name) == ("ada@nordwind.example", "Nordwind")
    assert lead.company.domain == "nordwind.example"


async def test_names_and_companies_are_read_in_their_usual_forms(stores: Stores) -> None:
    traits = {
        "firstName": "Ada",
        "last_name": "Holm",
        "jobTitle": "CTO",
        "company.name": "Nordwind",
        "company.website": "https://www.Nordwind.example/en",
        "company.industry": "logistics",
        "company.employee_count": "1,200",
        "company.address.country": "DE",
    }
    await stores.tracking.take_in([identify(1, user_id="u-1", traits=traits)])

    lead = await stores.find("user_id:u-1")

    assert (lead.name, lead.title) == ("Ada Holm", "CTO")
    expected = a_company(employees=1_200, city="")
    assert lead.company == expected


@pytest.mark.parametrize("email", ["ada@gmail.com", "ada@web.de", "ada@freemail.example"])
async def test_free_mail_makes_no_company(stores: Stores, email: str) -> None:
    await stores.tracking.take_in([identify(1, user_id="u-1", traits={"email": email})])

    lead = await stores.find("user_id:u-1")
    assert (lead.email, lead.company.domain) == (email, "")


@pytest.mark.parametrize("order", [1, -1])
async def test_a_group_is_the_company(stores: Stores, order: int) -> None:
    calls = [
        group(1, 1, user_id="u-1", group_id="acme", traits={"name": "Acme", "employees": "420"}),
        identify(1, 2, user_id="u-1", anonymous_id="a-1", traits={"email": "ada@gmail.com"}),
        group(2, 3, user_id="u-2", group_id="acme"),
        track(1, 4, user_id="u-2"),
    ]
    for call in calls[::order]:
        await stores.tracking.take_in([call])

    ada, bob = await stores.find("user_id:u-1"), await stores.find("user_id:u-2")

    assert (ada.company.name, ada.company.employees, bob.company) == ("Acme", 420, ada.company)
    assert [lead.id for lead in await stores.colleagues_of(ada.id)] == [bob.id]


async def test_people_of_one_mail_domain_are_colleagues(stores: Stores) -> None:
    for n, name in enumerate(("ada", "bob")):
        traits = {"email": f"{name}@nordwind.example"}
        await stores.tracking.take_in(
            [identify(n, user_id=name, traits=traits), track(n, user_id=name)]
        )

    ada, bob = await stores.find("user_id:ada"), await stores.find("user_id:bob")

    assert [lead.id for lead in await stores.colleagues_of(ada.id)] == [bob.id]


async def test_an_emptier_report_takes_nothing_from_a_record(stores: Stores) -> None:
    await stores.add_leads([a_lead()])
    await stores.tracking.take_in(
        [identify(1, 5, user_id="u-ada", traits={"name": "", "title": "COO"})]
    )

    lead = await stores.find("user_id:u-ada")

    assert (lead.id, lead.name, lead.title) == ("l-ada", "Ada Holm", "COO")
    assert lead.company == a_company()


async def test_what_was_recorded_for_a_lead_goes_where_it_goes(stores: Stores) -> None:
    lead_id = LeadId("l-crm")
    await stores.add_leads([Lead(lead_id, identities={"user_id": ("u-9",)})])
    await stores.add_events([an_event(lead_id=lead_id)])
    await stores.tracking.take_in([track(1, user_id="u-1")])

    await stores.tracking.take_in([alias(1, 2, user_id="u-1", previous_id="u-9")])

    assert await did(stores, "user_id:u-1") == {"t-1", "e-1"}
    assert (await stores.find(lead_id)).id == (await stores.find("user_id:u-1")).id


async def test_words_of_other_languages_and_odd_values_survive(stores: Stores) -> None:
    traits = {"name": "Łukasz 王", "email": "łukasz@spółka.example"}
    await stores.tracking.take_in(
        [
            identify(1, user_id="u:1:2", traits=traits),
            track(1, user_id="u:1:2", title="'; DROP TABLE"),
        ]
    )

    lead = await stores.find("user_id:u:1:2")
    assert (lead.name, lead.email) == ("Łukasz 王", "łukasz@spółka.example")
    assert await did(stores, "user_id:u:1:2") == {"t-1"}
