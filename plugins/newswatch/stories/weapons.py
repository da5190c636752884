"""Which weapon does a report speak of, and can two reports mean the same one?

First flashes say "projectile", later ones "missile", then "ICBM": a word may be made more precise, never replaced by another
kind. A cruise missile is not a ballistic one.
"""

from __future__ import annotations

import re
from collections.abc import Set

_PATTERNS = {
    "icbm": r"\bicbms?\b|intercontinental",
    "slbm": r"\bslbms?\b|submarine[- ]launched",
    "hypersonic": r"\bhypersonic",
    "cruise": r"\bcruise missiles?\b",
    "anti_aircraft": r"\banti[- ]aircraft|\bsurface[- ]to[- ]air",
    "satellite": r"\bsatellites?\b|space launch vehicle",
    "artillery": r"\bartillery|\bmultiple rocket launch",
    "drone": r"\bdrones?\b|\buavs?\b|\bunmanned",
    "ballistic": r"\bballistic",
    "air_strike": r"\bair ?strikes?\b",
    "nuclear_device": r"\bnuclear (test|device|detonation)",
}
_COMPILED = {weapon: re.compile(pattern, re.IGNORECASE) for weapon, pattern in _PATTERNS.items()}
_BALLISTIC = frozenset({"ballistic", "icbm", "slbm", "hypersonic"})
_FINER = frozenset({"icbm", "slbm", "cruise", "anti_aircraft", "artillery", "drone", "air_strike", "nuclear_device"})


def weapons(text: str) -> frozenset[str]:
    """The kinds of weapon named, empty for "missile" or "projectile"; "ballistic" is dropped beside a finer kind of it."""
    found = frozenset(weapon for weapon, pattern in _COMPILED.items() if pattern.search(text))
    return found - {"ballistic"} if found & (_BALLISTIC - {"ballistic"}) else found


def other_weapon(one: Set[str], other: Set[str]) -> bool:
    """Whether the two name weapons that cannot be one: cruise and ballistic, ICBM and submarine-launched."""
    if not one or not other or one & other:
        return False
    if "ballistic" in one | other and (one | other) <= _BALLISTIC:
        return False
    return bool(one & _FINER or other & _FINER)
