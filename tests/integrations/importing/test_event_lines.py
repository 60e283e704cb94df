"""Lines that say what somebody did, as the calls they become."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.tracking import CallKind
from integrations.importing.events import Act, event_reader
from integrations.importing.files import UnusableFileError, open_source
from integrations.importing.instants import Times, zone_of
from integrations.importing.lines import UnusableLineError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMES = Times(zone_of("UTC"), None, NOW)
AT = "2026-03-01T09:45:00Z"
TRACK = {"type": "track", "event": "Pricing Viewed", "userId": "u-1", "timestamp": AT}


def acts(path: Path, text: str, *said: str, event: str = "") -> list[Act]:
    path.write_text(text, encoding="utf-8")
    source = open_source(path)
    reader = event_reader(source, said, TIMES, event)
    return [reader.read(record) for record in source.records()]


def csv_act(tmp_path: Path, text: str, *said: str, event: str = "") -> Act:
    [act] = acts(tmp_path / "a.csv", text, *said, event=event)
    return act


def json_act(tmp_path: Path, item: object) -> Act:
    [act] = acts(tmp_path / "a.jsonl", json.dumps(item) + "\n")
    return act


def test_a_row_is_what_somebody_did(tmp_path: Path) -> None:
    act = csv_act(
        tmp_path,
        "User ID,E-Mail,Event Name,Date,Title,URL,Plan,properties.depth,Empty\n"
        f"u-1,Dana@Nordlift.example,Pricing Viewed,{AT},Pricing,https://x.example/p,Pro,3,n/a\n",
    )
    call = act.call
    assert (call.kind, call.name, call.title) == (CallKind.TRACK, "Pricing Viewed", "Pricing")
    assert (call.user_id, call.url) == ("u-1", "https://x.example/p")
    assert call.at == datetime(2026, 3, 1, 9, 45, tzinfo=UTC)
    assert {**call.properties} == {
        "Plan": "Pro", "depth": "3", "title": "Pricing", "url": "https://x.example/p"
    }  # fmt: skip
    assert act.traits == (("email", "dana@nordlift.example"),)
    assert (act.person.kind, act.person.user_id) == (CallKind.IDENTIFY, "u-1")
    assert {**act.person.traits} == {"email": "dana@nordlift.example"}


def test_an_email_alone_says_who(tmp_path: Path) -> None:
    act = csv_act(tmp_path, f"email,event,time\nDana Weiss <DANA@x.example>,Demo Requested,{AT}\n")
    assert act.call.user_id == act.person.user_id == "dana@x.example"


def test_a_webinars_attendees_need_no_column_that_says_what_they_did(tmp_path: Path) -> None:
    text = f"First Name,Last Name,Email,Job Title,Company,Date\nDana,Weiß,d@x.example,COO,Nordlift,{AT}\n"
    act = csv_act(tmp_path, text, event="Webinar Attended")
    assert act.call.name == "Webinar Attended"
    assert {**act.person.traits} == {
        "firstName": "Dana", "lastName": "Weiß", "email": "d@x.example", "title": "COO",
        "company.name": "Nordlift",
    }  # fmt: skip


def test_where_all_did_the_same_names_are_peoples(tmp_path: Path) -> None:
    text = f"Name,Email,Date\nDana Weiß,d@x.example,{AT}\n"
    act = csv_act(tmp_path, text, event="Webinar Attended")
    assert (act.call.name, ("name", "Dana Weiß") in act.traits) == ("Webinar Attended", True)


def test_a_day_and_a_clock_in_two_columns_are_one_instant(tmp_path: Path) -> None:
    act = csv_act(tmp_path, "user_id,event,Date,Time\nu,Demo Requested,1.3.2026,9:45 AM\n")
    assert act.call.at == datetime(2026, 3, 1, 9, 45, tzinfo=UTC)


def test_a_row_with_an_address_alone_is_a_page_view(tmp_path: Path) -> None:
    act = csv_act(tmp_path, f"anonymous_id,url,timestamp\na-1,https://x.example/pricing,{AT}\n")
    assert (act.call.kind, act.call.url) == (CallKind.PAGE, "https://x.example/pricing")


def test_what_a_column_is_may_be_said(tmp_path: Path) -> None:
    text = f"Wer,Was,Wann,Name,Notiz,Geheim\nd@x.example,Demo Requested,{AT},Dana,hallo,x\n"
    said = ("Wer=email", "was=event", "Wann=timestamp", "Name=traits.name", "Geheim=ignore")
    act = csv_act(tmp_path, text, *said)
    assert (act.call.name, {**act.call.properties}) == ("Demo Requested", {"Notiz": "hallo"})
    assert ("name", "Dana") in act.traits


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("Nope=email", "has no column 'Nope'; it has 'Wer', 'event', 'timestamp'"),
        ("Wer=mail", "'mail' is no field; there are type, event, timestamp, .*properties.NAME"),
        ("Wer", "write COLUMN=FIELD instead of 'Wer'"),
        ("Wer=", "write COLUMN=FIELD"),
        ("Wer=properties.", "is no field"),
    ],
)
def test_a_wrong_mapping_says_what_there_is(tmp_path: Path, said: str, says: str) -> None:
    with pytest.raises(UnusableFileError, match=says):
        acts(tmp_path / "a.csv", "Wer,event,timestamp\n", said)


def test_two_columns_are_never_one_field(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="mapped twice"):
        acts(tmp_path / "a.csv", "a,b,event,timestamp\n", "a=email", "b=email")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("event,timestamp", "No column says who .* 'event', 'timestamp'"),
        ("email,event", "No column says when"),
        ("email,timestamp", "No column says what .* --event"),
    ],
)
def test_a_file_that_does_not_say_enough_is_refused_at_once(
    tmp_path: Path, header: str, says: str
) -> None:
    with pytest.raises(UnusableFileError, match=says):
        acts(tmp_path / "a.csv", f"{header}\n1,2\n")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("nobody,,Demo Requested," + AT, "its email is no address, and no user id"),
        (",,Demo Requested," + AT, "it has no email and no user id"),
        ("d@x.example,,," + AT, "event: send the name of what happened"),
        ("d@x.example,,Demo Requested,", "does not say when"),
        ("d@x.example,,Demo Requested,1970-01-01", "before the year 2000"),
        ("d@x.example,,Demo Requested,2036-01-01", "in the future"),
        ("d@x.example,,Demo Requested,soon", "time that cannot be read"),
        ("d@x.example", "does not say when"),
        ("," + "u" * 400 + ",Demo Requested," + AT, "userId: send userId with at most 300"),
        (",u-1," + "e" * 300 + "," + AT, "event: send event with at most 200"),
    ],
)
def test_a_row_that_cannot_be_says_why_and_repeats_nothing_of_it(
    tmp_path: Path, row: str, says: str
) -> None:
    with pytest.raises(UnusableLineError, match=says) as refused:
        csv_act(tmp_path, f"email,user_id,event,timestamp\n{row}\n")
    assert "d@x.example" not in str(refused.value)


def test_more_cells_than_columns_do_no_harm(tmp_path: Path) -> None:
    act = csv_act(tmp_path, f"user_id,event,timestamp\nu-1,Demo Requested,{AT},more,and more\n")
    assert act.call.name == "Demo Requested"


def test_the_same_row_is_the_same_act_wherever_it_stands(tmp_path: Path) -> None:
    row = f"d@x.example,Demo Requested,{AT}\n"
    twice = acts(
        tmp_path / "a.csv", "email,event,timestamp\n" + row + "x@x.example,A," + AT + "\n" + row
    )
    turned = csv_act(tmp_path, "when;what;mail\n2026-03-01T10:45+01:00;Demo Requested;D@x.example\n", "when=timestamp", "what=event")  # fmt: skip
    assert twice[0].call.id == twice[2].call.id == turned.call.id
    assert twice[0].call.id != twice[1].call.id


def test_an_id_of_the_files_own_makes_two_acts_of_two_same_rows(tmp_path: Path) -> None:
    row = f"d@x.example,Email Opened,{AT}"
    first, second = acts(
        tmp_path / "a.csv", f"email,event,timestamp,message_id\n{row},1\n{row},2\n"
    )
    assert (first.call.id, second.call.id) == ("1", "2")


def test_a_json_line_is_an_item_of_segments_specification(tmp_path: Path) -> None:
    act = json_act(tmp_path, {**TRACK, "messageId": "m-1", "properties": {"title": "Pricing"}})
    assert (act.call.id, act.call.title, act.traits) == ("m-1", "Pricing", ())


def test_names_as_warehouses_write_them_are_known(tmp_path: Path) -> None:
    act = json_act(
        tmp_path,
        {"event": "Demo Requested", "anonymous_id": "a-1", "message_id": "m-1", "timestamp": "2026-03-01 09:45:00 UTC"},
    )  # fmt: skip
    assert (act.call.kind, act.call.anonymous_id, act.call.id) == (CallKind.TRACK, "a-1", "m-1")


@pytest.mark.parametrize(
    "where",
    [
        {"email": "D@x.example"},
        {"traits": {"email": "D@x.example"}},
        {"context": {"traits": {"email": "D@x.example"}}},
        {"properties": {"email": "D@x.example"}},
    ],
)
def test_an_email_anywhere_in_a_json_line_says_who(tmp_path: Path, where: object) -> None:
    assert isinstance(where, dict)
    act = json_act(tmp_path, {"event": "Demo Requested", "timestamp": AT, **where})
    assert act.call.user_id == "d@x.example"
    assert ("email", "d@x.example") in act.traits


def test_when_a_file_was_sent_does_not_move_what_it_says(tmp_path: Path) -> None:
    act = json_act(tmp_path, {**TRACK, "sentAt": "2026-03-02T09:45:00Z"})
    assert act.call.at == datetime(2026, 3, 1, 9, 45, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["identify", "group", "alias"])
def test_who_somebody_is_needs_no_time_and_is_known_again(tmp_path: Path, kind: str) -> None:
    item = {"type": kind, "userId": "u-1", "groupId": "g-1", "previousId": "a-1"}
    first, second = json_act(tmp_path, item), json_act(tmp_path, item)
    assert first.call.id == second.call.id
    assert first.call.at == NOW


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("no json {", "is no JSON"),
        ("[1]", "no JSON object"),
        ("{" * 20_000, "is no JSON"),
        ('{"a":' * 5_000, "is no JSON"),
        (json.dumps({**TRACK, "type": "dance"}), "type: send one of these"),
        (json.dumps({**TRACK, "timestamp": {}}), "does not say when"),
        (json.dumps({**TRACK, "timestamp": {"a": 1}}), "timestamp that is no text"),
        (json.dumps({**TRACK, "userId": {"a": 1}}), "userId: send userId as a text"),
        (json.dumps({**TRACK, "properties": "x"}), "properties: send properties as an object"),
        (json.dumps({"type": "track", "userId": "u", "timestamp": AT}), "event: send the name"),
        (json.dumps({**TRACK, "timestamp": True}), "time that cannot be read"),
    ],
)
def test_a_json_line_that_cannot_be_says_why(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(UnusableLineError, match=says):
        acts(tmp_path / "a.jsonl", json.dumps(TRACK) + "\n" + line + "\n")


def test_json_lines_need_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="--map is for CSV"):
        acts(tmp_path / "a.jsonl", json.dumps(TRACK), "a=email")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)),
    st.sampled_from([b"", b"email,event,timestamp\n"]),
)
def test_any_file_is_read_or_refused_with_a_sentence(
    tmp_path: Path, content: bytes, header: bytes
) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(header + content)
    try:
        source = open_source(path)
        reader = event_reader(source, (), TIMES)
    except UnusableFileError:
        return
    for record in source.records():
        try:
            assert reader.read(record).call.at <= NOW
        except UnusableLineError as error:
            assert str(error).isprintable()  # noqa: PT017  either way is fine


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "event",
                        "userId",
                        "email",
                        "timestamp",
                        "properties",
                        "traits",
                        "context",
                        "messageId",
                        "a",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused_with_a_sentence(tmp_path: Path, item: object) -> None:
    path = tmp_path / "any.jsonl"
    path.write_text("{}\n" + json.dumps(item) + "\n")
    source = open_source(path)
    reader = event_reader(source, (), TIMES)
    for record in source.records():
        try:
            assert reader.read(record).person.user_id is not None
        except UnusableLineError as error:
            assert str(error).isprintable()  # noqa: PT017  either way is fine
