"""What should a reader know of this model? MODEL_CARD.md, written anew by every training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from newswatch.domain import MODALITIES, SIGNALS
from newswatch.signals.corpus import Seed
from newswatch.signals.evaluate import (
    Figures,
    Flags,
    Floats,
    calibration_error,
    f1_interval,
    figures,
    fired_at,
    reliability,
)
from newswatch.signals.heads import Probabilities, Targets
from newswatch.signals.model_store import ENCODER_FILES, Model
from newswatch.signals.taxonomy import TAXONOMY

CARD = "MODEL_CARD.md"
TRIED = "TRIED.md"  # kept by hand beside the card: what was tried and what it gave
EXAMPLES = 12


def card_text(
    seeds: Sequence[Seed], model: Model, cheap: Probabilities, full: Probabilities, targets: Targets, folder: Path
) -> str:
    """The card. All figures are cross-validated on the seeds: every item was scored by a model that had not seen it."""
    truth = targets.binary[:, : len(SIGNALS)] > 0
    scores = full.binary[:, : len(SIGNALS)]
    fired = fired_at(scores, model.thresholds)
    whole = figures(fired, truth)
    without = figures(fired_at(cheap.binary[:, : len(SIGNALS)], model.thresholds), truth)
    parts = [
        _opening(seeds, model, folder),
        _meaning(),
        _corpus(seeds),
        _quality(whole, without, fired, truth, scores, model),
        _modalities(full, targets),
        _reliability(scores, truth),
        _mistakes(seeds, scores, fired, truth),
        _tried(folder),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _opening(seeds: Sequence[Seed], model: Model, folder: Path) -> str:
    features = sum(len(block.columns) for block in model.vectorizer.blocks)
    size = sum(file.stat().st_size for file in folder.iterdir() if file.suffix in (".json", ".npz", ".onnx")) / 1e6
    encoder = "with" if all((folder / name).exists() for name in ENCODER_FILES) else "without"
    return f"""# The signal classifier

Written by `newswatch train`; do not edit. It reads a news item's title, lead and body in English and says which of eleven
signals of escalation it reports, with a calibrated probability each, and how the item stands to them (act, plan, threat,
denial, retrospective, comment). It is made for an analyst desk that wants to be told early and can read the item itself. It is
not made to decide anything about people, to judge whether a report is true, or to read other languages than English.

- **How**: {features:,} counted features (words, patterns with actors and weapons replaced by their class, ordered pairs and
  triples of word classes, the title's classes) into linear classifiers; {encoder} a sentence encoder (all-MiniLM-L6-v2,
  Apache-2.0, eight-bit ONNX) for items on which these leave a doubt (probability of any signal from {model.doubt}); each
  signal's log-odds, blended with those of any signal, become probabilities. Everything that is fitted is scikit-learn.
- **Size**: {size:.1f} MB in all. **Corpus**: {len(seeds):,} items, sha256 `{model.corpus_sha[:16]}`.
- **Encoder's provenance**: `build_encoder.py` makes it from a `model.safetensors` whose sha256 it checks. Several independent
  public projects pin that very hash as sentence-transformers/all-MiniLM-L6-v2 at revision
  1110a243fdf4706b3f48f1d95db1a4f5529b4d41, and likewise the tokenizer's."""


def _meaning() -> str:
    rows = [f"| `{one.signal}` | {one.reports} | {one.plover} | {one.cameo} |" for one in TAXONOMY]
    return "\n".join(["## Signals", "", "| signal | the item reports | PLOVER | CAMEO |", "|---|---|---|---|", *rows])


def _corpus(seeds: Sequence[Seed]) -> str:
    files = Counter(seed.file for seed in seeds)
    signals = Counter(signal for seed in seeds for signal in seed.signals)
    silent = sum(not seed.signals for seed in seeds)
    rows = [f"| {file} | {count:,} |" for file, count in sorted(files.items())]
    counts = ", ".join(f"{signal} {signals[signal]}" for signal in SIGNALS)
    told = f"Invented or reworded news, labelled by the codebook. {silent:,} items carry no signal. Signals: {counts}."
    return "\n".join(["## Corpus", "", told, "", "| file | items |", "|---|---|", *rows])


def _quality(whole: Figures, without: Figures, fired: Flags, truth: Flags, scores: Floats, model: Model) -> str:
    rows = []
    for i, signal in enumerate(SIGNALS):
        one = whole.per_signal[signal]
        low, high = f1_interval(fired[:, i], truth[:, i])
        error = calibration_error(scores[:, i], truth[:, i])
        figure = f"{one.precision:.2f} | {one.recall:.2f} | {one.f1:.2f} | {low:.2f}–{high:.2f} | {one.support} | {error:.3f}"
        rows.append(f"| `{signal}` | {model.thresholds[signal]:.2f} | {figure} |")
    return "\n".join(
        [
            "## Quality on seeds the model had not seen (cross-validation)",
            "",
            "| signal | threshold | precision | recall | F1 | 95 % of draws | items | calibration error |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            f"Macro-F1 {whole.macro_f1:.3f}; any signal F1 {whole.any_f1:.3f}; false alarms on items without a signal "
            f"{whole.false_alarms:.1%} (without the encoder {without.macro_f1:.3f}, {without.any_f1:.3f}, "
            f"{without.false_alarms:.1%}). Seeds are not the news: on real headlines expect recall to be lower.",
        ]
    )


def _modalities(full: Probabilities, targets: Targets) -> str:
    guess = full.modality.argmax(axis=1)
    rows = []
    for i, modality in enumerate(MODALITIES):
        right, said, true = (
            int(((guess == i) & (targets.modality == i)).sum()),
            int((guess == i).sum()),
            int((targets.modality == i).sum()),
        )
        rows.append(f"| {modality} | {right / said if said else 0:.2f} | {right / true if true else 0:.2f} | {true} |")
    share = float((guess == targets.modality).mean())
    return "\n".join(
        [
            "## Modality",
            "",
            "| modality | precision | recall | items |",
            "|---|---|---|---|",
            *rows,
            "",
            f"Right in {share:.1%}.",
        ]
    )


def _reliability(scores: Floats, truth: Flags) -> str:
    points = reliability(scores.ravel(), truth.ravel())
    rows = [f"| {mean:.2f} | {share:.2f} | {'█' * round(share * 20)} | {size:,} |" for mean, share, size in points]
    error = calibration_error(scores.ravel(), truth.ravel())
    head = ["| mean probability | share that is true | | scores |", "|---|---|---|---|"]
    return "\n".join(["## Reliability, all signals", "", *head, *rows, "", f"Expected calibration error {error:.3f}."])


def _mistakes(seeds: Sequence[Seed], scores: Floats, fired: Flags, truth: Flags) -> str:
    """The surest mistakes, at most two for a signal: what the model is known to get wrong."""
    wrong = fired != truth
    sureness = np.where(wrong, np.abs(scores - 0.5), -1)
    lines: list[str] = []
    seen: Counter[tuple[int, bool]] = Counter()
    for place in np.argsort(-sureness, axis=None, kind="stable"):
        item, signal = divmod(int(place), len(SIGNALS))
        kind = (signal, bool(truth[item, signal]))
        if len(lines) == EXAMPLES or not wrong[item, signal]:
            break
        if seen[kind] == 0:
            seen[kind] += 1
            lines.append(
                f"- {'missed' if kind[1] else 'false'} `{SIGNALS[signal]}` ({scores[item, signal]:.2f}): {seeds[item].title}"
            )
    return "\n".join(["## Known to get wrong", "", *lines])


def _tried(folder: Path) -> str:
    path = folder / TRIED
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
