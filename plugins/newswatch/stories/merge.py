"""What becomes of a story when a report opens it or joins it? Pure: every change is in the value returned, with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from newswatch.domain import Dyad, Report, Severity, Story, StoryChange
from newswatch.stories.lifecycle import Step, next_state, opening_state
from newswatch.stories.memory import TEXT_CHARACTERS, Remembered, kept
from newswatch.stories.settings import SeveritySettings
from newswatch.stories.severity import DISPUTED, Gravity, leading_signal, severity
from newswatch.stories.trace import Trace

T = TypeVar("T")

STRENGTH: dict[str, int] = {"act": 6, "threat": 5, "plan": 4, "denial": 3, "comment": 2, "retrospective": 1, "none": 0}
CURRENT = ("act", "threat", "plan")
MAX_EVIDENCE = 3


def open_story(report: Report, trace: Trace, settings: SeveritySettings, *, surging: bool = False) -> Remembered:
    """A story of one report. The id follows from the report, so a rerun opens the same story."""
    step = opening_state(report)
    scores = _scores(report)
    story = Story(
        story_id=_story_id(report),
        signal=leading_signal(scores, settings),
        signals=report.signals,
        dyad=report.dyad,
        modality=report.modality,
        state=step.state,
        title=report.title,
        first_at=report.published_at,
        last_at=report.published_at,
        severity=Severity(1, 0.0),
        article_ids=(report.article_id,),
        origins=(trace.origin,),
        publishers=(report.publisher,),
        actors=report.actors,
        evidence=report.evidence[:MAX_EVIDENCE],
        backlog=report.backlog,
        url=report.url,
        countries=(report.country,) if report.country else (),
        tiers=(report.tier,),
    )
    opened = StoryChange(report.published_at, "opened", None, step.state, step.reason)
    one = Remembered(replace(story, changes=(opened,)), (trace,), scores, _text("", report), report.published_at)
    return weighed(one, settings, at=report.published_at, surging=surging, is_new=True)


def join_story(
    one: Remembered,
    report: Report,
    trace: Trace,
    settings: SeveritySettings,
    *,
    how: str,
    new_event_hours: float,
    surging: bool = False,
) -> Remembered:
    """The story with `report` added: origins, state, events, severity, each change with its reason."""
    joined = _with_report(one, report, trace)
    joined = _with_state(joined, report, trace)
    if trace.again and how != "copy" and report.published_at - one.last_event_at >= timedelta(hours=new_event_hours):
        joined = _with_event(joined, report)
    return weighed(joined, settings, at=report.published_at, surging=surging)


def weighed(
    one: Remembered, settings: SeveritySettings, *, at: datetime, surging: bool, is_new: bool = False
) -> Remembered:
    """The story with its severity computed anew; a change of level is written down with the factors that made it."""
    story = one.story
    signal = leading_signal(one.scores, settings, before=None if is_new else story.signal)
    gravity = Gravity(
        signal, one.scores, story.modality, story.dyad, story.state, len(story.origins), one.text, surging=surging
    )
    found = severity(gravity, settings)
    changes = story.changes
    if found.level != story.severity.level and not is_new:
        product = " × ".join(f"{factor.name} {factor.weight:g}" for factor in found.factors)
        changes = (*changes, StoryChange(at, "severity", str(story.severity.level), str(found.level), product))
    return replace(one, story=replace(story, severity=found, signal=signal, score=one.scores[signal], changes=changes))


def _with_report(one: Remembered, report: Report, trace: Trace) -> Remembered:
    story = one.story
    leads = STRENGTH[report.modality] > STRENGTH[story.modality]
    current = report.modality in CURRENT
    merged = replace(
        story,
        signals=_union(story.signals, report.signals if current else ()),
        dyad=_refined(story.dyad, report.dyad) if current else story.dyad,
        modality=report.modality if leads else story.modality,
        title=report.title if leads else story.title,
        url=report.url if leads else story.url,
        evidence=(report.evidence if leads else story.evidence)[:MAX_EVIDENCE],
        first_at=min(story.first_at, report.published_at),
        last_at=max(story.last_at, report.published_at),
        article_ids=_union(story.article_ids, (report.article_id,)),
        origins=_union(story.origins, (trace.origin,) if current else ()),
        publishers=_union(story.publishers, (report.publisher,)),
        actors=_union(story.actors, report.actors),
        countries=_union(story.countries, (report.country,) if report.country else ()),
        tiers=_union(story.tiers, (report.tier,)),
        backlog=story.backlog and report.backlog,
    )
    return replace(
        one,
        story=merged,
        traces=kept(one.traces, trace),
        scores=_highest(one.scores, report) if current else one.scores,
        text=_text(one.text, report) if current else one.text,
    )


def _with_state(one: Remembered, report: Report, trace: Trace) -> Remembered:
    story = one.story
    since = one.origins_since_denial
    if story.state in DISPUTED and report.modality in CURRENT:
        since = _union(since, (trace.origin,))
    step = next_state(story.state, report, origin=trace.origin, origins=story.origins, origins_since_denial=len(since))
    if step is None:
        return replace(one, origins_since_denial=since)
    change = StoryChange(report.published_at, "state", story.state, step.state, step.reason)
    return replace(
        one, story=replace(story, state=step.state, changes=(*story.changes, change)), origins_since_denial=()
    )


def _with_event(one: Remembered, report: Report) -> Remembered:
    events = one.story.events + 1
    change = StoryChange(
        report.published_at, "event", str(events - 1), str(events), f"reported as one more: {report.title}"
    )
    return replace(
        one,
        story=replace(one.story, events=events, changes=(*one.story.changes, change)),
        last_event_at=report.published_at,
    )


def quieted(story: Story, at: datetime) -> Story:
    """The story once nothing more is reported; what it was is kept in its changes."""
    step = Step("quiet", "no report since " + story.last_at.isoformat(timespec="minutes"))
    return replace(
        story, state="quiet", changes=(*story.changes, StoryChange(at, "state", story.state, step.state, step.reason))
    )


def _scores(report: Report) -> Mapping[str, float]:
    return {signal: report.scores.get(signal, 0.0) for signal in report.reported}


def _highest(scores: Mapping[str, float], report: Report) -> Mapping[str, float]:
    found = _scores(report)
    return {signal: max(scores.get(signal, 0.0), found.get(signal, 0.0)) for signal in scores.keys() | found.keys()}


def _refined(story: Dyad, report: Dyad) -> Dyad:
    """A missing side is filled by a report that agrees on the other side; a known side is never replaced."""
    if story.source and story.source == report.source:
        return Dyad(story.source, story.target or report.target)
    if story.target and story.target == report.target and story.source is None:
        return Dyad(report.source, story.target)
    return story


def _text(before: str, report: Report) -> str:
    return f"{before}\n{report.title}. {report.lead}"[:TEXT_CHARACTERS]


def _union(one: tuple[T, ...], more: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*one, *more)))


def _story_id(report: Report) -> str:
    return "st_" + hashlib.sha256(str(report.article_id).encode()).hexdigest()[:16]
