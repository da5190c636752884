"""How does the seed corpus become a model? Read, count, cross-validate, fit, choose thresholds, save, write the card.

The same corpus gives the same bytes on the same machine: every fit is seeded and ordered, and runs on one thread.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newswatch.domain import MODALITIES, SIGNALS, Reading
from newswatch.errors import ModelError
from newswatch.signals.card import CARD, card_text
from newswatch.signals.corpus import Seed, corpus_sha, read_corpus
from newswatch.signals.encoder import Encoder, joined
from newswatch.signals.evaluate import Flags, fired_at
from newswatch.signals.features import features_of
from newswatch.signals.figures_file import FIGURES, figures_json
from newswatch.signals.heads import ANY, BINARY, FOLDS, FittedHead, Targets, fit_head, targets_of
from newswatch.signals.lexicon.identity import lexicon_sha
from newswatch.signals.model_store import ENCODER_FILES, Model, save_model
from newswatch.signals.passages import head_passage
from newswatch.signals.settings import ActorList
from newswatch.signals.tags import Tagger
from newswatch.signals.thresholds import choose_thresholds
from newswatch.signals.vectorizer import Lists, Matrix, fit_vectorizer

Progress = Callable[[str], None]

FEWEST = 8  # items of a signal or modality: two for each fold

LOST = 0.01  # share of what the full head rightly finds that the cheap look may keep from it
HIGHEST_DOUBT = 0.3


def train(articles: Path, output: Path, *, actors: ActorList, progress: Progress = print) -> str:
    """Train on every `*.jsonl` in `articles`, write the model and MODEL_CARD.md to `output`; returns the model's sha256.

    `output` must hold encoder.onnx and tokenizer.json for a model with a sentence encoder; without them the model has none.
    Raises ModelError when an item cannot be used.
    """
    started = time.monotonic()
    seeds = read_corpus(articles)
    targets = targets_of([seed.signals for seed in seeds], [seed.modality for seed in seeds])
    _check_enough(seeds, articles)
    folds = np.array([int(seed.key[:8], 16) % FOLDS for seed in seeds])
    progress(f"{len(seeds)} items read")
    lists, texts = _read(seeds, Tagger(actors))
    vectorizer = fit_vectorizer(lists)
    rows = vectorizer.rows(lists)
    progress(f"{rows.shape[1]} features counted")
    cheap = fit_head(rows, targets, folds)
    progress("cheap head fitted")
    full = _fit_full(rows, texts, targets, folds, output, progress) or cheap
    truth = targets.binary[:, : len(SIGNALS)] > 0
    thresholds = choose_thresholds(full.unseen.binary[:, : len(SIGNALS)], truth)
    model = Model(
        vectorizer=vectorizer, cheap=cheap.head, full=full.head,
        thresholds=thresholds,
        doubt=_doubt(cheap, full, truth, thresholds), lexicon_sha=lexicon_sha(), corpus_sha=corpus_sha(seeds),
    )  # fmt: skip
    sha = save_model(model, output)
    unseen = full.unseen.binary[:, : len(SIGNALS)]
    (output / FIGURES).write_text(figures_json(model, unseen, truth), encoding="utf-8")
    (output / CARD).write_text(card_text(seeds, model, cheap.unseen, full.unseen, targets, output), encoding="utf-8")
    progress(f"model {sha[:12]} written to {output} after {time.monotonic() - started:.0f} s")
    return sha


def _check_enough(seeds: Sequence[Seed], articles: Path) -> None:
    """Every signal and modality needs examples in every fold."""
    seen = Counter(
        [*(signal for seed in seeds for signal in seed.signals), *(f"modality {seed.modality}" for seed in seeds)]
    )
    rare = [label for label in (*SIGNALS, *(f"modality {one}" for one in MODALITIES)) if seen[label] < FEWEST]
    if rare:
        raise ModelError(f"{articles}: fewer than {FEWEST} items for {', '.join(rare)}. Add some; nothing was trained.")


def _read(seeds: Sequence[Seed], tagger: Tagger) -> tuple[list[Lists], list[str]]:
    """The features of every item, and its text for the encoder."""
    passages = [head_passage(Reading(title=seed.title, lead=seed.lead), tagger) for seed in seeds]
    return [features_of(one.title, one.lead) for one in passages], [joined(one.text, one.lead_text) for one in passages]


def _fit_full(
    rows: Matrix, texts: Sequence[str], targets: Targets, folds: NDArray[np.int64], output: Path, progress: Progress
) -> FittedHead | None:
    """A head that also reads the encoder's vectors; None when the encoder's files are not there."""
    import scipy.sparse as sparse

    if not all((output / name).exists() for name in ENCODER_FILES):
        progress(f"no {' or '.join(ENCODER_FILES)} in {output}: training without a sentence encoder")
        return None
    vectors = Encoder(output).vectors(texts)
    progress("sentences encoded")
    fitted = fit_head(sparse.hstack([rows, sparse.csr_matrix(vectors)], format="csr"), targets, folds)
    progress("full head fitted")
    return fitted


def _doubt(cheap: FittedHead, full: FittedHead, truth: Flags, thresholds: Mapping[str, float]) -> float:
    """The cheap probability of any signal below which the encoder need not look."""
    found = (fired_at(full.unseen.binary[:, : len(SIGNALS)], thresholds) & truth).any(axis=1)
    return round(min(float(np.quantile(cheap.unseen.binary[found, BINARY.index(ANY)], LOST)), HIGHEST_DOUBT), 4)
