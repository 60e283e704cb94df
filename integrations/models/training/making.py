"""From labelled messages to a signal model on disk, and its reading of messages it was not trained on."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from agent.signals import TextReading
from integrations.evaluation.examples import Example
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import Calibration, SignalModel
from integrations.models.signal_text import readable
from integrations.models.training.calibrating import calibrate, raw_outputs
from integrations.models.training.exporting import export
from integrations.models.training.fitting import Recipe, fit, seed_everything
from integrations.models.training.samples import Sample, sample
from integrations.models.training.start import Start, english, multilingual
from integrations.models.training.varying import names_of, varied

NEUTRAL = Calibration(slopes=(1.0,) * 11, offsets=(0.0,) * 11, thresholds={})


@dataclass(frozen=True, slots=True)
class Design:
    """What is made: which encoder, how much of it, how it is trained."""

    start: str = "multilingual"
    layers: int = 7
    words: int = 30_000
    varies: bool = True
    recipe: Recipe = field(default_factory=Recipe)


def make(
    design: Design,
    training: Sequence[Example],
    development: Sequence[Example],
    folder: Path,
    tell: Callable[[str], None],
) -> SignalModel:
    """Train, export, calibrate on the development messages, and write all files to a folder."""
    seed_everything(design.recipe.seed)
    begun = _start(design, training)
    tell(f"{len(training)} messages, from {begun.name}, {design.layers} layers")
    fit(begun.network, _varying(training, begun.tokenizer, design), design.recipe, tell)
    folder.mkdir(parents=True, exist_ok=True)
    begun.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    export(begun.network, folder / "model.onnx")
    write_card(folder, design, NEUTRAL, {})
    return calibrated(design, training, development, folder)


def calibrated(
    design: Design, training: Sequence[Example], development: Sequence[Example], folder: Path
) -> SignalModel:
    """Calibrate the model of a folder on the development messages, and give it as it reads then."""
    how = calibrate(raw_outputs(SignalModel.load(folder), development), development)
    write_card(folder, design, how, {"training": len(training), "development": len(development)})
    return SignalModel.load(folder)


def _varying(
    training: Sequence[Example], tokenizer: Tokenizer, design: Design
) -> Callable[[np.random.Generator], list[Sample]]:
    names = names_of(training)

    def samples_of(chance: np.random.Generator) -> list[Sample]:
        shown = (varied(e, names, chance) for e in training) if design.varies else training
        return [sample(each, tokenizer) for each in shown]

    return samples_of


def read_all(model: SignalModel, examples: Sequence[Example]) -> list[TextReading]:
    """Read labelled messages as the service would, with what was said before them."""
    detector = LearnedDetector(model)
    return [detector.read_example(each.text, each.before) for each in examples]


def write_card(folder: Path, design: Design, how: Calibration, messages: dict[str, int]) -> None:
    """Write signal_model.json: hashes, calibration, and how the model was made."""
    named = {
        "slopes": dict(zip(_signal_names(), how.slopes, strict=True)),
        "offsets": dict(zip(_signal_names(), how.offsets, strict=True)),
        "thresholds": {name: how.thresholds.get(name, 0.5) for name in _signal_names()},  # type: ignore[call-overload]  # a StrEnum is its text
        "kind_scale": how.kind_scale,
        "readiness_scale": how.readiness_scale,
        "hot": how.hot,
        "name": how.name,
    }
    card = {
        "model_sha256": _sha256(folder / "model.onnx"),
        "tokenizer_sha256": _sha256(folder / "tokenizer.json"),
        "start": design.start,
        "layers": design.layers,
        "seed": design.recipe.seed,
        "epochs": design.recipe.epochs,
        "messages": messages,
        "calibration": named,
    }
    (folder / "signal_model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def add_figures(folder: Path, figures: Mapping[str, Mapping[str, float]]) -> None:
    """Keep what was measured beside the model, where a test holds it."""
    path = folder / "signal_model.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**card, "figures": figures}, indent=2) + "\n", encoding="utf-8")


def some(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Draw so many messages, for a learning curve."""
    order = np.random.default_rng(seed).permutation(len(examples))[:count]
    return [examples[int(index)] for index in order]


def _start(design: Design, training: Sequence[Example]) -> Start:
    if design.start == "english":
        return english()
    return multilingual((readable(each.text) for each in training), design.words, design.layers)


def _signal_names() -> list[str]:
    from integrations.models.signal_model import SIGNALS

    return [kind.value for kind in SIGNALS]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
