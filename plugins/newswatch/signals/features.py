"""What does a text show a classifier? Names of features, in blocks that are weighed apart.

- `words`    stems and pairs of stems, as written
- `pattern`  runs of up to three words in which actors, numbers and weapons are replaced by their class
             ("@S fir MISSILE"), so that what was learnt of one country holds for another
- `classes`  classes of words, ordered pairs and triples of them ("@S>FIRE>MISSILE", "NEG>FIRE"): who does what to whom
- `title`    the classes of the title alone, so a title can weigh more than a lead
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from newswatch.signals.tags import Tag
from newswatch.signals.words import Words, stem

REACH = 9  # words between two classes that still count as a pair; a clause of a headline is about that long
NEAR = 3
BLOCKS = ("words", "pattern", "classes", "title")

_ACTORS = frozenset(("@S", "@G", "@W"))
_REPLACED = frozenset(["MISSILE", "NUKE", "EXERCISE", "SANCTION", "TALKS", "DEAL", "ENVOY", "CYBER"])
_PAIRED = frozenset(
    """
    @S @G @W OFFICE WORLD MISSILE SATELLITE SPACE NUKE NUKE_CIVIL TROOPS SHIP AIRCRAFT CYBER EXERCISE SANCTION TALKS
    DEAL ENVOY TIES PRISONER BORDER EXPLOSIVE CASUALTY MILITANT WAR PROVOCATION FORCE FIRE TEST STRIKE KILL DOWN
    CLASH DEPLOY HOLD VIOLATE SEIZE IMPOSE LIFT EXPEL SEVER RESUME AGREE MEET WITHDRAW RELEASE CEASE DISMANTLE
    ENRICH THREATEN RETALIATE CONDEMN ACCUSE DENY HACK ARREST PREPARE NEG FALSE FUTURE MAY IF PAST TRADE SPORT CRIME
    COURT BUSINESS PRODUCT ART ARGUE SPY AID HEALTH DISASTER POLITICS
    ASSAULT UNDERTAKING PARLEY NO_PARLEY EXPULSION RELIEF TRUCE MUSTER COMPLAINT BACKDOWN RISK STANDBY
    """.split()  # noqa: SIM905  # a list of words reads better as text
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A title, a lead or a sentence, read: its words and the phrases found in them."""

    words: Words
    tags: tuple[Tag, ...]


def features_of(title: Segment, lead: Segment | None) -> tuple[list[str], ...]:
    """The names of features of a title with its lead, one list for each of `BLOCKS`, with repetitions."""
    words, pattern, classes = _features(title)
    title_classes = [*classes, *text_marks(title.words)]
    if lead is not None:
        more = _features(lead)
        words, pattern, classes = words + more[0], pattern + more[1], classes + more[2]
    return words, pattern, classes, title_classes


def _features(segment: Segment) -> tuple[list[str], list[str], list[str]]:
    return word_features(segment.words), pattern_features(segment.words, segment.tags), class_features(segment.tags)


def word_features(words: Words) -> list[str]:
    """Stems and pairs of neighbouring stems."""
    stems = [stem(word) for word in words.words]
    return [*stems, *map(" ".join, pairwise(stems))]


def pattern_features(words: Words, tags: Sequence[Tag]) -> list[str]:
    """Runs of two and three words with actors, numbers and weapons replaced by their class."""
    line = _generalised(words, tags)
    pairs = map(" ".join, pairwise(line))
    triples = map(" ".join, zip(line, line[1:], line[2:], strict=False))
    return [*line, *pairs, *triples]


def _generalised(words: Words, tags: Sequence[Tag]) -> list[str]:
    line = ["^"]
    at = 0
    for tag in tags:
        mark = next((name for name in tag.classes if name in _ACTORS or name in _REPLACED), None)
        if mark is None:
            continue
        line.extend(map(stem, words.words[at : tag.start]))
        line.append(mark)
        at = tag.end
    line.extend(map(stem, words.words[at:]))
    line.append("$")
    return line


def class_features(tags: Sequence[Tag]) -> list[str]:
    """Classes named, ordered pairs within reach, and triples of neighbours; actors by code."""
    found = [name for tag in tags for name in tag.classes]
    found.extend(f"who:{tag.actor}" for tag in tags if tag.actor)
    paired = [
        (tag.start, tag.end, [name for name in tag.classes if name in _PAIRED])
        for tag in tags
        if not _PAIRED.isdisjoint(tag.classes)
    ]
    for i, (_start, end, firsts) in enumerate(paired):
        for j in range(i + 1, min(i + 6, len(paired))):
            gap = paired[j][0] - end
            if gap > REACH:
                break
            seconds = paired[j][2]
            for first in firsts:
                for second in seconds:
                    found.append(f"{first}>{second}")
                    if gap <= NEAR:
                        found.append(f"{first}>>{second}")
    for one, two, three in zip(paired, paired[1:], paired[2:], strict=False):
        if three[0] - one[1] <= REACH:
            found.extend(f"{a}>{b}>{c}" for a in one[2] for b in two[2] for c in three[2])
    return found


def text_marks(words: Words) -> list[str]:
    """What the text is like as a whole: a question, a quotation, no capitals, its first word, its length."""
    sequence = words.words
    marks = [f"first:{sequence[0]}"] if sequence else []
    marks.append(f"length:{min(len(sequence) // 4, 12)}")
    if "?" in sequence:
        marks.append("mark:?")
    if '"' in sequence or " '" in words.text:
        marks.append("mark:quote")
    if "!" in sequence:
        marks.append("mark:!")
    if ":" in sequence[:8]:
        marks.append("mark:colon")
    if not words.cased:
        marks.append("mark:lower")
    return marks
