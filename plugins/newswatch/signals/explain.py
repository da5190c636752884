"""Why did a signal fire? The features that weighed most, in log-odds, read off the model itself.

A signal's own log-odds are a weighted sum of features, so each feature's share is exact; no estimate is involved. (The score
shown also blends in how likely any signal is, see `heads`.) The encoder's vector counts as one term.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from newswatch.domain import SIGNALS
from newswatch.signals.heads import Head

ENCODER_TERM = "(sense of the sentence)"

_IN_WORDS = {"@S": "STATE", "@G": "GROUP", "@W": "ORGANISATION", "^": "start", "$": "end"}


class Explainer:
    """Terms for any row of one head. `names` are the columns' names, those of the encoder left out."""

    def __init__(self, head: Head, names: list[str]) -> None:
        self._names = names
        self._columns = {signal: _signal_weights(head, i) for i, signal in enumerate(SIGNALS)}

    def terms(self, row: Any, signal: str, *, count: int) -> tuple[tuple[str, float], ...]:
        """The `count` features of a one-row matrix that speak most for `signal`: (term, log-odds), heaviest first."""
        weights = self._columns[signal]
        shares = row.data * weights[row.indices]
        counted = row.indices < len(self._names)
        found: dict[str, float] = {}
        for column, share in zip(row.indices[counted], shares[counted], strict=True):
            term = in_words(self._names[column])
            found[term] = found.get(term, 0.0) + float(share)
        if not counted.all():
            found[ENCODER_TERM] = float(shares[~counted].sum())
        heaviest = sorted(
            ((term, share) for term, share in found.items() if share > 0), key=lambda one: (-one[1], one[0])
        )
        return tuple((term, round(share, 3)) for term, share in heaviest[:count])


def in_words(name: str) -> str:
    """A feature's name for a person: "classes|@S>FIRE>MISSILE" -> "STATE > FIRE > MISSILE", "words|fir tw" -> "fir tw"."""
    block, _, feature = name.partition("|")
    if block in ("classes", "title"):
        parts = feature.replace(">>", ">").split(">")
        return " > ".join(_IN_WORDS.get(part, part) for part in parts)
    return " ".join(_IN_WORDS.get(part, part) for part in feature.split(" "))


def _signal_weights(head: Head, index: int) -> NDArray[np.float64]:
    """Log-odds per unit of every feature."""
    return np.asarray(head.linear.weights[:, index], dtype=np.float64)
