"""Figures agree as they are meant, however they are written."""

import pytest

from agent.grounding.figures import read_figures


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("opens at eight", "from 8:00"),
        ("until half past eleven", "until 11:30"),
        ("until midday", "to 12:00"),
        ("two weeks ahead", "fourteen days"),
        ("for two years", "24 months"),
        ("a fortnight", "14 days"),
        ("ninety minutes", "an hour and a half"),
        ("900 m away", "900 metres away"),
        ("kosztuje 88 euro.", "€88"),
        ("three and a half pence", "3.5p a minute"),
        ("two hundred and fifty people", "250 users"),
    ],
)
def test_the_same_in_another_writing(said: str, stated: str) -> None:
    assert all(any(one.agrees(other) for other in read_figures(stated)) for one in read_figures(said))  # fmt: skip


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("5 working days", "5 days"),
        ("at 10:00", "10 seats"),
        ("costs 20 a month", "20 % off"),
        ("two weeks", "12 days"),
        ("€88", "$88"),
        ("900 m", "900 kg"),
    ],
)
def test_not_the_same(said: str, stated: str) -> None:
    assert not any(one.agrees(other) for one in read_figures(said) for other in read_figures(stated))  # fmt: skip
