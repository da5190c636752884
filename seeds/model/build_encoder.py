"""How `encoder.onnx` is made: the published weights of all-MiniLM-L6-v2, as one graph, rounded to eight bits.

    python seeds/model/build_encoder.py FOLDER seeds/model

FOLDER holds `model.safetensors` and `tokenizer.json` of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) at revision
1110a243fdf4706b3f48f1d95db1a4f5529b4d41; a file with another sha256 is refused. Needs torch 2.13.0 (CPU), onnx, onnxruntime,
safetensors and tokenizers; nothing else of the project does. It takes under a minute; the last line compares the rounded graph
with the weights it came from.

Eight-bit sums of a product saturate on processors with AVX2 and without VNNI unless a bit of range is given up: `reduce_range`.
Weights are rounded per output channel, which costs least.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn

SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
LAYERS, WIDTH, HEADS = 6, 384, 12  # of MiniLM-L6
LARGEST_MASK = -10000.0
CHECKED = (
    "Iran test-fires ballistic missile, state television says",
    "Foreign ministers met for a second day without agreeing on a text",
    "Shares slipped as investors weighed a cut in interest rates",
)


class Layer(nn.Module):
    """One transformer layer as BERT has it: attention and feed-forward, each added and normalised after."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        def heads(part: nn.Linear) -> torch.Tensor:
            return part(x).reshape(x.shape[0], x.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

        scores = heads(self.query) @ heads(self.key).transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + bias
        mixed = (scores.softmax(-1) @ heads(self.value)).transpose(1, 2).reshape(x.shape[0], x.shape[1], WIDTH)
        x = self.norm1(x + self.out(mixed))
        return self.norm2(x + self.down(nn.functional.gelu(self.up(x))))


class Encoder(nn.Module):
    """Token ids and mask (texts, tokens) -> the mean of the last layer over the tokens, scaled to length one (texts, 384)."""

    def __init__(self) -> None:
        super().__init__()
        self.word, self.place, self.segment = (
            nn.Embedding(30522, WIDTH),
            nn.Embedding(512, WIDTH),
            nn.Embedding(2, WIDTH),
        )
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        weight = mask.to(torch.float32)
        places = torch.cumsum(torch.ones_like(ids), dim=1) - 1
        x = self.norm(self.word(ids) + self.place(places) + self.segment.weight[0])
        for layer in self.layers:
            x = layer(x, (1.0 - weight).unsqueeze(1).unsqueeze(1) * LARGEST_MASK)
        mean = (x * weight.unsqueeze(-1)).sum(1) / weight.sum(1, keepdim=True)
        return mean / mean.norm(dim=1, keepdim=True)


def published(folder: Path) -> Encoder:
    """The encoder with the published weights, refused when a file is not the published one."""
    for name, expected in SHA256.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            raise SystemExit(
                f"{folder / name}: sha256 {found}, expected {expected}. This is another file; nothing was written."
            )
    state = load_file(folder / "model.safetensors")
    names = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    tables = {"word": "word_embeddings", "place": "position_embeddings", "segment": "token_type_embeddings"}
    own = {f"{ours}.weight": state[f"embeddings.{theirs}.weight"] for ours, theirs in tables.items()}
    for kind in ("weight", "bias"):
        own[f"norm.{kind}"] = state[f"embeddings.LayerNorm.{kind}"]
        for layer in range(LAYERS):
            theirs_to = f"encoder.layer.{layer}"
            own |= {
                f"layers.{layer}.{ours}.{kind}": state[f"{theirs_to}.{theirs}.{kind}"] for ours, theirs in names.items()
            }
    encoder = Encoder()
    encoder.load_state_dict(own)
    return encoder.eval()


def export(encoder: Encoder, output: Path) -> None:
    """Write the graph, rounded to eight bits."""
    example = (torch.ones(2, 7, dtype=torch.long), torch.ones(2, 7, dtype=torch.long))
    axes = {0: "texts", 1: "tokens"}
    with tempfile.TemporaryDirectory() as folder:
        exact, prepared = Path(folder) / "exact.onnx", Path(folder) / "prepared.onnx"
        torch.onnx.export(
            encoder, example, str(exact), input_names=["ids", "mask"], output_names=["embedding"], opset_version=17,
            dynamic_axes={"ids": axes, "mask": axes, "embedding": {0: "texts"}}, dynamo=False,
        )  # fmt: skip
        quant_pre_process(str(exact), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared), str(output), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather", "Gemm"],
        )  # fmt: skip


def likeness(encoder: Encoder, folder: Path, graph: Path) -> float:
    """The lowest cosine, over `CHECKED`, between the rounded graph's vectors and the exact ones."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    cosines = []
    for text in CHECKED:
        ids = np.array([tokenizer.encode(text).ids])
        with torch.no_grad():
            exact = encoder(torch.from_numpy(ids), torch.ones_like(torch.from_numpy(ids))).numpy()[0]
        rounded = session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0][0]
        cosines.append(float(exact @ rounded))
    return min(cosines)


def main() -> None:
    """Read the arguments, write `encoder.onnx` and `tokenizer.json`, say how near they are to the published weights."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("weights", type=Path, help="folder with model.safetensors and tokenizer.json")
    arguments.add_argument("output", type=Path, help="folder to write to")
    chosen = arguments.parse_args()
    encoder = published(chosen.weights)
    graph = chosen.output / "encoder.onnx"
    export(encoder, graph)
    shutil.copy(chosen.weights / "tokenizer.json", chosen.output / "tokenizer.json")
    sha = hashlib.sha256(graph.read_bytes()).hexdigest()
    nearness = likeness(encoder, chosen.weights, graph)
    print(f"{graph}: {graph.stat().st_size / 1e6:.1f} MB, sha256 {sha}, cosine to the exact weights >= {nearness:.4f}")


if __name__ == "__main__":
    main()
