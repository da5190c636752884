"""How well does each threshold do on what the desk itself has labelled? Reckoned anew only when an approved label changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newswatch.steps.stored_scores import labelled_curves
from newswatch.storage.pages.tuning import labels_stand
from newswatch.storage.session import Database
from newswatch.tuning.curves import PrecisionRecall

FEWEST = 10  # articles with the signal; with fewer a curve is noise
Stand = tuple[int, datetime | None]
_known: dict[str, tuple[Stand, Mapping[str, LabelCurve]]] = {}
_reckoning = threading.Lock()


@dataclass(frozen=True)
class LabelCurve:
    """Precision and recall of a signal at every hundredth, with 95 % intervals; `items` articles are labelled with it."""

    items: int
    points: tuple[PrecisionRecall, ...]


def label_curves(db: Database) -> Mapping[str, LabelCurve]:
    """The curve of each signal that enough approved labels carry."""
    with db.read() as connection:
        stand = labels_stand(connection)
    if not stand[0]:
        return {}
    with _reckoning:
        known = _known.get(str(db.url))
        if known is None or known[0] != stand:
            known = _known[str(db.url)] = (stand, _reckoned(db))
    return known[1]


def _reckoned(db: Database) -> Mapping[str, LabelCurve]:
    found = {}
    for signal, points in labelled_curves(db).signals.items():
        items = points[0].recall.items  # at threshold 0 everything that carries the signal counts
        if items >= FEWEST:
            found[signal] = LabelCurve(items, points)
    return found
