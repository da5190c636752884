"""Do two directed pairs speak of the same two sides?"""

from __future__ import annotations

from typing import Literal

from newswatch.domain import Dyad

OBSERVERS = frozenset({"IAEA", "UNO", "ASEAN", "EU", "OPCW", "OSCE", "ICRC"})
PairMatch = Literal["same", "partly", "unknown", "other"]


def compare_pairs(one: Dyad, other: Dyad, *, one_sided: bool) -> PairMatch:
    """`same`; `partly` (nothing contradicts, a side is missing); `unknown` (one names nobody); `other` (a veto).

    One-sided acts (a missile test) are compared by who acts alone: "towards Japan" and "into the sea" are one launch.
    """
    if not _sides(one) or not _sides(other):
        return "unknown"
    if one_sided:
        return _compare_actors(one, other)
    if one == other or (_sides(one) == _sides(other) and len(_sides(one)) == 2):
        return "same"  # an exchange of fire is told from both sides
    return "partly" if _fits_into(one, other) or _fits_into(other, one) else "other"


def _compare_actors(one: Dyad, other: Dyad) -> PairMatch:
    mine, theirs = _who_acts(one), _who_acts(other)
    if mine and theirs:
        return "same" if mine == theirs else "other"
    return "partly" if _sides(one) & _sides(other) else "other"


def _who_acts(dyad: Dyad) -> str | None:
    """Inspectors and assemblies fire nothing: of "IAEA sees North Korea restart its reactor" North Korea is the actor."""
    return dyad.target if dyad.source in OBSERVERS else dyad.source


def _fits_into(small: Dyad, large: Dyad) -> bool:
    return len(_sides(small)) == 1 and _sides(small) < _sides(large)


def _sides(dyad: Dyad) -> set[str]:
    return {side for side in (dyad.source, dyad.target) if side}
