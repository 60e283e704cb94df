"""The packs of the trades: each loads by one line, keeps to the tables, and knows the pages of its trade."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import yaml

from agent.errors import PlaybookError
from agent.signals import SignalKind
from knowledge.playbook import demo_playbook_path, load_playbook, packs, whole_playbook
from tests.minimal import MINIMAL, playbook_over, written

NAMES = [pack.name for pack in packs()]
TRADES = ["b2b_ecommerce", "b2b_saas", "professional_services", "real_estate", "recruitment"]
NO_SIZE = {"real_estate", "recruitment"}


def complaints(path: Path) -> list[str]:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(path)
    return str(caught.value).splitlines()


# Loading


def test_there_is_a_pack_for_each_trade_and_one_for_any_other() -> None:
    assert [name for name in NAMES if name != "general"] == TRADES
    assert all(pack.purpose.endswith(".") and pack.path.is_file() for pack in packs())


@pytest.mark.parametrize("name", NAMES)
def test_loads_by_one_line_over_a_minimal_playbook(name: str) -> None:
    playbook = playbook_over(name)
    assert (playbook.pack, playbook.company.name, playbook.version) == (name, "Acme", "1")


@pytest.mark.parametrize("name", NAMES)
def test_leaves_to_the_customer_what_is_theirs(name: str) -> None:
    path = next(pack.path for pack in packs() if pack.name == name)
    sections = set(yaml.safe_load(path.read_text("utf-8")))
    assert not sections & {"company", "reps", "hours", "routing", "sla", "version", "voice"}


def test_the_customers_own_keys_stand_over_the_pack(tmp_path: Path) -> None:
    own = "scoring:\n  temperature: {hot_from: 80}\n  fit: {countries: [DE]}\npersonalisation: {say: [Offer Made]}\n"
    playbook = load_playbook(written(tmp_path, f"pack: real_estate\n{MINIMAL}{own}"))
    pack = playbook_over("real_estate")
    assert playbook.scoring.temperature.hot_from == 80
    assert playbook.scoring.temperature.warm_from == pack.scoring.temperature.warm_from
    assert playbook.scoring.fit.countries == ("DE",)
    assert playbook.scoring.fit.titles == pack.scoring.fit.titles
    assert playbook.personalisation.say == ("Offer Made",)
    assert playbook.personalisation.steer == pack.personalisation.steer


def test_the_line_may_stand_anywhere_and_own_pages_are_compared_first(tmp_path: Path) -> None:
    own = "pages:\n  Tour Viewed: ['/homes/tour']\npack: real_estate\n"
    playbook = load_playbook(written(tmp_path, MINIMAL + own))
    assert list(playbook.pages)[:2] == ["Tour Viewed", "Listing Viewed"]


def test_null_takes_a_key_of_the_pack_away(tmp_path: Path) -> None:
    own = "patterns: {bursts: {serious_steps: null}}\npages: {Listings Searched: ~}\n"
    playbook = load_playbook(written(tmp_path, f"pack: real_estate\n{MINIMAL}{own}"))
    assert "serious_steps" not in playbook.patterns.bursts
    assert "neighbourhood_focus" in playbook.patterns.bursts
    assert "Listings Searched" not in playbook.pages


def test_the_first_matching_role_stays_first_when_its_words_are_replaced(tmp_path: Path) -> None:
    own = "scoring: {fit: {titles: {end_user: [broker]}}}\n"
    playbook = load_playbook(written(tmp_path, f"pack: b2b_saas\n{MINIMAL}{own}"))
    assert next(iter(playbook.scoring.fit.titles)) == "decision_maker"
    assert playbook.scoring.fit.titles["end_user"] == ("broker",)


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_playbook_says_the_same_without_its_pack(tmp_path: Path, name: str) -> None:
    whole = whole_playbook(written(tmp_path, f"pack: {name}\n{MINIMAL}"))
    alone = load_playbook(written(tmp_path, whole))
    assert "pack:" not in whole
    assert alone.model_copy(update={"pack": name}) == playbook_over(name)
    assert list(alone.pages) == list(playbook_over(name).pages)


def test_the_whole_demo_playbook_is_the_demo_playbook(tmp_path: Path) -> None:
    whole = whole_playbook(demo_playbook_path())
    assert load_playbook(written(tmp_path, whole)) == load_playbook(demo_playbook_path())


def test_a_whole_playbook_writes_out_what_anchors_share(tmp_path: Path) -> None:
    own = "scoring: {fit: {industries: &trades [Brokers, Banks]}}\ncompetitors: [{name: B, aliases: *trades}]\n"
    whole = whole_playbook(written(tmp_path, f"pack: general\n{MINIMAL}{own}"))
    assert whole.count("- Brokers") == 2


# What does not fit


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("pack: realestate", "found 'realestate'; expected one of b2b_ecommerce, b2b_saas, general, professional_services, real_estate, recruitment. Did you mean real_estate?"),
        ("pack: zzz", "found 'zzz'; expected one of b2b_ecommerce,"),
        ("pack: ../demo/playbook", "found '../demo/playbook'; expected one of"),
        ("pack: /etc/passwd", "found '/etc/passwd'; expected one of"),
        ("pack:", "found nothing; expected one of"),
        ("pack: [real_estate]", "found ['real_estate']; expected one of"),
        ("pack: {name: real_estate}", "found a section; expected one of"),
        ("pack: 7", "found 7; expected one of"),
    ],
)  # fmt: skip
def test_an_unknown_pack_is_told_with_those_there_are(tmp_path: Path, line: str, says: str) -> None:
    path = written(tmp_path, f"{MINIMAL}{line}\n")
    (told,) = complaints(path)
    assert told.startswith(f"{path}:{MINIMAL.count(chr(10)) + 1}: pack: {says}")


@pytest.mark.parametrize(
    ("own", "at", "says"),
    [
        ("scoring:\n  temperature:\n    hot_from: 20\n", "hot_from", "warm_from (31) must be below hot_from (20)"),
        ("scoring:\n  temperature:\n    warm_from: 90\n", "warm_from", "warm_from (90) must be below hot_from (71)"),
        ("scoring:\n  temperature:\n    hot_form: 80\n", "hot_form", "unknown key. Did you mean hot_from?"),
        ("scoring:\n  temperature:\n    hot_from:\n", "hot_from", "found nothing; expected a whole number"),
        ("scoring:\n  fit: none\n", "fit: none", "found 'none'; expected a section"),
        ("scoring: []\n", "scoring", "found []; expected a section"),
        ("scoring:\n  engagement:\n    high:\n      cap: 20\n", "cap", "cap (20) must not be below 'Viewing Booked' alone (25)"),
        ("scoring:\n  engagement:\n    high:\n      acts:\n        Listing Viewed: 20\n", "Listing Viewed", "'Listing Viewed' stands in two groups"),
        ("scoring:\n  intent:\n    explicit_acts:\n      Ofer Made: 40\n", "Ofer Made", "'Ofer Made' under explicit_acts is in none of the groups"),
        ("patterns:\n  bursts:\n    tours:\n      times: 3\n", "tours", "patterns.bursts.tours.points: found nothing"),
        ("patterns:\n  bursts:\n    tours: {acts: [Tour Held], times: 3, within_hours: 9, points: 5}\n", "Tour Held", "'tours' names 'Tour Held', an act that stands nowhere else"),
        ("personalisation:\n  stear: []\n", "stear", "unknown key. Did you mean steer?"),
        ("pages:\n  Tour Viewed: ['(']\n", "Tour Viewed", "'(' is no regular expression"),
    ],
)  # fmt: skip
def test_what_does_not_fit_over_a_pack_is_told_where_the_customer_wrote_it(
    tmp_path: Path, own: str, at: str, says: str
) -> None:
    text = f"pack: real_estate\n{MINIMAL}{own}"
    path = written(tmp_path, text)
    told = [line for line in complaints(path) if says in line]
    assert told, complaints(path)
    assert told[0].startswith(f"{path}:{text[: text.index(at)].count(chr(10)) + 1}: ")


def test_what_the_customer_left_out_is_told_as_theirs(tmp_path: Path) -> None:
    path = written(tmp_path, "pack: real_estate\n")
    missing = ["version", "company", "reps", "hours", "routing"]
    assert complaints(path) == [f"{path}:1: {key}: found nothing; expected this key." for key in sorted(missing)]  # fmt: skip


def test_what_a_pattern_of_the_pack_lacks_then_is_told_in_the_packs_file(tmp_path: Path) -> None:
    own = (
        "scoring: {engagement: {medium: {acts: {Neighbourhood Guide Viewed: null}}}}\n"
        "pages: {Neighbourhood Guide Viewed: null}\npersonalisation: {steer: []}\n"
    )
    path = written(tmp_path, f"pack: real_estate\n{MINIMAL}{own}")
    (told,) = complaints(path)
    pack = next(pack.path for pack in packs() if pack.name == "real_estate")
    file, line, sentence = told.split(":", 2)
    assert file == str(pack)
    assert "Neighbourhood Guide Viewed" in pack.read_text("utf-8").splitlines()[int(line) - 1]
    assert "'Neighbourhood Guide Viewed', an act that stands nowhere else" in sentence
    assert sentence.endswith(f"Say otherwise in {path}.")


def test_a_key_that_stands_twice_is_refused_over_a_pack_too(tmp_path: Path) -> None:
    path = written(tmp_path, f"pack: general\n{MINIMAL}pack: b2b_saas\n")
    assert complaints(path) == [f"{path}:7: pack: stands twice in its section, first in line 1; keep one."]  # fmt: skip


@pytest.mark.parametrize(
    "own",
    [
        "scoring: &a {intent: *a}\n",
        "scoring: &a {intent: &b {signals: *a, kinds: *b}}\n",
        "patterns: {bursts: {x: &x {acts: [*x]}}}\n",
        f"scoring: {'{a: ' * 200}1{'}' * 200}\n",
        "? [pages]\n: 1\n",
        "1: 2\nnull: 3\n",
    ],
)
def test_odd_yaml_over_a_pack_is_told_not_thrown(tmp_path: Path, own: str) -> None:
    path = written(tmp_path, f"pack: real_estate\n{MINIMAL}{own}")
    assert all(line.startswith(f"{path}:") for line in complaints(path))


def test_anchors_merged_in_by_the_customer_stand_over_the_pack(tmp_path: Path) -> None:
    own = "voice: Plain.\nscoring:\n  temperature: &own {hot_from: 80}\nreplies: {<<: &fast {most_words: 30}, typing_hold_seconds: 1}\n"
    playbook = load_playbook(written(tmp_path, f"pack: real_estate\n{MINIMAL}{own}"))
    assert (playbook.replies.most_words, playbook.replies.typing_hold_seconds) == (30, 1)


# The tables


@pytest.mark.parametrize("name", NAMES)
def test_each_group_keeps_to_its_range(name: str) -> None:
    rules = playbook_over(name).scoring
    for group, least, most in zip(rules.engagement.groups(), (15, 5, 1), (25, 15, 5), strict=True):
        assert group.acts
        assert {act: p for act, p in group.acts.items() if not least <= p <= most} == {}


@pytest.mark.parametrize("name", NAMES)
def test_explicit_interest_gives_twenty_to_fifty(name: str) -> None:
    intent = playbook_over(name).scoring.intent
    explicit = (SignalKind.DEMO, SignalKind.PURCHASE, SignalKind.HUMAN)
    points = [intent.direct_inquiry, *intent.explicit_acts.values(), *(intent.signals[k] for k in explicit)]  # fmt: skip
    assert all(20 <= each <= 50 for each in points)


@pytest.mark.parametrize("name", NAMES)
def test_fit_keeps_to_the_tables(name: str) -> None:
    fit = playbook_over(name).scoring.fit
    assert (fit.industry, fit.geography) == (10, 5)
    assert fit.size == (0 if name in NO_SIZE else 10)
    assert tuple(fit.roles.values()) == (20, 15, 10, 5)
    assert tuple(fit.titles) == tuple(fit.roles)


@pytest.mark.parametrize("name", NAMES)
def test_warm_and_hot_begin_where_the_guides_say(name: str) -> None:
    temperature = playbook_over(name).scoring.temperature
    assert (temperature.warm_from, temperature.hot_from) == (31, 71)


@pytest.mark.parametrize("name", NAMES)
def test_each_act_has_one_class_of_discretion(name: str) -> None:
    playbook = playbook_over(name)
    said = playbook.personalisation
    classed = [*said.say, *said.steer, *said.brief]
    scored = {act for group in playbook.scoring.engagement.groups() for act in group.acts}
    assert len(classed) == len(set(classed))
    assert (scored | set(playbook.pages)) - set(classed) == set()


@pytest.mark.parametrize("name", NAMES)
def test_acts_are_object_and_action(name: str) -> None:
    acts = {act for group in playbook_over(name).scoring.engagement.groups() for act in group.acts}
    assert [act for act in acts if not re.fullmatch(r"[A-Z]\w*( [A-Z]\w*)+", act)] == []


# Pages


def page_of(url: str, pages: Mapping[str, Iterable[str]]) -> str:
    """The first act whose pattern fits the URL, from top to bottom."""
    fitting = (act for act, patterns in pages.items() if any(re.search(p, url) for p in patterns))
    return next(fitting, "Page Viewed")


@pytest.mark.parametrize(
    ("name", "url", "act"),
    [
        ("general", "https://acme.example/pricing?plan=2", "Pricing Viewed"),
        ("general", "/de/prices", "Pricing Viewed"),
        ("general", "/pt-br/clients/oak", "Case Study Viewed"),
        ("general", "/about", "Page Viewed"),
        ("general", "/blog/pricing", "Blog Viewed"),
        ("b2b_saas", "https://app.acme.example/app/settings/billing", "Billing Page Viewed"),
        ("b2b_saas", "/billing-guide", "Page Viewed"),
        ("b2b_saas", "/docs/api/webhooks", "Integration Docs Viewed"),
        ("b2b_saas", "/docs/start", "Documentation Viewed"),
        ("b2b_saas", "/vs/other", "Comparison Viewed"),
        ("b2b_saas", "/en/trust#soc2", "Security Page Viewed"),
        ("professional_services", "/our-people/anna-berg", "Team Profile Viewed"),
        ("professional_services", "/services/tax", "Service Page Viewed"),
        ("b2b_ecommerce", "/bulk-pricing", "Volume Prices Viewed"),
        ("b2b_ecommerce", "/business/payment-terms", "Payment Terms Viewed"),
        ("b2b_ecommerce", "/help/delivery", "Delivery Times Viewed"),
        ("b2b_ecommerce", "/products/compare?a=1&b=2", "Product Compared"),
        ("b2b_ecommerce", "/products/pump-12", "Product Viewed"),
        ("b2b_ecommerce", "/products?page=2", "Product List Viewed"),
        ("real_estate", "/listings/4711-elm-street", "Listing Viewed"),
        ("real_estate", "/listings?max=500000", "Listings Searched"),
        ("real_estate", "/listings/search?area=dock", "Listings Searched"),
        ("real_estate", "/listings/search-light-road-2", "Listing Viewed"),
        ("real_estate", "/de/immobilien/", "Listings Searched"),
        ("real_estate", "/neighborhoods/dockside", "Neighbourhood Guide Viewed"),
        ("real_estate", "/mortgage", "Financing Page Viewed"),
        ("recruitment", "/jobs/nurse-12", "Job Viewed"),
        ("recruitment", "/jobs/page/2", "Jobs Searched"),
        ("recruitment", "/jobs", "Jobs Searched"),
        ("recruitment", "/salary-guide", "Salary Guide Viewed"),
    ],
)  # fmt: skip
def test_pages_of_the_trade_are_recognised(name: str, url: str, act: str) -> None:
    assert page_of(url, playbook_over(name).pages) == act
