"""Has what comes in moved away from what the model was used to? Measured daily, kept for the Model page, told to operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from newswatch.errors import ModelError
from newswatch.steps.desk import Desk, open_desk
from newswatch.steps.result import StepResult, counted
from newswatch.tuning.drift import MEASURES, Reading, compared, told

if TYPE_CHECKING:
    from newswatch.storage.tuning.stream import Seen

LATELY = timedelta(days=3)
USUAL = timedelta(days=28)  # the weeks before
SAMPLE = 1_000  # articles on either side whose words are looked up


def watch_drift() -> StepResult:
    """Compare the last three days with the four weeks before, and tell the operators what has moved, and what is back."""
    from newswatch.steps.notices import tell_operators
    from newswatch.storage.tuning.models import save_drift

    with open_desk() as desk:
        readings = read_drift(desk)
        rows = [
            {
                "measured_at": desk.now, "measure": one.measure, "distance": one.distance, "usual": dict(one.usual),
                "lately": dict(one.lately), "articles": one.articles,
            }
            for one in readings
        ]  # fmt: skip
        with desk.db.begin() as connection:
            save_drift(connection, rows)
        troubles = {f"drift:{one.measure}": told(one) for one in readings if one.has_moved}
        notices = tell_operators(desk.db, desk.settings, troubles, prefix="drift:", now=desk.now)
    figures = ", ".join(f"{one.measure.replace('_', ' ')} {one.distance:.2f}" for one in readings)
    return StepResult(
        f"{counted(len(troubles), 'measure')} moved", f"Drift: {figures or 'too few articles to tell'}.",
        {"moved": len(troubles), "notices": len(notices)}, tuple(notices),
    )  # fmt: skip


def read_drift(desk: Desk) -> list[Reading]:
    """The measures that can be told; scores are compared within the champion's own alone."""
    from newswatch.steps.model_life import model_life
    from newswatch.storage.tuning.stream import find_seen

    now, middle = desk.now, desk.now - LATELY
    with desk.db.read() as connection:
        before = find_seen(connection, since=middle - USUAL, until=middle)
        after = find_seen(connection, since=middle, until=now)
    champion = model_life(desk.db, now=now).champion_sha
    sides = (before, after)
    values: dict[str, tuple[Sequence[float | str], Sequence[float | str]]] = {
        "score": _both(sides, lambda one: one.score if one.model_sha == champion else None),
        "length": _both(sides, lambda one: one.length),
        "language": _both(sides, lambda one: one.language or "unknown"),
        "unknown_words": _unknown(desk, before, after),
    }
    readings = [compared(name, *values[name]) for name in MEASURES]
    return [one for one in readings if one is not None]


def _both(
    sides: tuple[list[Seen], list[Seen]], read: Callable[[Seen], float | str | None]
) -> tuple[list[float | str], list[float | str]]:
    """What `read` tells of every article on either side; None tells nothing."""
    before, after = ([value for one in side if (value := read(one)) is not None] for side in sides)
    return before, after


def _unknown(desk: Desk, before: list[Seen], after: list[Seen]) -> tuple[list[float], list[float]]:
    """The share of unknown words in a sample of either side; nothing without a usable model."""
    from newswatch.signals.unknown import unknown_shares
    from newswatch.steps.model_life import current_model_folder
    from newswatch.storage.tuning.stream import find_heads

    english = [[one.article_id for one in side if one.language in (None, "en")] for side in (before, after)]
    samples = [ids[:: max(1, len(ids) // SAMPLE)] for ids in english]
    with desk.db.read() as connection:
        heads = [find_heads(connection, ids) for ids in samples]
    try:
        shares = unknown_shares(current_model_folder(desk.db), [*heads[0], *heads[1]])
    except ModelError:  # told by the health check, with what to do
        return [], []
    return shares[: len(heads[0])], shares[len(heads[0]) :]
