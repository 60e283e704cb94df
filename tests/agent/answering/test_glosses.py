import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.answering.glosses import LANGUAGES, glossed


@pytest.mark.parametrize(
    ("text", "source", "target", "said"),
    [
        ("Ready in 20 working days.", "en", "fr", "Ready in 20 working days (20 jours ouvrés)."),
        ("two to three weeks", "en", "de", "two to three weeks (2–3 Wochen)"),
        ("within one working day", "en", "es", "within one working day (1 día laborable)"),
        ("on account (30 days)", "en", "pt", "on account (30 days, 30 dias)"),
        ("by appointment only", "en", "nl", "by appointment (op afspraak) only"),
        ("nach 2 Werktagen", "de", "en", "nach 2 Werktagen (2 working days)"),
        ("An account is free.", "en", "de", "An account is free (kostenlos)."),
        ("five free samples", "en", "de", "five free samples"),
        ("20 working days", "en", "en", "20 working days"),
        ("20 working days", "en", "ja", "20 working days"),
        ("freedom of Monday", "en", "de", "freedom of Monday"),
    ],
)
def test_repeats_what_is_mere_formatting(text: str, source: str, target: str, said: str) -> None:
    assert glossed(text, source, target) == said


@given(st.text(max_size=300), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_the_facts_own_words_stay(text: str, source: str, target: str) -> None:
    said = glossed(text, source, target)
    letters = iter(said)
    assert all(letter in letters for letter in text)


@given(st.integers(1, 400), st.sampled_from(("working days", "weeks", "months")), st.sampled_from(LANGUAGES))  # fmt: skip
def test_a_gloss_has_the_same_figure(count: int, unit: str, target: str) -> None:
    assert glossed(f"{count} {unit}", "en", target).count(str(count)) == (
        1 if target == "en" else 2
    )
