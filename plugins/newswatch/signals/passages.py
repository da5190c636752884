"""Which passages of an article are read, and how much does each weigh?

A title with its lead says what the article reports. Sentences of the body are read one by one: a finding there counts, but less,
for bodies also tell what happened last year. So the summary and the full text of one article come to the same signals, unless the
body reports what the summary leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newswatch.domain import Reading
from newswatch.signals.features import Segment
from newswatch.signals.heads import Floats
from newswatch.signals.tags import Tagger
from newswatch.signals.words import read_words, sentences

BODY_WEIGHT = 0.6  # of a sentence of the body: alone it must be nearly certain, for bodies also recall older news
KINSHIP = 0.5  # how far sentences of one text count as separate witnesses: 0 not at all, 1 as if strangers
MIN_SENTENCE_WORDS = 5  # shorter ones are captions, by-lines, menus
MAX_TITLE = 400  # characters; a longer "title" is text that lost its line breaks
MAX_LEAD = 600

_TELLING = frozenset(
    """
    MISSILE NUKE TROOPS SHIP AIRCRAFT CYBER EXERCISE SANCTION TALKS DEAL ENVOY PRISONER BORDER EXPLOSIVE MILITANT
    WAR PROVOCATION FORCE THREATEN RETALIATE CONDEMN
    """.split()  # noqa: SIM905  # a list of words reads better as text
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text with the segments read from it. `weight` is what its findings are worth (1 for title and lead)."""

    text: str
    title: Segment
    lead: Segment | None = None
    lead_text: str = ""
    weight: float = 1.0


def head_passage(reading: Reading, tagger: Tagger) -> Passage:
    """Title and lead. Without a title the text's first sentence stands in, without a lead nothing does."""
    title, lead = reading.title.strip(), reading.lead.strip()[:MAX_LEAD]
    if not title:
        opening = sentences(lead or reading.text)[:1]
        title = opening[0] if opening else ""
    title = title[:MAX_TITLE]
    same = lead.startswith(title) and len(lead) <= len(title) + 3
    return Passage(
        text=title,
        title=segment_of(title, tagger),
        lead=segment_of(lead, tagger) if lead and not same else None,
        lead_text="" if same else lead,
    )


def body_passages(reading: Reading, tagger: Tagger, *, told: str, limit: int) -> list[Passage]:
    """Telling sentences among the body's first `limit`; those that title or lead (or `told`) hold already are left out."""
    if not reading.text or not limit:
        return []
    known = {told, *sentences(reading.lead)}
    found = []
    for sentence in sentences(reading.text)[:limit]:
        if sentence in known:
            continue
        segment = segment_of(sentence[:MAX_LEAD], tagger)
        if len(segment.words.words) >= MIN_SENTENCE_WORDS and _tells_anything(segment):
            found.append(Passage(sentence, segment, weight=BODY_WEIGHT))
    return found


def pooled(weights: Floats, scores: Floats) -> Floats:
    """(signals) one score per signal from (passages) weights and (passages, signals) probabilities.

    The highest weighed score counts, or what several weaker ones add up to, as witnesses who have heard one another:
    1 - (product of 1 - score) ^ KINSHIP over the body's sentences.
    """
    weighed = weights[:, None] * scores
    body = weights < 1
    together = 1 - np.prod(1 - weighed[body], axis=0) ** KINSHIP
    return np.asarray(np.maximum(weighed.max(axis=0), together))


def segment_of(text: str, tagger: Tagger) -> Segment:
    """A text read: words and tags."""
    words = read_words(text)
    return Segment(words, tuple(tagger.tag(words)))


def word_count(passages: Sequence[Passage]) -> int:
    """Words of all passages, leads included."""
    return sum(len(one.title.words.words) + (len(one.lead.words.words) if one.lead else 0) for one in passages)


def _tells_anything(segment: Segment) -> bool:
    return any(not _TELLING.isdisjoint(tag.classes) for tag in segment.tags)
