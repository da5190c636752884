"""May this challenger be offered to a person for promotion? Checks, each with what it found; all must pass.

On the frozen set no figure may fall below its floor. Where the champion has not learnt from the frozen set either, the challenger
may not be worse than it by more than the tolerance. On recent labels, from which neither has learnt, it may not be worse than the
champion; with fewer than FEWEST of them that check passes and says so, and the person who approves reads the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

FEWEST = 30  # recent labels from which a comparison means something
FEWEST_OF_SIGNAL = 20  # items of a signal in the frozen set from which its own figure is judged
MOST_LOST = 0.1  # of any one signal's F1


class SignalFigures(Protocol):
    @property
    def f1(self) -> float: ...
    @property
    def support(self) -> int: ...


class Whole(Protocol):
    """The figures over all signals together."""

    @property
    def macro_f1(self) -> float: ...
    @property
    def any_f1(self) -> float: ...
    @property
    def false_alarms(self) -> float: ...


class Figures(Whole, Protocol):
    """What is judged; see `signals.evaluate.Figures`."""

    @property
    def per_signal(self) -> Mapping[str, SignalFigures]: ...


class Floors(Whole, Protocol):
    """The lowest figures that may be put before a person, and how much a challenger may be worse than the champion."""

    @property
    def tolerance(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, whether it passed, and the figures in words."""

    name: str
    passed: bool
    says: str


def gate(
    frozen: Figures,
    recent: Figures,
    items: int,
    *,
    champion_frozen: Figures,
    champion_recent: Figures,
    floors: Floors,
    champion_is_blind: bool,
) -> tuple[Check, ...]:
    """Every check. `items`: recent labels; `champion_is_blind`: the champion has not learnt from the frozen set."""
    checks = [
        _at_least("macro-F1 on the frozen set", frozen.macro_f1, floors.macro_f1),
        _at_least("any-signal F1 on the frozen set", frozen.any_f1, floors.any_f1),
        Check(
            "false alarms on the frozen set", frozen.false_alarms <= floors.false_alarms,
            f"{frozen.false_alarms:.1%}, at most {floors.false_alarms:.1%}",
        ),
    ]  # fmt: skip
    if champion_is_blind:
        least = champion_frozen.macro_f1 - floors.tolerance
        checks += [
            _at_least("macro-F1 beside the champion's", frozen.macro_f1, least),
            _no_signal_lost(frozen, champion_frozen),
        ]
    if items < FEWEST:
        checks.append(Check("recent labels", passed=True, says=f"{items} are too few to tell; {FEWEST} are needed"))
    else:
        least = champion_recent.any_f1 - floors.tolerance
        checks.append(_at_least(f"any-signal F1 on {items} recent labels", recent.any_f1, least))
    return tuple(checks)  # fmt: skip


def _at_least(name: str, value: float, least: float) -> Check:
    return Check(name, value >= least, f"{value:.3f}, at least {least:.3f}")


def _no_signal_lost(challenger: Figures, champion: Figures) -> Check:
    lost = {
        signal: (old.f1, challenger.per_signal[signal].f1)
        for signal, old in champion.per_signal.items()
        if old.support >= FEWEST_OF_SIGNAL and challenger.per_signal[signal].f1 < old.f1 - MOST_LOST
    }
    says = ", ".join(f"{signal} {old:.2f} → {new:.2f}" for signal, (old, new) in lost.items())
    return Check("every signal's F1", not lost, says or f"none lost more than {MOST_LOST:g}")
