"""What does a story remember of a report, so that the next one can be compared without reading it again?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from newswatch.domain import Dyad, Report
from newswatch.stories.event_day import event_day
from newswatch.stories.origins import origin_of
from newswatch.stories.weapons import weapons
from newswatch.stories.words import weighted_words

_PLACE = re.compile(
    r"\b(?:in|at|near|off|around|outside|from|on)\s+(?:the\s+)?((?:[A-Z][\w'’-]+(?:\s+(?=[A-Z]))?){1,3})"
)
_NOT_PLACES = re.compile(
    r"(mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november"
    r"|december|us|un|nato|eu|west|east|north|south",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(second|third|another|fresh|more|again)\b.{0,60}\b(same day|today|hours? (after|later|apart)|within hours)\b"
    r"|\bhours? (after|later)\b.{0,60}\b(another|second|third|again|first)\b"
    r"|\b(second|third) (time|launch|test|strike|attack|missile) (in|of) (a|the|one) (single )?day\b",
    re.IGNORECASE,
)
_PICTURES = re.compile(
    r"^\W*(photos?|pictures?|images?|videos?|footage|watch|see)\b"
    r"|\b(photos|pictures|images|video|footage) (show|reveal|released|emerge)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Trace:
    """One report, reduced to what grouping compares."""

    article_id: int | str
    published_at: datetime
    dyad: Dyad
    signals: tuple[str, ...]
    modality: str
    origin: str
    title_words: Mapping[str, float]
    words: Mapping[str, float]
    weapons: frozenset[str] = frozenset()
    day: date | None = None  # of the event, where the text names it
    places: frozenset[str] = frozenset()
    again: bool = False  # the text says that this is one more on the same day
    pictures: bool = False  # the headline shows pictures of what has happened; it is never the first word of it
    fingerprint: bytes = b""
    actors: tuple[str, ...] = ()  # everyone the text names


def trace_of(report: Report) -> Trace:
    """The trace of one report."""
    shown = f"{report.title}. {report.lead}"
    return Trace(
        article_id=report.article_id,
        published_at=report.published_at,
        dyad=report.dyad,
        signals=report.reported,
        modality=report.modality,
        origin=origin_of(report),
        title_words=weighted_words(report.title),
        words=weighted_words(report.title, report.lead or report.text),
        weapons=weapons(shown),
        day=event_day(shown, report.published_at),
        places=places(shown),
        again=_AGAIN.search(shown) is not None,
        pictures=_PICTURES.search(report.title) is not None,
        fingerprint=report.fingerprint,
        actors=report.actors,
    )


def places(text: str) -> frozenset[str]:
    """Names that follow a preposition of place, lower-cased: "in Kharkiv", "near Pyongyang". A guess, used beside the pair."""
    found = (match.group(1).strip().lower().replace("’", "'").removesuffix("'s") for match in _PLACE.finditer(text))
    return frozenset(place for place in found if not _NOT_PLACES.fullmatch(place))
