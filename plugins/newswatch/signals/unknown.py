"""How much of a text does a model not know? The share of its word stems that training never met often enough to weigh."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from newswatch.domain import Reading
from newswatch.signals.features import BLOCKS
from newswatch.signals.lexicon.identity import lexicon_sha
from newswatch.signals.model_store import load_model
from newswatch.signals.words import read_words, stem

WORDS = BLOCKS.index("words")


def unknown_shares(folder: Path, readings: Sequence[Reading]) -> list[float]:
    """For each reading the share (0..1) of stems in title and lead that the model in `folder` has no weight for.

    A reading without words counts 0. Raises ModelError when the model cannot be trusted.
    """
    model, _ = load_model(folder, lexicon_sha=lexicon_sha())
    known = model.vectorizer.blocks[WORDS].columns
    shares = []
    for reading in readings:
        stems = [stem(word) for word in read_words(f"{reading.title}. {reading.lead}").words if word[0].isalpha()]
        shares.append(sum(one not in known for one in stems) / len(stems) if stems else 0.0)
    return shares
