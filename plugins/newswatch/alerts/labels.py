"""What can a route know of a story? Its labels, each with one value or several."""

from __future__ import annotations

from newswatch.alerts.matchers import Labels
from newswatch.domain import FAMILIES, Dyad, Story


def labels_of(story: Story) -> Labels:
    """The labels of a story, every one that a matcher may name."""
    return {
        "story": (story.story_id,),
        "signal": (story.signal,),
        "signals": story.signals,
        "family": (FAMILIES[story.signal],),
        "modality": (story.modality,),
        "state": (story.state,),
        "severity": (str(story.severity.level),),
        "source": _one(story.dyad.source),
        "target": _one(story.dyad.target),
        "pair": _one(_pair(story.dyad)),
        "sides": _one("-".join(sorted(side for side in (story.dyad.source, story.dyad.target) if side))),
        "actor": story.actors,
        "country": story.countries,
        "publisher": story.publishers,
        "tier": tuple(str(tier) for tier in story.tiers),
    }


def labels_from_words(words: tuple[str, ...]) -> Labels:
    """Labels as typed on a command line, `severity=4 target=JPN`. Raises ValueError for anything else."""
    labels: dict[str, tuple[str, ...]] = {}
    for word in words:
        label, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"{word!r} is not label=value, such as severity=4")
        labels[label] = (*labels.get(label, ()), value)
    if "signal" in labels:
        labels.setdefault("signals", labels["signal"])
        labels.setdefault("family", tuple(FAMILIES[signal] for signal in labels["signal"] if signal in FAMILIES))
    return labels


def _pair(dyad: Dyad) -> str | None:
    return str(dyad) if dyad.source or dyad.target else None


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
