"""How far is a story to be believed? claimed -> corroborated -> official -> denied / false alarm / corrected -> quiet.

Belief only grows with origins, never with reprints. A denial stands until two origins report the happening anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newswatch.domain import Report, StoryState
from newswatch.stories.origins import confirms_itself, origin_of

CORROBORATING = 2  # independent origins
_FALSE_ALARM = re.compile(
    r"\bfalse (alarm|alert)|\b(sent|issued|triggered|fired off) (in|by) (error|mistake)"
    r"|\bmistaken(ly)?\b.{0,40}\b(alert|alarm|warning)"
    r"|\b(alert|warning|alarm)\b.{0,30}\b(lifted|withdrawn|retracted|cancell?ed)\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^\s*correct(ion|ed|s)\b|\b(retracts?|retracted|withdraws? (its )?report|walks? back)\b", re.IGNORECASE
)
_ORDER: dict[StoryState, int] = {"claimed": 0, "corroborated": 1, "official": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """A state and why it is reached."""

    state: StoryState
    reason: str


def opening_state(report: Report) -> Step:
    """The state of a story with one report."""
    if confirms_itself(report):
        return Step("official", f"{report.dyad.source} itself confirms ({origin_of(report)})")
    return Step("claimed", f"reported by {origin_of(report)}")


def next_state(
    state: StoryState, report: Report, *, origin: str, origins: tuple[str, ...], origins_since_denial: int
) -> Step | None:
    """The step that `report` brings, or None when belief stays as it is. `origins` counts `origin` already."""
    if report.modality == "denial":
        return _doubted(state, report, origin)
    if report.modality not in ("act", "threat", "plan"):
        return None
    if state in ("denied", "false_alarm", "corrected"):
        return _revived(origins_since_denial)
    reached = _believed(report, origin, origins)
    return reached if _ORDER[reached.state] > _ORDER.get(state, -1) else None


def _doubted(state: StoryState, report: Report, origin: str) -> Step | None:
    text = f"{report.title}. {report.lead}"
    if _FALSE_ALARM.search(text):
        step = Step("false_alarm", f"withdrawn as a false alarm ({origin})")
    elif _CORRECTION.search(text):
        step = Step("corrected", f"corrected ({origin})")
    else:
        step = Step("denied", f"denied ({origin})")
    return step if step.state != state else None


def _revived(origins_since_denial: int) -> Step | None:
    if origins_since_denial < CORROBORATING:
        return None
    return Step("corroborated", f"{origins_since_denial} origins report it anew, after the denial")


def _believed(report: Report, origin: str, origins: tuple[str, ...]) -> Step:
    if confirms_itself(report):
        return Step("official", f"{report.dyad.source} itself confirms ({origin})")
    if len(origins) >= CORROBORATING:
        return Step("corroborated", f"{len(origins)} independent origins: {', '.join(origins)}")
    return Step("claimed", f"reported by {origin}")
