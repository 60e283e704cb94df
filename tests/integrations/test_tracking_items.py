"""One report at a time: what is read from it, what is mended, what is refused."""

import json
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.tracking import CallKind, TrackingCall
from integrations.tracking_items import (
    LONGEST_ID,
    UnusableCallError,
    instant_if_any,
    read_instant,
    tracking_call,
)
from integrations.tracking_text import LONGEST_VALUE, MOST_FIELDS, flatten, one_line
from tests.fakes.clock import MONDAY_TEN

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def reported(kind: str | None = "track", **fields: Any) -> TrackingCall:
    item = {"messageId": "m-1", "userId": "u-1", "event": "Demo Requested", **fields}
    return tracking_call(item, kind, MONDAY_TEN)


def refusal(kind: str | None = "track", **fields: Any) -> str:
    with pytest.raises(UnusableCallError) as caught:
        reported(kind, **fields)
    return f"{caught.value.field}: {caught.value}"


# Which call


def test_an_item_of_a_batch_names_its_call() -> None:
    assert reported(None, type="Page").kind is CallKind.PAGE
    assert reported("track", type="page").kind is CallKind.TRACK


@pytest.mark.parametrize("kind", [None, "", "Track2", 7, ["track"], {"a": 1}])
def test_an_unknown_call_is_refused(kind: Any) -> None:
    assert refusal(None, type=kind).startswith("type: send one of these as type: identify, track,")


# Whom it is about


def test_reads_both_ids() -> None:
    call = reported(userId=" u-1 ", anonymousId="a-1")
    assert (call.user_id, call.anonymous_id) == ("u-1", "a-1")


@pytest.mark.parametrize(("written", "text"), [(17, "17"), (17.0, "17"), (0, "0"), (-3, "-3")])
def test_a_number_as_id_becomes_text(written: float, text: str) -> None:
    assert reported(userId=written).user_id == text


@pytest.mark.parametrize("nobody", [None, "", "  ", "null", "undefined", "NaN", "[object Object]"])
def test_words_for_nobody_are_no_id(nobody: str | None) -> None:
    assert reported(userId=nobody, anonymousId="a-1").user_id == ""
    assert "userId or anonymousId" in refusal(userId=nobody)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (True, "as a text"),
        (1.5, "as a text"),
        (float("inf"), "as a text"),
        (["u-1"], "as a text"),
        ({"id": 1}, "as a text"),
        ("u\x001", "control characters"),
        ("u\n1", "control characters"),
        ("u\ud800", "whole Unicode"),
        ("u" * (LONGEST_ID + 1), "at most 300"),
        (10**LONGEST_ID, "at most 300"),
    ],
)
def test_an_unusable_id_is_refused(written: object, says: str) -> None:
    for field in ("userId", "anonymousId", "messageId"):
        complaint = refusal(**{field: written})
        assert complaint.startswith(f"{field}: ")
        assert says in complaint


def test_ids_of_other_languages_are_ids() -> None:
    assert reported(userId="Ürsula-山田-🙂").user_id == "Ürsula-山田-🙂"


def test_a_group_needs_its_id_and_describes_the_company() -> None:
    context = {"traits": {"name": "Ada"}}
    call = reported("group", groupId=7, traits={"industry": "Logistics"}, context=context)
    assert (call.group_id, call.traits) == ("7", {"industry": "Logistics"})
    assert refusal("group").startswith("groupId: ")


def test_an_alias_needs_both_ids() -> None:
    call = reported("alias", previousId="a-1")
    assert (call.previous_id, call.user_id) == ("a-1", "u-1")
    assert refusal("alias").startswith("previousId: ")
    assert refusal("alias", previousId="a-1", userId=None, anonymousId="a-2")


# Its id


def test_without_an_id_a_second_attempt_is_known_again() -> None:
    at = "2026-03-02T09:00:00Z"
    first = reported(messageId=None, timestamp=at, sentAt="2026-03-02T10:00:00Z")
    later = reported(messageId="", timestamp=at, sentAt="2026-03-02T10:00:30Z")
    assert first.id == later.id
    assert first.id.startswith("made-")


@pytest.mark.parametrize(
    "other",
    [
        {"userId": "u-2"},
        {"event": "Trial Started"},
        {"properties": {"title": "Guide"}},
        {"timestamp": "2026-03-02T09:00:01Z"},
    ],
)
def test_without_an_id_another_report_has_another(other: dict[str, object]) -> None:
    usual = {"messageId": None, "timestamp": "2026-03-02T09:00:00Z"}
    assert reported(**usual).id != reported(**{**usual, **other}).id


def test_without_id_and_timestamp_the_same_act_counts_again_later() -> None:
    item = {"userId": "u-1", "event": "Pricing Viewed"}
    ids = [tracking_call(item, "track", MONDAY_TEN + wait).id for wait in (0 * HOUR, HOUR / 2, DAY)]
    assert ids[0] == ids[1] != ids[2]


# When it happened

AT = datetime(2026, 3, 1, 9, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T09:45:00Z",
        "2026-03-01T09:45:00.000Z",
        "2026-03-01t09:45:00z",
        "2026-03-01T10:45:00+01:00",
        "2026-03-01T10:45:00+0100",
        "2026-03-01T10:45:00+01",
        "2026-03-01 09:45:00",
        "2026-03-01T09:45",
        "2026-03-01T09:45:00.0000000Z",
        "20260301T094500Z",
        " 2026-03-01T09:45:00,0Z ",
        1772358300,
        1772358300000,
        "1772358300000",
        1772358300000.0,
        AT,
    ],
)
def test_reads_every_form_of_an_instant(written: object) -> None:
    assert read_instant(written) == AT


@pytest.mark.parametrize(
    "written",
    [
        *(True, [], {}, "yesterday", "12/31/2025", "2026-13-01", "\x00", "\ud800"),
        *("9" * 400, float("inf"), 10**400),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_is_no_instant_is_refused(written: object) -> None:
    assert instant_if_any(written) is None
    assert refusal(timestamp=written).startswith("timestamp: send timestamp as ISO 8601")


def test_without_a_timestamp_it_happens_now() -> None:
    assert reported(timestamp=None).at == reported(timestamp="").at == reported().at == MONDAY_TEN


@given(
    skew=st.timedeltas(-400 * DAY, 400 * DAY),
    before=st.timedeltas(timedelta(), 30 * DAY),
    by_batch=st.booleans(),
)
def test_a_wrong_clock_is_corrected(skew: timedelta, before: timedelta, *, by_batch: bool) -> None:
    """The sender's clock is off by `skew` in both its instants; it sends at once."""
    sent_at, happened_at = MONDAY_TEN + skew, MONDAY_TEN - before
    item = {"userId": "u", "event": "E", "timestamp": (happened_at + skew).isoformat()}
    item |= {} if by_batch else {"sentAt": sent_at.isoformat()}
    call = tracking_call(item, "track", MONDAY_TEN, sent_at if by_batch else None)
    assert call.at == happened_at


def test_the_instant_a_batch_was_sent_rules() -> None:
    """An item that waited on a device carries an old `sentAt`; the batch's is that of this attempt."""
    happened = "2026-03-02T07:00:00Z"
    item = {"userId": "u", "event": "E", "timestamp": happened, "sentAt": happened}
    assert tracking_call(item, "track", MONDAY_TEN, MONDAY_TEN).at == read_instant(happened)


def test_what_segment_passed_on_is_corrected_already() -> None:
    happened = "2024-05-01T07:00:00Z"
    passed_on = {"originalTimestamp": happened, "receivedAt": happened, "sentAt": happened}
    assert reported(timestamp=happened, **passed_on).at == read_instant(happened)


def test_an_unreadable_sent_at_corrects_nothing() -> None:
    assert reported(timestamp="2026-03-01T09:45:00Z", sentAt="soon").at == AT


def test_a_little_ahead_is_now() -> None:
    assert reported(timestamp=(MONDAY_TEN + HOUR).isoformat()).at == MONDAY_TEN


@pytest.mark.parametrize(
    "at", ["1970-01-01T00:00:00Z", 0, "1999-12-31T23:59:59Z", "2026-03-03T10:00:01Z", "2999-01-01"]
)
def test_an_instant_that_cannot_be_is_refused(at: object) -> None:
    assert "from the year 2000 on" in refusal(timestamp=at)


# What happened


def test_a_track_needs_an_event() -> None:
    assert reported(event="  Demo \n Requested\x00 ").name == "Demo Requested"
    assert len(reported(event="é" * 200).name) == 200
    for event in (None, "", " \n", 5, ["Demo Requested"], "é" * 201):
        assert refusal(event=event).startswith("event: ")


def test_a_thing_has_its_own_title_and_not_that_of_the_page_around() -> None:
    page = {"title": "Home", "url": "https://shop.example/"}
    assert reported(properties={"title": "Guide"}, context={"page": page}).title == "Guide"
    assert reported(properties={"name": "Guide"}).title == "Guide"
    around = reported(context={"page": page})
    assert (around.title, around.url) == ("", "https://shop.example/")


def test_a_page_is_called_as_it_calls_itself_or_as_its_context_does() -> None:
    page = {"title": "Pricing", "url": "https://shop.example/pricing"}
    direct, around = reported("page", properties=page), reported("page", context={"page": page})
    assert (direct.title, direct.url) == (around.title, around.url) == tuple(page.values())
    named = reported("page", name="Pricing", category="Shop", properties={"path": "/pricing"})
    assert (named.name, named.url) == ("Pricing", "/pricing")
    assert named.properties["category"] == "Shop"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "shop", " ", 7, None])
def test_only_addresses_are_addresses(url: object) -> None:
    assert reported("page", properties={"url": url, "path": "/pricing"}).url == "/pricing"


def test_the_context_of_the_item_wins_over_that_of_the_batch() -> None:
    item = {"userId": "u", "context": {"page": {"title": "Own"}}}
    batch = {"page": {"title": "All"}, "traits": {"email": "ada@nordwind.example"}}
    call = tracking_call(item, "page", MONDAY_TEN, None, batch)
    assert (call.title, call.traits) == ("Own", {"email": "ada@nordwind.example"})


def test_traits_win_over_those_around() -> None:
    context = {"traits": {"plan": "free", "name": "Ada"}}
    call = reported("identify", traits={"plan": "growth", "name": None}, context=context)
    assert call.traits == {"plan": "growth", "name": "Ada"}


@pytest.mark.parametrize("empty", [None, [], {}, ""])
def test_an_empty_object_may_be_written_in_any_way(empty: object) -> None:
    assert reported(properties=empty, traits=empty, context=empty).properties == {}


def test_properties_that_are_no_object_are_refused() -> None:
    assert refusal(properties=["a"]).startswith("properties: ")
    assert refusal("identify", traits="x").startswith("traits: ")


# Text


def test_flattens_to_texts() -> None:
    nested = {
        "company": {"name": "Nordwind", "size": 120, "is_public": False},
        "tags": ["a", 2, None, True],
        "products": [{"sku": "s-1", "price": 9.50}, {"sku": "s-2"}],
        "total": 12.0,
        "nothing": None,
        "empty": "",
        "not_finite": float("nan"),
        "": "unnamed",
    }
    assert flatten(nested) == {
        "company.name": "Nordwind",
        "company.size": "120",
        "company.is_public": "false",
        "tags": "a, 2, true",
        "products.0.sku": "s-1",
        "products.0.price": "9.5",
        "products.1.sku": "s-2",
        "total": "12",
    }


def test_flattening_has_bounds() -> None:
    deep: dict[str, object] = {"end": "x"}
    for _ in range(10_000):
        deep = {"d": deep}
    wide = {str(number): "x" for number in range(10_000)}
    assert flatten(deep) == {}
    assert len(flatten(wide)) == MOST_FIELDS
    assert len(flatten({"text": "x" * 30_000})["text"]) == LONGEST_VALUE
    assert flatten({"n" * 101: "x", "ok": 1}) == {"ok": "1"}


def test_text_is_mended() -> None:
    assert one_line(" a\x00b\r\n\tc\ud83d d\u2028e\x9f ") == "a b c\ufffd d e"
    assert one_line("日本語 🙂 ü") == "日本語 🙂 ü"


# Anything

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["u-1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "type",
        "userId",
        "anonymousId",
        "previousId",
        "groupId",
        "messageId",
        "event",
        "name",
        "timestamp",
        "sentAt",
        "properties",
        "traits",
        "context",
        "category",
        "writeKey",
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    item=st.dictionaries(FIELDS, ANYTHING),
    kind=st.sampled_from([None, "track", "page", "identify", "group", "alias", "x"]),
    context=st.dictionaries(st.sampled_from(["page", "traits"]), ANYTHING),
)
def test_whatever_comes_is_read_or_refused(item: Any, kind: str | None, context: Any) -> None:
    try:
        call = tracking_call(item, kind, MONDAY_TEN, None, context)
    except UnusableCallError:
        return
    texts = [call.id, call.user_id, call.name, call.title, call.url]
    texts += [*call.properties, *call.properties.values(), *call.traits.values()]
    json.dumps(texts, ensure_ascii=False).encode()  # no half characters
    assert not set("".join(texts)) & set(string.printable[-5:-1])
    assert "\x00" not in "".join(texts)
    assert call.at <= MONDAY_TEN
    assert call.id
    assert call.user_id or call.anonymous_id
