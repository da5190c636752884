"""What does the model think of a row of features? Linear heads first, then one calibrated probability per signal.

Two steps, both scikit-learn:
1. linear classifiers over the row, a logistic regression per signal and for "any signal", support-vector machines for modality:
   their margins;
2. each signal's log-odds blended with those of "any signal", and a line per signal that makes a probability of the blend; for
   modality a logistic regression over all margins. Both are fitted on margins of items the classifiers had not seen
   (cross-validation), so the probabilities mean what they say.

A head of this make is fitted twice: over counted features alone (cheap), and over these and the encoder's vector (full).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newswatch.domain import MODALITIES, SIGNALS

Floats = NDArray[np.float64]
Matrix = Any  # scipy.sparse.csr_matrix, which is not typed

ANY = "any"
BINARY = (*SIGNALS, ANY)
"""Outputs that are on or off, in the order of every margin and probability row; then come the modalities."""

LINEAR_C = 8.0  # best of 1, 3, 8 by average precision
MODALITY_C = 0.5
PROCESSES = 2
STACK_C = 0.02
FOLDS = 4
GRID = 1 / 64  # margins are rounded to this, so that the last bits of a sum never reach a score


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be learnt: (items, 12) on/off for `BINARY`, and the index of the modality per item."""

    binary: NDArray[np.int64]
    modality: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Targets:
        """The targets of some of the items."""
        return Targets(self.binary[rows], self.modality[rows])


@dataclass(frozen=True, slots=True)
class Probabilities:
    """(items, 12) probabilities for `BINARY` and (items, 7) for the modalities."""

    binary: Floats
    modality: Floats


@dataclass(frozen=True, slots=True)
class LinearHead:
    """The fitted linear classifiers side by side: `weights` (features, 19) and `bias` (19)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def margins(self, rows: Matrix) -> Floats:
        """(items, 19) distances from the dividing planes, on the grid."""
        return on_grid(np.asarray(rows @ self.weights) + self.bias)


@dataclass(frozen=True, slots=True)
class StackHead:
    """What makes probabilities of margins. `weights` (19 margins, 19 outputs) and `bias` (19): for `BINARY` each output's own
    margin, for the modalities a regression with its scaling folded in. `slope` and `shift` (12): the line that makes a
    blend a probability."""

    weights: Floats
    bias: Floats
    slope: Floats
    shift: Floats

    def probabilities(self, margins: Floats) -> Probabilities:
        """Calibrated probabilities for rows of margins. That there is any signal is as likely as the likeliest of them."""
        log_odds, modality = self.blend(margins)
        on = 1 / (1 + np.exp(-(log_odds * self.slope + self.shift)))
        on[:, BINARY.index(ANY)] = on.max(axis=1)
        return Probabilities(on, modality)

    def blend(self, margins: Floats) -> tuple[Floats, Floats]:
        """(items, 12) log-odds of each output blended with "any signal", and (items, 7) modality probabilities.

        The blend is the geometric mean of the output's probability and that of any signal: two views of one question, learnt
        apart, and an item must convince both.
        """
        found = margins @ self.weights + self.bias
        own = 1 / (1 + np.exp(-found[:, : len(BINARY)]))
        powers = np.exp(found[:, len(BINARY) :] - found[:, len(BINARY) :].max(axis=1, keepdims=True))
        modality = powers / powers.sum(axis=1, keepdims=True)
        blended = np.clip(np.sqrt(own * own[:, [BINARY.index(ANY)]]), 1e-9, 1 - 1e-9)
        return np.log(blended / (1 - blended)), modality


@dataclass(frozen=True, slots=True)
class Head:
    """Rows in, probabilities out."""

    linear: LinearHead
    stack: StackHead

    def probabilities(self, rows: Matrix) -> Probabilities:
        """Calibrated probabilities for rows of features."""
        return self.stack.probabilities(self.linear.margins(rows))


@dataclass(frozen=True, slots=True)
class FittedHead:
    """A head, and what its like would say of every item it was not fitted on: the figures to judge it by."""

    head: Head
    unseen: Probabilities


def fit_head(rows: Matrix, targets: Targets, folds: NDArray[np.int64]) -> FittedHead:
    """A head fitted to all rows, and cross-validated probabilities for each of them (both steps unseen)."""
    margins = unseen_margins(rows, targets, folds)
    unseen = Probabilities(np.zeros((len(margins), len(BINARY))), np.zeros((len(margins), len(MODALITIES))))
    for fold in np.unique(folds):
        seen, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        found = fit_stack(margins[seen], targets.take(seen)).probabilities(margins[held])
        unseen.binary[held], unseen.modality[held] = found.binary, found.modality
    return FittedHead(Head(fit_linear(rows, targets), fit_stack(margins, targets)), unseen)


def targets_of(signals: Sequence[Sequence[str]], modalities: Sequence[str]) -> Targets:
    """Targets from labels."""
    on = np.array([[signal in one for signal in SIGNALS] for one in signals], dtype=np.int64)
    return Targets(
        np.column_stack([on, on.any(axis=1)]).astype(np.int64), np.array([MODALITIES.index(one) for one in modalities])
    )


def fit_linear(rows: Matrix, targets: Targets) -> LinearHead:
    """Linear classifiers for every output; the same rows give the same bits. Weights as exact as files keep them."""
    from joblib import Parallel, delayed

    columns = [*targets.binary.T, targets.modality]
    fitted = Parallel(n_jobs=PROCESSES, max_nbytes=None)(delayed(_fit_one)(rows, column) for column in columns)
    weights = np.hstack([weights for weights, _ in fitted])
    bias = np.concatenate([bias for _, bias in fitted]).astype(np.float32)
    return LinearHead(np.ascontiguousarray(weights, dtype=np.float16).astype(np.float32), bias)


def _fit_one(rows: Matrix, column: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Weights (features, outputs) and bias (outputs) of one classifier: on/off, or one against the rest for modality."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    if column.max() == 1:
        machine = LogisticRegression(C=LINEAR_C, solver="liblinear", tol=1e-2)
    else:
        machine = LinearSVC(C=MODALITY_C, class_weight="balanced", random_state=0, tol=1e-3, max_iter=2000)
    machine.fit(rows, column)
    return machine.coef_.T, machine.intercept_


def fit_stack(margins: Floats, targets: Targets) -> StackHead:
    """The modality regression over standardised margins, classes unweighted, and the calibrating lines."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(margins)
    modality = LogisticRegression(C=STACK_C, max_iter=500, tol=1e-6).fit(scaler.transform(margins), targets.modality)
    own = np.eye(len(BINARY) + len(MODALITIES))[:, : len(BINARY)]
    weights = np.hstack([own, modality.coef_.T / scaler.scale_[:, None]])
    bias = np.concatenate([np.zeros(len(BINARY)), modality.intercept_]) - np.concatenate(
        [np.zeros(len(BINARY)), scaler.mean_ @ weights[:, len(BINARY) :]]
    )
    plain = StackHead(weights, bias, np.ones(len(BINARY)), np.zeros(len(BINARY)))
    blended, _ = plain.blend(margins)
    lines = [LogisticRegression(C=1e3).fit(blended[:, [i]], column) for i, column in enumerate(targets.binary.T)]
    slope = np.array([float(line.coef_[0, 0]) for line in lines])
    return StackHead(weights, bias, slope, np.array([float(line.intercept_[0]) for line in lines]))


def unseen_margins(rows: Matrix, targets: Targets, folds: NDArray[np.int64]) -> Floats:
    """(items, 19) margins of every item from machines fitted without its fold."""
    found = np.zeros((rows.shape[0], len(BINARY) + len(MODALITIES)))
    for fold in np.unique(folds):
        seen, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        found[held] = fit_linear(rows[seen], targets.take(seen)).margins(rows[held])
    return found


def on_grid(values: NDArray[Any]) -> Floats:
    """Values rounded to `GRID`."""
    return np.round(np.asarray(values, dtype=np.float64) / GRID) * GRID
