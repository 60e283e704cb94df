"""Lines of CRM exports as leads."""

from pathlib import Path

import pytest

from agent.lead import Company, Lead
from integrations.importing.files import UnusableFileError, open_source
from integrations.importing.leads import lead_reader
from integrations.importing.lines import UnusableLineError
from knowledge.playbook import demo_playbook_path, load_playbook

PLAYBOOK = load_playbook(demo_playbook_path())
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Job Title,Company Name,"
    "Website URL,Industry,Number of Employees,Country/Region,City,Time Zone,Buying Role\n"
)
SALESFORCE = (
    '"Lead ID","First Name","Last Name","Title","Company / Account","Email","Phone","Mobile","Lead Owner",'
    '"Lead Status","Website","Industry","No. of Employees","Country","City"\n'
)


def leads(path: Path, text: str, *said: str) -> list[Lead]:
    path.write_text(text, encoding="utf-8")
    source = open_source(path)
    reader = lead_reader(source, said, PLAYBOOK)
    return [reader.read(record) for record in source.records()]


def lead(tmp_path: Path, text: str, *said: str) -> Lead:
    [found] = leads(tmp_path / "a.csv", text, *said)
    return found


def test_reads_what_hubspot_exports(tmp_path: Path) -> None:
    found = lead(
        tmp_path,
        HUBSPOT + '101,Dana,Weiß,Dana@Nordlift.example,+49 40 1234,Mia Hartung,lead,Head of Operations,Nordlift,'
        'https://www.Nordlift.example/en,ELEVATOR_MAINTENANCE,"1,200",Germany,Hamburg,europe_slash_berlin,Decision Maker\n',
    )  # fmt: skip
    assert (found.name, found.email, found.phone) == ("Dana Weiß", "dana@nordlift.example", "+49 40 1234")  # fmt: skip
    assert found.company == Company(
        "Nordlift", "nordlift.example", "Elevator maintenance", 1_200, "DE", "Hamburg"
    )
    assert found.owner == "mia"
    assert (found.title, found.role, found.time_zone) == ("Head of Operations", "decision_maker", "Europe/Berlin")  # fmt: skip
    assert found.identities == {"email": ("dana@nordlift.example",)}


def test_reads_what_salesforce_exports(tmp_path: Path) -> None:
    found = lead(
        tmp_path,
        SALESFORCE + '"00Q1","Dana","Weiss","COO","Nordlift GmbH","dana@nordlift.example","040 1","0170 1","Nobody Here",'
        '"Open","nordlift.example","HVAC","240","United Kingdom","Leeds"\n',
    )  # fmt: skip
    assert (found.title, found.phone, found.company.name) == ("COO", "040 1", "Nordlift GmbH")
    assert found.owner == ""
    assert (found.company.country, found.company.employees) == ("GB", 240)


def test_an_owner_is_the_rep_of_that_name_or_address(tmp_path: Path) -> None:
    mia = next(rep for rep in PLAYBOOK.reps if rep.id == "mia")
    for name in ("mia", mia.name.upper(), mia.email):
        if name:
            assert lead(tmp_path, f"Email,Lead Owner\na@x.example,{name}\n").owner == "mia"


@pytest.mark.parametrize(
    ("written", "count"),
    [("240", 240), ("1,200", 1200), ("1.200", 1200), ("1 200", 1200), ("11-50", 11), ("10,000+", 10000),
     ("51 to 200 employees", 51), ("", None), ("many", None), ("n/a", None)],
)  # fmt: skip
def test_reads_head_counts(tmp_path: Path, written: str, count: int | None) -> None:
    found = lead(tmp_path, f'Email,Number of Employees\na@x.example,"{written}"\n')
    assert found.company.employees == count


@pytest.mark.parametrize(
    ("written", "country"),
    [("Germany", "DE"), ("germany", "DE"), ("DEU", "DE"), ("de", "DE"), ("USA", "US"), ("United States", "US"),
     ("UK", "GB"), ("NO", "NO"), ("Atlantis", "Atlantis"), ("", "")],
)  # fmt: skip
def test_countries_become_two_letters(tmp_path: Path, written: str, country: str) -> None:
    assert lead(tmp_path, f"Email,Country\na@x.example,{written}\n").company.country == country


@pytest.mark.parametrize(
    ("written", "domain"),
    [("https://www.nordlift.example/en?a=b", "nordlift.example"), ("Nordlift.example", "nordlift.example"),
     ("http://[::1", ""), ("our site", ""), ("nordlift.example:8080", "nordlift.example"), ("www", "")],
)  # fmt: skip
def test_websites_become_domains(tmp_path: Path, written: str, domain: str) -> None:
    assert lead(tmp_path, f"Email,Website\na@x.example,{written}\n").company.domain == domain


@pytest.mark.parametrize(
    "email", ["dana", "dana@", "@x.example", "dana@x", "a b@x.example", "dana@x..example", "x" * 300 + "@x.example"]
)  # fmt: skip
def test_an_email_that_is_no_address_is_refused(tmp_path: Path, email: str) -> None:
    with pytest.raises(UnusableLineError, match="email that is no address") as refused:
        lead(tmp_path, f"Email,First Name\n{email},Dana\n")
    assert email not in str(refused.value)


@pytest.mark.parametrize("email", ["", "N/A", "-", "(No value)"])
def test_somebody_without_any_id_is_refused(tmp_path: Path, email: str) -> None:
    with pytest.raises(UnusableLineError, match="neither an email nor a user id"):
        lead(tmp_path, f"Email,First Name\n{email},Dana\n")


def test_a_user_id_is_enough(tmp_path: Path) -> None:
    found = lead(tmp_path, "User ID,Email,Name\nu-1,,Dana\n")
    assert (found.name, found.identities) == ("Dana", {"user_id": ("u-1",)})


def test_further_addresses_are_known_too(tmp_path: Path) -> None:
    text = "Email,Additional email addresses\nb@x.example; A@x.example,c@x.example;b@x.example;rubbish\n"
    found = lead(tmp_path, text)
    assert found.email == "b@x.example"
    assert found.identities == {"email": ("b@x.example", "a@x.example", "c@x.example")}


def test_the_same_address_is_the_same_record_each_time(tmp_path: Path) -> None:
    first = lead(tmp_path, "Email,First Name\nDana@x.example,Dana\n")
    again = lead(tmp_path, "Work Email;Phone\n dana@X.example ;1\n")
    other = lead(tmp_path, "Email\ndana@y.example\n")
    assert first.id == again.id != other.id
    assert again.name == ""


def test_hostile_cells_are_plain_lines(tmp_path: Path) -> None:
    found = lead(tmp_path, 'Email,Name\na@x.example,"Dana\x1b[31m\nroot\x07 \u202e=cmd()"\n')
    assert found.name.isprintable() or "\u202e" in found.name
    assert "\x1b" not in found.name
    assert "\n" not in found.name


def test_a_file_without_emails_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match=r"No column has the emails; .*'Name', 'Stadt'"):
        leads(tmp_path / "a.csv", "Name,Stadt\nDana,Kiel\n")


def test_json_lines_are_no_crm(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="hotline import events"):
        leads(tmp_path / "a.jsonl", '{"email": "a@x.example"}\n')
