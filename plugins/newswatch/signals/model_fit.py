"""Do the parts of this model fit one another and this program? A model that does not would score, and mean nothing.

The sha256 of each file guards against damage; this guards against a model whose files are whole but made for other signals,
for another vocabulary, or by a training that went wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from newswatch.domain import MODALITIES, SIGNALS
from newswatch.signals.encoder import WIDTH
from newswatch.signals.heads import BINARY, Head

if TYPE_CHECKING:
    from newswatch.signals.model_store import Model

OUTPUTS = len(BINARY) + len(MODALITIES)


def why_unfit(model: Model) -> str | None:
    """What does not fit, in words for a person; None when all does."""
    if tuple(model.thresholds) != SIGNALS:
        return f"it was trained for the signals {', '.join(model.thresholds)}, this program knows {', '.join(SIGNALS)}"
    if not all(0 <= level <= 1 for level in (*model.thresholds.values(), model.doubt)):
        return "a threshold lies outside 0 to 1"
    counted = sum(len(block.columns) for block in model.vectorizer.blocks)
    if any(len(block.columns) != len(block.idf) for block in model.vectorizer.blocks):
        return "a vocabulary and its weights differ in length"
    return _why_head("cheap", model.cheap, (counted,)) or _why_head("full", model.full, (counted, counted + WIDTH))


def _why_head(name: str, head: Head, widths: tuple[int, ...]) -> str | None:
    features, outputs = head.linear.weights.shape
    if features not in widths or outputs != OUTPUTS or head.linear.bias.shape != (OUTPUTS,):
        return f"its {name} head takes {features} features and gives {outputs} outputs, not {widths[-1]} and {OUTPUTS}"
    stack = head.stack
    shapes = (stack.weights.shape, stack.bias.shape, stack.slope.shape, stack.shift.shape)
    if shapes != ((OUTPUTS, OUTPUTS), (OUTPUTS,), (len(BINARY),), (len(BINARY),)):
        return f"the regressions of its {name} head have the shapes {shapes}"
    parts = (head.linear.weights, head.linear.bias, stack.weights, stack.bias, stack.slope, stack.shift)
    return None if all(np.isfinite(part).all() for part in parts) else f"its {name} head holds numbers that are none"
