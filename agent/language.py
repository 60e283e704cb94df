"""Which language a text is in, by a well-kept library, among those that many visitors write."""

from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

KNOWN = (
    Language.ENGLISH, Language.GERMAN, Language.SPANISH, Language.FRENCH, Language.PORTUGUESE, Language.DUTCH,
    Language.ITALIAN, Language.RUSSIAN, Language.CHINESE, Language.JAPANESE, Language.KOREAN, Language.ARABIC,
)  # fmt: skip
LONGEST_READ = 2_000
CONFIDENT = 0.5
MANY_WORDS = 3


def detect_language(text: str, otherwise: str = "en") -> str:
    """Give the two-letter code of a text's language; `otherwise` when it is too short to tell."""
    sample = text[:LONGEST_READ]
    values = _detector().compute_language_confidence_values(sample)
    if not values or (values[0].value < CONFIDENT and len(sample.split()) <= MANY_WORDS):
        return otherwise
    return values[0].language.iso_code_639_1.name.lower()


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*KNOWN).build()
