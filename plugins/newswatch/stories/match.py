"""Does this report belong to that story, and by which rule?

Copies join at once. Anything looser needs the same pair and family and no veto: another weapon, another day of the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from newswatch.domain import FAMILIES
from newswatch.stories import fingerprints
from newswatch.stories.pairs import PairMatch, compare_pairs
from newswatch.stories.settings import StorySettings
from newswatch.stories.trace import Trace
from newswatch.stories.weapons import other_weapon
from newswatch.stories.words import likeness, title_likeness

How = Literal["copy", "same_act", "same_place", "alike"]
RANK: dict[str, int] = {"copy": 4, "same_act": 3, "same_place": 2, "alike": 1}
DAY_SLACK = timedelta(hours=12)  # one happening is dated a day apart by zones only in its first hours
REACTING = ("condemnation", "sanction")  # signals of others' answers to an act
_CALM = ("denial", "retrospective", "comment", "none")  # such reports follow a story, they never tell two acts apart


@dataclass(frozen=True, slots=True)
class Match:
    """How a report fits a story; of several the highest rank, then the greatest likeness, wins."""

    how: How
    likeness: float
    near_copy: bool = False

    @property
    def order(self) -> tuple[int, float]:
        return RANK[self.how], self.likeness


def match(report: Trace, told: tuple[Trace, ...], settings: StorySettings) -> Match | None:
    """The best match of `report` with any of a story's traces (at least one, oldest first), or None."""
    return _as_copy(report, told, settings) or _as_same_happening(report, told, settings)


def _as_copy(report: Trace, told: tuple[Trace, ...], settings: StorySettings) -> Match | None:
    for trace in told:
        alike = fingerprints.likeness(report.fingerprint, trace.fingerprint)
        if alike >= settings.near_duplicate:
            return Match("copy", alike, near_copy=True)
        same_words = title_likeness(report.title_words, trace.title_words)
        if (
            same_words >= settings.same_title
            and veto(report, trace, told[0]) is None
            and _near(report, told, settings.alike_hours)
        ):
            return Match("copy", same_words, near_copy=bool(alike))
    return None


def _as_same_happening(report: Trace, told: tuple[Trace, ...], settings: StorySettings) -> Match | None:
    one_sided = _one_sided(report, told, settings)
    if one_sided and _reacts(report, told, settings):
        return Match("same_act", max(likeness(report.words, trace.words) for trace in told))
    pair = _best_pair(report, told, one_sided=one_sided)
    if pair == "other" or not _one_family(report, told):
        return None
    if any(veto(report, trace, told[0]) for trace in told) or (one_sided and _comes_too_late(report, told)):
        return None
    alike = max(likeness(report.words, trace.words) for trace in told)
    if one_sided and pair == "same" and _near(report, told, settings.same_act_hours):
        return Match("same_act", alike)
    if _same_place(report, told) and pair in ("same", "partly") and _near(report, told, settings.same_place_hours):
        return Match("same_place", alike)
    needed = settings.alike if pair in ("same", "partly") else settings.alike_unknown_pair
    if alike >= needed and _near(report, told, settings.alike_hours):
        return Match("alike", alike)
    return None


def _reacts(report: Trace, told: tuple[Trace, ...], settings: StorySettings) -> bool:
    """Whether a report denounces, before all else, the act that the story tells of: "Tokyo lodges protest over missile".

    Its pair is that of the protest, Tokyo and Pyongyang, and tells nothing of who fired; that the actor is named does.
    """
    if not report.signals or report.signals[0] not in REACTING or told[0].dyad.source not in report.actors:
        return False
    another = any(veto(report, trace, told[0]) for trace in told) or _comes_too_late(report, told)
    return not another and _near(report, told, settings.same_act_hours)


def veto(report: Trace, trace: Trace, first: Trace) -> str | None:
    """Why two reports cannot be one happening, however alike they read: `weapon`, `day`, or None."""
    if report.modality in _CALM:
        return None
    if other_weapon(report.weapons, trace.weapons):
        return "weapon"
    if report.day and trace.day and _other_day(report, trace, first):
        return "day"
    return None


def _other_day(report: Trace, trace: Trace, first: Trace) -> bool:
    assert report.day and trace.day  # noqa: S101 - narrows the types for the reader and the checker; see `veto`
    apart = abs((report.day - trace.day).days)
    return apart >= 2 or (apart == 1 and report.published_at - first.published_at > DAY_SLACK)


def _comes_too_late(report: Trace, told: tuple[Trace, ...]) -> bool:
    """Whether a report that names no day, and so speaks of today, meets a story whose act lies days back."""
    if report.day or report.pictures or report.modality in _CALM:
        return False
    days = [trace.day for trace in told if trace.day]
    return bool(days) and all(abs((report.published_at.date() - day).days) > 1 for day in days)


def _near(report: Trace, told: tuple[Trace, ...], hours: float) -> bool:
    return any(abs(report.published_at - trace.published_at) <= timedelta(hours=hours) for trace in told)


def _best_pair(report: Trace, told: tuple[Trace, ...], *, one_sided: bool) -> PairMatch:
    order: tuple[PairMatch, ...] = ("same", "partly", "unknown", "other")
    found = {compare_pairs(report.dyad, trace.dyad, one_sided=one_sided) for trace in told}
    return next(match for match in order if match in found)


def _one_sided(report: Trace, told: tuple[Trace, ...], settings: StorySettings) -> bool:
    acts = set(settings.one_sided)
    return bool(acts & set(report.signals)) and any(acts & set(trace.signals) for trace in told)


def _one_family(report: Trace, told: tuple[Trace, ...]) -> bool:
    """Reports without a signal (a denial) follow any family of their pair."""
    mine = families(report.signals)
    return not mine or any(mine & families(trace.signals) for trace in told)


def families(signals: tuple[str, ...]) -> frozenset[str]:
    """The families of signals that may be one happening told in other words."""
    return frozenset(FAMILIES[signal] for signal in signals)


def _same_place(report: Trace, told: tuple[Trace, ...]) -> bool:
    return any(report.places & trace.places for trace in told)
