"""From the trained network to the file that runs: ONNX, weights as int8."""

import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from integrations.models.training.network import SignalNetwork

OPSET = 17


def export(network: SignalNetwork, path: Path) -> None:
    """Write the network as int8 ONNX, for one message a run.

    Weights keep seven bits (`reduce_range`): with eight, processors without VNNI saturate and would read
    the same message differently.
    """
    network.eval()
    ids = torch.randint(4, 100, (1, 20))
    own = torch.ones(1, 20, dtype=torch.int64)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            network,
            (ids, own),
            str(whole),
            input_names=["ids", "own"],
            output_names=["signals", "kinds", "readiness", "tokens"],
            dynamic_axes={"ids": {1: "length"}, "own": {1: "length"}, "tokens": {1: "length"}},
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(
            whole, path, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
