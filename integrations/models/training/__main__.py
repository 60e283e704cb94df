"""`make train`: the signal model from knowledge/examples, its card, and on request the comparison.

python -m integrations.models.training             train, evaluate, write model and card (half an hour on 2 cores)
python -m integrations.models.training --compare   learning curve and alternatives (hours)
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from integrations.evaluation.examples import Example, read_examples
from integrations.evaluation.metrics import Report, evaluate
from integrations.models.signal_model import SignalModel
from integrations.models.training import baselines
from integrations.models.training.card import Figures, figures_of, write_model_card
from integrations.models.training.making import (
    Design,
    add_figures,
    calibrated,
    make,
    read_all,
    some,
)

EXAMPLES = Path("knowledge/examples")
MODEL = Path("integrations/models/signal_model")
COMPARISON = EXAMPLES / "comparison.json"
CARD = EXAMPLES / "MODEL.md"
CURVE = (1000, 2000, 4000)
THREADS = 2  # part of what makes the weights reproducible


@dataclass(frozen=True, slots=True)
class Messages:
    """The three sets; no author wrote for two of them."""

    training: Sequence[Example]
    development: Sequence[Example]
    fresh: Sequence[Example]


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="make train", description=__doc__)
    parser.add_argument("--compare", action="store_true", help="learning curve and alternatives")
    parser.add_argument(
        "--card",
        action="store_true",
        help="calibrate and measure again, write the card, train nothing",
    )
    asked = parser.parse_args(arguments)
    torch.set_num_threads(THREADS)
    messages = Messages(
        *(read_examples(EXAMPLES / each) for each in ("training", "development", "fresh"))
    )
    if asked.compare:
        _compare(messages)
    elif asked.card:
        _describe(messages, calibrated(Design(), messages.training, messages.development, MODEL))
    else:
        model = make(Design(), messages.training, messages.development, MODEL, _tell)
        _describe(messages, model)
    return 0


def _describe(messages: Messages, model: SignalModel) -> None:
    """Measure the model and write its card."""
    reports = {
        name: _report(model, examples)
        for name, examples in (("development", messages.development), ("fresh", messages.fresh))
    }
    add_figures(MODEL, {name: figures_of(report) for name, report in reports.items()})
    compared = json.loads(COMPARISON.read_text()) if COMPARISON.exists() else {}
    CARD.write_text(write_model_card(messages, reports, compared), encoding="utf-8")
    _tell(f"wrote {MODEL} and {CARD}")


def _compare(messages: Messages) -> None:
    """Measure each variant on the development messages; what is done is kept at once."""
    for name, measure in (*_baselines(messages), *_retrained(messages)):
        found: dict[str, Figures] = (
            json.loads(COMPARISON.read_text()) if COMPARISON.exists() else {}
        )
        if name not in found:
            _tell(f"== {name}")
            found[name] = figures_of(measure())
            COMPARISON.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _baselines(messages: Messages) -> list[tuple[str, Callable[[], Report]]]:
    """What needs no new training of the network, which must have been made."""
    tested = messages.development

    def report(found: baselines.Probabilities) -> Report:
        return evaluate(tested, baselines.readings(found, tested))

    def characters() -> baselines.Probabilities:
        return baselines.by_characters(messages.training, tested)

    def beside() -> Report:
        network = baselines.by_network(SignalModel.load(), tested)
        return report(network.mixed(characters(), baselines.SHARE))

    return [
        (
            "a line through frozen all-MiniLM-L6-v2",
            lambda: report(baselines.by_frozen_vectors(messages.training, tested)),
        ),
        ("character n-grams", lambda: report(characters())),
        (
            "the model, thresholds as for the n-grams",
            lambda: report(baselines.by_network(SignalModel.load(), tested)),
        ),
        ("character n-grams beside the model", beside),
    ]


def _retrained(messages: Messages) -> list[tuple[str, Callable[[], Report]]]:
    def retrain(design: Design, training: Sequence[Example]) -> Report:
        with tempfile.TemporaryDirectory() as folder:
            model = make(design, training, messages.development, Path(folder), _tell)
            return _report(model, messages.development)

    return [
        (name, partial(retrain, design, training))
        for name, design, training in _variants(messages.training)
    ]


def _variants(training: Sequence[Example]) -> list[tuple[str, Design, Sequence[Example]]]:
    ours = Design()
    frozen = replace(ours.recipe, rate=0.0)
    curve = [
        (f"{count} messages", ours, some(training, count, ours.recipe.seed)) for count in CURVE
    ]
    return [
        *curve,
        ("from all-MiniLM-L6-v2 (6 layers)", replace(ours, start="english", layers=6), training),
        ("heads on the frozen encoder", replace(ours, recipe=frozen), training),
        ("messages the same in every epoch", replace(ours, varies=False), training),
        ("8 layers", replace(ours, layers=8), training),
        (
            "without what the words show (no token labels)",
            replace(ours, recipe=replace(ours.recipe, token_weight=0.0)),
            training,
        ),
    ]


def _report(model: SignalModel, examples: Sequence[Example]) -> Report:
    return evaluate(examples, read_all(model, examples))


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
