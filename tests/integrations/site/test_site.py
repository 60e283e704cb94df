"""The demo company's web site says what its library says, and hangs together."""

import re
from collections.abc import Mapping
from functools import cache

import pytest

from agent.acts import act_of
from agent.tracking import CallKind
from integrations.app.site import build_site
from integrations.app.site.plans import read_plans
from knowledge.demo_company import demo_library_path, demo_site_path
from knowledge.documents import read_documents
from knowledge.indexing import read_facts
from knowledge.playbook import demo_playbook_path, load_playbook
from tests.builders import a_call
from tests.integrations.site.reading_pages import FIGURE, ReadPage, read_page

HANDED_OVER = ("/desk", "/docs")  # served by others than the site


@cache
def pages() -> Mapping[str, ReadPage]:
    site = build_site(demo_library_path(), demo_site_path())
    return {path: read_page(page.html) for path, page in site.items()}


@cache
def library() -> Mapping[str, str]:
    return {each.url: each.body for each in read_documents(demo_library_path()).documents}


def own_words() -> dict[str, ReadPage]:
    """The pages that are neither a page of the library nor an article."""
    return {path: page for path, page in pages().items() if not path.startswith("/blog/")}


def test_every_figure_that_the_site_says_stands_in_the_library() -> None:
    everything = " ".join(library().values())
    known = {"": set(FIGURE.findall(everything))}
    known |= {path: set(FIGURE.findall(body)) for path, body in library().items()}
    unknown = [
        (path, figure, source)
        for path, page in own_words().items()
        for figure, source in page.figures()
        if figure not in known[source]
        and not (path == "/blog" and re.fullmatch(r"\d{1,2}|20\d\d", figure))
    ]
    assert unknown == []


def test_a_case_study_is_shown_in_short_by_its_own_figures() -> None:
    sources = {source for _, source in pages()["/customers"].figures()}
    assert sources == {path for path in library() if path.startswith("/customers/")}


@pytest.mark.parametrize("path", ["/", "/pricing"])
def test_the_cards_say_the_prices_of_the_price_page(path: str) -> None:
    said = [text for text, _ in pages()[path].said]
    prices = dict(re.findall(r"(\w+) costs (\$[\d.]+) per seat per month", library()["/pricing"]))
    assert set(prices) == {"Essential", "Growth", "Scale"}
    for plan, price in prices.items():
        assert price in said[said.index(plan) : said.index(plan) + 4]


def test_a_plan_gains_what_the_one_before_it_lacks() -> None:
    essential, growth, *_ = read_plans(library()["/plans"])
    assert "Connectors, webhooks, REST API" in growth.gains
    assert "Connectors, webhooks, REST API" not in essential.gains
    assert "Planning board, technician app, recurring jobs" not in growth.gains


def test_the_source_of_every_fact_leads_to_its_place() -> None:
    lost = []
    for fact in read_facts(demo_library_path()).facts.values():
        path, _, place = fact.url.partition("#")
        if path not in pages() or (place and place not in pages()[path].ids):
            lost.append(fact.url)
    assert lost == []


def test_every_link_leads_somewhere() -> None:
    dead = []
    for path, page in pages().items():
        for link in page.links:
            there, _, place = link.partition("#")
            target = pages().get(there or path)
            if link.startswith("mailto:") or there in HANDED_OVER:
                continue
            if target is None or (place and place not in target.ids):
                dead.append((path, link))
    assert dead == []


def test_every_page_has_a_name_of_its_own_and_one_heading() -> None:
    assert len({page.title for page in pages().values()}) == len(pages())
    assert all("Tourvane" in page.title for page in pages().values())
    assert all(page.description for page in pages().values())
    assert [path for path, page in pages().items() if len(page.headings) != 1] == []


def test_no_page_carries_a_script_or_a_style_in_itself() -> None:
    assert [path for path, page in pages().items() if page.inline_scripts] == []
    inline = {name for page in pages().values() for name in page.attributes}
    assert not {name for name in inline if name == "style" or name.startswith("on")}


def test_articles_name_no_prices_and_no_shares() -> None:
    articles = [page for path, page in pages().items() if path.startswith("/blog/")]
    assert len(articles) == 3
    for article in articles:
        assert not [text for text, _ in article.said if re.search(r"[$€£%]", text)]


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("/", "Page Viewed"),
        ("/pricing", "Pricing Viewed"),
        ("/plans", "Pricing Viewed"),
        ("/compare", "Comparison Viewed"),
        ("/compare/crewpine", "Comparison Viewed"),
        ("/customers/frostmark", "Case Study Viewed"),
        ("/developers", "Documentation Viewed"),
        ("/help", "Documentation Viewed"),
        ("/blog/leave-a-hole-in-the-day", "Blog Viewed"),
    ],
)
def test_visiting_a_page_counts_as_the_act_that_the_playbook_means(path: str, act: str) -> None:
    assert path in pages()
    call = a_call(CallKind.PAGE, url=f"http://localhost:8000{path}")
    assert act_of(call, load_playbook(demo_playbook_path())) == act
