from pathlib import Path

import pytest

from agent.errors import PlaybookError
from knowledge.playbook import demo_playbook_path, load_playbook

DEMO = demo_playbook_path().read_text(encoding="utf-8")


def complaints(path: Path) -> list[str]:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_loads_the_demo_playbook() -> None:
    playbook = load_playbook(demo_playbook_path())
    assert playbook.company.name == "Tourvane"
    assert playbook.reps


def test_reads_a_file_that_an_editor_began_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(DEMO, encoding="utf-8-sig")
    assert load_playbook(path).company.name == "Tourvane"


@pytest.mark.parametrize(
    ("was", "now", "where", "says"),
    [
        ("hot_from: 71", "hot_from: 20", "warm_from: 31", "warm_from (31) must be below hot_from (20)"),
        ("hot_from: 71", "hot_from: many", "hot_from: many", "found 'many'; expected a whole number"),
        ("hot_from: 71", "hot_from: 171", "hot_from: 171", "hot_from: found 171; expected a number less than"),
        ("hot_from: 71", "hot_from: 33", "margin: 4", "margin (4) must be smaller than warm_from and than the way"),
        ("hot_from: 71", "hot_from: 50", "fit:", "low acts (10) and fit (45) alone must stay below hot_from (50)"),
        ("        Case Study Viewed: 8", "        Demo Requested: 8", "Demo Requested: 8", "'Demo Requested' stands in two groups"),
        ("      cap: 36", "      cap: 24", "      cap: 24", "cap (24) must not be below 'Demo Requested' alone (25)"),
        ("    cap: 42", "    cap: 30", "    cap: 30", "cap (30) must not be below the cap of a group (36)"),
        ("    cap: 85", "    cap: 49", "    cap: 49", "cap (49) must not be below a single signal (50)"),
        ("    cap: 45", "    cap: 19", "    cap: 19", "cap (19) must not be below a single point of fit (20)"),
        ("cooling: -35", "cooling: 35", "cooling: 35", "'cooling' must take off points, not 35"),
        ("pricing: 25", "pricing: -25", "pricing: -25", "'pricing' must give points, not -25"),
        ("Case Study Viewed: 8", "Case Study Viewed: -8", "Case Study Viewed: -8", "found -8; expected a number greater than or equal to 0"),
        ("free_mail: -5", "free_mail: 5", "free_mail: 5", "found 5; expected a number less than or equal to 0"),
        ("smallest: 50", "smallest: 5000", "smallest: 5000", "smallest (5000) must not be above largest (2000)"),
        ("      decision_maker:\n", "      decison_maker:\n", "decison_maker:", "'decison_maker' is no role; roles are decision_maker"),
        ("roles: [decision_maker]", "roles: [boss]", "[boss]", "'executive_joins' names the role 'boss'; roles are"),
        ("acts: [Pricing Viewed, Pricing D", "acts: [Pricing Veiwed, Pricing D", "Veiwed", "'pricing_surge' names 'Pricing Veiwed', an act that stands nowhere else"),
        ("explicit_acts: {Demo", "explicit_acts: {Dmeo", "{Dmeo", "'Dmeo Requested' under explicit_acts is in none of the groups"),
        ("  cap: 50\n", "  cap: 17\n", "  cap: 17", "cap (17) must not be below 'pricing_surge' alone (18)"),
        ("    several_people:", "    comes_back:", "    comes_back:\n      quiet_days", "two patterns are called 'comes_back'"),
        ("      kinds: 3\n", "      kinds: 9\n", "times: 4", "times (4) must not be below kinds, titles or visits"),
        ("      times: 3\n      within_hours", "      within_hours", "pricing_surge", "times: found nothing; expected this key"),
        ("same_talk_hours: 12", "same_talk_hours: 0", "same_talk_hours: 0", "found 0; expected a number greater than 0"),
        ("same_talk_hours: 12", "same_talk_hours: .inf", "same_talk_hours: .inf", "expected a number less than or equal to 168"),
        ("purchase, implementation]", "purchase, humans]", "humans]", "found 'humans'; expected one of"),
        ("purchase, implementation]", "purchase, human]", "purchase, human]", "'human' shows no buyer: anybody may ask for a person"),
        ("[demo, timeline]", "[demo, cooling]", "[demo, cooling]", "'cooling' shows no buyer"),
        ("[pricing, budget, purchase, implementation]", "[]", "of_buyers_alone: []", "of_buyers_alone: name at least one signal"),
        ("quiet_days: 60", "quiet_day: 60", "quiet_day: 60", "unknown key. Did you mean quiet_days?"),
        ("    goes_quiet:", "    goes_quiet: soon\n    other:", "goes_quiet", "found 'soon'; expected a section"),
        ("vendor_pitch: -30", "vendor_pich: -30", "vendor_pich", "found 'vendor_pich'; expected one of"),
        ("vendor_pitch: -30", "sales: -30", "sales: -30", "'sales' must not take points off"),
        ("- [competitor]", "- []", "red_hot_signals", "an empty set would make every hot lead red-hot"),
        ("a_from: 25", "a_from: 5", "grade:", "expected b_from < a_from"),
        ("hot_from: 71", "hot_form: 71", "hot_form: 71", "unknown key. Did you mean hot_from?"),
        ("warm_from: 31", "warm_from:", "warm_from:", "found nothing; expected a whole number"),
        ("pricing: 25", "pricng: 25", "pricng: 25", "signals.pricng: found 'pricng'; expected one of"),
        ("pricing: 25", "pricng: 25", "pricng: 25", "Did you mean pricing?"),
        ('"NO"', "NO", "countries:", 'YAML reads yes, no, on and off as true or false unless they are quoted'),
        ("2026-12-24,", "2026-02-31,", "2026-02-31", "'2026-02-31' cannot be read (day is out of range"),
        ("2026-12-24,", "christmas,", "christmas", "found 'christmas'; expected"),
        ("Europe/Berlin", "Europe/Berln", "Berln", "'Europe/Berln' is no IANA time zone, e.g. Europe/Berlin"),
        ('monday: ["09:00-17:00"]', 'monday: ["9-17"]', "9-17", "'9-17' is no interval; write it as 09:00-17:00"),
        ('monday: ["09:00-17:00"]', 'monday: "09:00-17:00"', "monday:", "expected a list"),
        ("DE-BE", "XX", "holidays_of", "'XX' is no country with known holidays"),
        ("reps: [jonas, amara]", "reps: [jonsa]", "[jonsa]", "names 'jonsa', who is not among reps"),
        ("reps: [jonas, amara]", "reps: []", "reps: []", "expected `reps` or a `team`"),
        ("id: mia", "id: Mia H", "id: Mia H", "reps[1].id: found 'Mia H'; expected small letters"),
        ("id: jonas", "id: mia", "reps:", "two reps have the same id"),
        ("[budget, timeline]", "[bugdet, timeline]", "[bugdet", "red_hot_signals[1][1]: found 'bugdet'"),
        ("name: Crewpine", "nam: Crewpine", "nam: Crewpine", "competitors[1].nam: unknown key. Did you mean name?"),
        ("half_life_days: 14", "half_life_days: -1", "half_life_days: -1", "expected a number greater than 0"),
        ("Page Viewed: 1\n", "Page Viewed: 1.5\n", "Page Viewed: 1.5", "found 1.5; expected a whole number"),
        ("'^(?:https", "'^(((?:https", "'^(((", "is no regular expression"),
        ("nudge_minutes: 2.5", "nudge_minutes: 7", "nudge_minutes", "nudge_minutes < claim_minutes"),
        ("  name: Tourvane", "\tname: Tourvane", "\tname", "a tab; indent with spaces"),
        ("jobs: https", "jobs: a: https", "jobs: a:", "a second colon"),
        ("voice: >-", "voice: !wise >-", "voice: !wise", "a tag (!...), which is not allowed here"),
        ("voice: >-", "voice: *loud\nother: >-", "voice: *loud", "an alias (*name) without its anchor"),
        ("scoring:", "---\nscoring:", "---\n", "a second document"),
        ("name: Crewpine", "name: Crew\x07pine", "Crew\x07", "a control character"),
    ],
)  # fmt: skip
def test_names_the_line_and_what_is_expected(
    tmp_path: Path, was: str, now: str, where: str, says: str
) -> None:
    assert was in DEMO
    broken = DEMO.replace(was, now, 1)
    path = tmp_path / "playbook.yaml"
    path.write_text(broken, encoding="utf-8")
    found = [line for line in complaints(path) if says in line]
    assert found, complaints(path)
    assert found[0].split(":")[0] == str(line_of(broken, where))


def test_tells_all_problems_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(
        DEMO.replace("hot_from: 71", "hot_from: a").replace("most_words: 90", "most_words: 5000"),
        encoding="utf-8",
    )
    lines = complaints(path)
    assert [line.split(": ")[1] for line in lines] == [
        "scoring.temperature.hot_from",
        "replies.most_words",
    ]


def test_refuses_a_key_that_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(
        DEMO.replace("    hot_from: 71", "    hot_from: 71\n    hot_from: 99"), encoding="utf-8"
    )
    first = line_of(DEMO, "hot_from: 71")
    assert complaints(path) == [
        f"{first + 1}: hot_from: stands twice in its section, first in line {first}; keep one."
    ]


def test_lists_the_known_keys_when_none_is_near(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(
        DEMO.replace("  claim_minutes: 5", "  claim_minutes: 5\n  zzz: 1"), encoding="utf-8"
    )
    assert "Known here: claim_minutes, nudge_minutes" in complaints(path)[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the playbook is empty"),
        (b"# only a comment\n", "the playbook is empty"),
        (b"- a\n- b\n", "found ['a', 'b']; expected sections"),
        (b"hello", "found 'hello'; expected sections"),
        (b"version: 'a\ncompany:\n", "a quote or bracket that is opened and never closed"),
        (b"version: a\ncompany: {name: b\n", "expected ',' or '}'"),
        (b"version: a\nvoice: caf\xe9\n", "not UTF-8"),
        (b"[" * 5000, "nested far too deeply"),
        (b"version: a\n? [b]\n: c\n", "unhashable key"),
        (b"company: &a\n  name: *a\n", "expected"),
        (b"version: 2026-13-01\n", "cannot be read"),
        (b"%YAML 9\n---\nversion: a\n", ""),
    ],
)
def test_explains_what_is_no_playbook_at_all(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_bytes(content)
    assert says in "\n".join(complaints(path))


def test_names_the_line_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_bytes(b"version: a\nvoice: caf\xe9\n")
    assert complaints(path)[0].startswith("2: ")


def test_says_that_the_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(
        PlaybookError, match=r"none\.yaml does not exist; HOTLINE_PLAYBOOK must name a playbook"
    ):
        load_playbook(tmp_path / "none.yaml")


def test_says_that_a_folder_is_no_playbook(tmp_path: Path) -> None:
    with pytest.raises(
        PlaybookError, match=r"is a folder; expected a file such as .*playbook\.yaml"
    ):
        load_playbook(tmp_path)


def test_never_runs_what_a_tag_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(
        f"version: !!python/object/apply:os.mkdir ['{tmp_path}/made']\n", encoding="utf-8"
    )
    assert "a tag (!...)" in complaints(path)[0]
    assert not (tmp_path / "made").exists()
