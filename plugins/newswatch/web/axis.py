"""Where do the lines of a scale stand? Round numbers from zero up to the highest value. Pure."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_LINES = 4


@dataclass(frozen=True)
class Line:
    """A value with its place: `y` in per cent of the height, from the top."""

    value: float
    y: float


def scale(most: float) -> tuple[Line, ...]:
    """Up to MOST_LINES lines at round values above zero; none for a scale without height."""
    if most <= 0:
        return ()
    power = 1.0
    while power * STEPS[-1] * MOST_LINES < most:
        power *= 10
    while power * STEPS[0] * MOST_LINES > most:
        power /= 10
    step = next(power * one for one in (*STEPS, 100.0) if power * one * (MOST_LINES + 1) > most)
    values = [step * count for count in range(1, MOST_LINES + 1) if step * count <= most]
    return tuple(Line(round(value, 6), round(100 - 100 * value / most, 2)) for value in values)
