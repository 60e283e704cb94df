"""Dialogues with history play out as sales leads expect, through the real detector, score and decisions."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from typer import Exit

from tests.scenarios.cases import Case, CaseError, EventStep, Expected, read_all, read_cases
from tests.scenarios.playing import Judges, load_judges, main, play, play_all
from tests.scenarios.verdicts import Tally, share

DIALOGUES = Path(__file__).with_name("dialogues")
CLEAR = ("g1-01", "g1-06", "g1-09", "g1-12", "g1-16", "g1-38", "g2-07", "g2-10", "g3-04", "g3-39")
HIM = '"lead": {"name": "Ben"}'


@dataclass(frozen=True, slots=True)
class Floor:
    """What must be right at least, as shares: 0.02 below what was measured."""

    temperatures: float
    stories: float
    strict_stories: float


FLOORS = {
    "development": Floor(0.914, 0.924, 0.902),  # measured 0.934, 0.944, 0.922
    "fresh": Floor(0.821, 0.808, 0.792),  # measured 0.841, 0.828, 0.812
}


def files(folder: str) -> list[Path]:
    return sorted(DIALOGUES.joinpath(folder).glob("*.jsonl"))


def a_case(*steps: str) -> Case:
    return Case.model_validate_json(f'{{"id": "x", "title": "", {HIM}, "steps": [{", ".join(steps)}]}}')  # fmt: skip


@pytest.fixture(scope="module")
def judges() -> Judges:
    return load_judges()


@pytest.fixture(scope="module")
def tallies(judges: Judges) -> dict[str, Tally]:
    return {folder: play_all(read_all(files(folder)), judges) for folder in FLOORS}


@pytest.mark.parametrize("folder", FLOORS)
def test_temperatures_are_those_expected(folder: str, tallies: dict[str, Tally]) -> None:
    tally = tallies[folder]

    assert share(tally.temperatures) >= FLOORS[folder].temperatures, "\n".join(tally.lines())


@pytest.mark.parametrize("folder", FLOORS)
def test_reps_are_called_where_they_are_expected(folder: str, tallies: dict[str, Tally]) -> None:
    tally = tallies[folder]

    assert share(tally.stories) >= FLOORS[folder].stories, "\n".join(tally.lines())
    assert share(tally.strict_stories) >= FLOORS[folder].strict_stories, tally.summary()


@pytest.mark.parametrize("case_id", CLEAR)
def test_clear_stories_are_right_to_the_last_step(case_id: str, tallies: dict[str, Tally]) -> None:
    (story,) = (each for each in tallies["development"].played if each.case.id == case_id)

    assert list(story.lines()) == []
    assert story.are_handoffs_all_asked_for


def test_all_the_cases_are_there() -> None:
    assert len(read_all(files("development"))) == 180
    read_all([*files("development"), *files("fresh")])  # no id stands in both


def test_a_wrong_expectation_is_told_in_one_line(judges: Judges) -> None:
    said = (
        '"at": "0m", "visitor": "We want to buy 40 seats today, I need to talk to a salesperson."'
    )
    case = a_case(f'{{{said}, "expect": {{"temperature": "cold", "handoff": false}}}}')

    played = play(case, judges)

    (line,) = played.lines()
    assert line.startswith("x step 1: cold expected, ")
    assert "hot and a handoff came at " in line
    assert line.endswith(": We want to buy 40 seats today, I need to talk to a salesperson.")
    assert not played.is_right
    assert not played.are_handoffs_right


def test_a_missing_handoff_is_wrong(judges: Judges) -> None:
    case = a_case('{"at": "0m", "look": true, "expect": {"temperature": "cold", "handoff": true}}')

    played = play(case, judges)

    assert [each.is_temperature_right for each in played.judged] == [True]
    assert not played.are_handoffs_right


def test_a_handoff_at_a_step_that_nobody_judged_is_counted_apart(judges: Judges) -> None:
    case = a_case('{"at": "0m", "visitor": "I want to buy 40 seats today, call me."}')

    tally = play_all([case], judges)

    assert (tally.temperatures, tally.stories, tally.strict_stories) == ((), (True,), (False,))


def test_a_handoff_stays_claimed_for_three_days(judges: Judges) -> None:
    asked = '"visitor": "We want to buy 40 seats today, I need to talk to a salesperson."'
    case = a_case(*(f'{{"at": "{at}", {asked}}}' for at in ("0m", "3d", "4321m")))

    called = [each.verdict.calls_rep for each in play(case, judges).judged]

    assert called == [True, False, True]


def test_what_a_colleague_does_is_not_the_leads_own(judges: Judges) -> None:
    event, other = '"event": "Pricing Viewed", "about": "Pricing"', '"by": {"name": "Eva"}'

    own = play(a_case(f'{{"at": "0m", {event}}}'), judges)
    of_other = play(a_case(f'{{"at": "0m", {event}, {other}}}'), judges)

    assert own.judged[0].verdict.score.engagement > of_other.judged[0].verdict.score.engagement


@pytest.mark.parametrize(
    ("event", "about", "act"),
    [
        ("page", "Features", "Page Viewed"),
        ("page", "Blog: route planning", "Blog Viewed"),
        ("Page Viewed", "The blog", "Blog Viewed"),
        ("Pricing Viewed", "Blog", "Pricing Viewed"),
    ],
)
def test_a_page_is_named_as_the_tracking_names_it(event: str, about: str, act: str) -> None:
    step = EventStep.model_validate({"at": "0m", "event": event, "about": about})

    assert step.act == act


@pytest.mark.parametrize(
    "steps",
    [
        '{"at": "0m", "visitor": ""}',
        '{"at": "soon", "visitor": "Hello"}',
        '{"at": 5, "visitor": "Hello"}',
        '{"at": "1.5d", "visitor": "Hello"}',
        '{"at": "0m", "visitor": "Hello", "event": "Pricing Viewed"}',
        '{"at": "0m", "agent": "Hello", "expect": {"temperature": "cold"}}',
        '{"at": "0m", "look": true}',
        '{"at": "0m", "visitor": "Hello", "expect": {"temperature": "tepid"}}',
        '{"at": "0m", "visitor": "Hello", "expect": {"temperature": []}}',
        '{"at": "0m", "visitor": "Hello"}, {"at": "-1s", "visitor": "Hello"}',
        "",
    ],
)
def test_a_line_that_is_no_case_is_refused_with_its_place(steps: str, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    good = '{"at": "0m", "visitor": "Hello", "expect": {"temperature": ["cold", "warm"]}}'
    lines = (f'{{"id": "x", "title": "", {HIM}, "steps": [{each}]}}' for each in (good, steps))
    path.write_text("\n".join(lines))

    with pytest.raises(CaseError, match=r"some\.jsonl, line 2 is no case: "):
        read_cases(path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    line = f'{{"id": "x", "title": "", {HIM}, "steps": [{{"at": "0m", "visitor": "Hello"}}]}}'
    path.write_text(f"{line}\n{line}\n")

    with pytest.raises(CaseError, match="Two cases are called 'x'"):
        read_all([path])


@pytest.mark.parametrize("written", ["hot", ["hot"], ["hot", "red_hot"]])
def test_expected_temperatures_are_one_or_several(written: str | list[str]) -> None:
    expected = Expected.model_validate({"temperature": written})

    assert expected.temperature == ({written} if isinstance(written, str) else set(written))
    assert not expected.handoff


def test_the_command_prints_what_is_wrong_and_the_shares(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.jsonl"
    steps = '{"at": "0m", "visitor": "hello", "expect": {"temperature": "red_hot"}}'
    path.write_text(f'{{"id": "x", "title": "", {HIM}, "steps": [{steps}]}}\n')

    main([path])

    wrong, summary = capsys.readouterr().out.splitlines()
    assert wrong.startswith("x step 1: red_hot expected, cold came at ")
    assert summary.startswith("temperatures right: 0 of 1 (0.000); stories with every handoff right: 1 of 1 (1.000)")  # fmt: skip


def test_the_command_says_which_line_is_no_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text("hello\n")

    with pytest.raises(Exit):
        main([path])

    assert "some.jsonl, line 1 is no case" in capsys.readouterr().err
