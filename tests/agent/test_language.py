import pytest

from agent.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We are looking for a scheduling tool for our technicians", "en"),
        ("Wir suchen eine Einsatzplanung für unsere Techniker", "de"),
        ("Necesitamos un programa para planificar a nuestros técnicos", "es"),
        ("Nous cherchons un outil pour planifier nos techniciens", "fr"),
        ("Precisamos de um sistema para planejar os nossos técnicos", "pt"),
        ("Wij zoeken een planningsprogramma voor onze monteurs", "nl"),
    ],
)
def test_tells_the_language_of_a_sentence(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "   ", "42", "!!!", "👍"])
def test_gives_the_language_known_so_far_when_there_is_nothing_to_tell_by(text: str) -> None:
    assert detect_language(text, otherwise="de") == "de"
