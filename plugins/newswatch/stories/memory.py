"""A story together with what grouping must remember of its reports, and its form as JSON for the next run."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from newswatch.domain import Dyad, Story
from newswatch.stories.trace import Trace

FIRST_TRACES, LAST_TRACES = (
    3,
    3,
)  # the first tell what it is, the last how it is told now; between them nothing new is learned
TEXT_CHARACTERS = 4000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A story and its memory: the traces compared with new reports, and the sums its severity is computed from."""

    story: Story
    traces: tuple[Trace, ...]
    scores: Mapping[str, float]  # per signal, the highest probability among reports that speak of it as current
    text: str  # titles and leads, for the intensities of severity
    last_event_at: datetime
    origins_since_denial: tuple[str, ...] = ()


def kept(traces: tuple[T, ...], new: T) -> tuple[T, ...]:
    """The traces (or whatever else there is one of for each) that a story keeps once `new` is added."""
    every = (*traces, new)
    return every if len(every) <= FIRST_TRACES + LAST_TRACES else (*every[:FIRST_TRACES], *every[-LAST_TRACES:])


def to_json(one: Remembered) -> dict[str, Any]:
    """All but the story itself, as plain JSON values."""
    return {
        "traces": [_trace_to_json(trace) for trace in one.traces],
        "scores": dict(one.scores),
        "text": one.text,
        "last_event_at": one.last_event_at.isoformat(),
        "origins_since_denial": list(one.origins_since_denial),
    }


def from_json(story: Story, memory: Mapping[str, Any]) -> Remembered:
    """The inverse of `to_json`."""
    return Remembered(
        story=story,
        traces=tuple(_trace_from_json(trace) for trace in memory["traces"]),
        scores=memory["scores"],
        text=memory["text"],
        last_event_at=datetime.fromisoformat(memory["last_event_at"]),
        origins_since_denial=tuple(memory["origins_since_denial"]),
    )


def _trace_to_json(trace: Trace) -> dict[str, Any]:
    plain = {field.name: getattr(trace, field.name) for field in fields(trace)}
    return plain | {
        "published_at": trace.published_at.isoformat(),
        "dyad": [trace.dyad.source, trace.dyad.target],
        "title_words": dict(trace.title_words),
        "words": dict(trace.words),
        "weapons": sorted(trace.weapons),
        "places": sorted(trace.places),
        "day": trace.day.isoformat() if trace.day else None,
        "fingerprint": base64.b64encode(trace.fingerprint).decode("ascii"),
    }


def _trace_from_json(plain: Mapping[str, Any]) -> Trace:
    return Trace(
        **{
            **plain,
            "published_at": datetime.fromisoformat(plain["published_at"]),
            "dyad": Dyad(*plain["dyad"]),
            "signals": tuple(plain["signals"]),
            "actors": tuple(plain.get("actors", ())),
            "weapons": frozenset(plain["weapons"]),
            "places": frozenset(plain["places"]),
            "day": date.fromisoformat(plain["day"]) if plain["day"] else None,
            "fingerprint": base64.b64decode(plain["fingerprint"]),
        }
    )
