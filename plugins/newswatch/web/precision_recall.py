"""How does a precision-recall curve look, and where on it do we stand? Outlines for SVG. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newswatch.web.label_curves import LabelCurve
from newswatch.web.model_figures import CurvePoint

SIDE = 100  # the box: recall to the right, precision upwards


@dataclass(frozen=True)
class Spot:
    """A threshold on the curve, in the box's own coordinates."""

    x: float
    y: float
    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True)
class PrChart:
    """`own`: the model's curve, cross-validated on the seeds; `desk`: on the desk's labels. "" where there is none.

    `now` and `asked` are the points at the thresholds in force and asked about, on the model's curve, else on the desk's.
    """

    own: str
    desk: str
    now: Spot | None
    asked: Spot | None
    spots: tuple[Spot, ...]


def pr_chart(own: Sequence[CurvePoint], labels: LabelCurve | None, *, in_force: float, asked: float) -> PrChart:
    """The chart of one signal."""
    spots = _spots((one.threshold, one.precision, one.recall) for one in own)
    desk = _spots((one.threshold, one.precision.value, one.recall.value) for one in labels.points) if labels else ()
    used = spots or desk
    return PrChart(_outline(spots), _outline(desk), _nearest(used, in_force), _nearest(used, asked), used)


def _spots(points: Iterable[tuple[float, float | None, float | None]]) -> tuple[Spot, ...]:
    return tuple(
        Spot(round(SIDE * recall, 1), round(SIDE - SIDE * precision, 1), threshold, precision, recall)
        for threshold, precision, recall in points
        if precision is not None and recall is not None
    )


def _outline(spots: Sequence[Spot]) -> str:
    return " ".join(f"{'L' if place else 'M'}{spot.x:g} {spot.y:g}" for place, spot in enumerate(spots))


def _nearest(spots: Sequence[Spot], threshold: float) -> Spot | None:
    return min(spots, key=lambda spot: abs(spot.threshold - threshold), default=None)
