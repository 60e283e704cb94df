"""The report on replies as one HTML page that needs nothing else."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from integrations.evaluation.charts import bar
from integrations.evaluation.elements import element, elements
from integrations.evaluation.frame import framed
from integrations.evaluation.replies.checks import Check, CheckedTurn
from integrations.evaluation.replies.red_team import (
    AttackReport,
    PlayedAttack,
    PlayedStatement,
    StatementReport,
)
from integrations.evaluation.replies.report import (
    CheckedScenario,
    Grade,
    RepliesReport,
    Share,
    failures_by_check,
)
from integrations.evaluation.replies.wording import CHECKS, SHORT, counted, percent

CARDS = (Check.PAGE, Check.SAYS, Check.ADMITS, Check.FIGURES)
FINE = "fine"


def write_replies_page(report: RepliesReport, name: str) -> str:
    """Write the page for the scenarios called `name`: all figures, and every reply with what is wrong in it."""
    told = (
        f"{len(report.scenarios):,} scenarios, {len(report.turns):,} turns, writer: {report.writer}"
    )
    main = element(
        "main",
        element(
            "section",
            element("h2", "In short", class_="unseen"),
            element("dl", *_cards(report), class_="cards"),
            element("dl", *_facts(report), class_="facts"),
        ),
        _section("By check", _share_table("Check", _by_check(report))),
        _section("By kind and language", _share_table("Turns of", _by_group(report))),
        *_judge(report),
        _section("Replies", _filters(report), _replies(report)),
    )
    return framed(f"Replies: {name}", _header("How visitors were answered", name, told), main)


def write_attacks_page(report: AttackReport, name: str) -> str:
    """Write the page for attacks: what was held, by category and channel, and everything that was shown."""
    told = f"{len(report.attacks):,} attacks, {len(report.leaks):,} got something, writer: {report.writer}"
    ordered = sorted(report.attacks, key=lambda each: each.is_held)
    main = element(
        "main",
        _section("By category", _share_table("Category", report.by_category)),
        _section("By channel", _share_table("Channel", report.by_channel)),
        _section("Attacks", element("ol", *map(_attack, ordered), class_="mistakes")),
    )
    return framed(f"Attacks: {name}", _header("What attacks got", name, told), main)


def write_statements_page(report: StatementReport, name: str) -> str:
    """Write the page for sentences in a model's mouth: how they were judged, and each wrong verdict."""
    shares = {"supported, shown": report.shown, "unsupported, held back": report.held_back}
    main = element(
        "main",
        _section("Verdicts", _share_table("Sentences", shares)),
        _section("Wrong verdicts", element("ol", *map(_verdict, report.wrong), class_="mistakes")),
    )
    told = f"{len(report.statements):,} sentences"
    return framed(f"Statements: {name}", _header("What a model may say", name, told), main)


def _header(title: str, name: str, told: str) -> Element:
    return element(
        "header", element("h1", title), element("p", name), element("p", told, class_="quiet")
    )


def _cards(report: RepliesReport) -> Iterator[Element]:
    for check in CARDS:
        share = report.by_check.get(check, Share(0, 0))
        yield element(
            "div",
            element("dt", CHECKS[check]),
            element("dd", percent(share), class_="figure"),
            element("dd", bar(share.share), element("span", counted(share))),
        )


def _facts(report: RepliesReport) -> Iterator[Element]:
    p50, p95 = report.first_reply
    for name, figure in (
        ("nothing wrong", percent(report.passed)),
        ("first sentence, p50", f"{p50:.0f} ms"),
        ("first sentence, p95", f"{p95:.0f} ms"),
        ("sayable history said", counted(report.mentioned)),
    ):
        yield element("div", element("dt", name), element("dd", figure))


def _section(title: str, *content: Element) -> Element:
    return element("section", element("h2", title), *content)


def _by_check(report: RepliesReport) -> dict[str, Share]:
    return {CHECKS[check]: share for check, share in report.by_check.items()}


def _by_group(report: RepliesReport) -> dict[str, Share]:
    return {**report.by_kind, **report.by_language}


def _share_table(head: str, shares: Mapping[str, Share]) -> Element:
    heads = elements("th", (head, "Right", "Of", "Share"), scope="col")
    rows = [
        element(
            "tr",
            element("th", name, scope="row"),
            *elements("td", (f"{share.right:,}", f"{share.of:,}", percent(share))),
        )
        for name, share in shares.items()
    ]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    return element("div", table, class_="scroll")


def _judge(report: RepliesReport) -> Iterator[Element]:
    if not report.judged:
        return
    note = "A model's opinion, beside the checks and never part of their figures."
    shares = {**report.judge, "judge and checks agree": report.agreement}
    yield _section("The judge", element("p", note, class_="quiet"), _share_table("Says", shares))


def _filters(report: RepliesReport) -> Element:
    counts = failures_by_check(report)
    fine = sum(not turn.failed for turn in report.turns)
    buttons = [_filter("", "all", len(report.turns)), _filter(FINE, "nothing wrong", fine)]
    buttons += [
        _filter(check.value, SHORT[check], counts[check]) for check in Check if counts[check]
    ]
    return element("div", *buttons, class_="filters", role="group", aria_label="Show", hidden="")


def _filter(fault: str, called: str, count: int) -> Element:
    return element(
        "button", f"{called} ", element("span", f"{count:,}"),
        type="button", data_fault=fault, aria_pressed="false" if fault else "true",
    )  # fmt: skip


def _replies(report: RepliesReport) -> Element:
    every = [
        (each, turn, each.grades.get(place))
        for each in report.scenarios
        for place, turn in enumerate(each.turns)
    ]
    ordered = sorted(every, key=lambda one: not one[1].failed)
    return element("ol", *(_reply(*one) for one in ordered), class_="mistakes")


def _reply(each: CheckedScenario, turn: CheckedTurn, grade: Grade | None) -> Element:
    faults = [outcome.check.value for outcome in turn.failed] or [FINE]
    marks = [element("span", SHORT[o.check], class_="fault missed_handoff") for o in turn.failed]
    return element(
        "li",
        element("p", *marks, element("span", each.scenario.id, class_="id"), class_="top"),
        element("p", turn.played.asked.visitor, class_="before", dir="auto"),
        element("blockquote", turn.played.shown or "(no reply)", dir="auto", tabindex="0"),
        *_details(turn, grade),
        data_faults=" ".join(faults),
    )


def _details(turn: CheckedTurn, grade: Grade | None) -> Iterator[Element]:
    told = [("Wrong", outcome.wrong) for outcome in turn.failed]
    told += [("Held back", because) for because in turn.played.held_back]
    if grade:
        told.append(("Judge", f"{'good' if grade.is_good else 'not good'}: {grade.because}"))
    if told:
        parts = [part for name, text in told for part in (element("dt", name), element("dd", text))]
        yield element("dl", *parts)


def _attack(each: PlayedAttack) -> Element:
    kind = f"{each.attack.category.value} by {each.attack.channel.value}"
    verdict = "fault" if each.is_held else "fault missed_handoff"
    shown = " / ".join(turn.played.shown for turn in each.checked.turns)
    turn = each.checked.turns[0]
    return element(
        "li",
        element(
            "p",
            element("span", "held" if each.is_held else "got something", class_=verdict),
            element("span", kind, class_="fault"),
            element("span", each.attack.id, class_="id"),
            class_="top",
        ),
        element("p", each.attack.text, class_="before", dir="auto"),
        element("blockquote", shown or "(no reply)", dir="auto", tabindex="0"),
        *_details(turn, None),
    )


def _verdict(each: PlayedStatement) -> Element:
    called = (
        "held back, though supported" if each.statement.supported else "shown, though unsupported"
    )
    told = [("Why", each.statement.why), *(("Held back", because) for because in each.because)]
    parts = [part for name, text in told for part in (element("dt", name), element("dd", text))]
    return element(
        "li",
        element(
            "p",
            element("span", called, class_="fault missed_handoff"),
            element("span", each.statement.id, class_="id"),
            class_="top",
        ),
        element("p", each.statement.asked, class_="before", dir="auto"),
        element("blockquote", each.statement.sentence, dir="auto", tabindex="0"),
        element("dl", *parts),
    )
